//! What the cells of a column are: names, numbers, lists.

use crate::answers::table::frame::Frame;
use crate::answers::table::{list, score};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use polars::prelude::StringChunked;
use std::collections::HashSet;

/// As many different cells tell what a column holds.
const SAMPLE: usize = 500;

/// Endings of the second word of a binomial, in Latin.
const ENDINGS: &[&str] = &[
    "us", "a", "um", "is", "ae", "i", "ii", "ens", "ans", "or", "ix", "ax", "ex", "es", "os", "on", "as", "er", "ops", "ys",
    "nse", "ale", "are", "stre", "orme", "ile",
];

/// English words that begin the names of measurements.
const MEASURED: &[&str] =
    &["mean", "total", "max", "min", "median", "sum", "soil", "wind", "air", "water", "relative", "number", "percent", "daily"];

/// A table, and what is known of names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) frame: &'a Frame,
    pub(super) ids: Ids<'a>,
}

/// What numbers can be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ids<'a> {
    /// Ids of taxa: nobody knows which.
    Any,
    /// Ids of a taxonomy, where one is given.
    Of(Option<&'a Taxonomy>),
}

impl<'a> Content<'a> {
    /// The taxonomy given.
    pub(super) fn taxonomy(self) -> Option<&'a Taxonomy> {
        if let Ids::Of(taxonomy) = self.ids { taxonomy } else { None }
    }

    fn texts(self, column: &str) -> Option<StringChunked> {
        self.frame.texts(column).ok()
    }

    /// Whether every cell that holds something passes, and one holds something.
    fn all(self, column: &str, passes: impl Fn(&str) -> bool) -> bool {
        self.texts(column).is_some_and(|texts| {
            let mut held = texts.iter().flatten().filter(|text| !name::is_missing(text)).peekable();
            held.peek().is_some() && held.all(passes)
        })
    }

    /// Some of the different cells that hold something.
    pub(super) fn sample(self, column: &str) -> Vec<String> {
        let Some(texts) = self.texts(column) else { return vec![] };
        let mut known: HashSet<&str> = HashSet::new();
        for text in texts.iter().flatten().filter(|text| !name::is_missing(text)) {
            if known.len() >= SAMPLE {
                break;
            }
            known.insert(text);
        }
        let mut sample: Vec<String> = known.into_iter().map(str::to_string).collect();
        sample.sort_unstable();
        sample
    }

    /// Whether at least half of the sampled cells pass.
    fn half(self, column: &str, passes: impl Fn(&str) -> bool) -> bool {
        let sample = self.sample(column);
        !sample.is_empty() && sample.iter().filter(|text| passes(text)).count() * 2 >= sample.len()
    }

    /// Whether no cell holds anything.
    pub(super) fn is_blank(self, column: &str) -> bool {
        self.texts(column).is_some_and(|texts| texts.iter().flatten().all(name::is_missing))
    }

    /// Whether every cell that holds something is a number.
    pub(super) fn is_numeric(self, column: &str) -> bool {
        self.all(column, |text| score::number(text).is_some())
    }

    /// The numbers of a column, not-a-number where there is none.
    pub(super) fn numbers(self, column: &str) -> Vec<f64> {
        let value = |text: Option<&str>| text.and_then(score::number).unwrap_or(f64::NAN);
        self.texts(column).map(|texts| texts.iter().map(value).collect()).unwrap_or_default()
    }

    /// Whether every cell says yes or no.
    pub(super) fn is_yes_or_no(self, column: &str) -> bool {
        const WORDS: [&str; 12] = ["true", "false", "yes", "no", "t", "f", "oui", "non", "si", "sí", "ja", "nein"];
        self.all(column, |text| WORDS.contains(&text.trim().to_lowercase().as_str()))
    }

    /// Whether the cells are ranks.
    pub(super) fn holds_ranks(self, column: &str) -> bool {
        self.all(column, |text| Rank::parse(text).is_some_and(|rank| !rank.is_unranked()))
    }

    /// Whether the cells are lists of labels, with or without scores.
    pub(super) fn holds_lists(self, column: &str) -> bool {
        self.half(column, |text| list::numbers(text).is_none() && list::answers(text).is_some())
    }

    /// Whether the cells are lists of numbers.
    pub(super) fn holds_number_lists(self, column: &str) -> bool {
        self.half(column, |text| list::numbers(text).is_some())
    }

    /// Whether the cells look like scientific names of species.
    pub(super) fn holds_binomials(self, column: &str) -> bool {
        self.half(column, is_binomial)
    }

    /// Whether the cells are names that the taxonomy has, or look like scientific names.
    pub(super) fn holds_taxa(self, column: &str) -> bool {
        self.half(column, |text| is_binomial(text) || self.is_known(text))
    }

    /// Whether a cell is a taxon of the taxonomy given.
    pub(super) fn is_known(self, text: &str) -> bool {
        self.taxonomy().is_some_and(|taxonomy| taxonomy.resolve(text).found != Found::Nothing)
    }

    /// Whether a column of numbers can hold names: their ids.
    fn numbers_are_ids(self, column: &str) -> bool {
        match self.ids {
            Ids::Any => true,
            Ids::Of(_) => self.half(column, |text| self.is_known(text)),
        }
    }

    /// Of columns that may hold names those that do; and of columns that hold numbers the first.
    pub(super) fn named(self, columns: Vec<String>) -> (Vec<String>, Option<String>) {
        let (numbers, mut names): (Vec<String>, Vec<String>) = columns
            .into_iter()
            .filter(|column| !self.is_yes_or_no(column) && !self.holds_number_lists(column))
            .partition(|column| self.is_numeric(column));
        // What any number may be is a name only where nothing else is one.
        let has_names = !names.is_empty() && matches!(self.ids, Ids::Any);
        let (ids, others): (Vec<String>, Vec<String>) = numbers.into_iter().partition(|column| self.numbers_are_ids(column));
        names.extend(ids.into_iter().filter(|_| !has_names));
        let place = |column: &String| self.frame.names().iter().position(|name| name == column);
        names.sort_by_key(place);
        (names, others.into_iter().next())
    }

    /// Whether two columns say the same in every row.
    pub(super) fn are_same(self, a: &str, b: &str) -> bool {
        let key = |text: Option<&str>| name::key(text.unwrap_or_default());
        match (self.texts(a), self.texts(b)) {
            (Some(a), Some(b)) => a.iter().zip(b.iter()).all(|(a, b)| a == b || key(a) == key(b)),
            _ => false,
        }
    }
}

/// Whether a text looks like the scientific name of a species: two words, the second lower case with a Latin ending.
pub(super) fn is_binomial(text: &str) -> bool {
    let text = name::normalise(text);
    let mut words = text.split(' ').filter(|word| *word != "×" && *word != "x");
    let (Some(genus), Some(epithet)) = (words.next(), words.next()) else { return false };
    let begins = genus.chars().next().is_some_and(char::is_uppercase) && genus.chars().skip(1).all(char::is_lowercase);
    let letters = epithet.chars().count() > 2 && epithet.chars().all(|letter| letter.is_lowercase() || letter == '-');
    begins
        && letters
        && !MEASURED.contains(&genus.to_lowercase().as_str())
        && ENDINGS.iter().any(|ending| epithet.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_names_are_told_from_measurements() {
        for name in ["Apis mellifera", "Turdus_merula L.", "Mentha × piperita", "Xestia c-nigrum", "Equisetum arvense"] {
            assert!(is_binomial(name), "{name}");
        }
        for other in ["Mean temperature", "Soil moisture", "Wind speed", "red fox", "Great Tit", "Apis", "latitude", ""] {
            assert!(!is_binomial(other), "{other}");
        }
    }
}
