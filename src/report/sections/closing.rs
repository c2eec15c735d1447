//! What stands at the end of a report: notes, definitions, how the run was computed, provenance.

use super::super::computed;
use super::super::document::{Block, Table};
use super::super::options::ReportOptions;
use super::super::text::{count, counted};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::metric;
use crate::taxonomy::Taxonomy;

pub(super) fn blocks(taxonomy: &Taxonomy, runs: &[(Answers, Scores)], options: &ReportOptions<'_>) -> Vec<Block> {
    let mut blocks = notes(runs);
    blocks.push(Block::Heading(2, "What the metrics mean".to_string()));
    blocks.push(Block::Details("Names, formulas, directions, sources".to_string(), vec![Block::Table(definitions())]));
    if let Some(record) = options.record {
        blocks.push(Block::Heading(2, "How it was computed".to_string()));
        blocks.push(Block::List(computed::lines(record)));
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    blocks.push(Block::List(provenance(taxonomy, runs, options)));
    blocks
}

fn notes(runs: &[(Answers, Scores)]) -> Vec<Block> {
    // What several runs say is said once, with the runs where it is not all of them.
    let mut said: Vec<(&str, Vec<&str>)> = vec![];
    for (_, scores) in runs {
        for note in &scores.notes {
            match said.iter_mut().find(|(known, _)| known == note) {
                Some((_, of)) if of.last() == Some(&scores.name.as_str()) => {}
                Some((_, of)) => of.push(&scores.name),
                None => said.push((note, vec![&scores.name])),
            }
        }
    }
    let line = |(note, of): (&str, Vec<&str>)| {
        if of.len() == runs.len() { note.to_string() } else { format!("{}: {note}", of.join(", ")) }
    };
    let notes: Vec<String> = said.into_iter().map(line).collect();
    if notes.is_empty() {
        return vec![];
    }
    vec![Block::Heading(2, "Decisions made on the way".to_string()), Block::List(notes)]
}

/// The list of all metrics as a table.
#[must_use]
pub(super) fn definitions() -> Table {
    let mut table = Table::new(&[
        ("block", false),
        ("metric", false),
        ("meaning", false),
        ("formula", false),
        ("better", false),
        ("range", false),
        ("interval", false),
        ("source", false),
    ]);
    for metric in metric::all() {
        let cells = [
            metric.block.key(),
            metric.name,
            metric.sentence,
            metric.formula,
            metric.direction.word(),
            metric.range,
            metric.interval().unwrap_or_default(),
            metric.source,
        ];
        table.push(cells.map(str::to_string));
    }
    table
}

fn provenance(taxonomy: &Taxonomy, runs: &[(Answers, Scores)], options: &ReportOptions<'_>) -> Vec<String> {
    let mut lines = vec![format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))];
    if let Some(command_line) = options.command_line {
        lines.push(format!("Command: {command_line}"));
    }
    lines.extend(options.sources.iter().map(|source| format!("{}: sha256 {}", source.path, source.sha256)));
    if let Some(parts) = options.parts {
        let images = counted(parts.images, "image", "images");
        lines.push(format!("{images}, added up from parts; parts.json says from which."));
    }
    let from = options.taxonomy_source.map(|source| format!(" from {source}")).unwrap_or_default();
    let taxa = count(taxonomy.len() as u64);
    lines.push(format!("Taxonomy{from}: {taxa} taxa, sha256 {}", taxonomy.fingerprint()));
    let tree = runs[0].1.how_wrong.tree.name();
    lines.push(format!("Edges and lineages are counted in the tree '{tree}' (--tree)."));
    lines
}
