//! The report folder: tables, figures and a page, from the scores of one or several runs.
//!
//! A page is a [`document::Document`], a list of blocks, which [`page`] renders as HTML and [`markdown`] as text; the files
//! of a [`folder`] appear together or not at all. Read first what all folders are made of: [`document`], [`text`],
//! [`csv`], `figures`, [`folder`]. Four of them stand for themselves: [`latent`] with [`spaces`], [`retrieval`],
//! [`comparison`], [`leaderboard`]. The report on runs is the last: [`sections`] says what is on its page,
//! [`write_report`] writes it, and [`scoring`] goes all the way from a file of predictions to its folder, as [`measuring`]
//! does from files of embeddings.

mod error;
mod overwrite;
pub mod noun;
pub mod document;
pub mod text;
pub mod csv;
pub mod csv_safe;
mod novelty_csv;
mod prior_csv;
pub mod language;
pub mod page;
pub mod markdown;
pub mod photographs;
pub mod run_photographs;
pub mod folder;
#[cfg(feature = "plots")]
pub mod figures;
mod suspects;
mod pairs;
pub mod latent;
pub mod spaces;
pub mod retrieval;
pub mod comparison;
pub mod sets;
pub mod leaderboard;
pub mod annotators;
pub mod next_labels;
pub mod states;
mod parts;
mod options;
mod model_index;
mod multiqc;
mod workbench;
mod computed;
pub mod json;
pub mod sections;
mod writing;
mod distributions;
mod prior_files;
mod gates;
pub mod scoring;
pub mod values;
pub mod frames;
pub mod novelty_frames;
pub mod event_tables;
pub mod export;
pub mod measuring;
pub mod shifting;
pub mod shift;

pub use error::ReportError;
pub use gates::hold_gates;
pub use options::{Contents, HandedOn, ReportOptions, Source};
pub use overwrite::Overwrite;
pub use parts::Parts;
pub use photographs::Thumbnail;
pub use writing::write_report;
