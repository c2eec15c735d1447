//! Reliability diagrams, one panel per rank.

use super::canvas::{Anchor, Canvas, FAINT, GREY, PALETTE, draw, pixel, whole};
use crate::numbers::statistics::to_f64;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::calibration::RankCalibration;
use crate::scores::whole::Whole;
use plotters::style::BLACK;

const WIDTH: i32 = 800;
const PANELS: i32 = 3;
const SIDE: i32 = 190;
const STEP: i32 = 258;
const LEFT: i32 = 62;
const ROW: i32 = 262;
const TOP: i32 = 36;

/// Draws how often answers of a probability are right, rank by rank. `None` if no rank has images.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn reliability(whole_run: &Whole, file: String) -> Result<Option<Figure>, ReportError> {
    let ranks: Vec<&RankCalibration> = whole_run.calibration.ranks.iter().filter(|rank| rank.calibration.n > 0).collect();
    if ranks.is_empty() {
        return Ok(None);
    }
    let rows = (whole(ranks.len()) + PANELS - 1) / PANELS;
    let caption =
        "Whether the probabilities mean what they say: of the answers given with a probability, the share that is right. \
                   On the diagonal they do; below it the classifier is too sure. The bars at the foot are the shares of images."
            .to_string();
    let size = (WIDTH.unsigned_abs(), (rows * ROW + 8).unsigned_abs());
    let svg = draw("reliability", size, &caption, |canvas| {
        ranks.iter().enumerate().try_for_each(|(place, rank)| {
            let (row, column) = (whole(place) / PANELS, whole(place) % PANELS);
            panel(canvas, rank, (LEFT + column * STEP, TOP + row * ROW))
        })
    })?;
    Ok(Some(Figure { file, svg, caption }))
}

fn panel(canvas: &Canvas<'_>, rank: &RankCalibration, (left, top): (i32, i32)) -> Result<(), ReportError> {
    let calibration = &rank.calibration;
    let x = |value: f64| left + pixel(value * f64::from(SIDE));
    let y = |value: f64| top + SIDE - pixel(value * f64::from(SIDE));
    let error = calibration.ece.map_or_else(String::new, |ece| format!("  (error {ece:.3})"));
    canvas.text(&format!("{}{error}", rank.rank.name()), (left, top - 16), Anchor::Left, BLACK)?;
    for value in [0.0, 0.5, 1.0] {
        canvas.line(&[(x(0.0), y(value)), (x(1.0), y(value))], FAINT, 1)?;
        canvas.line(&[(x(value), y(0.0)), (x(value), y(1.0))], FAINT, 1)?;
        canvas.small(&format!("{value}"), (x(0.0) - 6, y(value)), Anchor::Right, GREY)?;
        canvas.small(&format!("{value}"), (x(value), y(0.0) + 14), Anchor::Centre, GREY)?;
    }
    for bin in calibration.bins.iter().filter(|bin| bin.n > 0) {
        let height = 0.3 * to_f64(bin.n) / to_f64(calibration.n);
        canvas.bar((x(bin.low) + 1, y(height)), (x(bin.high) - 1, y(0.0)), FAINT)?;
    }
    canvas.line(&[(x(0.0), y(0.0)), (x(1.0), y(1.0))], GREY, 1)?;
    let points: Vec<(i32, i32)> =
        calibration.bins.iter().filter_map(|bin| Some((x(bin.mean_probability?), y(bin.right?)))).collect();
    canvas.line(&points, PALETTE[0], 2)?;
    points.into_iter().try_for_each(|point| canvas.dot(point, PALETTE[0]))
}
