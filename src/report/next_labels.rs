//! Which images to label next, as a table; and a simulation, as a folder.

mod drawn;
mod texts;

pub use texts::verdict;

use super::csv::{csv_of, measure_cells, measure_heads};
use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::language::Language;
use super::overwrite::Overwrite;
use super::page::Frame;
use super::text::{count, decimal, percent};
use super::{markdown, page};
use crate::scores::metric::next_labels::{NEXT_LABELS, SIMULATION};
use crate::scores::next_labels::{Order, Simulation, Votes};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// The table of images: a row for each that is not labelled, next one first, `most` at most.
///
/// # Errors
///
/// What the writer of CSV says.
pub fn csv(votes: &Votes, order: &Order, most: Option<usize>) -> io::Result<String> {
    let mut head = vec!["order".to_string(), "image".to_string()];
    head.extend(measure_heads(&NEXT_LABELS));
    head.extend(votes.models.iter().map(|model| format!("answer: {model}")));
    let rows = order.images.iter().take(most.unwrap_or(usize::MAX)).enumerate().map(|(place, row)| {
        let mut cells = vec![(place + 1).to_string(), votes.images[row.image].clone()];
        cells.extend(measure_cells(&NEXT_LABELS, row));
        cells.extend(votes.answers.iter().map(|answers| votes.name(answers[row.image]).to_string()));
        cells
    });
    csv_of(&head, rows)
}

/// What is known of the models, for programs.
#[must_use]
pub fn models(order: &Order) -> Value {
    json!({ "method": order.method, "unlabelled": order.images.len(), "agreed": order.agreed, "models": order.models })
}

/// What a simulation is written from.
#[derive(Debug, Clone, Copy)]
pub struct Simulated<'a> {
    /// The numbers.
    pub simulation: &'a Simulation,
    /// What was read and decided, one sentence each.
    pub notes: &'a [String],
    /// The command that made it.
    pub command_line: &'a str,
    /// Where chance started.
    pub seed: u64,
    /// The language that the page opens in.
    pub language: Language,
}

/// What `simulation.json` has.
#[must_use]
pub fn value(of: &Simulated<'_>) -> Value {
    let simulation = of.simulation;
    let model = |(place, (name, accuracy)): (usize, &(String, f64))| json!({ "name": name, "accuracy": accuracy, "best": simulation.best.contains(&place) });
    json!({
        "images": simulation.images,
        "without_truth": simulation.without_truth,
        "budget": simulation.budget,
        "seed": of.seed,
        "models": simulation.models.iter().enumerate().map(model).collect::<Vec<Value>>(),
        "methods": simulation.methods,
        "notes": of.notes,
        "provenance": {
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "command_line": of.command_line,
        },
    })
}

/// Writes `simulation.json`, `simulation.csv`, the figure, `simulation.md` and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, of: &Simulated<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("simulation.json", &format!("{:#}\n", value(of)))?;
    let text = curves(of.simulation).map_err(|error| draft.failed("simulation.csv", error))?;
    draft.write("simulation.csv", &text)?;
    let document = document(of)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("simulation.md", &markdown::render(&document))?;
    let names: Vec<String> = of.simulation.models.iter().map(|(name, _)| name.clone()).collect();
    let frame = Frame { language: of.language, names: &names, ..Frame::default() };
    draft.write("index.html", &page::render_in(&document, frame))?;
    draft.publish()
}

/// `simulation.csv`: a row for each method and number of labels.
fn curves(simulation: &Simulation) -> io::Result<String> {
    let rows = simulation.methods.iter().flat_map(|method| {
        method.regret.iter().zip(&method.found_by).enumerate().map(move |(labels, (regret, found))| {
            vec![method.method.name().to_string(), labels.to_string(), regret.to_string(), found.to_string()]
        })
    });
    csv_of(&["method", "labels", "regret", "found"], rows)
}

fn document(of: &Simulated<'_>) -> Result<Document, ReportError> {
    let simulation = of.simulation;
    let mut blocks = vec![Block::Heading(2, "How many labels does it take?".to_string()), Block::Table(methods(simulation))];
    blocks.extend(drawn::regret(simulation)?);
    blocks.push(Block::Paragraph(texts::METHODS.to_string()));
    blocks.push(Block::Heading(2, "The models".to_string()));
    let mut table = Table::new(&[("model", false), ("right", true), ("best", false)]);
    for (place, (name, accuracy)) in simulation.models.iter().enumerate() {
        let best = if simulation.best.contains(&place) { "★" } else { "" };
        table.push([name.clone(), percent(Some(*accuracy)), best.to_string()]);
    }
    blocks.push(Block::Table(table));
    if !of.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(of.notes.to_vec())]);
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    blocks.push(Block::List(vec![
        format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        format!("Command: {}", of.command_line),
    ]));
    Ok(Document { title: "Which images should be labelled next?".to_string(), verdicts: vec![verdict(simulation)], blocks })
}

fn methods(simulation: &Simulation) -> Table {
    debug_assert_eq!(SIMULATION.len(), 5, "a column for each");
    let columns = [
        ("method", false),
        ("repetitions", true),
        ("best model found", true),
        ("labels needed", true),
        ("cumulative regret", true),
        ("final regret", true),
    ];
    let mut table = Table::new(&columns);
    for method in &simulation.methods {
        table.push([
            method.method.name().to_string(),
            count(method.repetitions),
            percent(Some(method.found)),
            method.labels_needed.map_or_else(|| decimal(None, 0), count),
            decimal(Some(method.cumulative_regret), 3),
            percent(Some(method.final_regret)),
        ]);
    }
    table
}
