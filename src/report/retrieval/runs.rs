//! The folder of runs against judgements.

use super::csv::texts;
use super::provenance;
use crate::report::csv::csv_of;
use crate::report::document::{Block, Document, Table};
use crate::report::folder::Draft;
use crate::report::text::{count, decimal, fixed};
use crate::report::{Overwrite, ReportError, markdown, page};
use crate::scores::compare::{Comparison, json, latex, text};
use crate::scores::gate::Verdict;
use crate::spaces::retrieval::evaluation::Accounting;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Runs against judgements.
pub struct Evaluated<'a> {
    /// The numbers.
    pub comparison: &'a Comparison,
    /// The queries.
    pub queries: &'a [String],
    /// For each run and measure the values of the queries.
    pub values: &'a [Vec<Vec<f64>>],
    /// What did not fit, run by run.
    pub accounting: &'a [Accounting],
    /// The policy for equal scores.
    pub ties: &'a str,
    /// What was decided, one sentence each.
    pub notes: &'a [String],
    /// Gates, held against the runs.
    pub gates: &'a [Verdict],
    /// How names are aligned in LaTeX: `l`, or `c` as ranx had it in 2022.
    pub names: char,
    /// The command.
    pub command_line: &'a str,
}

/// The comparison in the layout of ranx, with everything else under `nearmiss`.
#[must_use]
pub fn runs_value(evaluated: &Evaluated<'_>) -> Value {
    let mut value = json::value(evaluated.comparison);
    let own = &mut value["nearmiss"];
    own["ties"] = json!(evaluated.ties);
    own["accounting"] = json!(evaluated.accounting);
    own["notes"] = json!(evaluated.notes);
    if !evaluated.gates.is_empty() {
        own["gates"] = json!(evaluated.gates);
    }
    own["provenance"] = provenance(evaluated.command_line, None);
    value
}

/// A row for each query and run.
///
/// # Errors
///
/// What the writer says.
pub fn runs_csv(evaluated: &Evaluated<'_>) -> std::io::Result<String> {
    let mut header = texts(&["query", "run"]);
    header.extend(evaluated.comparison.metrics.iter().map(|metric| metric.name.clone()));
    let rows = evaluated.queries.iter().enumerate().flat_map(|(place, query)| {
        let run = move |(name, values): (&String, &Vec<Vec<f64>>)| {
            let mut cells = vec![query.clone(), name.clone()];
            cells.extend(values.iter().map(|values| values[place].to_string()));
            cells
        };
        evaluated.comparison.runs.iter().zip(evaluated.values).map(run)
    });
    csv_of(&header, rows)
}

/// Writes `compare.json`, `table.txt`, `table.tex`, `queries.csv`, `retrieval.md` and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write_runs(folder: &Path, evaluated: &Evaluated<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("compare.json", &format!("{:#}\n", runs_value(evaluated)))?;
    draft.write("table.txt", &(text::ranx_table(evaluated.comparison) + "\n"))?;
    draft.write("table.tex", &(latex::ranx_table(evaluated.comparison, evaluated.names) + "\n"))?;
    draft.write("queries.csv", &runs_csv(evaluated).map_err(|error| draft.failed("queries.csv", error))?)?;
    let document = runs_document(evaluated);
    draft.write("retrieval.md", &markdown::render(&document))?;
    draft.write("index.html", &page::render(&document))?;
    draft.publish()
}

/// The mean of every run by every measure.
fn means(comparison: &Comparison) -> Table {
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

/// Every two runs by every measure.
fn pairs(comparison: &Comparison) -> Table {
    let mut pairs = Table::new(&[
        ("Measure", false),
        ("Runs", false),
        ("difference", true),
        ("wins / ties / losses", true),
        ("p", true),
        ("adjusted", true),
        ("how", false),
    ]);
    for metric in &comparison.metrics {
        for pair in &metric.pairs {
            pairs.push([
                metric.label.clone(),
                format!("{} − {}", comparison.runs[pair.first], comparison.runs[pair.second]),
                decimal(pair.difference, 4),
                format!("{} / {} / {}", pair.wins, pair.ties, pair.losses),
                decimal(Some(pair.randomisation.p), 4),
                decimal(Some(pair.adjusted), 4),
                pair.randomisation.method.name().to_string(),
            ]);
        }
    }
    pairs
}

fn runs_document(evaluated: &Evaluated<'_>) -> Document {
    let comparison = evaluated.comparison;
    let letters = comparison.runs.iter().enumerate().map(|(run, name)| format!("{}: {name}", text::letter(run)));
    let mut blocks = vec![
        Block::List(letters.collect()),
        Block::Heading(2, "All runs by all measures".to_string()),
        Block::Table(means(comparison)),
        Block::Paragraph(format!(
            "Means over {} queries, a query that a run does not have counting 0. A raised letter names a run that is significantly worse \
             (sign-flip randomisation, adjusted by Holm over the pairs of a measure, p ≤ {}); equal scores: {}.",
            count(evaluated.queries.len() as u64),
            comparison.alpha,
            evaluated.ties
        )),
    ];
    let pairs = pairs(comparison);
    if !pairs.rows.is_empty() {
        blocks.extend([Block::Heading(2, "Pair by pair".to_string()), Block::Table(pairs)]);
    }
    if !evaluated.gates.is_empty() {
        let several = comparison.runs.len() > 1;
        let lines = evaluated.gates.iter().map(|verdict| verdict.line(several)).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !evaluated.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(evaluated.notes.to_vec())]);
    }
    blocks.push(Block::Paragraph(format!(
        "{} {}: {}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        evaluated.command_line
    )));
    let title = match &comparison.runs[..] {
        [only] => format!("Retrieval of {only}"),
        runs => format!("{} runs against judgements", runs.len()),
    };
    Document { title, verdicts: vec![], blocks }
}
