//! The integration tests, in one binary.
#![expect(clippy::unwrap_used, reason = "tests")]

mod eight_species;
mod report;
mod score;
mod score_oracle;
