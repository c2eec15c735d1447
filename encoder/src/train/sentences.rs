//! Texts as what a training teaches: queries and the documents that answer them, or texts and their taxa.

pub mod config;
pub mod splits;
pub mod embedding;
mod answers;
mod mined;
mod pairs;
mod taxa;

pub use pairs::{PairLesson, Row};
pub use taxa::TaxonLesson;
