//! The taxa that images are sorted by, with their values in both sets.

use super::measures::Measured;
use super::set::JudgedSet;
use crate::numbers::standardisation::{Cell, Stratum};
use crate::numbers::statistics::ExactSum;
use crate::scores::outcome::Judgement;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};

/// The class of every scored image of both sets: its true taxon at a rank; a truth that has none there is a class of its own,
/// and an unknown truth that counts as a mistake is the root's.
pub(super) struct Classes {
    /// `None` in a tree without ranks, where every truth is a class.
    pub rank: Option<Rank>,
    /// In the order of the tree.
    pub taxa: Vec<TaxonId>,
    /// Place of the class of each image; `None` where it is not scored.
    pub of_image: [Vec<Option<usize>>; 2],
}

impl Classes {
    pub fn at(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], rank: Option<Rank>) -> Self {
        let class = |judgement: &Judgement| match judgement {
            Judgement::Scored(outcome) => {
                let at = rank.and_then(|rank| taxonomy.ancestor_at(outcome.truth, rank));
                Some(at.unwrap_or(outcome.truth))
            }
            Judgement::Unplaced(_) => Some(TaxonId::ROOT),
            _ => None,
        };
        let of = sets.each_ref().map(|set| set.judgements.iter().map(class).collect::<Vec<_>>());
        let mut taxa: Vec<TaxonId> = of.iter().flatten().flatten().copied().collect();
        taxa.sort_unstable();
        taxa.dedup();
        let place = |taxon: Option<TaxonId>| taxon.and_then(|taxon| taxa.binary_search(&taxon).ok());
        let of_image = of.map(|images| images.into_iter().map(place).collect());
        Self { rank, taxa, of_image }
    }

    /// The values of a metric by class.
    pub fn strata(&self, measured: &Measured) -> Vec<Stratum> {
        let cells = [0, 1].map(|place| {
            let mut sums: Vec<(u64, ExactSum)> = vec![(0, ExactSum::default()); self.taxa.len()];
            for (class, value) in self.of_image[place].iter().zip(&measured.values[place]) {
                if let (Some(class), Some(value)) = (class, value) {
                    sums[*class].0 += 1;
                    sums[*class].1.add(*value);
                }
            }
            sums.into_iter()
                .map(|(n, sum)| Cell { n: crate::numbers::statistics::to_f64(n), sum: sum.value() })
                .collect::<Vec<_>>()
        });
        let [first, second] = cells;
        first.into_iter().zip(second).map(|(first, second)| Stratum { first, second }).collect()
    }

    /// Names that are one taxon in the first set alone, and another in the second alone.
    pub fn unlike<'t>(&self, taxonomy: &'t Taxonomy) -> BTreeSet<&'t str> {
        let seen = |place: usize| self.of_image[place].iter().flatten().copied().collect::<BTreeSet<usize>>();
        let (first, second) = (seen(0), seen(1));
        let alone = |one: &BTreeSet<usize>, other: &BTreeSet<usize>| -> BTreeSet<&'t str> {
            one.difference(other).map(|class| taxonomy.name(self.taxa[*class])).collect()
        };
        &alone(&first, &second) & &alone(&second, &first)
    }
}

/// The rank of the classes: the finest main rank that the truths of at least half of the scored images have; `None` without
/// ranks or images.
pub(super) fn finest(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2]) -> Option<Rank> {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    let mut all = 0;
    for judgement in sets.iter().flat_map(|set| &set.judgements) {
        let Judgement::Scored(outcome) = judgement else { continue };
        all += 1;
        for index in (0..7).filter(|&index| taxonomy.main_ancestor(outcome.truth, index).is_some()) {
            *counts.entry(index).or_default() += 1;
        }
    }
    let index = counts.into_iter().rev().find(|(_, images)| images * 2 >= all)?.0;
    Rank::MAIN.get(index).copied()
}

/// Whether some scored truth has a taxon at a rank: names alone have no families.
pub(super) fn has(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], rank: Rank) -> bool {
    sets.iter().flat_map(|set| &set.judgements).any(|judgement| match judgement {
        Judgement::Scored(outcome) => taxonomy.ancestor_at(outcome.truth, rank).is_some(),
        _ => false,
    })
}
