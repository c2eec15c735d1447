//! The `nearmiss` program.
//!
//! Loading LibTorch takes longer than scoring a table. This program is not linked to it, and hands over to
//! `nearmiss-encoder` beside it what takes an encoder.

use std::process::ExitCode;

/// A report over a million images takes and gives back memory often; this allocator keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(nearmiss::commands::program(std::env::args_os().collect()))
}
