//! Running an experiment: data, trainings, cells, and how the models stand beside each other.

use super::board::{run_dataset, say};
use super::cell::Cell;
use super::dataset::missing;
use super::experiment::Experiment;
use super::inspection::{absent, inspect};
use super::rehearsal::rehearse;
use super::setting::Setting;
use super::standing::{self, Standing, StandingRun};
use super::trained::train;
use anyhow::bail;
use nearmiss::commands::cli::BenchArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::files::output::lock::Lock;
use nearmiss::report::Overwrite;
use nearmiss::report::leaderboard::{Entry, Leaderboard, write};
use nearmiss::scores::suite::{Suite, SuiteDataset, SuiteModel, folder_name};
use std::path::{Path, PathBuf};

/// What is said of data that a stopped experiment did not come to.
const NOT_RUN: &str = "not run: stopped before";

/// An experiment on its way.
struct Trial<'a> {
    experiment: &'a Experiment,
    data: &'a Path,
    args: &'a BenchArgs,
    console: Console,
    /// Whether a trained model misses a line.
    has_failed: bool,
}

/// Runs an experiment.
///
/// # Errors
///
/// Data that cannot be made up, a leaderboard that cannot be written; what goes wrong with one model or data set is told on the
/// leaderboard and loses no other.
pub(super) fn run(mut experiment: Experiment, args: &BenchArgs, console: Console) -> anyhow::Result<Ending> {
    choose(&mut experiment, args)?;
    let data = if args.miniature { args.output.join("miniature") } else { args.data.clone() };
    // Two at once would write the same data, models and leaderboard.
    let _lock = (args.miniature || !args.dry_run).then(|| Lock::take(&args.output)).transpose()?;
    if args.miniature {
        rehearse(&mut experiment, &data, console)?;
    }
    if args.dry_run {
        return inspect(&experiment, &data, args, console);
    }
    let mut trial = Trial { experiment: &experiment, data: &data, args, console, has_failed: false };
    let mut board = Leaderboard {
        title: experiment.title.clone(),
        about: experiment.about.clone(),
        miniature: args.miniature,
        ..Leaderboard::default()
    };
    let interrupted = trial.run(&mut board)?;
    let command = nearmiss::commands::command_line().join(" ");
    let folder = args.output.join("leaderboard");
    write(&folder, &board, &command, trial.overwrite())?;
    say(&board, console)?;
    console.say(format!("leaderboard: {}", folder.join("index.html").display()))?;
    if interrupted {
        console.warn("stopped; the same command continues");
        return Ok(crate::commands::interrupt::ending());
    }
    let whole = board.datasets.iter().all(|entry| entry.failures.is_empty() && entry.fetch.is_none());
    // The numbers of a rehearsal mean nothing: its lines are told and decide nothing.
    let accepted = args.miniature || !trial.has_failed;
    Ok(if whole && accepted { Ending::Done } else { Ending::Skipped })
}

fn choose(experiment: &mut Experiment, args: &BenchArgs) -> anyhow::Result<()> {
    if let Some(model) = args.model.first() {
        bail!("--model '{}': an experiment names the model that it starts at and trains the others; change it there", model.name);
    }
    let names =
        || experiment.datasets.iter().map(|dataset| &dataset.name).chain(experiment.texts.iter().map(|texts| &texts.name));
    if let Some(unknown) = args.only.iter().find(|only| !names().any(|name| name == *only)) {
        let known = names().map(String::as_str).collect::<Vec<_>>().join(", ");
        bail!("--only '{unknown}' is no data set of the suite; it has {known}");
    }
    if !args.only.is_empty() {
        experiment.datasets.retain(|dataset| args.only.contains(&dataset.name));
        experiment.texts.retain(|texts| args.only.contains(&texts.name));
    }
    Ok(())
}

impl Trial<'_> {
    fn overwrite(&self) -> Overwrite {
        if self.args.force { Overwrite::Anything } else { Overwrite::OwnReport }
    }

    /// Trains and measures; whether Ctrl-C stopped it.
    fn run(&mut self, board: &mut Leaderboard) -> anyhow::Result<bool> {
        let (mut failures, mut notes) = (vec![], vec![]);
        let models = if self.is_there() { self.models(&mut failures, &mut notes) } else { Some(vec![]) };
        let mut interrupted = models.is_none();
        let experiment = self.experiment;
        let suite = Suite {
            title: experiment.title.clone(),
            about: experiment.about.clone(),
            models: models.unwrap_or_default(),
            recipes: experiment.recipes.clone(),
            rules: experiment.rules.clone(),
            datasets: experiment.datasets.clone(),
        };
        let answers = experiment.answers()?;
        let entry = |name: &str, title: &str| Entry {
            name: name.to_string(),
            title: title.to_string(),
            failures: failures.clone(),
            notes: notes.clone(),
            ..Entry::default()
        };
        for dataset in &suite.datasets {
            let mut entry = entry(&dataset.name, &dataset.title);
            entry.published.clone_from(&dataset.published);
            if interrupted {
                entry.failures.push(NOT_RUN.to_string());
            } else if let Some(missing) = missing(dataset, self.data) {
                entry.fetch = Some(format!("{missing} Fetch: {}. Licence: {}.", dataset.fetch, dataset.licence));
            } else {
                let (data, args, console) = (self.data, self.args, self.console);
                let setting = Setting { suite: &suite, data, args, console, answers, own_preprocessing: true };
                interrupted = run_dataset(setting, dataset, &mut board.rows, &mut entry);
                if !interrupted {
                    self.stand(dataset, setting, &mut entry);
                }
            }
            board.datasets.push(entry);
        }
        for texts in &experiment.texts {
            let mut entry = entry(&texts.name, &texts.title);
            if interrupted {
                entry.failures.push(NOT_RUN.to_string());
            } else if let Some(missing) = absent(texts, self.data) {
                entry.fetch = Some(format!("{missing} Fetch: {}. Licence: {}.", texts.fetch, texts.licence));
            } else {
                let folder = self.folder(&texts.name, "texts");
                let to = (folder.as_path(), self.overwrite(), self.args.device);
                let found = standing::texts((texts, self.data), &suite.models, experiment, to, self.console);
                self.told("texts", found, &mut entry);
            }
            board.datasets.push(entry);
        }
        Ok(interrupted)
    }

    /// Whether any data are there: without, nothing is trained.
    fn is_there(&self) -> bool {
        let photographs = self.experiment.datasets.iter().any(|dataset| missing(dataset, self.data).is_none());
        photographs || self.experiment.texts.iter().any(|texts| absent(texts, self.data).is_none())
    }

    /// The model that all start at, and those that were trained; `None` where Ctrl-C stopped it.
    fn models(&self, failures: &mut Vec<String>, notes: &mut Vec<String>) -> Option<Vec<SuiteModel>> {
        let (settings, console) = (&self.experiment.settings, self.console);
        let mut models = vec![SuiteModel { name: settings.name.clone(), model: settings.start.clone() }];
        for training in &self.experiment.trainings {
            let output = self.args.output.join("models").join(folder_name(&training.name));
            match train(training, (self.experiment, self.data), &output, self.args, console) {
                Ok(None) => return None,
                Ok(Some(trained)) => {
                    notes.extend(trained.notes);
                    models.push(SuiteModel { name: training.name.clone(), model: trained.directory.display().to_string() });
                }
                Err(error) => {
                    console.warn(format!("{}: {error:#}", training.name));
                    failures.push(format!("{} could not be trained: {error:#}", training.name));
                }
            }
        }
        Some(models)
    }

    /// How the models stand beside each other on photographs that were classified.
    fn stand(&mut self, dataset: &SuiteDataset, setting: Setting<'_>, entry: &mut Entry) {
        let mut runs = vec![];
        for (place, model) in setting.suite.models.iter().enumerate() {
            for recipe in &setting.suite.recipes {
                let run = Cell::new(dataset, model, recipe, setting).run().to_path_buf();
                let name = if setting.suite.recipes.len() == 1 {
                    model.name.clone()
                } else {
                    format!("{}, {}", model.name, recipe.name)
                };
                // One that went wrong is told already.
                if run.join("run.json").is_file() {
                    runs.push(StandingRun { name, run, trained: place > 0 });
                }
            }
        }
        if runs.is_empty() {
            return;
        }
        let (folder, overwrite, console) = (self.folder(&dataset.name, "names"), self.overwrite(), self.console);
        let names = standing::names(&runs, self.experiment, (&folder, overwrite), console);
        self.told("names", names, entry);
        let folder = self.folder(&dataset.name, "photographs");
        let photographs = standing::photographs(&runs, self.experiment, (&folder, overwrite), console);
        self.told("photographs", photographs, entry);
    }

    fn folder(&self, dataset: &str, what: &str) -> PathBuf {
        self.args.output.join("retrieval").join(dataset).join(what)
    }

    /// Puts on the leaderboard what came of models beside each other.
    fn told(&mut self, what: &str, found: anyhow::Result<Standing>, entry: &mut Entry) {
        match found {
            Ok(standing) => {
                entry.notes.extend(standing.notes);
                self.has_failed |= standing.has_failed;
            }
            Err(error) => {
                self.console.warn(format!("{}: retrieval of {what}: {error:#}", entry.name));
                entry.failures.push(format!("retrieval of {what}: {error:#}"));
            }
        }
    }
}
