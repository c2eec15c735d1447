//! The integration tests, one binary.

mod dataset;
#[cfg(feature = "encoder")]
mod photo;
mod real;
