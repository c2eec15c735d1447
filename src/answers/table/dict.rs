//! Python dictionaries written as text: `{'genus': 'Carabus', 'score': 0.9}`.

/// The keys and values of a flat dictionary (Python's or JSON's spelling), in order; `None` if the
/// text is none. Values that are not strings are given as written; nested values are not read.
pub(super) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut pairs = vec![];
    while !rest.is_empty() {
        let (key, after) = quoted(rest)?;
        let after = after.trim_start().strip_prefix(':')?.trim_start();
        let (value, after) = if let Some(found) = quoted(after) { found } else { bare(after)? };
        pairs.push((key, value));
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(pairs)
}

/// A number or a constant at the beginning of the text, and what follows it; `None` for nested values.
fn bare(text: &str) -> Option<(String, &str)> {
    let end = text.find(',').unwrap_or(text.len());
    let value = text[..end].trim();
    if value.contains(['{', '[', '(', '\'', '"']) {
        return None;
    }
    let nothing = value == "None" || value == "null";
    Some((if nothing { String::new() } else { value.to_string() }, &text[end..]))
}

/// A quoted string at the beginning of the text, unescaped, and what follows it.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '\'' | '"'))?;
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                let (place, escape) = letters.next()?;
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if digits == 0 {
                    value.extend(unescaped(escape));
                    continue;
                }
                let (letter, taken) = numbered(&text[place + 1..], digits)?;
                value.push(letter);
                for _ in 0..taken {
                    letters.next();
                }
            }
            letter if letter == mark => return Some((value, &text[at + mark.len_utf8()..])),
            letter => value.push(letter),
        }
    }
    None
}

/// What a letter behind a backslash stands for; the end of a line for nothing.
fn unescaped(escape: char) -> Option<char> {
    match escape {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\n' => None,
        other => Some(other),
    }
}

/// The letter of a hexadecimal number of so many digits, and how many of the (ASCII) letters it took; JSON writes letters
/// outside the first plane as two numbers.
fn numbered(text: &str, digits: usize) -> Option<(char, usize)> {
    let number = |from: usize| u32::from_str_radix(text.get(from..from + digits)?, 16).ok();
    let first = number(0)?;
    if digits == 4 && (0xd800..0xdc00).contains(&first) && text.get(4..6) == Some("\\u") {
        let second = number(6).filter(|second| (0xdc00..0xe000).contains(second))?;
        return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).map(|letter| (letter, 10));
    }
    char::from_u32(first).map(|letter| (letter, digits))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_read_with_both_quotes_escapes_and_bare_values() {
        let pairs = parse(r#"{'file_name': "grevy's.jpg", 'genus': 'O\'Brienia', 'score': 4.5e-1, 'family': None}"#).unwrap();
        let expected = [("file_name", "grevy's.jpg"), ("genus", "O'Brienia"), ("score", "4.5e-1"), ("family", "")]
            .map(|(k, v)| (k.to_string(), v.to_string()));
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_is_no_flat_dictionary_is_not_read() {
        for text in ["Carabus auratus", "{'a': ", "{'a': [1, 2]}", "{a: 1}", "{'a': 1 'b': 2}"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("{}"), Some(vec![]));
    }

    #[test]
    fn letters_may_be_written_as_numbers() {
        for (text, expected) in [
            (r#""\u00e9t\u00E9" b"#, "été"),
            (r"'\xe9'", "é"),
            (r"'a\'b\\c\n'", "a'b\\c\n"),
            (r#""\ud83e\udd8a""#, "🦊"),
            (r"'\U0001f98a'", "🦊"),
        ] {
            assert_eq!(quoted(text).map(|(value, _)| value).as_deref(), Some(expected), "{text}");
        }
        for text in [r#""\u00""#, r#""\uzzzz""#, r#""\ud83e\u0041""#, r"'\"] {
            assert_eq!(quoted(text), None, "{text}");
        }
        assert_eq!(quoted("'a' b"), Some(("a".to_string(), " b")));
    }
}
