//! `nearmiss bench`.

mod setting;
mod dataset;
mod cell;
mod board;
mod dry_run;
mod experiment;
mod rehearsal;
mod overlap;
mod trained;
mod inspection;
mod standing;
mod trial;

use crate::atlas::miniature::Miniatures;
use anyhow::{Context, bail};
use board::{run_dataset, say};
use dataset::{missing, stays_inside, taxonomy_file};
use experiment::Experiment;
use nearmiss::commands::cli::BenchArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::files::output::lock::Lock;
use nearmiss::report::Overwrite;
use nearmiss::report::leaderboard::{Entry, Leaderboard, write};
use nearmiss::scores::suite::{Suite, SuiteModel};
use setting::Setting;
use std::path::{Path, PathBuf};

/// Runs a suite, or an experiment.
///
/// # Errors
///
/// An unreadable suite, a leaderboard that cannot be written; what goes wrong in one cell is told
/// on the leaderboard and loses no other.
pub fn run(args: &BenchArgs, console: Console) -> anyhow::Result<Ending> {
    if let Some(experiment) = Experiment::read(&args.suite)? {
        return trial::run(experiment, args, console);
    }
    let mut suite = Suite::named(&args.suite)?;
    choose(&mut suite, args)?;
    let data = if args.miniature { args.output.join("miniature") } else { args.data.clone() };
    // Two at once would write the same runs and leaderboard.
    let _lock = (args.miniature || !args.dry_run).then(|| Lock::take(&args.output)).transpose()?;
    if args.miniature {
        rehearse(&mut suite, &data, console)?;
    }
    if args.dry_run {
        return dry_run::run(&suite, &data, console);
    }
    let mut board = Leaderboard {
        title: suite.title.clone(),
        about: suite.about.clone(),
        miniature: args.miniature,
        ..Leaderboard::default()
    };
    let setting = Setting { suite: &suite, data: &data, args, console, answers: 0, own_preprocessing: false };
    let mut interrupted = false;
    for dataset in &suite.datasets {
        let mut entry = Entry {
            name: dataset.name.clone(),
            title: dataset.title.clone(),
            published: dataset.published.clone(),
            ..Entry::default()
        };
        if interrupted {
            entry.failures.push("not run: stopped before".to_string());
        } else if let Some(missing) = missing(dataset, &data) {
            console.warn(format!("{}: {missing}", dataset.name));
            entry.fetch = Some(format!("{missing} Fetch: {}. Licence: {}.", dataset.fetch, dataset.licence));
        } else {
            interrupted = run_dataset(setting, dataset, &mut board.rows, &mut entry);
        }
        board.datasets.push(entry);
    }
    let command = nearmiss::commands::command_line().join(" ");
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::OwnReport };
    let folder = args.output.join("leaderboard");
    write(&folder, &board, &command, overwrite)?;
    say(&board, console)?;
    console.say(format!("leaderboard: {}", folder.join("index.html").display()))?;
    if interrupted {
        console.warn("stopped; the same command continues");
        return Ok(super::interrupt::ending());
    }
    let whole = board.datasets.iter().all(|entry| entry.failures.is_empty() && entry.fetch.is_none());
    Ok(if whole { Ending::Done } else { Ending::Skipped })
}

fn choose(suite: &mut Suite, args: &BenchArgs) -> anyhow::Result<()> {
    if let Some(unknown) = args.only.iter().find(|name| !suite.datasets.iter().any(|dataset| dataset.name == **name)) {
        let known: Vec<&str> = suite.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
        bail!("--only '{unknown}' is no data set of the suite; it has {}", known.join(", "));
    }
    if !args.only.is_empty() {
        suite.datasets.retain(|dataset| args.only.contains(&dataset.name));
    }
    if !args.model.is_empty() {
        suite.models.clone_from(&args.model);
    }
    Ok(())
}

/// Draws a miniature of each data set, and takes the built-in model.
fn rehearse(suite: &mut Suite, data: &Path, console: Console) -> anyhow::Result<()> {
    console.remark("drawing miniature copies of the data sets");
    let miniatures = Miniatures::draw(&data.join("atlas"))?;
    suite.models = vec![SuiteModel { name: "atlas".to_string(), model: "atlas".to_string() }];
    for dataset in &mut suite.datasets {
        let layout = dataset.layout.clone().unwrap_or_else(|| "folders".to_string());
        // A suite may name folders anywhere; miniatures of them stay in the temporary one.
        if !stays_inside(&dataset.path) {
            dataset.path = PathBuf::from(&dataset.name);
        }
        if !stays_inside(Path::new(&dataset.taxonomy)) {
            dataset.taxonomy = format!("{}-taxonomy.csv", dataset.name);
        }
        miniatures.write(&layout, &data.join(&dataset.path)).with_context(|| format!("data set '{}'", dataset.name))?;
        if let Some(file) = taxonomy_file(dataset, data) {
            miniatures.write_taxonomy(&file)?;
        }
        dataset.published.clear();
    }
    Ok(())
}
