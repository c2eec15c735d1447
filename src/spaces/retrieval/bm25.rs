//! BM25 as Lucene computes it since its version 8: texts ranked by the words that they share with a query.
//!
//! For each word of the query, as often as it stands there, a text in which it stands tf times gets
//!
//! ```text
//! ln(1 + (N − df + ½) / (df + ½)) · tf / (tf + k1 · (1 − b + b · length / mean length))
//! ```
//!
//! of N texts, df of which have the word; lengths are in words. No factor `k1 + 1` stands above, which older versions had: it
//! changes no order. Lucene itself keeps lengths in one byte; here they are exact, as in bm25s.
//!
//! ```
//! use nearmiss::spaces::retrieval::bm25::{Bm25, Parameters, StopWords};
//!
//! let texts = ["a small black ant", "a large red ant, red all over", "a bee"].map(str::to_string);
//! let index = Bm25::of(&texts, StopWords::none());
//! let bm25 = index.with(Parameters::default());
//! // Only texts that share a word with the query are found; words of one letter are none.
//! let found: Vec<u32> = bm25.scores("Red ants or an ant").into_iter().map(|(text, _)| text).collect();
//! assert_eq!(found, [0, 1]);
//! assert!(bm25.score("red ant", 1) > bm25.score("red ant", 0));
//! ```

mod words;
mod stop_words;

pub use stop_words::{StopWords, StopWordsError};
pub use words::words;

use crate::numbers::statistics::to_f64;
use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Serialize;

/// Texts whose words are taken apart at once.
const AT_ONCE: usize = 4096;

/// The two numbers that BM25 leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameters {
    /// How much a word that stands again adds: with 0 nothing, the larger the more. 0 or more.
    pub k1: f64,
    /// How much long texts are held against themselves: 0 is not at all, 1 by their whole length.
    pub b: f64,
}

impl Default for Parameters {
    /// Lucene's: 1.2 and 0.75.
    fn default() -> Parameters {
        Parameters { k1: 1.2, b: 0.75 }
    }
}

/// Texts by their words.
#[derive(Debug, Clone)]
pub struct Bm25 {
    /// Words by number.
    known: HashMap<Box<str>, u32>,
    /// For each word the texts that have it, ascending, and how often.
    places: Vec<Vec<(u32, u32)>>,
    /// How many words each text has.
    lengths: Vec<f64>,
    /// Their mean; 0 without texts.
    mean_length: f64,
    stop_words: StopWords,
}

impl Bm25 {
    /// Takes texts apart; stop words are words neither of them nor of queries.
    #[must_use]
    pub fn of(texts: &[String], stop_words: StopWords) -> Bm25 {
        let mut bm25 = Bm25 { known: HashMap::new(), places: vec![], lengths: vec![], mean_length: 0.0, stop_words };
        for together in texts.chunks(AT_ONCE) {
            let apart: Vec<Vec<String>> = together.par_iter().map(|text| bm25.stop_words.others(words(text))).collect();
            for words in apart {
                bm25.add(words);
            }
        }
        let all: f64 = bm25.lengths.iter().sum();
        bm25.mean_length = all / to_f64(bm25.lengths.len().max(1) as u64);
        bm25
    }

    fn add(&mut self, words: Vec<String>) {
        let text = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        self.lengths.push(to_f64(words.len() as u64));
        for word in words {
            let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            let number = *self.known.entry(word.into_boxed_str()).or_insert(next);
            if number == next {
                self.places.push(vec![]);
            }
            let Some(places) = self.places.get_mut(number as usize) else { continue };
            match places.last_mut() {
                Some((last, times)) if *last == text => *times += 1,
                _ => places.push((text, 1)),
            }
        }
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// How many different words they have.
    #[must_use]
    pub fn words(&self) -> usize {
        self.places.len()
    }

    /// How many texts have no word.
    #[must_use]
    pub fn without_words(&self) -> usize {
        self.lengths.iter().filter(|length| **length <= 0.0).count()
    }

    /// The same with its two numbers, ready to be asked.
    #[must_use]
    pub fn with(&self, Parameters { k1, b }: Parameters) -> Weighted<'_> {
        let norm = |length: &f64| if self.mean_length > 0.0 { k1 * (1.0 - b + b * length / self.mean_length) } else { 0.0 };
        Weighted { bm25: self, norms: self.lengths.iter().map(norm).collect() }
    }

    /// The texts of each word of a query, as often as it stands there, with the weight of the word; unknown words have none.
    fn asked(&self, query: &str) -> Vec<(f64, &[(u32, u32)])> {
        let number = |word: String| self.known.get(word.as_str()).copied();
        let numbers = self.stop_words.others(words(query)).into_iter().filter_map(number);
        let places = numbers.filter_map(|number| self.places.get(number as usize));
        places.map(|places| (self.weight(places.len()), places.as_slice())).collect()
    }

    /// ln(1 + (N − df + ½) / (df + ½)).
    fn weight(&self, texts: usize) -> f64 {
        let (all, having) = (to_f64(self.len() as u64), to_f64(texts as u64));
        ((all - having + 0.5) / (having + 0.5)).ln_1p()
    }
}

/// Texts by their words, with the two numbers of BM25.
#[derive(Debug, Clone)]
pub struct Weighted<'a> {
    bm25: &'a Bm25,
    /// For each text k1 · (1 − b + b · length / mean length).
    norms: Vec<f64>,
}

impl Weighted<'_> {
    /// The texts that share a word with a query, by number, with their scores, all above 0.
    #[must_use]
    pub fn scores(&self, query: &str) -> Vec<(u32, f64)> {
        let mut sums = vec![0.0_f64; self.norms.len()];
        for (weight, places) in self.bm25.asked(query) {
            for &(text, times) in places {
                if let (Some(sum), Some(norm)) = (sums.get_mut(text as usize), self.norms.get(text as usize)) {
                    *sum += part(weight, times, *norm);
                }
            }
        }
        (0..).zip(sums).filter(|(_, sum)| *sum > 0.0).collect()
    }

    /// The score of one text; 0 where it shares no word with the query.
    #[must_use]
    pub fn score(&self, query: &str, text: u32) -> f64 {
        let Some(norm) = self.norms.get(text as usize) else { return 0.0 };
        let times = |places: &[(u32, u32)]| places.binary_search_by_key(&text, |(text, _)| *text).ok().map(|at| places[at].1);
        let parts = self.bm25.asked(query).into_iter().filter_map(|(weight, places)| Some(part(weight, times(places)?, *norm)));
        // A sum of nothing is −0.
        parts.sum::<f64>() + 0.0
    }
}

/// What a word that stands so many times in a text adds to its score.
fn part(weight: f64, times: u32, norm: f64) -> f64 {
    let times = f64::from(times);
    weight * times / (times + norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn scores_by_hand() {
        // Lengths 2, 4, 3: mean 3. 'ant' in two of three, 'red' in one, twice.
        let bm25 = Bm25::of(&texts(&["black ant", "red ant red wood", "bees of meadows"]), StopWords::none());
        assert_eq!((bm25.len(), bm25.words(), bm25.without_words()), (3, 7, 0));
        let weighted = bm25.with(Parameters { k1: 1.2, b: 0.75 });
        let ant = (1.0_f64 + 1.5 / 2.5).ln();
        let red = (1.0_f64 + 2.5 / 1.5).ln();
        // 1.2 · (0.25 + 0.75 · 2 / 3) = 0.9, and of length 4 1.5.
        let expected = [ant * 1.0 / 1.9, ant * 1.0 / 2.5 + red * 2.0 / 3.5];
        let found = weighted.scores("Red ant");
        assert_eq!(found.iter().map(|(text, _)| *text).collect::<Vec<_>>(), [0, 1]);
        found.iter().zip(expected).for_each(|((_, score), expected)| close(*score, expected));
        (0..3).zip([expected[0], expected[1], 0.0]).for_each(|(text, expected)| close(weighted.score("ant red", text), expected));
        // A word counts as often as the query has it.
        close(weighted.score("ant ant", 0), 2.0 * expected[0]);
        // Without b lengths do not matter; without k1 how often does not.
        close(bm25.with(Parameters { k1: 1.2, b: 0.0 }).score("ant", 1), ant / 2.2);
        close(bm25.with(Parameters { k1: 0.0, b: 1.0 }).score("red", 1), red);
    }

    #[test]
    fn what_has_no_word_is_never_found() {
        let bm25 = Bm25::of(&texts(&["the ant", "the", "-"]), StopWords::english());
        assert_eq!((bm25.words(), bm25.without_words()), (1, 2));
        let weighted = bm25.with(Parameters::default());
        assert_eq!(weighted.scores("the").len(), 0);
        assert_eq!(weighted.scores("THE ANT").iter().map(|(text, _)| *text).collect::<Vec<_>>(), [0]);
        let empty = Bm25::of(&[], StopWords::none());
        assert!(empty.is_empty() && empty.with(Parameters::default()).scores("ant").is_empty());
        assert!(weighted.score("ant", 7).abs() <= 0.0);
    }
}
