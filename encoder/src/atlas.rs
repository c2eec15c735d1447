//! The atlas: imaginary organisms whose looks evolved down an imaginary taxonomy.
//!
//! The truth about its hierarchy is known, so it is the positive control of every metric, and with
//! [`AtlasOptions::hierarchy`] 0 the negative one. It says nothing about real organisms.

mod options;
mod names;
mod tree;
mod traits;
mod evolution;
mod shots;
mod individual;
mod draw;
mod folder;
mod looks;
pub mod miniature;
pub mod model;

pub use folder::{AtlasError, MANIFEST, PHOTOGRAPHS, RECORD, TAXONOMY, Written, write};
pub use looks::{Individuals, Looks};
pub use options::AtlasOptions;
