//! Names that could be meant by a misspelt one, without comparing it with all of them.

use super::name;
use super::taxon::TaxonId;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Least similarity of a suggestion.
const LEAST: f64 = 0.6;

/// Names compared with a text at most; a bucket fuller than that says too little.
const MOST: usize = 600;

/// Longer names, in bytes, are compared with none: the work grows with the square of their length.
const LONGEST: usize = 512;

/// Taxa by the words and beginnings of words of their names.
#[derive(Debug, Clone, Default)]
pub(super) struct Spellings {
    buckets: HashMap<u64, Vec<TaxonId>>,
}

/// What a misspelt name still shares with the right one: its first word, its last, the beginnings
/// of both, or the beginning or end of a single word.
fn marks(key: &str) -> Vec<u64> {
    let words: Vec<&str> = key.split(' ').collect();
    let (first, last) = (words[0], words[words.len() - 1]);
    let start = |word: &str, count: usize| word.chars().take(count).collect::<String>();
    let end = |word: &str, count: usize| word.chars().rev().take(count).collect::<String>();
    let mark = |kind: u8, text: String| {
        let mut hasher = DefaultHasher::new();
        (kind, text).hash(&mut hasher);
        hasher.finish()
    };
    if words.len() == 1 {
        return vec![mark(0, start(first, 4)), mark(1, end(first, 5)), mark(2, first.to_string())];
    }
    vec![
        mark(2, first.to_string()),
        mark(3, last.to_string()),
        mark(4, start(first, 3) + " " + &start(last, 3)),
        mark(5, end(first, 4) + " " + &end(last, 4)),
    ]
}

impl Spellings {
    /// Of the names of taxa.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = (TaxonId, &'a str)>) -> Spellings {
        let mut buckets: HashMap<u64, Vec<TaxonId>> = HashMap::new();
        for (taxon, written) in names {
            for mark in marks(&name::key(written)) {
                buckets.entry(mark).or_default().push(taxon);
            }
        }
        Spellings { buckets }
    }

    /// The taxa of the nearest names, best first; `name_of` gives the names again.
    pub(super) fn nearest<'a>(&self, name_of: impl Fn(TaxonId) -> &'a str, text: &str, count: usize) -> Vec<TaxonId> {
        let key = name::key(text);
        let parsed = name::parse(text).map(|parsed| name::key(&parsed.canonical)).filter(|canonical| *canonical != key);
        let mut scored: Vec<(f64, TaxonId)> = vec![];
        for key in std::iter::once(&key).chain(&parsed).filter(|key| key.len() <= LONGEST) {
            let comparator = rapidfuzz::distance::osa::BatchComparator::new(key.chars());
            let arguments = rapidfuzz::distance::osa::Args::default().score_cutoff(LEAST);
            for mark in marks(key) {
                let bucket = self.buckets.get(&mark).map_or(&[][..], Vec::as_slice);
                let short = |taxon: &&TaxonId| name_of(**taxon).len() <= LONGEST;
                for &taxon in bucket.iter().take(MOST).filter(short) {
                    let name = name::key(name_of(taxon));
                    if let Some(similarity) = comparator.normalized_similarity_with_args(name.chars(), &arguments) {
                        scored.push((similarity, taxon));
                    }
                }
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut taken = std::collections::HashSet::new();
        scored.retain(|(_, taxon)| taken.insert(*taxon));
        scored.into_iter().take(count).map(|(_, taxon)| taxon).collect()
    }
}
