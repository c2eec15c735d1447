//! The figures, drawn with plotters as SVG: text stays text and needs no font files.

mod accuracy;
mod canvas;
mod depth;

pub use accuracy::accuracy_per_rank;
pub use depth::error_depth;
