//! Newick trees, with NHX and BEAST comments, alone or in a Nexus file.
//!
//! A label may stand in quotes of either kind; an underscore is a space, as everywhere here. Numbers on inner nodes
//! are support and no names. Inner nodes without a name are called after their first and last leaf.

use super::error::ImportError;
use super::format::Format;
use super::source::Source;
use super::tree::{Branch, MOST_NODES, Tree, too_many};
use super::tree_label::TreeLabel;
use crate::files::archive::Member;
use crate::numbers::place::Place;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;

/// The longest part of a leaf's name, in letters, that stands in the name of a nameless node.
const LONGEST_PART: usize = 80;

/// A node of a tree; children after their parent.
#[derive(Debug)]
struct Node {
    label: String,
    length: Option<f64>,
    parent: Place,
    first_child: Place,
    last_child: Place,
    rank: Option<Rank>,
}

impl Node {
    fn below(parent: Place) -> Node {
        Node { label: String::new(), length: None, parent, first_child: Place::NONE, last_child: Place::NONE, rank: None }
    }

    fn is_leaf(&self) -> bool {
        self.first_child.is_none()
    }

    fn is_top(&self) -> bool {
        self.parent.is_none()
    }
}

/// Reads the first tree of a Newick file.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let mut parser = Parser::new(&text);
    let tree = parser.tree().map_err(|what| fault(parser.place(&what)))?;
    if parser.rest().trim_start().starts_with(['(', '[']) {
        source.notes.push("several trees in the file: the first is read".to_string());
    }
    push(source, &tree, &HashMap::new());
    Ok(Format::Newick)
}

/// Reads the first tree of a Nexus file, with its table of translations.
pub(super) fn pour_nexus(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let bare = without_comments(&text);
    let lower = bare.to_ascii_lowercase();
    let begin = lower.find("begin trees").ok_or_else(|| fault("a Nexus file without a block of trees".to_string()))?;
    let mut names = HashMap::new();
    let block = &bare[begin..];
    let lower = &lower[begin..];
    let command =
        |word: &str| lower.match_indices(word).map(|(index, _)| index).find(|&index| lower[..index].trim_end().ends_with(';'));
    let start = command("tree ").or_else(|| command("utree ")).or_else(|| command("tree\t"));
    if let Some(at) = command("translate").filter(|&at| start.is_none_or(|start| at < start)) {
        let list = &block[at + "translate".len()..];
        let mut parser = Parser::new(list);
        loop {
            let key = parser.word();
            let name = parser.word();
            if key.is_empty() || name.is_empty() {
                break;
            }
            names.insert(key, name);
            parser.space();
            if !parser.take(b',') {
                break;
            }
        }
    }
    let start = start.ok_or_else(|| fault("the block of trees holds no tree".to_string()))?;
    let equal = block[start..].find('=').ok_or_else(|| fault("the tree has no '='".to_string()))?;
    let mut parser = Parser::new(&block[start + equal + 1..]);
    let tree = parser.tree().map_err(|what| fault(parser.place(&what)))?;
    if parser.rest().to_ascii_lowercase().contains("tree ") {
        source.notes.push("several trees in the file: the first is read".to_string());
    }
    push(source, &tree, &names);
    Ok(Format::Nexus)
}

/// The text with its comments blanked, so that places stay; those inside quotes are text.
fn without_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let (mut depth, mut quoted) = (0_u32, false);
    for letter in text.chars() {
        match letter {
            '\'' if depth == 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            _ => {}
        }
        bare.push(if depth > 0 && letter != '\n' { ' ' } else { letter });
        if letter == ']' && !quoted {
            depth = depth.saturating_sub(1);
        }
    }
    bare
}

/// Puts the nodes into the checklist, the root first.
fn push(source: &mut Source<'_>, nodes: &[Node], names: &HashMap<String, String>) {
    let outermost = outermost(nodes);
    let read = |node: &Node| {
        let label = names.get(&node.label).unwrap_or(&node.label);
        if node.is_leaf() { TreeLabel::of_leaf(label) } else { TreeLabel::of_inner(label) }
    };
    let labels: Vec<TreeLabel> = nodes.iter().map(read).collect();
    let label = |index: usize| labels[index].name.as_str();
    let part =
        |leaf: Place| -> String { leaf.get().map(|leaf| label(leaf).chars().take(LONGEST_PART).collect()).unwrap_or_default() };
    let top_is_named = !matches!(label(0), "" | "root");
    let mut tree = Tree::default();
    for (index, node) in nodes.iter().enumerate() {
        let (first, last) = outermost[index];
        let name = match label(index) {
            "" if node.is_top() => "root".to_string(),
            "" => format!("{} + {}", part(first), part(last)),
            label => label.to_string(),
        };
        // Lineages begin below a root without a name.
        let parent = node.parent.get();
        let above = parent.filter(|&parent| parent > 0 || top_is_named);
        // A length above the root belongs to no pair of taxa.
        let length = node.length.filter(|_| !node.is_top());
        let said = node.rank.or(labels[index].rank).unwrap_or(Rank::Unranked);
        let rank = if node.is_top() && label(0).is_empty() { Rank::Root } else { said };
        let branch = Branch { name: &name, id: labels[index].id.as_deref(), rank, length, line: 0 };
        tree.push_below(&mut source.list, parent, above, &branch);
    }
    let with = nodes.iter().filter(|node| node.length.is_some() && !node.is_top()).count();
    let leaves = nodes.iter().filter(|node| node.is_leaf()).count();
    source.notes.push(format!("{leaves} leaves, {} inner nodes, {with} branch lengths", nodes.len() - leaves));
}

/// The first and the last leaf below each node; a leaf is its own.
fn outermost(nodes: &[Node]) -> Vec<(Place, Place)> {
    let mut outermost = vec![(Place::NONE, Place::NONE); nodes.len()];
    for (index, node) in nodes.iter().enumerate().rev() {
        outermost[index] = match (node.first_child.get(), node.last_child.get()) {
            (Some(first), Some(last)) => (outermost[first].0, outermost[last].1),
            _ => (Place::at(index), Place::at(index)),
        };
    }
    outermost
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at.min(self.text.len())..]
    }

    fn place(&self, what: &str) -> String {
        let before = &self.text[..self.at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let near: String = self.rest().chars().take(24).collect();
        format!("line {line}, letter {column}: {what}, at '{near}'")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        if taken {
            self.at += 1;
        }
        taken
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Spaces and comments; the comments' text.
    fn comments(&mut self) -> String {
        let mut comments = String::new();
        loop {
            self.space();
            if self.peek() != Some(b'[') {
                return comments;
            }
            let end = self.rest().find(']').map_or(self.text.len(), |end| self.at + end);
            comments.push_str(&self.text[self.at + 1..end]);
            comments.push(':');
            self.at = (end + 1).min(self.text.len());
        }
    }

    /// The quote that a label begins with; a `"` that no mark of the grammar follows at its other end is a letter.
    fn quote(&self, stops: &[u8]) -> Option<char> {
        match self.peek()? {
            b'\'' => Some('\''),
            b'"' => {
                let mut rest = self.rest().get(1..)?;
                while let Some((_, behind)) = rest.split_once('"') {
                    let Some(behind) = behind.strip_prefix('"') else {
                        let next = behind.trim_start().bytes().next();
                        return next.is_none_or(|next| stops.contains(&next)).then_some('"');
                    };
                    rest = behind;
                }
                None
            }
            _ => None,
        }
    }

    /// A label: quoted, or up to the next mark of the grammar.
    fn label(&mut self, stops: &[u8]) -> String {
        if let Some(quote) = self.quote(stops) {
            self.at += 1;
            let mut label = String::new();
            loop {
                let end = self.rest().find(quote).map_or(self.text.len(), |end| self.at + end);
                label.push_str(&self.text[self.at..end]);
                self.at = (end + 1).min(self.text.len());
                // Two quotes inside are one.
                if !self.rest().starts_with(quote) {
                    return label;
                }
                self.at += 1;
                label.push(quote);
            }
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| !stops.contains(&byte)) {
            self.at += 1;
        }
        self.text[start..self.at].trim().to_string()
    }

    /// A word of a Nexus list.
    fn word(&mut self) -> String {
        self.space();
        self.label(b" \t\r\n,;")
    }

    fn tree(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes: Vec<Node> = vec![Node::below(Place::NONE)];
        let mut current = 0;
        self.comments();
        loop {
            self.comments();
            match self.peek() {
                Some(b'(') => {
                    self.at += 1;
                    current = add(&mut nodes, current)?;
                    continue;
                }
                None => return Err("the tree ends before its ';'".to_string()),
                _ => {}
            }
            nodes[current].label = self.label(b"():,;[");
            self.annotations(&mut nodes[current])?;
            loop {
                self.comments();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        let parent = nodes[current].parent.get().ok_or("a ',' outside all parentheses")?;
                        current = add(&mut nodes, parent)?;
                        break;
                    }
                    Some(b')') => {
                        self.at += 1;
                        current = nodes[current].parent.get().ok_or("a ')' too many")?;
                        self.comments();
                        nodes[current].label = self.label(b"():,;[");
                        self.annotations(&mut nodes[current])?;
                    }
                    Some(b';') => {
                        if current != 0 {
                            return Err("a ')' is missing".to_string());
                        }
                        self.at += 1;
                        return Ok(nodes);
                    }
                    None if current == 0 => return Ok(nodes),
                    None => return Err("the tree ends before its last ')'".to_string()),
                    Some(_) => return Err("neither ',' nor ')' nor ';' after a node".to_string()),
                }
            }
        }
    }

    /// `[comment]:length[comment]`.
    fn annotations(&mut self, node: &mut Node) -> Result<(), String> {
        let mut comments = self.comments();
        if self.take(b':') {
            comments += &self.comments();
            let number = self.label(b"(),;[");
            let length: f64 = number.parse().map_err(|_| format!("the branch length '{number}' is no number"))?;
            if !length.is_finite() {
                return Err(format!("the branch length '{number}' is not finite"));
            }
            node.length = Some(length);
            comments += &self.comments();
        }
        if comments.starts_with("&&NHX") {
            for field in comments.split(':') {
                match field.split_once('=') {
                    Some(("R" | "rank", rank)) => node.rank = Rank::parse(rank),
                    Some(("S" | "sci_name", name)) if node.label.is_empty() => node.label = name.to_string(),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Adds a child to a node.
fn add(nodes: &mut Vec<Node>, parent: usize) -> Result<usize, String> {
    let child = nodes.len();
    if child >= MOST_NODES {
        return Err(too_many());
    }
    nodes.push(Node::below(Place::at(parent)));
    let parent = &mut nodes[parent];
    parent.last_child = Place::at(child);
    if parent.first_child.is_none() {
        parent.first_child = Place::at(child);
    }
    Ok(child)
}
