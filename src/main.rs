//! The `nearmiss` program.
//!
//! Loading LibTorch takes longer than scoring a table. This program is not linked to it, and hands over to
//! `nearmiss-encoder` beside it what takes an encoder.

use clap::Parser;
use nearmiss::commands;
use nearmiss::commands::cli::Cli;
use std::process::ExitCode;

/// A report over a million images takes and gives back memory often; this allocator keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nearmiss::files::parquet::silence_decoder();
    let cli = Cli::parse();
    if cli.command.needs_encoder() { encoder::run() } else { commands::exit_code(commands::run(cli)) }
}

mod encoder {
    use anyhow::Context;
    use nearmiss::commands::exit_code;
    use std::path::PathBuf;
    use std::process::{Command, ExitCode};

    const PROGRAM: &str = "nearmiss-encoder";

    /// Hands the command line over to the program beside this one.
    pub fn run() -> ExitCode {
        match hand_over() {
            Ok(code) => code,
            Err(error) => exit_code(Err(error)),
        }
    }

    fn hand_over() -> anyhow::Result<ExitCode> {
        let here = std::env::current_exe().context("cannot find the folder of this program")?;
        let program = here.with_file_name(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            anyhow::bail!("{}: the program that loads LibTorch is missing; `make build` makes it", program.display());
        }
        start(&program)
    }

    #[cfg(unix)]
    fn start(program: &PathBuf) -> anyhow::Result<ExitCode> {
        use std::os::unix::process::CommandExt;
        let error = Command::new(program).arg0("nearmiss").args(std::env::args_os().skip(1)).exec();
        Err(error).with_context(|| format!("{}: cannot be started", program.display()))
    }

    #[cfg(not(unix))]
    fn start(program: &PathBuf) -> anyhow::Result<ExitCode> {
        let status = Command::new(program).args(std::env::args_os().skip(1)).status();
        let status = status.with_context(|| format!("{}: cannot be started", program.display()))?;
        Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2)))
    }
}
