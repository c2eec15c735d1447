//! A threshold tuned on one half of the images, and tried on the other.

use super::averages::Averages;
use super::chosen::{Chosen, cut};
use super::overlap::Overlap;
use super::selection::Selection;
use super::units::Units;
use crate::answers::sets::{AnswerSets, ImageSets, Named};
use crate::numbers::statistics::{ExactSum, to_f64};
use crate::numbers::ties;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// What a threshold is tuned for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// The highest F1, averaged over images; of equal ones the highest threshold.
    F1,
    /// The lowest threshold with at least this share of all answers right.
    Precision(f64),
}

impl Aim {
    /// The name of the aim in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Aim::F1 => "f1",
            Aim::Precision(_) => "precision",
        }
    }

    /// The share that is wanted.
    #[must_use]
    pub fn target(self) -> Option<f64> {
        match self {
            Aim::F1 => None,
            Aim::Precision(share) => Some(share),
        }
    }
}

/// A threshold, what it gave on the half that it was tuned on, and what on the other.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::sets, under its own name")]
pub struct Tuned {
    /// What it is tuned for.
    pub aim: Aim,
    /// How the halves were chosen, in words.
    pub chosen: String,
    /// Why there is no threshold, where there is none.
    pub why_not: Option<String>,
    pub threshold: Option<f64>,
    pub tuned_n: u64,
    pub tuned_f1: Option<f64>,
    pub tuned_precision: Option<f64>,
    pub tuned_recall: Option<f64>,
    pub tried_n: u64,
    pub tried_f1: Option<f64>,
    pub tried_precision: Option<f64>,
    pub tried_recall: Option<f64>,
    pub given_f1: Option<f64>,
}

/// The halves: whether each image is tuned on; whatever the order of the images.
struct Halves {
    is_tuned: Vec<bool>,
    chosen: String,
}

impl Halves {
    /// Half of the units, drawn; the larger half is tried on.
    fn of(units: &Units, seed: u64) -> Result<Halves, String> {
        let mut names: Vec<&str> = units.names.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
        if names.len() < 2 {
            return Err(format!("there are not two of the {} to tune on one and try on the other", units.noun));
        }
        names.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let half: BTreeSet<&str> = names[..names.len() / 2].iter().copied().collect();
        let chosen = format!("a random half of the {}, seed {seed}", units.noun);
        Ok(Halves { is_tuned: units.names.iter().map(|name| half.contains(name.as_str())).collect(), chosen })
    }
}

/// One run with its images, as thresholds are tuned on them.
#[derive(Clone, Copy)]
pub(super) struct Tuning<'a> {
    pub(super) taxonomy: &'a Taxonomy,
    pub(super) sets: &'a ImageSets,
    pub(super) run: &'a AnswerSets,
    pub(super) units: &'a Units,
    /// What is answered without a tuned threshold.
    pub(super) given: Selection,
    pub(super) seed: u64,
}

impl Tuning<'_> {
    /// Tunes a threshold for an aim.
    pub(super) fn tuned(self, aim: Aim) -> Tuned {
        let mut tuned = Tuned {
            aim,
            chosen: String::new(),
            why_not: None,
            threshold: None,
            tuned_n: 0,
            tuned_f1: None,
            tuned_precision: None,
            tuned_recall: None,
            tried_n: 0,
            tried_f1: None,
            tried_precision: None,
            tried_recall: None,
            given_f1: None,
        };
        let halves = match Halves::of(self.units, self.seed) {
            Ok(halves) => halves,
            Err(reason) => return Tuned { why_not: Some(reason), ..tuned },
        };
        tuned.chosen.clone_from(&halves.chosen);
        let Some(threshold) = self.best(&halves, aim) else {
            let reason = match aim {
                Aim::F1 => "no image of the half that is tuned on has a score".to_string(),
                Aim::Precision(share) => {
                    format!("no threshold has a share of {share} of its answers right on the half that is tuned on")
                }
            };
            return Tuned { why_not: Some(reason), ..tuned };
        };
        let of = |is_tuned: bool, selection: Selection| self.averages(&halves, is_tuned, selection);
        let (on, off) = (of(true, Selection::Threshold(threshold)), of(false, Selection::Threshold(threshold)));
        let precision = |averages: &Averages| averages.micro_precision;
        Tuned {
            threshold: Some(threshold),
            tuned_n: on.n,
            tuned_f1: on.sample_f1,
            tuned_precision: precision(&on),
            tuned_recall: on.micro_recall,
            tried_n: off.n,
            tried_f1: off.sample_f1,
            tried_precision: precision(&off),
            tried_recall: off.micro_recall,
            given_f1: of(false, self.given).sample_f1,
            ..tuned
        }
    }

    /// What a selection gives on one half.
    fn averages(self, halves: &Halves, is_tuned: bool, selection: Selection) -> Averages {
        let mut chosen = Chosen::of(self.taxonomy, self.sets, self.run, selection);
        for (pair, tuned) in chosen.pairs.iter_mut().zip(&halves.is_tuned) {
            if *tuned != is_tuned {
                *pair = None;
            }
        }
        Averages::plain(&chosen)
    }

    /// The best threshold of the half that is tuned on, among the scores of its images.
    fn best(self, halves: &Halves, aim: Aim) -> Option<f64> {
        let images: Vec<usize> = (0..self.sets.images.len()).filter(|&image| halves.is_tuned[image]).collect();
        let mut members: Vec<(f64, usize, bool)> = vec![];
        for &image in &images {
            members.extend(self.members(image).into_iter().map(|(score, is_right)| (score, image, is_right)));
        }
        members.sort_by(|a, b| ties::falling(a.0, b.0));
        let mut sweep = Sweep::of(images.iter().map(|&image| (image, self.sets.truths[image].len() as u64)));
        let mut best: Option<(f64, f64)> = None;
        for level in members.chunk_by(|a, b| ties::falling(a.0, b.0).is_eq()) {
            for &(_, image, is_right) in level {
                sweep.add(image, is_right);
            }
            let Some(score) = level.iter().map(|(score, ..)| *score).reduce(f64::min) else { continue };
            let value = match aim {
                Aim::F1 => sweep.sum_of_f1.value(),
                Aim::Precision(share) if sweep.precision() >= share => -score,
                Aim::Precision(_) => continue,
            };
            if best.is_none_or(|(most, _)| value > most) {
                best = Some((value, score));
            }
        }
        best.map(|(_, score)| ties::shortest(score))
    }

    /// The scores of what an image lists, each member once, and whether it is there.
    fn members(self, image: usize) -> Vec<(f64, bool)> {
        let truths = &self.sets.truths[image];
        let mut members: BTreeMap<Result<TaxonId, u32>, f64> = BTreeMap::new();
        for member in &self.run.listed[image] {
            let Some(score) = member.score else { continue };
            let named = match member.named {
                Named::Taxon(taxon) => Ok(cut(self.taxonomy, truths, taxon)),
                Named::Unknown(name) => Err(name),
            };
            members.entry(named).or_insert(score);
        }
        let is_right = |named: Result<TaxonId, u32>| named.is_ok_and(|taxon| truths.binary_search(&taxon).is_ok());
        members.into_iter().map(|(named, score)| (score, is_right(named))).collect()
    }
}

/// The sets of images while the threshold falls.
struct Sweep {
    images: BTreeMap<usize, Overlap>,
    sum_of_f1: ExactSum,
    right: u64,
    answered: u64,
}

impl Sweep {
    fn of(truths: impl Iterator<Item = (usize, u64)>) -> Sweep {
        let images: BTreeMap<usize, Overlap> =
            truths.map(|(image, truths)| (image, Overlap { truths, ..Overlap::default() })).collect();
        let mut sum_of_f1 = ExactSum::default();
        for overlap in images.values() {
            sum_of_f1.add(overlap.f1());
        }
        Sweep { images, sum_of_f1, right: 0, answered: 0 }
    }

    /// One more answer of an image.
    fn add(&mut self, image: usize, is_right: bool) {
        let Some(overlap) = self.images.get_mut(&image) else { return };
        self.sum_of_f1.add(-overlap.f1());
        overlap.answered += 1;
        overlap.right += u64::from(is_right);
        self.sum_of_f1.add(overlap.f1());
        self.answered += 1;
        self.right += u64::from(is_right);
    }

    fn precision(&self) -> f64 {
        to_f64(self.right) / to_f64(self.answered.max(1))
    }
}
