//! Precision, recall, F1 and average precision of one taxon.

use super::average_precision::average_precision;
use super::averages::by_taxon;
use super::chosen::{Chosen, cut};
use super::overlap::Overlap;
use crate::answers::sets::{AnswerSets, ImageSets, Named};
use crate::numbers::interval::Sample;
use crate::numbers::statistics::{Interval, share};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// One taxon that is a truth or an answer.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::sets, under its own name")]
pub struct SetTaxonScores {
    /// The taxon.
    pub taxon: TaxonId,
    pub rank: Rank,
    pub n: u64,
    pub answered: u64,
    pub right: u64,
    pub precision: Option<f64>,
    pub precision_interval: Option<Interval>,
    pub recall: Option<f64>,
    pub recall_interval: Option<Interval>,
    pub f1: Option<f64>,
    pub average_precision: Option<f64>,
}

/// What the scores of a run say of each taxon, as it is named: `None` for one that no image shows.
pub(super) type Precisions = BTreeMap<TaxonId, Option<f64>>;

/// Average precision of every taxon that is listed or there; empty without scores.
pub(super) fn precisions(taxonomy: &Taxonomy, sets: &ImageSets, run: &AnswerSets) -> Precisions {
    if !run.is_scored() {
        return Precisions::new();
    }
    let mut listed: BTreeMap<TaxonId, Vec<(f64, bool)>> = BTreeMap::new();
    let mut there: BTreeMap<TaxonId, u64> = BTreeMap::new();
    for (truths, members) in sets.truths.iter().zip(&run.listed) {
        for &truth in truths {
            *there.entry(truth).or_default() += 1;
            listed.entry(truth).or_default();
        }
        let mut best: BTreeMap<TaxonId, f64> = BTreeMap::new();
        for member in members {
            if let (Named::Taxon(taxon), Some(score)) = (member.named, member.score) {
                // The first of several below one truth has the highest score.
                best.entry(cut(taxonomy, truths, taxon)).or_insert(score);
            }
        }
        for (taxon, score) in best {
            listed.entry(taxon).or_default().push((score, truths.binary_search(&taxon).is_ok()));
        }
    }
    let images = sets.images.len() as u64;
    let of = |(taxon, listed): (TaxonId, Vec<(f64, bool)>)| {
        let shown = there.get(&taxon).copied().unwrap_or_default();
        let right = listed.iter().filter(|(_, is_there)| *is_there).count() as u64;
        let wrong = listed.len() as u64 - right;
        (taxon, average_precision(&listed, shown - right, images - shown - wrong))
    };
    listed.into_iter().map(of).collect()
}

/// A row for each taxon of each main rank, and for those of other ranks that are named.
pub(super) fn rows(
    taxonomy: &Taxonomy,
    named: &Chosen,
    ranks: &[Chosen],
    sample: &Sample,
    precisions: &Precisions,
) -> Vec<SetTaxonScores> {
    let mut rows: Vec<SetTaxonScores> = vec![];
    for chosen in ranks {
        rows.extend(of_level(taxonomy, chosen, sample, precisions, &|_| true));
    }
    let is_between = |taxon: TaxonId| taxonomy.rank(taxon).main_index().is_none();
    rows.extend(of_level(taxonomy, named, sample, precisions, &is_between));
    rows
}

fn of_level(
    taxonomy: &Taxonomy,
    chosen: &Chosen,
    sample: &Sample,
    precisions: &Precisions,
    is_wanted: &dyn Fn(TaxonId) -> bool,
) -> Vec<SetTaxonScores> {
    let taxa = by_taxon(chosen);
    // Of each taxon its images, whether it is there, and whether it is answered.
    let mut images: BTreeMap<TaxonId, Vec<(usize, bool, bool)>> = BTreeMap::new();
    for (image, pair) in chosen.scored() {
        for &truth in &pair.truths {
            images.entry(truth).or_default().push((image, true, pair.answers.binary_search(&truth).is_ok()));
        }
        for &answer in pair.answers.iter().filter(|answer| pair.truths.binary_search(answer).is_err()) {
            images.entry(answer).or_default().push((image, false, true));
        }
    }
    let row = |(taxon, overlap): (TaxonId, Overlap)| {
        let images = images.get(&taxon).map_or(&[][..], Vec::as_slice);
        let of = |values: Vec<(usize, bool)>| if values.is_empty() { None } else { sample.share(values).ok() };
        let answered = images.iter().filter(|(.., answered)| *answered).map(|(image, there, _)| (*image, *there)).collect();
        let shown = images.iter().filter(|(_, there, _)| *there).map(|(image, _, answered)| (*image, *answered)).collect();
        SetTaxonScores {
            taxon,
            rank: taxonomy.rank(taxon),
            n: overlap.truths,
            answered: overlap.answered,
            right: overlap.right,
            precision: share(overlap.right, overlap.answered),
            precision_interval: of(answered),
            recall: share(overlap.right, overlap.truths),
            recall_interval: of(shown),
            f1: share(2 * overlap.right, overlap.truths + overlap.answered),
            average_precision: precisions.get(&taxon).copied().flatten(),
        }
    };
    taxa.into_iter().filter(|(taxon, _)| is_wanted(*taxon)).map(row).collect()
}
