//! PhyloXML: clades in clades, with names, ranks and branch lengths.

use super::error::ImportError;
use super::format::Format;
use super::source::Source;
use super::tree::{Branch, MOST_NODES, Tree, too_many};
use super::{rank_words, xml};
use crate::files::archive::Member;
use crate::taxonomy::rank::Rank;
use roxmltree::Node;

/// Reads the first phylogeny.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let document = xml::parse(&text).map_err(fault)?;
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
            .filter(|text| !text.is_empty())
    };
    let mut stack = vec![(top, None)];
    let (mut tree, mut lines) = (Tree::default(), Lines { text: &text, at: 0, line: 1 });
    let mut count = 0;
    while let Some((node, parent)) = stack.pop() {
        let place = count;
        count += 1;
        if count > MOST_NODES {
            return Err(fault(too_many()));
        }
        let taxonomy = node.children().find(|child| child.tag_name().name() == "taxonomy");
        let name = child_text(&node, "name")
            .or_else(|| taxonomy.and_then(|taxonomy| child_text(&taxonomy, "scientific_name")))
            .or_else(|| taxonomy.and_then(|taxonomy| child_text(&taxonomy, "code")))
            .unwrap_or_else(|| format!("clade {count}"));
        let rank = taxonomy
            .and_then(|taxonomy| child_text(&taxonomy, "rank"))
            .and_then(|word| rank_words::known_rank(&word))
            .unwrap_or(Rank::Unranked);
        let length = node.attribute("branch_length").map(str::to_string).or_else(|| child_text(&node, "branch_length"));
        let number = |text: String| match text.trim().parse::<f64>() {
            Ok(length) if length.is_finite() => Ok(length),
            _ => Err(fault(format!("the branch length '{text}' is no number"))),
        };
        let length = length.map(number).transpose()?.filter(|_| parent.is_some());
        let branch = Branch { name: &name, id: None, rank, length, line: lines.of(node.range().start) };
        tree.push_below(&mut source.list, parent, parent, &branch);
        // The first child is taken next: nodes are met in the order of the text.
        let before = stack.len();
        stack.extend(node.children().filter(|child| child.tag_name().name() == "clade").map(|child| (child, Some(place))));
        stack[before..].reverse();
    }
    Ok(Format::PhyloXml)
}

/// Lines of places that are asked for in their order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, place: usize) -> u64 {
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = self.at.max(place);
        self.line
    }
}
