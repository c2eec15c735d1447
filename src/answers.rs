//! What was asked and what was answered, image by image, in columns: all that scoring needs.

use crate::taxonomy::TaxonId;
use std::collections::{BTreeMap, BTreeSet};

/// What an image really shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// A taxon of the taxonomy, at any rank.
    Taxon(TaxonId),
    /// Nobody said.
    Missing,
    /// A name that the taxonomy does not hold (or holds several times).
    Outside,
}

/// One answer of a classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A taxon of the taxonomy, at any rank.
    Taxon(TaxonId),
    /// The classifier declined to answer: scored as the root, which is always above the truth.
    Nothing,
    /// A name that the taxonomy does not hold: scored as the root, counted apart.
    Outside,
}

impl Answer {
    /// The taxon that is scored: the root where there is no taxon.
    #[must_use]
    pub fn taxon(self) -> TaxonId {
        match self {
            Answer::Taxon(taxon) => taxon,
            Answer::Nothing | Answer::Outside => TaxonId::ROOT,
        }
    }
}

/// Ranked answers of `N` images, best first, in one array.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Answers of image `i` are `starts[i]..starts[i + 1]`; `N + 1` entries.
    starts: Vec<usize>,
    answers: Vec<Answer>,
    /// One per answer, or none at all where the source gives no scores; not-a-number where one is missing.
    probabilities: Vec<f64>,
}

impl Default for Ranked {
    fn default() -> Self {
        Self { starts: vec![0], answers: vec![], probabilities: vec![] }
    }
}

impl Ranked {
    /// Appends the answers of the next image, best first, with their probabilities (all `None` or mixed).
    pub fn push(&mut self, ranked: impl IntoIterator<Item = (Answer, Option<f64>)>) {
        for (answer, probability) in ranked {
            self.answers.push(answer);
            self.probabilities.push(probability.unwrap_or(f64::NAN));
        }
        self.starts.push(self.answers.len());
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The answers of an image, best first.
    #[must_use]
    pub fn answers(&self, image: usize) -> &[Answer] {
        &self.answers[self.starts[image]..self.starts[image + 1]]
    }

    /// The best answer of an image; [`Answer::Nothing`] when there is none.
    #[must_use]
    pub fn best(&self, image: usize) -> Answer {
        self.answers(image).first().copied().unwrap_or(Answer::Nothing)
    }

    /// Probability (or score) of the answer at a position (0 = best); `None` where the source gives none.
    #[must_use]
    pub fn probability(&self, image: usize, position: usize) -> Option<f64> {
        let range = self.starts[image]..self.starts[image + 1];
        let value = *self.probabilities[range].get(position)?;
        (!value.is_nan()).then_some(value)
    }

    /// The most answers any image has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
    }
}

/// One way of sorting images into groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// What the groups are by: the name of a column.
    pub name: String,
    /// `N` groups; blank where the source gives none.
    pub values: Vec<String>,
}

/// The answers of one classifier to `N` images, with the truth.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// What to call this run in tables (a predicted column, a run directory).
    pub name: String,
    /// `N` image names, as the source gives them.
    pub images: Vec<String>,
    /// Unreadable photographs by row, with the error code; they have no answers.
    pub unreadable: BTreeMap<usize, String>,
    /// `N` truths.
    pub truths: Vec<Truth>,
    /// Ranked labels: the path rule takes the lineage of the best one.
    pub ranked: Ranked,
    /// Per main rank, kingdom to species, taxa ranked by summed probability; `None` where the
    /// source does not hold enough of the distribution to know.
    pub summed: [Option<Ranked>; 7],
    /// The candidate taxa, where the source says which they were.
    pub candidates: Option<Vec<TaxonId>>,
    /// `N` observation names, where the source has them (images of one individual).
    pub observations: Option<Vec<String>>,
    /// `N` names of splits (train, val, test), where the source has them; blank where it says none.
    pub splits: Option<Vec<String>>,
    /// Ways in which the source sorts the images into groups.
    pub groups: Vec<Grouping>,
    /// Rows whose truth was found by a synonym.
    pub synonym_truths: BTreeSet<usize>,
    /// Candidates whose label vector has no direction: they never get any probability.
    pub unusable_candidates: Vec<TaxonId>,
    /// Names of truths that are not in the taxonomy, with counts.
    pub outside_truths: BTreeMap<String, usize>,
    /// Names of best answers that are not in the taxonomy, with counts.
    pub outside_answers: BTreeMap<String, usize>,
    /// Decisions made while reading, one sentence each, for the report.
    pub notes: Vec<String>,
    /// Whether images without a usable truth are scored as mistakes at every rank instead of being left out.
    pub count_outside_as_wrong: bool,
}
