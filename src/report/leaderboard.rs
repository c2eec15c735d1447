//! The leaderboard of a suite: a page, Markdown, CSV, LaTeX and JSON.

use super::csv::{Column, cells, heads};
use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::overwrite::Overwrite;
use super::text::{count, counted, decimal, percent, percent_with_interval};
use super::{markdown, page};
use crate::files::markup::latex as escape;
use crate::scores::suite::Published;
use crate::taxonomy::rank::Rank;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What is scored: photographs, or observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Each photograph.
    Image,
    /// The photographs of an observation together.
    Observation,
}

impl Unit {
    /// The name in tables.
    fn name(self) -> &'static str {
        match self {
            Unit::Image => "image",
            Unit::Observation => "observation",
        }
    }
}

/// The figures of one decision rule in one cell; `None` where undefined.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Scored photographs or observations.
    pub n: u64,
    /// Accuracy at each main rank, kingdom first.
    pub accuracy: [Option<f64>; 7],
    /// Share of exact answers.
    pub exact: Option<f64>,
    /// Interval of the accuracy at the finest rank, for the rule `path`.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// Mean height of the error over all, lower is better.
    pub mean_height: Option<f64>,
    /// Mean height over the mistakes alone.
    pub severity: Option<f64>,
    /// Mistakes.
    pub mistakes: u64,
}

/// A cell of the suite: what a model made of a data set by a recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The data set, as the suite calls it.
    pub dataset: String,
    /// The model.
    pub model: String,
    /// The recipe.
    pub recipe: String,
    /// What is scored.
    pub unit: Unit,
    /// The decision rule.
    pub rule: String,
    /// The figures.
    pub figures: Figures,
    /// Metrics of the data set's makers, for the rule `path`.
    pub official: BTreeMap<String, Option<f64>>,
    /// Difference of the mean height from that of the first cell of the data set, photographs by
    /// `path`; lower is better.
    pub difference: Option<f64>,
    /// Its p-value, adjusted by Holm over the pairs of cells.
    pub p: Option<f64>,
}

/// What became of a data set.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Entry {
    /// One word.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Photographs of the split, candidates, what the truths met, licences: a sentence each.
    pub notes: Vec<String>,
    /// Cells that could not be run, with the reason; a data set that is not there has none.
    pub failures: Vec<String>,
    /// Where it is fetched, if it is not there.
    pub fetch: Option<String>,
    /// Published figures.
    pub published: Vec<Published>,
}

/// The whole of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Leaderboard {
    /// Title of the suite.
    pub title: String,
    /// About it.
    pub about: String,
    /// Whether it was a rehearsal with imaginary organisms.
    pub miniature: bool,
    /// The data sets in the order of the suite.
    pub datasets: Vec<Entry>,
    /// The cells.
    pub rows: Vec<Row>,
}

impl Row {
    /// Accuracy at the finest rank that has one, with the rank; exact answers in a tree without ranks.
    #[must_use]
    pub fn finest(&self) -> (&'static str, Option<f64>) {
        let mut ranks = Rank::MAIN.iter().zip(self.figures.accuracy).rev();
        ranks.find_map(|(rank, value)| value.map(|value| (rank.name(), Some(value)))).unwrap_or(("exact", self.figures.exact))
    }
}

/// Writes `index.html`, `leaderboard.md`, `.csv`, `.tex` and `.json`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, board: &Leaderboard, command_line: &str, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    let json = json!({
        "leaderboard": board,
        "provenance": { "program": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "command_line": command_line },
    });
    draft.write("leaderboard.json", &format!("{json:#}\n"))?;
    draft.write("leaderboard.csv", &csv(board).map_err(|error| draft.failed("leaderboard.csv", error))?)?;
    draft.write("leaderboard.tex", &latex(board))?;
    let document = document(board, command_line)?;
    draft.write("leaderboard.md", &markdown::render(&document))?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("index.html", &page::render(&document))?;
    draft.publish()
}

/// All official metrics of the suite, by name.
fn official(board: &Leaderboard, dataset: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = board
        .rows
        .iter()
        .filter(|row| dataset.is_none_or(|dataset| row.dataset == dataset))
        .flat_map(|row| row.official.keys().cloned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Columns of `leaderboard.csv` before those of the main ranks.
const BEFORE_RANKS: [Column<Row>; 6] = [
    ("dataset", |row| row.dataset.clone()),
    ("model", |row| row.model.clone()),
    ("recipe", |row| row.recipe.clone()),
    ("unit", |row| row.unit.name().to_string()),
    ("rule", |row| row.rule.clone()),
    ("n", |row| row.figures.n.to_string()),
];

/// Columns behind those of the main ranks.
const BEHIND_RANKS: [Column<Row>; 8] = [
    ("exact", |row| number(row.figures.exact)),
    ("finest_low", |row| number(row.figures.low)),
    ("finest_high", |row| number(row.figures.high)),
    ("mean_height", |row| number(row.figures.mean_height)),
    ("severity", |row| number(row.figures.severity)),
    ("mistakes", |row| row.figures.mistakes.to_string()),
    ("difference", |row| number(row.difference)),
    ("p", |row| number(row.p)),
];

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn csv(board: &Leaderboard) -> std::io::Result<String> {
    let mut writer = ::csv::Writer::from_writer(vec![]);
    let names = official(board, None);
    let ranks = Rank::MAIN.map(|rank| rank.name().to_string()).to_vec();
    writer.write_record([heads(&BEFORE_RANKS), ranks, heads(&BEHIND_RANKS), names.clone()].concat())?;
    for row in &board.rows {
        let accuracy = row.figures.accuracy.map(number).to_vec();
        let official = names.iter().map(|name| number(row.official.get(name).copied().flatten())).collect();
        writer.write_record([cells(&BEFORE_RANKS, row), accuracy, cells(&BEHIND_RANKS, row), official].concat())?;
    }
    let bytes = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn latex(board: &Leaderboard) -> String {
    let mut text = "% needs \\usepackage{booktabs}\n\\begin{table*}[ht]\n\\centering\n".to_string();
    let _ = writeln!(
        text,
        "\\caption{{{}: accuracy at the finest rank, genus and family, and mean height of the error.}}",
        escape(&board.title)
    );
    text += "\\begin{tabular}{llrrrrr}\n\\toprule\nModel & Recipe & $n$ & Finest & Genus & Family & Height \\\\\n";
    for entry in &board.datasets {
        let rows: Vec<&Row> = board.rows.iter().filter(|row| row.dataset == entry.name && is_main(row)).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\\midrule\n\\multicolumn{{7}}{{l}}{{\\emph{{{}}}}} \\\\", escape(&entry.title));
        let share = |value: Option<f64>| value.map_or_else(|| "--".to_string(), |value| format!("{:.1}", 100.0 * value));
        for row in rows {
            let finest = share(row.finest().1);
            let _ = writeln!(
                text,
                "{} & {} & {} & {finest} & {} & {} & {} \\\\",
                escape(&row.model),
                escape(&row.recipe),
                row.figures.n,
                share(row.figures.accuracy[5]),
                share(row.figures.accuracy[4]),
                row.figures.mean_height.map_or_else(|| "--".to_string(), |value| format!("{value:.2}"))
            );
        }
    }
    text + "\\bottomrule\n\\end{tabular}\n\\end{table*}\n"
}

/// Photographs by the lineage of the best label: what everybody reports.
fn is_main(row: &Row) -> bool {
    row.unit == Unit::Image && row.rule == "path"
}

fn document(board: &Leaderboard, command_line: &str) -> Result<Document, ReportError> {
    let mut blocks = vec![];
    if board.miniature {
        blocks.push(Block::Warning(
            "A rehearsal: imaginary organisms of the atlas in the layout of each data set, classified by the built-in model. \
             The figures say that everything runs, and nothing about the data sets or about any model of real organisms."
                .to_string(),
        ));
    }
    if !board.about.is_empty() {
        blocks.push(Block::Paragraph(board.about.clone()));
    }
    blocks.push(Block::Heading(2, "All data sets".to_string()));
    blocks.extend(drawn(board)?);
    blocks.push(Block::Table(overview(board)));
    blocks.push(Block::Paragraph(
        "Photographs, answered by the lineage of the best label (rule path). Height: rungs from the truth up to where truth and \
         answer meet, 0 where the answer is right; Δ and p: against the first row of the data set, on the photographs that both \
         scored, by sign-flip randomisation, adjusted by Holm."
            .to_string(),
    ));
    for entry in &board.datasets {
        blocks.push(Block::Heading(2, entry.title.clone()));
        if let Some(fetch) = &entry.fetch {
            blocks.push(Block::Warning(format!("Not run, because it is not on disk. {fetch}")));
        }
        blocks.extend(entry.failures.iter().map(|failure| Block::Warning(failure.clone())));
        if board.rows.iter().any(|row| row.dataset == entry.name) {
            blocks.push(Block::Table(of_dataset(board, entry)));
            blocks.extend(official_table(board, entry).map(Block::Table));
            blocks.push(Block::Details(
                "By decision rule, and by observation".to_string(),
                vec![Block::Table(rules(board, entry))],
            ));
        }
        if !entry.published.is_empty() {
            blocks.push(Block::Details("Published figures".to_string(), vec![Block::Table(published(entry))]));
        }
        if !entry.notes.is_empty() {
            blocks.push(Block::List(entry.notes.clone()));
        }
    }
    blocks.push(Block::Heading(2, "How it was made".to_string()));
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    Ok(Document { title: board.title.clone(), verdicts: verdict(board), blocks })
}

/// How many data sets were run, and which are not there.
fn verdict(board: &Leaderboard) -> Vec<String> {
    let absent = board.datasets.iter().filter(|entry| entry.fetch.is_some()).count();
    let failed: usize = board.datasets.iter().map(|entry| entry.failures.len()).sum();
    let run = board.datasets.len() - absent;
    let mut sentence = format!("{} run", counted(run as u64, "data set", "data sets"));
    if absent > 0 {
        let _ = write!(sentence, ", {absent} not on disk");
    }
    if failed > 0 {
        let _ = write!(sentence, ", {} failed", counted(failed as u64, "cell", "cells"));
    }
    vec![sentence + "."]
}

fn overview(board: &Leaderboard) -> Table {
    let mut table = Table::new(&[
        ("Data set", false),
        ("Model", false),
        ("Recipe", false),
        ("n", true),
        ("finest rank", false),
        ("right", true),
        ("height", true),
        ("Δ height", true),
        ("p", true),
    ]);
    for row in board.rows.iter().filter(|row| is_main(row)) {
        let title = board.datasets.iter().find(|entry| entry.name == row.dataset).map_or(&row.dataset, |entry| &entry.title);
        let (rank, finest) = row.finest();
        table.push([
            title.clone(),
            row.model.clone(),
            row.recipe.clone(),
            count(row.figures.n),
            rank.to_string(),
            percent_with_interval(finest, row.figures.low, row.figures.high),
            decimal(row.figures.mean_height, 2),
            row.difference.map_or_else(|| "–".to_string(), |difference| format!("{:+.2}", difference + 0.0)),
            p_value(row.p),
        ]);
    }
    table
}

fn p_value(p: Option<f64>) -> String {
    match p {
        None => "–".to_string(),
        Some(p) if p < 0.001 => "< 0.001".to_string(),
        Some(p) => format!("{p:.3}"),
    }
}

fn of_dataset(board: &Leaderboard, entry: &Entry) -> Table {
    let rows: Vec<&Row> = board.rows.iter().filter(|row| row.dataset == entry.name && is_main(row)).collect();
    let ranks: Vec<usize> = (0..7).filter(|&index| rows.iter().any(|row| row.figures.accuracy[index].is_some())).collect();
    let mut columns: Vec<(&str, bool)> = vec![("Model", false), ("Recipe", false), ("n", true)];
    columns.extend(ranks.iter().map(|&index| (Rank::MAIN[index].name(), true)));
    columns.extend([("exact", true), ("height", true), ("severity", true)]);
    let mut table = Table::new(&columns);
    for row in rows {
        let mut cells = vec![row.model.clone(), row.recipe.clone(), count(row.figures.n)];
        cells.extend(ranks.iter().map(|&index| percent(row.figures.accuracy[index])));
        cells.extend([percent(row.figures.exact), decimal(row.figures.mean_height, 2)]);
        cells.push(format!("{} ({})", decimal(row.figures.severity, 2), count(row.figures.mistakes)));
        table.rows.push(cells);
    }
    table
}

/// The metrics of the data set's makers; `None` where it has none.
fn official_table(board: &Leaderboard, entry: &Entry) -> Option<Table> {
    let names = official(board, Some(&entry.name));
    if names.is_empty() {
        return None;
    }
    let mut columns: Vec<(&str, bool)> = vec![("Official metrics", false), ("Recipe", false)];
    columns.extend(names.iter().map(|name| (name.as_str(), true)));
    let mut table = Table::new(&columns);
    for row in board.rows.iter().filter(|row| row.dataset == entry.name && is_main(row)) {
        let mut cells = vec![row.model.clone(), row.recipe.clone()];
        cells.extend(names.iter().map(|name| decimal(row.official.get(name).copied().flatten(), 3)));
        table.rows.push(cells);
    }
    Some(table)
}

fn rules(board: &Leaderboard, entry: &Entry) -> Table {
    let mut table = Table::new(&[
        ("Model", false),
        ("Recipe", false),
        ("of", false),
        ("Rule", false),
        ("n", true),
        ("species", true),
        ("genus", true),
        ("family", true),
        ("exact", true),
        ("height", true),
    ]);
    for row in board.rows.iter().filter(|row| row.dataset == entry.name) {
        table.push([
            row.model.clone(),
            row.recipe.clone(),
            if row.unit == Unit::Image { "photographs" } else { "observations" }.to_string(),
            row.rule.clone(),
            count(row.figures.n),
            percent(row.figures.accuracy[6]),
            percent(row.figures.accuracy[5]),
            percent(row.figures.accuracy[4]),
            percent(row.figures.exact),
            decimal(row.figures.mean_height, 2),
        ]);
    }
    table
}

fn published(entry: &Entry) -> Table {
    let mut table = Table::new(&[("Model", false), ("Metric", false), ("Value", true), ("Source", false)]);
    for figure in &entry.published {
        // Distances are no fractions.
        let value = if figure.value > 1.0 { format!("{:.2}", figure.value) } else { percent(Some(figure.value)) };
        table.push([figure.model.clone(), figure.metric.clone(), value, figure.source.clone()]);
    }
    table
}

#[cfg(feature = "plots")]
fn drawn(board: &Leaderboard) -> Result<Option<Block>, ReportError> {
    let rows: Vec<super::figures::BoardRow> = board
        .rows
        .iter()
        .filter(|row| is_main(row))
        .map(|row| super::figures::BoardRow {
            dataset: board
                .datasets
                .iter()
                .find(|entry| entry.name == row.dataset)
                .map_or(row.dataset.clone(), |entry| entry.title.clone()),
            name: if board.rows.iter().all(|other| other.model == row.model) {
                row.recipe.clone()
            } else {
                format!("{}, {}", row.model, row.recipe)
            },
            finest: row.finest(),
            interval: row.figures.low.zip(row.figures.high),
            coarser: [row.figures.accuracy[5], row.figures.accuracy[4]],
        })
        .collect();
    Ok(super::figures::leaderboard(&rows)?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn drawn(_board: &Leaderboard) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
