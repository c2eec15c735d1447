//! The integration tests, as one binary.

#[cfg(feature = "encoder")]
mod encoder;
