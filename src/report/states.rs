//! States: the parts of a report that add up, as files.
//!
//! A state holds what a report needs of the images of one part of a table ([`crate::scores::state`]) and the fingerprints of
//! their names, so that no image is counted twice. It is a Parquet file whose first key says what it was read from and how:
//! which taxonomy, which columns, by which version.

mod error;
mod header;
mod names;
mod rows;
mod kept_rows;
mod file;
mod reading;
mod batches;
mod adding;

pub use adding::{Added, Part};
pub use error::StateError;
pub use file::{check_output, is_state};
pub use header::{Header, SourceRead};
pub use names::Names;
pub use reading::{State, count};
