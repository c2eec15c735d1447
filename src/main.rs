//! The `nearmiss` program.

use clap::Parser;
use nearmiss::cli::Cli;
use nearmiss::commands;
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "errors are for people")]
fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(ending) => ExitCode::from(ending.code()),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::from(2)
        }
    }
}

/// The error with its causes; a cause that the message already ends with is not said again.
fn sentence(error: &anyhow::Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    causes.reduce(|said, cause| if said.ends_with(&cause) { said } else { format!("{said}: {cause}") }).unwrap_or_default()
}

/// Whether the reader of our output went away (`nearmiss ... | head`), which is no error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
