//! What labels stand for.

use super::error::examples;
use super::label::LabelId;
use super::tables::Built;
use crate::answers::non_taxon::Shown;
use crate::answers::understood::Matched;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// What a label stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Missing,
    Taxon(TaxonId),
    Outside,
}

/// Taxa of all labels.
#[derive(Debug, Clone)]
pub(super) struct Placed<'a> {
    pub(super) taxonomy: Cow<'a, Taxonomy>,
    pub(super) built: Built,
    /// One per label.
    pub(super) places: Vec<Place>,
    /// The taxon of blank labels, where they are a class of their own.
    pub(super) missing: Option<TaxonId>,
    /// What each label shows to a detector, and the names of the classes that are no taxa; empty where no label is of one.
    pub(super) shown: Vec<Shown>,
    pub(super) classes: Vec<String>,
    /// Labels that were found by a synonym.
    pub(super) synonyms: Vec<LabelId>,
    /// How the distinct names met their taxa.
    pub(super) matched: Vec<Matched>,
    pub(super) notes: Vec<String>,
    /// What would mislead if it were overlooked.
    pub(super) warnings: Vec<String>,
}

/// How a name met its taxon, the surest way first, and how it met none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    Id,
    Lineage,
    Name,
    AsItStands,
    Shortened,
    Synonym,
    OtherName,
    Renamed,
    Species,
    Several,
    Contradicted,
    NoName,
    Unknown,
}

impl Way {
    fn words(self) -> &'static str {
        match self {
            Way::Id => "by id",
            Way::Lineage => "by lineage",
            Way::Name => "by whole name",
            Way::AsItStands => "as they stand",
            Way::Shortened => "without author, qualifier or code",
            Way::Synonym => "by synonym",
            Way::OtherName => "by common name",
            Way::Renamed => "by an id that has another name",
            Way::Species => "as their species",
            Way::Several => "stand for several taxa",
            Way::Contradicted => "contradicted by their lineage",
            Way::NoName => "are no names",
            Way::Unknown => "unknown",
        }
    }
}

/// Counts distinct names by the way they met their taxa.
#[derive(Debug, Default)]
pub(super) struct Ways<'a> {
    names: HashSet<(&'a str, Way)>,
}

impl<'a> Ways<'a> {
    pub(super) fn add(&mut self, text: &'a str, way: Way) {
        self.names.insert((text, way));
    }

    pub(super) fn matched(self) -> Vec<Matched> {
        let mut counts: BTreeMap<Way, u64> = BTreeMap::new();
        for (_, way) in self.names {
            *counts.entry(way).or_default() += 1;
        }
        counts.into_iter().map(|(way, names)| Matched { by: way.words(), names }).collect()
    }
}

/// What is said of labels that stand for several taxa; nothing without labels.
pub(super) fn ambiguous_note(ambiguous: &[&str]) -> Option<String> {
    note(
        ambiguous,
        ["stands for several taxa and counts", "stand for several taxa and count"],
        "as outside the taxonomy; give lineages, ids or a clade",
    )
}

/// A note on some labels, of one and of several; none without labels.
pub(super) fn note(labels: &[&str], [one, several]: [&str; 2], what: &str) -> Option<String> {
    // Several columns and tables have one label.
    let mut met = HashSet::new();
    let labels: Vec<&str> = labels.iter().copied().filter(|label| met.insert(*label)).collect();
    let count = labels.len();
    let verb = form(count, one, several);
    (count > 0).then(|| format!("{} {verb} {what}: {}", counted(count, "label", "labels"), examples(&labels)))
}
