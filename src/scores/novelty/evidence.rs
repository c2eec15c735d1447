//! What could tell that an image is novel: one number for each score, image and rank, higher where it looks more novel.

use super::nearest;
use super::shown::Shown;
use crate::answers::distribution::Distribution;
use crate::answers::distribution::tree::CandidateTree;
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// Scores by which an image may be found to be novel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoveltyScore {
    /// 1 − the most summed probability of a taxon of the rank (Hendrycks & Gimpel 2017).
    MaximumProbability,
    /// Entropy of the summed probabilities of the rank, in nats; what no taxon of the rank has is one more.
    Entropy,
    /// Minus the logarithm of the sum of the exponentials of the logits (Liu 2020); the same at every rank.
    Energy,
    /// 1 − (most − second summed probability of the rank).
    Margin,
    /// 1 − the most summed probability at the next main rank above.
    RankAbove,
    /// 1 − the cosine to the nearest training image of what is known (Sun 2022, k = 1); the same at every rank.
    NearestNeighbour,
}

impl NoveltyScore {
    /// All, in the order of the rows.
    pub const ALL: [NoveltyScore; 6] = [
        NoveltyScore::MaximumProbability,
        NoveltyScore::Entropy,
        NoveltyScore::Energy,
        NoveltyScore::Margin,
        NoveltyScore::RankAbove,
        NoveltyScore::NearestNeighbour,
    ];

    /// As files have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NoveltyScore::MaximumProbability => "maximum_probability",
            NoveltyScore::Entropy => "entropy",
            NoveltyScore::Energy => "energy",
            NoveltyScore::Margin => "margin",
            NoveltyScore::RankAbove => "rank_above",
            NoveltyScore::NearestNeighbour => "nearest_neighbour",
        }
    }
}

/// The level of the labels themselves, behind those of the seven main ranks.
pub(super) const LABELS: usize = 7;

/// What the summed probabilities of one level say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    most: f64,
    second: f64,
    entropy: f64,
}

/// A part of the probability that is less is none: it is what sums were rounded by.
const NOTHING: f64 = 1e-9;

impl Level {
    /// Of the probabilities of some taxa, none of which holds another; `None` without taxa.
    fn of(probabilities: impl Iterator<Item = f64>) -> Option<Self> {
        let mut level = Level { most: 0.0, second: 0.0, entropy: 0.0 };
        let (mut total, mut taxa) = (0.0, 0_usize);
        let surprise = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
        for p in probabilities {
            taxa += 1;
            total += p;
            level.entropy += surprise(p);
            if p > level.most {
                (level.most, level.second) = (p, level.most);
            } else if p > level.second {
                level.second = p;
            }
        }
        let rest = 1.0 - total;
        level.entropy += if rest > NOTHING { surprise(rest) } else { 0.0 };
        (taxa > 0).then_some(level)
    }
}

/// What one image's distribution gives.
pub(super) struct Signals {
    levels: [Option<Level>; LABELS + 1],
    /// Answers of the back-off rule by falling threshold.
    pub steps: Vec<(f64, TaxonId)>,
}

/// What is known of all images that are shown, in their order.
pub(super) struct Evidence {
    /// `None` where an image has no distribution.
    pub signals: Vec<Option<Signals>>,
    energies: Option<Vec<Option<f64>>>,
    nearest: Result<Vec<Option<f64>>, &'static str>,
}

/// Scores are rounded to multiples of 2⁻³⁰, about a thousandth of a millionth: they carry the rounding of sums and
/// logarithms.
const STEPS_OF_ONE: f64 = 1_073_741_824.0;

/// A score with its rounding taken off, so that what is equal on paper ties.
fn comparable(score: f64) -> f64 {
    (score * STEPS_OF_ONE).round() / STEPS_OF_ONE
}

impl Evidence {
    pub fn of(run: &JudgedRun<'_>, distribution: &Distribution, tree: &CandidateTree, shown: &[Shown]) -> Self {
        let images: Vec<usize> = shown.iter().map(|one| one.image).collect();
        let is_label: Vec<bool> = distribution.candidates().iter().map(|candidate| *candidate != TaxonId::ROOT).collect();
        let signals = |_: usize, probabilities: &[f64]| {
            let sums = tree.sums(probabilities);
            let level = |index: usize| match index {
                LABELS => Level::of(probabilities.iter().zip(&is_label).filter(|(_, label)| **label).map(|(p, _)| *p)),
                rank => Level::of(tree.of_rank(rank).iter().map(|&place| sums[place])),
            };
            Signals { levels: std::array::from_fn(level), steps: tree.pareto(&sums) }
        };
        Self {
            signals: distribution.map(&images, signals),
            energies: distribution.energies(&images),
            nearest: nearest::distances(run, distribution, shown),
        }
    }

    /// How novel an image looks at a level; `None` where the score says nothing of it.
    pub fn of_image(&self, score: NoveltyScore, level: usize, position: usize) -> Option<f64> {
        let signals = self.signals[position].as_ref()?;
        let of = |level: usize| signals.levels[level];
        let found = match score {
            NoveltyScore::MaximumProbability => 1.0 - of(level)?.most,
            NoveltyScore::Entropy => of(level)?.entropy,
            NoveltyScore::Energy => self.energies.as_ref()?[position]?,
            NoveltyScore::Margin => of(level).map(|level| 1.0 - (level.most - level.second))?,
            NoveltyScore::RankAbove if level == LABELS => return None,
            NoveltyScore::RankAbove => 1.0 - of(level.checked_sub(1)?)?.most,
            NoveltyScore::NearestNeighbour => self.nearest.as_ref().ok()?[position]?,
        };
        Some(comparable(found))
    }

    /// Images without a distribution.
    pub fn without_distribution(&self) -> u64 {
        self.signals.iter().filter(|signals| signals.is_none()).count() as u64
    }

    /// Why there is no energy.
    pub fn why_no_energy(&self) -> Option<&'static str> {
        self.energies.is_none().then_some("the source holds probabilities, and no logits")
    }

    /// Why there is no distance to a nearest neighbour.
    pub fn why_no_nearest(&self) -> Option<&'static str> {
        self.nearest.as_ref().err().copied()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_level_matches_the_definitions_worked_by_hand() {
        // −½ ln ½ − ¼ ln ¼ = 0.346574 + 0.346574, and ¼ that no taxon of the rank has: 0.346574 more.
        let level = Level::of([0.25, 0.0, 0.5].into_iter()).unwrap();
        assert!((level.most - 0.5).abs() < 1e-15 && (level.second - 0.25).abs() < 1e-15);
        assert!((level.entropy - 1.039_720_771).abs() < 1e-9);
        // Of two equal ones the second is the first.
        let tied = Level::of([0.4, 0.4, 0.2].into_iter()).unwrap();
        assert!((tied.second - 0.4).abs() < 1e-15);
        assert_eq!(Level::of(std::iter::empty()), None);
        // What rounding leaves over is nothing.
        assert!(Level::of([0.1; 10].into_iter()).is_some_and(|level| (level.entropy - 10.0_f64.ln()).abs() < 1e-12));
    }

    #[test]
    fn scores_that_are_equal_on_paper_tie() {
        assert!(comparable(0.1 + 0.2).total_cmp(&comparable(0.3)).is_eq());
        assert!(comparable(0.300_000_01) > comparable(0.3) && comparable(-117.25) < comparable(-117.24));
    }
}
