//! A square of cells for pairs of texts, with a name for each row.

use super::canvas::{Anchor, SMALL_LINE, draw, fitting, pixel};
use super::colours::{GREY, INK, between};
use crate::numbers::statistics::to_f64;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use plotters::style::RGBColor;

const FIGURE: &str = "similarity";
/// The ends of the scale, as in the matrices of taxa.
const DARK: RGBColor = RGBColor(8, 48, 107);
const LIGHT: RGBColor = RGBColor(247, 251, 255);
/// Side of the square.
const SIDE: i32 = 500;
const LEFT: i32 = 220;
const TOP: i32 = 16;

/// How much alike every two of some texts are.
pub struct HeatMap<'a> {
    /// What each row is called.
    pub names: &'a [String],
    /// Values row by row; those on the diagonal are not drawn.
    pub values: &'a [f64],
    /// Which of several such figures it is, from 1.
    pub number: usize,
}

impl HeatMap<'_> {
    /// Draws the cells, dark where texts are alike; names that would touch are left out.
    ///
    /// # Errors
    ///
    /// [`ReportError::Figure`] if the sheet cannot be drawn.
    pub fn drawn(&self, caption: String) -> Result<Figure, ReportError> {
        let count = self.names.len();
        let (far, near) = self.ends();
        let span = if (far - near).abs() > 0.0 { far - near } else { 1.0 };
        let size = ((LEFT + SIDE + 78).unsigned_abs(), (TOP + SIDE + 20).unsigned_abs());
        let svg = draw(FIGURE, size, "How much alike every two documents are", |canvas| {
            let edge = |place: usize| pixel(f64::from(SIDE) * to_f64(place as u64) / to_f64(count as u64));
            let mut last = None;
            for (row, name) in self.names.iter().enumerate() {
                for column in (0..count).filter(|column| *column != row) {
                    let share = ((self.values[row * count + column] - near) / span).clamp(0.0, 1.0);
                    let (from, to) = ((LEFT + edge(column), TOP + edge(row)), (LEFT + edge(column + 1), TOP + edge(row + 1)));
                    canvas.bar(from, to, between(DARK, LIGHT, share))?;
                }
                let middle = TOP + i32::midpoint(edge(row), edge(row + 1));
                if last.is_none_or(|last| middle - last >= SMALL_LINE)
                    && let Some(text) = fitting(name, LEFT - 16)
                {
                    canvas.small(&text, (LEFT - 8, middle), Anchor::Right, INK)?;
                    last = Some(middle);
                }
            }
            for line in 0..100_i32 {
                let y = TOP + SIDE - 2 * line;
                let colour = between(DARK, LIGHT, f64::from(line) / 99.0);
                canvas.bar((LEFT + SIDE + 14, y - 2), (LEFT + SIDE + 28, y), colour)?;
            }
            canvas.small(&format!("{far:.2}"), (LEFT + SIDE + 34, TOP + SIDE - 196), Anchor::Left, GREY)?;
            canvas.small(&format!("{near:.2}"), (LEFT + SIDE + 34, TOP + SIDE - 4), Anchor::Left, GREY)
        })?;
        let number = if self.number > 1 { format!("-{}", self.number) } else { String::new() };
        Ok(Figure { file: format!("figures/{FIGURE}{number}.svg"), svg, caption })
    }

    /// What is light and what is dark: the values that two in a hundred lie below and above.
    fn ends(&self) -> (f64, f64) {
        let count = self.names.len().max(1);
        let is_off = |place: &usize| place / count != place % count;
        let mut sorted: Vec<f64> = (0..self.values.len()).filter(is_off).map(|place| self.values[place]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(0.0);
        (at(sorted.len() / 50), at(last - (sorted.len() / 50).min(last)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_cell_and_the_scale_its_ends() {
        let names = ["ant", "bee", "<wasp>"].map(str::to_string);
        let values = [1.0, 0.25, 0.5, 0.25, 1.0, 0.75, 0.5, 0.75, 1.0];
        let map = HeatMap { names: &names, values: &values, number: 2 };
        assert_eq!(map.ends(), (0.25, 0.75));
        let figure = map.drawn("caption".to_string()).unwrap();
        assert_eq!((figure.file.as_str(), figure.caption.as_str()), ("figures/similarity-2.svg", "caption"));
        // Six cells, the nearest and the furthest pair at the ends of the scale, and names as text.
        assert!(["&lt;wasp&gt;", "0.25", "0.75"].iter().all(|text| figure.svg.contains(text)));
        let cells = |colour: &str| figure.svg.matches(&format!("fill=\"{colour}\"")).count();
        assert_eq!((cells("#08306B"), cells("#F7FBFF")), (2 + 1, 2 + 1));
    }
}
