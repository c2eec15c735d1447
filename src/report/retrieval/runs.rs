//! The folder of runs against judgements.

use super::csv::texts;
use super::note::Note;
use super::provenance::provenance;
use super::writing::Writing;
use crate::report::csv::csv_of;
use crate::report::csv_safe;
use crate::report::document::{Block, Document, Table};
use crate::report::error::ReportError;
use crate::report::folder::Draft;
use crate::report::pairs::{self, PairColumn};
use crate::report::scoring::Formulas;
use crate::report::text::{count, decimal, fixed};
use crate::report::{markdown, page};
use crate::scores::compare::{Comparison, json, latex, text};
use crate::scores::gate::{GateOutcome, Verdict};
use crate::spaces::retrieval::evaluation::{Evaluation, QueryAccounting};
use crate::spaces::retrieval::measure::Labels;
use crate::spaces::retrieval::ties::Ties;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Runs that were held against judgements.
#[derive(Debug)]
pub struct Ranked {
    /// Every run by every measure with its interval, and every two runs.
    pub comparison: Comparison,
    /// The queries.
    pub queries: Vec<String>,
    /// The values of all queries and what did not fit, run by run.
    pub evaluations: Vec<Evaluation>,
    /// For each measure whether each query has a value; `None` where all have, those with nothing to find 0.
    pub answered: Option<Vec<Vec<bool>>>,
    /// What decided between documents with equal scores.
    pub ties: Ties,
    /// Labels of the tables.
    pub labels: Labels,
    /// What was decided, one sentence each.
    pub notes: Vec<Note>,
    /// The gates, held against every run.
    pub verdicts: Vec<Verdict>,
}

impl Ranked {
    /// The comparison in the layout of ranx, with everything else under `nearmiss`.
    #[must_use]
    pub fn value(&self, command_line: &str) -> Value {
        let mut value = json::value(&self.comparison);
        let accounting: Vec<QueryAccounting> = self.evaluations.iter().map(|evaluation| evaluation.accounting).collect();
        let own = &mut value["nearmiss"];
        own["ties"] = json!(self.ties);
        own["accounting"] = json!(accounting);
        own["notes"] = json!(self.sentences());
        if !self.verdicts.is_empty() {
            own["gates"] = json!(self.verdicts);
        }
        own["provenance"] = provenance(command_line, None);
        value
    }

    /// A row for each query and run.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn queries_csv(&self) -> std::io::Result<String> {
        let mut header = texts(&["query", "run"]);
        header.extend(self.comparison.metrics.iter().map(|metric| metric.name.clone()));
        let rows = self.queries.iter().enumerate().flat_map(|(place, query)| {
            let run = move |(name, evaluation): (&String, &Evaluation)| {
                let mut cells = vec![query.clone(), name.clone()];
                let value = |(measure, values): (usize, &Vec<f64>)| {
                    let is_there = self.answered.as_ref().is_none_or(|answered| answered[measure][place]);
                    if is_there { values[place].to_string() } else { String::new() }
                };
                cells.extend(evaluation.values.iter().enumerate().map(value));
                cells
            };
            self.comparison.runs.iter().zip(&self.evaluations).map(run)
        });
        csv_of(&header, rows)
    }

    /// Writes `compare.json`, `table.txt`, `table.tex`, `queries.csv`, `retrieval.md` and `index.html`, each whole, and
    /// returns these files.
    ///
    /// # Errors
    ///
    /// [`ReportError`], as for a report.
    pub fn write(&self, folder: &Path, writing: &Writing<'_>) -> Result<Vec<PathBuf>, ReportError> {
        self.write_with(folder, writing, Beside::default())
    }

    /// The same with what else there is to say.
    pub(super) fn write_with(&self, folder: &Path, writing: &Writing<'_>, beside: Beside) -> Result<Vec<PathBuf>, ReportError> {
        let draft = Draft::beside(folder, writing.overwrite)?;
        let mut value = self.value(writing.command_line);
        for (key, more) in beside.values {
            value["nearmiss"][key] = more;
        }
        draft.write("compare.json", &format!("{value:#}\n"))?;
        draft.write("table.txt", &(text::ranx_table(&self.comparison) + "\n"))?;
        // ranx had its names in the middle in 2022.
        let names = if self.labels == Labels::Legacy { 'c' } else { 'l' };
        draft.write("table.tex", &(latex::ranx_table(&self.comparison, names, writing.preamble) + "\n"))?;
        draft.write("queries.csv", &self.queries_csv().map_err(|error| draft.failed("queries.csv", error))?)?;
        for (name, text) in &beside.files {
            draft.write(name, text)?;
        }
        let document = document(self, writing.command_line, beside.blocks);
        for figure in document.figures() {
            draft.write(&figure.file, &figure.svg)?;
        }
        draft.write("retrieval.md", &markdown::render(&document))?;
        draft.write("index.html", &page::render(&document))?;
        let files = draft.publish()?;
        if writing.formulas == Formulas::Defused {
            csv_safe::defuse(&files)?;
        }
        Ok(files)
    }

    /// Whether a measure does not reach its line.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.outcome == GateOutcome::Fail)
    }

    fn sentences(&self) -> Vec<String> {
        self.notes.iter().map(ToString::to_string).collect()
    }
}

/// What a folder holds beside the comparison of its runs.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// More under `nearmiss` of `compare.json`.
    pub values: Vec<(&'static str, Value)>,
    /// More files, by name.
    pub files: Vec<(String, String)>,
    /// More of the page, before the gates.
    pub blocks: Vec<Block>,
}

/// The mean of every run by every measure.
pub(super) fn means(comparison: &Comparison) -> Table {
    let mut means = Table::new(&[("Measure", false)]);
    means.head.extend(comparison.runs.iter().cloned());
    means.numeric.extend(comparison.runs.iter().map(|_| true));
    for (place, metric) in comparison.metrics.iter().enumerate() {
        let cells = (0..comparison.runs.len()).map(|run| {
            let interval = metric.intervals[run]
                .map_or_else(String::new, |ends| format!(" ({}–{})", fixed(ends.low, 3), fixed(ends.high, 3)));
            text::cell(comparison, place, run) + &interval
        });
        means.rows.push(std::iter::once(metric.label.clone()).chain(cells).collect());
    }
    means
}

/// The columns of every two runs by every measure.
pub(super) const PAIR_COLUMNS: [PairColumn; 7] = [
    ("Measure", false, |row| row.metric.label.clone()),
    ("Runs", false, pairs::runs),
    ("difference", true, |row| decimal(row.number("difference"), 4)),
    ("wins / ties / losses", true, |row| format!("{} / {} / {}", row.pair.wins, row.pair.ties, row.pair.losses)),
    ("p", true, |row| decimal(row.number("p"), 4)),
    ("adjusted", true, |row| decimal(row.number("adjusted"), 4)),
    ("how", false, |row| row.pair.randomisation.method.name().to_string()),
];

fn document(ranked: &Ranked, command_line: &str, more: Vec<Block>) -> Document {
    let comparison = &ranked.comparison;
    let ties = json!(ranked.ties);
    let letters = comparison.runs.iter().enumerate().map(|(run, name)| format!("{}: {name}", text::letter(run)));
    let mut blocks = vec![
        Block::List(letters.collect()),
        Block::Heading(2, "All runs by all measures".to_string()),
        Block::Table(means(comparison)),
        Block::Paragraph(format!(
            "Means over {} queries, a query that a run does not have counting 0. A raised letter names a run that is significantly worse \
             (sign-flip randomisation, adjusted by Holm over the pairs of a measure, p ≤ {}); equal scores: {}.",
            count(ranked.queries.len() as u64),
            comparison.alpha,
            ties.as_str().unwrap_or_default()
        )),
    ];
    let pairs = pairs::table(&PAIR_COLUMNS, comparison, &comparison.metrics);
    if !pairs.rows.is_empty() {
        blocks.extend([Block::Heading(2, "Pair by pair".to_string()), Block::Table(pairs)]);
    }
    blocks.extend(more);
    if !ranked.verdicts.is_empty() {
        let several = comparison.runs.len() > 1;
        let lines = ranked.verdicts.iter().map(|verdict| if several { verdict.line_of_run() } else { verdict.line() }).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !ranked.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(ranked.sentences())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    let title = match &comparison.runs[..] {
        [only] => format!("Retrieval of {only}"),
        runs => format!("{} runs against judgements", runs.len()),
    };
    Document { title, verdicts: vec![], blocks }
}
