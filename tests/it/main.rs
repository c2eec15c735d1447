//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![cfg_attr(feature = "encoder", expect(clippy::cast_possible_truncation, reason = "small numbers"))]
#![expect(clippy::print_stdout, clippy::similar_names, reason = "small numbers, and tests that skip say so")]

#[cfg(feature = "encoder")]
mod atlas;
#[path = "../attack/mod.rs"]
#[expect(dead_code, reason = "memory and words are for the fuzz targets, which share these files")]
mod attack;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod bench;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod classify;
#[cfg(feature = "tables")]
mod but_for_rounding;
#[cfg(feature = "tables")]
mod clades;
mod compare;
mod compare_properties;
#[cfg(feature = "photos")]
mod damaged_jpegs;
mod dataset;
#[cfg(feature = "tables")]
mod deep_trees;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod durability;
mod eight_species;
#[cfg(feature = "tables")]
mod embeddings;
#[cfg(feature = "encoder")]
mod encoder;
#[cfg(feature = "tables")]
mod exact_names;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod hidden;
#[cfg(feature = "encoder")]
mod hub;
#[cfg(feature = "encoder")]
mod hub_server;
#[cfg(feature = "tables")]
mod hostile_archives;
#[cfg(all(feature = "photos", feature = "tables"))]
mod hostile_photographs;
mod hostile_settings;
#[cfg(feature = "tables")]
mod import;
#[cfg(feature = "tables")]
mod import_real;
mod interval_properties;
#[cfg(feature = "tables")]
mod latent;
#[cfg(feature = "tables")]
mod layouts;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod look_alikes;
#[cfg(feature = "cli")]
mod messages;
mod modules;
#[cfg(feature = "tables")]
mod off_the_ladder;
#[cfg(feature = "photos")]
mod photo;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod probe;
#[cfg(feature = "cli")]
mod program;
mod readme;
mod report;
#[cfg(feature = "cli")]
mod retrieve;
#[cfg(feature = "tables")]
mod rules;
#[cfg(feature = "cli")]
mod same_names;
mod score;
mod score_oracle;
mod score_similarity;
mod score_twins;
mod shared;
#[cfg(feature = "tables")]
mod short_lineages;
#[cfg(feature = "tables")]
mod similarities;
#[cfg(feature = "tables")]
mod space_orders;
#[cfg(feature = "tables")]
mod space_page;
#[cfg(feature = "cli")]
mod spaces;
#[cfg(feature = "tables")]
mod table;
#[cfg(feature = "tables")]
mod table_faults;
#[cfg(feature = "tables")]
mod table_real;
mod taxonomy;
#[cfg(feature = "encoder")]
mod train;
mod trees;
mod under_attack;
#[cfg(feature = "cli")]
mod vector_files;
mod whole;
