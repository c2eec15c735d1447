//! Names of which every word has a capital, or every letter: told from a genus with its author.

use crate::taxonomy::name::{self, vernacular};
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How the names of all tables together use capitals.
#[derive(Debug, Default)]
pub(super) struct Capitals {
    /// Whether most names begin their second word with one.
    is_usual: bool,
    /// Words that stand where only an author can.
    authors: HashSet<String>,
    /// Genera behind which different words with a capital stand: these are no author's.
    several: HashSet<String>,
}

/// A genus and the words with a capital behind it that could be epithets.
struct Parts<'a> {
    genus: &'a str,
    capitals: Vec<&'a str>,
    rest: Vec<&'a str>,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let words: Vec<&str> = text.split(' ').collect();
    let (genus, behind) = words.split_first()?;
    let is_genus = genus.chars().all(|letter| letter.is_alphabetic() || letter == '-') && genus.starts_with(char::is_uppercase);
    let is_last = |index: usize| behind.get(index + 1).is_none_or(|next| !follows_author(next));
    let count = (0..behind.len()).take_while(|&index| could_be_epithet(behind[index]) && is_last(index)).count();
    (is_genus && count > 0).then(|| Parts { genus, capitals: behind[..count].to_vec(), rest: behind[count..].to_vec() })
}

/// A word with a capital and without the marks of an authorship: `Leo`, `LEO`, `7-Punctata`.
fn could_be_epithet(word: &str) -> bool {
    let numbered = word.split_once('-').filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let letters = numbered.map_or(word, |(_, rest)| rest);
    let has_capital = letters.starts_with(char::is_uppercase);
    has_capital && word.chars().count() > 1 && letters.chars().all(|letter| letter.is_alphabetic() || letter == '-')
}

/// What stands behind an author: a year, another author.
fn follows_author(word: &str) -> bool {
    matches!(word, "&" | "ex" | "et" | "in" | "and")
        || word.trim_start_matches('(').starts_with(|letter: char| letter.is_ascii_digit())
            && word.len() >= 4
            && !word.contains('-')
}

fn word_key(word: &str) -> String {
    name::key(word.trim_matches([',', '(', ')']))
}

impl Capitals {
    /// Looks at all names.
    pub(super) fn of(texts: &[String]) -> Capitals {
        let mut capitals = Capitals::default();
        for text in texts {
            let words: Vec<&str> = text.split(' ').collect();
            let surely = |index: usize| {
                let is_marked = words[index].ends_with(',') || words.get(index + 1).is_some_and(|next| follows_author(next));
                let behind_epithet = index > 1 && words[1].starts_with(char::is_lowercase);
                words[index].trim_start_matches('(').starts_with(char::is_uppercase) && (is_marked || behind_epithet)
            };
            capitals.authors.extend((1..words.len()).filter(|&index| surely(index)).map(|index| word_key(words[index])));
        }
        let (mut names, mut capital) = (0_usize, 0_usize);
        let mut by_genus: HashMap<String, BTreeSet<String>> = HashMap::new();
        for text in texts.iter().filter(|text| text.contains(' ')) {
            names += usize::from(name::parse(text).is_some_and(|parsed| parsed.rank >= Rank::Species));
            let Some(parts) = parts(text).filter(|parts| !capitals.is_author(parts.capitals[0])) else { continue };
            names += 1;
            capital += usize::from(vernacular::is_latin(parts.capitals[0]));
            by_genus.entry(name::key(parts.genus)).or_default().insert(name::key(&parts.capitals.join(" ")));
        }
        capitals.is_usual = capital > 0 && capital * 2 >= names;
        capitals.several = by_genus.into_iter().filter(|(_, behind)| behind.len() > 1).map(|(genus, _)| genus).collect();
        capitals
    }

    fn is_author(&self, word: &str) -> bool {
        vernacular::is_author(word) || self.authors.contains(&word_key(word))
    }

    /// A name in Title Case or capitals with its epithets in lower case; `None` for a name as names are written, and for
    /// a genus with its author.
    pub(super) fn folded(&self, text: &str) -> Option<String> {
        let parts = parts(text).filter(|parts| !self.is_author(parts.capitals[0]))?;
        let is_shouted = |word: &str| word.chars().count() > 1 && word.chars().all(|letter| !letter.is_lowercase());
        let both = is_shouted(parts.genus) && is_shouted(parts.capitals[0]);
        (self.is_usual || both || self.several.contains(&name::key(parts.genus)))
            .then(|| lower(&parts, |word| self.is_author(word)))
    }
}

/// A name with every epithet in lower case that is no well-known author, whatever the other names are.
pub(super) fn in_lower_case(text: &str) -> Option<String> {
    parts(text).filter(|parts| !vernacular::is_author(parts.capitals[0])).map(|parts| lower(&parts, vernacular::is_author))
}

/// The same of a name whose genus is known: `Panthera Leo` in the genus Panthera.
pub(super) fn in_genus(genus: &str, text: &str) -> Option<String> {
    parts(text).filter(|parts| name::key(parts.genus) == name::key(genus)).and_then(|_| in_lower_case(text))
}

fn lower(parts: &Parts, is_author: impl Fn(&str) -> bool) -> String {
    let epithets = parts.capitals.iter().enumerate();
    let epithets =
        epithets.map(|(index, word)| if index > 0 && is_author(word) { (*word).to_string() } else { word.to_lowercase() });
    let words: Vec<String> =
        std::iter::once(parts.genus.to_string()).chain(epithets).chain(parts.rest.iter().map(ToString::to_string)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of a table, as they are read.
    fn read(texts: &[&str]) -> Vec<String> {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let capitals = Capitals::of(&texts);
        texts.iter().map(|text| capitals.folded(text).unwrap_or_else(|| text.clone())).collect()
    }

    #[test]
    fn epithets_with_capitals_are_epithets() {
        assert_eq!(
            read(&["Panthera Leo", "Panthera Leo Linnaeus, 1758", "Coccinella 7-Punctata", "Canis Lupus Familiaris"]),
            ["Panthera leo", "Panthera leo Linnaeus, 1758", "Coccinella 7-punctata", "Canis lupus familiaris"]
        );
        assert_eq!(read(&["PANTHERA LEO LINNAEUS, 1758", "Canis lupus", "Felis catus"])[0], "PANTHERA leo LINNAEUS, 1758");
        // Two words behind one genus cannot both be its author.
        let few = ["Panthera Leo", "Panthera Pardus", "Canis lupus", "Felis catus", "Lynx lynx", "Vulpes vulpes"];
        assert_eq!(read(&few)[..2], ["Panthera leo", "Panthera pardus"]);
    }

    #[test]
    fn authors_stay_authors() {
        for names in [
            &["Panthera Oken", "Panthera Oken, 1816", "Panthera"][..],
            &["Panthera Xken", "Panthera leo (Linnaeus, 1758)", "Panthera Xken, 1816", "Panthera Smith & Xken"],
            &["Felis Linnaeus", "Apis Linnaeus", "Apis Latreille"],
            &["Quercus L.", "Acacia Mill.", "Rosa canina L."],
            &["Panthera Xken", "Felis catus", "Canis lupus"],
        ] {
            assert_eq!(read(names), names);
        }
    }

    #[test]
    fn a_known_genus_tells_an_epithet() {
        assert_eq!(in_genus("Panthera", "Panthera Leo").as_deref(), Some("Panthera leo"));
        assert_eq!(in_genus("Panthera", "Panthera Oken, 1816"), None);
        assert_eq!(in_genus("Panthera", "Panthera Linnaeus"), None);
        assert_eq!(in_genus("Felis", "Panthera Leo"), None);
    }
}
