//! `nearmiss train`.

use crate::train::config::TrainConfig;
use crate::train::training::{Ended, Folder, Training};
use nearmiss::commands::cli::TrainArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::numbers::counted::counted;
use nearmiss::spaces::probe::config::ProbeConfig;

/// Trains a model.
///
/// # Errors
///
/// A configuration, photographs or a model that cannot be used; a loss that is not finite.
pub fn run(args: &TrainArgs, console: Console) -> anyhow::Result<Ending> {
    if let Some(probe) = ProbeConfig::from_path(&args.config).map_err(anyhow::Error::msg)? {
        return super::probe::run(probe, args, console);
    }
    let training = Training {
        folder: if args.force { Folder::Any } else { Folder::Own },
        ..Training::of(TrainConfig::from_path(&args.config)?, &args.output)
    };
    let Ended::Done(trained) = training.run(&console)? else {
        console.warn(format!("stopped; the same command continues in {}", args.output.display()));
        return Ok(Ending::Interrupted);
    };
    for name in &trained.unreadable {
        console.warn(format!("left out: {name}"));
    }
    if let Some(best) = trained.epochs.get(trained.best.wrapping_sub(1)) {
        console.say(format!(
            "model: {}, epoch {} of {}: recall@1 {:.1} %, MRR {:.3} on {} for validation",
            args.output.display(),
            best.epoch,
            trained.epochs.len(),
            100.0 * best.validation.recall_at_1,
            best.validation.mrr,
            counted(best.validation.n, "photograph", "photographs")
        ))?;
    }
    Ok(if trained.unreadable.is_empty() { Ending::Done } else { Ending::Skipped })
}
