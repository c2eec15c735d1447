//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod modules;
mod shared;
#[cfg(feature = "tables")]
mod table;
mod taxonomy;
mod trees;
