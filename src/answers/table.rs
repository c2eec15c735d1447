//! Tables of predictions that other software wrote, read into [`Answers`](crate::answers::Answers).
//!
//! ```text
//! file ──frame──▶ columns of text ──columns──▶ which column is what ──label──▶ distinct labels as lineages
//!   ──settling──▶ with their ranks ──tree──▶ taxa ──rows──▶ answers, image by image
//! ```
//!
//! Nothing is dropped in silence: what cannot be used is an error or a note.

mod error;
mod options;
mod tables;
mod words;
mod text;
mod strict;
mod json;
mod dict;
mod steps;
mod lineage;
mod frame;
mod interned;
mod images;
mod score;
mod label;
mod columns;
mod settling;
mod tree;
mod summed;
mod repeats;
mod groups;
mod rows;
mod truth;
mod recorded;
mod run;
mod reading;
mod together;

pub use error::TableError;
pub use options::{MissingTruth, TableOptions};
pub(crate) use reading::columns_of;
pub use reading::read_tables;
pub use run::read_run;
pub use tables::{Built, Tables};
pub use together::{Together, read_together};
pub use truth::read_manifest;
