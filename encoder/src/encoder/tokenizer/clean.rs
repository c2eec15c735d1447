//! What happens to a text before it is split into words.

use super::{entity, mend};
use crate::encoder::description::model::Cleaning;
use std::borrow::Cow;

/// What SentencePiece has for a space.
const SPACE: char = '▁';

/// Cleans a text.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/tokenizer.py`, `_clean_whitespace`, `_clean_lower`, `_clean_canonicalize`; transformers 5.24,
/// `SiglipTokenizer.canonicalize_text`.
#[must_use]
pub fn cleaned(cleaning: Cleaning, text: &str) -> Cow<'_, str> {
    match cleaning {
        Cleaning::None => Cow::Borrowed(text),
        Cleaning::Whitespace => Cow::Owned(single_spaces(&mended(text))),
        Cleaning::Lower => Cow::Owned(clean(text)),
        Cleaning::Canonicalize => Cow::Owned(canonicalized(&mended(text))),
        Cleaning::Siglip => Cow::Owned(siglip(text)),
    }
}

/// Cleans a text: mended, entities read twice, single spaces, lower case.
///
/// # Source
///
/// `open_clip` 3.2, `src/open_clip/tokenizer.py`, `_clean_lower`.
#[must_use]
pub fn clean(text: &str) -> String {
    single_spaces(&mended(text)).to_lowercase()
}

fn mended(text: &str) -> String {
    let mended = mend::fix_text(text);
    let once = entity::unescape(&mended);
    entity::unescape(&once).into_owned()
}

fn single_spaces(text: &str) -> String {
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Without punctuation, in small letters.
fn canonicalized(text: &str) -> String {
    let letters: String = text.replace('_', " ").chars().filter(|letter| !letter.is_ascii_punctuation()).collect();
    single_spaces(&letters.to_lowercase())
}

/// In small letters, without punctuation. The class sets SentencePiece's space before the text: where another space follows,
/// it is a token of its own.
fn siglip(text: &str) -> String {
    let small = text.replace(SPACE, " ").to_lowercase();
    let letters: String = small.chars().filter(|letter| !letter.is_ascii_punctuation()).collect();
    let words = single_spaces(&letters);
    if !words.is_empty() && letters.starts_with(is_space) { format!("{SPACE} {words}") } else { words }
}

/// Whitespace as Python's `str.split` has it: Unicode's and four separators of ASCII.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_in_their_order() {
        for (text, expected) in [
            ("  Puma\t\u{a0} Concolor\n", "puma concolor"),
            ("&amp;amp;eacute;", "é"),
            ("MENTHA &TIMES; PIPERITA", "mentha × piperita"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("Puma\u{1c}concolor", "pumaconcolor"),
            ("a&#28;b", "ab"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn every_way_as_python_has_it() {
        // _clean_whitespace, _clean_canonicalize of open_clip.tokenizer; "▁" + text through canonicalize_text of SiglipTokenizer
        for (text, whitespace, canonical, siglip) in [
            ("Larus_sp. ", "Larus_sp.", "larus sp", "larussp"),
            ("Abies × borisii-regis", "Abies × borisii-regis", "abies × borisiiregis", "abies × borisiiregis"),
            (" Puma", "Puma", "puma", "▁ puma"),
            ("< b >", "< b >", "b", "▁ b"),
            ("▁▁a ▁ b", "▁▁a ▁ b", "▁▁a ▁ b", "▁ a b"),
            ("&lt;Σ.Σ&gt;", "<Σ.Σ>", "σς", "ltσςgt"),
            (" . ", ".", "", ""),
            ("L’été «x» —", "L'été «x» —", "lété «x» —", "l’été «x» —"),
        ] {
            assert_eq!(cleaned(Cleaning::None, text), text);
            assert_eq!(cleaned(Cleaning::Whitespace, text), whitespace);
            assert_eq!(cleaned(Cleaning::Lower, text), whitespace.to_lowercase());
            assert_eq!(cleaned(Cleaning::Canonicalize, text), canonical);
            assert_eq!(cleaned(Cleaning::Siglip, text), siglip, "{text}");
        }
    }
}
