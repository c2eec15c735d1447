//! Trees written by indentation: Catalogue of Life's txtree, and lists with dashes.

use super::checklist::OWN;
use super::error::ImportError;
use super::finding::FindingKind;
use super::format::Format;
use super::source::Source;
use super::usage::Usage;
use super::{rank_words, tabular};
use crate::files::archive::Member;
use crate::taxonomy::identity;
use crate::taxonomy::rank::Rank;

/// Whether lines end in a rank in brackets: `Tenebrionidae [family]`.
pub(super) fn is_txtree(begin: &str) -> bool {
    let lines: Vec<&str> = begin.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let ranked = lines.iter().filter(|line| split_rank(line.trim()).is_some()).count();
    lines.len() > 1 && ranked * 10 >= lines.len() * 8
}

/// Whether the depth is told by dashes: `-- Procellariiformes`.
pub(super) fn is_dashes(begin: &str) -> bool {
    let lines: Vec<&str> = begin.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    lines.len() > 1 && lines[1..].iter().all(|line| line.starts_with('-') && line.trim_start_matches('-').starts_with(' '))
}

fn split_rank(text: &str) -> Option<(&str, &str)> {
    let text = text.split(" {").next().unwrap_or(text).trim_end();
    let text = text.split(" #").next().unwrap_or(text).trim_end();
    let (name, rank) = text.strip_suffix(']')?.rsplit_once('[')?;
    Some((name.trim(), rank.trim()))
}

/// Reads a txtree: two spaces a step, `=` before synonyms, `†` before the extinct, `[rank]` behind.
pub(super) fn pour_txtree(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    // The taxon that is open at each depth.
    let mut open: Vec<String> = vec![];
    let list = &mut source.list;
    for (index, line) in text.lines().enumerate() {
        let number = index as u64 + 1;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if spaces % 2 == 1 || line.starts_with('\t') {
            let what = format!("line {number}: indented by {spaces} spaces; two spaces make a step");
            return Err(ImportError::Content { file: member.name.clone(), what });
        }
        let depth = spaces / 2;
        if depth > open.len() {
            let what = format!("line {number}: '{}' lies {} steps below the line above it", line.trim(), depth - open.len() + 1);
            return Err(ImportError::Content { file: member.name.clone(), what });
        }
        let (name, word) = split_rank(line.trim()).unwrap_or((line.trim(), ""));
        let synonym = name.starts_with(['=', '≡']);
        let name = name.trim_start_matches(['=', '≡', '†', '*', '?', ' ']);
        let rank = rank_words::known_rank(word).unwrap_or_else(|| {
            let usage = Usage { name, line: number, ..Usage::default() };
            list.find(FindingKind::UnknownRank, &usage, word, String::new());
            Rank::Unranked
        });
        let bare = tabular::without_author(name, "", rank);
        let author = name.strip_prefix(bare.as_str()).unwrap_or_default().trim();
        let above = depth.checked_sub(1).map(|above| open[above].clone()).unwrap_or_default();
        if synonym {
            // Two synonyms may be spelt alike and differ in their author.
            let id = format!("{OWN}={number}");
            list.push(&Usage { id: &id, accepted: &above, name: &bare, author, rank, line: number, ..Usage::default() });
            open.truncate(depth);
            open.push(above);
        } else {
            let id = format!("{OWN}{}", identity::below(above.trim_start_matches(OWN), &bare));
            let id = if list.entry_of_id(&id).is_some() { format!("{id} (line {number})") } else { id };
            list.push(&Usage { id: &id, parent: &above, name: &bare, author, rank, line: number, ..Usage::default() });
            open.truncate(depth);
            open.push(id);
        }
    }
    Ok(Format::TextTree)
}

/// Reads a list in which two dashes make a step.
pub(super) fn pour_dashes(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let mut open: Vec<(usize, String)> = vec![];
    let list = &mut source.list;
    for (index, line) in text.lines().enumerate() {
        let number = index as u64 + 1;
        if line.trim().is_empty() {
            continue;
        }
        let depth = line.len() - line.trim_start_matches('-').len();
        let name = line.trim_start_matches('-').trim();
        while open.last().is_some_and(|(above, _)| *above >= depth) {
            open.pop();
        }
        let above = open.last().map(|(_, id)| id.clone()).unwrap_or_default();
        let id = format!("{OWN}{}", identity::below(above.trim_start_matches(OWN), name));
        list.push(&Usage { id: &id, parent: &above, name, line: number, ..Usage::default() });
        open.push((depth, id));
    }
    source.notes.push("no ranks in it: heights are counted in edges".to_string());
    Ok(Format::DashTree)
}
