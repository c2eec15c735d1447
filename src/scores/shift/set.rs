//! One set of images: answers with truths, where there are any.

use super::options::ShiftOptions;
use crate::answers::Answers;
use crate::answers::distribution::Distribution;
use crate::numbers::interval::Sample;
use crate::scores::intervals::{DrawnBy, sample};
use crate::scores::outcome::{Judgement, judge};
use crate::taxonomy::Taxonomy;

/// One set of images, as it is given.
#[derive(Debug, Clone, Copy)]
pub struct ShiftSet<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its answers, with truths where there are any.
    pub answers: &'a Answers,
    /// Whole distributions, or why there are none.
    pub distribution: Result<&'a Distribution, &'a str>,
    /// The place of each image in the distributions.
    pub places: &'a [usize],
}

/// The same, judged.
pub(super) struct JudgedSet<'a> {
    pub set: ShiftSet<'a>,
    /// One per image.
    pub judgements: Vec<Judgement>,
    /// Which images belong together.
    pub sample: Sample,
}

impl<'a> JudgedSet<'a> {
    pub fn of(taxonomy: &Taxonomy, set: ShiftSet<'a>, options: &ShiftOptions) -> Self {
        let (sample, _) = sample(set.answers, DrawnBy::Observation);
        let sample = Sample { draws: options.draws, seed: options.seed, ..sample };
        Self { set, judgements: judge(taxonomy, set.answers, options.unreachable), sample }
    }

    /// Images that are scored.
    pub fn scored(&self) -> u64 {
        self.judgements.iter().filter(|judgement| judgement.is_scored()).count() as u64
    }

    /// The cluster of an image.
    pub fn cluster(&self, image: usize) -> usize {
        self.sample.clusters.as_ref().map_or(image, |clusters| clusters.of(image))
    }
}
