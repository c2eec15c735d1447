//! The points of a map in a square of a sheet.

use super::canvas::pixel;
use super::colours::{FAINT, PAPER, hex};
use super::raster::{Paint, Raster};
use crate::report::error::ReportError;
use crate::spaces::latent::map::Map;
use plotters::style::RGBColor;
use std::fmt::Write;

/// [`FAINT`] in a picture, where a page cannot put another colour in its place: nearly that on white, and as faint on dark ground.
const BEHIND: Paint = (RGBColor(128, 136, 145), 66);

/// A square of a sheet that the points of a map are put into.
#[derive(Clone, Copy)]
pub(super) struct Square {
    pub left: i32,
    pub top: i32,
    pub side: i32,
}

/// Points of a map in one square, with their colours; grey ones come first, so that they hide nothing.
pub(super) struct Scatter<'a> {
    pub map: &'a Map,
    pub square: Square,
    pub radius: f64,
}

impl Scatter<'_> {
    /// Where points lie, from the left and top edges of the square; one scale for both axes, for distances to mean the same.
    fn places(&self) -> Vec<[f64; 2]> {
        let points = &self.map.points;
        let fold = |axis: usize, start: f64, pick: fn(f64, f64) -> f64| points.iter().map(|point| point[axis]).fold(start, pick);
        let low = [fold(0, f64::INFINITY, f64::min), fold(1, f64::INFINITY, f64::min)];
        let high = [fold(0, f64::NEG_INFINITY, f64::max), fold(1, f64::NEG_INFINITY, f64::max)];
        let span = (high[0] - low[0]).max(high[1] - low[1]).max(f64::MIN_POSITIVE);
        let centre = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
        let side = f64::from(self.square.side);
        let scale = side * 0.95 / span;
        points
            .iter()
            .map(|point| [side / 2.0 + (point[0] - centre[0]) * scale, side / 2.0 - (point[1] - centre[1]) * scale])
            .collect()
    }

    /// Dots at their exact places, which pixels of a sheet would round.
    pub fn dots(&self, rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> String {
        let places = self.places();
        let mut dots = format!("<g stroke=\"{}\" stroke-width=\"0.2\" fill-opacity=\"0.85\">\n", hex(PAPER));
        for (colour, rows) in by_colour(rows, colour) {
            let _ = writeln!(dots, "<g fill=\"{}\">", hex(colour));
            for row in rows {
                let [x, y] = [f64::from(self.square.left) + places[row][0], f64::from(self.square.top) + places[row][1]];
                let _ = writeln!(dots, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\"/>", self.radius);
            }
            dots.push_str("</g>\n");
        }
        dots.push_str("</g>\n");
        dots
    }

    /// The same as a picture of twice the resolution.
    pub fn picture(&self, rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> Result<String, ReportError> {
        let places = self.places();
        let side = usize::try_from(2 * self.square.side).unwrap_or(0);
        let layers = by_colour(rows, colour);
        let paint = |colour: RGBColor| if colour == FAINT { BEHIND } else { (colour, u8::MAX) };
        let mut raster = Raster::new(side, side, layers.iter().map(|layer| paint(layer.0)));
        for (place, (_, rows)) in layers.iter().enumerate() {
            let colour = u8::try_from(place + 1).unwrap_or(u8::MAX);
            for &row in rows {
                raster.disc((pixel(2.0 * places[row][0]), pixel(2.0 * places[row][1])), pixel(self.radius), colour);
            }
        }
        raster.image("map", [self.square.left, self.square.top, self.square.side, self.square.side])
    }
}

/// Rows of each colour, in the order in which colours come.
fn by_colour(rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> Vec<(RGBColor, Vec<usize>)> {
    let mut layers: Vec<(RGBColor, Vec<usize>)> = vec![];
    for &row in rows {
        let of = colour(row);
        match layers.iter_mut().find(|layer| layer.0 == of) {
            Some(layer) => layer.1.push(row),
            None => layers.push((of, vec![row])),
        }
    }
    layers
}
