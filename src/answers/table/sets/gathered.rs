//! Labels of an image as a set: each taxon once, unknown names apart.

use super::members::Entry;
use crate::answers::table::label::Labels;
use crate::answers::table::placed::{Place, Placed};
use crate::numbers::ties;
use crate::taxonomy::{TaxonId, name};
use std::collections::{BTreeMap, BTreeSet};

/// From this value on a column of a class says that it is there.
const THERE: f64 = 0.5;

/// Labels with the taxa that they stand for.
#[derive(Clone, Copy)]
pub(super) struct Settled<'a> {
    pub(super) labels: &'a Labels,
    pub(super) placed: &'a Placed<'a>,
}

/// What a label of a set is.
enum What {
    Taxon(TaxonId),
    Unknown(String),
    Nothing,
}

impl TruthSet {
    /// Whether there are truths, and none is a taxon.
    pub(super) fn is_outside(&self) -> bool {
        self.taxa.is_empty() && !self.unknown.is_empty()
    }
}

impl Settled<'_> {
    fn what(self, entry: &Entry) -> What {
        let at = entry.label as usize;
        match (self.placed.places.get(at), self.placed.missing) {
            (Some(Place::Taxon(taxon)), _) => What::Taxon(*taxon),
            (Some(Place::Missing), Some(taxon)) => What::Taxon(taxon),
            (Some(Place::Outside), _) => {
                What::Unknown(self.labels.all.get(at).map(|label| label.text().to_string()).unwrap_or_default())
            }
            _ => What::Nothing,
        }
    }
}

/// What is true of an image.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TruthSet {
    /// Sorted, each once.
    pub(super) taxa: Vec<TaxonId>,
    /// Names that are no taxa.
    pub(super) unknown: BTreeSet<String>,
    /// Whether all that is said is that nobody knows.
    pub(super) is_undetermined: bool,
    /// Members that repeat another one.
    pub(super) repeated: usize,
}

/// The truth of an image; `is_classes` where each entry is a class with a number.
pub(super) fn truth(entries: &[Entry], settled: Settled<'_>, is_classes: bool) -> TruthSet {
    let mut set = TruthSet::default();
    let (mut taxa, mut is_word) = (BTreeSet::new(), false);
    for entry in entries.iter().filter(|entry| !is_classes || entry.score >= THERE) {
        let is_new = match settled.what(entry) {
            What::Taxon(taxon) => taxa.insert(taxon),
            What::Unknown(name) => set.unknown.insert(name),
            What::Nothing => {
                is_word |= entry.is_word;
                true
            }
        };
        set.repeated += usize::from(!is_new);
    }
    set.taxa = taxa.into_iter().collect();
    set.is_undetermined = is_word && set.taxa.is_empty() && set.unknown.is_empty();
    set
}

/// A member of a set of answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    pub(super) taxon: Result<TaxonId, String>,
    pub(super) score: Option<f64>,
}

/// What is answered of an image, the best first, and how many members repeat another one.
pub(super) fn answers(entries: &[Entry], settled: Settled<'_>) -> (Vec<Answered>, usize) {
    let mut members: Vec<Answered> = vec![];
    let mut repeated = 0;
    let mut places: BTreeMap<Result<TaxonId, String>, usize> = BTreeMap::new();
    for entry in entries {
        let taxon = match settled.what(entry) {
            What::Taxon(taxon) => Ok(taxon),
            What::Unknown(name) => Err(name),
            What::Nothing => continue,
        };
        let score = Some(entry.score).filter(|score| !score.is_nan());
        if let Some(&at) = places.get(&taxon) {
            repeated += 1;
            members[at].score = match (members[at].score, score) {
                (Some(one), Some(other)) => Some(one.max(other)),
                (one, other) => one.or(other),
            };
        } else {
            places.insert(taxon.clone(), members.len());
            members.push(Answered { taxon, score });
        }
    }
    members.sort_by(|a, b| match (a.score, b.score) {
        (Some(one), Some(other)) => ties::falling(one, other).then_with(|| key(&a.taxon).cmp(&key(&b.taxon))),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    (members, repeated)
}

/// Taxa in the order of the taxonomy, unknown names behind them.
fn key(taxon: &Result<TaxonId, String>) -> (bool, Option<TaxonId>, &str) {
    match taxon {
        Ok(taxon) => (false, Some(*taxon), ""),
        Err(name) => (true, None, name),
    }
}

/// Whether an unknown name of an answer is one of the unknown truths.
pub(super) fn is_among(name: &str, unknown: &BTreeSet<String>) -> bool {
    unknown.contains(name) || unknown.iter().any(|other| name::key(other) == name::key(name))
}
