//! Lists of two ids a line: NABirds writes `child parent`, making-better-mistakes `parent child`.

use super::error::ImportError;
use super::format::Format;
use super::source::Source;
use super::usage::Usage;
use crate::files::archive::Member;
use crate::taxonomy::rank::Rank;
use std::collections::{HashMap, HashSet};

/// The two ids of a line: between a comma, semicolon or tab where the lines have one, else between spaces.
fn cells(line: &str, delimiter: Option<char>) -> Vec<&str> {
    match delimiter {
        Some(delimiter) => line.split(delimiter).map(|cell| unquoted(cell.trim())).collect(),
        None => line.split_whitespace().collect(),
    }
}

fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
}

fn delimiter(lines: &[&str]) -> Option<char> {
    let often = |delimiter: char| lines.iter().filter(|line| line.matches(delimiter).count() == 1).count();
    ['\t', ';', ','].into_iter().find(|&delimiter| often(delimiter) * 10 >= lines.len() * 9)
}

fn rows(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let is_row = |(_, line): &(u64, &str)| !line.trim().is_empty() && !line.starts_with('#');
    text.lines().enumerate().map(|(index, line)| (index as u64 + 1, line)).filter(is_row)
}

/// Whether lines are two ids each, and no names: those would be binomials, or a binomial with what people call it.
pub(super) fn is_pairs(begin: &str) -> bool {
    let lines: Vec<&str> = rows(begin).map(|(_, line)| line).take(50).collect();
    let delimiter = delimiter(&lines);
    let is_name = |line: &str| {
        line.starts_with(|first: char| first.is_uppercase() || first == '×')
            && crate::taxonomy::name::parse(line).is_some_and(|parsed| parsed.rank >= Rank::Species)
    };
    let is_pair = |line: &&&str| {
        let cells = cells(line, delimiter);
        cells.len() == 2 && cells.iter().all(|cell| !cell.is_empty())
    };
    let pairs = lines.iter().filter(is_pair).count();
    let names = lines.iter().filter(|line| delimiter.is_none() && is_name(line)).count();
    let met: Vec<Vec<&str>> = lines.iter().map(|line| cells(line, delimiter)).filter(|cells| cells.len() == 2).collect();
    let distinct: HashSet<&str> = met.iter().flatten().copied().collect();
    // Every tree has fewer ids than its pairs have ends: a parent is named by its children, and by itself as one.
    // No taxon lies below itself: `vulpes vulpes` is a name.
    let is_tree = (met.len() < 2 || distinct.len() < 2 * met.len()) && met.iter().all(|pair| pair[0] != pair[1]);
    !lines.is_empty() && pairs * 10 >= lines.len() * 9 && names * 2 < lines.len() && is_tree
}

/// Reads the pairs. A child has one parent and a parent several children: the column whose values
/// do not repeat is the children's.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let delimiter = delimiter(&rows(&text).map(|(_, line)| line).take(50).collect::<Vec<_>>());
    source.mends = false;
    let mut pairs: Vec<(&str, &str, u64)> = vec![];
    for (number, line) in rows(&text) {
        let [left, right] = cells(line, delimiter)[..] else {
            let what = format!("line {number}: {} cells where two ids were expected", cells(line, delimiter).len());
            return Err(ImportError::Content { file: member.name.clone(), what });
        };
        pairs.push((left, right, number));
    }
    let lefts: HashSet<&str> = pairs.iter().map(|pair| pair.0).collect();
    let rights: HashSet<&str> = pairs.iter().map(|pair| pair.1).collect();
    let (repeats_left, repeats_right) = (pairs.len() - lefts.len(), pairs.len() - rights.len());
    if repeats_left == repeats_right {
        let what = format!(
            "pairs of ids in which {repeats_left} repeat on either side, so that neither side can be told to be the children; \
             give them the header 'parent,child' or 'child,parent'"
        );
        return Err(ImportError::Content { file: member.name.clone(), what });
    }
    let child_first = repeats_left < repeats_right;
    let order = if child_first { "child parent" } else { "parent child" };
    source.notes.push(format!(
        "read as '{order}': the ids on the {} repeat less ({} against {})",
        if child_first { "left" } else { "right" },
        repeats_left.min(repeats_right),
        repeats_left.max(repeats_right)
    ));
    let names = class_names(source, member)?;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let mut children = HashSet::new();
    let mut order: Vec<(&str, &str, u64)> = vec![];
    for &(left, right, line) in &pairs {
        let (child, parent) = if child_first { (left, right) } else { (right, left) };
        children.insert(child);
        order.push((child, parent, line));
    }
    let mut tops = HashSet::new();
    for &(_, parent, line) in &order {
        if !children.contains(parent) && tops.insert(parent) {
            source.list.push(&Usage { id: parent, name: &name(parent), rank: Rank::Unranked, line, ..Usage::default() });
            source.list.rows -= 1;
            source.list.made += 1;
        }
    }
    for (child, parent, line) in order {
        source.list.push(&Usage { id: child, parent, name: &name(child), rank: Rank::Unranked, line, ..Usage::default() });
    }
    Ok(Format::Pairs)
}

/// `classes.txt` beside `hierarchy.txt`: an id and a name a line.
fn class_names(source: &mut Source<'_>, member: &Member) -> Result<HashMap<String, String>, ImportError> {
    let beside = source.beside(member, "hierarchy", "classes");
    let Some((archive, classes)) = beside else {
        source.notes.push("no file of class names beside it: ids stand for names".to_string());
        return Ok(HashMap::new());
    };
    let text = super::rows::text(&archive, &classes, source.encoding)?;
    let pair = |line: &str| line.trim().split_once(' ').map(|(id, name)| (id.to_string(), name.trim().to_string()));
    source.files.push(classes.name);
    Ok(text.lines().filter_map(pair).collect())
}
