//! The part of a taxonomy that lies above the candidates, and the probability of every taxon in it.

use crate::information::Information;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The candidates and all taxa above them, in order of id; the root is the first.
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
}

/// Differences of probabilities below this are rounding.
pub const NOISE: f64 = 1e-12;

impl CandidateTree {
    /// The tree of some candidates.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, candidates: &[TaxonId], information: &Information) -> Self {
        let mut taxa: Vec<TaxonId> = candidates.iter().flat_map(|&candidate| taxonomy.lineage(candidate)).collect();
        taxa.push(TaxonId::ROOT);
        taxa.sort_unstable();
        taxa.dedup();
        let place = |taxon: TaxonId| taxa.binary_search(&taxon).unwrap_or(0);
        let parents = taxa.iter().map(|&taxon| taxonomy.parent(taxon).map_or(0, place)).collect();
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
        Self {
            parents,
            labels,
            candidate_at,
            gains: taxa.iter().map(gain).collect(),
            bits: taxa.iter().map(|&taxon| information.of(taxon)).collect(),
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

    /// The candidate of most probability; of equals the first.
    #[must_use]
    pub fn best_label(&self, probabilities: &[f64]) -> TaxonId {
        let best = probabilities.iter().enumerate().fold(None, |best: Option<(usize, f64)>, (place, &value)| match best {
            Some((_, most)) if value <= most => best,
            _ => Some((place, value)),
        });
        best.map_or(TaxonId::ROOT, |(candidate, _)| self.taxa[self.labels[candidate]])
    }

    /// From the root down, the child of most probability each time (of equals the first); stops at
    /// a candidate that is itself more probable than all that lies below it in one child.
    #[must_use]
    pub fn top_down(&self, probabilities: &[f64], sums: &[f64]) -> TaxonId {
        let mut best_child: Vec<Option<usize>> = vec![None; self.len()];
        for place in (1..self.len()).rev() {
            let best = &mut best_child[self.parents[place]];
            if best.is_none_or(|other| sums[place] >= sums[other] - NOISE) {
                *best = Some(place);
            }
        }
        let own = |place: usize| self.candidate_at[place].map_or(0.0, |candidate| probabilities[candidate]);
        let mut place = 0;
        while let Some(child) = best_child[place].filter(|&child| sums[child] >= own(place) && sums[child] > 0.0) {
            place = child;
        }
        self.taxa[place]
    }

    /// The candidate of least expected height; of equals the most probable, then the first.
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
        let mut best: Option<(usize, f64, f64)> = None;
        for (&label, &probability) in self.labels.iter().zip(probabilities) {
            let better = best.is_none_or(|(_, gain, other)| {
                gained[label] > gain + NOISE || ((gained[label] - gain).abs() <= NOISE && probability > other)
            });
            if better {
                best = Some((label, gained[label], probability));
            }
        }
        best.map_or(TaxonId::ROOT, |(label, ..)| self.taxa[label])
    }

    /// The taxon of most information among those of at least this probability; of equals the most
    /// probable, then the first.
    #[must_use]
    pub fn back_off(&self, sums: &[f64], threshold: f64) -> TaxonId {
        let mut best = 0;
        for place in 1..self.len() {
            if sums[place] < threshold - NOISE {
                continue;
            }
            let (more, equal) = (self.bits[place] > self.bits[best], (self.bits[place] - self.bits[best]).abs() <= 0.0);
            // A unary chain has equal bits all along: the deeper taxon says more.
            if more || (equal && (sums[place] > sums[best] + NOISE || self.parents[place] == best)) {
                best = place;
            }
        }
        self.taxa[best]
    }

    /// The answers to all thresholds: taxa of falling probability and rising information, the root
    /// (probability 1) first.
    ///
    /// # Source
    ///
    /// Valmadre 2022 (Pareto-optimal predictions).
    #[must_use]
    pub fn pareto(&self, sums: &[f64]) -> Vec<(f64, TaxonId)> {
        let most = self.bits.iter().copied().fold(0.0, f64::max);
        let full = (0..self.len()).filter(|&place| self.bits[place] >= most);
        let least = full.map(|place| sums[place]).fold(0.0, f64::max);
        // Nothing rarer than the most probable taxon of full information can add any.
        let mut places: Vec<usize> = (1..self.len()).filter(|&place| sums[place] >= least && sums[place] > 0.0).collect();
        // Of equal probability the most informative, of equal information (a unary chain) the deepest.
        places.sort_by(|&a, &b| sums[b].total_cmp(&sums[a]).then(self.bits[b].total_cmp(&self.bits[a])).then(b.cmp(&a)));
        let mut steps = vec![(1.0, self.taxa[0])];
        let mut bits = self.bits[0];
        for place in places {
            if self.bits[place] > bits {
                bits = self.bits[place];
                steps.push((sums[place].min(1.0), self.taxa[place]));
            }
        }
        steps
    }

    /// The lineage of the best label with the probabilities of its taxa, the root first.
    #[must_use]
    pub fn climb(&self, probabilities: &[f64], sums: &[f64]) -> Vec<(f64, TaxonId)> {
        let best = self.best_label(probabilities);
        let mut place = self.taxa.binary_search(&best).unwrap_or(0);
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
