//! The folder of a retrieval: of embeddings against each other, or of runs against judgements.

mod csv;
mod runs;
mod tables;

pub use csv::queries_csv;
pub use runs::{Evaluated, runs_csv, runs_value, write_runs};
pub use tables::{flag_table, measure_table, triplet_line};

use super::document::{Block, Document, Table};
use super::folder::Draft;
use super::text::{count, decimal, percent_with_interval};
use super::{Overwrite, ReportError, markdown, page};
use crate::scores::gate::Verdict;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::retrieval::search::{Measured, Search};
use csv::{hard_negatives_csv, measures_csv};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use tables::{drawn, flags, measure_table_with_intervals, triplets};

/// What a search was made from.
pub struct Searched<'a> {
    /// The documents.
    pub index: &'a Embeddings,
    /// The queries, where they are others.
    pub queries: Option<&'a Embeddings>,
    /// What came of it.
    pub search: &'a Search,
    /// Gates, held against it.
    pub gates: &'a [Verdict],
    /// The command.
    pub command_line: &'a str,
}

/// Everything of a search for programs; gates read the same names.
#[must_use]
pub fn value(searched: &Searched<'_>) -> Value {
    let search = searched.search;
    let mut value = json!(search);
    let ties = search.triplets.as_ref().map(|triplets| triplets.ties);
    value["notes"] = json!(search.notes);
    value["tied_triplets"] = json!(ties);
    value["hard_negatives"] = json!(search.hard_negatives.len());
    if !searched.gates.is_empty() {
        value["gates"] = json!(searched.gates);
    }
    value["provenance"] = provenance(searched.command_line, Some(&searched.index.taxonomy.fingerprint()));
    value
}

/// Values of a search by name, as gates look for them.
#[must_use]
pub fn blocks(search: &Search) -> Value {
    let mut blocks = Map::new();
    for measured in &search.measured {
        insert(&mut blocks, measured);
    }
    blocks.insert("triplets".to_string(), json!(search.triplets));
    for share in &search.top_shares {
        for (name, value, low, high) in [
            ("pos", share.positives, share.positives_low, share.positives_high),
            ("neg", share.negatives, share.negatives_low, share.negatives_high),
        ] {
            let name = format!("{name}_top_{}", share.k);
            blocks.insert(format!("{name}_low"), json!(low));
            blocks.insert(format!("{name}_high"), json!(high));
            if let Some(reason) = share.no_interval.as_ref().filter(|_| value.is_some() && low.is_none()) {
                explain(&mut blocks, &name, reason);
            }
            blocks.insert(name, json!(value));
        }
    }
    Value::Object(blocks)
}

fn insert(blocks: &mut Map<String, Value>, measured: &Measured) {
    blocks.insert(measured.name.clone(), json!(measured.value));
    blocks.insert(format!("{}_low", measured.name), json!(measured.low));
    blocks.insert(format!("{}_high", measured.name), json!(measured.high));
    if let Some(reason) = &measured.no_interval {
        explain(blocks, &measured.name, reason);
    }
}

/// Writes down why a value has no interval.
fn explain(blocks: &mut Map<String, Value>, name: &str, reason: &str) {
    let reasons = blocks.entry("no_interval").or_insert_with(|| json!({}));
    reasons[name] = json!(reason);
}

fn provenance(command_line: &str, taxonomy: Option<&str>) -> Value {
    json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy_sha256": taxonomy,
    })
}

/// Writes `retrieval.json`, `measures.csv`, `queries.csv`, `hard_negatives.csv`, the figure, `retrieval.md` and
/// `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, searched: &Searched<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("retrieval.json", &format!("{:#}\n", value(searched)))?;
    draft.write("measures.csv", &measures_csv(searched.search).map_err(|error| draft.failed("measures.csv", error))?)?;
    draft.write("queries.csv", &queries_csv(searched).map_err(|error| draft.failed("queries.csv", error))?)?;
    let negatives = hard_negatives_csv(searched).map_err(|error| draft.failed("hard_negatives.csv", error))?;
    draft.write("hard_negatives.csv", &negatives)?;
    let document = document(searched)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("retrieval.md", &markdown::render(&document))?;
    draft.write("index.html", &page::render(&document))?;
    draft.publish()
}

/// One sentence: how often the first document is right, at the finest rank.
#[must_use]
pub fn verdict(search: &Search) -> String {
    let Some(finest) = search.levels.last() else { return "No rank occurs.".to_string() };
    let first = search.measured.iter().find(|of| of.measure == "precision@1" && of.level == Some(finest.grade));
    match first {
        Some(first) => format!(
            "The nearest of {} documents is of the same {} for {} of {} queries that have one.",
            count(search.documents as u64),
            finest.rank,
            percent_with_interval(first.value, first.low, first.high),
            count(first.n as u64)
        ),
        None => format!("{} queries against {} documents.", count(search.queries as u64), count(search.documents as u64)),
    }
}

/// How vectors were ranked, in a sentence.
#[must_use]
pub fn setting(search: &Search, others: bool) -> String {
    let similarity = json!(search.similarity);
    format!(
        "{} queries, {} documents{}; {} of vectors of length {}{}; {}.",
        count(search.queries as u64),
        count(search.documents as u64),
        match (others, search.across_observations) {
            (true, _) => "",
            (false, false) => ", a query never its own document",
            (false, true) => ", none of the query's own observation",
        },
        similarity.as_str().unwrap_or_default(),
        search.width,
        if search.norm == "l2" { ", divided by their lengths" } else { ", as they are" },
        search.depth.map_or_else(|| "whole rankings".to_string(), |depth| format!("the first {depth} of each ranking")),
    )
}

fn document(searched: &Searched<'_>) -> Result<Document, ReportError> {
    let search = searched.search;
    let mut blocks = vec![
        Block::Paragraph(setting(search, searched.queries.is_some())),
        Block::Heading(2, "Rankings, rank by rank".to_string()),
        Block::Table(measure_table_with_intervals(search)),
        Block::Paragraph(format!(
            "A document is relevant at a rank if it shares that rank with the query; measures have the definitions of ranx (map@r: \
             MAP@R), over the queries with something to find. In brackets 95 % intervals, {} drawn; where there is none, \
             measures.csv says why. Equally near documents stand by {}.",
            drawn(search),
            search.ties
        )),
        Block::Heading(2, "What is shown first".to_string()),
        Block::Table(flags(search, true)),
    ];
    if search.yellow_from.is_none() {
        blocks.push(Block::Paragraph(
            "Yellow and red are left out: the rank that says what is acceptable does not occur here (see the decisions below)."
                .to_string(),
        ));
    }
    blocks.extend(triplets(search));
    blocks.push(Block::Heading(2, "Which taxa look alike".to_string()));
    let mut table = Table::new(&[("Mean cosine", false), ("n", true), ("taxa", true), ("within", true), ("between", true)]);
    for row in &search.cosines {
        let counts = [row.n, row.taxa].map(|number| count(number as u64));
        table.push([row.rank.clone(), counts[0].clone(), counts[1].clone(), decimal(row.same, 3), decimal(row.different, 3)]);
    }
    blocks.push(Block::Table(table));
    blocks.extend(picture(searched)?);
    if !search.hard_negatives.is_empty() {
        blocks.push(Block::Paragraph(format!(
            "hard_negatives.csv has the nearest document of another taxon of the same {} for {} queries.",
            search.look_alikes_within.as_deref().unwrap_or("taxon above"),
            count(search.hard_negatives.len() as u64)
        )));
    }
    if !searched.gates.is_empty() {
        let lines = searched.gates.iter().map(|verdict| verdict.line(false)).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !search.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(search.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), searched.command_line)));
    Ok(Document { title: "Every image as a query".to_string(), verdicts: vec![verdict(search)], blocks })
}

#[cfg(feature = "plots")]
fn picture(searched: &Searched<'_>) -> Result<Option<Block>, ReportError> {
    let figure = super::figures::retrieval::similarity(&searched.index.taxonomy, &searched.search.classes)?;
    Ok(figure.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn picture(_searched: &Searched<'_>) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
