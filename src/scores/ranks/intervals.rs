//! The intervals of the rows of ranks.

use super::column::{Column, confidence, found_at, truth_at};
use super::rank_scores::RankScores;
use super::table::Table;
use super::tally::Tally;
use crate::numbers::bootstrap::{Clusters, Kind, Kinds};
use crate::numbers::calibration::error_interval;
use crate::numbers::interval::{Found, Mean, MetricIntervals, NoInterval, share};
use crate::numbers::statistics::{Sum, to_f64};
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;

/// What the intervals of one row are made from.
struct RowKinds {
    path_top1: Kinds,
    path_top5: Kinds,
    summed_top1: Kinds,
    summed_top5: Kinds,
    disagree: Kinds,
    path_mrr: Kinds,
    path_macro: Kinds,
    summed_macro: Kinds,
    /// Effective number of images of the averages over taxa.
    macro_images: f64,
}

/// Averages over taxa whose terms share images.
const SHARED: NoInterval =
    NoInterval::NoMean("the answers to the images of one taxon change the precision of others: this is no mean over images");

/// Adds the intervals of every row.
pub(super) fn add(run: &JudgedRun<'_>, table: &mut Table, tallies: &[Tally]) {
    let kinds = |(column, tally): (&Column, &Tally)| {
        let weights = Weights::of(run.taxonomy, column.rank, &table.counts.truth);
        match &run.sample.clusters {
            None => of_images(table, tally, &weights),
            Some(clusters) => of_clusters(run, column, clusters, &weights),
        }
    };
    let rows: Vec<RowKinds> = table.columns.par_iter().zip(tallies).map(kinds).collect();
    let columns = table.columns.par_iter().zip(&table.rows).zip(tallies);
    let errors: Vec<Found> = columns.map(|((column, row), tally)| error(run, column, row, tally)).collect();
    let mut errors = errors.into_iter();
    // Reciprocal places of all ranks are drawn together.
    let places: Vec<Mean> = rows.iter().map(|row| Mean { kinds: row.path_mrr.clone(), range: Some((0.0, 1.0)) }).collect();
    for ((row, kinds), mrr) in table.rows.iter_mut().zip(&rows).zip(run.sample.means(&places)) {
        // Every image weighs 1: their number is their weight.
        let of_images = |kinds: &Kinds| share(kinds, kinds.weight());
        let found = [
            ("path_top1", row.path_top1, of_images(&kinds.path_top1)),
            ("path_top5", row.path_top5, of_images(&kinds.path_top5)),
            ("path_macro", row.path_macro, share(&kinds.path_macro, kinds.macro_images)),
            ("summed_top1", row.summed_top1, of_images(&kinds.summed_top1)),
            ("summed_top5", row.summed_top5, of_images(&kinds.summed_top5)),
            ("summed_macro", row.summed_macro, share(&kinds.summed_macro, kinds.macro_images)),
            ("path_mrr", row.path_mrr, mrr),
            ("disagree", row.disagree, of_images(&kinds.disagree)),
            ("path_macro_precision", row.path_macro_precision, Err(SHARED)),
            ("path_macro_f1", row.path_macro_f1, Err(SHARED)),
            ("path_weighted_precision", row.path_weighted_precision, Err(SHARED)),
            ("path_weighted_f1", row.path_weighted_f1, Err(SHARED)),
            ("summed_macro_precision", row.summed_macro_precision, Err(SHARED)),
            ("summed_macro_f1", row.summed_macro_f1, Err(SHARED)),
            ("summed_weighted_precision", row.summed_weighted_precision, Err(SHARED)),
            ("summed_weighted_f1", row.summed_weighted_f1, Err(SHARED)),
        ];
        let mut intervals = MetricIntervals::default();
        for (name, value, found) in found {
            intervals.add_for(name, value, found, run.sample.noun);
        }
        intervals.add_for("ece", row.ece, errors.next().unwrap_or(Err(NoInterval::NoValue)), run.sample.noun);
        row.intervals = intervals;
    }
}

/// The interval of the calibration error of a rank.
fn error(run: &JudgedRun<'_>, column: &Column, row: &RankScores, tally: &Tally) -> Found {
    let (Some(_), Some(summed)) = (row.ece, run.summed(column.rank)) else { return Err(NoInterval::NoValue) };
    let images = (0..run.judgements.len()).filter_map(|image| {
        let truth = truth_at(run, image, column)?;
        let (probability, right) = confidence(summed, image, column, truth.0)?;
        Some((image, probability, right))
    });
    error_interval(&run.sample, &tally.bins, images)
}

/// What an image of each true taxon of a rank weighs in the average over taxa: the taxa weigh alike, and so do the
/// images of one taxon.
struct Weights {
    /// Taxa in order, the weight of an image, and images.
    of_taxon: Vec<(TaxonId, f64, u64)>,
    /// Effective number of images, (Σ w)² / Σ w² with Σ w = 1 (Kish 1965).
    images: f64,
}

impl Weights {
    fn of(taxonomy: &Taxonomy, rank: Rank, truths: &[u32]) -> Self {
        let images = |taxon: &TaxonId| u64::from(truths[taxon.index()]);
        let true_taxa: Vec<TaxonId> = taxonomy.taxa_of_rank(rank).filter(|taxon| images(taxon) > 0).collect();
        let taxa = to_f64(true_taxa.len() as u64);
        let weighted = |taxon: &TaxonId| (*taxon, 1.0 / (taxa * to_f64(images(taxon))), images(taxon));
        let of_taxon: Vec<_> = true_taxa.iter().map(weighted).collect();
        let squares: f64 = of_taxon.iter().map(|(_, weight, images)| weight * weight * to_f64(*images)).sum();
        Self { of_taxon, images: 1.0 / squares }
    }

    fn get(&self, taxon: TaxonId) -> f64 {
        self.of_taxon.binary_search_by_key(&taxon, |of| of.0).map_or(0.0, |place| self.of_taxon[place].1)
    }
}

/// Of images that count by themselves the tallies say all.
fn of_images(table: &Table, tally: &Tally, weights: &Weights) -> RowKinds {
    let kind = |sum, times| Kind { sum, weight: 1.0, times };
    let of = |part: u64| Kinds::counted([kind(1.0, part), kind(0.0, tally.n - part)]);
    let averaged = |right: &[u32]| {
        let kinds = weights.of_taxon.iter().flat_map(|&(taxon, weight, images)| {
            let right = u64::from(right[taxon.index()]);
            [Kind { sum: weight, weight, times: right }, Kind { sum: 0.0, weight, times: images - right }]
        });
        Kinds::counted(kinds)
    };
    let found: u64 = tally.places.iter().sum();
    let places = (1_u64..).zip(&tally.places).map(|(place, &images)| kind(1.0 / to_f64(place), images));
    RowKinds {
        path_top1: of(tally.path_top1),
        path_top5: of(tally.path_top5),
        summed_top1: of(tally.summed_top1),
        summed_top5: of(tally.summed_top5),
        disagree: of(tally.disagree),
        path_mrr: Kinds::counted(places.chain([kind(0.0, tally.n - found)])),
        path_macro: averaged(&table.counts.path_right),
        summed_macro: averaged(&table.counts.summed_right),
        macro_images: weights.images,
    }
}

/// Sums of the images of one cluster.
#[derive(Clone, Copy, Default)]
struct OfCluster {
    n: u64,
    path_top1: u64,
    path_top5: u64,
    summed_top1: u64,
    summed_top5: u64,
    disagree: u64,
    reciprocal_places: Sum,
    weight: Fixed,
    path_weight: Fixed,
    summed_weight: Fixed,
}

/// A sum of weights in units of 2⁻¹⁰⁰: the same in any order, and at most 1.
#[derive(Clone, Copy, Default)]
struct Fixed(u128);

impl Fixed {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight in [0, 1] times 2^100 fits")]
    fn add(&mut self, weight: f64, times: u64) {
        self.0 += (weight * 2.0_f64.powi(100)) as u128 * u128::from(times);
    }

    #[expect(clippy::cast_precision_loss, reason = "the one rounding of the whole sum")]
    fn value(self) -> f64 {
        self.0 as f64 / 2.0_f64.powi(100)
    }
}

fn of_clusters(run: &JudgedRun<'_>, column: &Column, clusters: &Clusters, weights: &Weights) -> RowKinds {
    let mut sums = vec![OfCluster::default(); clusters.len()];
    let summed = run.summed(column.rank);
    for image in 0..run.judgements.len() {
        let Some(truth) = truth_at(run, image, column).map(|truth| truth.0) else { continue };
        let (times, sum) = (run.times(image), &mut sums[clusters.of(image)]);
        sum.n += times;
        let place = truth.and_then(|truth| found_at(&run.answers.ranked, image, column, truth));
        sum.reciprocal_places.add_times(place.map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)), times);
        let weight = truth.map_or(0.0, |truth| weights.get(truth));
        sum.weight.add(weight, times);
        sum.path_top1 += times * u64::from(place == Some(0));
        sum.path_top5 += times * u64::from(place.is_some_and(|place| place < 5));
        if place == Some(0) {
            sum.path_weight.add(weight, times);
        }
        let Some(summed) = summed else { continue };
        let place = truth.and_then(|truth| found_at(summed, image, column, truth));
        sum.disagree += times * u64::from(column.ancestor(summed.best(image).taxon()) != column.ancestor(run.best(image)));
        sum.summed_top1 += times * u64::from(place == Some(0));
        sum.summed_top5 += times * u64::from(place.is_some_and(|place| place < 5));
        if place == Some(0) {
            sum.summed_weight.add(weight, times);
        }
    }
    let of = |part: fn(&OfCluster) -> u64| Kinds::of(sums.iter().map(|sum| (to_f64(part(sum)), to_f64(sum.n))));
    let averaged = |part: fn(&OfCluster) -> Fixed| Kinds::of(sums.iter().map(|sum| (part(sum).value(), sum.weight.value())));
    let reciprocals = |sum: &OfCluster| (sum.reciprocal_places.mean().unwrap_or(0.0) * to_f64(sum.n), to_f64(sum.n));
    RowKinds {
        path_top1: of(|sum| sum.path_top1),
        path_top5: of(|sum| sum.path_top5),
        summed_top1: of(|sum| sum.summed_top1),
        summed_top5: of(|sum| sum.summed_top5),
        disagree: of(|sum| sum.disagree),
        path_mrr: Kinds::of(sums.iter().map(reciprocals)),
        path_macro: averaged(|sum| sum.path_weight),
        summed_macro: averaged(|sum| sum.summed_weight),
        macro_images: weights.images,
    }
}
