//! One binary for all integration tests: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, clippy::similar_names, reason = "small numbers, and tests that skip say so")]

mod archives;
#[path = "../attack/mod.rs"]
#[expect(dead_code, reason = "memory and words are for the fuzz targets, which share these files")]
mod attack;
mod but_for_rounding;
mod compare;
mod compare_properties;
mod damaged_jpegs;
mod dataset;
mod deep_trees;
mod eight_species;
mod embeddings;
mod exact_names;
mod folder;
mod hostile_archives;
mod hostile_photographs;
mod hostile_settings;
mod import;
mod import_formats;
mod import_real;
mod import_trees;
mod interval_properties;
mod latent;
mod layouts;
mod messages;
mod modules;
mod off_the_ladder;
mod photo;
mod program;
mod readme;
mod report;
mod retrieve;
mod retrieve_files;
mod retrieve_search;
mod retrieve_tables;
mod rules;
mod rules_properties;
mod run_directory;
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
mod spaces;
mod table;
mod table_faults;
mod table_formats;
mod table_lineages;
mod table_messages;
mod table_real;
mod taxonomy;
mod trees;
mod under_attack;
mod vector_files;
mod whole;
