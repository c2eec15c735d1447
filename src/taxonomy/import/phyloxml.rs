//! PhyloXML: clades in clades, with names, ranks and branch lengths.

use super::checklist::{OWN, Usage};
use super::{Format, ImportError, Source, tabular};
use crate::archive::Member;
use crate::rank::Rank;
use roxmltree::Node;

/// Reads the first phylogeny.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let document = roxmltree::Document::parse(&text).map_err(|error| fault(format!("not readable as XML: {error}")))?;
    let phylogenies: Vec<Node<'_, '_>> = document.descendants().filter(|node| node.tag_name().name() == "phylogeny").collect();
    let Some(first) = phylogenies.first() else {
        let root = document.root_element().tag_name().name().to_string();
        return Err(fault(format!("XML of no known kind (<{root}>); of XML, PhyloXML and Darwin Core archives are read")));
    };
    if phylogenies.len() > 1 {
        source.notes.push(format!("{} phylogenies in the file: the first is read", phylogenies.len()));
    }
    let Some(top) = first.children().find(|node| node.tag_name().name() == "clade") else {
        return Err(fault("a phylogeny without a clade".to_string()));
    };
    let child_text = |node: &Node<'_, '_>, tag: &str| {
        node.children()
            .find(|child| child.tag_name().name() == tag)
            .and_then(|child| child.text())
            .map(|text| text.trim().to_string())
    };
    let mut stack = vec![(top, String::new())];
    let mut taken = std::collections::HashSet::new();
    let mut count = 0_u64;
    while let Some((node, above)) = stack.pop() {
        count += 1;
        let taxonomy = node.children().find(|child| child.tag_name().name() == "taxonomy");
        let name = child_text(&node, "name")
            .or_else(|| taxonomy.and_then(|taxonomy| child_text(&taxonomy, "scientific_name")))
            .or_else(|| taxonomy.and_then(|taxonomy| child_text(&taxonomy, "code")))
            .unwrap_or_else(|| format!("clade {count}"));
        let rank = taxonomy
            .and_then(|taxonomy| child_text(&taxonomy, "rank"))
            .and_then(|word| tabular::known_rank(&word))
            .unwrap_or(Rank::Unranked);
        let length = node.attribute("branch_length").map(str::to_string).or_else(|| child_text(&node, "branch_length"));
        let length = match length {
            None => None,
            Some(text) => Some(text.parse::<f64>().map_err(|_| fault(format!("the branch length '{text}' is no number")))?),
        };
        let mut path = if above.is_empty() { name.clone() } else { format!("{above};{name}") };
        while !taken.insert(path.clone()) {
            path.push('\'');
        }
        let (id, parent) = (format!("{OWN}{path}"), if above.is_empty() { String::new() } else { format!("{OWN}{above}") });
        let line = u64::from(document.text_pos_at(node.range().start).row);
        let length = length.filter(|_| !above.is_empty());
        source.list.push(&Usage { id: &id, parent: &parent, name: &name, rank, length, line, ..Usage::default() });
        let children: Vec<Node<'_, '_>> = node.children().filter(|child| child.tag_name().name() == "clade").collect();
        stack.extend(children.into_iter().rev().map(|child| (child, path.clone())));
    }
    Ok(Format::PhyloXml)
}
