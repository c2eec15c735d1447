//! Runs against each other, image by image: which is better, by how much, and whether that is chance.

mod options;
pub mod values;
mod estimate;
mod pair;
mod metric_comparison;
mod measured;
mod comparison;
pub mod clades;
pub mod runs;
pub mod json;
pub mod text;
pub mod latex;

pub use comparison::Comparison;
pub use metric_comparison::{MetricComparison, RunMean};
pub use options::{CompareOptions, PairsOf};
pub use pair::Pair;
pub use values::Values;
