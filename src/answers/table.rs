//! Tables of predictions that other software wrote, read into [`Answers`](crate::answers::Answers).
//!
//! ```text
//! file ──frame──▶ columns of text ──columns──▶ which column is what ──label──▶ distinct labels as lineages
//!   ──settling──▶ as names with their ranks ──tree──▶ taxa ──rows──▶ answers, image by image ──counts──▶ what was understood
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
mod seen;
mod score;
mod score_pins;
mod label_source;
mod dictionary;
mod label;
mod columns;
mod settling;
mod placed;
mod clade;
mod given;
mod built;
mod non_taxa;
mod tree;
mod summed;
mod repeats;
mod groups;
mod taken;
mod counts;
mod list_column;
mod run_rows;
mod answered;
mod rows;
mod join;
mod truth;
mod alarms;
mod recorded;
mod run_predictions;
mod run;
mod run_taxonomy;
mod reading;
mod sets;
mod together;
mod title_case;
mod class_names;
mod label_texts;
mod carried;
mod lone;
pub mod chunks;

pub(crate) use container::held;
pub use counts::{Counts, RunCounts};
pub use error::TableError;
pub(crate) use join::paired;
pub use join::read_manifest;
pub use options::{MissingTruth, TableOptions, TakenColumns};
pub use reading::columns_of;
pub use reading::read_tables;
pub use run::read_run;
pub use run_taxonomy::read_run_taxonomy;
pub use sets::{ReadSets, SetOptions, read_sets};
pub use source::TableSource;
pub use summed::Totals;
pub(crate) use summed::summed;
pub use tables::{Built, Tables};
pub use together::{Together, read_each_together, read_together};
