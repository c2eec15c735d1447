//! The whole of `nearmiss`, linked to LibTorch; `nearmiss` starts this program for what it cannot do itself.

use clap::Parser;
use nearmiss::commands::cli::Cli;
use nearmiss::commands::exit_code;
use std::process::ExitCode;

/// Tables of a million images take and give back memory often; this allocator keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nearmiss::files::parquet::silence_decoder();
    exit_code(nearmiss_encoder::commands::run_all(Cli::parse()))
}
