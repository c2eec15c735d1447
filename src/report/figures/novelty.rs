//! Where back-off stops: what is known against what is not, over all thresholds.

use super::canvas::{Anchor, Canvas, draw, pixel};
use super::colours::{FAINT, GREY, INK, RIGHT};
use crate::numbers::statistics::share;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::Scores;
use crate::scores::novelty::StopPoint;

const WIDTH: i32 = 560;
const LEFT: i32 = 76;
const MARGIN: i32 = 30;
const TOP: i32 = 24;
const PANEL: i32 = 340;

/// Draws the share of novel images whose answer stops at the deepest shared taxon against that of known images that are right
/// to the truth. `None` unless there are images of both kinds, with whole distributions.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn novelty_curve(scores: &Scores, file: String) -> Result<Option<Figure>, ReportError> {
    let Some(back_off) = scores.novelty.as_ref().and_then(|novelty| novelty.back_off.as_ref()) else { return Ok(None) };
    let points: Vec<(f64, f64, f64)> = back_off.curve.iter().filter_map(shares).collect();
    if points.is_empty() {
        return Ok(None);
    }
    let caption = "Backing off on what is known and what is not: each point of the line is a threshold that a taxon's \
                   probability must reach to be answered. Known images answered by their truth (right) against novel images \
                   answered by the deepest taxon that some candidate shares (up); the best threshold is marked."
        .to_string();
    let size = (WIDTH.unsigned_abs(), (TOP + PANEL + 70).unsigned_abs());
    let best = back_off.best_threshold;
    let svg =
        draw("novelty", size, "Where backing off stops on known and on novel images", |canvas| paint(canvas, &points, best))?;
    Ok(Some(Figure { file, svg, caption }))
}

/// The threshold, and the shares of known and of novel images that stop where they should.
fn shares(point: &StopPoint) -> Option<(f64, f64, f64)> {
    let of = |stops: &crate::scores::novelty::Stops| {
        share(stops.right, stops.too_early + stops.right + stops.too_late + stops.wrong_branch)
    };
    Some((point.threshold, of(&point.known)?, of(&point.novel)?))
}

fn x(value: f64) -> i32 {
    LEFT + pixel(value * f64::from(WIDTH - LEFT - MARGIN))
}

fn y(value: f64) -> i32 {
    TOP + PANEL - pixel(value * f64::from(PANEL))
}

fn paint(canvas: &Canvas<'_>, points: &[(f64, f64, f64)], best: f64) -> Result<(), ReportError> {
    for step in 0..=5 {
        let part = f64::from(step) / 5.0;
        canvas.line(&[(x(0.0), y(part)), (x(1.0), y(part))], if step == 0 { GREY } else { FAINT }, 1)?;
        canvas.text(&format!("{:.0} %", 100.0 * part), (LEFT - 10, y(part)), Anchor::Right, GREY)?;
        canvas.text(&format!("{:.0} %", 100.0 * part), (x(part), TOP + PANEL + 20), Anchor::Centre, GREY)?;
    }
    canvas.text("known: right →", (x(1.0), TOP + PANEL + 48), Anchor::Right, INK)?;
    canvas.text("novel: stopped where it should ↑", (LEFT + 10, TOP + 20), Anchor::Left, INK)?;
    let line: Vec<(i32, i32)> = points.iter().map(|(_, known, novel)| (x(*known), y(*novel))).collect();
    canvas.line(&line, RIGHT, 2)?;
    let nearest = points.iter().min_by(|a, b| (a.0 - best).abs().total_cmp(&(b.0 - best).abs()));
    if let Some((threshold, known, novel)) = nearest {
        let at = (x(*known), y(*novel));
        canvas.dot(at, INK)?;
        let (anchor, beside) = if at.0 > WIDTH - 90 { (Anchor::Right, -10) } else { (Anchor::Left, 10) };
        canvas.small(&format!("{threshold:.3}"), (at.0 + beside, at.1 - 8), anchor, INK)?;
    }
    Ok(())
}
