//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod eight_species;
#[cfg(feature = "encoder")]
mod encoder;
#[cfg(feature = "encoder")]
mod hub;
#[cfg(feature = "encoder")]
mod hub_server;
mod modules;
mod report;
mod score;
mod score_oracle;
mod shared;
#[cfg(feature = "tables")]
mod table;
mod taxonomy;
mod trees;
