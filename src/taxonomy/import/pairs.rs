//! Lists of two ids a line: NABirds writes `child parent`, making-better-mistakes `parent child`.

use super::checklist::Usage;
use super::{Format, ImportError, Source};
use crate::archive::Member;
use crate::rank::Rank;
use std::collections::{HashMap, HashSet};

/// Whether lines are two words without capitals and small letters in them, as ids are.
pub(super) fn is_pairs(begin: &str) -> bool {
    let lines: Vec<&str> = begin.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
    let words = |line: &str| line.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty()).count();
    let is_name = |line: &str| crate::name::parse(line).is_some_and(|parsed| parsed.rank >= Rank::Species);
    let pairs = lines.iter().filter(|line| words(line) == 2).count();
    let names = lines.iter().filter(|line| is_name(line)).count();
    !lines.is_empty() && pairs * 10 >= lines.len() * 9 && names * 2 < lines.len()
}

/// Reads the pairs. A child has one parent and a parent several children: the column whose values
/// do not repeat is the children's.
pub(super) fn pour(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let mut pairs: Vec<(&str, &str, u64)> = vec![];
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty()).collect();
        let [left, right] = words[..] else {
            let what = format!("line {}: {} words where two ids were expected", index + 1, words.len());
            return Err(ImportError::Content { file: member.name.clone(), what });
        };
        pairs.push((left, right, index as u64 + 1));
    }
    let lefts: HashSet<&str> = pairs.iter().map(|pair| pair.0).collect();
    let rights: HashSet<&str> = pairs.iter().map(|pair| pair.1).collect();
    let (repeats_left, repeats_right) = (pairs.len() - lefts.len(), pairs.len() - rights.len());
    if repeats_left == repeats_right {
        let what = format!(
            "pairs of ids in which {repeats_left} repeat on either side, so that neither side can be told to be the children; \
             give a header 'id,parent'"
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
