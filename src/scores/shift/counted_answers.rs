//! Answers at the rank of the classes whose mix is estimated.

use super::set::JudgedSet;
use crate::answers::{Answers, Truth};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};

/// Most classes whose mix is estimated: of more, answers say too little of each.
pub(super) const MOST: usize = 200;
/// Truths that every answered class must have in the first set for a rank to be taken unasked.
const FEWEST: usize = 5;
/// Ranks that are taken unasked, the finest first; the last one in any case.
const RANKS: [Rank; 3] = [Rank::Species, Rank::Genus, Rank::Family];

/// Both sets at one rank: `K` classes, those that are true somewhere in the first set.
pub(super) struct CountedAnswers {
    pub rank: Rank,
    /// In the order of the tree.
    pub classes: Vec<TaxonId>,
    /// Images of the first set with a true class: cluster, answered class, true class.
    pub first: Vec<(usize, Option<usize>, usize)>,
    /// Images of the second set that could be read, with a truth or without: place, cluster, answered class.
    pub second: Vec<(usize, usize, Option<usize>)>,
    /// What is true in the second set: images of each class, and behind them of none of the classes; `None` without truths.
    pub truths: Option<Vec<u64>>,
    /// Right answers at the rank among the images of the second set with a truth there.
    pub right: u64,
}

/// The rank to take: the one that is asked for; else the finest of species, genus and family at which every class that is
/// answered in either set is true of at least five images of the first, and where none is such the coarsest of them that has
/// truths.
pub(super) fn rank(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], asked: Option<Rank>) -> Rank {
    let truths = |rank: Rank| {
        let mut truths: BTreeMap<TaxonId, usize> = BTreeMap::new();
        for image in images(&sets[0]) {
            let truth = rank.main_index().and_then(|index| truth(taxonomy, sets[0].set.answers, image, index));
            if let Some(truth) = truth {
                *truths.entry(truth).or_default() += 1;
            }
        }
        truths
    };
    let usable = |rank: &Rank| {
        let Some(index) = rank.main_index() else { return false };
        let truths = truths(*rank);
        let answered = |set: &JudgedSet<'_>| -> BTreeSet<TaxonId> {
            images(set).filter_map(|image| answer(taxonomy, set.set.answers, image, index)).collect()
        };
        let known = |taxon: &TaxonId| truths.get(taxon).is_some_and(|images| *images >= FEWEST);
        !truths.is_empty() && truths.len() <= MOST && sets.iter().all(|set| answered(set).iter().all(known))
    };
    let coarsest = || RANKS.into_iter().rev().find(|rank| !truths(*rank).is_empty());
    asked.or_else(|| RANKS.into_iter().find(usable)).or_else(coarsest).unwrap_or(Rank::Family)
}

impl CountedAnswers {
    pub fn of(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], rank: Rank) -> Option<Self> {
        let index = rank.main_index()?;
        let [first, second] = sets;
        let of_first = |image: usize| Some((image, truth(taxonomy, first.set.answers, image, index)?));
        let true_first: Vec<(usize, TaxonId)> = images(first).filter_map(of_first).collect();
        let mut classes: Vec<TaxonId> = true_first.iter().map(|(_, truth)| *truth).collect();
        classes.sort_unstable();
        classes.dedup();
        let place = |taxon: TaxonId| classes.binary_search(&taxon).ok();
        let answered = |set: &JudgedSet<'_>, image: usize| answer(taxonomy, set.set.answers, image, index).and_then(place);
        let row = |(image, truth): &(usize, TaxonId)| Some((first.cluster(*image), answered(first, *image), place(*truth)?));
        let of_first = true_first.iter().filter_map(row).collect();
        let of_second = images(second).map(|image| (image, second.cluster(image), answered(second, image))).collect();
        let mut truths = vec![0; classes.len() + 1];
        let mut right = 0;
        for image in images(second) {
            if let Some(truth) = truth(taxonomy, second.set.answers, image, index) {
                truths[place(truth).unwrap_or(classes.len())] += 1;
                right += u64::from(answer(taxonomy, second.set.answers, image, index) == Some(truth));
            }
        }
        let truths = truths.iter().any(|images| *images > 0).then_some(truths);
        Some(Self { rank, first: of_first, second: of_second, truths, right, classes })
    }

    /// Shares of true classes in the first set.
    pub fn mix_of_first(&self) -> Vec<f64> {
        let mut counts = vec![0; self.classes.len()];
        self.first.iter().for_each(|(_, _, truth)| counts[*truth] += 1);
        shares(&counts)
    }

    /// Shares of the answers in the second set: of each class, and behind them of all others.
    pub fn answered(&self) -> Vec<f64> {
        let mut counts = vec![0; self.classes.len() + 1];
        self.second.iter().for_each(|(_, _, answered)| counts[answered.unwrap_or(self.classes.len())] += 1);
        shares(&counts)
    }
}

/// Shares of counts; of nothing none.
pub(super) fn shares(counts: &[u64]) -> Vec<f64> {
    let all: u64 = counts.iter().sum();
    counts.iter().map(|count| if all > 0 { to_f64(*count) / to_f64(all) } else { 0.0 }).collect()
}

/// The photographs that could be read.
fn images<'s>(set: &'s JudgedSet<'_>) -> impl Iterator<Item = usize> + 's {
    (0..set.set.answers.images.len()).filter(|image| !set.set.answers.unreadable.contains_key(image))
}

fn truth(taxonomy: &Taxonomy, answers: &Answers, image: usize, index: usize) -> Option<TaxonId> {
    match answers.truths[image] {
        Truth::Taxon(taxon) => taxonomy.main_ancestor(taxon, index),
        Truth::Missing | Truth::Outside => None,
    }
}

fn answer(taxonomy: &Taxonomy, answers: &Answers, image: usize, index: usize) -> Option<TaxonId> {
    taxonomy.main_ancestor(answers.ranked.best(image).taxon(), index)
}
