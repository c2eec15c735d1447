//! Differences with their intervals, one below the other: a forest plot.

use super::canvas::{Anchor, Canvas, draw, fitting, pixel, whole};
use super::colours::{FAINT, GREY, INK, SERIES};
use crate::numbers::statistics::Interval;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::{count, fixed};

const WIDTH: i32 = 800;
/// Where the axis begins and ends; names stand left of it, numbers right of it.
const LEFT: i32 = 240;
const RIGHT: i32 = 570;
/// Above the rows of a panel: its title, and who is better on which side.
const HEAD: i32 = 62;
const STEP: i32 = 22;
/// Below the rows of a panel: its axis.
const FOOT: i32 = 44;
/// Room for the name of who is better on one side.
const BETTER: i32 = 300;

/// A difference.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestRow {
    /// Of what.
    pub name: String,
    /// Images that it is taken over.
    pub images: u64,
    /// The first less the second.
    pub difference: f64,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Whether a test says that it is more than chance.
    pub is_significant: bool,
}

/// Differences of one unit, on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestPanel {
    /// Of what they all are.
    pub title: String,
    /// Who is better where a difference is below 0, and where it is above.
    pub better: [String; 2],
    /// From the top.
    pub rows: Vec<ForestRow>,
}

/// A forest plot before it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// File in the folder.
    pub file: String,
    /// What it is, for readers who cannot see it.
    pub name: &'static str,
    /// What it shows.
    pub caption: String,
    /// From the top.
    pub panels: Vec<ForestPanel>,
}

/// Draws differences as dots, filled where a test says that they are more than chance and else rings, on the lines of their
/// intervals. `None` without rows.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn forest(forest: Forest) -> Result<Option<Figure>, ReportError> {
    let Forest { file, name, caption, mut panels } = forest;
    panels.retain(|panel| !panel.rows.is_empty());
    if panels.is_empty() {
        return Ok(None);
    }
    let all: i32 = panels.iter().map(height).sum();
    let svg = draw("forest", (WIDTH.unsigned_abs(), all.unsigned_abs()), name, |canvas| {
        let mut top = 0;
        for panel in &panels {
            paint(canvas, panel, top)?;
            top += height(panel);
        }
        Ok(())
    })?;
    Ok(Some(Figure { file, svg, caption }))
}

fn height(panel: &ForestPanel) -> i32 {
    HEAD + STEP * whole(panel.rows.len()) + FOOT
}

/// Differences from left to right, 0 in the middle.
struct Scale {
    /// The end of the axis.
    most: f64,
    /// Decimals of its numbers.
    decimals: usize,
}

impl Scale {
    /// A round number that no difference and no interval passes.
    fn of(rows: &[ForestRow]) -> Scale {
        let ends = |row: &ForestRow| {
            let (low, high) = row.interval.map_or((0.0, 0.0), |interval| (interval.low, interval.high));
            row.difference.abs().max(low.abs()).max(high.abs())
        };
        let largest = rows.iter().map(ends).fold(0.0, f64::max);
        let tens = [(0.001, 4), (0.01, 3), (0.1, 2), (1.0, 1), (10.0, 0), (100.0, 0), (1_000.0, 0)];
        let mut rounds = tens.into_iter().flat_map(|(ten, decimals)| [1.0, 2.0, 5.0].map(|step| (step * ten, decimals)));
        let (most, decimals) = rounds.find(|(round, _)| *round >= largest).unwrap_or((largest, 0));
        Scale { most, decimals }
    }

    fn x(&self, difference: f64) -> i32 {
        LEFT + pixel(f64::midpoint(difference / self.most, 1.0) * f64::from(RIGHT - LEFT))
    }
}

fn paint(canvas: &Canvas<'_>, panel: &ForestPanel, top: i32) -> Result<(), ReportError> {
    let scale = Scale::of(&panel.rows);
    let (first, bottom) = (top + HEAD, top + HEAD + STEP * whole(panel.rows.len()));
    canvas.text(&fitting(&panel.title, WIDTH - 40).unwrap_or_default(), (16, top + 20), Anchor::Left, INK)?;
    let [below, above] = panel.better.each_ref().map(|run| fitting(run, BETTER).unwrap_or_default());
    canvas.small(&format!("← {below} better"), (scale.x(0.0) - 10, top + 42), Anchor::Right, GREY)?;
    canvas.small(&format!("{above} better →"), (scale.x(0.0) + 10, top + 42), Anchor::Left, GREY)?;
    for part in [-1.0, -0.5, 0.0, 0.5, 1.0] {
        let (tick, color) = (part * scale.most, if part == 0.0 { GREY } else { FAINT });
        let x = scale.x(tick);
        canvas.line(&[(x, first - 10), (x, bottom)], color, 1)?;
        canvas.small(&signed(tick, scale.decimals), (x, bottom + 14), Anchor::Centre, GREY)?;
    }
    for (place, row) in panel.rows.iter().enumerate() {
        paint_row(canvas, row, &scale, first + STEP * whole(place))?;
    }
    Ok(())
}

fn paint_row(canvas: &Canvas<'_>, row: &ForestRow, scale: &Scale, y: i32) -> Result<(), ReportError> {
    let behind = format!(" ({})", count(row.images));
    let room = LEFT - 24 - 7 * whole(behind.chars().count());
    let name = fitting(&row.name, room).unwrap_or_default();
    canvas.small(&format!("{name}{behind}"), (LEFT - 14, y), Anchor::Right, INK)?;
    let decimals = (scale.decimals + 1).min(4);
    let number = |value: f64| signed(value, decimals);
    let interval = row
        .interval
        .map_or_else(|| ", no interval".to_string(), |Interval { low, high }| format!(" ({} to {})", number(low), number(high)));
    canvas.small(&format!("{}{interval}", number(row.difference)), (RIGHT + 14, y), Anchor::Left, INK)?;
    if let Some(Interval { low, high }) = row.interval {
        canvas.line(&[(scale.x(low), y), (scale.x(high), y)], SERIES[0], 2)?;
    }
    let at = (scale.x(row.difference), y);
    if row.is_significant { canvas.dot(at, SERIES[0]) } else { canvas.ring(at, SERIES[0]) }
}

/// A number with its sign, and 0 without one.
fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let is_zero = !text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_zero || value < 0.0 { text } else { format!("+{text}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn row(name: &str, difference: f64, ends: Option<(f64, f64)>) -> ForestRow {
        let interval = ends.map(|(low, high)| Interval { low, high });
        ForestRow { name: name.to_string(), images: 1200, difference, interval, is_significant: difference > 0.0 }
    }

    #[test]
    fn an_axis_ends_at_a_round_number_that_holds_all() {
        let end = |rows: &[ForestRow]| {
            let scale = Scale::of(rows);
            fixed(scale.most, scale.decimals)
        };
        assert_eq!(end(&[row("a", 0.05, Some((-0.31, 0.4)))]), "0.50");
        assert_eq!(end(&[row("a", -0.0007, None)]), "0.0010");
        assert_eq!(end(&[row("a", 0.0, None), row("b", 1.5, Some((0.5, 2.0)))]), "2.0");
        let scale = Scale::of(&[row("a", 0.5, None)]);
        assert_eq!([-0.5, 0.0, 0.5].map(|value| scale.x(value)), [LEFT, i32::midpoint(LEFT, RIGHT), RIGHT]);
    }

    #[test]
    fn signs_stand_before_all_numbers_but_0() {
        assert_eq!([0.125, -0.125, 0.000_01, -0.000_01].map(|value| signed(value, 3)), ["+0.125", "-0.125", "0.000", "0.000"]);
    }

    #[test]
    fn a_row_has_its_images_its_numbers_and_a_ring_where_it_may_be_chance() {
        let rows = vec![row("species", 0.25, Some((0.05, 0.4))), row("genus", -0.05, None)];
        let better = ["mlp".to_string(), "svm".to_string()];
        let panel = ForestPanel { title: "Share right".to_string(), better, rows };
        let empty = ForestPanel { rows: vec![], ..panel.clone() };
        let of = |panels| Forest { file: "figures/f.svg".to_string(), name: "Differences", caption: String::new(), panels };
        assert_eq!(forest(of(vec![empty.clone()])).unwrap(), None);
        let svg = forest(of(vec![empty, panel])).unwrap().unwrap().svg;
        for text in ["species (1\u{a0}200)", "+0.250 (+0.050 to +0.400)", "-0.050, no interval", "← mlp better", "svm better →"]
        {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        // One dot, and a ring on its ground.
        assert_eq!((svg.matches("<circle").count(), svg.matches("fill=\"none\" stroke=\"#0072B2\"").count()), (3, 1), "{svg}");
    }
}
