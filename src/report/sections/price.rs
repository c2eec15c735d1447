//! What is acceptable, what it costs, and whether the lines are reached.

use super::super::document::{Block, Table};
use super::super::options::ReportOptions;
use super::super::text::{
    count, decimal, decimal_of, decimal_within, percent, percent_of, percent_with_interval, without_interval,
};
use crate::scores::Scores;
use crate::scores::gate::{Gate, GateOutcome, Verdict};
use crate::scores::how_wrong::HowWrong;
use crate::scores::metric::{self, Measure, Metric, Row};
use crate::taxonomy::rank::Rank;

/// The gates of all runs.
pub(super) fn gates(options: &ReportOptions<'_>) -> Vec<Block> {
    if options.gates.is_empty() {
        return vec![];
    }
    let mut table = Table::new(&[("gate", false), ("run", false), ("value", true), ("interval", true), ("outcome", false)]);
    for Verdict { run, gate: Gate { metric, operator, line }, value, low, high, outcome, .. } in options.gates {
        let interval = match (low, high) {
            (Some(_), Some(_)) => format!("{} to {}", decimal(*low, 3), decimal(*high, 3)),
            _ => String::new(),
        };
        let word = match outcome {
            GateOutcome::Pass => "pass",
            GateOutcome::PassCrossing => "pass, but the interval crosses the line",
            GateOutcome::PassWithoutInterval => "pass, but there is no interval to say how surely",
            GateOutcome::Fail if value.is_none() => "FAIL: undefined",
            GateOutcome::Fail => "FAIL",
        };
        table.push([format!("{metric} {} {line}", operator.sign()), run.clone(), decimal(*value, 3), interval, word.to_string()]);
    }
    vec![Block::Heading(2, "Gates".to_string()), Block::Table(table)]
}

/// The measures of lineages and bits, and longer lists of answers; folded away.
pub(super) fn more_measures(how: &HowWrong) -> Vec<Block> {
    let more = metric::more_of_how_wrong();
    let defined: Vec<_> = more.iter().filter(|measure| measure.number(how).is_some()).copied().collect();
    let mut blocks = vec![Block::Table(values(how, &defined))];
    let listed = |name: &str| more.iter().any(|measure| measure.metric.name == name);
    blocks.extend(without_interval(&how.intervals, listed).map(Block::Paragraph));
    if !how.best_of.is_empty() {
        let mut lists = Table::new(&[
            ("first k answers", true),
            ("a right one among them", true),
            ("mean height", true),
            ("height of the best", true),
            ("mean height where the first is wrong", true),
        ]);
        for row in &how.best_of {
            let [mean, best, mistakes] =
                ["mean_height", "best_height", "mistakes_mean_height"].map(|metric| decimal_of(row, metric, 2));
            lists.push([row.k.to_string(), percent_of(row, "accuracy"), mean, best, mistakes]);
        }
        blocks.push(Block::Table(lists));
        blocks.extend(how.best_of.iter().find_map(|row| without_interval(&row.intervals, |_| true)).map(Block::Paragraph));
    }
    vec![Block::Details("More measures of the same mistakes".to_string(), blocks)]
}

/// Metrics with their values in a row, what they say and which way is better.
pub(super) fn values<R: Row>(row: &R, measures: &[Measure<R>]) -> Table {
    let mut table = Table::new(&[("metric", false), ("value (95 % interval)", true), ("better", false), ("meaning", false)]);
    for measure in measures {
        let Metric { name, direction, sentence, .. } = measure.metric;
        let value = decimal_within(measure.number(row), measure.interval(row), 3);
        table.push([name.to_string(), value, direction.word().to_string(), sentence.to_string()]);
    }
    table
}

/// The scores of groups of images, a table for each way of sorting them.
pub(super) fn groups(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let mut blocks = vec![];
    for rows in scores.groups.chunk_by(|a, b| a.by == b.by) {
        let shown = |rank: &Rank| rows.iter().any(|row| row.path_top1.get(rank).is_some_and(Option::is_some));
        let ranks: Vec<Rank> = Rank::MAIN.into_iter().filter(shown).rev().take(3).collect();
        let by = rows.first().map_or("", |row| row.by.as_str());
        let mut table = Table::new(&[(by, false), ("images", true), ("right (95 % interval)", true)]);
        for rank in &ranks {
            table.head.push(format!("right to {rank}"));
        }
        table.head.extend(["mean height", "severity"].map(str::to_string));
        table.numeric.resize(table.head.len(), true);
        for row in rows {
            let group = if row.group.is_empty() { "(blank)".to_string() } else { row.group.clone() };
            let mut cells = vec![group, count(row.n), percent_of(row, "right")];
            cells.extend(ranks.iter().map(|rank| {
                let [value, low, high] =
                    [&row.path_top1, &row.path_top1_low, &row.path_top1_high].map(|of| of.get(rank).copied().flatten());
                percent_with_interval(value, low, high)
            }));
            cells.extend(["mean_height", "severity"].map(|metric| decimal_of(row, metric, 2)));
            table.rows.push(cells);
        }
        blocks.extend([heading(&format!("By {by}")), Block::Table(table)]);
    }
    blocks
}

/// Why images did not come out right.
pub(super) fn causes(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let causes = &scores.causes;
    let rows = [
        ("one taxon was taken for another", causes.confusion),
        ("truth and answer have one epithet in two genera: probably the name", causes.probably_the_name),
        ("the answer stops above the truth", causes.stopped_above),
        ("the truth was given under a synonym, the answer may only be named otherwise", causes.synonym),
        ("the answer is not in the taxonomy", causes.answer_outside_taxonomy),
        ("no answer was given", causes.no_answer),
        ("the truth's label vector is zero or not finite: it could not win", causes.unusable_label),
        ("the truth was not among the candidates", causes.not_a_candidate),
        ("the truth is not in the taxonomy", causes.outside_taxonomy),
        ("nobody said what the image shows", causes.without_truth),
        ("the photograph could not be read", causes.unreadable),
        ("the image shows no taxon, and is scored as detection", causes.not_a_taxon),
    ];
    if rows.iter().filter(|(_, images)| *images > 0).count() < 2 {
        return vec![];
    }
    let mut table = Table::new(&[("why not right", false), ("images", true), ("share of all images", true)]);
    for (why, images) in rows.into_iter().filter(|(_, images)| *images > 0) {
        table.push([why.to_string(), count(images), percent(crate::numbers::statistics::share(images, causes.images))]);
    }
    vec![heading("Why images did not come out right"), Block::Table(table)]
}

/// Green, yellow and red images, and the costs where there is a matrix.
pub(super) fn acceptable(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let mut blocks = vec![];
    if let Some(flags) = &scores.flags {
        let mut table = Table::new(&[("images", false), ("count", true), ("share (95 % interval)", true)]);
        let yellow = format!("yellow: acceptable, meets the truth at the {} or below, or a listed look-alike", flags.yellow_from);
        for (name, images, share) in [
            ("green: right".to_string(), flags.green, "green_share"),
            (yellow, flags.yellow, "yellow_share"),
            ("red: unacceptable".to_string(), flags.red, "red_share"),
        ] {
            table.push([name, count(images), percent_of(flags, share)]);
        }
        blocks.extend([heading("What is acceptable"), Block::Table(table)]);
    }
    if let Some(costs) = &scores.costs {
        let mut table =
            Table::new(&[("truth", false), ("taken for", false), ("cost of one", true), ("images", true), ("cost", true)]);
        for entry in &costs.entries {
            let cost = entry.cost * crate::numbers::statistics::to_f64(entry.images);
            table.push([
                entry.truth.clone(),
                entry.answer.clone(),
                entry.cost.to_string(),
                count(entry.images),
                decimal(Some(cost), 1),
            ]);
        }
        let other = costs.other_cost * crate::numbers::statistics::to_f64(costs.other);
        let any = "any other mistake".to_string();
        table.push([any, String::new(), costs.other_cost.to_string(), count(costs.other), decimal(Some(other), 1)]);
        let sum = format!(
            "An image costs {} on average, all {} cost {}.",
            decimal_of(costs, "mean", 3),
            count(costs.n),
            decimal(Some(costs.total), 1)
        );
        blocks.extend([heading("What the mistakes cost"), Block::Paragraph(sum), Block::Table(table)]);
    }
    blocks
}
