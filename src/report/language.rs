//! The languages of pages: texts are written in English and translated by patterns.
//!
//! A pattern is an English sentence with `{}` where a name or a number stands; its translation has the same places, by
//! number (`{1}`) where their order changes. What is caught in a place is translated itself where it is a word of the
//! catalogue, and numbers get the decimal comma; names stay as they are. What no pattern fits stays English, and the page
//! says so to programs that read it aloud.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize)]
pub enum Language {
    /// English, in which all texts are written.
    #[default]
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them, English first.
    pub const ALL: [Language; 3] = [Language::English, Language::French, Language::Spanish];

    /// The code of ISO 639-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::Spanish => "es",
        }
    }

    /// A number as the language writes it: `83.4 %` is `83,4 %`. What is no number stays as it is.
    #[must_use]
    pub fn number(self, text: &str) -> String {
        if self == Language::English { text.to_string() } else { decimal_commas(text) }
    }

    fn catalogue(self) -> Option<&'static Catalogue> {
        static FRENCH: OnceLock<Catalogue> = OnceLock::new();
        static SPANISH: OnceLock<Catalogue> = OnceLock::new();
        match self {
            Language::English => None,
            Language::French => Some(FRENCH.get_or_init(|| Catalogue::read(include_str!("language/fr.toml")))),
            Language::Spanish => Some(SPANISH.get_or_init(|| Catalogue::read(include_str!("language/es.toml")))),
        }
    }

    /// The text in this language; `None` where no pattern fits, and in English.
    #[must_use]
    pub fn translate(self, text: &str) -> Option<String> {
        self.catalogue()?.translate(text)
    }

    /// The same of a text that may be a name: only where all of it is in the catalogue, so that no name is taken for a
    /// sentence with places.
    #[must_use]
    pub fn translate_whole(self, text: &str) -> Option<String> {
        self.catalogue()?.whole.get(text).cloned()
    }
}

/// Whether a text that may be a name is one of the program's own: these are in the catalogues.
#[must_use]
pub fn is_own(text: &str) -> bool {
    Language::French.translate_whole(text).is_some()
}

/// A sentence with places, and its translation.
struct Pattern {
    /// What stands before, between and after the places of the English.
    parts: Vec<String>,
    translated: String,
}

/// Tries of one pattern on one text; a name that is made to fit nowhere takes no longer.
const TRIES: usize = 10_000;

/// What a pattern must say itself, in bytes, to be tried on what stands in a place and is no number.
const CLAUSE: usize = 12;

impl Pattern {
    /// How much it says itself, in bytes.
    fn said(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    /// What stands in the places; the first of several is as short as it can be. `None` where the text is another one.
    fn caught<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.parts.split_first()?;
        let (mut caught, mut tries) = (vec![], TRIES);
        fit(others, text.strip_prefix(first.as_str())?, &mut caught, &mut tries).then_some(caught)
    }
}

/// Fits the parts after the places to what is left of a text: each place holds something.
fn fit<'t>(parts: &[String], rest: &'t str, caught: &mut Vec<&'t str>, tries: &mut usize) -> bool {
    let Some((part, others)) = parts.split_first() else { return rest.is_empty() };
    let Some(length) = rest.chars().next().map(char::len_utf8) else { return false };
    if others.is_empty() {
        let Some(place) = rest.strip_suffix(part.as_str()).filter(|place| !place.is_empty()) else { return false };
        caught.push(place);
        return true;
    }
    let mut from = length;
    while let Some(found) = rest.get(from..).and_then(|rest| rest.find(part.as_str())) {
        let at = from + found;
        caught.push(&rest[..at]);
        *tries = tries.saturating_sub(1);
        if fit(others, &rest[at + part.len()..], caught, tries) {
            return true;
        }
        caught.pop();
        if *tries == 0 {
            return false;
        }
        from = at + rest[at..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

struct Catalogue {
    whole: HashMap<String, String>,
    patterns: Vec<Pattern>,
}

impl Catalogue {
    /// The patterns of a file of `"English" = "translation"`; what has no place is a whole text.
    fn read(text: &str) -> Catalogue {
        let table: toml::Table = toml::from_str(text).unwrap_or_default();
        let (mut whole, mut patterns) = (HashMap::new(), vec![]);
        for (english, translated) in table {
            let toml::Value::String(translated) = translated else { continue };
            if !english.contains("{}") {
                whole.insert(english, translated);
                continue;
            }
            patterns.push(Pattern { parts: english.split("{}").map(str::to_string).collect(), translated });
        }
        // Those that say more come first: a sentence that two fit is the longer one's.
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.said()));
        Catalogue { whole, patterns }
    }

    fn translate(&self, text: &str) -> Option<String> {
        self.translate_by(text, 0)
    }

    /// The same by patterns that say at least so much themselves, in bytes.
    fn translate_by(&self, text: &str, least: usize) -> Option<String> {
        if let Some(translated) = self.whole.get(text) {
            return Some(translated.clone());
        }
        self.patterns.iter().take_while(|pattern| pattern.said() >= least).find_map(|pattern| {
            let caught: Vec<String> = pattern.caught(text)?.into_iter().map(|part| self.caught(part)).collect();
            Some(filled(&pattern.translated, &caught))
        })
    }

    /// A name or a number in a place.
    fn caught(&self, text: &str) -> String {
        // 'Bird of paradise' is a name, '12 of 600' is none.
        let least = if text.starts_with(|letter: char| letter.is_ascii_digit()) { 0 } else { CLAUSE };
        self.translate_by(text, least).unwrap_or_else(|| decimal_commas(text))
    }
}

/// Numbers alone get the comma: `83.4 % (66.5–91.7)` does, `Apis sp. 3.2` does not.
fn decimal_commas(text: &str) -> String {
    let is_number = text.chars().any(|letter| letter.is_ascii_digit())
        && text.chars().all(|letter| {
            // Raised letters and stars say what a number differs from.
            letter.is_ascii_digit() || " \u{a0}.%()–-−+,<>=±/★".contains(letter) || ('\u{1d2c}'..='\u{1d6a}').contains(&letter)
        });
    if is_number { text.replace('.', ",") } else { text.to_string() }
}

/// A translation with its places filled: `{}` in order, `{1}` by number.
fn filled(translated: &str, caught: &[String]) -> String {
    let (mut text, mut next, mut rest) = (String::new(), 0, translated);
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        text.push_str(&rest[..start]);
        let place = rest[start + 1..start + length].parse::<usize>().map_or(next, |number| number.saturating_sub(1));
        next += 1;
        text.push_str(caught.get(place).map_or("", String::as_str));
        rest = &rest[start + length + 1..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue::read(
            "\"species\" = \"espèce\"\n\"Of {}, {} are right to {}.\" = \"Sur {1}, {2} sont justes à l’{3}.\"\n\
             \"{} of {}\" = \"{} sur {}\"\n\"{} images\" = \"{} images\"\n\"Right of {}\" = \"{1} et {1}\"\n",
        )
    }

    #[test]
    fn places_take_what_stands_there_and_translate_it() {
        let of = |text: &str| catalogue().translate(text);
        assert_eq!(of("species").as_deref(), Some("espèce"));
        let sentence = of("Of 600 images, 83.4\u{a0}% (66.5–91.7) are right to species.");
        assert_eq!(sentence.as_deref(), Some("Sur 600 images, 83,4\u{a0}% (66,5–91,7) sont justes à l’espèce."));
        assert_eq!(of("Right of Apis sp. 3.2").as_deref(), Some("Apis sp. 3.2 et Apis sp. 3.2"));
        assert_eq!(of("Right of bird of paradise").as_deref(), Some("bird of paradise et bird of paradise"));
        assert_eq!(of("nothing for the kind"), None);
        // As short as it can be, and longer where that does not fit; a place holds something.
        assert_eq!(of("one of two of three").as_deref(), Some("one sur two of three"));
        assert_eq!((of(" of two"), of("one of ")), (None, None));
        assert_eq!(of("Of é of x, y, z are right to species.").as_deref(), Some("Sur é of x, y, z sont justes à l’espèce."));
        assert_eq!(of(&format!("Of {}", ", ".repeat(3000))), None);
    }

    #[test]
    fn catalogues_have_the_places_of_their_sentences() {
        for (code, text) in [("fr", include_str!("language/fr.toml")), ("es", include_str!("language/es.toml"))] {
            let table: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{code}: {error}"));
            for (english, translated) in &table {
                let translated = translated.as_str().unwrap_or_else(|| panic!("{code}: '{english}' is no text"));
                let places = english.matches("{}").count();
                let caught: Vec<String> = (0..places).map(|place| format!("<{place}>")).collect();
                let text = filled(translated, &caught);
                assert!(caught.iter().all(|part| text.contains(part)), "{code}: '{english}' loses a place in '{translated}'");
                let given = translated.matches('{').count();
                assert!(given >= places && (places > 0 || given == 0), "{code}: '{english}' has {places} places: '{translated}'");
            }
        }
    }
}
