//! Loss and retrieval of a training, epoch by epoch.

use super::canvas::{Anchor, Canvas, draw, pixel};
use super::colours::{FAINT, GREY, INK, SERIES};
use crate::numbers::statistics::to_f64;
use crate::report::error::ReportError;

const WIDTH: i32 = 800;
const LEFT: i32 = 70;
const PANEL: i32 = 290;
const SECOND: i32 = 470;
const TOP: i32 = 70;
const HEIGHT: i32 = 260;

/// Draws the loss at the left, and shares of several kinds at the right; a value per epoch each.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn training_curves(losses: &[f64], shares: &[(&str, Vec<f64>)]) -> Result<String, ReportError> {
    let size = (WIDTH.unsigned_abs(), (TOP + HEIGHT + 60).unsigned_abs());
    draw("training_curves", size, "Loss and retrieval by epoch of training", |canvas| paint(canvas, losses, shares))
}

fn paint(canvas: &Canvas<'_>, losses: &[f64], shares: &[(&str, Vec<f64>)]) -> Result<(), ReportError> {
    let highest = losses.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let loss: Vec<f64> = losses.iter().map(|loss| loss / highest).collect();
    canvas.text("loss", (LEFT, 22), Anchor::Left, INK)?;
    axes(canvas, LEFT, losses.len(), |part| format!("{:.1}", part * highest))?;
    curve(canvas, LEFT, &loss, SERIES[0])?;
    axes(canvas, SECOND, losses.len(), |part| format!("{:.0} %", 100.0 * part))?;
    for (place, ((name, values), color)) in (0_i32..).zip(shares.iter().zip(SERIES)) {
        let (x, y) = (SECOND + 150 * (place % 2), 16 + 22 * (place / 2));
        canvas.line(&[(x, y), (x + 18, y)], color, 2)?;
        canvas.small(name, (x + 24, y), Anchor::Left, INK)?;
        curve(canvas, SECOND, values, color)?;
    }
    Ok(())
}

fn y(part: f64) -> i32 {
    TOP + HEIGHT - pixel(part * f64::from(HEIGHT))
}

fn axes(canvas: &Canvas<'_>, left: i32, epochs: usize, label: impl Fn(f64) -> String) -> Result<(), ReportError> {
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        canvas.line(&[(left, y(part)), (left + PANEL, y(part))], if part == 0.0 { GREY } else { FAINT }, 1)?;
        canvas.small(&label(part), (left - 8, y(part)), Anchor::Right, GREY)?;
    }
    canvas.small("1", (left, y(0.0) + 18), Anchor::Centre, GREY)?;
    canvas.small(&format!("{epochs} epochs"), (left + PANEL, y(0.0) + 18), Anchor::Right, GREY)
}

fn curve(canvas: &Canvas<'_>, left: i32, values: &[f64], color: plotters::style::RGBColor) -> Result<(), ReportError> {
    let last = to_f64(values.len().saturating_sub(1).max(1) as u64);
    let point = |(place, value): (usize, &f64)| (left + pixel(f64::from(PANEL) * to_f64(place as u64) / last), y(*value));
    let points: Vec<(i32, i32)> = values.iter().enumerate().map(point).collect();
    if let [only] = points[..] {
        return canvas.dot(only, color);
    }
    canvas.line(&points, color, 2)
}
