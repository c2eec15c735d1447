//! Ids as numbers.

use super::texts::{Span, Texts};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// Ids with their numbers, from 0 in the order of their first use. Their texts are kept with all others.
#[derive(Debug, Default)]
pub(super) struct Ids {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    spans: Vec<Span>,
}

impl Ids {
    /// The number of an id, given at its first use.
    pub(super) fn number(&mut self, texts: &mut Texts, id: &str) -> u32 {
        let hash = self.hasher.hash_one(id);
        if let Some(number) = self.find_hashed(texts, hash, id) {
            return number;
        }
        let number = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        let span = texts.keep(id);
        self.spans.push(span);
        let (texts, spans, hasher) = (&*texts, &self.spans, &self.hasher);
        self.numbers.insert_unique(hash, number, |&number| hasher.hash_one(texts.get(spans[number as usize])));
        number
    }

    /// The number of an id that was used before.
    pub(super) fn find(&self, texts: &Texts, id: &str) -> Option<u32> {
        self.find_hashed(texts, self.hasher.hash_one(id), id)
    }

    fn find_hashed(&self, texts: &Texts, hash: u64, id: &str) -> Option<u32> {
        self.numbers.find(hash, |&number| self.text(texts, number) == id).copied()
    }

    /// The id of a number.
    pub(super) fn text<'t>(&self, texts: &'t Texts, number: u32) -> &'t str {
        texts.get(self.spans[number as usize])
    }
}
