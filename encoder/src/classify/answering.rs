//! From what was seen of photographs to answers: similarities with labels, the logits of classes, or none.

use super::class_labels::ClassLabels;
use super::error::ClassifyError;
use super::label_scores::LabelScores;
use super::seen::Seen;
use super::tiles::{TilePool, pooled_logits};
use nearmiss::runs::zero_shot::{ImageAnswers, RankGroups};
use nearmiss::taxonomy::Taxonomy;

/// Most candidates of an encoder whose pooled probabilities are kept of each photograph; vectors say all where nothing is pooled.
const KEPT: usize = 10_000;

/// What answers.
pub enum Answering<'a> {
    /// Vectors are compared with those of labels.
    Labels(LabelScores<'a>),
    /// Logits of classes become those of their taxa.
    Classes(ClassScores<'a>),
    /// Nothing does: there are vectors alone.
    Nothing,
}

/// Answers from the logits of classes.
pub struct ClassScores<'a> {
    classes: &'a ClassLabels,
    groups: RankGroups,
}

/// What is known of some photographs: logits in their order, and answers of those that have one.
pub(super) struct Answered {
    /// A row per photograph, `None` where it could not be read or has no logits.
    pub(super) logits: Vec<Option<Vec<f32>>>,
    /// The name of the photograph, and its answers.
    pub(super) answers: Vec<(String, ImageAnswers)>,
}

impl<'a> ClassScores<'a> {
    /// Of the taxa of classes.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, classes: &'a ClassLabels) -> ClassScores<'a> {
        let labels = classes.labels().taxa();
        ClassScores { classes, groups: RankGroups::new(taxonomy, labels, vec![true; labels.len()]) }
    }

    /// The logits of taxa of a photograph, pooled where it was seen in tiles; `None` where it could not be read.
    fn logits(&self, seen: &Seen, pool: Option<TilePool>) -> Option<Vec<f32>> {
        let Some(pool) = pool else { return Some(self.classes.logits(seen.logits.as_ref()?)) };
        let tiles = seen.tiles.as_ref()?.logits.as_ref()?;
        let of_taxa: Vec<Vec<f32>> = tiles.iter().map(|logits| self.classes.logits(logits)).collect();
        Some(pooled_logits(&of_taxa, pool))
    }

    /// The answers that the logits of taxa make: their softmax, in which classes that are kept take part and are no answer.
    fn answer(&self, logits: &[f32], k: usize) -> ImageAnswers {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials: Vec<f64> = logits.iter().map(|&logit| (f64::from(logit) - f64::from(largest)).exp()).collect();
        let total: f64 = exponentials.iter().sum();
        let taxa = self.classes.labels().taxa().len();
        let probabilities: Vec<f64> = exponentials.iter().take(taxa).map(|exponential| exponential / total).collect();
        self.groups.answer_probabilities(&probabilities, k)
    }
}

impl Answering<'_> {
    /// How many logits a photograph has in the table of images; `None` where vectors say all, and where candidates whose
    /// probabilities are pooled over tiles are too many to keep those of all.
    #[must_use]
    pub fn logits(&self, pool: Option<TilePool>) -> Option<usize> {
        match self {
            Answering::Labels(scores) => {
                pool.map(|_| scores.labels()).filter(|&labels| scores.is_distribution() && labels <= KEPT)
            }
            Answering::Nothing => None,
            Answering::Classes(scores) => Some(scores.classes.width()),
        }
    }

    /// Answers for photographs by name, `k` per rank; of those that were seen in tiles by pooling the tiles' scores.
    pub(super) fn answer(&self, seen: &[(String, Seen)], pool: Option<TilePool>, k: usize) -> Result<Answered, ClassifyError> {
        match (self, pool) {
            (Answering::Labels(scores), None) => {
                let vector = |(image, seen): &(String, Seen)| Some((image.clone(), seen.image.embedding.clone()?));
                let answers = scores.answer(seen.iter().filter_map(vector).collect(), k)?;
                Ok(Answered { logits: vec![None; seen.len()], answers })
            }
            (Answering::Labels(scores), Some(pool)) => {
                let keeps = self.logits(Some(pool)).is_some();
                let mut answered = Answered { logits: Vec::with_capacity(seen.len()), answers: vec![] };
                // One photograph after the other: all logits of all tiles of a batch may be more than memory holds.
                for (image, seen) in seen {
                    let tiles = seen.tiles.as_ref().and_then(|tiles| tiles.vectors.as_deref());
                    let pooled = tiles.map(|tiles| scores.answer_tiles(tiles, pool, k)).transpose()?;
                    let (logits, answers) = pooled.unzip();
                    answered.logits.push(logits.filter(|_| keeps));
                    answered.answers.extend(answers.map(|answers| (image.clone(), answers)));
                }
                Ok(answered)
            }
            (Answering::Classes(scores), _) => {
                let logits: Vec<Option<Vec<f32>>> = seen.iter().map(|(_, seen)| scores.logits(seen, pool)).collect();
                let answered = seen.iter().zip(&logits);
                let answers =
                    answered.filter_map(|((image, _), logits)| Some((image.clone(), scores.answer(logits.as_ref()?, k))));
                Ok(Answered { answers: answers.collect(), logits })
            }
            (Answering::Nothing, _) => Ok(Answered { logits: vec![None; seen.len()], answers: vec![] }),
        }
    }
}
