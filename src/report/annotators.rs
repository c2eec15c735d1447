//! The folder of annotators and of classifiers among them: JSON, tables, a figure and a page.

mod drawn;
mod tables;
mod texts;
mod verdict;

pub use verdict::verdict;

use super::document::{Block, Document};
use super::error::ReportError;
use super::folder::Draft;
use super::language::Language;
use super::overwrite::Overwrite;
use super::page::Frame;
use super::text::count;
use super::{markdown, page};
use crate::scores::annotators::{Annotators, Panel};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What the folder is made from.
#[derive(Debug, Clone, Copy)]
pub struct JudgedAnnotators<'a> {
    /// Who says what.
    pub panel: &'a Panel,
    /// The numbers.
    pub judged: &'a Annotators,
    /// What was read and decided, one sentence each.
    pub notes: &'a [String],
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: &'a [String],
    /// The command that made it.
    pub command_line: &'a str,
    /// The language that the page opens in.
    pub language: Language,
}

/// What `annotators.json` has.
#[must_use]
pub fn value(of: &JudgedAnnotators<'_>) -> Value {
    let (judged, panel) = (of.judged, of.panel);
    let consensus = &judged.consensus;
    let (rounds, converged) = consensus.rounds();
    let steps = consensus.steps().map(|steps| {
        let of = |(rater, steps): (&crate::scores::annotators::Rater, &[f64; 8])| json!({ "name": rater.name, "steps": steps });
        panel.annotators.iter().zip(steps).map(of).collect::<Vec<Value>>()
    });
    json!({
        "images": panel.images.len(),
        "agreement": judged.agreement,
        "agreement_tree": judged.tree,
        "human_level": judged.human,
        "annotators": judged.raters,
        "annotator_pairs": judged.pairs,
        "consensus": {
            "kind": consensus.kind,
            "rank": consensus.rank.map(crate::taxonomy::rank::Rank::name),
            "taxa": consensus.taxa.len(),
            "labels": consensus.labels,
            "above": consensus.above,
            "smoothing": consensus.smoothing,
            "log_likelihood": consensus.log_likelihood(),
            "rounds": rounds,
            "converged": converged,
            "steps": steps,
        },
        "notes": all_notes(of),
        "warnings": of.warnings,
        "provenance": {
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "command_line": of.command_line,
            "taxonomy_sha256": panel.taxonomy.fingerprint(),
        },
    })
}

/// What was read and decided, and what cannot be said.
fn all_notes(of: &JudgedAnnotators<'_>) -> Vec<String> {
    of.notes.iter().chain(&of.judged.notes).cloned().collect()
}

/// Writes `annotators.json`, `annotators.csv`, `annotator_ranks.csv`, `pairs.csv`, `items.csv`, the figure, `annotators.md` and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, of: &JudgedAnnotators<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("annotators.json", &format!("{:#}\n", value(of)))?;
    for (name, text) in [
        ("annotators.csv", tables::raters(of.judged)),
        ("annotator_ranks.csv", tables::ranks(of.judged)),
        ("pairs.csv", tables::pairs(of.judged)),
        ("items.csv", tables::items(of.panel, of.judged)),
    ] {
        draft.write(name, &text.map_err(|error| draft.failed(name, error))?)?;
    }
    let document = document(of)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("annotators.md", &markdown::render(&document))?;
    let names: Vec<String> = of.panel.annotators.iter().chain(&of.panel.classifiers).map(|rater| rater.name.clone()).collect();
    let frame = Frame { language: of.language, names: &names, ..Frame::default() };
    draft.write("index.html", &page::render_in(&document, frame))?;
    draft.publish()
}

fn document(of: &JudgedAnnotators<'_>) -> Result<Document, ReportError> {
    let judged = of.judged;
    let mut blocks: Vec<Block> = of.warnings.iter().cloned().map(Block::Warning).collect();
    blocks.push(Block::Heading(2, "How far do the annotators agree?".to_string()));
    blocks.push(Block::Table(texts::agreement(judged)));
    blocks.push(Block::Paragraph(texts::tree(&judged.tree)));
    blocks.push(Block::Heading(2, "Who says what the others say?".to_string()));
    blocks.extend(drawn::human_level(judged)?);
    blocks.push(Block::Table(texts::raters(judged)));
    blocks.extend(texts::differences(judged).map(Block::Table));
    blocks.push(Block::Paragraph(texts::REFERENCES.to_string()));
    blocks.push(Block::Heading(2, "What do they say together?".to_string()));
    blocks.push(Block::Paragraph(texts::consensus(&judged.consensus)));
    blocks.extend(texts::steps(of.panel, judged).map(Block::Table));
    let notes = all_notes(of);
    if !notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(notes)]);
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    let taxonomy = &of.panel.taxonomy;
    blocks.push(Block::List(vec![
        format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        format!("Command: {}", of.command_line),
        format!("Taxonomy: {} taxa, sha256 {}", count(taxonomy.len() as u64), taxonomy.fingerprint()),
    ]));
    let title = "Annotators as references".to_string();
    Ok(Document { title, verdicts: verdict(judged), blocks })
}
