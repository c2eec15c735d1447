//! Taxa by the keys of their names, in some sixteen bytes each: fingerprints of keys stand for these.

use super::taxon::TaxonId;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Taxa by the keys of their names.
///
/// A key is kept as its fingerprint alone; the names say whether a taxon that is found has it. Where two keys have the same
/// fingerprint both are kept as they are.
#[derive(Debug, Clone, Default)]
pub(super) struct NameIndex {
    /// In order, with repeats.
    fingerprints: Vec<u64>,
    /// The taxon of each fingerprint; those of one key from the smallest number on.
    taxa: Vec<TaxonId>,
    /// Where the fingerprints begin that begin with each number of `bits` bits, and where the last ones end.
    starts: Vec<u32>,
    bits: u32,
    /// Taxa of keys that share their fingerprint with another key.
    apart: HashMap<String, Vec<TaxonId>>,
}

/// The fingerprint of a key.
pub(super) fn fingerprint(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl NameIndex {
    /// Of fingerprints with their taxa. `keys` are all keys of a taxon that may be among them.
    pub(super) fn of(mut pairs: Vec<(u64, TaxonId)>, keys: impl Fn(TaxonId) -> Vec<String>) -> Self {
        Self::with(&mut pairs, keys, fingerprint)
    }

    fn with(pairs: &mut Vec<(u64, TaxonId)>, keys: impl Fn(TaxonId) -> Vec<String>, fingerprint: fn(&str) -> u64) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut index = Self::default();
        index.fingerprints.reserve_exact(pairs.len());
        index.taxa.reserve_exact(pairs.len());
        for alike in pairs.chunk_by(|one, other| one.0 == other.0) {
            let meant = |taxon: TaxonId| keys(taxon).into_iter().filter(|key| fingerprint(key) == alike[0].0);
            let mut different: Vec<String> =
                if alike.len() > 1 { alike.iter().flat_map(|&(_, taxon)| meant(taxon)).collect() } else { vec![] };
            different.sort_unstable();
            different.dedup();
            if different.len() > 1 {
                for (key, taxon) in alike.iter().flat_map(|&(_, taxon)| meant(taxon).map(move |key| (key, taxon))) {
                    let taxa = index.apart.entry(key).or_default();
                    if taxa.last() != Some(&taxon) {
                        taxa.push(taxon);
                    }
                }
            } else {
                index.fingerprints.extend(alike.iter().map(|pair| pair.0));
                index.taxa.extend(alike.iter().map(|pair| pair.1));
            }
        }
        index.place_starts();
        index
    }

    /// Cuts the fingerprints, which are spread evenly, into parts of one or two.
    fn place_starts(&mut self) {
        self.bits = usize::BITS - self.fingerprints.len().leading_zeros();
        let mut place = 0;
        for part in 0..=1_u64 << self.bits {
            let before = |known: &u64| self.part(*known) < part;
            place += self.fingerprints[place..].iter().take_while(|known| before(known)).count();
            // There are fewer than 2³² taxa, with a few names each.
            self.starts.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
    }

    /// The first bits of a fingerprint.
    fn part(&self, fingerprint: u64) -> u64 {
        fingerprint.checked_shr(u64::BITS - self.bits).unwrap_or(0)
    }

    /// The taxa of a key, from the smallest number on; `None` where no taxon has it. `has_key` says whether a taxon has it.
    pub(super) fn get(&self, key: &str, has_key: impl Fn(TaxonId) -> bool) -> Option<&[TaxonId]> {
        self.find(key, fingerprint(key), has_key)
    }

    fn find(&self, key: &str, fingerprint: u64, has_key: impl Fn(TaxonId) -> bool) -> Option<&[TaxonId]> {
        if let Some(taxa) = self.apart.get(key) {
            return Some(taxa);
        }
        let part = usize::try_from(self.part(fingerprint)).ok()?;
        let (&start, &end) = (self.starts.get(part)?, self.starts.get(part + 1)?);
        let range = start as usize..end as usize;
        let is_it = |known: &u64| *known == fingerprint;
        let first = range.start + self.fingerprints[range.clone()].iter().position(is_it)?;
        let count = self.fingerprints[first..range.end].iter().take_while(|known| is_it(known)).count();
        let taxa = &self.taxa[first..first + count];
        taxa.first().is_some_and(|&first| has_key(first)).then_some(taxa)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&[&str]; 5] = [&["felis"], &["lynx", "lynx 2"], &["felis"], &["vulpes"], &["puma"]];

    fn index(fingerprint: fn(&str) -> u64) -> NameIndex {
        let taxa = (0..).map(TaxonId).zip(NAMES);
        let mut pairs: Vec<(u64, TaxonId)> =
            taxa.flat_map(|(taxon, keys)| keys.iter().map(move |key| (fingerprint(key), taxon))).collect();
        pairs.reverse();
        NameIndex::with(&mut pairs, keys, fingerprint)
    }

    fn keys(taxon: TaxonId) -> Vec<String> {
        NAMES[taxon.index()].iter().map(ToString::to_string).collect()
    }

    fn found(index: &NameIndex, key: &str, fingerprint: fn(&str) -> u64) -> Option<Vec<u32>> {
        let has_key = |taxon: TaxonId| NAMES[taxon.index()].contains(&key);
        index.find(key, fingerprint(key), has_key).map(|taxa| taxa.iter().map(|taxon| taxon.0).collect())
    }

    #[test]
    fn taxa_are_found_by_their_keys_alone_whatever_the_fingerprints() {
        // One fingerprint for all; one for each length of a key; one for each key.
        let fingerprints: [fn(&str) -> u64; 3] = [|_| 7, |key| key.len() as u64, fingerprint];
        for fingerprint in fingerprints {
            let index = index(fingerprint);
            let found = |key| found(&index, key, fingerprint);
            assert_eq!(found("felis"), Some(vec![0, 2]));
            assert_eq!((found("lynx"), found("lynx 2"), found("vulpes")), (Some(vec![1]), Some(vec![1]), Some(vec![3])));
            // As long as others, and of nobody.
            assert_eq!((found("canis"), found("ursa"), found("")), (None, None, None));
        }
    }
}
