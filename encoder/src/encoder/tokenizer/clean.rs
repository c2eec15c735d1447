//! What happens to a text before it is split into words.

use super::{entity, mend};

/// Cleans a text: mended, entities read twice, single spaces, lower case.
///
/// # Source
///
/// `open_clip` 3.2, `src/open_clip/tokenizer.py`, `_clean_lower`.
#[must_use]
pub fn clean(text: &str) -> String {
    let mended = mend::fix_text(text);
    let once = entity::unescape(&mended);
    let twice = entity::unescape(&once);
    let words: Vec<&str> = twice.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
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
}
