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
fn quoted(text: &str) -> Option<(String, &str)> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '\'' | '"'))?;
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            letter if letter == mark => return Some((value, &text[at + mark.len_utf8()..])),
            letter => value.push(letter),
        }
    }
    None
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
}
