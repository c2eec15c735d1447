//! How much of the truth an answer says, measured along lineages and in bits.

use super::confusions::Pairs;
use super::depths::Depths;
use super::met::Met;
use crate::information::Information;
use crate::outcome::Outcome;
use crate::rank::Rank;
use crate::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use serde::Serialize;

/// Means over the scored images; `None` where no image defines them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Similarity {
    pub exact: Option<f64>,
    pub correct: Option<f64>,
    pub excess: Option<f64>,
    pub deficient: Option<f64>,
    pub jaccard: Option<f64>,
    pub lca_p: Option<f64>,
    pub lca_r: Option<f64>,
    pub lca_f: Option<f64>,
    pub nlca: Option<f64>,
    pub info_hp: Option<f64>,
    pub info_hr: Option<f64>,
    pub info_hf: Option<f64>,
    pub info_distance: Option<f64>,
    pub fathomnet: Option<f64>,
    pub h_loss: Option<f64>,
    pub weighted_distance: Option<f64>,
}

/// Truth and answer of images, with how many images have them.
pub(super) struct Counted {
    /// `None` where the truth is unknown, which counts as a mistake from the root on.
    pub outcome: Option<Outcome>,
    pub answer: TaxonId,
    pub count: u64,
}

/// What the measures of one tree are computed with.
pub(super) struct Measures<'a> {
    taxonomy: &'a Taxonomy,
    depths: &'a Depths,
    information: &'a Information,
    /// Cost of the first wrong step below each taxon: halved, quartered ... by the children above.
    step_costs: Vec<f64>,
    /// Length of the way from the root to each taxon, where every branch has one.
    heights: Option<Vec<f64>>,
}

/// Pairs whose terms are added in one go; fixed, so that sums do not depend on threads.
const BLOCK: usize = 1 << 13;

/// A mean of weighted terms, added in a fixed order with the rounding error carried along.
#[derive(Default, Clone, Copy)]
struct Mean {
    sum: f64,
    lost: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: f64, count: u64) {
        self.add_term(value * to_f64(count));
        self.count += count;
    }

    fn add_term(&mut self, term: f64) {
        let next = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() { (self.sum - next) + term } else { (term - next) + self.sum };
        self.sum = next;
    }

    fn add_some(&mut self, value: Option<f64>, count: u64) {
        if let Some(value) = value {
            self.add(value, count);
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.add_term(other.sum);
        self.lost += other.lost;
        self.count += other.count;
        self
    }

    fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| (self.sum + self.lost) / to_f64(self.count))
    }
}

impl<'a> Measures<'a> {
    pub fn new(taxonomy: &'a Taxonomy, depths: &'a Depths, information: &'a Information, met: &Met) -> Self {
        Self { taxonomy, depths, information, step_costs: step_costs(taxonomy, met), heights: root_distances(taxonomy) }
    }

    /// The means over all images.
    pub fn means(&self, counted: &[Counted]) -> Similarity {
        let block = |pairs: &[Counted]| {
            let mut means = [Mean::default(); 16];
            for pair in pairs {
                for (mean, value) in means.iter_mut().zip(self.values(pair)) {
                    mean.add_some(value, pair.count);
                }
            }
            means
        };
        let blocks: Vec<_> = counted.par_chunks(BLOCK).map(block).collect();
        let merge = |sum: [Mean; 16], block: &[Mean; 16]| std::array::from_fn(|index| sum[index].merge(block[index]));
        let mut means = blocks.iter().fold([Mean::default(); 16], merge).into_iter().map(Mean::mean);
        let mut next = || means.next().flatten();
        Similarity {
            exact: next(),
            correct: next(),
            excess: next(),
            deficient: next(),
            jaccard: next(),
            lca_p: next(),
            lca_r: next(),
            lca_f: next(),
            nlca: next(),
            info_hp: next(),
            info_hr: next(),
            info_hf: next(),
            info_distance: next(),
            fathomnet: next(),
            h_loss: next(),
            weighted_distance: next(),
        }
    }

    /// The values of one image in the order of [`Similarity`].
    fn values(&self, pair: &Counted) -> [Option<f64>; 16] {
        let (exact, correct) = pair.outcome.map_or((false, false), |outcome| (outcome.is_right(), outcome.is_correct()));
        let [excess, deficient, jaccard, lca_p, lca_r, lca_f] = self.along_lineages(pair);
        let [bits_precision, bits_recall, bits_f1, bits_between] = self.in_bits(pair);
        [
            Some(f64::from(u8::from(exact))),
            Some(f64::from(u8::from(correct))),
            excess,
            deficient,
            jaccard,
            lca_p,
            lca_r,
            lca_f,
            self.nlca(pair),
            bits_precision,
            bits_recall,
            bits_f1,
            bits_between,
            self.taxonomy.has_ranks().then(|| self.fathomnet(pair)),
            Some(self.h_loss(pair)),
            self.weighted_distance(pair),
        ]
    }

    /// Depths of truth, answer and LCA.
    fn depths(&self, pair: &Counted) -> [f64; 3] {
        let of = |taxon| f64::from(self.depths.of(taxon));
        match pair.outcome {
            Some(outcome) => [of(outcome.truth), of(outcome.predicted), of(outcome.lca)],
            None => [f64::from(self.depths.unplaced()), of(pair.answer), 0.0],
        }
    }

    fn along_lineages(&self, pair: &Counted) -> [Option<f64>; 6] {
        let [truth, predicted, lca] = self.depths(pair);
        let (excess, deficient) = (predicted - lca, truth - lca);
        // Nodes of the ways down from the LCA, itself included: one of them is shared.
        let (precision, recall) = (1.0 / (excess + 1.0), 1.0 / (deficient + 1.0));
        [
            Some(excess),
            Some(deficient),
            ratio(lca, truth + predicted - lca),
            Some(precision),
            Some(recall),
            Some(2.0 * precision * recall / (precision + recall)),
        ]
    }

    fn in_bits(&self, pair: &Counted) -> [Option<f64>; 4] {
        let of = |taxon| self.information.of(taxon);
        let [truth, predicted, lca] = match pair.outcome {
            Some(outcome) => [of(outcome.truth), of(outcome.predicted), of(outcome.lca)],
            None => [self.information.most(), of(pair.answer), 0.0],
        };
        [ratio(lca, predicted), ratio(lca, truth), ratio(2.0 * lca, truth + predicted), Some(truth + predicted - 2.0 * lca)]
    }

    /// Share of the truth's main ranks before the first wrong one.
    fn nlca(&self, pair: &Counted) -> Option<f64> {
        let Some(outcome) = pair.outcome else { return self.taxonomy.has_ranks().then_some(0.0) };
        let ranks = (0..7).filter_map(|index| self.taxonomy.main_ancestor(outcome.truth, index).map(|truth| (index, truth)));
        let right = |&(index, truth): &(usize, TaxonId)| self.taxonomy.main_ancestor(outcome.predicted, index) == Some(truth);
        let ranks: Vec<_> = ranks.collect();
        ratio(to_f64(ranks.iter().take_while(|step| right(step)).count() as u64), to_f64(ranks.len() as u64))
    }

    /// Edges over the seven ranks; 12 for no name and for another kingdom.
    fn fathomnet(&self, pair: &Counted) -> f64 {
        const MOST: f64 = 12.0;
        let Some(outcome) = pair.outcome else { return MOST };
        let depth = |taxon: TaxonId| 7.0 - f64::from(self.taxonomy.rung(taxon));
        if outcome.lca == TaxonId::ROOT || self.taxonomy.rung(outcome.lca) == 7 {
            return MOST;
        }
        (depth(outcome.truth) + depth(outcome.predicted) - 2.0 * depth(outcome.lca)).min(MOST)
    }

    /// Cost of the first wrong steps: that of the truth which was missed and that of the answer.
    fn h_loss(&self, pair: &Counted) -> f64 {
        let Some(outcome) = pair.outcome else {
            return self.step_costs[0] * if pair.answer == TaxonId::ROOT { 1.0 } else { 2.0 };
        };
        let missed = outcome.lca != outcome.truth;
        let added = outcome.lca != outcome.predicted;
        self.step_costs[outcome.lca.index()] * f64::from(u8::from(missed) + u8::from(added))
    }

    fn weighted_distance(&self, pair: &Counted) -> Option<f64> {
        let heights = self.heights.as_ref()?;
        let outcome = pair.outcome?;
        let of = |taxon: TaxonId| heights[taxon.index()];
        Some(of(outcome.truth) + of(outcome.predicted) - 2.0 * of(outcome.lca))
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// What a wrong step below each taxon costs: 1 at the root, shared among the children that are true
/// or could be answered, and so on down.
fn step_costs(taxonomy: &Taxonomy, met: &Met) -> Vec<f64> {
    let children = met.children(taxonomy);
    let mut costs = vec![1.0; taxonomy.len()];
    for taxon in taxonomy.taxa() {
        let above = taxonomy.parent(taxon).map_or(1.0, |parent| costs[parent.index()]);
        costs[taxon.index()] = above / to_f64(children[taxon.index()].max(1));
    }
    costs
}

fn root_distances(taxonomy: &Taxonomy) -> Option<Vec<f64>> {
    let mut distances = vec![0.0; taxonomy.len()];
    for taxon in taxonomy.taxa() {
        if let Some(parent) = taxonomy.parent(taxon) {
            distances[taxon.index()] = distances[parent.index()] + taxonomy.branch_length(taxon)?;
        }
    }
    (taxonomy.len() > 1).then_some(distances)
}

/// Mistakes by the first main rank of the truth that is wrong, kingdom first.
pub(super) fn first_wrong(taxonomy: &Taxonomy, counted: &[Counted]) -> Vec<(Rank, u64)> {
    let mut counts = Rank::MAIN.map(|rank| (rank, 0));
    for pair in counted {
        let first = match pair.outcome {
            None => Some(0),
            Some(outcome) => (0..7).find(|&index| {
                let truth = taxonomy.main_ancestor(outcome.truth, index);
                truth.is_some() && taxonomy.main_ancestor(outcome.predicted, index) != truth
            }),
        };
        if let Some(index) = first {
            counts[index].1 += pair.count;
        }
    }
    counts.to_vec()
}

/// The pairs of truth and answer with where they meet, in order of the tree.
pub(super) fn counted(pairs: &Pairs) -> Vec<Counted> {
    let placed = pairs.placed.iter().map(|&(outcome, count)| Counted { outcome: Some(outcome), answer: outcome.answer, count });
    placed.chain(pairs.unplaced.iter().map(|&(answer, count)| Counted { outcome: None, answer, count })).collect()
}
