//! Scores that add up: what a report needs of answers, counted, so that parts of a table can be read apart.
//!
//! Most scores ask of an image no more than its truth, its answers and what sorts it, and how many images are alike. A
//! [`Counted`] run keeps just that: the kinds of images that were met, each with its number, and beside them the names of
//! the worst mistakes. It takes room for the kinds and not for the images, parts of it add up in any order and in any
//! grouping, and what is made of it ([`Counted::answers`]) is scored by the same code as the answers of a table, to the same
//! last digit: every number of a report is a count, or a sum that does not depend on the order of its terms.
//!
//! ```text
//! answers ──listing, traits──▶ kinds of images, counted ──┐
//!         ──worst────────────▶ mistakes with their names ─┴─counted──▶ answers of counted images ──▶ scores
//! ```
//!
//! Not counted are the names of images, probabilities below the best answers, and whole distributions: see [`Unaddable`].
//!
//! What takes the whole distribution of each image needs the images themselves. Of such runs every image is [`Kept`], with
//! what scores take of its distribution ([`Givens`]), which is worked out where the vectors or logits are; these stay there.
//! Parts are put into one order, and scored by the code that scores a run.
//!
//! ```text
//! answers ──────────────────────────────────────┐
//! vectors, logits ──givens──▶ what they give ───┴─kept──▶ images in one order ──▶ scores
//! ```

mod unaddable;
mod code;
mod listing;
mod traits;
mod totals;
mod kinds;
mod worst;
mod numbering;
mod counted;
mod made;
mod givens;
mod kept;
mod run_state;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod kept_tests;

pub use code::{of_answer, of_truth, to_answer, to_truth};
pub use counted::Counted;
pub use givens::{Asked, Givens, NOT_GATHERED};
pub(crate) use kept::joined;
pub use kept::{Distributions, Kept};
pub use kinds::{Kinds, OrderedKinds};
pub use listing::Listing;
pub use run_state::RunState;
pub use totals::Totals;
pub use traits::Traits;
pub use unaddable::Unaddable;
pub use worst::{WORST, WorstMistake};
