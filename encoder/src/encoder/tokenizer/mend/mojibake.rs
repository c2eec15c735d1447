//! Tells text in the wrong encoding from text that is meant.
//!
//! Categories of letters and unlikely sequences of them: ported from ftfy 6.3.1
//! (Robyn Speer, Apache-2.0), `badness.py` and `chardata.py`.

use regex::Regex;
use std::sync::LazyLock;

const COMMON: &str = "\u{a0}\u{ad}·´–—―…’";
const C1: &str = "\u{80}-\u{9f}";
const BAD: &str = "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊�ªº";
const LAW: &str = "¶§";
const CURRENCY: &str = "¢£¥₧€";
const START_PUNCTUATION: &str = "¡«¿©΄΅‘‚“„•‹\u{f8ff}";
const END_PUNCTUATION: &str = "®»˝”›™";
const NUMERIC: &str = "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№";
const KAOMOJI: &str = "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°";
const UPPER_ACCENTED: &str = "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
const LOWER_ACCENTED: &str = "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ";
const UPPER_COMMON: &str = "ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я";
const LOWER_COMMON: &str = "α-ωάέήίΰа-џ";
const BOX: &str = "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓";
const UTF8_FIRST_OF_2: &str = "ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ";
const UTF8_FIRST_OF_3: &str = "áăâäàāąåãæćčçďéěêëėèēęęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп";
const UTF8_FIRST_OF_4: &str = "đðğóšπσру";
const UTF8_CONTINUATION: &str =
    "\u{80}-¿ ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ–—―‘’‚“”„†‡•…‰‹›€№™";
const UTF8_CONTINUATION_STRICT: &str =
    "\u{80}-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™";

/// Unlikely sequences; a word in braces stands for a category, or for several when joined by `+`.
const UNLIKELY: &[&str] = &[
    "{c1}",
    "{bad+lower_accented+upper_accented+box+start+end+currency+numeric+law}{bad}",
    "[a-zA-Z]{lower_common+upper_common}{bad}",
    "{bad}{lower_accented+upper_accented+box+start+end+currency+numeric+law}",
    "{lower_accented+lower_common+box+end+currency+numeric}{upper_accented}",
    "{box+end+currency+numeric}{lower_accented}",
    "{lower_accented+box+end}{currency}",
    r"[\s\x1c-\x1f]{upper_accented}{currency}",
    "{upper_accented+box}{numeric+law}",
    "{lower_accented+upper_accented+box+currency+end}{start}{numeric}",
    "{lower_accented+upper_accented+currency+numeric+box+law}{end}{start}",
    "{currency+numeric+box}{start}",
    "[a-z]{upper_accented}{start+currency}",
    "{box}{kaomoji}",
    "{lower_accented+upper_accented+currency+numeric+start+end+law}{box}",
    "{box}{end}",
    r"{lower_accented+upper_accented}{start+end}[\p{L}\p{N}_]",
    // œ before anything but a plain letter.
    r"[Œœ][^A-Za-z]",
    // A degree sign after a capital.
    "{upper_accented}°",
    // Two letters that windows-1252 makes of one.
    r"[ÂÃÎÐ](?:[€œŠš¢£Ÿž\xA0\xAD®©°·»–—´]|{start+end})",
    "×[²³]",
    // Arabic.
    "[ØÙ](?:[ŸŠ®°µ»]|{common+currency+bad+numeric+start})[ØÙ](?:[ŸŠ®°µ»]|{common+currency+bad+numeric+start})",
    // Scripts of South Asia.
    "à[²µ¹¼½¾]",
    // MacRoman.
    "√[±∂†≠®™´≤≥¥µø]",
    "≈[°¢]",
    "‚Ä[ìîïòôúùû†°¢π]",
    "‚[âó][àä°ê]",
    // Punctuation in windows-1251, and Cyrillic.
    "вЂ",
    "[ВГРС](?:[°µ]|{c1+bad+start+end+currency})[ВГРС]",
    "ГўВЂВ.[A-Za-z ]",
    // à, á and the no-break space.
    r"Ã[\xA0¡]",
    r"[a-z][\s\x1c-\x1f]?[ÃÂ] ",
    "^[ÃÂ] ",
    "(?:[a-z.,?!]|{end})Â(?: |{start+end})",
    // Punctuation in windows-1253, and Greek.
    r"β€[™\xA0Ά\xAD®°]",
    "[ΒΓΞΟ](?:°|{c1+bad+start+end+currency})[ΒΓΞΟ]",
    // Punctuation in windows-1257.
    "ā€",
];

fn category(name: &str) -> &'static str {
    match name {
        "common" => COMMON,
        "c1" => C1,
        "bad" => BAD,
        "law" => LAW,
        "currency" => CURRENCY,
        "start" => START_PUNCTUATION,
        "end" => END_PUNCTUATION,
        "numeric" => NUMERIC,
        "kaomoji" => KAOMOJI,
        "upper_accented" => UPPER_ACCENTED,
        "lower_accented" => LOWER_ACCENTED,
        "upper_common" => UPPER_COMMON,
        "lower_common" => LOWER_COMMON,
        "box" => BOX,
        _ => "",
    }
}

/// Puts classes of letters in the place of the names of categories.
fn with_classes(pattern: &str) -> String {
    let mut written = String::new();
    let mut rest = pattern;
    // A brace after a backslash and a letter, as in `\p{L}`, is the pattern's own.
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').map_or(rest.len() - 1, |close| open + close);
        let own = rest[..open].ends_with(r"\p");
        written.push_str(&rest[..open]);
        if own {
            written.push_str(&rest[open..=close]);
        } else {
            written.push('[');
            written.extend(rest[open + 1..close].split('+').map(category));
            written.push(']');
        }
        rest = &rest[close + 1..];
    }
    written + rest
}

#[expect(clippy::expect_used, reason = "constant patterns, compiled by a test")]
static BADNESS: LazyLock<Regex> = LazyLock::new(|| {
    let patterns: Vec<String> = UNLIKELY.iter().map(|pattern| with_classes(pattern)).collect();
    Regex::new(&patterns.join("|")).expect("valid patterns")
});

/// Runs of letters that the bytes of UTF-8 become in single-byte encodings.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
static SEQUENCE: LazyLock<Regex> = LazyLock::new(|| {
    let next = UTF8_CONTINUATION;
    let pattern = format!("(?:[{UTF8_FIRST_OF_2}][{next}]|[{UTF8_FIRST_OF_3}][{next}]{{2}}|[{UTF8_FIRST_OF_4}][{next}]{{3}})+");
    Regex::new(&pattern).expect("a valid pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
static STRICT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("[{UTF8_CONTINUATION_STRICT}]$")).expect("a valid pattern"));

/// Whether the text looks as if it had been read in the wrong encoding.
#[must_use]
pub fn is_bad(text: &str) -> bool {
    BADNESS.is_match(text)
}

/// The first run at or after `start` that may be UTF-8 in the wrong encoding and does not stand
/// in the middle of one.
#[must_use]
pub fn find_sequence(text: &str, start: usize) -> Option<std::ops::Range<usize>> {
    let mut from = start;
    loop {
        let found = SEQUENCE.find_at(text, from)?;
        let before = text[..found.start()]
            .chars()
            .next_back()
            .map_or("", |letter| &text[found.start() - letter.len_utf8()..found.start()]);
        if !STRICT.is_match(before) {
            return Some(found.range());
        }
        from = found.start() + text[found.start()..].chars().next().map_or(1, char::len_utf8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_encodings_are_told_from_what_is_meant() {
        for text in ["MÃ©sange", "Mentha Ã— piperita", "DvoÅ™Ã¡k", "Ã la carte", "вЂњ", "√©", "P\u{92}"] {
            assert!(is_bad(text), "{text}");
        }
        for text in
            ["IL Y MARQUÉ…", "Mésange bleue", "Mentha × piperita", "Müll.Arg.", "Ångström", "Сорока", "Ψαρόνι", "50 €", "œillet"]
        {
            assert!(!is_bad(text), "{text}");
        }
    }

    #[test]
    fn names_of_categories_become_classes() {
        assert_eq!(with_classes(r"a{law+currency}[\p{L}]{law}"), r"a[¶§¢£¥₧€][\p{L}][¶§]");
    }

    #[test]
    fn a_sequence_is_not_begun_in_the_middle_of_one() {
        assert_eq!(find_sequence("xÃ©y", 0), Some(1..5));
        assert_eq!(find_sequence("xŠÃ©y", 0), None);
        assert_eq!(find_sequence("plain", 0), None);
    }
}
