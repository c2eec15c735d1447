//! Tables without a first line of names, as classifiers of DNA write them: told by what is in them.

use super::content::{Content, Ids, is_binomial};
use super::sources::{Repeated, RunSource};
use crate::answers::table::error::TableError;
use crate::answers::table::frame::Frame;
use crate::answers::table::label::LabelSource;
use crate::answers::table::lineage::has_prefixes;
use polars::prelude::Column;

/// The shapes that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Kraken 2: `C`/`U`, read, taxon, length, k-mers.
    Kraken,
    /// Tabular hits of BLAST: query, subject, ten columns of numbers.
    Hits,
    /// Anything else: the first column names the images.
    Other,
}

fn shape(frame: &Frame) -> Shape {
    let content = Content { frame, ids: Ids::Any };
    let names = frame.names();
    let sample = |column: &str| content.sample(column);
    match names[..] {
        [status, _, _, length, _, ..] if length_like(&sample(length)) && is_status(&sample(status)) => Shape::Kraken,
        [_, _, ref numbers @ ..] if numbers.len() == 10 && numbers.iter().all(|column| content.is_numeric(column)) => Shape::Hits,
        _ => Shape::Other,
    }
}

/// Whether reads are classified (`C`) or not (`U`).
fn is_status(cells: &[String]) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| matches!(cell.as_str(), "C" | "U"))
}

/// Lengths of reads, or of both of a pair: `150`, `150|148`.
fn length_like(cells: &[String]) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| cell.split('|').all(|part| part.parse::<u64>().is_ok()))
}

/// The column of images, where it is not the first.
pub(super) fn image(frame: &Frame) -> Option<String> {
    let names = frame.names();
    (shape(frame) == Shape::Kraken).then(|| names.get(1).map(ToString::to_string)).flatten()
}

/// Columns of a table without header that hold lineages.
fn lineages(content: Content) -> Vec<String> {
    let holds = |column: &&str| content.sample(column).iter().any(|text| is_lineage(text));
    content.frame.names().into_iter().filter(holds).map(str::to_string).collect()
}

/// Whether a text begins like a lineage: `k__Fungi`, `d:Bacteria(1.00),p:Firmicutes(0.99)`.
fn is_lineage(text: &str) -> bool {
    let by_colons = || {
        let mut steps = text.split(',').map(|step| step.trim().split_once(':'));
        steps.all(|step| {
            step.is_some_and(|(rank, name)| rank.len() == 1 && rank.chars().all(char::is_alphabetic) && !name.is_empty())
        })
    };
    has_prefixes(text) || by_colons()
}

/// The label of each row.
pub(super) fn label(frame: &Frame) -> Result<Option<LabelSource>, TableError> {
    let content = Content { frame, ids: Ids::Any };
    let names = frame.names();
    let text = |at: usize| names.get(at).map(|name| LabelSource::Text((*name).to_string()));
    match shape(frame) {
        Shape::Kraken => return Ok(text(2)),
        Shape::Hits => {
            let cells = content.sample(names[1]);
            let readable = cells.iter().filter(|cell| is_binomial(cell) || is_lineage(cell) || cell.contains(';')).count();
            if readable * 2 < cells.len() {
                let (path, column) = (frame.path.clone(), names[1].to_string());
                return Err(TableError::Accessions { path, column, example: cells.first().cloned().unwrap_or_default() });
            }
            return Ok(text(1));
        }
        Shape::Other => {}
    }
    let lineages = lineages(content);
    if let [only] = &lineages[..] {
        return Ok(Some(LabelSource::Text(only.clone())));
    }
    let strand = |column: &str| {
        let cells = content.sample(column);
        !cells.is_empty() && cells.iter().all(|cell| matches!(cell.trim(), "+" | "-"))
    };
    // SINTAX writes the lineage with its supports, the strand, and what of the lineage passed the cutoff.
    if let [_, all, sign, passed] = names[..]
        && lineages.iter().any(|column| column == all)
        && (strand(sign) || content.is_blank(sign))
    {
        let column = if content.is_blank(passed) { all } else { passed };
        return Ok(Some(LabelSource::Text(column.to_string())));
    }
    Ok(match names[..] {
        [_, second] if lineages.is_empty() && !content.is_numeric(second) => Some(LabelSource::Text(second.to_string())),
        // A name and its score.
        [_, second, third] if lineages.is_empty() && !content.is_numeric(second) && content.is_numeric(third) => {
            Some(LabelSource::Text(second.to_string()))
        }
        _ => None,
    })
}

/// The run of a table without header, with its scores where its shape has them.
pub(super) fn run(frame: &Frame) -> Result<Option<RunSource>, TableError> {
    let names = frame.names();
    let score = (shape(frame) == Shape::Hits).then(|| names.last().map(ToString::to_string)).flatten();
    Ok(label(frame)?.map(|label| {
        let name = label.main_column().to_string();
        RunSource::single(name, label, score)
    }))
}

/// Several hits of one subject are one answer.
pub(super) fn repeated(frame: &Frame) -> Repeated {
    if shape(frame) == Shape::Hits { Repeated::Best } else { Repeated::Refused }
}

/// Kraken 2's `0` is no taxon: blank.
///
/// # Errors
///
/// A column that cannot be read.
pub(in crate::answers::table) fn without_zeros(mut frame: Frame) -> Result<Frame, TableError> {
    if frame.header || shape(&frame) != Shape::Kraken {
        return Ok(frame);
    }
    let Some(column) = frame.names().get(2).map(ToString::to_string) else { return Ok(frame) };
    let held = |text: Option<&str>| text.filter(|text| text.trim() != "0").map(str::to_string);
    let cells: Vec<Option<String>> = frame.texts(&column)?.iter().map(held).collect();
    let replaced = frame.data.with_column(Column::new(column.as_str().into(), cells)).map(|_| ());
    replaced.map_err(|error| {
        let what = format!("column '{column}' cannot be read: {error}");
        TableError::Format { path: frame.path.clone(), line: None, what }
    })?;
    Ok(frame)
}
