//! Authors behind names, and when two spellings of one are the same.

use super::folded::folded;
use crate::taxonomy::name;

/// What stands behind the last word of a name: its author.
pub(super) fn author_behind(text: &str, canonical: &str) -> String {
    let text = name::normalise(text);
    let last = canonical.rsplit(' ').next().unwrap_or_default();
    let words: Vec<&str> = text.split(' ').collect();
    let place = words.iter().rposition(|word| word.trim_start_matches('×').to_lowercase() == last);
    place.map(|place| words[place + 1..].join(" ")).unwrap_or_default()
}

/// Whether two spellings of an author are one: marks, spaces and accents do not matter, nor does a year that one of them
/// leaves out.
pub(super) fn is_same_author(a: &str, b: &str) -> bool {
    let letters = |author: &str| -> String {
        folded(&author.to_lowercase().replace('&', "et")).chars().filter(|letter| letter.is_alphanumeric()).collect()
    };
    let without_year = |author: &str| author.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let (a, b) = (letters(a), letters(b));
    let (bare_a, bare_b) = (without_year(&a), without_year(&b));
    !bare_a.is_empty() && (a == b || bare_a == bare_b && (bare_a == a || bare_b == b))
}
