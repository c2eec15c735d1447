//! How fast each way of choosing labels finds the best model.

use super::canvas::{Anchor, Canvas, draw, pixel};
use super::colours::{FAINT, GREY, INK, SERIES};
use crate::numbers::statistics::to_f64;
use crate::report::document::Figure;
use crate::report::error::ReportError;

const WIDTH: i32 = 800;
const HEIGHT: i32 = 440;
const LEFT: i32 = 90;
const RIGHT: i32 = 600;
const TOP: i32 = 30;
const BOTTOM: i32 = 370;

/// A method with its regret after 0, 1, 2, … labels.
#[derive(Debug, Clone, PartialEq)]
pub struct RegretCurve {
    /// What it is called.
    pub name: String,
    /// The regrets.
    pub regret: Vec<f64>,
}

/// Draws them. `None` without labels.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn regret_curves(curves: &[RegretCurve]) -> Result<Option<Figure>, ReportError> {
    let labels = curves.iter().map(|curve| curve.regret.len()).max().unwrap_or(0).saturating_sub(1);
    if labels == 0 {
        return Ok(None);
    }
    let most = curves.iter().flat_map(|curve| curve.regret.iter().copied()).fold(0.0, f64::max);
    let most = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter().find(|round| *round >= most).unwrap_or(1.0);
    let name = "Regret after each label, by method";
    let svg =
        draw("regret", (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), name, |canvas| paint(canvas, curves, (labels, most)))?;
    let caption =
        "How much less accurate the model that is taken for the best is than the best one, after each label, mean over \
                   repetitions: the sooner it is 0, the fewer labels are needed."
            .to_string();
    Ok(Some(Figure { file: "figures/regret.svg".to_string(), svg, caption }))
}

fn paint(canvas: &Canvas<'_>, curves: &[RegretCurve], (labels, most): (usize, f64)) -> Result<(), ReportError> {
    let x = |label: usize| LEFT + pixel(to_f64(label as u64) / to_f64(labels as u64) * f64::from(RIGHT - LEFT));
    let y = |regret: f64| BOTTOM - pixel(regret / most * f64::from(BOTTOM - TOP));
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let height = y(quarter * most);
        canvas.line(&[(LEFT, height), (RIGHT, height)], if quarter == 0.0 { GREY } else { FAINT }, 1)?;
        canvas.small(&format!("{:.1} %", 100.0 * quarter * most), (LEFT - 10, height), Anchor::Right, GREY)?;
    }
    for label in [0, labels / 2, labels] {
        canvas.small(&label.to_string(), (x(label), BOTTOM + 16), Anchor::Centre, GREY)?;
    }
    canvas.text("labels", (i32::midpoint(LEFT, RIGHT), BOTTOM + 44), Anchor::Centre, INK)?;
    for (place, curve) in curves.iter().enumerate() {
        let colour = SERIES[place % SERIES.len()];
        let points: Vec<(i32, i32)> = curve.regret.iter().enumerate().map(|(label, regret)| (x(label), y(*regret))).collect();
        canvas.line(&points, colour, 2)?;
        let height = TOP + 10 + 26 * super::canvas::whole(place);
        canvas.line(&[(RIGHT + 20, height), (RIGHT + 44, height)], colour, 2)?;
        canvas.legend(&curve.name, (RIGHT + 52, height))?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_curve() {
        let curve = |name: &str, regret: &[f64]| RegretCurve { name: name.to_string(), regret: regret.to_vec() };
        let figure = regret_curves(&[curve("coda", &[0.04, 0.0]), curve("random", &[0.1, 0.06])]).unwrap().unwrap();
        assert!(figure.svg.contains("coda") && figure.svg.contains("random") && figure.svg.contains("10.0 %"), "{}", figure.svg);
        assert_eq!(regret_curves(&[curve("coda", &[0.1])]).unwrap(), None);
    }
}
