//! Models that an experiment trains.

use super::experiment::{Experiment, TrainedModel};
use super::overlap;
use crate::train::config::ModelStart;
use crate::train::training::{Ended, Folder, Subject, Training};
use crate::train::{RECORD, change::Change};
use anyhow::{Context, bail};
use nearmiss::commands::Console;
use nearmiss::commands::cli::BenchArgs;
use nearmiss::numbers::counted::{counted, form};
use std::path::{Path, PathBuf};

/// A model that was trained, or was there already.
pub(super) struct Trained {
    /// Its directory.
    pub(super) directory: PathBuf,
    /// How it compares with the model that it started at, and what flatters it, a sentence each.
    pub(super) notes: Vec<String>,
}

/// Trains a model into a folder, unless it is there as configuration, examples and start have it; `None` where Ctrl-C stopped it.
///
/// The model that all trainings of the experiment start at must be named by the configuration as well, but in a rehearsal.
pub(super) fn train(
    training: &TrainedModel,
    (experiment, data): (&Experiment, &Path),
    output: &Path,
    args: &BenchArgs,
    console: Console,
) -> anyhow::Result<Option<Trained>> {
    let (subject, mut notes) = read(training, (experiment, data), args)?;
    let config = as_json(&subject)?;
    let name = &training.name;
    let training = Training { folder: if args.force { Folder::Any } else { Folder::Own }, ..Training::of(subject, output) };
    let line = |change: &Change| format!("{name}, before and after: {}", change.line());
    if let Some(record) = recorded(output) {
        // What was learnt of other examples may be what is measured now.
        let is_same = record.get("config") == Some(&config)
            && record.get("identity").and_then(serde_json::Value::as_str) == Some(training.identity(&console)?.as_str());
        if is_same {
            console.remark(format!("{name}: trained already"));
            let changes: Vec<Change> =
                record.get("changes").cloned().map(serde_json::from_value).transpose()?.unwrap_or_default();
            let unreadable = record.pointer("/photographs/unreadable").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
            notes.extend(left_out(name, unreadable));
            notes.extend(changes.iter().map(line));
            return Ok(Some(Trained { directory: output.to_path_buf(), notes }));
        }
    }
    if output.join(RECORD).is_file() && !args.force {
        bail!(
            "{}: it holds a model of another configuration, other examples or another start; give another -o, or --force",
            output.display()
        );
    }
    console.remark(format!("training {name}"));
    let Ended::Done(trained) = training.run(&console)? else { return Ok(None) };
    for unreadable in &trained.unreadable {
        console.warn(format!("{name}: left out: {unreadable}"));
    }
    notes.extend(left_out(name, trained.unreadable.len()));
    notes.extend(trained.changes.iter().map(line));
    Ok(Some(Trained { directory: output.to_path_buf(), notes }))
}

/// A sentence about photographs that could not be read; `None` where there are none.
fn left_out(name: &str, unreadable: usize) -> Option<String> {
    let are = form(unreadable, "is", "are");
    let photographs = counted(unreadable, "photograph", "photographs");
    (unreadable > 0).then(|| format!("{name}: {photographs} could not be read and {are} left out of its training"))
}

/// The configuration of a training as it is run, with what flatters what is measured of it.
///
/// # Errors
///
/// A configuration that is none, or of another model; data that are measured on what is learnt.
pub(super) fn read(
    training: &TrainedModel,
    (experiment, data): (&Experiment, &Path),
    args: &BenchArgs,
) -> anyhow::Result<(Subject, Vec<String>)> {
    let config = args.suite.parent().unwrap_or(Path::new("")).join(&training.config);
    let what = || format!("{}: not of this experiment", config.display());
    let subject = Subject::from_path(&config)?;
    let mut subject = prepared(subject, &experiment.settings.start, data, args.miniature).with_context(what)?;
    if let Some(rate) = training.miniature_rate.filter(|_| args.miniature) {
        match &mut subject {
            Subject::Photographs(config) => config.optimiser.learning_rate = rate,
            Subject::Sentences(config) => config.optimiser.learning_rate = rate,
        }
    }
    let notes = overlap::with_training(&training.name, &subject, experiment, data).with_context(what)?;
    Ok((subject, notes))
}

/// With paths that start from the data folder.
fn prepared(subject: Subject, start: &str, data: &Path, rehearsal: bool) -> anyhow::Result<Subject> {
    let below = |path: &Path| if path.is_absolute() { path.to_path_buf() } else { data.join(path) };
    let taxonomy = |name: &str| {
        let file = below(Path::new(name));
        if file.is_file() { file.display().to_string() } else { name.to_string() }
    };
    let started = |model: &ModelStart| match model {
        ModelStart::From(model) if rehearsal || model == start => Ok(ModelStart::From(start.to_string())),
        ModelStart::From(model) => {
            bail!("its training starts at '{model}', and the experiment at '{start}'; name one model in both")
        }
        ModelStart::New(_) => bail!("its training starts at a new model, and the experiment at '{start}'; give model.from"),
    };
    Ok(match subject {
        Subject::Photographs(mut config) => {
            config.model = started(&config.model)?;
            config.data.photographs = below(&config.data.photographs);
            config.data.manifest = config.data.manifest.as_deref().map(below);
            config.data.taxonomy = taxonomy(&config.data.taxonomy);
            config.optimiser.look_alikes = config.optimiser.look_alikes.as_deref().map(below);
            Subject::Photographs(config)
        }
        Subject::Sentences(mut config) => {
            config.model = started(&config.model)?;
            config.sentences.texts = below(&config.sentences.texts);
            config.sentences.taxonomy = config.sentences.taxonomy.as_deref().map(taxonomy);
            Subject::Sentences(config)
        }
    })
}

/// What the model of a folder was trained from; `None` where there is none, or a training has not ended.
fn recorded(output: &Path) -> Option<serde_json::Value> {
    let bytes = nearmiss::files::regular_file::read(&output.join(RECORD)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn as_json(subject: &Subject) -> anyhow::Result<serde_json::Value> {
    Ok(match subject {
        Subject::Photographs(config) => serde_json::to_value(config)?,
        Subject::Sentences(config) => serde_json::to_value(config)?,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn paths_start_from_the_data_and_trainings_at_one_model() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, "model.from = 'm'\n[data]\nphotographs = 'p'\ntaxonomy = 't.csv'\n").unwrap();
        std::fs::write(folder.path().join("t.csv"), "").unwrap();
        let read = |start: &str, rehearsal| prepared(Subject::from_path(&path).unwrap(), start, folder.path(), rehearsal);
        let Subject::Photographs(config) = read("m", false).unwrap() else { unreachable!() };
        assert_eq!(config.data.photographs, folder.path().join("p"));
        assert_eq!(config.data.taxonomy, folder.path().join("t.csv").display().to_string());
        let message = read("other", false).unwrap_err().to_string();
        assert_eq!(message, "its training starts at 'm', and the experiment at 'other'; name one model in both");
        let Subject::Photographs(config) = read("other", true).unwrap() else { unreachable!() };
        assert_eq!(config.model, ModelStart::From("other".to_string()));
    }
}
