//! The figures, drawn with plotters as SVG: text stays text and needs no font files.

mod accuracy;
mod canvas;
#[cfg(feature = "tables")]
mod colours;
mod confusions;
mod depth;
mod icicle;
#[cfg(feature = "tables")]
pub mod latent;
mod leaderboard;
#[cfg(feature = "tables")]
pub mod maps;
#[cfg(feature = "tables")]
mod matrix;
mod operating;
#[cfg(feature = "tables")]
mod raster;
mod reliability;
#[cfg(feature = "tables")]
pub mod retrieval;
mod rules;
#[cfg(feature = "tables")]
pub mod similarities;
#[cfg(feature = "tables")]
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
