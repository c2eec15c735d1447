//! Precision, recall and F1 of sets: averaged over images, over members and over taxa, and over transects.

use super::chosen::Chosen;
use super::overlap::Overlap;
use crate::numbers::interval::{Found, Mean, MetricIntervals, NoInterval, Sample};
use crate::numbers::statistics::{mean, share, to_f64};
use crate::taxonomy::TaxonId;
use std::collections::BTreeMap;

/// Why what is averaged over taxa has no interval.
pub(super) const NO_MEAN: &str = "it is an average over taxa and no mean over images";
/// Shares lie between these.
const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));

/// Precision, recall and F1 of sets, averaged in every way; `None` where nothing is averaged.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "each metric is described in metric::sets, under its own name")]
pub struct Averages {
    pub n: u64,
    pub truths: u64,
    pub answers: u64,
    pub taxa: u64,
    pub sample_precision: Option<f64>,
    pub sample_recall: Option<f64>,
    pub sample_f1: Option<f64>,
    pub transect_f1: Option<f64>,
    pub micro_precision: Option<f64>,
    pub micro_recall: Option<f64>,
    pub micro_f1: Option<f64>,
    pub macro_precision: Option<f64>,
    pub macro_recall: Option<f64>,
    pub macro_f1: Option<f64>,
    pub jaccard: Option<f64>,
    pub exact: Option<f64>,
    /// Those of means and shares over images.
    pub intervals: MetricIntervals,
}

/// Images with what they are drawn by, and their transects.
#[derive(Clone, Copy)]
pub(super) struct Over<'a> {
    pub(super) sample: &'a Sample,
    pub(super) transects: Option<&'a [String]>,
}

/// What is true and answered of each taxon.
pub(super) fn by_taxon(chosen: &Chosen) -> BTreeMap<TaxonId, Overlap> {
    let mut taxa: BTreeMap<TaxonId, Overlap> = BTreeMap::new();
    for (_, pair) in chosen.scored() {
        for &truth in &pair.truths {
            taxa.entry(truth).or_default().truths += 1;
        }
        for &answer in &pair.answers {
            let taxon = taxa.entry(answer).or_default();
            taxon.answered += 1;
            taxon.right += u64::from(pair.truths.binary_search(&answer).is_ok());
        }
    }
    taxa
}

impl Averages {
    pub(super) fn of(chosen: &Chosen, over: Over<'_>) -> Averages {
        let images: Vec<(usize, Overlap)> = chosen.scored().map(|(image, pair)| (image, pair.overlap())).collect();
        let by_transect = over.transects.map(|transects| transect_means(&images, transects));
        let mut averages = Averages::plain(chosen);
        averages.transect_f1 = by_transect.as_ref().and_then(|means| mean(means.iter().copied()));
        averages.intervals = averages.found(&images, by_transect, over.sample);
        averages
    }

    /// The numbers without intervals, and without transects.
    pub(super) fn plain(chosen: &Chosen) -> Averages {
        let images: Vec<Overlap> = chosen.scored().map(|(_, pair)| pair.overlap()).collect();
        let taxa = by_taxon(chosen);
        let over_images = |value: fn(Overlap) -> f64| mean(images.iter().map(|overlap| value(*overlap)));
        let over_taxa = |value: fn(Overlap) -> f64| mean(taxa.values().map(|overlap| value(*overlap)));
        let sum = |value: fn(&Overlap) -> u64| images.iter().map(value).sum::<u64>();
        let (right, truths, answers) = (sum(|o| o.right), sum(|o| o.truths), sum(|o| o.answered));
        let exact = images.iter().filter(|overlap| overlap.is_exact()).count() as u64;
        Averages {
            n: images.len() as u64,
            truths,
            answers,
            taxa: taxa.len() as u64,
            sample_precision: over_images(Overlap::precision),
            sample_recall: over_images(Overlap::recall),
            sample_f1: over_images(Overlap::f1),
            transect_f1: None,
            micro_precision: share(right, answers),
            micro_recall: share(right, truths),
            micro_f1: share(2 * right, truths + answers),
            macro_precision: over_taxa(Overlap::precision),
            macro_recall: over_taxa(Overlap::recall),
            macro_f1: over_taxa(Overlap::f1),
            jaccard: over_images(Overlap::jaccard),
            exact: share(exact, images.len() as u64),
            intervals: MetricIntervals::default(),
        }
    }

    fn found(&self, images: &[(usize, Overlap)], by_transect: Option<Vec<f64>>, sample: &Sample) -> MetricIntervals {
        let of_images = |value: fn(Overlap) -> (f64, f64)| {
            let values = images.iter().map(|(image, overlap)| {
                let (sum, weight) = value(*overlap);
                (*image, sum, weight)
            });
            Mean { kinds: sample.kinds(values), range: SHARE }
        };
        let means = [
            ("sample_precision", self.sample_precision, of_images(|o| (o.precision(), 1.0))),
            ("sample_recall", self.sample_recall, of_images(|o| (o.recall(), 1.0))),
            ("sample_f1", self.sample_f1, of_images(|o| (o.f1(), 1.0))),
            ("micro_precision", self.micro_precision, of_images(|o| (to_f64(o.right), to_f64(o.answered)))),
            ("micro_recall", self.micro_recall, of_images(|o| (to_f64(o.right), to_f64(o.truths)))),
            ("micro_f1", self.micro_f1, of_images(|o| (to_f64(2 * o.right), to_f64(o.truths + o.answered)))),
            ("jaccard", self.jaccard, of_images(|o| (o.jaccard(), 1.0))),
        ];
        let drawn: Vec<Mean> = means.iter().map(|(.., mean)| mean.clone()).collect();
        let mut intervals = MetricIntervals::default();
        for ((name, value, _), found) in means.iter().zip(sample.means(&drawn)) {
            intervals.add_for(name, *value, found, sample.noun);
        }
        let exact: Found = sample.share(images.iter().map(|(image, overlap)| (*image, overlap.is_exact())));
        intervals.add_for("exact", self.exact, exact, sample.noun);
        let transects = Sample { clusters: None, noun: "transects", ..sample.clone() };
        let values = by_transect.unwrap_or_default();
        let found = transects.mean(values.iter().enumerate().map(|(place, value)| (place, *value, 1.0)), SHARE);
        intervals.add_for("transect_f1", self.transect_f1, found, transects.noun);
        let no_mean = Err(NoInterval::NoMean(NO_MEAN));
        for (name, value) in
            [("macro_precision", self.macro_precision), ("macro_recall", self.macro_recall), ("macro_f1", self.macro_f1)]
        {
            intervals.add_for(name, value, no_mean, sample.noun);
        }
        intervals
    }
}

/// The mean F1 of the images of each transect; an image of no named one is one by itself.
fn transect_means(images: &[(usize, Overlap)], transects: &[String]) -> Vec<f64> {
    let mut of: BTreeMap<(&str, usize), Vec<f64>> = BTreeMap::new();
    for (image, overlap) in images {
        let name = transects.get(*image).map_or("", String::as_str);
        of.entry((name, if name.is_empty() { *image } else { 0 })).or_default().push(overlap.f1());
    }
    of.into_values().filter_map(mean).collect()
}
