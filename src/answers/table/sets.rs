//! Tables of sets: truths and answers of images that show several taxa.
//!
//! ```text
//! frame ──columns::sets──▶ where members stand ──members──▶ labels, image by image ──tree──▶ taxa ──assembling──▶ ImageSets
//! ```

mod options;
mod members;
mod side;
mod gathered;
mod assembling;
mod reading;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use options::SetOptions;
pub use reading::{ReadSets, read_sets};
