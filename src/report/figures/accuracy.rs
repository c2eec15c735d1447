//! Accuracy per rank, with intervals and chance.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{GREY, INK, SERIES};
use crate::numbers::statistics::Interval;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::Scores;
use crate::scores::metric::Row;
use crate::scores::ranks::RankScores;
use crate::taxonomy::rank::Rank;
use plotters::style::RGBColor;

const FILE: &str = "figures/accuracy_per_rank.svg";
const WIDTH: i32 = 800;
const LEFT: i32 = 76;
const RIGHT: i32 = 24;
const PANEL: i32 = 300;
const LEGEND_ROW: i32 = 26;

/// One line of dots.
struct Series<'a> {
    name: String,
    color: RGBColor,
    /// Value and interval of a row.
    value: fn(&RankScores) -> Option<(f64, f64, f64)>,
    scores: &'a Scores,
}

fn path(row: &RankScores) -> Option<(f64, f64, f64)> {
    with_ends(row, "path_top1")
}

fn summed(row: &RankScores) -> Option<(f64, f64, f64)> {
    with_ends(row, "summed_top1")
}

fn with_ends(row: &RankScores, metric: &str) -> Option<(f64, f64, f64)> {
    let (value, interval) = row.within(metric);
    let Interval { low, high } = interval?;
    Some((value?, low, high))
}

/// Draws accuracy per rank: of one run by path and by sum, of several runs (the first six) by path.
/// `None` if no rank has images.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn accuracy_per_rank(runs: &[&Scores]) -> Result<Option<Figure>, ReportError> {
    let has_images = |rank: &Rank| runs.iter().any(|scores| scores.rank(*rank).is_some_and(|row| row.n > 0));
    let mut ranks: Vec<Rank> =
        runs.iter().flat_map(|scores| scores.ranks.iter().map(|row| row.rank)).filter(has_images).collect();
    ranks.sort_unstable();
    ranks.dedup();
    if ranks.is_empty() {
        return Ok(None);
    }
    let series = series(runs);
    let sheet = Sheet { ranks: &ranks, top: 20 + LEGEND_ROW * (whole(series.len()) + 1) };
    let height = sheet.top + PANEL + 46;
    let caption = caption(runs);
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let svg = draw("accuracy_per_rank", size, "Share right at each rank", |canvas| sheet.paint(canvas, &series, runs))?;
    Ok(Some(Figure { file: FILE.to_string(), svg, caption }))
}

fn series<'a>(runs: &[&'a Scores]) -> Vec<Series<'a>> {
    if let [only] = runs {
        let has_summed = only.ranks.iter().any(|row| row.summed_top1.is_some());
        let mut series =
            vec![Series { name: "path: lineage of the best label".to_string(), color: SERIES[0], value: path, scores: only }];
        if has_summed {
            let name = "summed: most probable taxon".to_string();
            series.push(Series { name, color: SERIES[1], value: summed, scores: only });
        }
        return series;
    }
    let series = |(scores, color): (&&'a Scores, RGBColor)| Series { name: scores.name.clone(), color, value: path, scores };
    runs.iter().zip(SERIES).map(series).collect()
}

fn caption(runs: &[&Scores]) -> String {
    let drawn = if runs.len() > SERIES.len() { format!(" The first {} runs are drawn.", SERIES.len()) } else { String::new() };
    let mut intervals: Vec<String> = runs.iter().map(|scores| scores.intervals.caption()).collect();
    intervals.dedup();
    format!("Share of images right at each rank, with {}; the grey marks are chance.{drawn}", intervals.join(" or "))
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

    fn y(&self, fraction: f64) -> i32 {
        self.top + PANEL - pixel(fraction * f64::from(PANEL))
    }

    fn paint(&self, canvas: &Canvas<'_>, series: &[Series<'_>], runs: &[&Scores]) -> Result<(), ReportError> {
        canvas.percent_grid((LEFT, WIDTH - RIGHT), |fraction| self.y(fraction))?;
        for (place, rank) in self.ranks.iter().enumerate() {
            canvas.text(rank.name(), (self.x(place), self.y(0.0) + 24), Anchor::Centre, INK)?;
        }
        self.paint_chance(canvas, runs)?;
        for (index, one) in series.iter().enumerate() {
            let offset = 14 * whole(index) - 7 * (whole(series.len()) - 1);
            self.paint_series(canvas, one, offset)?;
            let row = 20 + LEGEND_ROW * whole(index);
            canvas.line(&[(LEFT, row), (LEFT + 28, row)], one.color, 2)?;
            canvas.dot((LEFT + 14, row), one.color)?;
            canvas.legend(&one.name, (LEFT + 38, row))?;
        }
        let row = 20 + LEGEND_ROW * whole(series.len());
        canvas.line(&[(LEFT, row), (LEFT + 28, row)], GREY, 3)?;
        canvas.legend("chance: a guess drawn evenly", (LEFT + 38, row))
    }

    /// Chance of the first run that has the rank: runs on the same images share it.
    fn paint_chance(&self, canvas: &Canvas<'_>, runs: &[&Scores]) -> Result<(), ReportError> {
        for (place, rank) in self.ranks.iter().enumerate() {
            if let Some(chance) = runs.iter().find_map(|scores| scores.rank(*rank)?.chance) {
                let (x, y) = (self.x(place), self.y(chance));
                canvas.line(&[(x - 28, y), (x + 28, y)], GREY, 3)?;
            }
        }
        Ok(())
    }

    fn paint_series(&self, canvas: &Canvas<'_>, series: &Series<'_>, offset: i32) -> Result<(), ReportError> {
        let mut points = vec![];
        for (place, rank) in self.ranks.iter().enumerate() {
            let Some((value, low, high)) = series.scores.rank(*rank).and_then(series.value) else { continue };
            let x = self.x(place) + offset;
            canvas.interval(x, (self.y(low), self.y(high)), series.color)?;
            points.push((x, self.y(value)));
        }
        canvas.line(&points, series.color, 1)?;
        points.into_iter().try_for_each(|point| canvas.dot(point, series.color))
    }
}
