//! Newick trees, with NHX and BEAST comments, alone or in a Nexus file.
//!
//! A label may stand in quotes; an underscore is a space, as everywhere here. Numbers on inner nodes are
//! support and no names. Inner nodes without a name are called after their first and last leaf.

use super::checklist::{OWN, Usage};
use super::{Format, ImportError, Source};
use crate::archive::Member;
use crate::rank::Rank;
use std::collections::HashMap;

/// A node of a tree; children after their parent.
#[derive(Debug, Default)]
struct Node {
    label: String,
    length: Option<f64>,
    parent: Option<usize>,
    children: Vec<usize>,
    rank: Option<Rank>,
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
fn push(source: &mut Source<'_>, tree: &[Node], names: &HashMap<String, String>) {
    let labels: Vec<String> = tree
        .iter()
        .map(|node| {
            let label = names.get(&node.label).unwrap_or(&node.label);
            let is_support = !node.children.is_empty() && label.parse::<f64>().is_ok();
            if is_support { String::new() } else { label.clone() }
        })
        .collect();
    let outermost = |start: usize, last: bool| {
        let mut node = start;
        while let Some(&child) = if last { tree[node].children.last() } else { tree[node].children.first() } {
            node = child;
        }
        labels[node].clone()
    };
    // Where one name stands twice, the lineage tells the nodes apart.
    let mut paths: Vec<String> = vec![];
    let mut taken = std::collections::HashSet::new();
    for (index, node) in tree.iter().enumerate() {
        let name = if labels[index].is_empty() {
            if node.parent.is_none() {
                "root".to_string()
            } else {
                format!("{} + {}", outermost(index, false), outermost(index, true))
            }
        } else {
            labels[index].clone()
        };
        let mut path = match node.parent {
            Some(parent) if parent > 0 || !labels[0].is_empty() => format!("{};{name}", paths[parent]),
            _ => name.clone(),
        };
        while !taken.insert(path.clone()) {
            path.push('\'');
        }
        let id = format!("{OWN}{path}");
        let parent = node.parent.map(|parent| format!("{OWN}{}", paths[parent])).unwrap_or_default();
        paths.push(path);
        // A length above the root belongs to no pair of taxa.
        let length = if node.parent.is_some() { node.length } else { None };
        let rank = match node.rank {
            _ if node.parent.is_none() && labels[0].is_empty() => Rank::Root,
            rank => rank.unwrap_or(Rank::Unranked),
        };
        source.list.push(&Usage { id: &id, parent: &parent, name: &name, rank, length, line: 0, ..Usage::default() });
    }
    let with = tree.iter().filter(|node| node.length.is_some() && node.parent.is_some()).count();
    let leaves = tree.iter().filter(|node| node.children.is_empty()).count();
    source.notes.push(format!("{leaves} leaves, {} inner nodes, {with} branch lengths", tree.len() - leaves));
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

    /// A label: quoted, or up to the next mark of the grammar.
    fn label(&mut self, stops: &[u8]) -> String {
        if self.take(b'\'') {
            let mut label = String::new();
            loop {
                let end = self.rest().find('\'').map_or(self.text.len(), |end| self.at + end);
                label.push_str(&self.text[self.at..end]);
                self.at = (end + 1).min(self.text.len());
                // Two quotes inside are one.
                if !self.take(b'\'') {
                    return label;
                }
                label.push('\'');
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
        let mut nodes: Vec<Node> = vec![Node::default()];
        let mut current = 0;
        self.comments();
        loop {
            self.comments();
            match self.peek() {
                Some(b'(') => {
                    self.at += 1;
                    let child = add(&mut nodes, current);
                    current = child;
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
                        let parent = nodes[current].parent.ok_or("a ',' outside all parentheses")?;
                        current = add(&mut nodes, parent);
                        break;
                    }
                    Some(b')') => {
                        self.at += 1;
                        current = nodes[current].parent.ok_or("a ')' too many")?;
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

fn add(nodes: &mut Vec<Node>, parent: usize) -> usize {
    let child = nodes.len();
    nodes.push(Node { parent: Some(parent), ..Node::default() });
    nodes[parent].children.push(child);
    child
}
