//! What a label says of a true taxon, rung by rung.

use crate::numbers::statistics::to_f64;
use crate::scores::apart::height;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Right, and a mistake that meets its truth at each of seven rungs.
pub(super) const STEPS: usize = 8;

/// The labels of some annotators, and the taxa that can be true: those labels below which no other label lies.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    /// The taxa that can be true.
    pub tips: Vec<TaxonId>,
    /// Distinct labels.
    pub labels: Vec<TaxonId>,
    /// For each label and tip how much of each step's probability says the label where the tip is true.
    weights: Vec<[f64; STEPS]>,
}

impl Ladder {
    /// Of the labels that are said.
    pub(super) fn of(taxonomy: &Taxonomy, said: impl Iterator<Item = TaxonId>) -> Ladder {
        let mut labels: Vec<TaxonId> = said.collect();
        labels.sort_unstable();
        labels.dedup();
        // In depth-first order what lies below a label comes right behind it.
        let is_tip = |place: usize| labels.get(place + 1).is_none_or(|next| !taxonomy.contains(labels[place], *next));
        let tips: Vec<TaxonId> = (0..labels.len()).filter(|&place| is_tip(place)).map(|place| labels[place]).collect();
        let mut weights = vec![[0.0; STEPS]; labels.len() * tips.len()];
        for (place, truth) in tips.iter().enumerate() {
            let steps: Vec<usize> = tips.iter().map(|tip| step(taxonomy, *truth, *tip)).collect();
            let mut all = [0_u64; STEPS];
            for step in &steps {
                all[*step] += 1;
            }
            for (row, label) in labels.iter().enumerate() {
                let first = tips.partition_point(|tip| tip < label);
                let below = tips[first..].iter().take_while(|tip| taxonomy.contains(*label, **tip)).count();
                let mut held = [0_u64; STEPS];
                steps[first..first + below].iter().for_each(|step| held[*step] += 1);
                weights[row * tips.len() + place] = shares(&held, &all);
            }
        }
        Ladder { tips, labels, weights }
    }

    /// The places of labels.
    pub(super) fn places(&self) -> BTreeMap<TaxonId, usize> {
        self.labels.iter().enumerate().map(|(place, label)| (*label, place)).collect()
    }

    /// How much of each step's probability says a label where a tip is true.
    pub(super) fn weights(&self, label: usize, tip: usize) -> &[f64; STEPS] {
        &self.weights[label * self.tips.len() + tip]
    }
}

/// The step of a tip beside the true one: 0 for itself, else the rung at which they meet, 1 at least.
fn step(taxonomy: &Taxonomy, truth: TaxonId, tip: TaxonId) -> usize {
    if truth == tip {
        return 0;
    }
    let meet = taxonomy.lca(truth, tip);
    let rung = if taxonomy.has_ranks() { u32::from(taxonomy.rung(meet)) } else { height(taxonomy, truth, tip) };
    usize::try_from(rung).unwrap_or(STEPS).clamp(1, STEPS - 1)
}

/// The share of the tips of each step that a label holds; a step without tips does as the nearest below that has some.
fn shares(held: &[u64; STEPS], all: &[u64; STEPS]) -> [f64; STEPS] {
    let mut shares = [0.0; STEPS];
    let mut last = 0.0;
    for (step, share) in shares.iter_mut().enumerate() {
        if all[step] > 0 {
            last = to_f64(held[step]) / to_f64(all[step]);
        }
        *share = last;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::apart::tests::{five, taxon};

    fn same(found: &[f64], expected: &[f64]) {
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn labels_share_the_probability_of_their_step() {
        let taxonomy = five();
        let of = |name: &str| taxon(&taxonomy, name);
        let said = ["Felis catus", "Felis silvestris", "Felis", "Lynx lynx", "Vulpes vulpes", "Felidae"];
        let ladder = Ladder::of(&taxonomy, said.into_iter().map(of));
        let mut tips = ["Felis catus", "Felis silvestris", "Lynx lynx", "Vulpes vulpes"].map(of).to_vec();
        tips.sort_unstable();
        assert_eq!(ladder.tips, tips, "genus and family hold other labels");
        let (places, cat) = (ladder.places(), ladder.tips.iter().position(|tip| *tip == of("Felis catus")).unwrap_or_default());
        let weights = |label: &str| *ladder.weights(places[&of(label)], cat);
        // The truth is the cat: wildcat at step 1, lynx at 2, fox at 3, nothing above: steps 4 to 7 do as step 3.
        same(&weights("Felis catus"), &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        same(&weights("Felis silvestris"), &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        same(&weights("Vulpes vulpes"), &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        // Who says the genus is right, or took the cat for a wildcat.
        same(&weights("Felis"), &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        same(&weights("Felidae"), &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        // The truth is the fox: the three cats share step 3; the genus holds two of them.
        let fox = ladder.tips.iter().position(|tip| *tip == of("Vulpes vulpes")).unwrap_or_default();
        let felis = *ladder.weights(places[&of("Felis")], fox);
        // Nothing is at steps 1 and 2, which do as step 0.
        same(&felis[..3], &[0.0, 0.0, 0.0]);
        assert!((felis[3] - 2.0 / 3.0).abs() < 1e-12 && (felis[7] - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn whatever_is_true_the_finest_labels_have_all_of_the_probability() {
        let taxonomy = five();
        let ladder = Ladder::of(&taxonomy, taxonomy.leaves().iter().copied());
        for tip in 0..ladder.tips.len() {
            for step in 0..STEPS {
                let sum: f64 = (0..ladder.labels.len()).map(|label| ladder.weights(label, tip)[step]).sum();
                assert!((sum - 1.0).abs() < 1e-12, "tip {tip}, step {step}: {sum}");
            }
        }
    }
}
