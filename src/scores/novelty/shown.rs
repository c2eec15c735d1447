//! The images whose truth the taxonomy holds, known or novel.

use super::reach::{Newness, Reach};
use crate::scores::judged_run::JudgedRun;
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::{TaxonId, Taxonomy};

/// An image with its truth, and what of it the candidates reach.
pub(super) struct Shown {
    pub image: usize,
    /// What becomes of the best label.
    pub outcome: Outcome,
    /// The deepest taxon of the truth's lineage that is a candidate or lies above one.
    pub deepest: TaxonId,
    /// Whether the truth can be told from the candidates.
    pub known: bool,
}

impl Shown {
    /// All that a run shows, novel truths judged as the others, in order.
    pub fn of_run(run: &JudgedRun<'_>, reach: &Reach) -> Vec<Self> {
        let shown = |(image, judgement): (usize, &Judgement)| match judgement {
            Judgement::Scored(outcome) => Some(Self {
                image,
                outcome: *outcome,
                deepest: reach.deepest(run.taxonomy, outcome.truth),
                known: reach.is_known(outcome.truth),
            }),
            _ => None,
        };
        run.judgements.iter().enumerate().filter_map(shown).collect()
    }

    /// Its row.
    pub fn newness(&self, taxonomy: &Taxonomy) -> Newness {
        if self.known { Newness::Known } else { Newness::of(taxonomy, self.outcome.truth, self.deepest) }
    }

    /// The least height of any answer that is a candidate: that of the deepest taxon that is shared. 0 where a candidate is the
    /// truth or lies below it, more where only its genus could be named.
    pub fn best_height(&self, taxonomy: &Taxonomy) -> u32 {
        Outcome { lca: self.deepest, ..self.outcome }.height(taxonomy)
    }

    /// Whether the answer is right down to the deepest taxon that is shared.
    pub fn reached(&self, taxonomy: &Taxonomy) -> bool {
        taxonomy.contains(self.deepest, self.outcome.answer)
    }

    /// Whether the answer says more than the candidates can know: it lies below the deepest taxon that is shared, or is of a
    /// finer rank elsewhere.
    pub fn over_specific(&self, taxonomy: &Taxonomy) -> bool {
        let (answer, deepest) = (self.outcome.answer, self.deepest);
        let below = answer != deepest && taxonomy.contains(deepest, answer);
        let finer = if taxonomy.has_ranks() {
            taxonomy.rung(answer) < taxonomy.rung(deepest)
        } else {
            taxonomy.depth(answer) > taxonomy.depth(deepest)
        };
        below || finer
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::reach::tests::{taxon, taxonomy};
    use super::*;

    /// Height, least height, whether the answer is right as far as it can be, and whether it says too much.
    fn said(truth: &str, answer: &str) -> (u32, u32, bool, bool) {
        said_among(["Felis catus", "Vulpes vulpes"], truth, answer)
    }

    fn said_among(candidates: [&str; 2], truth: &str, answer: &str) -> (u32, u32, bool, bool) {
        let taxonomy = taxonomy();
        let candidates = candidates.map(|name| taxon(&taxonomy, name));
        let reach = Reach::of(&taxonomy, &candidates).unwrap();
        let truth = taxon(&taxonomy, truth);
        let answer = if answer.is_empty() { TaxonId::ROOT } else { taxon(&taxonomy, answer) };
        let outcome = Outcome::of(&taxonomy, truth, answer);
        let shown = Shown { image: 0, outcome, deepest: reach.deepest(&taxonomy, truth), known: reach.is_known(truth) };
        let heights = (outcome.height(&taxonomy), shown.best_height(&taxonomy));
        (heights.0, heights.1, shown.reached(&taxonomy), shown.over_specific(&taxonomy))
    }

    #[test]
    fn the_least_height_is_that_of_the_deepest_taxon_that_is_shared() {
        // A new species of Felis: Felis catus meets it in the genus, which is the best there is; the fox in the order.
        assert_eq!(said("Felis silvestris", "Felis catus"), (1, 1, true, true));
        assert_eq!(said("Felis silvestris", "Vulpes vulpes"), (3, 1, false, true));
        // The genus itself says no more than can be known; the family less.
        assert_eq!(said("Felis silvestris", "Felis"), (1, 1, true, false));
        assert_eq!(said("Felis silvestris", "Felidae"), (2, 1, false, false));
        // A new genus of Felidae, its truth a species or the genus: counted from there.
        assert_eq!((said("Lynx lynx", "Felis catus"), said("Lynx", "Felis catus")), ((2, 2, true, true), (1, 1, true, true)));
        // Another family is as coarse as what is known, a genus there finer.
        assert!(!said("Lynx lynx", "Canidae").3 && said("Lynx lynx", "Vulpes").3);
        // Of what is known the least is 0; a new kingdom is reached by anything, at the root.
        assert_eq!(said("Felis catus", "Felis"), (1, 0, false, false));
        assert_eq!(said("Daucus carota", ""), (7, 7, true, false));
        assert_eq!(said("Daucus carota", "Felis catus"), (7, 7, true, true));
    }

    #[test]
    fn a_species_is_told_from_candidates_that_are_genera_by_its_genus_and_no_lower() {
        assert_eq!(said_among(["Felis", "Vulpes"], "Felis catus", "Felis"), (1, 1, true, false));
        assert_eq!(said_among(["Felis", "Vulpes"], "Felis catus", "Vulpes"), (3, 1, false, false));
        assert_eq!(said_among(["Felis", "Vulpes"], "Lynx lynx", "Felis"), (2, 2, true, true));
    }
}
