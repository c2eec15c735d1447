//! *How wrong is your species classifier?*
//!
//! Modules stand in the order in which data flows; each uses only those above it.
//!
//! Letters: `N` images, `C` candidate taxa, `D` embedding width, `B` batch, `k` ranked answers.

pub mod rank;
pub mod name;
pub mod taxonomy;
pub mod answers;
#[cfg(feature = "tables")]
pub mod table;
