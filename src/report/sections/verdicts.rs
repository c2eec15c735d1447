//! The numbers with and without the images that people judged to say nothing of the classifier.

use super::super::document::{Block, Table};
use super::super::text::{UNDEFINED, count, counted, decimal_of, percent_of};
use crate::scores::Scores;
use crate::scores::verdicts::{Judged, Verdict};

/// The section of a run; nothing where nobody judged.
pub(super) fn blocks(scores: &Scores, judged: Option<&Judged>, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let Some(judged) = judged else { return vec![] };
    let mut blocks = vec![heading("With and without the images judged wrong"), Block::Paragraph(said(judged))];
    if judged.right == 0 && judged.left_out > 0 {
        blocks.push(Block::Warning(
            "Only mistakes were judged. Leaving some of them out can only raise the shares: labels of images that came out \
             right may be as wrong. Judge a random sample of those as well before you publish the second column."
                .to_string(),
        ));
    }
    let mut table = Table::new(&[("", false), ("all", true), ("without the images judged wrong", true)]);
    let without = &judged.without;
    table.push(["images".to_string(), count(scores.accounting.scored), count(without.accounting.scored)]);
    for row in scores.ranks.iter().filter(|row| row.n > 0) {
        let other = without.rank(row.rank).map_or_else(|| UNDEFINED.to_string(), |row| percent_of(row, "path_top1"));
        table.push([format!("right to {}", row.rank), percent_of(row, "path_top1"), other]);
    }
    table.push(["mistakes".to_string(), count(scores.how_wrong.mistakes), count(without.how_wrong.mistakes)]);
    for (metric, words) in [("mean_height", "mean height"), ("severity", "severity")] {
        let value = |scores: &Scores| decimal_of(&scores.how_wrong, metric, 2);
        table.push([words.to_string(), value(scores), value(without)]);
    }
    blocks.push(Block::Table(table));
    blocks
}

/// What was judged, in a sentence.
fn said(judged: &Judged) -> String {
    let of = |verdict: Verdict| count(judged.counts.get(&verdict).copied().unwrap_or(0));
    let elsewhere = match judged.elsewhere {
        0 => String::new(),
        1 => " 1 more is on an image that is not here.".to_string(),
        more => format!(" {} more are on images that are not here.", count(more)),
    };
    format!(
        "{} judged: label wrong {}, model wrong {}, unusable {}, synonym {}, unsure {}. Without them: those whose label is wrong, \
         that are unusable, or whose truth and answer are one taxon under two names.{elsewhere}",
        counted(judged.images, "image", "images"),
        of(Verdict::LabelWrong),
        of(Verdict::ModelWrong),
        of(Verdict::Unusable),
        of(Verdict::Synonym),
        of(Verdict::Unsure),
    )
}
