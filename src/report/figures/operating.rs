//! The operating curve: how often right against how much is said.

use super::canvas::{Anchor, Canvas, draw, pixel};
use super::colours::{FAINT, GREY, INK, RIGHT};
use crate::numbers::selective::Point;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::selective::Selective;

const WIDTH: i32 = 800;
const LEFT: i32 = 76;
const MARGIN: i32 = 30;
const TOP: i32 = 24;
const PANEL: i32 = 340;
/// Thresholds that get a mark, where the curve has a point near them.
const MARKED: [f64; 4] = [0.5, 0.8, 0.9, 0.95];

/// Draws the share of answers that are right as far as they go against the information they give,
/// over all thresholds. `None` without points.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn operating_curve(selective: &Selective, file: String) -> Result<Option<Figure>, ReportError> {
    if selective.curve.is_empty() {
        return Ok(None);
    }
    let caption = "Knowing when to stop: each point of the line is a threshold that a taxon's probability must reach to be \
                   answered. The higher the threshold, the less is said (left) and the more often it is right as far as it goes \
                   (up). Some thresholds are marked."
        .to_string();
    let size = (WIDTH.unsigned_abs(), (TOP + PANEL + 70).unsigned_abs());
    let svg =
        draw("operating_curve", size, "How often right against how much is said", |canvas| paint(canvas, &selective.curve))?;
    Ok(Some(Figure { file, svg, caption }))
}

fn x(value: f64) -> i32 {
    LEFT + pixel(value * f64::from(WIDTH - LEFT - MARGIN))
}

fn paint(canvas: &Canvas<'_>, curve: &[Point]) -> Result<(), ReportError> {
    // The panel starts at a round share below the worst point, so that the curve fills it.
    let worst = curve.iter().map(|point| point.correct).fold(1.0, f64::min);
    let low = (worst * 10.0).floor().min(9.0) / 10.0;
    let y = |value: f64| TOP + PANEL - pixel((value - low) / (1.0 - low) * f64::from(PANEL));
    let steps = 5;
    for step in 0..=steps {
        let part = f64::from(step) / f64::from(steps);
        let value = low + part * (1.0 - low);
        canvas.line(&[(x(0.0), y(value)), (x(1.0), y(value))], if step == 0 { GREY } else { FAINT }, 1)?;
        canvas.text(&format!("{:.0} %", 100.0 * value), (LEFT - 10, y(value)), Anchor::Right, GREY)?;
        canvas.text(&format!("{:.0} %", 100.0 * part), (x(part), TOP + PANEL + 20), Anchor::Centre, GREY)?;
    }
    canvas.text("information found →", (x(1.0), TOP + PANEL + 48), Anchor::Right, INK)?;
    canvas.text("right as far as it goes ↑", (LEFT + 10, TOP + PANEL - 16), Anchor::Left, INK)?;
    let points: Vec<(i32, i32)> = curve.iter().map(|point| (x(point.info_recall), y(point.correct))).collect();
    canvas.line(&points, RIGHT, 2)?;
    let mut taken: Vec<(i32, i32)> = vec![];
    for threshold in MARKED {
        let nearest = curve.iter().min_by(|a, b| (a.threshold - threshold).abs().total_cmp(&(b.threshold - threshold).abs()));
        let Some(point) = nearest.filter(|point| (point.threshold - threshold).abs() <= 0.02) else { continue };
        let at = (x(point.info_recall), y(point.correct));
        canvas.dot(at, INK)?;
        // A name where another one stands already would not be read.
        if taken.iter().all(|known| (known.0 - at.0).abs() > 44 || (known.1 - at.1).abs() > 16) {
            let (anchor, beside) = if at.0 > WIDTH - 90 { (Anchor::Right, -10) } else { (Anchor::Left, 10) };
            canvas.small(&format!("{threshold}"), (at.0 + beside, at.1 - 8), anchor, INK)?;
            taken.push(at);
        }
    }
    Ok(())
}
