//! *How wrong is your species classifier?*
//!
//! Modules stand in the order in which data flows; each uses only those above it.
//!
//! Letters: `N` images, `C` candidate taxa, `D` embedding width, `B` batch, `k` ranked answers.

pub mod sha256;
pub mod rank;
pub mod licence;
pub mod name;
#[cfg(feature = "tables")]
pub mod archive;
pub mod taxonomy;
#[cfg(feature = "tables")]
pub mod name_list;
pub mod label_set;
pub mod dataset;
#[cfg(feature = "encoder")]
mod wide;
#[cfg(feature = "encoder")]
pub mod photo;
#[cfg(feature = "encoder")]
pub mod preprocess;
pub mod prompt;
pub mod recipe;
#[cfg(feature = "encoder")]
pub mod tokenizer;
#[cfg(feature = "encoder")]
pub mod encoder;
#[cfg(feature = "encoder")]
pub mod atlas;
#[cfg(feature = "encoder")]
pub mod miniature;
#[cfg(feature = "encoder")]
pub mod seeded_model;
#[cfg(feature = "encoder")]
pub mod hub;
pub mod zero_shot;
#[cfg(feature = "tables")]
pub mod run;
#[cfg(feature = "encoder")]
pub mod label_cache;
#[cfg(feature = "encoder")]
pub mod classify;
pub mod answers;
#[cfg(feature = "tables")]
pub mod table;
pub mod outcome;
pub mod statistics;
#[cfg(feature = "tables")]
pub mod resolution;
pub mod probe;
pub mod bootstrap;
pub mod significance;
pub mod information;
pub mod cost;
pub mod training_counts;
pub mod metric;
pub mod distribution;
pub mod observation;
pub mod official;
pub mod suite;
pub mod calibration;
pub mod selective;
pub mod scores;
pub mod compare;
pub mod gate;
pub mod report;
#[cfg(feature = "encoder")]
pub mod train;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod commands;
