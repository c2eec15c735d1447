//! The figures, drawn with plotters as SVG: text stays text and needs no font files.

mod accuracy;
mod canvas;
mod colours;
mod confusions;
mod depth;
mod icicle;
pub mod latent;
mod leaderboard;
pub mod maps;
mod matrix;
mod operating;
mod raster;
mod reliability;
pub mod retrieval;
mod rules;
pub mod similarities;
mod small_multiples;
mod training;

pub use accuracy::accuracy_per_rank;
pub use confusions::confusion_matrix;
pub use depth::error_depth;
pub use icicle::icicle;
pub use leaderboard::{BoardRow, leaderboard};
pub use operating::operating_curve;
pub use reliability::reliability;
pub use rules::decision_rules;
pub use training::training_curves;
