//! The cells of a data set on the leaderboard, and the leaderboard in the terminal.

use super::cell::{self, Cell, CellResult};
use super::dataset::{read, taxonomy_file};
use super::setting::Setting;
use nearmiss::commands::Console;
use nearmiss::report::leaderboard::{Entry, Leaderboard, Row, Unit};
use nearmiss::scores::suite::SuiteDataset;

/// Runs the cells of a data set; whether Ctrl-C stopped it.
pub(super) fn run_dataset(setting: Setting<'_>, dataset: &SuiteDataset, rows: &mut Vec<Row>, entry: &mut Entry) -> bool {
    let Setting { suite, data, args, console, .. } = setting;
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
pub(super) fn say(board: &Leaderboard, console: Console) -> std::io::Result<()> {
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
            let unit = if row.unit == Unit::Image { "photographs" } else { "observations" };
            let name = format!("{}, {}", row.model, row.recipe);
            console.say(format!("  {name:<40} {:>7} {unit:<12} {rank:<8} {share:>8}  height {height}", row.figures.n))?;
        }
    }
    Ok(())
}
