//! Mends text that went through the wrong encoding, and other accidents of files.
//!
//! Ported from ftfy 6.3.1 (Robyn Speer, Apache-2.0), `fix_text` with its defaults.

mod mojibake;

use super::encodings::{ENCODINGS, Encoding, windows_1252};
use super::entity;
use regex::Regex;
use regex::bytes::Regex as BytesRegex;
use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Mends a text, line by line.
#[must_use]
pub fn fix_text(text: &str) -> String {
    // Once a line holds '<', it and those after it may be HTML, and entities stay.
    let mut html = false;
    let fix = |line: &str| {
        html |= line.contains('<');
        fix_line(line, html)
    };
    text.split_inclusive('\n').map(fix).collect()
}

fn fix_line(line: &str, html: bool) -> String {
    let mut text = line.to_string();
    loop {
        let unescaped = if html { Cow::Borrowed(text.as_str()) } else { entity::unescape_whole(&text) };
        let encoded = fix_encoding(&unescaped);
        let letters = fix_letters(&encoded);
        let plain = remove_control(&remove_escapes(&break_lines(&letters)));
        let fixed: String = plain.nfc().collect();
        if fixed == text {
            return fixed;
        }
        text = fixed;
    }
}

fn fix_encoding(text: &str) -> String {
    let mut text = text.to_string();
    while let Some(fixed) = fix_encoding_once(&text).filter(|fixed| *fixed != text) {
        text = fixed;
    }
    text
}

/// One layer of wrong encoding less; `None` where nothing is to be done.
fn fix_encoding_once(text: &str) -> Option<String> {
    if text.is_ascii() || !mojibake::is_bad(text) {
        return None;
    }
    if let Some(fixed) = ENCODINGS.iter().find_map(|encoding| decode_again(text, encoding)) {
        return Some(fixed);
    }
    let inconsistent = fix_sequences(text);
    if inconsistent != text {
        return Some(inconsistent);
    }
    // Latin-1 throughout with controls in it was windows-1252, if that defines all of them.
    if let Some(bytes) = ENCODINGS[0].encode(text) {
        let defined = bytes.iter().all(|byte| !matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        let fixed: String = bytes.into_iter().map(windows_1252).collect();
        if defined && fixed != text {
            return Some(fixed);
        }
    }
    Some(fix_c1(text))
}

/// Reads the text as UTF-8 after writing it in a single-byte encoding.
fn decode_again(text: &str, encoding: &Encoding) -> Option<String> {
    let mut bytes = encoding.encode(text)?;
    if encoding.restores && ALTERED.is_match(&bytes) {
        bytes = restore_no_break_spaces(&bytes);
    }
    if encoding.lossy {
        bytes = LOSSY.replace_all(&bytes, "\u{fffd}".as_bytes()).into_owned();
    }
    decode_variants(&bytes)
}

/// UTF-8 in which a space stands where the byte 0xA0 belongs.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
static ALTERED: LazyLock<BytesRegex> = LazyLock::new(|| {
    BytesRegex::new(
        r"(?-u)[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] ",
    )
    .expect("a valid pattern")
});

/// UTF-8 of which a byte was lost.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
static LOSSY: LazyLock<BytesRegex> = LazyLock::new(|| {
    BytesRegex::new(
        r"(?-u)[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a",
    )
    .expect("a valid pattern")
});

fn restore_no_break_spaces(bytes: &[u8]) -> Vec<u8> {
    // A lone `Ã ` was the word `à`, unless it begins a word of Portuguese.
    let mut words = Vec::with_capacity(bytes.len());
    for (place, &byte) in bytes.iter().enumerate() {
        words.push(byte);
        let rest = &bytes[place + 1..];
        let begins = [&b"  "[..], b" quele", b" quela", b" quilo", b" s "].iter().any(|word| rest.starts_with(word));
        if byte == 0xc3 && rest.starts_with(b" ") && !begins {
            words.push(0xa0);
        }
    }
    let restore = |found: &regex::bytes::Captures| -> Vec<u8> {
        found[0].iter().map(|&byte| if byte == b' ' { 0xa0 } else { byte }).collect()
    };
    ALTERED.replace_all(&words, restore).into_owned()
}

/// UTF-8, with Java's null and surrogates in pairs; `None` if the bytes are neither.
fn decode_variants(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut rest = bytes;
    loop {
        let special = rest.windows(2).position(|pair| matches!(pair, [0xc0, 0x80] | [0xed, 0xa0..=0xbf])).unwrap_or(rest.len());
        text.push_str(std::str::from_utf8(&rest[..special]).ok()?);
        rest = match rest[special..] {
            [] => return Some(text),
            [0xc0, 0x80, ..] => {
                text.push('\0');
                &rest[special + 2..]
            }
            [0xed, b @ 0xa0..=0xaf, c @ 0x80..=0xbf, 0xed, e @ 0xb0..=0xbf, f @ 0x80..=0xbf, ..] => {
                let [b, c, e, f] = [b & 0x0f, c & 0x3f, e & 0x0f, f & 0x3f].map(u32::from);
                text.push(char::from_u32((b << 16 | c << 10 | e << 6 | f) + 0x10000)?);
                &rest[special + 6..]
            }
            _ => return None,
        };
    }
}

/// Mends runs of wrong encoding inside a text that is otherwise right.
fn fix_sequences(text: &str) -> String {
    let mut fixed = String::new();
    let mut done = 0;
    while let Some(found) = mojibake::find_sequence(text, done) {
        let part = &text[found.clone()];
        fixed.push_str(&text[done..found.start]);
        if part.len() < text.len() && mojibake::is_bad(part) {
            fixed.push_str(&fix_encoding(part));
        } else {
            fixed.push_str(part);
        }
        done = found.end;
    }
    fixed + &text[done..]
}

/// Control letters of Latin-1 are what windows-1252 has in their place.
fn fix_c1(text: &str) -> String {
    let fix = |letter| match letter {
        '\u{80}'..='\u{9f}' => u8::try_from(letter).map_or(letter, windows_1252),
        other => other,
    };
    text.chars().map(fix).collect()
}

/// Ligatures of Latin letters apart, letters of full and half width at theirs, quotes straight.
fn fix_letters(text: &str) -> String {
    let mut fixed = String::with_capacity(text.len());
    for letter in fix_c1(text).chars() {
        match letter {
            'Ĳ' => fixed.push_str("IJ"),
            'ĳ' => fixed.push_str("ij"),
            // `ʼn`, whose first letter is then a quote.
            'ŉ' => fixed.push_str("'n"),
            'Ǳ' | 'ǲ' | 'ǳ' | 'Ǆ' | 'ǅ' | 'ǆ' | 'Ǉ' | 'ǈ' | 'ǉ' | 'Ǌ' | 'ǋ' | 'ǌ' => {
                fixed.extend(std::iter::once(letter).nfkc());
            }
            'ﬅ' => fixed.push_str("ſt"),
            'ﬀ'..='ﬆ' | '\u{ff01}'..='\u{ffef}' => fixed.extend(std::iter::once(letter).nfkc()),
            '\u{3000}' => fixed.push(' '),
            '\u{2bc}' | '\u{2018}'..='\u{201b}' => fixed.push('\''),
            '\u{201c}'..='\u{201f}' => fixed.push('"'),
            other => fixed.push(other),
        }
    }
    fixed
}

fn break_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n")
}

fn remove_escapes(text: &str) -> Cow<'_, str> {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\x1b\[[\d;]*[a-zA-Z]").expect("a valid pattern"));
    ESCAPE.replace_all(text, "")
}

fn remove_control(text: &str) -> String {
    let control = |letter: char| matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}');
    text.chars().filter(|&letter| !control(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_wrong_encoding_come_back() {
        for (broken, mended) in [
            ("MÃ©sange bleue", "Mésange bleue"),
            ("Mentha Ã— piperita", "Mentha × piperita"),
            ("doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t", "doesn't"),
            ("voilÃ  le travail", "voilà le travail"),
            ("Ãquela", "Ãquela"),
            ("â€œ like this â€\u{fffd}", "\" like this \u{fffd}"),
            ("P\u{92}zza", "P'zza"),
            ("l’humanitÃ©", "l'humanité"),
            ("IL Y MARQUÉ…", "IL Y MARQUÉ…"),
        ] {
            assert_eq!(fix_text(broken), mended);
        }
    }

    #[test]
    fn letters_are_brought_to_their_usual_form() {
        for (odd, usual) in [
            ("ﬁre", "fire"),
            ("Ｐｕｍａ　ｌｅｏ", "Puma leo"),
            ("“Gala”", "\"Gala\""),
            ("St. John’s", "St. John's"),
            ("e\u{301}", "é"),
            ("\u{1b}[36mblue\u{1b}[0m", "blue"),
            ("\u{feff}Puma\0", "Puma"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
        ] {
            assert_eq!(fix_text(odd), usual);
        }
    }

    #[test]
    fn entities_stay_from_the_first_line_with_a_bracket_on() {
        assert_eq!(fix_text("&eacute;\n<i>&eacute;\n&eacute;"), "é\n<i>&eacute;\n&eacute;");
    }

    #[test]
    fn surrogates_in_pairs_are_one_letter() {
        // U+10437 is D801 DC37, three bytes each
        assert_eq!(decode_variants(b"a\xed\xa0\x81\xed\xb0\xb7b\xc0\x80"), Some("a\u{10437}b\0".to_string()));
        assert_eq!(decode_variants(b"\xed\xa0\x81"), None);
        assert_eq!(decode_variants("퟿é".as_bytes()), Some("퟿é".to_string()));
    }
}
