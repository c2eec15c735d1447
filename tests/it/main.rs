//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod eight_species;
mod modules;
mod report;
mod score;
mod score_oracle;
mod shared;
#[cfg(feature = "tables")]
mod table;
mod taxonomy;
mod trees;
