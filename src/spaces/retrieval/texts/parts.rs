//! Which queries are measured, and which are tuned on.

use super::collection::TextCollection;
use super::error::TextsError;
use crate::numbers::counted::{counted, form};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Splits that are there to tune on, the best first.
pub(super) const TUNING: [&str; 9] = ["tune", "tuning", "dev", "val", "valid", "validation", "calibration", "train", "training"];

/// The split that is measured where queries of another one are tuned on.
const MEASURED: &str = "test";

/// Queries that are measured, and those that are tuned on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Division {
    /// Places of those that are measured, ascending.
    pub measured: Vec<usize>,
    /// Places of those that are tuned on, ascending; none where nothing is tuned.
    pub tuned_on: Vec<usize>,
    /// How they were chosen, a sentence each.
    pub notes: Vec<String>,
}

impl Division {
    /// Divides the queries: those of a split where one is named, else all are measured. To tune, some are set aside: those of a
    /// split that is there for it, or a half that the seed draws.
    ///
    /// # Errors
    ///
    /// [`TextsError`]: a split that no query is of, a query of several, too few to tune on.
    pub fn of(collection: &TextCollection, part: Option<&str>, tuning: bool, seed: u64) -> Result<Division, TextsError> {
        let counts = counts(collection);
        let parts = &collection.parts;
        let at = |part: &str| -> Vec<usize> {
            (0..parts.of.len()).filter(|&place| parts.of[place].as_deref() == Some(part)).collect()
        };
        let all: Vec<usize> = (0..collection.queries.len()).collect();
        let uses_parts = part.is_some() || (tuning && !counts.is_empty());
        if let Some(query) = parts.divided.clone().filter(|_| uses_parts) {
            return Err(TextsError::DividedQuery { query });
        }
        let part = part.map(str::to_lowercase);
        if let Some(part) = part.as_ref().filter(|part| !counts.contains_key(part.as_str())) {
            let there = if counts.is_empty() { "none".to_string() } else { listed(&counts) };
            return Err(TextsError::NoSuchPart { part: part.clone(), there });
        }
        if tuning {
            let wanted = part.as_deref().unwrap_or(MEASURED);
            let aside = TUNING.iter().find(|name| **name != wanted && counts.contains_key(**name));
            if let Some(aside) = aside.filter(|_| counts.contains_key(wanted)) {
                return Ok(tuned(at(wanted), at(aside), &format!("of the split '{aside}'"), &format!("of '{wanted}'")));
            }
        }
        let mut measured = part.as_deref().map_or(all, at);
        if tuning {
            return halves(&mut measured, seed);
        }
        let mut notes = vec![];
        if counts.len() > 1 && part.is_none() {
            notes.push(format!("queries of all splits are measured: {}; --split names one", listed(&counts)));
        }
        Ok(Division { measured, tuned_on: vec![], notes })
    }
}

/// Half of the queries to tune on, the others to measure.
fn halves(queries: &mut [usize], seed: u64) -> Result<Division, TextsError> {
    if queries.len() < 4 {
        let what = "give more, a column 'split', or --k1 and --b".to_string();
        return Err(TextsError::TooFewToTune { queries: queries.len(), what });
    }
    queries.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let (one, other) = queries.split_at(queries.len() / 2);
    let (mut tuned_on, mut measured) = (one.to_vec(), other.to_vec());
    tuned_on.sort_unstable();
    measured.sort_unstable();
    Ok(tuned(measured, tuned_on, &format!("that the seed {seed} draws"), "that are left"))
}

fn tuned(measured: Vec<usize>, tuned_on: Vec<usize>, aside: &str, others: &str) -> Division {
    let queries = counted(tuned_on.len(), "query", "queries");
    let (count, are) = (measured.len(), form(measured.len(), "is", "are"));
    let note = format!("BM25 is tuned on {queries} {aside}; the {count} {others} {are} measured, by all systems");
    Division { measured, tuned_on, notes: vec![note] }
}

/// How many queries each split has.
fn counts(collection: &TextCollection) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for part in collection.parts.of.iter().flatten() {
        *counts.entry(part.as_str()).or_insert(0) += 1;
    }
    counts
}

fn listed(counts: &BTreeMap<&str, usize>) -> String {
    counts.iter().map(|(part, count)| format!("'{part}' {count}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::retrieval::texts::collection::Parts;
    use crate::spaces::retrieval::texts::list::TextList;

    fn collection(parts: &[&str]) -> TextCollection {
        let ids: Vec<String> = (0..parts.len()).map(|place| format!("q{place}")).collect();
        let queries = TextList { texts: ids.clone(), rows: (0..ids.len()).collect(), of: ids.len(), ids };
        let of = parts.iter().map(|part| Some(part.to_string()).filter(|part| !part.is_empty())).collect();
        TextCollection { queries, parts: Parts { of, divided: None }, ..TextCollection::default() }
    }

    #[test]
    fn splits_say_what_is_measured() {
        let some = collection(&["train", "test", "dev", "test", ""]);
        let all = Division::of(&some, None, false, 0).unwrap();
        assert_eq!((all.measured, all.tuned_on.len()), (vec![0, 1, 2, 3, 4], 0));
        assert_eq!(all.notes, ["queries of all splits are measured: 'dev' 1, 'test' 2, 'train' 1; --split names one"]);
        assert_eq!(Division::of(&some, Some("Train"), false, 0).unwrap().measured, [0]);
        let tuned = Division::of(&some, None, true, 0).unwrap();
        assert_eq!((tuned.measured, tuned.tuned_on), (vec![1, 3], vec![2]));
        assert_eq!(tuned.notes, ["BM25 is tuned on 1 query of the split 'dev'; the 2 of 'test' are measured, by all systems"]);
        let message = Division::of(&some, Some("val"), false, 0).unwrap_err().to_string();
        assert_eq!(message, "--split 'val': no query is of that split; there are 'dev' 1, 'test' 2, 'train' 1");
    }

    #[test]
    fn halves_are_drawn_by_the_seed() {
        let none = collection(&[""; 9]);
        let one = Division::of(&none, None, true, 1).unwrap();
        assert_eq!((one.measured.len(), one.tuned_on.len()), (5, 4));
        let mut both = [one.measured.clone(), one.tuned_on.clone()].concat();
        both.sort_unstable();
        assert_eq!(both, (0..9).collect::<Vec<_>>());
        assert_eq!(Division::of(&none, None, true, 1).unwrap(), one);
        assert!((2..9).any(|seed| Division::of(&none, None, true, seed).unwrap().measured != one.measured));
        // Half of one split where there is none to tune on.
        let tests = Division::of(&collection(&["test", "other", "test", "test", "test", ""]), Some("test"), true, 0).unwrap();
        let mut both = [tests.measured, tests.tuned_on].concat();
        both.sort_unstable();
        assert_eq!(both, [0, 2, 3, 4]);
        let few = Division::of(&collection(&["", "", ""]), None, true, 0).unwrap_err().to_string();
        assert!(few.contains("--tune-bm25 needs queries to tune on") && few.contains("are too few"), "{few}");
    }

    #[test]
    fn a_query_of_two_splits_is_refused_where_splits_matter() {
        let mut some = collection(&["test", "train"]);
        some.parts.divided = Some("q".to_string());
        assert!(Division::of(&some, None, false, 0).is_ok());
        let message = Division::of(&some, Some("test"), false, 0).unwrap_err().to_string();
        assert_eq!(message, "the query 'q' stands in several splits; give it one");
    }
}
