//! Photographs: which there are and what they show, decoded and made into an encoder's input.

pub mod licence;
pub mod dataset;
pub mod photo;
pub mod preprocess;
