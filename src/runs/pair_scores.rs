//! Scores of pairs: a yes or no for each label of its own, which other labels do not take from.
//!
//! Models that were trained pair by pair (SigLIP) score an image and a text by `sigmoid(scale · cosine + bias)`. These
//! scores are no distribution: they add up to anything, and summing them by rank means nothing. A taxon above the labels
//! has the score of the best label in it.

use crate::numbers::ties::falling;
use crate::runs::zero_shot::{ImageAnswers, ScoredTaxon};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::cmp::Ordering;
use std::str::FromStr;

/// What becomes of logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreKind {
    /// Probabilities of the candidates, which add up to 1, and their sums at every rank.
    #[default]
    Softmax,
    /// A probability for each pair of image and candidate; at ranks above, that of the best candidate.
    Sigmoid,
}

impl ScoreKind {
    /// `softmax` or `sigmoid`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ScoreKind::Softmax => "softmax",
            ScoreKind::Sigmoid => "sigmoid",
        }
    }
}

/// A word that is no kind of scores.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not softmax or sigmoid")]
pub struct UnknownScores(String);

impl FromStr for ScoreKind {
    type Err = UnknownScores;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [ScoreKind::Softmax, ScoreKind::Sigmoid];
        all.into_iter().find(|kind| kind.name() == word).ok_or_else(|| UnknownScores(word.to_string()))
    }
}

/// Labels with their taxa at every main rank above, worked out once per label set.
#[derive(Debug, Clone)]
pub struct PairGroups {
    labels: Vec<TaxonId>,
    /// Usable labels; the others (a vector of zeros or not finite) get no score.
    usable: Vec<bool>,
    ranks: Vec<RankOfPairs>,
}

#[derive(Debug, Clone)]
struct RankOfPairs {
    rank: Rank,
    taxa: Vec<TaxonId>,
    /// Place of each label's taxon of the rank; `None` where its lineage has none.
    of_label: Vec<Option<usize>>,
}

impl PairGroups {
    /// Groups the candidates; `usable[c]` is false for a label whose vector has no direction.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, labels: &[TaxonId], usable: Vec<bool>) -> PairGroups {
        let finest = labels.iter().map(|&label| taxonomy.rank(label)).max().unwrap_or(Rank::Species);
        let of_rank = |rank: Rank| {
            let above: Vec<Option<TaxonId>> = labels.iter().map(|&label| taxonomy.ancestor_at(label, rank)).collect();
            let mut taxa: Vec<TaxonId> = above.iter().copied().flatten().collect();
            taxa.sort_unstable();
            taxa.dedup();
            let of_label = above.iter().map(|taxon| taxa.binary_search(taxon.as_ref()?).ok()).collect();
            RankOfPairs { rank, taxa, of_label }
        };
        let ranks = Rank::MAIN.into_iter().filter(|&rank| rank < finest).map(of_rank).collect();
        PairGroups { labels: labels.to_vec(), usable, ranks }
    }

    /// Sigmoids of `logits` (length `C`), and at each rank those of the best labels; ties go to the earlier label and to
    /// the smaller taxon id.
    #[must_use]
    pub fn answer(&self, logits: &[f32], k: usize) -> ImageAnswers {
        let logits: Vec<f64> =
            logits.iter().zip(&self.usable).map(|(&logit, &usable)| if usable { f64::from(logit) } else { f64::NAN }).collect();
        let labels = best(logits.iter().zip(&self.labels).map(|(&logit, &label)| (label, logit)), k);
        let summed = self.ranks.iter().map(|rank| (rank.rank, best(rank.largest(&logits), k))).collect();
        ImageAnswers { labels, summed }
    }
}

impl RankOfPairs {
    /// The largest logit of the labels in each taxon; no number where none of them has one.
    fn largest(&self, logits: &[f64]) -> impl Iterator<Item = (TaxonId, f64)> {
        let mut largest = vec![f64::NAN; self.taxa.len()];
        for (place, &logit) in self.of_label.iter().zip(logits) {
            if let Some(place) = place {
                // The larger of a number and none is the number.
                largest[*place] = largest[*place].max(logit);
            }
        }
        self.taxa.iter().copied().zip(largest)
    }
}

/// The `k` taxa of largest logits with their sigmoids, largest first.
fn best(scored: impl Iterator<Item = (TaxonId, f64)>, k: usize) -> Vec<ScoredTaxon> {
    let mut all: Vec<(TaxonId, f64)> = scored.filter(|(_, logit)| !logit.is_nan()).collect();
    // Sigmoids of large logits are all 1; the logits still differ. The sort is stable: ties keep their order.
    let order = |a: &(TaxonId, f64), b: &(TaxonId, f64)| -> Ordering { falling(a.1, b.1) };
    all.sort_by(order);
    all.truncate(k);
    all.into_iter().map(|(taxon, logit)| (taxon, sigmoid(logit))).collect()
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::path::Path;

    #[test]
    fn a_taxon_has_the_score_of_its_best_label() {
        let table = "family,genus,species\nF,A,A a\nF,A,A b\nF,B,B c\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("small.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let labels = ["A a", "A b", "B c"].map(taxon);
        let groups = PairGroups::new(&taxonomy, &labels, vec![true; 3]);
        // sigmoid(0) = 0.5, sigmoid(-ln 3) = 0.25, sigmoid(ln 3) = 0.75: they add up to 1.5.
        let third = 3.0_f32.ln();
        let answers = groups.answer(&[0.0, -third, third], 2);
        let near = |found: &[ScoredTaxon], expected: &[(&str, f64)]| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (&(found, score), &(name, wanted)) in found.iter().zip(expected) {
                assert_eq!(taxonomy.name(found), name);
                assert!((score - wanted).abs() < 1e-7, "{name}: {score}");
            }
        };
        near(&answers.labels, &[("B c", 0.75), ("A a", 0.5)]);
        let of = |rank: Rank| &answers.summed.iter().find(|(of, _)| *of == rank).unwrap().1;
        near(of(Rank::Genus), &[("B", 0.75), ("A", 0.5)]);
        near(of(Rank::Family), &[("F", 0.75)]);
        // A label without a direction takes no part.
        let answers = PairGroups::new(&taxonomy, &labels, vec![true, true, false]).answer(&[0.0, 60.0, 900.0], 3);
        near(&answers.labels, &[("A b", 1.0), ("A a", 0.5)]);
        assert_eq!(answers.summed.iter().find(|(of, _)| *of == Rank::Genus).unwrap().1.len(), 1);
    }

    #[test]
    fn words_are_read_back() {
        for kind in [ScoreKind::Softmax, ScoreKind::Sigmoid] {
            assert_eq!(kind.name().parse::<ScoreKind>().unwrap(), kind);
        }
        assert_eq!("hinge".parse::<ScoreKind>().unwrap_err().to_string(), "'hinge' is not softmax or sigmoid");
    }
}
