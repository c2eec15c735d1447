//! The words of a text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text in small letters: letters, digits and `_` that stand together, two of them or more. Accents may be
/// letters of their own or not; a word is the same.
///
/// They are those of scikit-learn and bm25s, `(?u)\b\w\w+\b`, but that marks on letters do not end a word. Nothing is stemmed.
/// Scripts that put nothing between words, such as Chinese, are not taken apart: what stands together there is one word.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let small: String = text.to_lowercase().nfc().collect();
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_' || is_combining_mark(letter);
    let runs = small.split(|letter| !is_of_word(letter));
    runs.filter(|run| run.chars().nth(1).is_some()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_scripts() {
        // bm25s 0.3.16, tokenize(text, stopwords=None, return_ids=False).
        for (text, expected) in [
            ("A small, black ANT (Formicidae): 3 mm", &["small", "black", "ant", "formicidae", "mm"][..]),
            ("Bombus terrestris L., 1758", &["bombus", "terrestris", "1758"]),
            ("c-album d'eau x_1", &["album", "eau", "x_1"]),
            ("Grüne Æshna ΣΊΣΥΦΟΣ Сорока", &["grüne", "æshna", "σίσυφος", "сорока"]),
            ("雀 狮子王", &["狮子王"]),
            ("½² 7½ m²", &["½²", "7½", "m²"]),
            ("- . a", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn an_accent_may_be_a_letter_of_its_own() {
        assert_eq!(words("me\u{301}sange"), words("m\u{e9}sange"));
        assert_eq!(words("me\u{301}sange"), ["m\u{e9}sange"]);
    }
}
