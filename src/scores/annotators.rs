//! Several people as references: how far they agree, what they say together, and where a classifier stands among them.
//!
//! ```text
//! annotations ──panel──▶ a label per annotator and image ─┬─agreement, pairs──▶ percent, alpha, kappa
//!   ──majority, flat, laddered──▶ what they say together ──┴─placed──▶ accuracy of each, leave-one-out; the human level
//! ```

mod panel;
mod agreement;
mod pairs;
mod majority;
mod flat;
mod ladder;
mod laddered;
mod consensus;
mod references;
mod rater;
mod placed;
mod item;
mod judged;

pub use agreement::{AgreementRank, AgreementTree};
pub use consensus::{Consensus, ConsensusKind};
pub use item::Item;
pub use judged::{AnnotatorOptions, Annotators, AnnotatorsError};
pub use pairs::RaterPair;
pub use panel::{Panel, Rater};
pub use rater::{HumanRank, RaterRank, RaterScores};
