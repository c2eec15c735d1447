//! The figures, drawn with plotters as SVG: text stays text and needs no font files.

mod colours;
mod canvas;
mod raster;
mod matrix;
mod scatter;
mod trust;
mod accuracy;
mod depth;
mod confusions;
mod icicle;
mod reliability;
mod operating;
mod rules;
mod training;
mod leaderboard;
mod forest;
pub mod latent;
pub mod similarities;
mod small_multiples;
pub mod maps;
pub mod retrieval;

pub use accuracy::accuracy_per_rank;
pub use confusions::confusion_matrix;
pub use depth::error_depth;
pub use forest::{Forest, ForestPanel, ForestRow, forest};
pub use icicle::icicle;
pub use leaderboard::{BoardRow, leaderboard};
pub use operating::operating_curve;
pub use reliability::reliability;
pub use rules::decision_rules;
pub use training::training_curves;
