//! All that is said of one run's sets.

use super::averages::{Averages, NO_MEAN, Over};
use super::chosen::Chosen;
use super::communities::{self, SiteScores};
use super::image_scores::SetImage;
use super::rank_scores::SetRankScores;
use super::selection::Selection;
use super::taxon_scores::{self, Precisions, SetTaxonScores};
use super::tuning::{Aim, Tuned, Tuning};
use super::units::Units;
use crate::answers::sets::{AnswerSets, ImageSets};
use crate::numbers::interval::{Mean, MetricIntervals, NoInterval, Sample};
use crate::numbers::statistics::{mean, share, to_f64};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;

/// The numbers of one run as a whole; `None` where nothing is averaged.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "each metric is described in metric::sets, under its own name")]
pub struct SetScores {
    /// Precision, recall and F1 of the taxa as they are named.
    pub averages: Averages,
    pub empty_truths: u64,
    pub empty_answers: u64,
    pub transects: Option<u64>,
    pub hp: Option<f64>,
    pub hr: Option<f64>,
    pub hf: Option<f64>,
    pub sample_hf: Option<f64>,
    pub height: Option<f64>,
    pub mean_average_precision: Option<f64>,
    pub average_precisions: Option<u64>,
    pub without_average_precision: Option<u64>,
    pub size_error: Option<f64>,
    pub size_error_absolute: Option<f64>,
    pub sites: Option<u64>,
    pub richness_error: Option<f64>,
    pub richness_error_absolute: Option<f64>,
    pub bray_curtis: Option<f64>,
    /// All intervals.
    pub intervals: MetricIntervals,
}

/// One run with all its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSets {
    /// What it is called.
    pub name: String,
    /// What of its lists is answered.
    pub selection: Selection,
    /// The numbers of the whole.
    pub scores: SetScores,
    /// Those of each main rank that a truth has.
    pub ranks: Vec<SetRankScores>,
    /// Those of each taxon.
    pub taxa: Vec<SetTaxonScores>,
    /// Those of each image.
    pub images: Vec<SetImage>,
    /// Those of each site; empty without sites.
    pub sites: Vec<SiteScores>,
    /// Thresholds; empty without scores.
    pub tuned: Vec<Tuned>,
}

/// How a run is scored.
#[derive(Clone, Copy)]
pub(super) struct Scoring<'a> {
    pub(super) taxonomy: &'a Taxonomy,
    pub(super) sets: &'a ImageSets,
    pub(super) units: &'a Units,
    pub(super) draws: usize,
    pub(super) seed: u64,
    /// Share of right answers that a threshold is tuned for, besides F1.
    pub(super) precision: Option<f64>,
}

impl Scoring<'_> {
    pub(super) fn run(self, run: &AnswerSets, selection: Selection) -> RunSets {
        let Scoring { taxonomy, sets, units, .. } = self;
        let sample = units.sample(self.draws, self.seed);
        let over = Over { sample: &sample, transects: sets.transects.as_deref() };
        let named = Chosen::of(taxonomy, sets, run, selection);
        let at_ranks: Vec<Chosen> = (0..Rank::MAIN.len()).map(|index| named.at_rank(taxonomy, index)).collect();
        let ranks: Vec<SetRankScores> = Rank::MAIN
            .into_iter()
            .zip(&at_ranks)
            .map(|(rank, chosen)| SetRankScores::of(rank, chosen, over))
            .filter(|row| row.averages.truths > 0)
            .collect();
        let pairs: Vec<_> = named.scored().collect();
        let images: Vec<SetImage> = pairs.par_iter().map(|(image, pair)| SetImage::of(taxonomy, *image, pair)).collect();
        let sites = sets.sites.as_ref().map(|sites| communities::sites(&named, sites)).unwrap_or_default();
        let precisions = taxon_scores::precisions(taxonomy, sets, run);
        let scores = SetScores::of(self, Averages::of(&named, over), &images, &sites, &precisions);
        let tuning = Tuning { taxonomy, sets, run, units, given: selection, seed: self.seed };
        let aims = std::iter::once(Aim::F1).chain(self.precision.map(Aim::Precision)).filter(|_| run.is_scored());
        RunSets {
            name: run.name.clone(),
            selection,
            scores,
            taxa: taxon_scores::rows(taxonomy, &named, &at_ranks, &sample, &precisions),
            tuned: aims.map(|aim| tuning.tuned(aim)).collect(),
            ranks,
            images,
            sites,
        }
    }
}

impl SetScores {
    fn of(
        scoring: Scoring<'_>,
        averages: Averages,
        images: &[SetImage],
        sites: &[SiteScores],
        precisions: &Precisions,
    ) -> SetScores {
        let over = |value: &dyn Fn(&SetImage) -> f64| mean(images.iter().map(value));
        let sum = |value: &dyn Fn(&SetImage) -> u64| images.iter().map(value).sum::<u64>();
        let closed = [sum(&|i| i.closed.right), sum(&|i| i.closed.truths), sum(&|i| i.closed.answered)];
        let known: Vec<f64> = precisions.values().copied().flatten().collect();
        let is_scored = !precisions.is_empty();
        let has_sites = scoring.sets.sites.is_some();
        let of_sites = |value: &dyn Fn(&SiteScores) -> f64| mean(sites.iter().map(value));
        let transects = scoring
            .sets
            .transects
            .as_ref()
            .map(|names| crate::numbers::bootstrap::Clusters::by_name(names.iter().map(String::as_str)).len() as u64);
        let mut scores = SetScores {
            empty_truths: images.iter().filter(|image| image.overlap.truths == 0).count() as u64,
            empty_answers: images.iter().filter(|image| image.overlap.answered == 0).count() as u64,
            transects,
            hp: share(closed[0], closed[2]),
            hr: share(closed[0], closed[1]),
            hf: share(2 * closed[0], closed[1] + closed[2]),
            sample_hf: over(&|image| image.closed.f1()),
            height: over(&|image| image.height),
            mean_average_precision: mean(known.iter().copied()),
            average_precisions: is_scored.then_some(known.len() as u64),
            without_average_precision: is_scored.then(|| (precisions.len() - known.len()) as u64),
            size_error: over(&SetImage::size_error),
            size_error_absolute: over(&|image| image.size_error().abs()),
            sites: has_sites.then_some(sites.len() as u64),
            richness_error: of_sites(&|site| site.richness_error),
            richness_error_absolute: of_sites(&|site| site.richness_error.abs()),
            bray_curtis: mean(sites.iter().filter_map(|site| site.bray_curtis)),
            intervals: averages.intervals.clone(),
            averages,
        };
        scores.add_intervals(scoring, images, sites);
        scores
    }

    fn add_intervals(&mut self, scoring: Scoring<'_>, images: &[SetImage], sites: &[SiteScores]) {
        let sample = scoring.units.sample(scoring.draws, scoring.seed);
        let top = scoring.taxonomy.has_ranks().then_some((0.0, f64::from(super::matching::UNMATCHED)));
        let one = Some((0.0, 1.0));
        let of = |value: &dyn Fn(&SetImage) -> (f64, f64), range: Option<(f64, f64)>| {
            let values = images.iter().map(|image| {
                let (sum, weight) = value(image);
                (image.image, sum, weight)
            });
            Mean { kinds: sample.kinds(values), range }
        };
        let count = to_f64;
        let means = [
            ("hp", self.hp, of(&|i| (count(i.closed.right), count(i.closed.answered)), one)),
            ("hr", self.hr, of(&|i| (count(i.closed.right), count(i.closed.truths)), one)),
            ("hf", self.hf, of(&|i| (count(2 * i.closed.right), count(i.closed.truths + i.closed.answered)), one)),
            ("sample_hf", self.sample_hf, of(&|i| (i.closed.f1(), 1.0), one)),
            ("height", self.height, of(&|i| (i.height, 1.0), top)),
            ("size_error", self.size_error, of(&|i| (i.size_error(), 1.0), None)),
            ("size_error_absolute", self.size_error_absolute, of(&|i| (i.size_error().abs(), 1.0), None)),
        ];
        let drawn: Vec<Mean> = means.iter().map(|(.., mean)| mean.clone()).collect();
        for ((name, value, _), found) in means.into_iter().zip(sample.means(&drawn)) {
            self.intervals.add_for(name, value, found, sample.noun);
        }
        self.intervals.add_for("map", self.mean_average_precision, Err(NoInterval::NoMean(NO_MEAN)), sample.noun);
        let alone = Sample { clusters: None, noun: "sites", ..sample };
        let of_sites = |value: &dyn Fn(&SiteScores) -> Option<f64>, range: Option<(f64, f64)>| {
            let values = sites.iter().enumerate().filter_map(|(place, site)| value(site).map(|value| (place, value, 1.0)));
            Mean { kinds: alone.kinds(values), range }
        };
        let means = [
            ("richness_error", self.richness_error, of_sites(&|site| Some(site.richness_error), None)),
            ("richness_error_absolute", self.richness_error_absolute, of_sites(&|site| Some(site.richness_error.abs()), None)),
            ("bray_curtis", self.bray_curtis, of_sites(&|site| site.bray_curtis, one)),
        ];
        let drawn: Vec<Mean> = means.iter().map(|(.., mean)| mean.clone()).collect();
        for ((name, value, _), found) in means.into_iter().zip(alone.means(&drawn)) {
            self.intervals.add_for(name, value, found, alone.noun);
        }
    }
}
