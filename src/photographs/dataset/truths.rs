//! What becomes of the truths of a data set in a taxonomy.

use super::collection::Dataset;
use crate::taxonomy::search::{Found, Resolved, Step};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// What became of the truths of a data set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truths {
    /// One per photograph.
    pub taxa: Vec<Option<TaxonId>>,
    /// Names that the taxonomy does not hold, with counts.
    pub unknown: BTreeMap<String, usize>,
    /// Names that it holds several times, with counts.
    pub ambiguous: BTreeMap<String, usize>,
    /// Names below the species that stand for their species, because it holds that alone.
    pub as_species: BTreeMap<String, usize>,
    /// How many photographs' truths met their taxon by which step.
    pub steps: BTreeMap<Step, usize>,
}

impl Truths {
    /// Looks every truth up once.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, dataset: &Dataset) -> Truths {
        let mut known: BTreeMap<&str, Resolved> = BTreeMap::new();
        let mut truths = Truths::default();
        for photograph in &dataset.photographs {
            let id = photograph.taxon_id.as_deref().filter(|id| matches!(taxonomy.find(id), Found::One(_)));
            let Some(text) = id.or(photograph.truth_text.as_deref()).or(photograph.taxon_id.as_deref()) else {
                truths.taxa.push(None);
                continue;
            };
            let resolved = known.entry(text).or_insert_with(|| taxonomy.resolve(text));
            if let (Found::One(taxon), Some(step)) = (&resolved.found, resolved.step) {
                truths.taxa.push(Some(*taxon));
                *truths.steps.entry(step).or_insert(0) += 1;
                if step == Step::Species {
                    *truths.as_species.entry(text.to_string()).or_insert(0) += 1;
                }
            } else {
                let counts = if resolved.found == Found::Nothing { &mut truths.unknown } else { &mut truths.ambiguous };
                *counts.entry(text.to_string()).or_insert(0) += 1;
                truths.taxa.push(None);
            }
        }
        truths
    }
}
