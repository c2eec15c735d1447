//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![cfg_attr(feature = "encoder", expect(clippy::cast_possible_truncation, reason = "small numbers"))]
#![expect(clippy::print_stdout, clippy::similar_names, reason = "small numbers, and tests that skip say so")]

#[cfg(all(feature = "cli", feature = "encoder"))]
mod altered_files;
mod archives;
#[cfg(feature = "encoder")]
mod atlas;
#[path = "../attack/mod.rs"]
#[expect(dead_code, reason = "memory and words are for the fuzz targets, which share these files")]
mod attack;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod bench;
#[cfg(all(feature = "cli", unix))]
mod book;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod classify;
mod but_for_rounding;
mod clades;
mod compare;
mod compare_properties;
#[cfg(feature = "photos")]
mod damaged_jpegs;
mod dataset;
mod deep_trees;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod durability;
mod eight_species;
mod embeddings;
#[cfg(feature = "encoder")]
mod encoder;
mod exact_names;
mod folder;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod hidden;
#[cfg(feature = "encoder")]
mod hub;
#[cfg(feature = "encoder")]
mod hub_server;
mod hostile_archives;
#[cfg(feature = "photos")]
mod hostile_photographs;
mod hostile_settings;
mod import;
mod import_formats;
mod import_real;
mod import_trees;
mod interval_properties;
mod latent;
mod layouts;
#[cfg(all(feature = "cli", feature = "encoder"))]
mod look_alikes;
#[cfg(feature = "cli")]
mod messages;
mod modules;
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
#[cfg(feature = "cli")]
mod retrieve_files;
#[cfg(feature = "cli")]
mod retrieve_search;
#[cfg(feature = "cli")]
mod retrieve_tables;
mod rules;
mod rules_properties;
mod run_directory;
#[cfg(feature = "cli")]
mod same_names;
mod score;
mod score_oracle;
mod score_similarity;
mod score_twins;
mod score_uneven_lineages;
mod shared;
mod short_lineages;
mod similarities;
mod space_orders;
mod space_page;
#[cfg(feature = "cli")]
mod spaces;
mod table;
mod table_faults;
mod table_formats;
mod table_lineages;
mod table_messages;
mod table_real;
mod taxonomy;
#[cfg(feature = "encoder")]
mod train;
mod trees;
mod under_attack;
#[cfg(feature = "cli")]
mod vector_files;
mod whole;
