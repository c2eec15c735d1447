//! The part of a taxonomy that lies above the candidates, and the probability of every taxon in it.

use crate::numbers::ties::{falling, reaches};
use crate::taxonomy::information::Information;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::cmp::Ordering;

/// The candidates and all taxa above them, in order of id; the root is the first.
///
/// No rule answers a taxon of probability 0, and the root is always there to be answered. Probabilities
/// are equal where their [`crate::numbers::ties::level`] is; of equals the taxon that comes first in the order of the
/// taxonomy is answered, unless a rule says otherwise.
#[derive(Debug, Clone)]
pub struct CandidateTree {
    taxa: Vec<TaxonId>,
    /// Place of each taxon's parent; the root's is its own.
    parents: Vec<usize>,
    /// Place of each candidate.
    labels: Vec<usize>,
    /// Candidate at each place.
    candidate_at: Vec<Option<usize>>,
    /// Rungs (or, without ranks, edges) that a step into the taxon brings an answer nearer.
    gains: Vec<f64>,
    bits: Vec<f64>,
    /// Place of the first taxon of each taxon's chain: of those above it that say as much as it does.
    tops: Vec<usize>,
    /// The most bits of any taxon.
    most_bits: f64,
    /// Places of the taxa of each main rank.
    of_rank: [Vec<usize>; 7],
}

impl CandidateTree {
    /// The tree of some candidates.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, candidates: &[TaxonId], information: &Information) -> Self {
        let mut taxa: Vec<TaxonId> = candidates.iter().flat_map(|&candidate| taxonomy.lineage(candidate)).collect();
        taxa.push(TaxonId::ROOT);
        taxa.sort_unstable();
        taxa.dedup();
        let place = |taxon: TaxonId| taxa.binary_search(&taxon).unwrap_or(0);
        let parents: Vec<usize> = taxa.iter().map(|&taxon| taxonomy.parent(taxon).map_or(0, place)).collect();
        let labels: Vec<usize> = candidates.iter().map(|&candidate| place(candidate)).collect();
        let mut candidate_at = vec![None; taxa.len()];
        for (candidate, &label) in labels.iter().enumerate() {
            candidate_at[label] = Some(candidate);
        }
        let gain = |&taxon: &TaxonId| match taxonomy.parent(taxon) {
            None => 0.0,
            Some(_) if !taxonomy.has_ranks() => 1.0,
            Some(parent) => f64::from(taxonomy.rung(parent)) - f64::from(taxonomy.rung(taxon)),
        };
        let bits: Vec<f64> = taxa.iter().map(|&taxon| information.of(taxon)).collect();
        let mut tops: Vec<usize> = (0..taxa.len()).collect();
        for place in 1..taxa.len() {
            if bits[place] <= bits[parents[place]] {
                tops[place] = tops[parents[place]];
            }
        }
        let at = |rank: usize| {
            let has = |place: &usize| taxonomy.rank(taxa[*place]).main_index() == Some(rank);
            (0..taxa.len()).filter(has).collect()
        };
        Self {
            of_rank: std::array::from_fn(at),
            most_bits: bits.iter().copied().fold(0.0, f64::max),
            gains: taxa.iter().map(gain).collect(),
            parents,
            labels,
            candidate_at,
            bits,
            tops,
            taxa,
        }
    }

    /// Number of taxa.
    #[must_use]
    pub fn len(&self) -> usize {
        self.taxa.len()
    }

    /// Whether there is no taxon; there always is the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taxa.is_empty()
    }

    /// The taxa, by place.
    #[must_use]
    pub fn taxa(&self) -> &[TaxonId] {
        &self.taxa
    }

    /// Probability of every taxon, `[0, 1]` by place: that of all candidates in its clade.
    #[must_use]
    pub fn sums(&self, probabilities: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.len()];
        for (&label, probability) in self.labels.iter().zip(probabilities) {
            sums[label] += probability;
        }
        for place in (1..self.len()).rev() {
            sums[self.parents[place]] += sums[place];
        }
        sums
    }

    /// Places of the taxa of a main rank, kingdom 0 to species 6, in order of id.
    #[must_use]
    pub fn of_rank(&self, index: usize) -> &[usize] {
        &self.of_rank[index]
    }

    /// Place of a taxon; `None` where no candidate lies in it.
    #[must_use]
    pub fn place(&self, taxon: TaxonId) -> Option<usize> {
        self.taxa.binary_search(&taxon).ok()
    }

    /// The place of most value among those of any; of equals the first.
    fn best(values: &[f64], places: impl Iterator<Item = usize>) -> Option<usize> {
        let best = |best: Option<usize>, place: usize| match best {
            Some(other) if falling(values[other], values[place]).then(other.cmp(&place)).is_le() => best,
            _ => Some(place),
        };
        places.filter(|&place| values[place] > 0.0).fold(None, best)
    }

    /// The candidate of most probability; the root where none has any.
    #[must_use]
    pub fn best_label(&self, probabilities: &[f64]) -> TaxonId {
        let mut own = vec![0.0; self.len()];
        self.labels.iter().zip(probabilities).for_each(|(&label, probability)| own[label] = *probability);
        Self::best(&own, self.labels.iter().copied()).map_or(TaxonId::ROOT, |place| self.taxa[place])
    }

    /// The taxon of most probability at each main rank, kingdom first, with its probability in
    /// `(0, 1]`; `None` where the rank has none of any.
    #[must_use]
    pub fn best_of_ranks(&self, sums: &[f64]) -> [Option<(TaxonId, f64)>; 7] {
        std::array::from_fn(|index| {
            let best = Self::best(sums, self.of_rank[index].iter().copied())?;
            Some((self.taxa[best], sums[best].min(1.0)))
        })
    }

    /// From the root down, the child of most probability each time; stops at a candidate that is
    /// itself more probable than all that lies below it in one child.
    #[must_use]
    pub fn top_down(&self, probabilities: &[f64], sums: &[f64]) -> TaxonId {
        let mut best_child: Vec<Option<usize>> = vec![None; self.len()];
        for place in (1..self.len()).rev().filter(|&place| sums[place] > 0.0) {
            let best = &mut best_child[self.parents[place]];
            if best.is_none_or(|other| reaches(sums[place], sums[other])) {
                *best = Some(place);
            }
        }
        let own = |place: usize| self.candidate_at[place].map_or(0.0, |candidate| probabilities[candidate]);
        let mut place = 0;
        while let Some(child) = best_child[place].filter(|&child| reaches(sums[child], own(place))) {
            place = child;
        }
        self.taxa[place]
    }

    /// The candidate of least expected height among those of any probability; of equals the most
    /// probable, then the first. The root where no candidate has any.
    ///
    /// The expected height of an answer is Σ over candidates l of p(l) · (rung(lca(l, answer)) −
    /// rung(l)), which along the lineage of the answer is a constant minus Σ over its ancestors of
    /// P(ancestor) · (rung(parent) − rung(ancestor)): one pass over the tree instead of a product
    /// with the matrix of all heights.
    ///
    /// # Source
    ///
    /// Karthik 2021 (CRM), with the sum over ancestors.
    #[must_use]
    pub fn least_expected_height(&self, probabilities: &[f64], sums: &[f64]) -> TaxonId {
        let mut gained = vec![0.0; self.len()];
        for place in 1..self.len() {
            gained[place] = gained[self.parents[place]] + self.gains[place] * sums[place];
        }
        let mut best: Option<(usize, f64)> = None;
        for (&label, &probability) in self.labels.iter().zip(probabilities).filter(|(_, probability)| **probability > 0.0) {
            let before = |(other, of_other): (usize, f64)| {
                let order = falling(gained[other], gained[label]).then(falling(of_other, probability));
                order.then(other.cmp(&label)).is_le()
            };
            if !best.is_some_and(before) {
                best = Some((label, probability));
            }
        }
        best.map_or(TaxonId::ROOT, |(label, _)| self.taxa[label])
    }

    /// The order of answers to one threshold, the best first: of most information, then of the most
    /// probable chain, then of the first; within a chain the deepest.
    ///
    /// A chain are taxa below each other that have the same information (the same tips, and where truths count the
    /// same truths): the deeper one says more about the same. Chains are compared by their first taxon, so that a lower
    /// threshold never leads from one to another that says no more.
    fn says_more(&self, sums: &[f64], a: usize, b: usize) -> Ordering {
        let (top, other) = (self.tops[a], self.tops[b]);
        let chains = self.bits[b].total_cmp(&self.bits[a]).then_with(|| falling(sums[top], sums[other]));
        chains.then(top.cmp(&other)).then(b.cmp(&a))
    }

    /// The most informative taxon of at least this probability; of equals that of the most probable,
    /// then the first chain of equal information, and in it the deepest. The root reaches every
    /// threshold.
    #[must_use]
    pub fn back_off(&self, sums: &[f64], threshold: f64) -> TaxonId {
        let reaching = (1..self.len()).filter(|&place| sums[place] > 0.0 && reaches(sums[place].min(1.0), threshold));
        let best = reaching.fold(0, |best, place| if self.says_more(sums, place, best).is_lt() { place } else { best });
        self.taxa[best]
    }

    /// The answers of [`CandidateTree::back_off`] to all thresholds, from 1 down: taxa of falling
    /// probability (each of another [`crate::numbers::ties::level`]), the answer to a threshold of 1 first.
    ///
    /// # Source
    ///
    /// Valmadre 2022 (Pareto-optimal predictions), whose taxa of equal information are one.
    #[must_use]
    pub fn pareto(&self, sums: &[f64]) -> Vec<(f64, TaxonId)> {
        let full = (0..self.len()).filter(|&place| self.bits[place] >= self.most_bits);
        let least = full.map(|place| sums[place]).fold(0.0, f64::max);
        // Nothing rarer than the most probable taxon of full information says more, but for its own chain.
        let counts = |&place: &usize| sums[place] > 0.0 && reaches(sums[self.tops[place]], least);
        let mut places: Vec<usize> = (1..self.len()).filter(counts).collect();
        places.sort_by(|&a, &b| falling(sums[a].min(1.0), sums[b].min(1.0)).then_with(|| self.says_more(sums, a, b)));
        let mut best = 0;
        let mut steps = vec![(1.0, 0)];
        for equal in places.chunk_by(|&a, &b| falling(sums[a].min(1.0), sums[b].min(1.0)).is_eq()) {
            let Some(&place) = equal.first().filter(|place| self.says_more(sums, **place, best).is_lt()) else { continue };
            best = place;
            if reaches(sums[place], 1.0) {
                steps.clear();
            }
            steps.push((sums[place].min(1.0), place));
        }
        steps.into_iter().map(|(probability, place)| (probability, self.taxa[place])).collect()
    }

    /// The lineage of a label with the probabilities of its taxa, the root first.
    #[must_use]
    pub fn climb(&self, label: TaxonId, sums: &[f64]) -> Vec<(f64, TaxonId)> {
        let mut place = self.place(label).unwrap_or(0);
        let mut steps = vec![];
        while place > 0 {
            steps.push((sums[place].min(1.0), self.taxa[place]));
            place = self.parents[place];
        }
        steps.push((1.0, self.taxa[0]));
        steps.reverse();
        steps
    }
}
