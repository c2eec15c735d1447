//! What several people say that images show, read into one run of answers for each of them.
//!
//! ```text
//! table ──columns──▶ image, annotator, label ──reshaped──▶ a column for each annotator ──side_by_side──▶ Annotations
//! ```

mod error;
mod asked;
mod columns;
mod reshaped;
mod reading;

pub use asked::AnnotationsAsked;
pub use error::AnnotationsError;
pub use reading::{Annotations, read};
