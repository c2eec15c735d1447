//! The numbers with and without a prior.

use super::super::document::{Block, Table};
use super::super::text::{UNDEFINED, count, decimal_of, percent_of, without_interval};
use crate::scores::Scores;
use crate::scores::metric::Row;
use crate::scores::prior::{BeforeAfter, ListRead, PriorScores};

/// The section of a run; nothing without a prior.
pub(super) fn blocks(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let Some(found) = &scores.prior else { return vec![] };
    let mut blocks = vec![heading("With and without what is known of place and season")];
    let prior = match found {
        Ok(prior) => prior,
        Err(reason) => {
            blocks.push(Block::Paragraph(nothing(reason)));
            return blocks;
        }
    };
    blocks.push(Block::Paragraph("The numbers in all other sections are those without the prior.".to_string()));
    blocks.push(Block::Table(lists(&prior.lists)));
    let mut sentences: Vec<String> = prior.lists.iter().flat_map(doubts).collect();
    sentences.extend(scope(prior));
    sentences.push(fates(prior));
    sentences.push(changes(prior));
    blocks.push(Block::List(sentences));
    blocks.push(Block::Table(before_and_after(prior)));
    let mut rows = prior.ranks.iter().chain([&prior.mean_height]).chain(&prior.rarities);
    blocks.extend(rows.find_map(|row| without_interval(&row.intervals, |_| true)).map(Block::Paragraph));
    blocks.push(Block::Paragraph(
        "Outside its list: of weight 0 in the group of the image. At the edge: among the tenth of the candidates that have least \
         weight there or, where all that is allowed weighs the same, allowed in at most a tenth of the groups, or in one. Within: \
         the others."
            .to_string(),
    ));
    blocks
}

/// What is said of a prior on a console.
#[must_use]
pub fn lines(scores: &Scores) -> Vec<String> {
    match &scores.prior {
        None => vec![],
        Some(Err(reason)) => vec![nothing(reason)],
        Some(Ok(prior)) => {
            let mut lines: Vec<String> = prior.lists.iter().flat_map(doubts).collect();
            lines.extend(scope(prior));
            lines.extend([fates(prior), changes(prior)]);
            lines
        }
    }
}

fn nothing(reason: &str) -> String {
    format!("Nothing could be weighted: {reason}.")
}

fn lists(lists: &[ListRead]) -> Table {
    let mut table = Table::new(&[
        ("list of taxa", false),
        ("what it holds", false),
        ("for each", false),
        ("groups of images", true),
        ("rows of the list", true),
        ("taxa", true),
        ("names unknown", true),
    ]);
    for list in lists {
        table.push([
            list.file.clone(),
            if list.kind == "prior" { "weights" } else { "what may be answered" }.to_string(),
            list.by.clone().unwrap_or_else(|| "(one list for all images)".to_string()),
            count(list.groups as u64),
            count(list.rows as u64),
            count(list.taxa as u64),
            count(list.unknown as u64),
        ]);
    }
    table
}

/// What of a list says nothing.
fn doubts(list: &ListRead) -> Vec<String> {
    let unknown = list.first_unknown.as_ref().map(|first| {
        let number = count(list.unknown as u64);
        format!("{}: names that are not one taxon of the taxonomy: {number}, '{first}' the first.", list.file)
    });
    let left_out =
        list.left_out.iter().map(|(what, rows)| format!("{}: rows left out, {what}: {}.", list.file, count(*rows as u64)));
    let elsewhere = list.first_unknown_group.as_ref().map(|group| {
        let (number, own) = (count(list.images_of_unknown_group as u64), list.first_group.as_deref().unwrap_or_default());
        format!(
            "{}: images of groups that it does not have: {number}, '{group}' the first; '{own}' is the first that it has.",
            list.file
        )
    });
    unknown.into_iter().chain(left_out).chain(elsewhere).collect()
}

/// That not all candidates were weighted.
fn scope(prior: &PriorScores) -> Option<String> {
    let reason = prior.why_listed.as_ref()?;
    Some(format!(
        "The listed answers alone were weighted, and made to add up to 1, for there are no whole distributions: {reason}."
    ))
}

fn fates(prior: &PriorScores) -> String {
    let images = prior.images;
    format!(
        "Weighted: {} of {} images. As they were: {} of which no candidate has both a weight and a probability, {} of no known group, {} \
         of a group that no list has. Without an answer: {}.",
        count(images.weighted),
        count(prior.n),
        count(images.all_forbidden),
        count(images.without_group),
        count(images.unknown_group),
        count(images.unanswered)
    )
}

fn changes(prior: &PriorScores) -> String {
    format!(
        "Best answers that change: {}. Images whose error is less high: {}; higher: {}.",
        count(prior.changed),
        count(prior.better),
        count(prior.worse)
    )
}

fn before_and_after(prior: &PriorScores) -> Table {
    let mut table = Table::new(&[
        ("", false),
        ("images", true),
        ("without the prior", true),
        ("with the prior", true),
        ("difference (95 % interval)", true),
        ("p", true),
        ("adjusted", true),
        ("ece without", true),
        ("ece with", true),
    ]);
    let mut push = |name: String, row: &BeforeAfter, is_share: bool| {
        let value = |metric: &str| if is_share { percent_of(row, metric) } else { decimal_of(row, metric, 2) };
        let p = |metric: &str| match row.within(metric).0 {
            Some(_) if row.n == 0 => UNDEFINED.to_string(),
            Some(value) if value < 1e-4 => "< 0.0001".to_string(),
            Some(value) => format!("{value:.4}"),
            None => UNDEFINED.to_string(),
        };
        let calibration = |metric: &str| decimal_of(row, metric, 3);
        table.push([
            name,
            count(row.n),
            value("before"),
            value("after"),
            decimal_of(row, "difference", 3),
            p("p"),
            p("adjusted"),
            calibration("ece_before"),
            calibration("ece_after"),
        ]);
    };
    for row in &prior.ranks {
        push(format!("right to {}", row.name), row, true);
    }
    push("mean height".to_string(), &prior.mean_height, false);
    for row in &prior.rarities {
        let name = match row.name {
            "outside" => "right where the truth is outside its list",
            "edge" => "right where the truth is at the edge of its list",
            _ => "right where the truth is within its list",
        };
        push(name.to_string(), row, true);
    }
    table
}
