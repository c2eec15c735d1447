//! Decision rules side by side, and whether they differ from the lineage of the best label.

use super::super::document::{Block, Table};
use super::super::text::{UNDEFINED, count, decimal_of, percent_of, percent_within, without_interval};
use crate::numbers::statistics::Interval;
use crate::scores::decisions::{Decisions, Rule};
use crate::scores::differences::{ALPHA, Compared, Difference};
use crate::scores::metric::Row;
use crate::scores::roll_up::RollUp;
use crate::taxonomy::rank::Rank;

pub(super) fn blocks(decisions: &Decisions) -> Vec<Block> {
    let name = |rule: Rule| match rule {
        Rule::BackOff => format!("back_off at {}", decisions.back_off_threshold),
        Rule::RollUp => decisions.rolled_up_as.map_or_else(|| "roll_up".to_string(), |roll_up| format!("roll_up as {roll_up}")),
        other => other.name().to_string(),
    };
    let meaning = |rule: Rule| match rule {
        Rule::Path => "the lineage of the best label",
        Rule::Summed => "at each rank the taxon of most summed probability; errors at the finest",
        Rule::TopDown => "from the root the best child each time",
        Rule::ExpectedHeight => "the label of least expected height",
        Rule::BackOff => "the most informative taxon that is probable enough",
        Rule::RollUp => match decisions.rolled_up_as {
            Some(RollUp::Antenna { .. }) => {
                "of species, genus and family the first whose taxon of most summed probability reaches its threshold; else the best label"
            }
            _ => {
                "the best of five labels above 0.8, rolled up where it may not be answered; else the first taxon from the genus up that \
                 has more than 0.65 of their probability"
            }
        },
    };
    let has_images = |rank: &Rank| decisions.path.accuracy.get(rank).is_some_and(Option::is_some);
    let shown: Vec<Rank> = Rank::MAIN.into_iter().filter(has_images).rev().take(3).collect();
    let mut table = Table::new(&[
        ("rule", false),
        ("wrong", true),
        ("severity", true),
        ("mean height", true),
        ("wrong as far as it goes", true),
    ]);
    table.head.extend(shown.iter().map(|rank| format!("right to {rank}")));
    table.head.push("information found".to_string());
    table.numeric.resize(table.head.len(), true);
    for (rule, decision) in decisions.rules() {
        let how = &decision.how_wrong;
        let (correct, interval) = how.within("correct");
        let mut row = vec![
            name(rule),
            count(how.mistakes),
            decimal_of(how, "severity", 2),
            decimal_of(how, "mean_height", 2),
            percent_within(correct.map(|correct| 1.0 - correct), interval.map(Interval::complement)),
        ];
        row.extend(
            shown.iter().map(|rank| percent_within(decision.accuracy.get(rank).copied().flatten(), decision.interval(*rank))),
        );
        row.push(percent_of(how, "info_hr"));
        table.rows.push(row);
    }
    let meanings = decisions.rules().into_iter().map(|(rule, _)| format!("{}: {}.", name(rule), meaning(rule))).collect();
    let mut blocks = vec![Block::Table(table), Block::List(meanings)];
    let first = &decisions.path.how_wrong.intervals;
    blocks.extend(without_interval(first, |metric| matches!(metric, "severity" | "mean_height")).map(Block::Paragraph));
    blocks.extend(differences(&decisions.differences, decisions.roll_up.is_some()));
    blocks
}

fn differences(differences: &[Difference], rolled_up: bool) -> Vec<Block> {
    if differences.is_empty() {
        return vec![];
    }
    let mut table = Table::new(&[
        ("rule minus path", false),
        ("of", false),
        ("images", true),
        ("difference (95 % interval)", true),
        ("p", true),
        ("adjusted", true),
        ("test", false),
    ]);
    for row in differences {
        let of = match (row.compared, row.rank) {
            (Compared::Accuracy, Some(rank)) => format!("right to {rank}"),
            (Compared::Accuracy, None) => "right".to_string(),
            (Compared::MeanHeight, _) => "mean height".to_string(),
        };
        let p = |name: &str| match row.within(name).0 {
            Some(value) if value < 1e-4 => "< 0.0001".to_string(),
            Some(value) => format!("{value:.4}"),
            None => UNDEFINED.to_string(),
        };
        table.push([
            row.rule.name().to_string(),
            of,
            count(row.n),
            decimal_of(row, "difference", 3),
            p("p"),
            p("adjusted"),
            row.significance.method.name().to_string(),
        ]);
    }
    let reasons = differences.iter().filter_map(|row| {
        let reason = row.intervals.reason("difference")?;
        Some(format!("Without an interval: {} ({}): {reason}.", row.rule.name(), row.compared.name()))
    });
    let reasons: Vec<String> = reasons.collect();
    let mut blocks = vec![Block::Paragraph(sentence(differences, rolled_up)), Block::Table(table)];
    if !reasons.is_empty() {
        // Each a sentence of its own, for a page to translate.
        blocks.push(Block::List(reasons));
    }
    blocks
}

/// Which rules differ from `path` by more than chance.
fn sentence(differences: &[Difference], rolled_up: bool) -> String {
    let found: Vec<String> = differences
        .iter()
        .filter(|row| row.is_significant())
        .map(|row| {
            let more = row.difference.is_some_and(|difference| difference > 0.0);
            let word = match (row.compared, more) {
                (Compared::Accuracy, true) => "is right more often",
                (Compared::Accuracy, false) => "is right less often",
                (Compared::MeanHeight, true) => "errs higher up",
                (Compared::MeanHeight, false) => "errs less far up",
            };
            format!("{} {word}", row.rule.name())
        })
        .collect();
    let number = if rolled_up { "five" } else { "four" };
    let test = format!("sign-flip randomisation of the paired differences, p adjusted by Holm over the {number} rules");
    if found.is_empty() {
        format!("No rule differs from path by more than chance ({test}, at {ALPHA}).")
    } else {
        format!("By more than chance ({test}, at {ALPHA}), compared with path: {}.", found.join("; "))
    }
}
