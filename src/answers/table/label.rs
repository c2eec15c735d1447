//! Labels of a table: what a cell, or the cells of one lineage, say.

use super::dictionary::Dictionary;
use super::lineage::{self, Cell};
use super::steps::{Steps, assemble};
use super::title_case::in_lower_case;
use crate::answers::non_taxon::{Shown, UNKNOWN, says_unknown};
use crate::taxonomy::name;
use crate::taxonomy::name::vernacular::{Sign, sign};
use crate::taxonomy::rank::Rank;
use regex::Regex;
use std::collections::HashMap;

pub(super) use super::label_source::LabelSource;

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
        /// The common name that the table gives beside it.
        common: Option<String>,
    },
    /// A lineage of which not every step has a rank prefix: see [`super::settling::settle`].
    Lineage {
        /// The lineage as the table has it.
        text: String,
        /// Its steps, the empty ones too.
        cells: Vec<Cell>,
    },
    /// A name by itself, not yet taken apart: settled when all labels of all tables are known.
    Name { text: String },
    /// A name taken as it stands: a common name, a class that is no scientific name, a name that the given taxonomy
    /// knows whole.
    Whole { text: String },
    /// Something that is no name.
    Unreadable(String),
    /// A word for what is no taxon, or for an animal of which nothing else is said.
    NonTaxon { text: String, shown: Shown },
}

impl Label {
    /// The text of the table, for lists of names.
    pub(super) fn text(&self) -> &str {
        match self {
            Label::Missing => "",
            Label::Named { text, .. }
            | Label::Lineage { text, .. }
            | Label::Name { text }
            | Label::Whole { text }
            | Label::NonTaxon { text, .. }
            | Label::Unreadable(text) => text,
        }
    }

    /// The finest rank of a name.
    pub(super) fn rank(&self) -> Option<Rank> {
        match self {
            Label::Named { steps, .. } => steps.last().map(|&(rank, _)| rank),
            Label::Lineage { cells, .. } => lineage::ranks::of_one(cells).last().map(|&(rank, _)| rank),
            // In Title Case the second word could be an epithet, and a common name is as fine as a species.
            Label::Name { text } if in_lower_case(&name::normalise(text)).is_some() || sign(text) == Sign::Strong => {
                Some(Rank::Species)
            }
            Label::Name { text } => name_label(text, None).rank(),
            Label::Whole { .. } => Some(Rank::Species),
            Label::Missing | Label::Unreadable(_) | Label::NonTaxon { .. } => None,
        }
    }

    /// The score that is written into it (dictionaries).
    pub(super) fn score(&self) -> Option<f64> {
        if let Label::Named { score, .. } = self { *score } else { None }
    }

    /// A text without a name in it: nothing, or the word of somebody who could not tell.
    pub(super) fn nothing(text: &str) -> Label {
        if says_unknown(text) {
            Label::NonTaxon { text: text.trim().to_string(), shown: Shown::Class(UNKNOWN) }
        } else {
            Label::Missing
        }
    }

    /// Whether nothing is said of what a picture shows, or that it cannot be said.
    pub(super) fn says_nothing(&self) -> bool {
        matches!(self, Label::Missing | Label::NonTaxon { shown: Shown::Nothing | Shown::Class(UNKNOWN), .. })
    }
}

/// Place of a label in [`Labels`].
pub(super) type LabelId = u32;

/// What rows need of labels as they were read.
#[derive(Debug, Default)]
pub(super) struct Facts {
    say_nothing: Vec<bool>,
    /// Few have one.
    scores: HashMap<LabelId, f64>,
}

/// All distinct labels met in the tables.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) all: Vec<Label>,
    /// Where a table is read part by part: which label each cell is in all of the parts.
    pub(super) dictionary: Option<Dictionary>,
}

impl Labels {
    /// The text of a label; empty for one that there is not.
    pub(super) fn text(&self, id: LabelId) -> &str {
        match self.dictionary.as_ref().and_then(|dictionary| dictionary.text(id)) {
            Some(text) => text,
            None => self.all.get(id as usize).map_or("", Label::text),
        }
    }

    /// Whether a label was read as nothing, or as the word of somebody who could not tell.
    pub(super) fn says_nothing(&self, id: LabelId) -> bool {
        match self.dictionary.as_ref().and_then(|dictionary| dictionary.says_nothing(id)) {
            Some(says_nothing) => says_nothing,
            None => self.all.get(id as usize).is_some_and(Label::says_nothing),
        }
    }

    /// The score that is written into a label.
    pub(super) fn score(&self, id: LabelId) -> Option<f64> {
        match self.dictionary.as_ref().and_then(|dictionary| dictionary.score(id)) {
            Some(score) => score,
            None => self.all.get(id as usize).and_then(Label::score),
        }
    }

    /// Whether they are those of a table that is read part by part.
    pub(super) fn are_of_parts(&self) -> bool {
        self.dictionary.is_some()
    }

    /// What rows need of labels as they were read, before they become taxa.
    pub(super) fn facts(&self) -> Facts {
        let with_score = |(id, label): (LabelId, &Label)| label.score().map(|score| (id, score));
        Facts {
            say_nothing: self.all.iter().map(Label::says_nothing).collect(),
            scores: (0..).zip(&self.all).filter_map(with_score).collect(),
        }
    }

    /// Keeps of labels that have become taxa what rows need: a table of all that is known may have a million of them.
    pub(super) fn abridge(&mut self, facts: Facts) {
        let Some(dictionary) = &mut self.dictionary else { return };
        let texts = std::mem::take(&mut self.all).into_iter().map(|label| label.text().into()).collect();
        dictionary.keep(texts, facts.say_nothing, facts.scores);
    }

    /// Adds a label.
    pub(super) fn push(&mut self, label: Label) -> LabelId {
        self.all.push(label);
        LabelId::try_from(self.all.len() - 1).unwrap_or(LabelId::MAX)
    }
}

/// How to read the cells of a column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading<'a> {
    pub(super) separator: Option<char>,
    pub(super) pattern: Option<&'a Regex>,
}

/// Whether a text has words that no scientific name or authorship has.
pub(super) fn is_sentence(text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    !text.trim_start().starts_with('{')
        && words
            .into_iter()
            .any(|word| ["is", "the", "this", "answer", "cannot", "est", "cette", "réponse"].contains(&word.as_str()))
}

/// A label of a lineage; nothing where that is empty.
pub(super) fn named(text: &str, steps: Steps, score: Option<f64>) -> Label {
    if steps.is_empty() {
        Label::Missing
    } else {
        Label::Named { text: text.trim().to_string(), steps, id: None, score, common: None }
    }
}

/// Reads a name of which nothing but perhaps its rank is known, without regard to other names: never a [`Label::Name`].
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

    #[test]
    fn a_lone_name_has_the_rank_that_it_could_have() {
        let rank = |text: &str| Label::Name { text: text.to_string() }.rank();
        assert_eq!(rank("Panthera"), Some(Rank::Genus));
        assert_eq!(rank("Panthera Leo"), Some(Rank::Species));
        assert_eq!(rank("coyote"), Some(Rank::Species));
        assert_eq!(rank("Panthera Oken, 1816"), Some(Rank::Genus));
    }
}
