//! *How wrong is your species classifier?*
//!
//! Modules stand in the order in which data flows; each uses only those above it.
//!
//! Letters: `N` images, `C` candidate taxa, `D` embedding width, `B` batch, `k` ranked answers.

pub mod files;
pub mod numbers;
pub mod taxonomy;
pub mod photographs;
pub mod runs;
pub mod answers;
pub mod scores;
pub mod spaces;
pub mod report;
#[cfg(feature = "cli")]
pub mod commands;
