//! Texts: read, ranked by words and by vectors, measured and compared, as `nearmiss retrieve` does it.
//!
//! A [`TextRanking`] says what is wanted; [`read`](TextRanking::read) reads the texts, whoever embeds them does so then, and
//! [`ranked`](TextsRead::ranked) does the rest.

mod asking;
mod reading;
mod system;
mod pair_measures;
#[cfg(feature = "plots")]
mod pictures;
mod ranked;
mod writing;

pub use asking::{TextRanking, TextRankingError, WordRanking};
pub use pair_measures::PairMeasures;
pub use ranked::{MinedNegative, TextsRanked};
pub use reading::TextsRead;
pub use system::{ModelFile, ModelRecord, NamedVectors, System, SystemKind};
pub use writing::tuned;
