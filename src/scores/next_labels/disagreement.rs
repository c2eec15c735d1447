//! How far the models disagree on an image.

use super::votes::Votes;
use crate::numbers::statistics::to_f64;
use crate::scores::apart::apart;
use crate::taxonomy::TaxonId;
use std::collections::BTreeMap;

/// The disagreement of the models on an image.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::next_labels, under its own name")]
pub struct Disagreement {
    pub vote_entropy: f64,
    pub pairs_disagree: f64,
    pub pair_height: f64,
}

impl Disagreement {
    /// Of an image.
    pub(super) fn of(votes: &Votes, image: usize) -> Disagreement {
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        votes.answers.iter().for_each(|answers| *counts.entry(answers[image]).or_default() += 1);
        let models = to_f64(votes.models.len() as u64);
        let share = |count: &u64| to_f64(*count) / models;
        let vote_entropy = counts.values().map(|count| -share(count) * share(count).log2()).sum::<f64>() + 0.0;
        let listed: Vec<(usize, u64)> = counts.into_iter().collect();
        let (mut unlike, mut height) = (0.0, 0.0);
        for (place, (one, count)) in listed.iter().enumerate() {
            for (other, others) in &listed[place + 1..] {
                let pairs = to_f64(count * others);
                unlike += pairs;
                height += pairs * f64::from(rungs(votes, *one, *other));
            }
        }
        let pairs = models * (models - 1.0) / 2.0;
        Disagreement { vote_entropy, pairs_disagree: unlike / pairs, pair_height: height / pairs }
    }
}

/// The rungs from the finer of two answers up to where they meet; no answer is the root.
fn rungs(votes: &Votes, one: usize, other: usize) -> u32 {
    let taxon = |class: usize| votes.classes[class].unwrap_or(TaxonId::ROOT);
    apart(&votes.taxonomy, taxon(one), taxon(other))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::next_labels::votes::tests::votes;
    use polars::prelude::df;

    #[test]
    fn disagreement_matches_the_definitions_worked_by_hand() {
        let table = |answer: &str| df!("image" => ["1", "2"], "predicted" => [answer, "Lynx lynx"]).unwrap();
        let tables = vec![
            ("a", table("Felis catus")),
            ("b", table("Felis catus")),
            ("c", table("Felis silvestris")),
            ("d", table("Lynx lynx")),
        ];
        let (votes, _) = votes(tables, None).unwrap();
        let found = Disagreement::of(&votes, 0);
        // Votes 2, 1, 1 of 4: entropy 1/2 + 1/2 + 1/2 = 1.5 bits; 5 of 6 pairs differ.
        assert!((found.vote_entropy - 1.5).abs() < 1e-12 && (found.pairs_disagree - 5.0 / 6.0).abs() < 1e-12);
        // The taxonomy is of names alone: two pairs within the genus (1), three across genera, which meet at the root (7).
        assert!((found.pair_height - 23.0 / 6.0).abs() < 1e-12, "{found:?}");
        assert_eq!(Disagreement::of(&votes, 1), Disagreement { vote_entropy: 0.0, pairs_disagree: 0.0, pair_height: 0.0 });
    }
}
