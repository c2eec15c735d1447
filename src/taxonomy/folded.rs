//! Names without their accents, for those who write `Isoetes` where a checklist has `Isoëtes`.

use super::name;
use super::name::vernacular::without_accents;
use super::taxon::TaxonId;
use std::collections::HashMap;

/// A key without accents, its apostrophes straight.
#[must_use]
pub(super) fn folded(key: &str) -> String {
    without_accents(key).replace(['’', '‘', 'ʼ'], "'")
}

/// Taxa by those of their names and synonyms that have letters beyond ASCII, without accents.
#[derive(Debug, Clone, Default)]
pub(super) struct FoldedNames {
    names: HashMap<String, Vec<TaxonId>>,
    synonyms: HashMap<String, Vec<TaxonId>>,
}

impl FoldedNames {
    /// Takes in the name of a taxon.
    pub(super) fn push_name(&mut self, taxon: TaxonId, text: &str) {
        push(&mut self.names, taxon, text);
    }

    /// Takes in another name of a taxon.
    pub(super) fn push_synonym(&mut self, taxon: TaxonId, text: &str) {
        push(&mut self.synonyms, taxon, text);
    }

    /// The taxa of a folded key.
    pub(super) fn names(&self, key: &str) -> Option<&[TaxonId]> {
        self.names.get(key).map(Vec::as_slice)
    }

    /// The taxa that have a folded key among their other names.
    pub(super) fn synonyms(&self, key: &str) -> Option<&[TaxonId]> {
        self.synonyms.get(key).map(Vec::as_slice)
    }
}

fn push(index: &mut HashMap<String, Vec<TaxonId>>, taxon: TaxonId, text: &str) {
    if text.is_ascii() {
        return;
    }
    let key = name::key(text);
    let folded = folded(&key);
    if folded == key {
        return;
    }
    let taxa = index.entry(folded).or_default();
    if taxa.last() != Some(&taxon) {
        taxa.push(taxon);
    }
}
