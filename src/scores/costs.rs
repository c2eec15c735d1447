//! What the mistakes of a run cost.

use super::judged_run::JudgedRun;
use super::similarity::Counted;
use crate::numbers::interval::{Grouped, Mean, MetricIntervals};
use crate::numbers::statistics::{ExactSum, to_f64};
use crate::scores::cost::{CostMatrix, Entry, OTHER};
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// Costs of a run; `None` without images.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Costs {
    pub n: u64,
    pub mean: Option<f64>,
    pub total: f64,
    /// Images by entry of the matrix, in its order.
    pub entries: Vec<EntryCost>,
    /// Mistakes that no entry covers.
    pub other: u64,
    /// What each of them costs.
    pub other_cost: f64,
    /// The interval of the mean.
    pub intervals: MetricIntervals,
}

/// What the images of one entry cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryCost {
    /// The clade of the truth.
    pub truth: String,
    /// The clade of the answer.
    pub answer: String,
    /// What one image costs.
    pub cost: f64,
    /// Images.
    pub images: u64,
}

impl Costs {
    pub(super) fn of(run: &JudgedRun<'_>, counted: &[Counted], grouped: &Grouped, matrix: &CostMatrix) -> Self {
        let taxonomy = run.taxonomy;
        let entry = |pair: &Counted| {
            let truth = match pair.outcome {
                Some(outcome) if outcome.is_right() => return Charge::Nothing,
                Some(outcome) => outcome.truth,
                None => TaxonId::ROOT,
            };
            matrix.entry(taxonomy, truth, pair.answer).map_or(Charge::Other, Charge::Entry)
        };
        let charges: Vec<Charge> = counted.iter().map(entry).collect();
        let mut images = vec![0; matrix.entries().len()];
        let (mut n, mut other) = (0, 0);
        for (pair, charge) in counted.iter().zip(&charges) {
            n += pair.count;
            match charge {
                Charge::Nothing => {}
                Charge::Entry(entry) => images[*entry] += pair.count,
                Charge::Other => other += pair.count,
            }
        }
        let row = |(entry, &images): (&Entry, &u64)| EntryCost {
            truth: taxonomy.name(entry.truth).to_string(),
            answer: taxonomy.name(entry.answer).to_string(),
            cost: entry.cost,
            images,
        };
        let entries: Vec<EntryCost> = matrix.entries().iter().zip(&images).map(row).collect();
        let mut sum = ExactSum::default();
        for entry in &entries {
            sum.add_times(entry.cost, entry.images);
        }
        sum.add_times(OTHER, other);
        let total = sum.value();
        let most = matrix.entries().iter().map(|entry| entry.cost).fold(OTHER, f64::max);
        let cost = |pair: usize| match charges[pair] {
            Charge::Nothing => 0.0,
            Charge::Entry(entry) => matrix.entries()[entry].cost,
            Charge::Other => OTHER,
        };
        let mean = Mean { kinds: grouped.kinds(|pair| (cost(pair), 1.0)), range: Some((0.0, most)) };
        let mut intervals = MetricIntervals::default();
        run.sample.means(&[mean]).into_iter().for_each(|found| intervals.add("mean", found, run.sample.noun));
        Self { n, mean: (n > 0).then(|| total / to_f64(n)), total, entries, other, other_cost: OTHER, intervals }
    }
}

/// What an image is charged for.
enum Charge {
    Nothing,
    Entry(usize),
    Other,
}
