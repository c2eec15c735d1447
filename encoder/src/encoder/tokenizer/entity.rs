//! HTML entities, as Python's `html.unescape` and as ftfy reads them.

use super::encodings::windows_1252;
use html_escape::NAMED_ENTITIES;
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Entities that HTML also reads without their semicolon.
const WITHOUT_SEMICOLON: &str = "AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute \
    Icirc Igrave Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc \
    Ugrave Uuml Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent \
    copy curren deg divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl \
    igrave iquest iuml laquo lt macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash \
    otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times uacute ucirc \
    ugrave uml uuml yacute yen yuml";

/// Longest text after `&` that is looked at, in letters.
const LONGEST: usize = 32;

fn named(name: &str) -> Option<&'static str> {
    let place = NAMED_ENTITIES.binary_search_by(|(known, _)| (*known).cmp(name.as_bytes())).ok()?;
    Some(NAMED_ENTITIES[place].1)
}

fn without_semicolon(name: &str) -> Option<&'static str> {
    WITHOUT_SEMICOLON.split_ascii_whitespace().find(|&known| known == name).and_then(named)
}

/// Replaces entities as HTML 5 does, without semicolon and numbers included.
///
/// # Source
///
/// Python 3, `html.unescape`.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
    static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\x0c <&#;]{{1,{LONGEST}}};?)")).expect("a valid pattern")
    });
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    REFERENCE.replace_all(text, |found: &Captures| reference(&found[1]))
}

/// What stands for the text after `&`.
fn reference(text: &str) -> String {
    if let Some(number) = text.strip_prefix('#') {
        let digits = number.trim_end_matches(';');
        let (digits, radix) = digits.strip_prefix(['x', 'X']).map_or((digits, 10), |digits| (digits, 16));
        return numbered(u32::from_str_radix(digits, radix).unwrap_or(u32::MAX));
    }
    let whole = text.strip_suffix(';').map_or_else(|| without_semicolon(text), named);
    if let Some(value) = whole {
        return value.to_string();
    }
    // The longest beginning that is an entity, of two letters at least.
    let ends = text.char_indices().skip(2).map(|(end, _)| end).collect::<Vec<_>>();
    let prefix = ends.into_iter().rev().find_map(|end| without_semicolon(&text[..end]).map(|value| (value, &text[end..])));
    prefix.map_or_else(|| format!("&{text}"), |(value, rest)| format!("{value}{rest}"))
}

fn numbered(number: u32) -> String {
    match number {
        0 | 0xd800..=0xdfff => "\u{fffd}".to_string(),
        0x0d => "\r".to_string(),
        0x80..=0x9f => u8::try_from(number).map_or_else(|_| String::new(), |byte| windows_1252(byte).to_string()),
        0x01..=0x08 | 0x0b | 0x0e..=0x1f | 0x7f | 0xfdd0..=0xfdef => String::new(),
        _ if number <= 0x10_ffff && number & 0xfffe == 0xfffe => String::new(),
        _ => char::from_u32(number).unwrap_or('\u{fffd}').to_string(),
    }
}

/// Replaces entities that are written whole, upper-case ones of lower-case names included.
///
/// # Source
///
/// ftfy 6.3.1, `fixes.unescape_html`.
#[must_use]
pub fn unescape_whole(text: &str) -> Cow<'_, str> {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
    static ENTITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"&#?[0-9A-Za-z]{1,24};").expect("a valid pattern"));
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    ENTITY.replace_all(text, |found: &Captures| whole(&found[0]))
}

fn whole(entity: &str) -> String {
    let name = entity.trim_start_matches('&').trim_end_matches(';');
    if name.starts_with('#') {
        let value = unescape(entity);
        return if value.contains(';') { entity.to_string() } else { value.into_owned() };
    }
    if let Some(value) = named(name) {
        return value.to_string();
    }
    let lower = name.to_ascii_lowercase();
    match named(&lower) {
        Some(value) if lower.to_ascii_uppercase() == name && unescape(entity) == entity => value.to_uppercase(),
        _ => entity.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_list_is_an_entity() {
        let names: Vec<_> = WITHOUT_SEMICOLON.split_ascii_whitespace().collect();
        assert_eq!(names.len(), 106);
        assert!(names.iter().all(|name| named(name).is_some()));
        assert!(NAMED_ENTITIES.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn references_as_html_reads_them() {
        for (text, expected) in [
            ("P&eacute;rez &amp; Garc&iacutea", "Pérez & García"),
            ("&times;&#233;&#xE9;&#xE9", "×ééé"),
            ("&notit; &nosuch; &;", "¬it; &nosuch; &;"),
            ("&#0;&#128;&#1;&#x110000;&#99999999999;", "\u{fffd}€\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(unescape(text), expected);
        }
    }

    #[test]
    fn whole_entities_in_capitals_too() {
        for (text, expected) in [
            ("P&EACUTE;REZ", "PÉREZ"),
            ("BUNDESSTRA&SZLIG;E", "BUNDESSTRASSE"),
            ("&ntilde; &Ntilde; &NTILDE; &nTILDE;", "ñ Ñ Ñ &nTILDE;"),
            ("&eacute &#233;", "&eacute é"),
        ] {
            assert_eq!(unescape_whole(text), expected);
        }
    }
}
