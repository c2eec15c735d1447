//! A share at each rank, with its interval: a line of dots for each run.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{INK, SERIES};
use crate::numbers::statistics::Interval;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::taxonomy::rank::Rank;
use plotters::style::RGBColor;

const WIDTH: i32 = 800;
const LEFT: i32 = 76;
const RIGHT: i32 = 24;
const PANEL: i32 = 300;
const LEGEND_ROW: i32 = 26;

/// A share, and its interval.
pub type ShareFound = (Option<f64>, Option<Interval>);

/// The shares of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RankShares {
    /// What it is called.
    pub name: String,
    /// At each rank that it has: the share, and its interval.
    pub ranks: Vec<(Rank, ShareFound)>,
}

/// Draws shares per rank, of the first six runs. `None` where no rank has one.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn shares_per_rank(runs: &[RankShares], file: &str, name: &str, caption: &str) -> Result<Option<Figure>, ReportError> {
    let known = runs.iter().flat_map(|run| &run.ranks).filter(|(_, (share, _))| share.is_some());
    let mut ranks: Vec<Rank> = known.map(|(rank, _)| *rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    if ranks.is_empty() {
        return Ok(None);
    }
    let drawn = &runs[..runs.len().min(SERIES.len())];
    let sheet = Sheet { ranks: &ranks, top: 20 + LEGEND_ROW * whole(drawn.len()) };
    let size = (WIDTH.unsigned_abs(), (sheet.top + PANEL + 46).unsigned_abs());
    let svg = draw("rank_shares", size, name, |canvas| sheet.paint(canvas, drawn))?;
    Ok(Some(Figure { file: file.to_string(), svg, caption: caption.to_string() }))
}

struct Sheet<'a> {
    ranks: &'a [Rank],
    top: i32,
}

impl Sheet<'_> {
    fn x(&self, place: usize) -> i32 {
        let step = f64::from(WIDTH - LEFT - RIGHT) / f64::from(whole(self.ranks.len()));
        LEFT + pixel(step * (f64::from(whole(place)) + 0.5))
    }

    fn y(&self, share: f64) -> i32 {
        self.top + PANEL - pixel(share * f64::from(PANEL))
    }

    fn paint(&self, canvas: &Canvas<'_>, runs: &[RankShares]) -> Result<(), ReportError> {
        canvas.percent_grid((LEFT, WIDTH - RIGHT), |share| self.y(share))?;
        for (place, rank) in self.ranks.iter().enumerate() {
            canvas.text(rank.name(), (self.x(place), self.y(0.0) + 24), Anchor::Centre, INK)?;
        }
        for (index, (run, color)) in runs.iter().zip(SERIES).enumerate() {
            let offset = 14 * whole(index) - 7 * (whole(runs.len()) - 1);
            self.paint_run(canvas, run, color, offset)?;
            let row = 20 + LEGEND_ROW * whole(index);
            canvas.line(&[(LEFT, row), (LEFT + 28, row)], color, 2)?;
            canvas.dot((LEFT + 14, row), color)?;
            canvas.legend(&run.name, (LEFT + 38, row))?;
        }
        Ok(())
    }

    fn paint_run(&self, canvas: &Canvas<'_>, run: &RankShares, color: RGBColor, offset: i32) -> Result<(), ReportError> {
        let mut points = vec![];
        for (place, rank) in self.ranks.iter().enumerate() {
            let found = run.ranks.iter().find(|(known, _)| known == rank);
            let Some((_, (Some(share), interval))) = found else { continue };
            let x = self.x(place) + offset;
            if let Some(Interval { low, high }) = interval {
                canvas.interval(x, (self.y(*low), self.y(*high)), color)?;
            }
            points.push((x, self.y(*share)));
        }
        canvas.line(&points, color, 1)?;
        points.into_iter().try_for_each(|point| canvas.dot(point, color))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_rank_that_a_run_lacks_has_no_dot() {
        let share = |value: f64| (Some(value), Some(Interval { low: value - 0.1, high: value + 0.1 }));
        let one = RankShares { name: "one".to_string(), ranks: vec![(Rank::Genus, share(0.8)), (Rank::Species, share(0.5))] };
        let other = RankShares { name: "other".to_string(), ranks: vec![(Rank::Species, (Some(0.2), None))] };
        let figure = shares_per_rank(&[one, other], "f.svg", "Shares", "c").unwrap().unwrap();
        // Two legends and three dots.
        assert_eq!(figure.svg.matches("<circle").count(), 5, "{}", figure.svg);
        assert_eq!(shares_per_rank(&[], "f.svg", "Shares", "c").unwrap(), None);
    }
}
