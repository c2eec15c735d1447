//! `nearmiss train`.

use super::interrupt::stop_on_interrupt;
use super::model::model_directory;
use crate::train::checkpoint::Epoch;
use crate::train::config::{ModelStart, TrainConfig};
use crate::train::{RECORD, Trainer};
use anyhow::{Context, bail};
use nearmiss::commands::cli::TrainArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::files::output::lock::{self, Lock};
use nearmiss::files::output::staging::Staging;
use nearmiss::spaces::probe::config::ProbeConfig;
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;

/// Trains a model.
///
/// # Errors
///
/// A configuration, photographs or a model that cannot be used; a loss that is not finite.
pub fn run(args: &TrainArgs, console: Console) -> anyhow::Result<Ending> {
    if let Some(probe) = ProbeConfig::from_path(&args.config).map_err(anyhow::Error::msg)? {
        return super::probe::run(&probe, args, console);
    }
    let config = TrainConfig::from_path(&args.config)?;
    let taxonomy = Taxonomy::named(&config.data.taxonomy)?;
    check_output(&args.output, args.force)?;
    let _lock = Lock::take(&args.output)?;
    let fresh = Staging::new_in(&std::env::temp_dir(), "train").context("cannot make a temporary folder")?;
    let start = match &config.model {
        ModelStart::From(model) => model_directory(model, console)?,
        ModelStart::New(sizes) => {
            sizes.write(fresh.path(), config.seed).context("cannot write the model to start at")?;
            fresh.path().to_path_buf()
        }
    };
    let mut trainer = Trainer::new(&config, &taxonomy, &start)?;
    let ((learned, all), (train, validation, taxa)) = (trainer.counts(), trainer.sizes());
    console.remark(format!("photographs: {train} of {taxa} taxa for training, {validation} for validation"));
    if let Some(look_alikes) = trainer.look_alikes() {
        look_alikes.notes().iter().for_each(|note| console.warn(note));
        let (pairs, file) = (look_alikes.pairs, look_alikes.file.display());
        console.remark(format!("look-alikes: {pairs} pairs of {} taxa from {file}", look_alikes.of.len()));
    }
    console.remark(format!("trained: {learned} of {all} numbers"));
    let told = |epoch: &Epoch| {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        console.remark(format!(
            "epoch {:>3}  loss {:.4}  scale {:.1}  recall@1 {} in training, {} in validation  MRR {:.3}",
            epoch.epoch,
            epoch.loss,
            epoch.scale,
            percent(epoch.train.recall_at_1),
            percent(epoch.validation.recall_at_1),
            epoch.validation.mrr
        ));
    };
    let Some(outcome) = trainer.run(&args.output, &stop_on_interrupt(console), &told)? else {
        console.warn(format!("stopped; the same command continues in {}", args.output.display()));
        return Ok(Ending::Interrupted);
    };
    for name in &outcome.unreadable {
        console.warn(format!("left out: {name}"));
    }
    if let Some(best) = outcome.epochs.get(outcome.best.wrapping_sub(1)) {
        console.say(format!(
            "model: {}, epoch {} of {}: recall@1 {:.1} %, MRR {:.3} on {} photographs for validation",
            args.output.display(),
            best.epoch,
            outcome.epochs.len(),
            100.0 * best.validation.recall_at_1,
            best.validation.mrr,
            best.validation.n
        ))?;
    }
    Ok(if outcome.unreadable.is_empty() { Ending::Done } else { Ending::Skipped })
}

/// A folder may be written to if it is empty, or holds a training.
fn check_output(output: &Path, force: bool) -> anyhow::Result<()> {
    let holds = |name: &str| output.join(name).exists();
    let foreign = |entry: std::fs::DirEntry| entry.file_name() != lock::FILE;
    let empty = std::fs::read_dir(output).map_or(true, |entries| !entries.flatten().any(foreign));
    if empty || force || holds(RECORD) || holds("checkpoint") {
        return Ok(());
    }
    bail!("output folder '{}' is not empty and holds no training; give another folder with -o, or --force", output.display())
}
