//! Distributions of similarity by the rank at which two points meet.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{FAINT, GREY, INK, PAPER, of_rung};
use super::latent::short;
use crate::numbers::statistics::to_f64;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::spaces::latent::Latent;
use crate::spaces::latent::similarities::Similarities;

const WIDTH: i32 = 760;
const HEIGHT: i32 = 440;
const LEFT: i32 = 90;
const TOP: i32 = 44;
const BOTTOM: i32 = 360;

/// A shape for each rank, as wide as similarities are frequent, with quantiles. `None` for fewer than two ranks.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn similarities(latent: &Latent) -> Result<Option<Figure>, ReportError> {
    let ranks = &latent.similarities;
    let ends = match ranks.first() {
        Some(first) if ranks.len() > 1 && first.ends[0] < first.ends[1] => first.ends,
        _ => return Ok(None),
    };
    let sheet = Sheet { ranks, scale: Scale::of(ends) };
    let caption = caption(ranks);
    let size = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
    let svg = draw("similarities", size, "Similarity by the rank at which two points meet", |canvas| sheet.paint(canvas))?;
    Ok(Some(Figure { file: "figures/similarities.svg".to_string(), svg, caption }))
}

fn caption(ranks: &[Similarities]) -> String {
    let drawn: Vec<String> = ranks.iter().filter(|rank| !rank.exact).map(|rank| rank.rank.clone()).collect();
    format!(
        "Cosine similarity of two images by the rank of the lowest taxon that holds both: where a shape is wide, many pairs are. The \
         thin line goes from the 5 to the 95 % quantile, the thick one from the 25 to the 75 %, the dot is the median. In a space that \
         follows the taxonomy the shapes sink from left to right; where two overlap, a similarity does not tell their ranks apart.{}",
        if drawn.is_empty() {
            " All pairs.".to_string()
        } else {
            let most = ranks.iter().filter(|rank| !rank.exact).map(|rank| rank.n).max().unwrap_or(0);
            format!(" All pairs; of {} {} drawn ones each.", drawn.join(", "), crate::report::text::count(most))
        }
    )
}

/// Similarities from the foot of the sheet up.
struct Scale {
    /// Where bins begin and end.
    low: f64,
    high: f64,
    /// Between two lines.
    step: f64,
    /// The lowest and the highest line.
    bottom: f64,
    top: f64,
}

impl Scale {
    fn of([low, high]: [f64; 2]) -> Self {
        let step = tick_step(low, high);
        Self { low, high, step, bottom: (low / step).floor() * step, top: (high / step).ceil() * step }
    }

    fn y(&self, value: f64) -> i32 {
        BOTTOM - pixel((value - self.bottom) / (self.top - self.bottom) * f64::from(BOTTOM - TOP))
    }
}

struct Sheet<'a> {
    ranks: &'a [Similarities],
    scale: Scale,
}

impl Sheet<'_> {
    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ReportError> {
        let Scale { step, bottom, top, .. } = self.scale;
        canvas.text("cosine similarity", (LEFT, 18), Anchor::Left, GREY)?;
        for index in 0..=pixel((top - bottom) / step) {
            let tick = bottom + f64::from(index) * step;
            let y = self.scale.y(tick);
            canvas.line(&[(LEFT, y), (WIDTH - 40, y)], FAINT, 1)?;
            canvas.small(&format!("{tick:.2}"), (LEFT - 10, y), Anchor::Right, GREY)?;
        }
        let width = (WIDTH - LEFT - 40) / whole(self.ranks.len());
        for (index, rank) in self.ranks.iter().enumerate() {
            self.paint_rank(canvas, rank, (LEFT + width * whole(index) + width / 2, width))?;
        }
        canvas.small("pairs", (LEFT - 10, BOTTOM + 42), Anchor::Right, GREY)?;
        if self.ranks.iter().any(|rank| !rank.exact) {
            canvas.small("(drawn)", (LEFT - 10, BOTTOM + 60), Anchor::Right, GREY)?;
        }
        canvas.line(&[(LEFT, BOTTOM), (WIDTH - 40, BOTTOM)], GREY, 1)
    }

    /// The shape of a rank, its quantiles, and how many pairs it is made of.
    fn paint_rank(&self, canvas: &Canvas<'_>, rank: &Similarities, (middle, width): (i32, i32)) -> Result<(), ReportError> {
        canvas.shape(self.outline(rank, (middle, width)), of_rung(rank.rung), 0.55)?;
        let [p5, p25, median, p75, p95] = rank.quantiles.map(|value| self.scale.y(value));
        canvas.line(&[(middle, p5), (middle, p95)], INK, 1)?;
        canvas.line(&[(middle, p25), (middle, p75)], INK, 5)?;
        canvas.dot((middle, median), PAPER)?;
        canvas.text(&rank.rank, (middle, BOTTOM + 20), Anchor::Centre, INK)?;
        canvas.small(&short(rank.pairs), (middle, BOTTOM + 42), Anchor::Centre, GREY)?;
        if !rank.exact {
            canvas.small(&format!("({})", short(rank.n)), (middle, BOTTOM + 60), Anchor::Centre, GREY)?;
        }
        Ok(())
    }

    /// The corners of a shape: up its right side bin by bin, and down its left one.
    fn outline(&self, rank: &Similarities, (middle, width): (i32, i32)) -> Vec<(i32, i32)> {
        let Scale { low, high, .. } = self.scale;
        let most = to_f64(rank.bins.iter().copied().max().unwrap_or(1).max(1));
        let edge = |bin: usize| self.scale.y(low + (high - low) * to_f64(bin as u64) / to_f64(rank.bins.len() as u64));
        let mut right = vec![];
        for (bin, &count) in rank.bins.iter().enumerate() {
            let half = pixel(to_f64(count) / most * f64::from(width - 16) / 2.0).max(i32::from(count > 0));
            right.extend([(middle + half, edge(bin)), (middle + half, edge(bin + 1))]);
        }
        let left: Vec<(i32, i32)> = right.iter().rev().map(|&(x, y)| (2 * middle - x, y)).collect();
        [right, left].concat()
    }
}

fn tick_step(low: f64, high: f64) -> f64 {
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.25].into_iter().find(|step| (high - low) / step <= 8.0).unwrap_or(0.5)
}
