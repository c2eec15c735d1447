//! All commands, those of the encoder included; apart, so that `nearmiss` is not linked to LibTorch.

use super::{atlas, bench, classify, demo, fusion, hidden, texts, train};
use nearmiss::commands::cli::{Cli, Command, TaxonomyCommand};
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
        Command::Latent(args) if args.fusion.is_asked_for() && !args.list_metrics => {
            search_on(args.device, console)?;
            fusion::latent(&args, console)
        }
        Command::Latent(args) if args.texts() => {
            search_on(args.device, console)?;
            texts::latent(&args, console)
        }
        Command::Latent(args) if args.hidden() => {
            search_on(args.device, console)?;
            hidden::run(&args, console)
        }
        Command::Latent(ref args) => {
            search_on(args.device, console)?;
            nearmiss::commands::run(cli)
        }
        Command::Retrieve(args) if args.fusion.is_asked_for() && !args.list_metrics => {
            search_on(args.device, console)?;
            fusion::retrieve(&args, console)
        }
        Command::Retrieve(args) if args.models() => {
            search_on(args.device, console)?;
            texts::retrieve(&args, console)
        }
        Command::Retrieve(ref args) => {
            search_on(args.device, console)?;
            nearmiss::commands::run(cli)
        }
        Command::Taxonomy { command: TaxonomyCommand::Resolve(args) } if args.semantic.is_some() => {
            search_on(args.device, console)?;
            texts::resolve(&args, console)
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
