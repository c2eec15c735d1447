//! Sets of truths and of those answers that are chosen, as they are named or at a rank.

use super::overlap::Overlap;
use super::selection::Selection;
use crate::answers::sets::{AnswerSets, ImageSets, Named};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeSet;

/// The sets of one image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetPair {
    /// What is there, sorted.
    pub truths: Vec<TaxonId>,
    /// What is answered, sorted.
    pub answers: Vec<TaxonId>,
    /// Answered names that are no taxa, sorted: wrong at every rank.
    pub unknown: Vec<u32>,
}

impl SetPair {
    /// Members in common.
    #[must_use]
    pub fn overlap(&self) -> Overlap {
        let right = self.answers.iter().filter(|answer| self.truths.binary_search(answer).is_ok()).count();
        Overlap {
            right: right as u64,
            truths: self.truths.len() as u64,
            answered: (self.answers.len() + self.unknown.len()) as u64,
        }
    }
}

/// The sets of all images, one run's answers chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// One for each image; `None` where the image has no set at a rank.
    pub pairs: Vec<Option<SetPair>>,
}

/// An answer as it counts beside some truths: one that lies below a truth is that truth, for nobody could say that it is wrong.
pub(super) fn cut(taxonomy: &Taxonomy, truths: &[TaxonId], answer: TaxonId) -> TaxonId {
    taxonomy.lineage(answer).find(|step| truths.binary_search(step).is_ok()).unwrap_or(answer)
}

impl Chosen {
    /// The sets as they are named.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, sets: &ImageSets, run: &AnswerSets, selection: Selection) -> Chosen {
        let pair = |(truths, listed): (&Vec<TaxonId>, &Vec<_>)| {
            let (mut answers, mut unknown) = (BTreeSet::new(), BTreeSet::new());
            for member in selection.of(listed) {
                match member.named {
                    Named::Taxon(taxon) => {
                        answers.insert(cut(taxonomy, truths, taxon));
                    }
                    Named::Unknown(name) => {
                        unknown.insert(name);
                    }
                }
            }
            let sorted = |taxa: BTreeSet<TaxonId>| taxa.into_iter().collect();
            Some(SetPair { truths: truths.clone(), answers: sorted(answers), unknown: unknown.into_iter().collect() })
        };
        Chosen { pairs: sets.truths.iter().zip(&run.listed).map(pair).collect() }
    }

    /// The ancestors of all members at a main rank. A truth that stops above the rank has none, and an answer below such a truth
    /// is left out: nobody knows whether it is right, but where another truth says it. An image of which no truth is left has no
    /// set, unless it had none.
    #[must_use]
    pub fn at_rank(&self, taxonomy: &Taxonomy, index: usize) -> Chosen {
        let of_pair = |pair: &SetPair| {
            let (mut truths, mut coarse) = (BTreeSet::new(), BTreeSet::new());
            for &truth in &pair.truths {
                match taxonomy.main_ancestor(truth, index) {
                    Some(ancestor) => truths.insert(ancestor),
                    None => coarse.insert(truth),
                };
            }
            if truths.is_empty() && !coarse.is_empty() {
                return None;
            }
            let is_open = |answer: &&TaxonId| taxonomy.lineage(**answer).any(|step| coarse.contains(&step));
            let answers: BTreeSet<TaxonId> = pair
                .answers
                .iter()
                .filter_map(|answer| Some((answer, taxonomy.main_ancestor(*answer, index)?)))
                .filter(|(answer, ancestor)| truths.contains(ancestor) || !is_open(answer))
                .map(|(_, ancestor)| ancestor)
                .collect();
            Some(SetPair {
                truths: truths.into_iter().collect(),
                answers: answers.into_iter().collect(),
                unknown: pair.unknown.clone(),
            })
        };
        Chosen { pairs: self.pairs.iter().map(|pair| pair.as_ref().and_then(of_pair)).collect() }
    }

    /// The images that have sets, with their places.
    pub fn scored(&self) -> impl Iterator<Item = (usize, &SetPair)> {
        self.pairs.iter().enumerate().filter_map(|(image, pair)| pair.as_ref().map(|pair| (image, pair)))
    }
}
