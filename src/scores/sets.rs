//! What is said of sets of answers held against sets of truths: quadrats, frames with two animals, samples.
//!
//! ```text
//! ImageSets ──selection──▶ who is answered ──chosen──▶ pairs of sets ──overlap, averages──▶ shares per image, taxon and member
//!   ──closure, matching──▶ lineages and heights ──sites──▶ communities ──set_scores──▶ scores ──tuning──▶ thresholds
//! ```
//!
//! Where a set is empty: two empty sets agree in all (1), and of an empty and another one all shares are 0.

mod selection;
mod chosen;
mod overlap;
mod units;
mod averages;
mod closure;
mod matching;
mod average_precision;
mod communities;
mod taxon_scores;
mod rank_scores;
mod image_scores;
mod tuning;
mod set_scores;
mod values;
mod scoring;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use average_precision::average_precision;
pub use averages::Averages;
pub use chosen::{Chosen, SetPair};
pub use communities::SiteScores;
pub use image_scores::SetImage;
pub use matching::height;
pub use overlap::Overlap;
pub use rank_scores::SetRankScores;
pub use scoring::{ScoredSets, SetScoring, SetScoringError};
pub use selection::Selection;
pub use set_scores::{RunSets, SetScores};
pub use taxon_scores::SetTaxonScores;
pub use tuning::{Aim, Tuned};
