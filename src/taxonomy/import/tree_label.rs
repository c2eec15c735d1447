//! What programs write into the labels of trees: names, ids, support, ranks.

use crate::taxonomy::identity;
use crate::taxonomy::rank::Rank;

/// A label, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TreeLabel {
    /// Empty for a node without a name.
    pub(super) name: String,
    /// Open Tree's id.
    pub(super) id: Option<String>,
    /// The rank that a prefix says (`g__Vibrio`).
    pub(super) rank: Option<Rank>,
}

impl TreeLabel {
    /// Of a leaf: everything in it but an id is its name.
    pub(super) fn of_leaf(text: &str) -> TreeLabel {
        TreeLabel::of(text.trim())
    }

    /// Of an inner node: numbers are support, wherever they stand.
    pub(super) fn of_inner(text: &str) -> TreeLabel {
        TreeLabel::of(without_support(text.trim()))
    }

    fn of(text: &str) -> TreeLabel {
        if is_nameless(text) {
            return TreeLabel::default();
        }
        let (text, id) = match identity::open_tree(text) {
            Some(("", id)) => (text, Some(id)),
            Some((name, id)) => (name, Some(id)),
            None => (text, None),
        };
        let (rank, name) = ranked(text);
        TreeLabel { name: name.to_string(), id: id.map(str::to_string), rank }
    }
}

/// A node that Open Tree calls after two of its leaves: `mrcaott83926ott3607728`.
fn is_nameless(text: &str) -> bool {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let leaves = text.strip_prefix("mrcaott").and_then(|text| text.split_once("ott"));
    leaves.is_some_and(|(first, second)| is_number(first) && is_number(second))
}

/// The rank of a single prefix, and the name behind it.
fn ranked(text: &str) -> (Option<Rank>, &str) {
    match text.split_once("__").filter(|(prefix, name)| prefix.len() == 1 && !name.is_empty() && !text.contains(';')) {
        Some((prefix, name)) => Rank::parse(prefix).map_or((None, text), |rank| (Some(rank), name)),
        None => (None, text),
    }
}

/// A label without numbers before or behind its name: `100/Felidae`, `98 Felidae`, `Felidae:100`, `Felidae [100]`.
fn without_support(label: &str) -> &str {
    const BEFORE: [char; 4] = ['/', ':', ' ', '_'];
    let mut text = label;
    while let Some((_, rest)) = text.split_once(BEFORE).filter(|(number, _)| is_number(number)) {
        text = rest.trim_start();
    }
    while let Some((rest, _)) = text.rsplit_once(['/', ':']).filter(|(_, number)| is_number(number)) {
        text = rest.trim_end();
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        let inside = text.strip_suffix(close).and_then(|text| text.rsplit_once(open));
        text = inside.filter(|(_, number)| is_number(number)).map_or(text, |(rest, _)| rest.trim_end());
    }
    if is_number(text) { "" } else { text }
}

fn is_number(text: &str) -> bool {
    let text = text.trim().trim_end_matches('%');
    text.contains(|letter: char| letter.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_inner_nodes_are_support() {
        for label in ["100/Felidae", "98 Felidae", "Felidae:100", "95/0.98/Felidae", "Felidae [100]", "100.0:Felidae", "Felidae"]
        {
            assert_eq!(TreeLabel::of_inner(label).name, "Felidae", "{label}");
        }
        for label in ["95", "0.98/100", "1e-3", "", "[100]", "mrcaott83926ott3607728"] {
            assert_eq!(TreeLabel::of_inner(label).name, "", "{label}");
        }
        for label in ["Odontophora 1", "Clade A/B", "Group 2b", "Infinite"] {
            assert_eq!(TreeLabel::of_inner(label).name, label);
        }
        assert_eq!(TreeLabel::of_leaf("12 monkeys").name, "12 monkeys");
    }

    #[test]
    fn ids_and_ranks_are_no_part_of_names() {
        let cat = TreeLabel::of_leaf("Felis_catus_ott563166");
        assert_eq!((cat.name.as_str(), cat.id.as_deref()), ("Felis_catus", Some("563166")));
        let bare = TreeLabel::of_leaf("ott563166");
        assert_eq!((bare.name.as_str(), bare.id.as_deref()), ("ott563166", Some("563166")));
        let vibrio = TreeLabel::of_inner("100.0:g__Vibrio");
        assert_eq!((vibrio.name.as_str(), vibrio.rank), ("Vibrio", Some(Rank::Genus)));
        assert_eq!(TreeLabel::of_leaf("Myscott12").id, None);
    }
}
