//! The leaderboard of a suite, as dots on a scale from 0 to 100 %.

use super::canvas::{Anchor, Canvas, FAINT, GREY, PALETTE, draw, fitting, pixel, whole};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use plotters::style::BLACK;

const WIDTH: i32 = 900;
const LEFT: i32 = 330;
const RIGHT: i32 = 870;
const TOP: i32 = 62;
const STEP: i32 = 26;
const GAP: i32 = 34;

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
        "Share of right answers on each data set, by model and recipe: at the finest rank with its 95 % interval, at genus \
                   and at family."
            .to_string();
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let svg = draw("leaderboard", size, &caption, |canvas| paint(canvas, rows, height))?;
    Ok(Some(Figure { file: "figures/leaderboard.svg".to_string(), svg, caption }))
}

fn paint(canvas: &Canvas<'_>, rows: &[BoardRow], height: i32) -> Result<(), ReportError> {
    let x = |share: f64| LEFT + pixel(share * f64::from(RIGHT - LEFT));
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        canvas.line(&[(x(quarter), TOP - 14), (x(quarter), height - 26)], FAINT, 1)?;
        canvas.small(&format!("{:.0} %", 100.0 * quarter), (x(quarter), height - 14), Anchor::Centre, GREY)?;
    }
    for (index, name) in ["finest rank", "genus", "family"].into_iter().enumerate() {
        let left = LEFT + 150 * whole(index);
        canvas.dot((left, 22), PALETTE[index])?;
        canvas.text(name, (left + 12, 22), Anchor::Left, BLACK)?;
    }
    let mut y = TOP;
    let mut dataset = "";
    for row in rows {
        if row.dataset != dataset {
            dataset = &row.dataset;
            canvas.text(&fitting(dataset, LEFT - 30).unwrap_or_default(), (16, y), Anchor::Left, BLACK)?;
            canvas.line(&[(16, y + 14), (RIGHT, y + 14)], FAINT, 1)?;
            y += GAP - 4;
        }
        let name = fitting(&row.name, LEFT - 60).unwrap_or_default();
        canvas.small(&name, (LEFT - 14, y), Anchor::Right, GREY)?;
        if let Some((low, high)) = row.interval {
            canvas.line(&[(x(low), y), (x(high), y)], PALETTE[0], 2)?;
        }
        for (place, value) in [row.coarser[1], row.coarser[0], row.finest.1].into_iter().enumerate() {
            if let Some(value) = value {
                canvas.dot((x(value), y), PALETTE[2 - place])?;
            }
        }
        y += STEP;
    }
    Ok(())
}
