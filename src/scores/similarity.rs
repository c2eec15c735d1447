//! How much of the truth an answer says, measured along lineages and in bits.

use super::confusions::Pairs;
use super::depths::Depths;
use super::met::Met;
use crate::numbers::statistics::{ExactSum, to_f64};
use crate::scores::official::{FATHOMNET_MOST, fathomnet_distance};
use crate::scores::outcome::Outcome;
use crate::taxonomy::information::Information;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;

/// Means over the scored images; `None` where no image defines them.
#[derive(Debug, Clone, Default, PartialEq)]
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

impl Similarity {
    /// The means over all images, from the values of their pairs.
    pub(super) fn of(counted: &[Counted], values: &Values<'_>) -> Self {
        let mean = |place: usize| {
            let (mut sum, mut count) = (ExactSum::default(), 0);
            for (number, pair) in counted.iter().enumerate() {
                if let Some(value) = values.get(number, place) {
                    sum.add_times(value, pair.count);
                    count += pair.count;
                }
            }
            (count > 0).then(|| sum.value() / to_f64(count))
        };
        let means: Vec<Option<f64>> = (0..NAMES.len()).into_par_iter().map(mean).collect();
        let mut means = means.into_iter();
        let mut next = || means.next().flatten();
        Self {
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

/// The values of one pair, in the order of [`NAMES`].
type PairValues = [Option<f64>; 16];

/// Pairs whose values are kept, 256 bytes each; of more they are computed again when they are asked for.
const KEPT: usize = 1 << 20;

/// The values of many pairs.
pub(super) struct Values<'a> {
    measures: &'a Measures<'a>,
    counted: &'a [Counted],
    kept: Vec<PairValues>,
}

impl Values<'_> {
    /// One value of one pair, by its place in [`NAMES`].
    pub fn get(&self, pair: usize, place: usize) -> Option<f64> {
        self.kept.get(pair).map_or_else(|| self.measures.value(&self.counted[pair], place), |values| values[place])
    }
}

/// Names of the means with the least and the greatest value of an image, where there are such that depend on no more
/// than the image.
pub(super) const NAMES: [(&str, Option<(f64, f64)>); 16] = [
    ("exact", FRACTION),
    ("correct", FRACTION),
    ("excess", None),
    ("deficient", None),
    ("jaccard", FRACTION),
    ("lca_p", FRACTION),
    ("lca_r", FRACTION),
    ("lca_f", FRACTION),
    ("nlca", FRACTION),
    ("info_hp", FRACTION),
    ("info_hr", FRACTION),
    ("info_hf", FRACTION),
    ("info_distance", None),
    ("fathomnet", Some((0.0, 12.0))),
    ("h_loss", Some((0.0, 2.0))),
    ("weighted_distance", None),
];

const FRACTION: Option<(f64, f64)> = Some((0.0, 1.0));

impl<'a> Measures<'a> {
    pub fn new(taxonomy: &'a Taxonomy, depths: &'a Depths, information: &'a Information, met: &Met) -> Self {
        Self { taxonomy, depths, information, step_costs: step_costs(taxonomy, met), heights: root_distances(taxonomy) }
    }

    /// The values of all pairs.
    pub fn all<'c>(&'c self, counted: &'c [Counted]) -> Values<'c> {
        let kept = if counted.len() > KEPT {
            vec![]
        } else {
            counted.par_iter().with_min_len(1 << 10).map(|pair| self.values(pair)).collect()
        };
        Values { measures: self, counted, kept }
    }

    /// One value of one image, by its place in [`NAMES`].
    fn value(&self, pair: &Counted, place: usize) -> Option<f64> {
        match place {
            2..=7 => self.along_lineages(pair)[place - 2],
            8 => self.nlca(pair),
            9..=12 => self.in_bits(pair)[place - 9],
            13 => self.taxonomy.has_ranks().then(|| self.fathomnet(pair)),
            14 => Some(self.h_loss(pair)),
            15 => self.weighted_distance(pair),
            right => Some(f64::from(u8::from(
                pair.outcome.is_some_and(|outcome| if right == 0 { outcome.is_right() } else { outcome.is_correct() }),
            ))),
        }
    }

    /// The values of one image.
    fn values(&self, pair: &Counted) -> PairValues {
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

    /// The competition's distance, which sees the answer uncut; 12 where the truth is unknown.
    fn fathomnet(&self, pair: &Counted) -> f64 {
        let answer = Some(pair.answer).filter(|answer| *answer != TaxonId::ROOT);
        let distance = |outcome: Outcome| fathomnet_distance(self.taxonomy, outcome.truth, answer);
        f64::from(pair.outcome.map_or(FATHOMNET_MOST, distance))
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
