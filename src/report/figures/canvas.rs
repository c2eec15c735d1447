//! A white sheet in pixels, with the few shapes that the figures need.
//!
//! Sheets are at most [`WIDEST`] pixels wide, as wide as a page shows them, and no text on them is smaller than 12 pixels.

use super::colours::{FAINT, GREY, INK, PAPER};
use crate::report::error::ReportError;
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBAColor, RGBColor, ShapeStyle, TextStyle};

/// Pixels that a sheet is wide at most.
pub const WIDEST: i32 = 800;
/// Most letters of a name in a legend.
const LEGEND_LETTERS: usize = 34;
/// Size of the text: plotters divides it by 1.24 on the way into the SVG.
const TEXT: f64 = 16.0 * 1.24;
/// Size of names that stand close.
const SMALL: f64 = 12.0 * 1.24;
/// Height of a line of small text, in pixels.
pub const SMALL_LINE: i32 = 14;

/// Which way text runs from its point.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    Left,
    Centre,
    Right,
}

/// A sheet being drawn on; coordinates in pixels, y down.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    figure: &'static str,
}

/// Draws on a new sheet and returns the SVG. It gets a short name for readers who cannot see it; its caption says the rest.
pub fn draw(
    figure: &'static str,
    (width, height): (u32, u32),
    name: &str,
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), ReportError>,
) -> Result<String, ReportError> {
    debug_assert!(width <= WIDEST.unsigned_abs(), "a page shows a wider sheet smaller, and its text with it");
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        let canvas = Canvas { area, figure };
        canvas.done(canvas.area.fill(&PAPER))?;
        paint(&canvas)?;
        canvas.done(canvas.area.present())?;
    }
    let named = format!("<svg role=\"img\" aria-label=\"{}\" ", crate::files::markup::html(name));
    Ok(svg.replacen("<svg ", &named, 1))
}

impl Canvas<'_> {
    fn done<E: std::fmt::Display>(&self, result: Result<(), E>) -> Result<(), ReportError> {
        result.map_err(|error| ReportError::Figure { figure: self.figure, what: error.to_string() })
    }

    /// Writes text beside a point, vertically centred on it.
    pub fn text(&self, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        self.write((text, TEXT, FontTransform::None), at, anchor, color)
    }

    /// Writes small text, for names that stand close.
    pub fn small(&self, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        self.write((text, SMALL, FontTransform::None), at, anchor, color)
    }

    /// Writes small text that runs upwards; the right is then above.
    pub fn upwards(&self, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        self.write((text, SMALL, FontTransform::Rotate270), at, anchor, color)
    }

    fn write(
        &self,
        (text, size, turn): (&str, f64, FontTransform),
        at: (i32, i32),
        anchor: Anchor,
        color: RGBColor,
    ) -> Result<(), ReportError> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Centre => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let font = ("sans-serif", size).into_font().transform(turn);
        let style = TextStyle::from(font).color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.done(self.area.draw_text(&plain(text), &style, at))
    }

    /// Draws a line through points.
    pub fn line(&self, points: &[(i32, i32)], color: RGBColor, width: u32) -> Result<(), ReportError> {
        let style = ShapeStyle::from(&color).stroke_width(width);
        self.done(self.area.draw(&PathElement::new(points.to_vec(), style)))
    }

    /// Draws a line that what lies behind it shines through; an opacity of 1 hides it.
    pub fn faint_line(&self, points: &[(i32, i32)], color: RGBColor, width: u32, opacity: f64) -> Result<(), ReportError> {
        let style = ShapeStyle::from(clear(color, opacity)).stroke_width(width);
        self.done(self.area.draw(&PathElement::new(points.to_vec(), style)))
    }

    /// Draws a filled rectangle between two corners.
    pub fn bar(&self, from: (i32, i32), to: (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.done(self.area.draw(&Rectangle::new([from, to], color.filled())))
    }

    /// Draws a filled rectangle that its ground shines through, which is paler on any ground; an opacity of 1 hides it.
    pub fn tint(&self, from: (i32, i32), to: (i32, i32), color: RGBColor, opacity: f64) -> Result<(), ReportError> {
        self.done(self.area.draw(&Rectangle::new([from, to], clear(color, opacity).filled())))
    }

    /// Draws a filled shape that its ground shines through.
    pub fn shape(&self, corners: Vec<(i32, i32)>, color: RGBColor, opacity: f64) -> Result<(), ReportError> {
        self.done(self.area.draw(&Polygon::new(corners, clear(color, opacity).filled())))
    }

    /// Draws the outline of a rectangle.
    pub fn frame(&self, from: (i32, i32), to: (i32, i32), color: RGBColor, width: u32) -> Result<(), ReportError> {
        let style = ShapeStyle::from(&color).stroke_width(width);
        self.done(self.area.draw(&Rectangle::new([from, to], style)))
    }

    /// Draws a filled dot.
    pub fn dot(&self, at: (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.done(self.area.draw(&Circle::new(at, 4, color.filled())))
    }

    /// Draws a ring: a dot that is less sure.
    pub fn ring(&self, at: (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.done(self.area.draw(&Circle::new(at, 4, PAPER.filled())))?;
        self.done(self.area.draw(&Circle::new(at, 4, ShapeStyle::from(&color).stroke_width(2))))
    }

    /// Draws a small square, as large as a dot.
    pub fn square(&self, (x, y): (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.bar((x - 4, y - 4), (x + 4, y + 4), color)
    }

    /// Draws a small diamond, as large as a dot.
    pub fn diamond(&self, (x, y): (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.shape(vec![(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], color, 1.0)
    }

    /// Draws the interval of a dot of a series, from low to high.
    pub fn interval(&self, x: i32, (low, high): (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.line(&[(x, low), (x, high)], color, 2)?;
        self.line(&[(x - 6, low), (x + 6, low)], color, 2)?;
        self.line(&[(x - 6, high), (x + 6, high)], color, 2)
    }

    /// Draws grid lines at 0, 25, 50, 75 and 100 % from `left` to `right`, with their labels.
    pub fn percent_grid(&self, (left, right): (i32, i32), y: impl Fn(f64) -> i32) -> Result<(), ReportError> {
        for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let height = y(quarter);
            self.line(&[(left, height), (right, height)], if quarter == 0.0 { GREY } else { FAINT }, 1)?;
            self.text(&format!("{:.0} %", 100.0 * quarter), (left - 10, height), Anchor::Right, GREY)?;
        }
        Ok(())
    }

    /// Writes a legend entry whose mark was drawn left of the point.
    pub fn legend(&self, name: &str, at: (i32, i32)) -> Result<(), ReportError> {
        self.text(&shortened(name), at, Anchor::Left, INK)
    }
}

/// A name that fits a legend.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LEGEND_LETTERS {
        return name.to_string();
    }
    let end: String = name.chars().skip(name.chars().count() - LEGEND_LETTERS + 1).collect();
    format!("…{end}")
}

/// Small text that fits a width in pixels; `None` where not even four letters do.
pub fn fitting(name: &str, width: i32) -> Option<String> {
    let letters = usize::try_from(width / 7).unwrap_or(0);
    if name.chars().count() <= letters {
        return Some(name.to_string());
    }
    (letters > 4).then(|| name.chars().take(letters - 1).chain(['…']).collect())
}

/// A taxon's name in small text that fits a width in pixels, its first word shortened to a letter before anything is cut; with the
/// number of its points, which stays.
pub fn fitting_taxon(name: &str, points: Option<usize>, width: i32) -> String {
    let behind = points.map_or_else(String::new, |points| format!(" ({points})"));
    let room = width - 7 * whole(behind.chars().count());
    let fits = |name: &str| whole(name.chars().count()) * 7 <= room;
    let name = match name.split_once(' ') {
        Some((genus, rest)) if !fits(name) => format!("{}. {rest}", genus.chars().next().unwrap_or_default()),
        _ => name.to_string(),
    };
    format!("{}{behind}", fitting(&name, room).unwrap_or_default())
}

/// A colour that shines through; two decimals are enough.
fn clear(color: RGBColor, opacity: f64) -> RGBAColor {
    color.mix((100.0 * opacity.clamp(0.0, 1.0)).round() / 100.0)
}

/// Text that stays where it is put: without control characters, which XML forbids, and without those that turn the direction of
/// what follows.
fn plain(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|letter| if letter.is_control() || turns(letter) { '\u{fffd}' } else { letter }).collect()
}

/// A pixel: the nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "sheets are small")]
pub fn pixel(value: f64) -> i32 {
    value.round() as i32
}

/// A number of things as a number of pixels or rows.
pub fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_a_short_name_and_text_of_a_size_to_be_read() {
        let name = "<script>\"'&";
        let svg = draw("test", (WIDEST.unsigned_abs(), 20), name, |canvas| {
            canvas.small("a\u{1}<b>\u{202e}c", (10, 10), Anchor::Left, INK)?;
            canvas.upwards("up", (30, 10), Anchor::Centre, GREY)?;
            canvas.tint((0, 0), (5, 5), GREY, 0.123)
        });
        let svg = svg.unwrap();
        assert!(svg.starts_with("<svg role=\"img\" aria-label=\"&lt;script&gt;&quot;&#39;&amp;\" width=\"800\""), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 800 20\"") && svg.contains("a\u{fffd}&lt;b&gt;\u{fffd}c"), "{svg}");
        assert!(svg.contains("rotate(270, 30, 10)") && svg.contains("opacity=\"0.12\" fill=\"#5F6770\""), "{svg}");
        assert_eq!(svg.matches("font-size=\"12\"").count(), 2, "{svg}");
    }
}
