//! One rank of the table: where truths and answers lie at it.

use crate::answers::Ranked;
use crate::numbers::place::Place;
use crate::scores::judged_run::JudgedRun;
use crate::scores::outcome::Judgement;
use crate::scores::truth_at::TruthAt;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// One rank of the table: for every taxon its ancestor there.
pub(in crate::scores) struct Column {
    pub rank: Rank,
    ancestors: Vec<Place>,
}

impl Column {
    pub(super) fn new(taxonomy: &Taxonomy, rank: Rank) -> Self {
        let mut ancestors = vec![Place::NONE; taxonomy.len()];
        for taxon in taxonomy.taxa() {
            let above = taxonomy.parent(taxon).map_or(Place::NONE, |parent| ancestors[parent.index()]);
            ancestors[taxon.index()] = if taxonomy.rank(taxon) == rank { Place::of(taxon.0) } else { above };
        }
        Self { rank, ancestors }
    }

    /// The ancestor of a taxon (or itself) at the column's rank.
    pub fn ancestor(&self, taxon: TaxonId) -> Option<TaxonId> {
        self.ancestors[taxon.index()].number().map(TaxonId)
    }
}

/// The true taxon of an image at a rank; `None` where the image does not count at the rank.
pub(in crate::scores) fn truth_at(run: &JudgedRun<'_>, image: usize, column: &Column) -> Option<TruthAt> {
    match run.judgements[image] {
        Judgement::Scored(outcome) => column.ancestor(outcome.truth).map(|truth| TruthAt(Some(truth))),
        Judgement::Unplaced(_) if column.rank.main_index().is_some() => Some(TruthAt(None)),
        _ => None,
    }
}

/// Probability of the summed answer of an image and whether it is right; where nothing is answered it is
/// nothing, with probability 0. `None` where the probability is unknown.
pub(super) fn confidence(summed: &Ranked, image: usize, column: &Column, truth: Option<TaxonId>) -> Option<(f64, bool)> {
    let probability = if summed.answers(image).is_empty() { Some(0.0) } else { summed.best_probability(image) };
    let right = truth.is_some() && column.ancestor(summed.best(image).taxon()) == truth;
    Some((probability?, right))
}

/// Place of the first answer, from 0, that lies in the true taxon of the rank.
pub(super) fn found_at(ranked: &Ranked, image: usize, column: &Column, truth: TaxonId) -> Option<usize> {
    ranked.answers(image).iter().position(|answer| column.ancestor(answer.taxon()) == Some(truth))
}
