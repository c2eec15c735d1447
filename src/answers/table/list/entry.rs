//! An answer that is a dictionary: a label, its score, the ranks above it.

use super::literal::Literal;
use crate::answers::table::score;
use crate::answers::table::words::{normalised, rank_word};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// Keys of the label, those that name it best first.
const LABELS: &[&str] = &[
    "scientific_name",
    "species",
    "label",
    "prediction",
    "predicted",
    "predicted_label",
    "class_name",
    "taxon",
    "taxon_name",
    "species_name",
    "name",
    "class",
    "category",
    "category_name",
];

/// Keys of the score, those that name it best first.
const SCORES: &[&str] = &[
    "score",
    "confidence",
    "conf",
    "probability",
    "prob",
    "proba",
    "combined_score",
    "vision_score",
    "likelihood",
    "certainty",
    "similarity",
    "p",
    "value",
];

/// Keys of the name of a taxon that is a dictionary itself.
const NAMES: &[&str] = &["scientific_name_without_author", "scientific_name", "name", "label"];

/// An answer of a list.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::answers::table) struct Listed {
    /// A name, or a lineage with prefixes of ranks.
    pub(in crate::answers::table) label: String,
    pub(in crate::answers::table) score: Option<f64>,
}

type Pairs = [(String, Literal)];

/// The answer that a dictionary of a list is; `None` where it has no label.
pub(super) fn entry(pairs: &Pairs) -> Option<Listed> {
    let label = label(pairs)?;
    let score = SCORES.iter().find_map(|key| match find(pairs, key)? {
        Literal::Number(number, _) => Some(*number),
        Literal::Text(text) => score::number(text),
        _ => None,
    });
    Some(Listed { label, score })
}

/// Whether a dictionary gives names at ranks: `{'genus': 'Carabus', 'score': 0.9}`.
pub(super) fn has_ranks(pairs: &Pairs) -> bool {
    pairs.iter().any(|(key, value)| matches!(value, Literal::Text(_)) && rank_word(&normalised(key)).is_some())
}

fn find<'a>(pairs: &'a Pairs, wanted: &str) -> Option<&'a Literal> {
    pairs.iter().find(|(key, _)| normalised(key) == wanted).map(|(_, value)| value)
}

/// The name that a value is or holds; empty for nothing.
fn name_of(value: &Literal) -> Option<&str> {
    match value {
        Literal::Text(text) => Some(text),
        Literal::Number(_, written) => written.parse::<u64>().ok().map(|_| written.as_str()),
        Literal::Nothing => Some(""),
        Literal::Pairs(inner) => NAMES.iter().find_map(|key| match find(inner, key)? {
            Literal::Text(text) => Some(text.as_str()),
            _ => None,
        }),
        _ => None,
    }
}

fn label(pairs: &Pairs) -> Option<String> {
    let nested = ["species", "taxon"].iter().find_map(|key| match find(pairs, key)? {
        Literal::Pairs(inner) => Some(&inner[..]),
        _ => None,
    });
    let nested = nested.unwrap_or_default();
    let mut ranks: Vec<(Rank, &str)> = [pairs, nested].into_iter().flat_map(of_ranks).collect();
    ranks.extend(ancestors(nested));
    ranks.sort_by_key(|&(rank, _)| rank);
    ranks.dedup_by_key(|(rank, _)| *rank);
    let named = LABELS.iter().find_map(|key| find(pairs, key).and_then(name_of).map(|name| (*key, name)));
    let level = [pairs, nested].into_iter().find_map(level);
    if let (Some((_, name)), Some(level)) = (named, level)
        && !name::is_missing(name)
    {
        ranks.retain(|(rank, _)| *rank < level);
        ranks.push((level, name));
        return Some(lineage(&ranks));
    }
    // What is called a class is a label more often than a rank.
    let is_lineage = match &ranks[..] {
        [(rank, _)] => named.is_none() && !matches!(rank, Rank::Class | Rank::Species),
        several => several.iter().any(|(rank, _)| !matches!(rank, Rank::Class | Rank::Species)),
    };
    match named {
        _ if is_lineage => {
            let scientific = named.filter(|(key, name)| *key == "scientific_name" && name.contains(' '));
            if let Some((_, name)) = scientific
                && ranks.last().is_some_and(|(rank, _)| *rank < Rank::Species)
            {
                ranks.push((Rank::Species, name));
            }
            Some(lineage(&ranks))
        }
        Some((_, name)) => Some(name.to_string()),
        None => None,
    }
}

/// The names of the main ranks that a dictionary has.
fn of_ranks(pairs: &Pairs) -> Vec<(Rank, &str)> {
    let ranked = pairs.iter().filter_map(|(key, value)| rank_word(&normalised(key)).zip(named(value)));
    ranked.filter(|(rank, _)| rank.main_index().is_some()).collect()
}

fn named(value: &Literal) -> Option<&str> {
    name_of(value).filter(|name| !name::is_missing(name))
}

/// The taxa above that a service lists: `"ancestors": [{"rank": "order", "name": "Hymenoptera"}]`.
fn ancestors(taxon: &Pairs) -> Vec<(Rank, &str)> {
    let Some(Literal::List(above)) = find(taxon, "ancestors") else { return vec![] };
    let ranked = above.iter().filter_map(|ancestor| match ancestor {
        Literal::Pairs(pairs) => level(pairs).zip(find(pairs, "name").and_then(named)),
        _ => None,
    });
    ranked.collect()
}

/// The main rank that a dictionary says its name has.
fn level(pairs: &Pairs) -> Option<Rank> {
    let level = ["rank", "level", "taxon_rank"].iter().find_map(|key| match find(pairs, key)? {
        Literal::Text(text) => rank_word(&normalised(text)),
        _ => None,
    });
    level.filter(|rank| rank.main_index().is_some())
}

/// `f__Apidae;g__Apis;s__Apis mellifera`.
fn lineage(ranks: &[(Rank, &str)]) -> String {
    let step = |(rank, name): &(Rank, &str)| format!("{}__{}", &rank.name()[..1], name.replace(';', " "));
    ranks.iter().map(step).collect::<Vec<_>>().join(";")
}
