//! Photographs: which there are and what they show, decoded and made into an encoder's input.

pub mod licence;
pub mod dataset;
#[cfg(feature = "photos")]
pub mod photo;
#[cfg(feature = "photos")]
pub mod preprocess;
