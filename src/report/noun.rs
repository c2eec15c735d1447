//! What one answer is about: a photograph, unless the user says otherwise.

use super::language::Language;
use std::str::FromStr;

/// A noun in the singular and the plural.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    /// One: `sequence`.
    pub one: String,
    /// Several: `sequences`.
    pub many: String,
}

impl Default for Noun {
    fn default() -> Self {
        Noun { one: "image".to_string(), many: "images".to_string() }
    }
}

/// Why a word cannot be the noun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no noun: write the singular, as in 'sequence', or both forms, as in 'specimen:specimens'")]
pub struct NounError(String);

impl FromStr for Noun {
    type Err = NounError;

    /// `sequence`, or both forms: `larva:larvae`.
    fn from_str(text: &str) -> Result<Noun, NounError> {
        let is_word = |word: &str| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_alphabetic)
                && letters.all(|letter| letter.is_alphabetic() || " -'’".contains(letter))
        };
        let (one, many) = match text.split_once(':') {
            Some((one, many)) => (one.trim().to_string(), many.trim().to_string()),
            None => (text.trim().to_string(), plural(text.trim())),
        };
        if is_word(&one) && is_word(&many) { Ok(Noun { one, many }) } else { Err(NounError(text.to_string())) }
    }
}

/// The regular plural of an English noun.
fn plural(one: &str) -> String {
    let before_y = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match before_y {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        None => format!("{one}s"),
    }
}

impl Noun {
    /// Whether it is the one that all texts are written with.
    #[must_use]
    pub fn is_image(&self) -> bool {
        *self == Noun::default()
    }
}

/// The words for an image in the texts of a language, singular and plural.
fn words(language: Language) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        Language::English => (&["image", "photograph"], &["images", "photographs"]),
        Language::French => (&["image", "photo", "photographie"], &["images", "photos", "photographies"]),
        Language::Spanish => (&["imagen", "foto", "fotografía"], &["imágenes", "fotos", "fotografías"]),
    }
}

/// Texts about something else than images.
#[derive(Debug, Clone)]
pub(super) struct Renaming {
    noun: Noun,
    /// What is of the user, as names of runs and files, and stays as it is; the longest first.
    names: Vec<String>,
}

impl Renaming {
    /// For texts in which these names may stand.
    pub fn new(noun: &Noun, names: impl IntoIterator<Item = String>) -> Renaming {
        // A run called 'image' stands between quotes where a text speaks of it, and nothing there is renamed.
        let is_noun = |name: &String| {
            let lower = name.to_lowercase();
            Language::ALL
                .into_iter()
                .map(words)
                .any(|(one, many)| one.contains(&lower.as_str()) || many.contains(&lower.as_str()))
        };
        let mut names: Vec<String> = names.into_iter().filter(|name| !name.is_empty() && !is_noun(name)).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Renaming { noun: noun.clone(), names }
    }

    /// A text with the noun in place of the words for an image.
    pub fn text(&self, text: &str, language: Language) -> String {
        let named = self.names.iter().find_map(|name| whole(text, name));
        match named {
            Some((start, end)) => self.text(&text[..start], language) + &text[start..end] + &self.text(&text[end..], language),
            None => self.unquoted(text, language),
        }
    }

    /// What stands between quotes is a name of the user's.
    fn unquoted(&self, text: &str, language: Language) -> String {
        let quoted = text.match_indices('\'').find_map(|(start, _)| {
            let opens = !text[..start].ends_with(char::is_alphanumeric);
            let end = start + 1 + text[start + 1..].find('\'')?;
            let closes = !text[end + 1..].starts_with(char::is_alphanumeric);
            (opens && closes).then_some((start, end + 1))
        });
        match quoted {
            Some((start, end)) => {
                self.plain(&text[..start], language) + &text[start..end] + &self.unquoted(&text[end..], language)
            }
            None => self.plain(text, language),
        }
    }

    fn plain(&self, text: &str, language: Language) -> String {
        let (mut renamed, mut word) = (String::with_capacity(text.len()), String::new());
        // A word that is part of a path, an option or a name in code stands as it is.
        let joins = |letter: char| "/._-\\:".contains(letter);
        let mut before = ' ';
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter.is_alphabetic() {
                word.push(letter);
            }
            let ends = letters.peek().is_none_or(|next| !next.is_alphabetic());
            if !word.is_empty() && ends {
                let after = letters.peek().copied().filter(|next| joins(*next));
                let is_joined = joins(before) || after.is_some_and(|mark| mark != '.' && mark != ':');
                match self.noun_for(&word, language).filter(|_| !is_joined) {
                    Some(noun) => push_after_article(&mut renamed, &noun, language),
                    None => renamed.push_str(&word),
                }
                word.clear();
            }
            if !letter.is_alphabetic() {
                renamed.push(letter);
                before = letter;
            }
        }
        renamed
    }

    /// The noun in the form of a word for an image, its capital kept; `None` for other words.
    fn noun_for(&self, word: &str, language: Language) -> Option<String> {
        let (one, many) = words(language);
        let lower = word.to_lowercase();
        let noun = if one.contains(&lower.as_str()) {
            &self.noun.one
        } else if many.contains(&lower.as_str()) {
            &self.noun.many
        } else {
            return None;
        };
        let mut letters = noun.chars();
        let first = letters.next()?;
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        Some(if capital { first.to_uppercase().chain(letters).collect() } else { noun.clone() })
    }
}

/// Where a name stands in a text by itself: not inside a word.
fn whole(text: &str, name: &str) -> Option<(usize, usize)> {
    text.match_indices(name)
        .map(|(start, _)| (start, start + name.len()))
        .find(|&(start, end)| !text[..start].ends_with(char::is_alphanumeric) && !text[end..].starts_with(char::is_alphanumeric))
}

/// Appends a noun; the English article before it becomes the one that it takes.
fn push_after_article(text: &mut String, noun: &str, language: Language) {
    let is_vowel = noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    let is_alone =
        |text: &str, article: &str| text.strip_suffix(article).is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    if language == Language::English {
        if !is_vowel && (is_alone(text, "an ") || is_alone(text, "An ")) {
            text.truncate(text.len() - 2);
            text.push(' ');
        } else if is_vowel && (is_alone(text, "a ") || is_alone(text, "A ")) {
            text.truncate(text.len() - 1);
            text.push_str("n ");
        }
    }
    text.push_str(noun);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_regular_or_said() {
        let many = |text: &str| text.parse::<Noun>().unwrap().many;
        assert_eq!(["sequence", "assay", "colony", "box"].map(many), ["sequences", "assays", "colonies", "boxes"]);
        assert_eq!(many("larva:larvae"), "larvae");
        let renaming = Renaming::new(&"sequence".parse().unwrap(), ["two images".to_string(), String::new()]);
        let text = "Images of two images: 3\u{a0}images in images/a.jpg, --image-column, an image; column 'image'; photographs.";
        let renamed =
            "Sequences of two images: 3\u{a0}sequences in images/a.jpg, --image-column, an sequence; column 'image'; sequences.";
        assert_eq!(renaming.text(text, Language::English), renamed.replace("an seq", "a seq"));
        // A run called 'a' or 'image' stands in no word, and takes no word away.
        let short = Renaming::new(&"sequence".parse().unwrap(), ["a".to_string(), "image".to_string()]);
        assert_eq!(short.text("All 3 images of a: an image", Language::English), "All 3 sequences of a: a sequence");
        assert!("".parse::<Noun>().is_err() && "<b>".parse::<Noun>().is_err() && "larva:".parse::<Noun>().is_err());
    }
}
