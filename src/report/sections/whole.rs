//! The blocks that take whole distributions.

use super::super::document::{Block, Table};
use super::super::text::{count, counted, decimal_of, percent, percent_of, percent_within, without_interval};
use super::price::values;
use super::{rolled_up, rules};
use crate::scores::Scores;
use crate::scores::calibration::RankCalibration;
use crate::scores::metric::{SELECTIVE, Value};
use crate::scores::selective::Selective;
use crate::scores::targets::Target;
use crate::scores::temperature::Temperature;
use crate::scores::whole::Whole;
use crate::taxonomy::rank::Rank;

/// Decision rules, calibration and stopping; or why there are none.
pub(super) fn blocks(
    scores: &Scores,
    heading: &dyn Fn(&str) -> Block,
    rules: Option<Block>,
    reliability: Option<Block>,
    operating: Option<Block>,
) -> Vec<Block> {
    let whole = match &scores.whole {
        Ok(whole) => whole,
        Err(reason) => {
            let text = format!("No decision rules side by side, no calibration per rank and no operating curve: {reason}.");
            let mut blocks = vec![heading("Probabilities"), Block::Paragraph(text)];
            blocks.extend(rolled_up::blocks(scores));
            return blocks;
        }
    };
    let of = |text: &str, n: usize| heading(&format!("{text} ({})", counted(n as u64, "image", "images")));
    let mut blocks = vec![of("Decision rules side by side", whole.decisions.n)];
    blocks.extend(rules::blocks(&whole.decisions));
    blocks.extend(rules);
    blocks.push(of("Whether the probabilities mean what they say", whole.calibration.n));
    blocks.extend(calibration(whole));
    blocks.extend(reliability);
    if let Some(selective) = &whole.selective {
        blocks.push(of("Knowing when to stop", selective.n));
        blocks.extend(stopping(selective));
        blocks.extend(operating);
    }
    blocks
}

fn calibration(whole: &Whole) -> Vec<Block> {
    let calibration = &whole.calibration;
    let text = format!(
        "Summed probabilities over {} candidates; with other candidates they would be others. Where the mean probability is above \
         the share right, the classifier is too sure. An image without an answer has probability 0.",
        count(calibration.candidates as u64)
    );
    let mut blocks = vec![Block::Paragraph(text), Block::Table(calibration_table(&calibration.ranks))];
    blocks.extend(why_fewer(&calibration.ranks).map(Block::Paragraph));
    if let Some(finest) = calibration.ranks.last() {
        blocks.extend(without_interval(&finest.intervals, |_| true).map(Block::Paragraph));
    }
    match &calibration.temperature {
        Some(temperature) => blocks.extend(tempered(temperature)),
        None => blocks.extend(calibration.note.clone().map(|note| Block::Paragraph(format!("{note}.")))),
    }
    blocks
}

/// What a temperature does to images that it was not fitted on.
fn tempered(temperature: &Temperature) -> [Block; 3] {
    let sentence = format!(
        "A temperature of {:.3}, fitted on {} ({}) and tried on the {} others:",
        temperature.temperature,
        temperature.chosen,
        counted(temperature.fitted_on as u64, "image", "images"),
        count(temperature.tried_on as u64)
    );
    let mut table = Table::new(&[
        ("rank", false),
        ("images", true),
        ("ece before", true),
        ("after", true),
        ("nll before", true),
        ("after", true),
        ("brier before", true),
        ("after", true),
        ("gets worse", false),
    ]);
    let worse = temperature.worse();
    for ((before, after), (_, worse)) in temperature.before.iter().zip(&temperature.after).zip(&worse) {
        let mut cells = vec![before.rank.to_string(), count(before.calibration.n)];
        cells
            .extend(["ece", "nll", "brier"].into_iter().flat_map(|metric| [before, after].map(|row| decimal_of(row, metric, 3))));
        cells.push(if worse.is_empty() { "neither".to_string() } else { worse.join(" and ") });
        table.rows.push(cells);
    }
    [Block::Paragraph(sentence), Block::Table(table), Block::Paragraph(advice(&worse))]
}

/// Whether to use a temperature, from what gets worse with it rank by rank.
fn advice(worse: &[(Rank, Vec<&'static str>)]) -> String {
    let harmed: Vec<&str> = worse.iter().filter(|(_, metrics)| !metrics.is_empty()).map(|(rank, _)| rank.name()).collect();
    if harmed.is_empty() {
        return "On images that it was not fitted on, it makes neither the calibration error (ece) nor the Brier score worse, at any rank."
            .to_string();
    }
    if harmed.len() == worse.len() {
        return "This temperature is not recommended: on images that it was not fitted on, the calibration error (ece) or the Brier \
                score gets worse at every rank."
            .to_string();
    }
    format!(
        "This temperature is not recommended at {}: on images that it was not fitted on, the calibration error (ece) or the Brier \
         score gets worse there. At the other ranks neither does.",
        harmed.join(", ")
    )
}

/// Why ranks count fewer images than the block.
fn why_fewer(ranks: &[RankCalibration]) -> Option<String> {
    let reasons: Vec<&str> = ranks.iter().filter_map(|row| row.why_n.as_deref()).collect();
    (!reasons.is_empty()).then(|| format!("Ranks count the images that have a truth there: {}.", reasons.join("; ")))
}

fn calibration_table(ranks: &[RankCalibration]) -> Table {
    let mut table = Table::new(&[
        ("rank", false),
        ("images", true),
        ("right", true),
        ("mean probability", true),
        ("ece", true),
        ("mce", true),
        ("adaptive ece", true),
        ("brier", true),
        ("nll", true),
    ]);
    for row in ranks {
        let mut cells = vec![row.rank.to_string(), count(row.calibration.n)];
        cells.extend(["right", "mean_probability"].map(|metric| percent_of(row, metric)));
        cells.extend(["ece", "mce", "adaptive_ece", "brier", "nll"].map(|metric| decimal_of(row, metric, 3)));
        table.rows.push(cells);
    }
    table
}

fn stopping(selective: &Selective) -> Vec<Block> {
    let numbers: Vec<_> =
        SELECTIVE.iter().filter(|measure| matches!((measure.value)(selective), Value::Number(_))).copied().collect();
    let mut blocks = vec![Block::Table(values(selective, &numbers))];
    blocks.extend(without_interval(&selective.intervals, |_| true).map(Block::Paragraph));
    if let Some(first) = selective.targets.first() {
        let sentence = format!(
            "Thresholds for answers that are wrong no more often than aimed at, tuned on {} ({}) and tried on the {} others:",
            first.chosen,
            counted(first.tuned_on as u64, "image", "images"),
            count(first.tried_on)
        );
        let mut tuned = Table::new(&[
            ("error aimed at", true),
            ("threshold", true),
            ("error reached (95 % interval)", true),
            ("information found", true),
            ("right to the truth", true),
        ]);
        for target in &selective.targets {
            tuned.push([
                percent(Some(target.target_error)),
                target.threshold.map_or_else(|| "none".to_string(), |threshold| format!("{threshold:.3}")),
                percent_within(target.error, target.intervals.of("error")),
                percent_within(target.info_recall, target.intervals.of("info_recall")),
                percent_within(target.exact, target.intervals.of("exact")),
            ]);
        }
        blocks.extend([Block::Paragraph(sentence), Block::Table(tuned)]);
    }
    blocks.extend(selective.targets.iter().filter_map(Target::remark).map(|remark| Block::Paragraph(format!("{remark}."))));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_that_harms_is_not_recommended() {
        let (good, bad) = (|| (Rank::Genus, vec![]), || (Rank::Species, vec!["brier"]));
        assert!(advice(&[good()]).starts_with("On images that it was not fitted on, it makes neither"));
        assert!(advice(&[good(), bad()]).starts_with("This temperature is not recommended at species:"));
        assert!(advice(&[bad()]).ends_with("gets worse at every rank."));
    }
}
