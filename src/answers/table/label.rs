//! Labels of a table: each distinct one is read once, into a lineage.

use super::error::TableError;
use super::frame::Frame;
use super::interned::{Interned, combine};
use super::lineage::{self, Cell, Cells, Grammar};
use super::steps::{Steps, assemble, capitalised};
use super::{dict, score};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use regex::Regex;

/// What a cell, or the cells of one lineage, say.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Label {
    /// Nothing.
    Missing,
    /// A name with as much of its lineage as the table has.
    Named {
        /// The name as the table has it.
        text: String,
        steps: Steps,
        /// The id of the taxon, where the table has one.
        id: Option<String>,
        /// A score written into the label (dictionaries).
        score: Option<f64>,
    },
    /// A lineage of which not every step has a rank prefix: see [`super::settling::settle`].
    Lineage {
        /// The lineage as the table has it.
        text: String,
        /// Its steps, the empty ones too.
        cells: Vec<Cell>,
    },
    /// Something that is no scientific name.
    Unreadable(String),
}

impl Label {
    /// The text of the table, for lists of names.
    pub(super) fn text(&self) -> &str {
        match self {
            Label::Missing => "",
            Label::Named { text, .. } | Label::Lineage { text, .. } | Label::Unreadable(text) => text,
        }
    }

    /// The finest rank of a name.
    pub(super) fn rank(&self) -> Option<Rank> {
        match self {
            Label::Named { steps, .. } => steps.last().map(|&(rank, _)| rank),
            Label::Lineage { cells, .. } => lineage::ranks::of_one(cells).last().map(|&(rank, _)| rank),
            Label::Missing | Label::Unreadable(_) => None,
        }
    }
}

/// Place of a label in [`Labels`].
pub(super) type LabelId = u32;

/// All distinct labels met in the tables.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) all: Vec<Label>,
}

/// Where labels stand in a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum LabelSource {
    /// One column: names, lineages or dictionaries.
    Text(String),
    /// One column per rank.
    Ranks(Vec<(Rank, String)>),
    /// A column of names and one that says their ranks.
    Levelled { text: String, level: String },
}

impl LabelSource {
    /// The columns, for notes.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            LabelSource::Text(column) => vec![column],
            LabelSource::Ranks(ranks) => ranks.iter().map(|(_, column)| column.as_str()).collect(),
            LabelSource::Levelled { text, level } => vec![text, level],
        }
    }
}

/// How to read the cells of a column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading<'a> {
    pub(super) separator: Option<char>,
    pub(super) pattern: Option<&'a Regex>,
}

impl Labels {
    /// Adds a label.
    pub(super) fn push(&mut self, label: Label) -> LabelId {
        self.all.push(label);
        LabelId::try_from(self.all.len() - 1).unwrap_or(LabelId::MAX)
    }

    /// Reads the labels of all rows: one id per row.
    pub(super) fn read(&mut self, frame: &Frame, source: &LabelSource, reading: Reading) -> Result<Vec<LabelId>, TableError> {
        let first = self.all.len();
        let (labels, rows) = match source {
            LabelSource::Text(column) => {
                let interned = Interned::of(&frame.texts(column)?);
                check_sentences(frame, column, &interned.texts, reading)?;
                check_lengths(frame, column, &interned.texts, reading)?;
                (text_labels(&interned.texts, reading), interned.rows)
            }
            LabelSource::Ranks(columns) => {
                let texts = columns.iter().map(|(_, column)| frame.texts(column)).collect::<Result<Vec<_>, _>>()?;
                let interned = Interned::of_all(&texts);
                let (tuples, rows) = combine(&interned);
                let label = |tuple: &Vec<u32>| {
                    let texts = tuple.iter().zip(&interned).map(|(&id, column)| column.texts[id as usize].as_str());
                    rank_label(&columns.iter().map(|&(rank, _)| rank).zip(texts).collect::<Vec<_>>())
                };
                (tuples.iter().map(label).collect(), rows)
            }
            LabelSource::Levelled { text, level } => {
                let interned = [Interned::of(&frame.texts(text)?), Interned::of(&frame.texts(level)?)];
                let (tuples, rows) = combine(&interned);
                let cell = |tuple: &Vec<u32>, column: usize| interned[column].texts[tuple[column] as usize].as_str();
                (tuples.iter().map(|tuple| name_label(cell(tuple, 0), Rank::parse(cell(tuple, 1)))).collect(), rows)
            }
        };
        self.all.extend::<Vec<Label>>(labels);
        let first = LabelId::try_from(first).unwrap_or(LabelId::MAX);
        Ok(rows.into_iter().map(|row| row + first).collect())
    }
}

/// Sentences read as names would become taxa (`The answer`): refused where half the texts are some.
fn check_sentences(frame: &Frame, column: &str, texts: &[String], reading: Reading) -> Result<(), TableError> {
    let sentences: Vec<&String> = texts.iter().filter(|text| is_sentence(text)).collect();
    match sentences.first() {
        Some(first) if reading.pattern.is_none() && sentences.len() * 2 >= texts.len() => {
            let example = first.chars().take(60).collect();
            Err(TableError::Sentences { path: frame.path.clone(), column: column.to_string(), example })
        }
        _ => Ok(()),
    }
}

/// Lineages longer than any taxonomy's are no lineages, and cost the square of their length.
fn check_lengths(frame: &Frame, column: &str, texts: &[String], reading: Reading) -> Result<(), TableError> {
    let separators: Vec<char> = reading.separator.map_or_else(|| vec![';', '|'], |separator| vec![separator]);
    let steps = |text: &str| separators.iter().map(|&by| text.split(by).count()).max().unwrap_or(1);
    let longest = texts.iter().map(|text| steps(text)).max().unwrap_or(0);
    if longest <= lineage::MOST_STEPS {
        return Ok(());
    }
    let what = format!(
        "column '{column}' holds a lineage of {longest} steps, and at most {} can be read; shorten it",
        lineage::MOST_STEPS
    );
    Err(TableError::Format { path: frame.path.clone(), line: None, what })
}

/// Whether a text has words that no scientific name or authorship has.
fn is_sentence(text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    !text.trim_start().starts_with('{')
        && words
            .into_iter()
            .any(|word| ["is", "the", "this", "answer", "cannot", "est", "cette", "réponse"].contains(&word.as_str()))
}

fn text_labels(texts: &[String], reading: Reading) -> Vec<Label> {
    let captured: Vec<Option<&str>> = texts.iter().map(|text| capture(text, reading.pattern)).collect();
    let grammar = Grammar::of(&captured.iter().flatten().copied().collect::<Vec<_>>(), reading.separator);
    texts
        .iter()
        .zip(captured)
        .map(|(text, captured)| match captured {
            Some(name) => label_in(name, &grammar),
            None if name::is_missing(text) => Label::Missing,
            None => Label::Unreadable(text.clone()),
        })
        .collect()
}

fn capture<'a>(text: &'a str, pattern: Option<&Regex>) -> Option<&'a str> {
    let Some(pattern) = pattern else { return Some(text) };
    let groups = pattern.captures(text)?;
    groups.get(1).or_else(|| groups.get(0)).map(|group| group.as_str())
}

/// Reads one cell in the grammar of its column.
pub(super) fn label_in(text: &str, grammar: &Grammar) -> Label {
    if name::is_missing(text) {
        return Label::Missing;
    }
    match grammar {
        Grammar::Names => name_label(text, None),
        Grammar::Dicts => dict_label(text),
        Grammar::Lineages { separator } => lineage_label(text, *separator),
        Grammar::SpeciesNet => {
            let steps = assemble(&lineage::species_net_cells(text));
            named(text, steps.into_iter().map(|(rank, name)| (rank, capitalised(&name))).collect(), None)
        }
    }
}

pub(super) fn named(text: &str, steps: Steps, score: Option<f64>) -> Label {
    if steps.is_empty() { Label::Missing } else { Label::Named { text: text.trim().to_string(), steps, id: None, score } }
}

/// A lineage: its ranks are known where every step has a prefix, or where it is one name.
fn lineage_label(text: &str, separator: char) -> Label {
    let cells = lineage::split(text, separator);
    let held = || cells.iter().filter(|(_, name)| !name::is_missing(name));
    if held().all(|(rank, _)| rank.is_some()) {
        return named(text, assemble(&lineage::cells(text, separator, &[])), None);
    }
    if let (1, [(None, name)]) = (held().count(), &cells[..])
        && lineage::ranks::of_one(&cells).iter().all(|(rank, _)| rank.is_unranked() || *rank >= Rank::Genus)
    {
        return name_label(name, None);
    }
    Label::Lineage { text: text.trim().to_string(), cells }
}

/// Reads a name of which nothing but perhaps its rank is known.
pub(super) fn name_label(text: &str, rank: Option<Rank>) -> Label {
    if name::is_missing(text) {
        return Label::Missing;
    }
    if is_sentence(text) {
        return Label::Unreadable(text.trim().to_string());
    }
    let steps = match rank {
        Some(rank) if rank < Rank::Genus => vec![(rank, name::normalise(text))],
        Some(Rank::Genus) => assemble(&[(Rank::Genus, text)]),
        _ => match name::parse(text) {
            None => return Label::Unreadable(text.trim().to_string()),
            Some(parsed) if parsed.rank == Rank::Genus && name::higher::is_family(&parsed.canonical) => {
                vec![(Rank::Family, parsed.canonical)]
            }
            Some(_) => assemble(&[(Rank::Species, text)]),
        },
    };
    named(text, steps, None)
}

fn dict_label(text: &str) -> Label {
    let Some(pairs) = dict::parse(text) else { return Label::Unreadable(text.trim().to_string()) };
    let rank = |key: &str| Rank::from_name(key).filter(|rank| !rank.is_unranked() && *rank != Rank::Root);
    let mut cells: Cells = pairs.iter().filter_map(|(key, value)| rank(key).map(|rank| (rank, value.as_str()))).collect();
    cells.sort_by_key(|&(rank, _)| rank);
    let score = pairs.iter().find(|(key, _)| key == "score").and_then(|(_, value)| score::number(value));
    let steps = assemble(&cells);
    let text = steps.last().map(|(_, name)| name.clone()).unwrap_or_default();
    named(&text, steps, score)
}

fn rank_label(cells: &[(Rank, &str)]) -> Label {
    let mut cells: Cells = cells.iter().copied().filter(|(_, text)| !name::is_missing(text)).collect();
    cells.sort_by_key(|&(rank, _)| rank);
    let text = cells.last().map(|(_, text)| *text).unwrap_or_default();
    named(text, assemble(&cells), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_the_ending_of_families_is_a_family() {
        assert_eq!(name_label("Carabidae sp.", None).rank(), Some(Rank::Family));
        assert_eq!(name_label("Daucus", None).rank(), Some(Rank::Genus));
        assert_eq!(name_label("Insecta", Some(Rank::Class)).rank(), Some(Rank::Class));
        assert_eq!(name_label("grevy's zebra", None), Label::Unreadable("grevy's zebra".to_string()));
    }
}
