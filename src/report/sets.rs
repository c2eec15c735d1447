//! The folder of sets: tables, JSON, and a page.

mod columns;
pub mod frames;
mod json;
mod csv;
#[cfg(feature = "plots")]
mod figure;
mod drawn;
mod tables;
mod document;
mod writing;

pub use document::verdict;
pub use json::value;
pub use writing::{WrittenSets, write};
