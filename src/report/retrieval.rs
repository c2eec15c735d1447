//! Retrieval: embeddings against each other ([`searching`]), runs against judgements ([`ranking`]), or texts ([`texts`]), from
//! their files to a folder.

mod provenance;
mod writing;
mod note;
mod gates;
mod searched;
mod values;
mod csv;
mod tables;
mod runs;
mod fused;
pub mod searching;
pub mod ranking;
pub mod texts;

pub use csv::queries_csv;
pub use fused::FusedError;
pub use gates::HoldError;
pub use note::Note;
pub use runs::Ranked;
pub use searched::Searched;
pub use tables::{flag_table, measure_table, triplet_line};
pub use values::{blocks, value};
pub use writing::Writing;

use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::scoring::Formulas;
use super::text::{count, decimal, percent_with_interval};
use super::{csv_safe, markdown, page};
use crate::scores::gate::Verdict;
use crate::spaces::retrieval::search::Search;
use csv::{hard_negatives_csv, measures_csv};
use serde_json::json;
use std::path::{Path, PathBuf};
use tables::{drawn, flags, measure_table_with_intervals, triplets};

impl Searched {
    /// Writes `retrieval.json`, `measures.csv`, `queries.csv`, `hard_negatives.csv`, the figure, `retrieval.md` and
    /// `index.html`, each whole, and returns these files.
    ///
    /// # Errors
    ///
    /// [`ReportError`], as for a report.
    pub fn write(&self, folder: &Path, writing: &Writing<'_>) -> Result<Vec<PathBuf>, ReportError> {
        let draft = Draft::beside(folder, writing.overwrite)?;
        draft.write("retrieval.json", &format!("{:#}\n", value(self, writing.command_line)))?;
        draft.write("measures.csv", &measures_csv(&self.search).map_err(|error| draft.failed("measures.csv", error))?)?;
        draft.write("queries.csv", &queries_csv(self).map_err(|error| draft.failed("queries.csv", error))?)?;
        let negatives = hard_negatives_csv(self).map_err(|error| draft.failed("hard_negatives.csv", error))?;
        draft.write("hard_negatives.csv", &negatives)?;
        let document = document(self, writing.command_line)?;
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
pub fn setting(searched: &Searched) -> String {
    let (search, others) = (&searched.search, searched.queries.is_some());
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

fn document(searched: &Searched, command_line: &str) -> Result<Document, ReportError> {
    let search = &searched.search;
    let mut blocks = vec![
        Block::Paragraph(setting(searched)),
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
    if !searched.verdicts.is_empty() {
        let lines = searched.verdicts.iter().map(Verdict::line).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !search.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(search.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    Ok(Document { title: "Every image as a query".to_string(), verdicts: vec![verdict(search)], blocks })
}

#[cfg(feature = "plots")]
fn picture(searched: &Searched) -> Result<Option<Block>, ReportError> {
    let figure = super::figures::retrieval::similarity(&searched.index.taxonomy, &searched.search.classes)?;
    Ok(figure.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn picture(_searched: &Searched) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
