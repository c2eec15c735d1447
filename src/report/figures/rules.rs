//! Decision rules side by side, as bars.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{FAINT, GREY, INK, WRONG};
use crate::numbers::statistics::share;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::decisions::Decisions;

const WIDTH: i32 = 800;
const LEFT: i32 = 160;
const PANEL: i32 = 240;
const BETWEEN: i32 = 330;
const TOP: i32 = 52;
const BAR: i32 = 22;
const STEP: i32 = 32;

/// Draws the share of wrong answers and their mean height for each decision rule. `None` if
/// nothing was scored.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn decision_rules(decisions: &Decisions, file: String) -> Result<Option<Figure>, ReportError> {
    let values: Vec<(&str, [f64; 2])> = decisions
        .rules()
        .into_iter()
        .filter_map(|(rule, decision)| {
            let how = &decision.how_wrong;
            let false_answers = how.similarity.correct.map(|correct| 1.0 - correct);
            let wrong = false_answers.or_else(|| share(how.mistakes, how.n))?;
            Some((rule.name(), [wrong, how.mean_height?]))
        })
        .collect();
    if values.is_empty() {
        return Ok(None);
    }
    let caption =
        "What each decision rule costs: the share of answers that are wrong as far as they go (an answer that stops early \
                   is not wrong), and the mean height of the error over all images (an early stop counts)."
            .to_string();
    let size = (WIDTH.unsigned_abs(), (TOP + STEP * whole(values.len()) + 8).unsigned_abs());
    let svg = draw("decision_rules", size, "What each decision rule costs", |canvas| paint(canvas, &values))?;
    Ok(Some(Figure { file, svg, caption }))
}

fn paint(canvas: &Canvas<'_>, values: &[(&str, [f64; 2])]) -> Result<(), ReportError> {
    for (panel, title) in ["wrong as far as it goes", "mean height of the error"].into_iter().enumerate() {
        let left = LEFT + BETWEEN * whole(panel);
        let longest = values.iter().map(|(_, value)| value[panel]).fold(f64::MIN_POSITIVE, f64::max);
        canvas.text(title, (left, 24), Anchor::Left, INK)?;
        for (row, (name, value)) in values.iter().enumerate() {
            let top = TOP + STEP * whole(row);
            if panel == 0 {
                canvas.text(name, (LEFT - 12, top + BAR / 2), Anchor::Right, INK)?;
            }
            let end = left + pixel(value[panel] / longest * f64::from(PANEL - 20));
            canvas.bar((left, top), (end, top + BAR), WRONG)?;
            let label = if panel == 0 { format!("{:.1} %", 100.0 * value[panel]) } else { format!("{:.2}", value[panel]) };
            canvas.text(&label, (end + 8, top + BAR / 2), Anchor::Left, GREY)?;
        }
        canvas.line(&[(left, TOP - 6), (left, TOP + STEP * whole(values.len()))], FAINT, 1)?;
    }
    Ok(())
}
