//! One binary for all integration tests of what takes LibTorch: one link instead of many.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, clippy::cast_possible_truncation, reason = "small numbers, and tests that skip say so")]

mod adding;
mod altered_files;
mod atlas;
mod bench;
mod book;
mod checkpoint_file;
mod classifier;
mod models;
mod texts;
mod tiles;
mod tokenizers;
mod clades;
mod classify;
mod durability;
mod encoder;
mod fusion;
mod hidden;
mod hub;
mod hub_server;
mod look_alikes;
mod messages;
mod novelty;
mod passed_over;
mod probe;
mod sentences;
mod stopping;
mod train;
mod vectors_alone;
// What both crates' tests use.
#[path = "../../../tests/it/folder.rs"]
#[expect(dead_code, reason = "the scorer's tests use more of it")]
mod folder;
#[path = "../../../tests/it/program.rs"]
mod program;
