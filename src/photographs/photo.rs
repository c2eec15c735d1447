//! Photographs, read into the pixels that Pillow reads.
//!
//! The format is told from the first bytes of a file, never from its name. Colours are those of
//! Pillow's `convert("RGB")`: transparency is dropped, not blended, and colour profiles are not applied.
//!
//! JPEGs are decoded by `nearmiss_jpeg`, other formats by the crate `image`; a photograph is turned upright where that is
//! asked for, and handed on row by row to those who need not hold all of it.

mod error;
mod pixels;
mod gif;
mod other;
mod turn;
pub(crate) mod rows;
mod reading;
mod thumbnail;

pub use error::PhotoError;
pub use pixels::Photo;
pub use reading::{Decoding, Orientation, bytes_of};
pub(crate) use reading::{receive, whole};
pub use thumbnail::thumbnail;
