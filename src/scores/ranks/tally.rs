//! Images counted, rank by rank and taxon by taxon.

use super::candidates::Candidates;
use super::column::{Column, confidence, found_at, truth_at};
use crate::answers::{Answer, Ranked};
use crate::numbers::statistics::{CalibrationBins, Sum, to_f64};
use crate::scores::judged_run::JudgedRun;
use crate::scores::truth_at::TruthAt;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;

/// Counts per taxon, each at its own rank.
pub(in crate::scores) struct TaxonCounts {
    /// Images whose truth lies in the taxon.
    pub truth: Vec<u32>,
    /// Images whose best label lies in the taxon, of those with a truth at its rank.
    pub answered: Vec<u32>,
    /// Images with both.
    pub path_right: Vec<u32>,
    /// Images whose summed answer is the taxon, of those with a truth at its rank.
    pub(super) summed_answered: Vec<u32>,
    /// Images with a summed answer and a truth in the taxon.
    pub(super) summed_right: Vec<u32>,
    /// Images of the taxon whose answer has no taxon at its rank.
    pub unanswered: Vec<u32>,
}

impl TaxonCounts {
    fn new(taxa: usize) -> Self {
        let zeros = || vec![0; taxa];
        Self {
            truth: zeros(),
            answered: zeros(),
            path_right: zeros(),
            summed_answered: zeros(),
            summed_right: zeros(),
            unanswered: zeros(),
        }
    }

    fn merge(&mut self, other: &Self) {
        let fields = [
            (&mut self.truth, &other.truth),
            (&mut self.answered, &other.answered),
            (&mut self.path_right, &other.path_right),
            (&mut self.summed_answered, &other.summed_answered),
            (&mut self.summed_right, &other.summed_right),
            (&mut self.unanswered, &other.unanswered),
        ];
        for (mine, theirs) in fields {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

/// Sums of one rank.
#[derive(Clone, Default)]
pub(super) struct Tally {
    pub n: u64,
    /// Images that have a truth at the rank; the rest of `n` are counted as mistakes without one.
    pub placed: u64,
    pub path_top1: u64,
    pub path_top5: u64,
    pub summed_top1: u64,
    pub summed_top5: u64,
    pub path_ties: Ties,
    pub summed_ties: Ties,
    /// Candidates that would have been right, summed over images.
    pub lucky: u64,
    /// Images whose summed taxon is not the taxon of the best label.
    pub disagree: u64,
    /// One over the place of the first right label; 0 where none is right.
    pub reciprocal_places: Sum,
    /// Images by the place of the first right label, from the first place on.
    pub places: Vec<u64>,
    pub bins: CalibrationBins,
}

impl Tally {
    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.placed += other.placed;
        self.path_top1 += other.path_top1;
        self.path_top5 += other.path_top5;
        self.summed_top1 += other.summed_top1;
        self.summed_top5 += other.summed_top5;
        self.path_ties.merge(other.path_ties);
        self.summed_ties.merge(other.summed_ties);
        self.lucky += other.lucky;
        self.disagree += other.disagree;
        self.reciprocal_places.merge(other.reciprocal_places);
        self.places.resize(self.places.len().max(other.places.len()), 0);
        self.places.iter_mut().zip(&other.places).for_each(|(mine, theirs)| *mine += theirs);
        self.bins.merge(&other.bins);
    }
}

/// What the images leave open whose best score is shared.
#[derive(Clone, Copy, Default)]
pub(super) struct Ties {
    /// Images whose best score several labels share.
    pub tied: u64,
    /// Images that are right whichever of these labels is answered.
    pub always: u64,
    /// Images that are right if the right one of them is.
    pub ever: u64,
}

impl Ties {
    fn add(&mut self, ranked: &Ranked, (image, times): (usize, u64), column: &Column, truth: Option<TaxonId>) {
        let tied = ranked.tied(image);
        let right = |answer: &Answer| truth.is_some() && column.ancestor(answer.taxon()) == truth;
        self.tied += times * u64::from(tied.iter().any(|answer| *answer != tied[0]));
        self.always += times * u64::from(!tied.is_empty() && tied.iter().all(right));
        self.ever += times * u64::from(tied.iter().any(right));
    }

    fn merge(&mut self, other: Self) {
        self.tied += other.tied;
        self.always += other.always;
        self.ever += other.ever;
    }
}

/// What all images add up to: for each rank, and for each taxon.
pub(super) struct Sums {
    pub tallies: Vec<Tally>,
    pub counts: TaxonCounts,
}

impl Sums {
    /// Of no image.
    fn new(ranks: usize, taxa: usize) -> Self {
        Self { tallies: vec![Tally::default(); ranks], counts: TaxonCounts::new(taxa) }
    }

    /// Of all images of a run.
    pub fn of(run: &JudgedRun<'_>, columns: &[Column], candidates: Option<&Candidates>) -> Self {
        let empty = || Self::new(columns.len(), run.taxonomy.len());
        let add = |mut sums: Self, image: usize| {
            for (tally, column) in sums.tallies.iter_mut().zip(columns) {
                if let Some(seen) = Seen::of(run, image, column) {
                    seen.add_to(tally, &mut sums.counts, candidates);
                }
            }
            sums
        };
        let merge = |mut sums: Self, other: Self| {
            sums.tallies.iter_mut().zip(&other.tallies).for_each(|(mine, theirs)| mine.merge(theirs));
            sums.counts.merge(&other.counts);
            sums
        };
        (0..run.judgements.len()).into_par_iter().with_min_len(65_536).fold(empty, add).reduce(empty, merge)
    }
}

/// An image that counts at a rank.
struct Seen<'a> {
    run: &'a JudgedRun<'a>,
    image: usize,
    column: &'a Column,
    /// Its true taxon of the rank; `None` where the truth is unknown.
    truth: Option<TaxonId>,
    /// The taxon of the rank that its best label lies in.
    answered: Option<TaxonId>,
}

impl<'a> Seen<'a> {
    /// `None` where the image does not count at the rank.
    fn of(run: &'a JudgedRun<'a>, image: usize, column: &'a Column) -> Option<Self> {
        let TruthAt(truth) = truth_at(run, image, column)?;
        Some(Self { run, image, column, truth, answered: column.ancestor(run.best(image)) })
    }

    /// Adds the image to the sums of its rank and to the counts of its taxa.
    fn add_to(&self, tally: &mut Tally, counts: &mut TaxonCounts, candidates: Option<&Candidates>) {
        let (times, taxon_times) = self.times();
        tally.n += times;
        if let Some(answered) = self.answered {
            counts.answered[answered.index()] += taxon_times;
        }
        let path = self.place_in(&self.run.answers.ranked);
        tally.path_ties.add(&self.run.answers.ranked, (self.image, times), self.column, self.truth);
        tally.reciprocal_places.add_times(path.map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)), times);
        if let Some(place) = path {
            if tally.places.len() <= place {
                tally.places.resize(place + 1, 0);
            }
            tally.places[place] += times;
        }
        if let Some(summed) = self.run.summed(self.column.rank) {
            self.add_summed_to(tally, counts, summed);
        }
        let Some(truth) = self.truth else { return };
        let place = truth.index();
        tally.placed += times;
        tally.lucky += times * candidates.map_or(0, |candidates| u64::from(candidates.below[place]));
        counts.truth[place] += taxon_times;
        counts.unanswered[place] += taxon_times * u32::from(self.answered.is_none());
        tally.path_top1 += times * u64::from(path == Some(0));
        tally.path_top5 += times * u64::from(path.is_some_and(|place| place < 5));
        counts.path_right[place] += taxon_times * u32::from(path == Some(0));
    }

    /// The same by the taxa of most summed probability.
    fn add_summed_to(&self, tally: &mut Tally, counts: &mut TaxonCounts, summed: &Ranked) {
        let (times, taxon_times) = self.times();
        let best = self.column.ancestor(summed.best(self.image).taxon());
        tally.disagree += times * u64::from(best != self.answered);
        if let Some(best) = best {
            counts.summed_answered[best.index()] += taxon_times;
        }
        tally.summed_ties.add(summed, (self.image, times), self.column, self.truth);
        if let Some((probability, right)) = confidence(summed, self.image, self.column, self.truth) {
            tally.bins.add_times(probability, right.into(), times);
        }
        let Some(truth) = self.truth else { return };
        let place = self.place_in(summed);
        tally.summed_top1 += times * u64::from(place == Some(0));
        tally.summed_top5 += times * u64::from(place.is_some_and(|place| place < 5));
        counts.summed_right[truth.index()] += taxon_times * u32::from(place == Some(0));
    }

    /// How many images it stands for; the counts of taxa hold as many as all images may be.
    fn times(&self) -> (u64, u32) {
        let times = self.run.times(self.image);
        (times, u32::try_from(times).unwrap_or(u32::MAX))
    }

    /// Place of the first answer, from 0, that lies in the true taxon; `None` where none does, or the truth is unknown.
    fn place_in(&self, ranked: &Ranked) -> Option<usize> {
        found_at(ranked, self.image, self.column, self.truth?)
    }
}
