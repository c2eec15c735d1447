//! What clades add to a difference: bars of skill and of composition, one below the other.

use super::canvas::{Anchor, Canvas, draw, fitting, pixel, whole};
use super::colours::{ACCEPTABLE, FAINT, GREY, INK, SERIES};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::fixed;

const WIDTH: i32 = 800;
/// Where the axis begins and ends; names stand left of it.
const LEFT: i32 = 240;
const RIGHT: i32 = 770;
/// Above the rows: the legend.
const HEAD: i32 = 44;
const STEP: i32 = 26;
const BAR: i32 = 9;
/// Below them: the axis.
const FOOT: i32 = 34;

/// What a clade adds to a difference of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Its name.
    pub name: String,
    /// By skill.
    pub skill: f64,
    /// By composition.
    pub composition: f64,
}

/// Draws two bars for each clade from the line of no difference; `None` without clades.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn contributions(rows: &[Contribution]) -> Result<Option<Figure>, ReportError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let most = rows.iter().map(|row| row.skill.abs().max(row.composition.abs())).fold(0.0, f64::max);
    let most = if most > 0.0 { most } else { 0.01 };
    let x = |value: f64| LEFT + pixel(f64::midpoint(value / most, 1.0) * f64::from(RIGHT - LEFT));
    let bottom = HEAD + STEP * whole(rows.len());
    let svg = draw("contributions", (WIDTH.unsigned_abs(), (bottom + FOOT).unsigned_abs()), "What clades add", |canvas| {
        legend(canvas)?;
        for part in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            let color = if part == 0.0 { GREY } else { FAINT };
            let at = x(part * most);
            canvas.line(&[(at, HEAD - 6), (at, bottom)], color, 1)?;
            canvas.small(&fixed(part * most, 4), (at, bottom + 14), Anchor::Centre, GREY)?;
        }
        for (place, row) in rows.iter().enumerate() {
            let top = HEAD + STEP * whole(place);
            let name = fitting(&row.name, LEFT - 30).unwrap_or_default();
            canvas.small(&name, (LEFT - 14, top + BAR), Anchor::Right, INK)?;
            for (bar, (value, color)) in [(row.skill, SERIES[0]), (row.composition, ACCEPTABLE)].into_iter().enumerate() {
                let (from, to) = (x(value.min(0.0)), x(value.max(0.0)));
                let above = top + BAR * whole(bar);
                canvas.bar((from, above), (to, above + BAR - 1), color)?;
            }
        }
        Ok(())
    })?;
    let caption =
        "What clades add to the difference of the share right, second less first: blue by skill within their taxa, orange \
                   by another mix of taxa and by taxa that only one set has."
            .to_string();
    Ok(Some(Figure { file: "figures/contributions.svg".to_string(), svg, caption }))
}

fn legend(canvas: &Canvas<'_>) -> Result<(), ReportError> {
    for (name, color, left) in [("skill", SERIES[0], LEFT), ("composition", ACCEPTABLE, LEFT + 90)] {
        canvas.bar((left, 10), (left + 12, 22), color)?;
        canvas.small(name, (left + 18, 16), Anchor::Left, INK)?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_clade_has_two_bars_and_its_name() {
        let row = |name: &str, skill, composition| Contribution { name: name.to_string(), skill, composition };
        let rows = [row("family Felidae", -0.125, 0.0625), row("family Canidae", 0.0, -0.03)];
        let svg = contributions(&rows).unwrap().unwrap().svg;
        // Two bars each, two of the legend, and the ground.
        assert_eq!(svg.matches("<rect").count(), 7, "{svg}");
        assert!(svg.contains("family Felidae") && svg.contains("-0.1250") && svg.contains("0.0625"), "{svg}");
        assert_eq!(contributions(&[]).unwrap(), None);
    }
}
