//! Species without a name: `Bombus sp. A` is one, and another than `Bombus sp. B`; `Bombus sp.` is the genus.

use super::vernacular::is_author;
use super::{ScientificName, normalise, parse, without_subgenus};
use crate::taxonomy::rank::Rank;

/// Words between a genus and the code of a species without a name.
const QUALIFIERS: &[&str] = &["sp.", "sp", "spec.", "spec", "species", "cf.", "cf", "aff.", "aff", "nr.", "nr"];

/// The species without a name that a text names by a code, a number or a voucher; `None` for anything else.
///
/// The name stays as written, but for underscores and the spaces between its words.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name::informal::informal;
///
/// assert_eq!(informal("Bombus_sp._A").map(|name| name.canonical).as_deref(), Some("Bombus sp. A"));
/// for other in ["Bombus sp.", "Bombus sp. (uncertain)", "Bombus spp.", "Bombus terrestris", "Bombus Latreille, 1802"] {
///     assert_eq!(informal(other), None);
/// }
/// ```
#[must_use]
pub fn informal(text: &str) -> Option<ScientificName> {
    let text = without_subgenus(&normalise(text));
    let genus = parse(&text).filter(|parsed| parsed.rank == Rank::Genus)?.canonical;
    let (first, rest) = text.split_once(' ')?;
    if matches!(first, "×" | "x" | "X") {
        return None;
    }
    let words: Vec<&str> = rest.split(' ').take_while(|word| !word.starts_with(['(', '['])).collect();
    let (second, behind) = words.split_first()?;
    let is_one = if QUALIFIERS.contains(&second.to_lowercase().as_str()) {
        let code = behind.iter().find(|word| !matches!(word.to_lowercase().as_str(), "nov." | "nov" | "n." | "indet." | "indet"));
        code.is_some_and(|code| is_code(code))
    } else {
        is_joined_code(second) || is_odd(second, behind)
    };
    is_one.then(|| ScientificName { canonical: format!("{genus} {}", words.join(" ")), rank: Rank::Species })
}

/// `A`, `2`, `BOLD:AAA1234`, `Panama`, `near`: what tells one unnamed species from another; no author, no stage of life.
fn is_code(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next().unwrap_or_default();
    if word.ends_with(['.', ',']) {
        return word == "nr.";
    }
    let single = letters.next().is_none() && first.is_alphanumeric();
    let is_place = first.is_uppercase() && !is_author(word);
    single || is_place || word.contains(|letter: char| letter.is_ascii_digit()) || first == '\'' || matches!(word, "near" | "nr")
}

/// `sp1`, `sp.A`, `sp-2`: the code without a space before it.
fn is_joined_code(word: &str) -> bool {
    let rest = word.strip_prefix("sp").map(|rest| rest.trim_start_matches(['.', '-']));
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase()))
}

/// A word behind a genus that is neither epithet nor author: `dus1`, `3`, `B`. A year is part of an authorship, and `L`
/// is Linnaeus without his full stop.
fn is_odd(word: &str, behind: &[&str]) -> bool {
    let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()) && ("1600".."2100").contains(&word);
    let has_digit = word.contains(|letter: char| letter.is_ascii_digit());
    let is_letter = behind.is_empty() && word != "L" && word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_plain = !word.contains([',', '(', ')', '&', '"']);
    is_plain && ((has_digit && !is_year) || is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_makes_a_species_and_its_absence_the_genus() {
        for (text, name) in [
            ("Bombus sp. A", "Bombus sp. A"),
            ("bombus sp. 2", "Bombus sp. 2"),
            ("Bombus sp. BOLD:AAA1234", "Bombus sp. BOLD:AAA1234"),
            ("Bombus cf. X", "Bombus cf. X"),
            ("Bombus sp1", "Bombus sp1"),
            ("Bombus sp. nov. B (voucher 3)", "Bombus sp. nov. B"),
            ("Bombus sp. near terrestris", "Bombus sp. near terrestris"),
            ("Bombus dus1", "Bombus dus1"),
            ("Bombus B", "Bombus B"),
        ] {
            assert_eq!(informal(text).map(|name| name.canonical).as_deref(), Some(name), "{text}");
        }
        for text in [
            "Bombus",
            "Bombus sp.",
            "Bombus spp.",
            "Bombus sp. larva",
            "Bombus sp. L.",
            "Bombus sp. Latreille",
            "Papaver sp. (uncertain)",
            "Bombus cf. terrestris",
            "Bombus L",
            "Bombus 1802",
            "Lepas (Linnaeus, 1758)",
            "Coccinella 7-punctata",
            "Mentha × piperita",
            "12 monkeys",
        ] {
            assert_eq!(informal(text), None, "{text}");
        }
    }
}
