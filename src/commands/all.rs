//! All commands, those of the encoder included; apart, so that `nearmiss` is not linked to LibTorch.

use super::{Console, Ending, atlas, bench, classify, demo, latent, train};
use crate::cli::{Cli, Command};

/// Runs any command.
///
/// # Errors
///
/// As [`super::run`].
pub fn run_all(cli: Cli) -> anyhow::Result<Ending> {
    let console = Console::new(cli.quiet);
    match cli.command {
        Command::Classify(args) => classify::run(&args, console),
        Command::Bench(args) => bench::run(&args, console),
        Command::Train(args) => train::run(&args, console),
        Command::Latent(args) if args.hidden() => latent::run_hidden(&args, console),
        Command::Atlas(args) => atlas::run(&args, console),
        Command::Demo(args) => demo::run(&args, console),
        _ => super::run(cli),
    }
}
