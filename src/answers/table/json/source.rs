//! The text of a file as values: one, or an object on every line.
//!
//! Read with `serde_json` and not with polars: Python writes `NaN` into JSON, and records of one file differ in their fields.

use super::record::Record;
use crate::answers::table::strict::Strict;
use serde_json::Value;

/// What a file holds.
pub(super) enum Source {
    Whole(Value),
    Lines(Vec<Record>),
}

/// What is wrong with a text, and in which line.
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) what: String,
}

/// Reads a text.
///
/// # Errors
///
/// Text that is no JSON, cut off, or followed by more; objects with a doubled key.
pub(super) fn parse(text: &str) -> Result<Source, Fault> {
    let error = match value(text) {
        Ok(value) => return Ok(Source::Whole(value)),
        Err(error) => error,
    };
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if !value(first).is_ok_and(|first| first.is_object()) {
        let line = error.line() as u64;
        let what = match (error.is_eof(), error.is_syntax() && error.to_string().starts_with("trailing characters")) {
            (true, _) => format!("the JSON is cut off here ({error}): fetch or write the file again"),
            (_, true) => {
                "the JSON ends before this, and more text follows; leave one value in the file, or one object on every line"
                    .to_string()
            }
            _ => format!("the JSON cannot be read: {error}"),
        };
        return Err(Fault { line, what });
    }
    lines(text).map(Source::Lines)
}

fn value(text: &str) -> Result<Value, serde_json::Error> {
    let read = serde_json::from_str::<Strict>(text).or_else(|error| {
        let clean = without_nan(text);
        if clean == text { Err(error) } else { serde_json::from_str(&clean) }
    });
    read.map(|Strict(value)| value)
}

fn lines(text: &str) -> Result<Vec<Record>, Fault> {
    let mut records = vec![];
    for (line, text) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let no_object = |what: &str| Fault { line, what: format!("not a JSON object on one line: {what}") };
        match value(text) {
            Ok(Value::Object(record)) => records.push(record),
            Ok(_) => return Err(no_object("it is another value")),
            Err(error) => return Err(no_object(&error.to_string())),
        }
    }
    Ok(records)
}

/// Python's `NaN`, `Infinity` and `-Infinity`, outside strings, as `null`.
fn without_nan(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(letter) = rest.chars().next() {
        let constant = ["NaN", "-Infinity", "Infinity"].into_iter().find(|constant| !in_string && rest.starts_with(constant));
        if let Some(constant) = constant {
            clean.push_str("null");
            rest = &rest[constant.len()..];
            continue;
        }
        let taken =
            if in_string && letter == '\\' { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) } else { letter.len_utf8() };
        in_string ^= letter == '"';
        clean.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_python_become_null_outside_strings_only() {
        let text = r#"{"a": NaN, "b": "NaN \" NaN", "c": [-Infinity, 1], "d": "é"}"#;
        assert_eq!(without_nan(text), r#"{"a": null, "b": "NaN \" NaN", "c": [null, 1], "d": "é"}"#);
    }

    #[test]
    fn faults_are_named_by_their_line() {
        let fault = |text: &str| parse(text).err().map(|fault| (fault.line, fault.what));
        for (text, line, part) in [
            ("{\n\"a.jpg\": [", 2, "cut off"),
            ("[{\"image\": \"a\"},", 1, "cut off"),
            ("[\n{\"image\": \"a\"}\n]\n\n[]", 5, "more text follows"),
            ("{\"a\": 1}\n{\"a\": \n", 2, "not a JSON object on one line"),
            ("{\"a\": 1}\n\n[1]\n", 3, "another value"),
            ("{\"a\": 1}\n{\"b\": 1, \"b\": 2}\n", 2, "has the key 'b' twice"),
            ("{\n\"b\": 1,\n\"b\": 2}\n", 3, "has the key 'b' twice"),
            ("{a: 1}", 1, "cannot be read"),
        ] {
            let found = fault(text).unwrap_or_else(|| panic!("{text} is read"));
            assert!(found.0 == line && found.1.contains(part), "{text}: {found:?}");
        }
        assert!(matches!(parse("{\"a\": NaN}\n{\"b\": 1}\n"), Ok(Source::Lines(records)) if records.len() == 2));
        assert!(matches!(parse("{\"a\": NaN}"), Ok(Source::Whole(_))));
    }
}
