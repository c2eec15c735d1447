//! The integration tests, as one binary.

#[cfg(feature = "encoder")]
mod encoder;
#[cfg(feature = "encoder")]
mod hub;
#[cfg(feature = "encoder")]
mod hub_server;
