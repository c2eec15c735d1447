//! Pictures under vector axes, for layers of so many shapes that a page would be slow and large.

use super::colours::PAPER;
use crate::report::error::ReportError;
use crate::report::photographs::base64;
use plotters::style::RGBColor;

/// Shapes above which a layer becomes a picture.
pub const SHAPES: usize = 20_000;

/// A colour of a picture, and how much of the ground it hides: 255 is all.
pub type Paint = (RGBColor, u8);

/// A picture of few colours, row by row from the top.
pub struct Raster {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// At most 256, the first of which is none.
    colours: Vec<Paint>,
    /// A place among the colours for each pixel.
    pub pixels: Vec<u8>,
}

impl Raster {
    /// Pixels without a colour, place 0; those given begin at place 1.
    pub fn new(width: usize, height: usize, colours: impl IntoIterator<Item = Paint>) -> Raster {
        let colours = std::iter::once((PAPER, 0)).chain(colours).collect();
        Raster { width, height, colours, pixels: vec![0; width * height] }
    }

    /// Colours a disc of a radius in pixels; what lies outside is cut.
    pub fn disc(&mut self, (x, y): (i32, i32), radius: i32, colour: u8) {
        for dy in -radius..=radius {
            for dx in -radius..=radius {
                let (Ok(column), Ok(row)) = (usize::try_from(x + dx), usize::try_from(y + dy)) else { continue };
                if dx * dx + dy * dy <= radius * radius && column < self.width && row < self.height {
                    self.pixels[row * self.width + column] = colour;
                }
            }
        }
    }

    /// An `<image>` that fills a rectangle of a sheet: left, top, width, height.
    pub fn image(&self, figure: &'static str, [left, top, width, height]: [i32; 4]) -> Result<String, ReportError> {
        let failed = |error: png::EncodingError| ReportError::Figure { figure, what: error.to_string() };
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let mut bytes = vec![];
        let mut encoder = png::Encoder::new(&mut bytes, side(self.width), side(self.height));
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_compression(png::Compression::High);
        let colours = self.colours.iter().flat_map(|&(RGBColor(red, green, blue), _)| [red, green, blue]);
        encoder.set_palette(colours.collect::<Vec<u8>>());
        encoder.set_trns(self.colours.iter().map(|&(_, hides)| hides).collect::<Vec<u8>>());
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(format!(
            "<image x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>\n",
            base64(&bytes)
        ))
    }
}

/// Puts a picture under everything on a sheet but its ground.
pub fn under(svg: &str, image: &str) -> String {
    let ground = svg.find("<rect").and_then(|start| svg[start..].find("/>").map(|end| start + end + 2));
    match ground {
        Some(place) => format!("{}\n{image}{}", &svg[..place], &svg[place..]),
        None => svg.to_string(),
    }
}
