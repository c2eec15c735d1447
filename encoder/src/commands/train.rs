//! `nearmiss train`.

use crate::train::training::{Ended, Folder, Subject, Training};
use nearmiss::commands::cli::TrainArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::numbers::counted::counted;
use nearmiss::spaces::probe::config::ProbeConfig;

/// Trains a model.
///
/// # Errors
///
/// A configuration, photographs, texts or a model that cannot be used; a loss that is not finite.
pub fn run(args: &TrainArgs, console: Console) -> anyhow::Result<Ending> {
    if let Some(probe) = ProbeConfig::from_path(&args.config).map_err(anyhow::Error::msg)? {
        return super::probe::run(probe, args, console);
    }
    let subject = Subject::from_path(&args.config)?;
    let noun = match subject {
        Subject::Photographs(_) => ["photograph", "photographs"],
        Subject::Sentences(_) => ["text", "texts"],
    };
    let training = Training { folder: if args.force { Folder::Any } else { Folder::Own }, ..Training::of(subject, &args.output) };
    let Ended::Done(trained) = training.run(&console)? else {
        console.warn(format!("stopped; the same command continues in {}", args.output.display()));
        return Ok(super::interrupt::ending());
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
            counted(best.validation.n, noun[0], noun[1])
        ))?;
    }
    for change in &trained.changes {
        console.say(change.line())?;
    }
    Ok(if trained.unreadable.is_empty() { Ending::Done } else { Ending::Skipped })
}
