//! The part of the taxonomy that a run is about: what is true, what is answered, and what could have
//! been. No number depends on any other part.

use crate::answers::Answers;
use crate::scores::outcome::Judgement;
use crate::taxonomy::{TaxonId, Taxonomy};

/// Taxa that are met, with all taxa above them.
pub(super) struct Met {
    has: Vec<bool>,
}

impl Met {
    /// The scored truths and what is listed for their images, and the candidates where the source says
    /// which they are.
    pub fn of(taxonomy: &Taxonomy, answers: &Answers, judgements: &[Judgement]) -> Self {
        let mut has = vec![false; taxonomy.len()];
        has[TaxonId::ROOT.index()] = true;
        answers.candidates.iter().flatten().for_each(|candidate| has[candidate.index()] = true);
        has.iter_mut().zip(&answers.listed).for_each(|(has, listed)| *has |= listed);
        for (image, judgement) in judgements.iter().enumerate().filter(|(_, judgement)| judgement.is_scored()) {
            if let Judgement::Scored(outcome) = judgement {
                has[outcome.truth.index()] = true;
            }
            answers.ranked.listed(image).iter().for_each(|answer| has[answer.taxon().index()] = true);
        }
        // Children have larger ids than their parents.
        for taxon in taxonomy.taxa().collect::<Vec<_>>().into_iter().rev().filter(|taxon| *taxon != TaxonId::ROOT) {
            if let Some(parent) = taxonomy.parent(taxon).filter(|_| has[taxon.index()]) {
                has[parent.index()] = true;
            }
        }
        Self { has }
    }

    /// Whether a taxon is met, or lies above one that is.
    pub fn has(&self, taxon: TaxonId) -> bool {
        self.has[taxon.index()]
    }

    /// The taxa that are met, in order of id.
    pub fn taxa<'a>(&'a self, taxonomy: &Taxonomy) -> impl Iterator<Item = TaxonId> + use<'a> {
        taxonomy.taxa().filter(|taxon| self.has(*taxon))
    }

    /// Children of each taxon that are met.
    pub fn children(&self, taxonomy: &Taxonomy) -> Vec<u64> {
        let mut children = vec![0; taxonomy.len()];
        self.taxa(taxonomy).filter_map(|taxon| taxonomy.parent(taxon)).for_each(|parent| children[parent.index()] += 1);
        children
    }

    /// Taxa that are met and have none below them that is: the leaves of this part of the taxonomy.
    pub fn tips(&self, taxonomy: &Taxonomy) -> Vec<TaxonId> {
        let children = self.children(taxonomy);
        self.taxa(taxonomy).filter(|taxon| children[taxon.index()] == 0).collect()
    }
}
