//! Taxa by the keys of their names, and by the ids of their source.

use super::{TaxonId, Taxonomy, name};
use crate::taxonomy::rank::Rank;

impl Taxonomy {
    /// The keys by which the name of a taxon is found.
    pub(super) fn name_keys(&self, taxon: TaxonId) -> Vec<String> {
        let key = name::key(self.name(taxon));
        // `Rosa canina var. dumalis` is found as `Rosa canina dumalis` too.
        if self.rank(taxon) > Rank::Species
            && key.contains('.')
            && let Some(parsed) = name::parse(self.name(taxon))
            // `Rosa sp. 25` of a tree is no other name of the genus, nor `Rosa cf. canina` of the species.
            && parsed.rank >= Rank::Species
            && !key.split(' ').any(|word| matches!(word, "cf." | "aff." | "nr." | "sp."))
            && let Some(bare) = Some(name::key(&parsed.canonical)).filter(|bare| *bare != key)
        {
            return vec![bare, key];
        }
        vec![key]
    }

    /// The taxa that have a name, by its key.
    pub(super) fn of_key(&self, key: &str) -> Option<&[TaxonId]> {
        self.by_key.get(key, |taxon| self.name_keys(taxon).iter().any(|known| known == key))
    }

    /// The taxa of which a name is a synonym, by its key.
    pub(super) fn of_synonym(&self, key: &str) -> Option<&[TaxonId]> {
        self.by_synonym.get(key, |taxon| self.synonyms(taxon).iter().any(|synonym| name::key(synonym) == key))
    }

    /// The taxon of an id of the source.
    pub(super) fn of_source_id(&self, id: &str) -> Option<TaxonId> {
        self.by_source_id.get(id, |taxon| self.source_id(taxon) == Some(id))?.last().copied()
    }
}
