//! Annotators and classifiers at each rank, and the human level as a line.

use super::canvas::{Anchor, Canvas, draw, fitting, pixel, whole};
use super::colours::{FAINT, GREY, INK, SERIES};
use crate::numbers::statistics::Interval;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::percent;

const WIDTH: i32 = 800;
const LEFT: i32 = 250;
const RIGHT: i32 = 620;
/// Above the rows of a panel: its title.
const HEAD: i32 = 46;
const STEP: i32 = 22;
/// Below them: the axis.
const FOOT: i32 = 40;
/// Height of the legend.
const LEGEND: i32 = 40;

/// An annotator or a classifier at a rank.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelRow {
    /// What it is called.
    pub name: String,
    /// Whether it is a classifier.
    pub is_classifier: bool,
    /// Its share of right answers.
    pub accuracy: f64,
    /// The interval of it.
    pub interval: Option<Interval>,
}

/// A rank.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPanel {
    /// The rank.
    pub title: String,
    /// The human level; `None` where there is none.
    pub human: Option<f64>,
    /// From the top.
    pub rows: Vec<LevelRow>,
}

/// Draws them. `None` without rows.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn human_level(panels: &[LevelPanel]) -> Result<Option<Figure>, ReportError> {
    if panels.iter().all(|panel| panel.rows.is_empty()) {
        return Ok(None);
    }
    let all: i32 = LEGEND + panels.iter().map(height).sum::<i32>();
    let name = "Annotators and classifiers, by rank";
    let svg = draw("annotators", (WIDTH.unsigned_abs(), all.unsigned_abs()), name, |canvas| {
        legend(canvas)?;
        let mut top = LEGEND;
        for panel in panels.iter().filter(|panel| !panel.rows.is_empty()) {
            paint(canvas, panel, top)?;
            top += height(panel);
        }
        Ok(())
    })?;
    let caption = "Share of labels that most of the others agree with, with 95 % intervals: annotators (dots) against the other \
                   annotators, classifiers (squares) against all. The line is the human level, the mean over all labels of \
                   annotators."
        .to_string();
    Ok(Some(Figure { file: "figures/annotators.svg".to_string(), svg, caption }))
}

fn height(panel: &LevelPanel) -> i32 {
    if panel.rows.is_empty() { 0 } else { HEAD + STEP * whole(panel.rows.len()) + FOOT }
}

fn x(share: f64) -> i32 {
    LEFT + pixel(share.clamp(0.0, 1.0) * f64::from(RIGHT - LEFT))
}

fn legend(canvas: &Canvas<'_>) -> Result<(), ReportError> {
    canvas.dot((24, 20), SERIES[1])?;
    canvas.text("annotator", (36, 20), Anchor::Left, INK)?;
    canvas.square((164, 20), SERIES[0])?;
    canvas.text("classifier", (176, 20), Anchor::Left, INK)?;
    canvas.line(&[(304, 10), (304, 30)], SERIES[2], 2)?;
    canvas.text("human level", (316, 20), Anchor::Left, INK)
}

fn paint(canvas: &Canvas<'_>, panel: &LevelPanel, top: i32) -> Result<(), ReportError> {
    let bottom = top + HEAD + STEP * whole(panel.rows.len());
    canvas.text(&fitting(&panel.title, LEFT).unwrap_or_default(), (16, top + 20), Anchor::Left, INK)?;
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        canvas.line(&[(x(quarter), top + HEAD - 12), (x(quarter), bottom)], FAINT, 1)?;
        canvas.small(&format!("{:.0} %", 100.0 * quarter), (x(quarter), bottom + 12), Anchor::Centre, GREY)?;
    }
    if let Some(human) = panel.human {
        canvas.line(&[(x(human), top + HEAD - 12), (x(human), bottom)], SERIES[2], 2)?;
    }
    for (place, row) in panel.rows.iter().enumerate() {
        let y = top + HEAD + STEP * whole(place);
        let colour = if row.is_classifier { SERIES[0] } else { SERIES[1] };
        canvas.small(&fitting(&row.name, LEFT - 40).unwrap_or_default(), (LEFT - 14, y), Anchor::Right, INK)?;
        if let Some(Interval { low, high }) = row.interval {
            canvas.line(&[(x(low), y), (x(high), y)], colour, 2)?;
        }
        let at = (x(row.accuracy), y);
        if row.is_classifier {
            canvas.square(at, colour)?;
        } else {
            canvas.dot(at, colour)?;
        }
        canvas.small(&percent(Some(row.accuracy)), (RIGHT + 14, y), Anchor::Left, INK)?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_rater_has_a_mark_and_the_human_level_a_line() {
        let row = |name: &str, is_classifier| LevelRow {
            name: name.to_string(),
            is_classifier,
            accuracy: 0.75,
            interval: Some(Interval { low: 0.5, high: 0.875 }),
        };
        let panel =
            LevelPanel { title: "species".to_string(), human: Some(0.8), rows: vec![row("ana", false), row("svm", true)] };
        let svg = human_level(std::slice::from_ref(&panel)).unwrap().unwrap().svg;
        assert!(svg.contains("ana") && svg.contains("svm") && svg.contains("75.0"), "{svg}");
        // The legend has one of each, too.
        assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
        assert_eq!(human_level(&[LevelPanel { rows: vec![], ..panel }]).unwrap(), None);
    }
}
