//! The whole of `nearmiss`, linked to LibTorch; a `nearmiss` without it starts this program.

use clap::Parser;
use nearmiss::commands;
use nearmiss::commands::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    nearmiss::files::parquet::silence_decoder();
    commands::exit_code(commands::run_all(Cli::parse()))
}
