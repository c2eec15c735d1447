//! Mistakes that are probably one organism under two names.

use super::super::document::{Block, Table};
use super::super::text::{count, counted, percent};
use crate::scores::Scores;

/// Pairs of the table; the CSV file has all.
const LISTED: usize = 10;

pub(super) fn blocks(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let same = &scores.probably_the_name;
    if same.n == 0 {
        return vec![];
    }
    let mut table = Table::new(&[("truth", false), ("answer", false), ("images", true)]);
    for pair in same.pairs.iter().take(LISTED) {
        table.push([pair.truth.clone(), pair.predicted.clone(), count(pair.n)]);
    }
    let mistakes = counted(same.n, "mistake has", "mistakes have");
    let sentence = format!(
        "{mistakes} one epithet in two genera, {} of all mistakes. Pairs that come again are mostly one organism under two names; a \
         pair that is met once may share no more than a word. All of them count as wrong{}. A taxonomy whose synonyms have both names \
         settles them (--taxonomy).",
        percent(same.share_of_mistakes),
        if_right(scores)
    );
    let mut blocks = vec![heading("Probably the name"), Block::Paragraph(sentence), Block::Table(table)];
    if same.pairs.len() > LISTED {
        let all = count(same.pairs.len() as u64);
        blocks.push(Block::Paragraph(format!("probably_the_name.csv has all {all} pairs, the most frequent first.")));
    }
    blocks
}

/// What the accuracy would be at the ranks at which it changes, the finest first.
fn if_right(scores: &Scores) -> String {
    let changed = scores.probably_the_name.right_if_same.iter().rev().filter_map(|(rank, same)| {
        let now = scores.rank(*rank)?.path_top1;
        (*same > now).then(|| format!("{} to {rank} (now {})", percent(*same), percent(now)))
    });
    let changed: Vec<String> = changed.collect();
    if changed.is_empty() { String::new() } else { format!("; were they right, right would be {}", changed.join(", ")) }
}
