//! Taxonomies as JSON: BioCLIP's label lists, node-link graphs, species with their ranks.

use super::error::ImportError;
use super::finding::FindingKind;
use super::format::Format;
use super::language::Language;
use super::rank_words;
use super::source::Source;
use super::usage::Usage;
use crate::files::archive::Member;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use serde_json::Value;

/// Reads whichever of the kinds it is.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let value: Value = serde_json::from_str(&text).map_err(|error| fault(format!("not readable as JSON: {error}")))?;
    match &value {
        Value::Array(rows) if rows.iter().all(|row| label(row).is_some()) => {
            pour_labels(source, rows);
            Ok(Format::LabelJson)
        }
        Value::Object(fields) if fields.contains_key("nodes") && fields.contains_key("links") => {
            pour_graph(source, &value).map_err(fault)?;
            Ok(Format::GraphJson)
        }
        Value::Object(fields) if !fields.is_empty() && fields.values().all(|ranks| ranked(ranks).is_some()) => {
            for (index, (species, ranks)) in fields.iter().enumerate() {
                let mut steps = ranked(ranks).unwrap_or_default();
                steps.push((Rank::Species, species.as_str()));
                source.list.rows += 1;
                source.list.lineage_id(&steps, index as u64 + 1);
                source.list.folded += 1;
            }
            Ok(Format::RankJson)
        }
        _ => Err(fault(
            "JSON of no known kind: neither [[[kingdom, …, epithet], common name], …], nor {nodes, links}, nor {species: {order: …}}"
                .to_string(),
        )),
    }
}

/// Seven names and a common name.
fn label(row: &Value) -> Option<(Vec<&str>, &str)> {
    let [Value::Array(names), common] = &row.as_array()?[..] else { return None };
    let names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap_or_default()).collect();
    (names.len() == 7).then_some((names, common.as_str().unwrap_or_default()))
}

/// pybioclip's lists: an empty name is a missing rank, the last is the epithet.
fn pour_labels(source: &mut Source<'_>, rows: &[Value]) {
    let list = &mut source.list;
    for (index, row) in rows.iter().enumerate() {
        let number = index as u64 + 1;
        let Some((names, common)) = label(row) else { continue };
        list.rows += 1;
        let binomial = if names[5].is_empty() { names[6].to_string() } else { format!("{} {}", names[5], names[6]) };
        let mut steps: Vec<(Rank, &str)> =
            Rank::MAIN.into_iter().zip(names.iter().copied()).take(6).filter(|(_, name)| !name::is_missing(name)).collect();
        if !names[6].is_empty() {
            steps.push((Rank::Species, binomial.as_str()));
        }
        if steps.is_empty() {
            list.refuse(FindingKind::NoTaxon, &Usage { name: common, line: number, ..Usage::default() }, "");
            continue;
        }
        let id = list.lineage_id(&steps, number);
        list.folded += 1;
        list.push_common(&id, Language::English, common);
    }
}

fn ranked(ranks: &Value) -> Option<Vec<(Rank, &str)>> {
    let mut steps = vec![];
    for (rank, name) in ranks.as_object()? {
        let rank = Rank::parse(rank)?;
        if let Some(name) = name.as_str().filter(|name| !name::is_missing(name)) {
            steps.push((rank, name));
        }
    }
    steps.sort_by_key(|&(rank, _)| rank);
    Some(steps)
}

fn pour_graph(source: &mut Source<'_>, value: &Value) -> Result<(), String> {
    let (Some(nodes), Some(links)) = (value["nodes"].as_array(), value["links"].as_array()) else {
        return Err("'nodes' and 'links' are no lists".to_string());
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let mut parents: Vec<Option<usize>> = vec![None; nodes.len()];
    for (index, link) in links.iter().enumerate() {
        // A link points from the child to its parent, by their places in the list of nodes.
        let place =
            |field: &str| link[field].as_u64().and_then(|place| usize::try_from(place).ok()).filter(|&place| place < nodes.len());
        let (Some(child), Some(parent)) = (place("source"), place("target")) else {
            return Err(format!("link {index} does not point from a node to a node"));
        };
        if let Some(other) = parents[child].replace(parent) {
            let name = |place: usize| text(&nodes[place]["name"]);
            return Err(format!("'{}' has two parents, '{}' and '{}'", name(child), name(other), name(parent)));
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        let (id, name) = (text(&node["id"]), text(&node["name"]));
        let parent = parents[index].map(|parent| text(&nodes[parent]["id"])).unwrap_or_default();
        let word = node["rank"].as_str().unwrap_or_default();
        let is_root = parent.is_empty() && name == "root";
        let rank = if is_root { Some(Rank::Root) } else { rank_words::known_rank(word) };
        let usage = Usage { id: &id, parent: &parent, name: &name, line: index as u64 + 1, ..Usage::default() };
        if rank.is_none() {
            source.list.find(FindingKind::UnknownRank, &usage, word, String::new());
        }
        source.list.push(&Usage { rank: rank.unwrap_or(Rank::Unranked), ..usage });
    }
    Ok(())
}
