//! The leaderboard of a suite, as marks on a scale from 0 to 100 %.

use super::canvas::{Anchor, Canvas, draw, fitting, pixel, whole};
use super::colours::{FAINT, GREY, INK, SERIES};
use crate::report::document::Figure;
use crate::report::error::ReportError;

const WIDTH: i32 = 800;
const LEFT: i32 = 290;
const RIGHT: i32 = 770;
const TOP: i32 = 62;
const STEP: i32 = 40;
const GAP: i32 = 40;
/// From the mark of the finest rank down to that of the genus, and on to that of the family: equal shares hide none.
const APART: i32 = 10;

/// A line of the figure.
#[derive(Debug, Clone)]
pub struct BoardRow {
    /// The data set.
    pub dataset: String,
    /// Model and recipe.
    pub name: String,
    /// Accuracy at the finest rank, with the rank.
    pub finest: (&'static str, Option<f64>),
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Accuracy at genus and family.
    pub coarser: [Option<f64>; 2],
}

/// Draws accuracy at the finest rank (with its interval), at genus and at family. `None` without rows.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn leaderboard(rows: &[BoardRow]) -> Result<Option<Figure>, ReportError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut datasets: Vec<&str> = rows.iter().map(|row| row.dataset.as_str()).collect();
    datasets.dedup();
    let height = TOP + STEP * whole(rows.len()) + GAP * whole(datasets.len()) + 30;
    let caption =
        "Share of right answers on each data set, by model and recipe, each rank on a line of its own: at the finest rank \
                   (dot) with its 95 % interval, at genus (square) and at family (diamond)."
            .to_string();
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let name = "Share of right answers, by data set, model and recipe";
    let svg = draw("leaderboard", size, name, |canvas| paint(canvas, rows, height))?;
    Ok(Some(Figure { file: "figures/leaderboard.svg".to_string(), svg, caption }))
}

fn x(share: f64) -> i32 {
    LEFT + pixel(share * f64::from(RIGHT - LEFT))
}

fn paint(canvas: &Canvas<'_>, rows: &[BoardRow], height: i32) -> Result<(), ReportError> {
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        canvas.line(&[(x(quarter), TOP - 14), (x(quarter), height - 26)], FAINT, 1)?;
        canvas.small(&format!("{:.0} %", 100.0 * quarter), (x(quarter), height - 14), Anchor::Centre, GREY)?;
    }
    for (rank, name) in ["finest rank", "genus", "family"].into_iter().enumerate() {
        let left = LEFT + 150 * whole(rank);
        mark(canvas, rank, (left, 22))?;
        canvas.text(name, (left + 12, 22), Anchor::Left, INK)?;
    }
    let mut y = TOP;
    let mut dataset = "";
    for row in rows {
        if row.dataset != dataset {
            dataset = &row.dataset;
            canvas.text(&fitting(dataset, LEFT - 30).unwrap_or_default(), (16, y), Anchor::Left, INK)?;
            canvas.line(&[(16, y + 14), (RIGHT, y + 14)], FAINT, 1)?;
            y += GAP;
        }
        paint_row(canvas, row, y)?;
        y += STEP;
    }
    Ok(())
}

fn paint_row(canvas: &Canvas<'_>, row: &BoardRow, y: i32) -> Result<(), ReportError> {
    let name = fitting(&row.name, LEFT - 60).unwrap_or_default();
    canvas.small(&name, (LEFT - 14, y), Anchor::Right, GREY)?;
    if let Some((low, high)) = row.interval {
        canvas.line(&[(x(low), y - APART), (x(high), y - APART)], SERIES[0], 2)?;
    }
    for (rank, value) in [row.finest.1, row.coarser[0], row.coarser[1]].into_iter().enumerate() {
        if let Some(value) = value {
            mark(canvas, rank, (x(value), y + APART * (whole(rank) - 1)))?;
        }
    }
    Ok(())
}

/// The mark of the finest rank, of the genus or of the family.
fn mark(canvas: &Canvas<'_>, rank: usize, at: (i32, i32)) -> Result<(), ReportError> {
    match rank {
        0 => canvas.dot(at, SERIES[0]),
        1 => canvas.square(at, SERIES[1]),
        _ => canvas.diamond(at, SERIES[2]),
    }
}
