//! `model-index.yml`: the results of a run for the card of its model on the Hugging Face Hub.
//!
//! A card is of one model, and what reads the block takes all results of a list of models for those of the last: so every
//! run has a file of its own. Texts stand as JSON has them, between double quotes, which YAML reads alike once the few
//! characters are escaped that it does not take as they are.

use super::values::{self, NamedValue};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::how_wrong::HeightUnit;
use std::collections::HashMap;
use std::fmt::Write;

/// The metrics of a rank that a card has, and what people call them.
const OF_A_RANK: [(&str, &str); 3] =
    [("path_top1", "Top-1 accuracy"), ("path_top5", "Top-5 accuracy"), ("path_macro", "Macro-averaged recall")];

/// Those of a whole run; of heights the unit is added.
const OF_A_RUN: [(&str, &str); 7] = [
    ("exact", "Answers right down to the rank of the truth"),
    ("mistakes", "Mistakes"),
    ("mean_height", "Mean height of the error"),
    ("severity", "Mean height of the mistakes"),
    ("hp", "Hierarchical precision"),
    ("hr", "Hierarchical recall"),
    ("hf", "Hierarchical F1"),
];

/// The files of a report with their texts: one, or of several runs one each, numbered. A model is called as its run, or where
/// `names` has any, as the one of its place there; the data set is best called by its id on the hub.
#[must_use]
pub fn files(runs: &[(Answers, Scores)], names: &[String], dataset: &str) -> Vec<(String, String)> {
    let file = |index: usize| {
        if runs.len() == 1 { "model-index.yml".to_string() } else { format!("model-index-{}.yml", index + 1) }
    };
    let text = |index: usize, (answers, scores): &(Answers, Scores)| {
        block(names.get(index).unwrap_or(&scores.name), dataset, answers, scores)
    };
    runs.iter().enumerate().map(|(index, run)| (file(index), text(index, run))).collect()
}

/// The block of one run, to be put between the `---` at the head of a card.
fn block(model: &str, dataset: &str, answers: &Answers, scores: &Scores) -> String {
    let (defined, undefined): (Vec<_>, Vec<_>) = chosen(scores).into_iter().partition(|(_, metric)| metric.value.is_some());
    let (model, dataset) = (quoted(model), quoted(dataset));
    let mut lines =
        vec![format!("# Written by nearmiss {}; low and high are the ends of 95 % intervals.", env!("CARGO_PKG_VERSION"))];
    if !undefined.is_empty() {
        let names: Vec<&str> = undefined.iter().map(|(_, metric)| metric.name.as_str()).collect();
        lines.push(format!("# Undefined here, and left out: {}.", names.join(", ")));
    }
    lines.push(format!("model-index:\n- name: {model}\n  results:"));
    lines.push("  - task:\n      type: \"image-classification\"\n      name: \"Image Classification\"".to_string());
    lines.push(format!("    dataset:\n      type: {dataset}\n      name: {dataset}"));
    lines.extend(split(answers).map(|split| format!("      split: {}", quoted(split))));
    lines.push("    metrics:".to_string());
    lines.extend(defined.iter().map(|(title, metric)| entry(title, metric)));
    lines.extend(source(env!("CARGO_PKG_REPOSITORY")));
    lines.join("\n") + "\n"
}

/// The metrics of a card with their titles, defined or not; of ranks that no truth has there are none.
fn chosen(scores: &Scores) -> Vec<(String, NamedValue)> {
    let mut values: HashMap<String, NamedValue> =
        values::of_scores(scores).into_iter().map(|value| (value.name.clone(), value)).collect();
    let unit = match scores.how_wrong.height_unit {
        HeightUnit::Rungs => "rungs",
        HeightUnit::Edges => "edges",
    };
    let mut wanted = vec![];
    for rank in scores.ranks.iter().filter(|row| row.n > 0).map(|row| row.rank.name()) {
        wanted.extend(OF_A_RANK.map(|(name, title)| (format!("{title}, {rank}"), format!("{rank}.{name}"))));
    }
    wanted.extend(OF_A_RUN.map(|(name, title)| {
        let title = if title.contains("height") { format!("{title}, {unit}") } else { title.to_string() };
        (title, format!("how_wrong.{name}"))
    }));
    wanted.into_iter().filter_map(|(title, name)| Some((title, values.remove(&name)?))).collect()
}

/// A metric as the list `metrics` has it; what it is over and its interval are arguments.
fn entry(title: &str, metric: &NamedValue) -> String {
    let value = metric.value.map(|value| number(value, metric.is_count)).unwrap_or_default();
    let mut entry = format!("    - type: {}\n      value: {value}\n      name: {}", quoted(&metric.name), quoted(title));
    let n = metric.n.map(|n| ("n", n.to_string()));
    let ends = [("low", metric.low), ("high", metric.high)].map(|(name, end)| Some((name, number(end?, false))));
    let reason = metric.no_interval.as_deref().map(|reason| ("no_interval", quoted(reason)));
    let arguments: Vec<(&str, String)> = [n].into_iter().chain(ends).chain([reason]).flatten().collect();
    if !arguments.is_empty() {
        entry += "\n      args:";
    }
    for (name, argument) in arguments {
        // Old readers take a bare n for "no".
        let _ = write!(entry, "\n        \"{name}\": {argument}");
    }
    entry
}

/// Where the results come from, if this program says where it is at home: the format takes no source without an address.
fn source(address: &str) -> Option<String> {
    let name = env!("CARGO_PKG_NAME");
    address.starts_with("http").then(|| format!("    source:\n      name: \"{name}\"\n      url: {}", quoted(address)))
}

/// The split that all images are of, as the run says it or a group of that name.
fn split(answers: &Answers) -> Option<&str> {
    let group = answers.groups.iter().find(|group| group.name.eq_ignore_ascii_case("split")).map(|group| &group.values);
    let splits = answers.splits.as_ref().or(group)?;
    let first = splits.first().map(|split| split.trim()).filter(|split| !split.is_empty())?;
    splits.iter().all(|split| split.trim() == first).then_some(first)
}

/// A number as all versions of YAML read it: with a point unless it counts, and without an exponent.
fn number(value: f64, is_count: bool) -> String {
    let text = value.to_string();
    if is_count || text.contains('.') { text } else { text + ".0" }
}

/// A text between double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for letter in serde_json::Value::from(text).to_string().chars() {
        // YAML takes some of them for ends of lines, and refuses others as unprintable; all are below U+10000.
        if letter.is_control() || ['\u{2028}', '\u{2029}', '\u{feff}', '\u{fffe}', '\u{ffff}'].contains(&letter) {
            let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
        } else {
            quoted.push(letter);
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_have_nothing_that_yaml_reads_otherwise() {
        for (text, expected) in [
            ("no", r#""no""#),
            ("a: b # c", r#""a: b # c""#),
            ("\"svm\" \\ 'x'", r#""\"svm\" \\ 'x'""#),
            ("écaille 蝶 🐝", "\"écaille 蝶 🐝\""),
            ("two\nlines\t", r#""two\nlines\t""#),
            ("\u{85}\u{2028}\u{2029}", r#""\u0085\u2028\u2029""#),
            ("\u{7f}\u{9f}\u{feff}\u{fffe}", r#""\u007f\u009f\ufeff\ufffe""#),
            ("", r#""""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn numbers_keep_all_digits_and_have_no_exponent() {
        for (value, expected) in
            [(1.0, "1.0"), (2.0 / 3.0, "0.6666666666666666"), (1e-7, "0.0000001"), (1e21, "1000000000000000000000.0")]
        {
            assert_eq!(number(value, false), expected);
            assert_eq!(number(value, false).parse(), Ok(value));
        }
        assert_eq!(number(12.0, true), "12");
    }

    #[test]
    fn a_source_has_an_address() {
        assert_eq!(source(""), None);
        let expected = "    source:\n      name: \"nearmiss\"\n      url: \"https://example.org/nearmiss\"";
        assert_eq!(source("https://example.org/nearmiss").as_deref(), Some(expected));
    }

    #[test]
    fn a_split_is_said_where_all_images_are_of_it() {
        let of = |splits: &[&str]| Answers {
            splits: Some(splits.iter().map(|split| (*split).to_string()).collect()),
            ..Answers::default()
        };
        assert_eq!(split(&of(&["test", "test "])), Some("test"));
        for splits in [&["test", "val"][..], &["", ""], &["test", ""], &[]] {
            assert_eq!(split(&of(splits)), None, "{splits:?}");
        }
        assert_eq!(split(&Answers::default()), None);
    }
}
