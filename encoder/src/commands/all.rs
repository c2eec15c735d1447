//! All commands, those of the encoder included; apart, so that `nearmiss` is not linked to LibTorch.

use super::{atlas, bench, classify, demo, hidden, train};
use nearmiss::commands::cli::{Cli, Command};
use nearmiss::commands::{Console, Ending, Remarks};
use nearmiss::runs::device::DeviceChoice;

/// Runs any command.
///
/// # Errors
///
/// As [`nearmiss::commands::run`].
pub fn run_all(cli: Cli) -> anyhow::Result<Ending> {
    let console = Console::new(Remarks::of(&cli));
    match cli.command {
        Command::Classify(args) => classify::run(&args, console),
        Command::Bench(args) => bench::run(&args, console),
        Command::Train(args) => train::run(&args, console),
        Command::Latent(args) if args.hidden() => {
            search_on(args.device, console)?;
            hidden::run(&args, console)
        }
        Command::Latent(ref args) => {
            search_on(args.device, console)?;
            nearmiss::commands::run(cli)
        }
        Command::Retrieve(ref args) => {
            search_on(args.device, console)?;
            nearmiss::commands::run(cli)
        }
        Command::Atlas(args) => atlas::run(&args, console),
        Command::Demo(args) => demo::run(&args, console),
        _ => nearmiss::commands::run(cli),
    }
}

/// Searches neighbours on the CUDA device that is named, if one is.
fn search_on(device: DeviceChoice, console: Console) -> anyhow::Result<()> {
    if device.is_cuda()
        && let Some(name) = crate::spaces::on_device::search_on(device)?
    {
        console.remark(format!("neighbours: products on {name}"));
    }
    Ok(())
}
