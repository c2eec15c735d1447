//! Rolling up of listed labels, beside the best of them.

use super::super::document::{Block, Table};
use super::super::text::{UNDEFINED, count, decimal_of, percent_within};
use crate::numbers::statistics::Interval;
use crate::scores::Scores;
use crate::scores::how_wrong::HowWrong;
use crate::scores::metric::Row;
use crate::scores::rolled_up::RolledUp;

/// What rolling up buys and costs; nothing where it is not asked for, or where it stands among the other rules.
pub(super) fn blocks(scores: &Scores) -> Vec<Block> {
    let Some(rolled) = &scores.rolled_up else { return vec![] };
    let mut table = Table::new(&[
        ("rule", false),
        ("wrong", true),
        ("severity", true),
        ("mean height", true),
        ("wrong as far as it goes", true),
    ]);
    let mut push = |name: String, how: &HowWrong| {
        let (correct, interval) = how.within("correct");
        table.push([
            name,
            count(how.mistakes),
            decimal_of(how, "severity", 2),
            decimal_of(how, "mean_height", 2),
            percent_within(correct.map(|correct| 1.0 - correct), interval.map(Interval::complement)),
        ]);
    };
    push("path".to_string(), &scores.how_wrong);
    push(format!("roll_up as {}", rolled.rule), &rolled.decision.how_wrong);
    vec![Block::Table(table), Block::Table(differences(rolled))]
}

fn differences(rolled: &RolledUp) -> Table {
    let mut table = Table::new(&[
        ("rule minus path", false),
        ("of", false),
        ("images", true),
        ("difference (95 % interval)", true),
        ("p", true),
        ("test", false),
    ]);
    for row in &rolled.differences {
        let of = row.rank.map_or_else(|| "mean height".to_string(), |rank| format!("right to {rank}"));
        let p = match row.within("p").0 {
            Some(value) if value < 1e-4 => "< 0.0001".to_string(),
            Some(value) => format!("{value:.4}"),
            None => UNDEFINED.to_string(),
        };
        let test = row.significance.method.name().to_string();
        table.push([row.rule.name().to_string(), of, count(row.n), decimal_of(row, "difference", 3), p, test]);
    }
    table
}
