//! One run with a judgement of each image: what all scores are made from.

use super::met::Met;
use super::outcome::Judgement;
use crate::answers::{Answers, Ranked};
use crate::numbers::interval::Sample;
use crate::taxonomy::information::{Information, InformationFrom};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// What all scores are made from.
pub(super) struct JudgedRun<'a> {
    pub taxonomy: &'a Taxonomy,
    pub answers: &'a Answers,
    /// One per image.
    pub judgements: Vec<Judgement>,
    /// The part of the taxonomy that matters.
    pub met: &'a Met,
    /// What the intervals are drawn by.
    pub sample: Sample,
}

impl JudgedRun<'_> {
    /// How much each taxon says, by the part of the taxonomy that matters.
    pub fn information(&self, from: InformationFrom) -> Information {
        let tips = self.met.tips(self.taxonomy);
        match from {
            InformationFrom::Leaves => Information::of_tips(self.taxonomy, &tips),
            InformationFrom::Truths => {
                let mut images = vec![0; self.taxonomy.len()];
                for (image, judgement) in self.judgements.iter().enumerate() {
                    if let Judgement::Scored(outcome) = judgement {
                        images[outcome.truth.index()] += self.times(image);
                    }
                }
                Information::of_truths(self.taxonomy, &tips, &images)
            }
        }
    }

    /// Summed answers of a main rank.
    pub fn summed(&self, rank: Rank) -> Option<&Ranked> {
        self.answers.summed[rank.main_index()?].as_ref()
    }

    /// How many images a row stands for.
    pub fn times(&self, image: usize) -> u64 {
        self.sample.times(image)
    }

    pub fn best(&self, image: usize) -> TaxonId {
        self.answers.ranked.best(image).taxon()
    }
}
