//! `nearmiss bench`.

mod setting;
mod dataset;
mod cell;
mod dry_run;

use crate::atlas::miniature::Miniatures;
use anyhow::{Context, bail};
use cell::{Cell, CellResult};
use dataset::{missing, read, taxonomy_file};
use nearmiss::commands::cli::BenchArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::files::output::lock::Lock;
use nearmiss::report::Overwrite;
use nearmiss::report::leaderboard::{Entry, Leaderboard, Row, write};
use nearmiss::scores::suite::{Suite, SuiteDataset, SuiteModel};
use setting::Setting;
use std::path::{Component, Path, PathBuf};

/// Runs a suite.
///
/// # Errors
///
/// An unreadable suite, a leaderboard that cannot be written; what goes wrong in one cell is told
/// on the leaderboard and loses no other.
pub fn run(args: &BenchArgs, console: Console) -> anyhow::Result<Ending> {
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
    let setting = Setting { suite: &suite, data: &data, args, console };
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
        return Ok(Ending::Interrupted);
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

/// Whether a path joined to a folder lies in it.
fn stays_inside(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Runs the cells of a data set; whether Ctrl-C stopped it.
fn run_dataset(setting: Setting<'_>, dataset: &SuiteDataset, rows: &mut Vec<Row>, entry: &mut Entry) -> bool {
    let Setting { suite, data, args, console } = setting;
    let photographs = match read(dataset, data) {
        Ok(photographs) => photographs,
        Err(error) => {
            console.warn(format!("{}: {error:#}", dataset.name));
            entry.failures.push(format!("The data set cannot be read: {error:#}"));
            return false;
        }
    };
    let mut cells: Vec<Cell> = vec![];
    for model in &suite.models {
        for recipe in &suite.recipes {
            cells.push(Cell::new(dataset, model, recipe, setting));
        }
    }
    let taxonomy = taxonomy_file(dataset, data).map_or_else(|| dataset.taxonomy.clone(), |file| file.display().to_string());
    match cell::facts(dataset, &photographs, &taxonomy, &args.output) {
        Ok(facts) => entry.notes.extend(facts),
        Err(error) => {
            entry.failures.push(format!("The taxonomy cannot be used: {error:#}"));
            return false;
        }
    }
    let first = rows.len();
    let mut done: Vec<&Cell> = vec![];
    for cell in &cells {
        console.remark(format!("{}: {}, {}", dataset.title, cell.model.name, cell.recipe.name));
        match cell.carry_out(&taxonomy, &done) {
            Ok(CellResult::Interrupted) => return true,
            Ok(CellResult::Done { rows: new, notes }) => {
                rows.extend(new);
                done.push(cell);
                entry.notes.extend(notes.into_iter().filter(|note| !entry.notes.contains(note)).collect::<Vec<_>>());
            }
            Err(error) => {
                let what = format!("{}, {}: {error:#}", cell.model.name, cell.recipe.name);
                console.warn(format!("{}: {what}", dataset.name));
                entry.failures.push(what);
            }
        }
    }
    if done.len() > 1
        && let Err(error) = cell::compare(&done, dataset, &mut rows[first..], args)
    {
        entry.failures.push(format!("The cells cannot be compared: {error:#}"));
    }
    false
}

/// The leaderboard in the terminal.
fn say(board: &Leaderboard, console: Console) -> std::io::Result<()> {
    for entry in &board.datasets {
        console.say(&entry.title)?;
        if let Some(fetch) = &entry.fetch {
            console.say(format!("  not run. {fetch}"))?;
        }
        for failure in &entry.failures {
            console.say(format!("  FAILED {failure}"))?;
        }
        let main = |row: &&Row| row.dataset == entry.name && row.rule == "path";
        for row in board.rows.iter().filter(main) {
            let (rank, right) = row.finest();
            let share = right.map_or_else(|| "-".to_string(), |right| format!("{:.1} %", 100.0 * right));
            let height = row.figures.mean_height.map_or_else(|| "-".to_string(), |height| format!("{height:.2}"));
            let unit = if row.unit == nearmiss::report::leaderboard::Unit::Image { "photographs" } else { "observations" };
            let name = format!("{}, {}", row.model, row.recipe);
            console.say(format!("  {name:<40} {:>7} {unit:<12} {rank:<8} {share:>8}  height {height}", row.figures.n))?;
        }
    }
    Ok(())
}
