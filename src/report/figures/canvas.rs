//! A white sheet in pixels, with the few shapes that the figures need.

use crate::report::error::ReportError;
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{BLACK, Color, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

/// Colours that differ for every kind of colour vision, and in print (Okabe and Ito 2008).
pub const PALETTE: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];

/// Text and marks that step back.
pub const GREY: RGBColor = RGBColor(95, 103, 112);
/// Grid lines.
pub const FAINT: RGBColor = RGBColor(222, 226, 230);
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

/// Draws on a new sheet and returns the SVG, with a title for readers who cannot see it.
pub fn draw(
    figure: &'static str,
    (width, height): (u32, u32),
    title: &str,
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), ReportError>,
) -> Result<String, ReportError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        let canvas = Canvas { area, figure };
        canvas.done(canvas.area.fill(&WHITE))?;
        paint(&canvas)?;
        canvas.done(canvas.area.present())?;
    }
    let title = format!("<svg role=\"img\" aria-label=\"{}\" ", crate::files::markup::html(title));
    Ok(svg.replacen("<svg ", &title, 1))
}

impl Canvas<'_> {
    fn done<E: std::fmt::Display>(&self, result: Result<(), E>) -> Result<(), ReportError> {
        result.map_err(|error| ReportError::Figure { figure: self.figure, what: error.to_string() })
    }

    /// Writes text beside a point, vertically centred on it.
    pub fn text(&self, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        self.text_of_size(TEXT, text, at, anchor, color)
    }

    /// Writes small text, for names that stand close.
    pub fn small(&self, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        self.text_of_size(SMALL, text, at, anchor, color)
    }

    fn text_of_size(&self, size: f64, text: &str, at: (i32, i32), anchor: Anchor, color: RGBColor) -> Result<(), ReportError> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Centre => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let style = TextStyle::from(("sans-serif", size).into_font()).color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.done(self.area.draw_text(text, &style, at))
    }

    /// Draws a line through points.
    pub fn line(&self, points: &[(i32, i32)], color: RGBColor, width: u32) -> Result<(), ReportError> {
        let style = ShapeStyle::from(&color).stroke_width(width);
        self.done(self.area.draw(&PathElement::new(points.to_vec(), style)))
    }

    /// Draws a filled rectangle between two corners.
    pub fn bar(&self, from: (i32, i32), to: (i32, i32), color: RGBColor) -> Result<(), ReportError> {
        self.done(self.area.draw(&Rectangle::new([from, to], color.filled())))
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

    /// Draws one dot of a series with the interval through it.
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
        self.text(&shortened(name), at, Anchor::Left, BLACK)
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

/// Between two colours: 0 is the first, 1 the second.
pub fn between(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let mix = |from: u8, to: u8| {
        let value = f64::from(from) + share.clamp(0.0, 1.0) * (f64::from(to) - f64::from(from));
        u8::try_from(pixel(value)).unwrap_or(u8::MAX)
    };
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
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
