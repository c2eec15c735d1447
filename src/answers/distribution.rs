//! Whole distributions: the probability of every candidate, image by image.

pub mod vectors;
pub mod run_vectors;
pub mod logits;
pub mod run_logits;
pub mod tree;

use crate::answers::{Answer, Answers};
use crate::numbers::counted::counted;
use crate::numbers::statistics::to_f64;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;

/// How far the probabilities of an image may add up from 1.
pub const TOLERANCE: f64 = 1e-3;

/// Images whose distributions are held at once by one thread.
const BLOCK: usize = 64;

/// Probabilities of `C` candidates for `N` images, made block by block, never all at once.
#[derive(Debug)]
pub struct Distribution {
    candidates: Vec<TaxonId>,
    images: usize,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Lists(Lists),
    Vectors(vectors::Vectors),
    Logits(logits::Logits),
}

/// Lists that hold the whole distribution of each image.
#[derive(Debug)]
struct Lists {
    /// Entries of image `i` are `starts[i]..starts[i + 1]`; none where an image has no answer.
    starts: Vec<usize>,
    /// Index of the candidate, and its probability.
    entries: Vec<(u32, f64)>,
}

/// What keeps a list of answers from being a whole distribution, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotWhole(pub String);

impl Distribution {
    /// The distributions that the ranked answers hold, where they hold all of them.
    ///
    /// # Errors
    ///
    /// [`NotWhole`]: there are no probabilities, those of some image do not add up to 1 within
    /// [`TOLERANCE`], or some belong to names that the taxonomy does not hold. The probability of a blank
    /// label, by which a classifier declines to answer, is the root's own.
    pub fn of_answers(answers: &Answers) -> Result<Self, NotWhole> {
        let ranked = &answers.ranked;
        if ranked.width() < 2 {
            return Err(NotWhole("the source lists one answer per image, not the distribution over all candidates".to_string()));
        }
        check_sums(answers)?;
        let mut candidates = answers.candidates.clone().unwrap_or_default();
        let (mut listed, mut outside) = (vec![], 0_usize);
        for image in 0..ranked.len() {
            for (position, answer) in ranked.listed(image).iter().enumerate() {
                let probability = ranked.probability(image, position).unwrap_or(0.0);
                match answer {
                    Answer::Taxon(taxon) => listed.push(*taxon),
                    Answer::Nothing if probability > 0.0 => listed.push(TaxonId::ROOT),
                    Answer::Outside if probability > 0.0 => outside += 1,
                    _ => {}
                }
            }
        }
        listed.sort_unstable();
        listed.dedup();
        candidates.extend(listed);
        candidates.sort_unstable();
        candidates.dedup();
        if outside > 0 {
            return Err(NotWhole(format!("{outside} listed answers with a probability are no taxa of the taxonomy")));
        }
        let lists = Lists::of(answers, &candidates);
        Ok(Self { candidates, images: ranked.len(), source: Source::Lists(lists) })
    }

    /// Lists of candidates (by their place) with their probabilities, one per image; an empty list
    /// for an image without a distribution.
    #[must_use]
    pub fn of_lists(candidates: Vec<TaxonId>, lists: Vec<Vec<(u32, f64)>>) -> Self {
        let mut joined = Lists { starts: vec![0], entries: vec![] };
        for list in lists {
            joined.entries.extend(list);
            joined.starts.push(joined.entries.len());
        }
        Self { candidates, images: joined.starts.len() - 1, source: Source::Lists(joined) }
    }

    /// Softmax of the cosines of unit vectors, times a scale.
    #[must_use]
    pub fn of_vectors(candidates: Vec<TaxonId>, vectors: vectors::Vectors) -> Self {
        Self { candidates, images: vectors.images(), source: Source::Vectors(vectors) }
    }

    /// Softmax of logits, one for each candidate.
    #[must_use]
    pub fn of_logits(candidates: Vec<TaxonId>, logits: logits::Logits) -> Self {
        Self { candidates, images: logits.images(), source: Source::Logits(logits) }
    }

    /// The `C` candidates; probabilities come in this order.
    #[must_use]
    pub fn candidates(&self) -> &[TaxonId] {
        &self.candidates
    }

    /// Number of images.
    #[must_use]
    pub fn images(&self) -> usize {
        self.images
    }

    /// Calls `work` with the `C` probabilities of each image of a list, in parallel; the results
    /// stand in the order of the list. `None` where an image has no distribution.
    pub fn map<T: Send>(&self, images: &[usize], work: impl Fn(usize, &[f64]) -> T + Sync) -> Vec<Option<T>> {
        let block = |images: &[usize]| -> Vec<Option<T>> {
            let mut probabilities = vec![0.0; self.candidates.len()];
            match &self.source {
                Source::Lists(lists) => images
                    .iter()
                    .map(|&image| lists.fill(image, &mut probabilities).then(|| work(image, &probabilities)))
                    .collect(),
                Source::Logits(logits) => images
                    .iter()
                    .map(|&image| logits.softmax(image, &mut probabilities).then(|| work(image, &probabilities)))
                    .collect(),
                Source::Vectors(vectors) => {
                    let logits = vectors.logits(images);
                    let rows = images.iter().zip(logits.rows());
                    rows.map(|(&image, logits)| {
                        let known = vectors.softmax(image, logits, &mut probabilities);
                        known.then(|| work(image, &probabilities))
                    })
                    .collect()
                }
            }
        };
        images.par_chunks(BLOCK).flat_map_iter(block).collect()
    }

    /// The energy of each image of a list: minus the logarithm of Σ over the candidates of the exponential of their logits,
    /// the root left out. `None` where an image has no logits, and of all where the source holds none, or logarithms of
    /// probabilities.
    ///
    /// # Source
    ///
    /// Liu 2020, at temperature 1.
    #[must_use]
    pub fn energies(&self, images: &[usize]) -> Option<Vec<Option<f64>>> {
        let counts: Vec<bool> = self.candidates.iter().map(|candidate| *candidate != TaxonId::ROOT).collect();
        let block = |images: &[usize]| -> Vec<Option<f64>> {
            match &self.source {
                Source::Lists(_) => vec![None; images.len()],
                Source::Logits(logits) => images.iter().map(|&image| logits.energy(image, &counts)).collect(),
                Source::Vectors(vectors) => {
                    let cosines = vectors.logits(images);
                    images.iter().zip(cosines.rows()).map(|(&image, cosines)| vectors.energy(image, cosines)).collect()
                }
            }
        };
        let has_logits = match &self.source {
            Source::Lists(_) => false,
            Source::Logits(logits) => !logits.are_of_probabilities(),
            Source::Vectors(_) => true,
        };
        has_logits.then(|| images.par_chunks(BLOCK).flat_map_iter(block).collect())
    }

    /// The vectors that the distributions are made from; `None` where they are made from something else.
    #[must_use]
    pub fn vectors(&self) -> Option<&vectors::Vectors> {
        if let Source::Vectors(vectors) = &self.source { Some(vectors) } else { None }
    }
}

fn check_sums(answers: &Answers) -> Result<(), NotWhole> {
    let ranked = &answers.ranked;
    let (mut images, mut off, mut listed, mut total) = (0_u64, 0, 0_u64, 0.0);
    for image in (0..ranked.len()).filter(|image| !ranked.answers(*image).is_empty()) {
        let mut sum = 0.0;
        for value in (0..ranked.answers(image).len()).filter_map(|position| ranked.probability(image, position)) {
            if !(0.0..=1.0 + TOLERANCE).contains(&value) {
                return Err(NotWhole(format!("the score {value} of image '{}' is no probability", answers.images[image])));
            }
            sum += value;
            listed += 1;
        }
        images += 1;
        off += usize::from((sum - 1.0).abs() > TOLERANCE);
        total += sum;
    }
    if listed == 0 {
        return Err(NotWhole("the source gives no probabilities".to_string()));
    }
    if off == 0 {
        return Ok(());
    }
    let (mean, each) = (total / to_f64(images), to_f64(listed) / to_f64(images));
    Err(NotWhole(format!(
        "the probabilities listed for {off} of {} do not add up to 1 ({each:.1} answers each, {mean:.3} in all on \
         average): the source does not hold the whole distribution",
        counted(images, "image", "images")
    )))
}

impl Lists {
    fn of(answers: &Answers, candidates: &[TaxonId]) -> Self {
        let ranked = &answers.ranked;
        let mut lists = Self { starts: vec![0], entries: vec![] };
        for image in 0..ranked.len() {
            for (position, answer) in ranked.answers(image).iter().enumerate() {
                let Some(probability) = ranked.probability(image, position).filter(|_| *answer != Answer::Outside) else {
                    continue;
                };
                let place = candidates.binary_search(&answer.taxon()).ok().and_then(|place| u32::try_from(place).ok());
                lists.entries.extend(place.map(|place| (place, probability)));
            }
            lists.starts.push(lists.entries.len());
        }
        lists
    }

    fn fill(&self, image: usize, probabilities: &mut [f64]) -> bool {
        let entries = &self.entries[self.starts[image]..self.starts[image + 1]];
        probabilities.fill(0.0);
        for &(candidate, probability) in entries {
            probabilities[candidate as usize] += probability;
        }
        !entries.is_empty()
    }
}
