//! What was asked and what was answered, image by image, in columns: all that scoring needs.

pub mod understood;
pub mod sets;
pub mod table;
pub mod collecting;
pub mod distribution;
pub mod time;
pub mod taken;
pub mod event;
pub mod event_rule;
mod kept;
mod union;
pub mod non_taxon;
pub mod observation;
pub mod prior;
pub mod side_by_side;
pub mod annotations;

use crate::numbers::ties;
use crate::taxonomy::TaxonId;
use std::cmp::Ordering;
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
///
/// Answers of equal score stand in this order: taxa in that of the taxonomy (lineages of names, byte
/// by byte; ids only where all names agree), then unknown names, then no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// A taxon of the taxonomy, at any rank.
    Taxon(TaxonId),
    /// A name that the taxonomy does not hold: scored as the root, counted apart.
    Outside,
    /// The classifier declined to answer: scored as the root, which is always above the truth.
    Nothing,
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
///
/// Where an image's answers have scores these order them, the highest first, whatever the order they
/// came in; equal scores ([`ties::level`]) stand in the order of [`Answer`], and what has no score
/// comes after what has one. Without scores the answers stay as they came. A label of probability 0
/// could have been answered and was not: it is listed, last, and no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Labels of image `i` are `starts[i]..starts[i + 1]`; `N + 1` entries.
    starts: Vec<usize>,
    /// Where the answers of each image end: after them come labels of probability 0.
    ends: Vec<usize>,
    labels: Vec<Answer>,
    /// One per label; not-a-number where the source gives none.
    scores: Vec<f64>,
    /// Whether the scores are probabilities; others only order.
    probabilities: bool,
}

impl Default for Ranked {
    fn default() -> Self {
        Self { starts: vec![0], ends: vec![], labels: vec![], scores: vec![], probabilities: true }
    }
}

impl Ranked {
    /// Answers whose scores order them and are no probabilities (logits, distances from a margin).
    #[must_use]
    pub fn of_scores() -> Self {
        Self { probabilities: false, ..Self::default() }
    }

    /// Images none of which is answered.
    #[must_use]
    pub fn unanswered(images: usize) -> Self {
        Self { starts: vec![0; images + 1], ends: vec![0; images], ..Self::default() }
    }

    /// Appends the answers of the next image with their scores, all `None` or mixed, and puts them in
    /// order.
    pub fn push(&mut self, ranked: impl IntoIterator<Item = (Answer, Option<f64>)>) {
        self.push_positioned(ranked);
    }

    /// [`Ranked::push`] of answers that came in an order of the source's own: returns whether a lower
    /// score stood before a higher one.
    pub fn push_positioned(&mut self, ranked: impl IntoIterator<Item = (Answer, Option<f64>)>) -> bool {
        let first = self.labels.len();
        for (answer, score) in ranked {
            self.labels.push(answer);
            self.scores.push(score.unwrap_or(f64::NAN));
        }
        let disordered = self.order(first);
        let is_zero = |score: &f64| self.probabilities && *score == 0.0;
        let zeros = self.scores[first..].iter().rev().take_while(|score| is_zero(score)).count();
        self.ends.push(self.labels.len() - zeros);
        self.starts.push(self.labels.len());
        disordered
    }

    /// Orders the last image's answers, which begin at `first`.
    fn order(&mut self, first: usize) -> bool {
        let (labels, scores, probabilities) = (&mut self.labels[first..], &mut self.scores[first..], self.probabilities);
        // Scored answers, those without a score, labels of no probability.
        let class = |score: f64| if probabilities && score == 0.0 { 2 } else { u8::from(score.is_nan()) };
        let compare = |a: (Answer, f64), b: (Answer, f64)| -> Ordering {
            let by_score = class(a.1).cmp(&class(b.1)).then_with(|| ties::falling(a.1, b.1));
            by_score.then_with(|| if a.1.is_nan() { Ordering::Equal } else { a.0.cmp(&b.0) })
        };
        if (1..labels.len()).all(|place| compare((labels[place - 1], scores[place - 1]), (labels[place], scores[place])).is_le())
        {
            return false;
        }
        let known: Vec<f64> = scores.iter().copied().filter(|score| !score.is_nan()).collect();
        let disordered = !known.is_sorted_by(|above, below| ties::falling(*above, *below).is_le());
        let mut pairs: Vec<(Answer, f64)> = labels.iter().copied().zip(scores.iter().copied()).collect();
        pairs.sort_by(|a, b| compare(*a, *b));
        for (place, (label, score)) in pairs.into_iter().enumerate() {
            (labels[place], scores[place]) = (label, score);
        }
        disordered
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The answers of an image, best first.
    #[must_use]
    pub fn answers(&self, image: usize) -> &[Answer] {
        &self.labels[self.starts[image]..self.ends[image]]
    }

    /// The answers of an image, and after them the labels of probability 0 that the source lists.
    #[must_use]
    pub fn listed(&self, image: usize) -> &[Answer] {
        &self.labels[self.starts[image]..self.starts[image + 1]]
    }

    /// The best answer of an image; [`Answer::Nothing`] when there is none.
    #[must_use]
    pub fn best(&self, image: usize) -> Answer {
        self.answers(image).first().copied().unwrap_or(Answer::Nothing)
    }

    /// The answers that share the best score, in order: one where no other has it or where scores are
    /// unknown, none where nothing was answered.
    #[must_use]
    pub fn tied(&self, image: usize) -> &[Answer] {
        let answers = self.answers(image);
        let scores = &self.scores[self.starts[image]..self.ends[image]];
        let Some(best) = scores.first() else { return &[] };
        let equal = scores.iter().take_while(|score| !score.is_nan() && ties::falling(**score, *best).is_eq()).count();
        &answers[..equal.max(1)]
    }

    /// Probability of the listed label at a position (0 = best); `None` where the source gives none.
    #[must_use]
    pub fn probability(&self, image: usize, position: usize) -> Option<f64> {
        let range = self.starts[image]..self.starts[image + 1];
        let value = *self.scores[range].get(position)?;
        (self.probabilities && !value.is_nan()).then_some(value)
    }

    /// Score of the listed label at a position (0 = best), a probability or not; `None` where the source gives none.
    #[must_use]
    pub fn score(&self, image: usize, position: usize) -> Option<f64> {
        let range = self.starts[image]..self.starts[image + 1];
        self.scores[range].get(position).copied().filter(|value| !value.is_nan())
    }

    /// Probability of the best answer; `None` where there is no answer or the source gives none.
    #[must_use]
    pub fn best_probability(&self, image: usize) -> Option<f64> {
        self.probability(image, 0).filter(|_| !self.answers(image).is_empty())
    }

    /// Whether the scores, where there are any, are probabilities.
    #[must_use]
    pub fn has_probabilities(&self) -> bool {
        self.probabilities
    }

    /// The most labels any image lists.
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
    /// Where rows stand for several images alike, whose names nobody kept: how many, of each of the `N` rows. Such answers
    /// are added up from counts, and what asks for an image by its name has no more than the rows that have one.
    pub times: Option<Vec<u64>>,
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
    /// Whether each taxon is listed for an image, where the rows do not hold all that is; empty where they do.
    pub listed: Vec<bool>,
    /// `N` observation names, where the source has them (images of one individual).
    pub observations: Option<Vec<String>>,
    /// `N` names of splits (train, val, test), where the source has them; blank where it says none.
    pub splits: Option<Vec<String>>,
    /// `N` licences of photographs as their data set writes them, where the source has them; blank where it says none.
    pub licences: Option<Vec<String>>,
    /// Ways in which the source sorts the images into groups.
    pub groups: Vec<Grouping>,
    /// When and where images were taken, where that was asked for.
    pub taken: taken::Taken,
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
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
    /// Whether images without a usable truth are scored as mistakes at every rank instead of being left out.
    pub count_outside_as_wrong: bool,
    /// What images show that is no taxon; `None` where the source speaks of taxa alone.
    pub non_taxa: Option<non_taxon::NonTaxa>,
}

impl Answers {
    /// How many images a row stands for: 1, but in answers that were added up.
    #[must_use]
    pub fn times(&self, row: usize) -> u64 {
        self.times.as_ref().map_or(1, |times| times[row])
    }

    /// How many images there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.times.as_ref().map_or(self.images.len() as u64, |times| times.iter().sum())
    }

    /// Whether an image shows something that is known and no taxon: nothing, a person, a vehicle.
    #[must_use]
    pub fn is_not_a_taxon(&self, image: usize) -> bool {
        let shown = self.non_taxa.as_ref().and_then(|non_taxa| non_taxa.truths.get(image));
        self.truths[image] == Truth::Missing && shown.is_some_and(|shown| shown.is_not_a_taxon())
    }

    /// Whether the best answer to an image is such a thing.
    #[must_use]
    pub fn is_answered_non_taxon(&self, image: usize) -> bool {
        let answers = self.non_taxa.as_ref().and_then(|non_taxa| non_taxa.answers.as_ref());
        answers.and_then(|answers| answers.get(image)).is_some_and(|shown| shown.is_not_a_taxon())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Answer = Answer::Taxon(TaxonId(1));
    const B: Answer = Answer::Taxon(TaxonId(2));
    const C: Answer = Answer::Taxon(TaxonId(3));

    #[test]
    fn scores_order_answers_and_the_taxonomy_orders_equal_ones() {
        let mut ranked = Ranked::default();
        // .1 + .2 is .3: three share the best score, the unknown name after the taxa.
        assert!(ranked.push_positioned([(C, Some(0.1)), (Answer::Outside, Some(0.3)), (B, Some(0.1 + 0.2)), (A, Some(0.3))]));
        assert_eq!(ranked.answers(0), [A, B, Answer::Outside, C]);
        assert_eq!(ranked.tied(0), [A, B, Answer::Outside]);
        // Without scores the order is the source's own, and nothing is known to be tied.
        assert!(!ranked.push_positioned([(C, None), (A, None)]));
        assert_eq!((ranked.answers(1), ranked.tied(1)), (&[C, A][..], &[C][..]));
        // What has no score comes after what has one.
        ranked.push([(C, None), (A, None), (B, Some(0.2))]);
        assert_eq!((ranked.answers(2), ranked.probability(2, 0)), (&[B, C, A][..], Some(0.2)));
    }

    #[test]
    fn probability_zero_is_listed_and_no_answer() {
        let mut ranked = Ranked::default();
        ranked.push([(A, Some(0.0)), (C, Some(1.0)), (B, Some(0.0))]);
        ranked.push([(A, Some(0.0)), (B, Some(0.0))]);
        assert_eq!((ranked.answers(0), ranked.listed(0)), (&[C][..], &[C, A, B][..]));
        assert_eq!((ranked.best(1), ranked.best_probability(1), ranked.width()), (Answer::Nothing, None, 3));
        assert_eq!(ranked.tied(1), []);
        // A score of 0 that is no probability is a score like others.
        let mut logits = Ranked::of_scores();
        logits.push([(A, Some(-1.0)), (B, Some(0.0))]);
        assert_eq!((logits.answers(0), logits.probability(0, 0)), (&[B, A][..], None));
    }
}
