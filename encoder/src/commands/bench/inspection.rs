//! `nearmiss bench --dry-run` of an experiment: what is on disk, and whether its trainings and texts can be read.

use super::dataset::missing;
use super::dry_run::check;
use super::experiment::{Experiment, TextDataset};
use super::trained;
use nearmiss::commands::cli::BenchArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::numbers::counted::counted;
use nearmiss::report::retrieval::texts::TextRanking;
use std::path::Path;

/// What of some texts is not on disk.
pub(super) fn absent(texts: &TextDataset, data: &Path) -> Option<String> {
    let path = data.join(&texts.path);
    (!path.exists()).then(|| format!("Missing: '{}'.", path.display()))
}

/// What is on disk, against the experiment.
pub(super) fn inspect(experiment: &Experiment, data: &Path, args: &BenchArgs, console: Console) -> anyhow::Result<Ending> {
    let sets = experiment.datasets.len() + experiment.texts.len();
    console.say(format!("{}: {} in '{}'", experiment.title, counted(sets, "data set", "data sets"), data.display()))?;
    let mut whole = true;
    for dataset in &experiment.datasets {
        console.say(&dataset.title)?;
        whole &= match missing(dataset, data) {
            Some(missing) => say_missing(&missing, (&dataset.fetch, &dataset.licence), console)?,
            None => say_found(check(dataset, data), console)?,
        };
    }
    for texts in &experiment.texts {
        console.say(&texts.title)?;
        whole &= match absent(texts, data) {
            Some(missing) => say_missing(&missing, (&texts.fetch, &texts.licence), console)?,
            None => say_found(facts(texts, data), console)?,
        };
    }
    console.say(format!("model {}: {}", experiment.settings.name, experiment.settings.start))?;
    for training in &experiment.trainings {
        console.say(format!("model {}: trained by {}", training.name, training.config.display()))?;
        let notes = trained::read(training, (experiment, data), args).map(|(_, notes)| (notes, true));
        whole &= say_found(notes, console)?;
    }
    Ok(if whole { Ending::Done } else { Ending::Skipped })
}

/// Says what is not there; it is not whole.
fn say_missing(missing: &str, (fetch, licence): (&str, &str), console: Console) -> std::io::Result<bool> {
    console.say(format!("  {missing}"))?;
    console.say(format!("  fetch: {fetch}"))?;
    console.say(format!("  licence: {licence}"))?;
    Ok(false)
}

/// Says what there is, a line each; whether it is whole.
fn say_found(found: anyhow::Result<(Vec<String>, bool)>, console: Console) -> std::io::Result<bool> {
    match found {
        Ok((lines, is_whole)) => {
            lines.iter().try_for_each(|line| console.say(format!("  {line}")))?;
            Ok(is_whole)
        }
        Err(error) => {
            console.say(format!("  FAULTY {error:#}"))?;
            Ok(false)
        }
    }
}

/// Facts about texts, a sentence each.
fn facts(texts: &TextDataset, data: &Path) -> anyhow::Result<(Vec<String>, bool)> {
    let mut ranking = TextRanking::of(&data.join(&texts.path));
    ranking.part.clone_from(&texts.split);
    let read = ranking.read()?;
    let (queries, documents) = (read.collection.queries.len(), read.collection.documents.len());
    let sizes = [counted(queries, "query", "queries"), counted(documents, "document", "documents")];
    Ok((vec![format!("{} are measured, among {}", sizes[0], sizes[1])], true))
}
