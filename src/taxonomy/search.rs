//! From a name to its taxon: exact, ambiguous, or the nearest spellings.

use super::{TaxonId, Taxonomy};
use crate::name;

/// What a name stands for in a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One taxon.
    One(TaxonId),
    /// Several taxa of that name: homonyms, never chosen between silently.
    Several(Vec<TaxonId>),
    /// None.
    Nothing,
}

impl Taxonomy {
    /// Finds a taxon by source id, lineage (`Animalia;Chordata;...` or a part of it), or name.
    ///
    /// Case, underscores, accents' encoding and authorship do not matter. A synonym finds its taxon
    /// where no taxon has the name.
    #[must_use]
    pub fn find(&self, text: &str) -> Found {
        if let Some(&taxon) = self.by_source_id.get(text.trim()) {
            return Found::One(taxon);
        }
        if text.contains([';', '|']) {
            return self.find_lineage(text);
        }
        match self.find_key(&name::key(text)) {
            Found::Nothing => {
                let Some(parsed) = name::parse(text) else { return Found::Nothing };
                self.find_key(&name::key(&parsed.canonical))
            }
            found => found,
        }
    }

    /// Whether a name finds a taxon only because it is a synonym of its name.
    #[must_use]
    pub fn is_synonym(&self, text: &str) -> bool {
        let canonical = name::parse(text).map(|parsed| name::key(&parsed.canonical));
        let keys = || std::iter::once(name::key(text)).chain(canonical.clone());
        keys().all(|key| !self.by_key.contains_key(&key)) && keys().any(|key| self.by_synonym.contains_key(&key))
    }

    /// As [`Taxonomy::find`]; a name below the species that is not in the taxonomy finds its
    /// species, and the flag is true. For truths and answers: they say less than they could, but
    /// nothing false.
    #[must_use]
    pub fn find_or_species(&self, text: &str) -> (Found, bool) {
        let found = self.find(text);
        let last = text.rsplit([';', '|']).next().unwrap_or_default();
        let species = name::parse(strip_prefix(last))
            .filter(|parsed| parsed.rank > crate::rank::Rank::Species)
            .and_then(|parsed| parsed.binomial());
        match (found, species) {
            (Found::Nothing, Some(species)) => match self.find(&species) {
                Found::Nothing => (Found::Nothing, false),
                found => (found, true),
            },
            (found, _) => (found, false),
        }
    }

    fn find_key(&self, key: &str) -> Found {
        match self.by_key.get(key).map(Vec::as_slice) {
            None | Some([]) => match self.by_synonym.get(key).map(Vec::as_slice) {
                None | Some([]) => Found::Nothing,
                Some([one]) => Found::One(*one),
                Some(several) => Found::Several(several.to_vec()),
            },
            Some([one]) => Found::One(*one),
            // A monotypic name repeated down one lineage (order and class of one name) is not a homonym.
            Some(several) => match several.split_first() {
                Some((top, below)) if below.iter().all(|&taxon| self.is_unary_chain(*top, taxon)) => Found::One(*top),
                _ => Found::Several(several.to_vec()),
            },
        }
    }

    fn is_unary_chain(&self, top: TaxonId, below: TaxonId) -> bool {
        self.contains(top, below) && self.leaf_range(top) == self.leaf_range(below)
    }

    fn find_lineage(&self, text: &str) -> Found {
        let steps: Vec<String> =
            text.split([';', '|']).map(|step| name::key(strip_prefix(step))).filter(|step| !step.is_empty()).collect();
        let Some((last, above)) = steps.split_last() else { return Found::Nothing };
        let taxa: Vec<TaxonId> = self
            .by_key
            .get(last)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&taxon| {
                let mut lineage = self.lineage(taxon).skip(1);
                above.iter().rev().all(|step| lineage.any(|ancestor| name::key(self.name(ancestor)) == *step))
            })
            .collect();
        match taxa[..] {
            [] => Found::Nothing,
            [one] => Found::One(one),
            _ => Found::Several(taxa),
        }
    }

    /// The taxa whose names are spelt most like `text`, best first, at most `count`.
    ///
    /// Damerau–Levenshtein similarity of lower-case names, at least 0.6; ties by id.
    #[must_use]
    pub fn nearest_names(&self, text: &str, count: usize) -> Vec<TaxonId> {
        let key = name::key(text);
        let mut scored: Vec<(f64, TaxonId)> = self
            .taxa()
            .skip(1)
            .map(|taxon| (strsim::normalized_damerau_levenshtein(&key, &name::key(self.name(taxon))), taxon))
            .filter(|&(similarity, _)| similarity >= 0.6)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.into_iter().take(count).map(|(_, taxon)| taxon).collect()
    }

    /// A sentence that suggests the nearest names, or an empty string.
    #[must_use]
    pub fn suggestion(&self, text: &str) -> String {
        let names: Vec<String> = self.nearest_names(text, 3).into_iter().map(|taxon| format!("'{}'", self.name(taxon))).collect();
        if names.is_empty() { String::new() } else { format!("; nearest names: {}", names.join(", ")) }
    }
}

/// Drops a rank prefix such as `g__`.
#[must_use]
pub fn strip_prefix(step: &str) -> &str {
    let step = step.trim();
    match step.split_once("__") {
        Some((prefix, name)) if prefix.len() <= 2 => name,
        _ => step,
    }
}
