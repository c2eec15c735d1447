//! Tables of predictions that other software wrote, read into [`Answers`](crate::answers::Answers).
//!
//! ```text
//! file ──frame──▶ columns of text ──columns──▶ which column is what ──label──▶ distinct labels as lineages
//!   ──settling──▶ as names with their ranks ──tree──▶ taxa ──rows──▶ answers, image by image ──telling──▶ what was understood
//! ```
//!
//! Nothing is dropped in silence: what cannot be used is an error or a note.

mod error;
mod options;
mod tables;
mod words;
mod source;
mod text;
mod cell;
mod header;
mod aligned;
mod delimiter;
mod delimited;
mod foreign;
mod container;
mod compound;
mod opendocument;
mod workbook;
mod frame;
mod strict;
mod dict;
mod list;
mod json;
mod camtrap;
mod steps;
mod lineage;
mod interned;
mod images;
mod image_path;
mod roots;
mod pairing;
mod score;
mod label;
mod columns;
mod settling;
mod placed;
mod clade;
mod given;
mod built;
mod tree;
mod summed;
mod repeats;
mod groups;
mod telling;
mod run_rows;
mod rows;
mod join;
mod truth;
mod alarms;
mod recorded;
mod run_predictions;
mod run;
mod reading;
mod together;
mod title_case;
mod class_names;
mod label_texts;
mod carried;
mod lone;

pub(crate) use container::held;
pub use error::TableError;
pub use join::read_manifest;
pub use options::{MissingTruth, TableOptions};
pub use reading::columns_of;
pub use reading::read_tables;
pub use run::read_run;
pub use source::TableSource;
pub(crate) use summed::summed;
pub use tables::{Built, Tables};
pub use together::{Together, read_together};
