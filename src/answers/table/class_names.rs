//! Classes of data sets as labels: a number before the name, or a lineage in one word.

use crate::photographs::dataset::truth_of_folder;
use crate::taxonomy::name;

/// Most digits of the number of a class; longer ones are ids.
const MOST_DIGITS: usize = 6;

/// Whether at least half of the texts that are names are classes of a data set.
pub(super) fn are_numbered(texts: &[&str]) -> bool {
    let names = || texts.iter().filter(|text| !name::is_missing(text));
    let numbered = names().filter(|text| truth(text).is_some()).count();
    numbered > 0 && numbered * 2 >= names().count()
}

/// What a class of a data set names: a lineage joined by `;`, or a name; `None` for a text that is none.
pub(super) fn truth(text: &str) -> Option<String> {
    let text = text.trim();
    let lineage = truth_of_folder(text);
    if lineage.contains(';') && !text.contains(';') {
        return Some(lineage);
    }
    let (number, rest) = numbered(text).or_else(|| wordnet(text))?;
    let behind = rest.trim_start_matches([' ', '_', '.', '-', ':', ')']);
    let separator = &rest[..rest.len() - behind.len()];
    // `7-spot ladybird` is a name.
    let is_counted = separator != "-" || number.starts_with('0') || number.len() > 2;
    let is_name = behind.starts_with(char::is_alphabetic) && behind.chars().count() > 2;
    (is_name && is_counted && !separator.is_empty()).then(|| name::normalise(behind))
}

/// A number at the beginning and what stands behind it.
fn numbered(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=MOST_DIGITS).contains(&digits).then(|| text.split_at(digits))
}

/// The same of ImageNet's classes: `n01440764 tench`.
fn wordnet(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('n')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 8).then(|| rest.split_at(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_before_names_are_taken_off() {
        for (text, name) in [
            ("001.Black_footed_Albatross", Some("Black footed Albatross")),
            ("012 Apis mellifera", Some("Apis mellifera")),
            ("0_Apis_mellifera", Some("Apis mellifera")),
            ("003-Apis mellifera", Some("Apis mellifera")),
            ("n01440764 tench", Some("tench")),
            (
                "Animalia-Chordata-Aves-Anseriformes-Anatidae-Cygnus-olor",
                Some("Animalia;Chordata;Aves;Anseriformes;Anatidae;Cygnus;Cygnus olor"),
            ),
            ("7-spot ladybird", None),
            ("1363227", None),
            ("Apis_mellifera", None),
            ("12345678 Apis mellifera", None),
        ] {
            assert_eq!(truth(text).as_deref(), name, "{text}");
        }
        assert!(
            are_numbered(&["1 Apis mellifera", "", "NA"]) && !are_numbered(&["Apis mellifera", "Apis cerana", "1 Apis dorsata"])
        );
    }
}
