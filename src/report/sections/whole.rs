//! The blocks that take whole distributions.

use super::super::document::{Block, Table};
use super::super::text::{count, decimal, percent, percent_with_interval};
use crate::metric;
use crate::rank::Rank;
use crate::scores::Scores;
use crate::scores::calibration::RankCalibration;
use crate::scores::decisions::{Decision, Decisions};
use crate::scores::selective::Selective;
use crate::scores::whole::Whole;

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
            return vec![heading("Probabilities"), Block::Paragraph(text)];
        }
    };
    let mut blocks = vec![heading("Which decision rule errs least")];
    blocks.extend(decisions(&whole.decisions));
    blocks.extend(rules);
    blocks.push(heading("Whether the probabilities mean what they say"));
    blocks.extend(calibration(whole));
    blocks.extend(reliability);
    if let Some(selective) = &whole.selective {
        blocks.push(heading("Knowing when to stop"));
        blocks.extend(stopping(selective));
        blocks.extend(operating);
    }
    blocks
}

fn decisions(decisions: &Decisions) -> Vec<Block> {
    let back_off = format!("back_off at {}", decisions.back_off_threshold);
    let rules: [(&str, &Decision, &str); 5] = [
        ("path", &decisions.path, "the lineage of the best label"),
        ("summed", &decisions.summed, "at each rank the taxon of most summed probability; errors at the finest"),
        ("top_down", &decisions.top_down, "from the root the best child each time"),
        ("expected_height", &decisions.expected_height, "the label of least expected height"),
        (&back_off, &decisions.back_off, "the most informative taxon that is probable enough"),
    ];
    let shown: Vec<Rank> = Rank::MAIN
        .into_iter()
        .filter(|rank| decisions.path.accuracy.get(rank).is_some_and(Option::is_some))
        .rev()
        .take(3)
        .collect();
    let mut table = Table::new(&[
        ("rule", false),
        ("wrong", true),
        ("severity", true),
        ("mean height", true),
        ("wrong as far as it goes", true),
    ]);
    for rank in &shown {
        table.head.push(format!("right to {rank}"));
    }
    table.head.push("information found".to_string());
    table.numeric.resize(table.head.len(), true);
    for (name, decision, _) in &rules {
        let how = &decision.how_wrong;
        let false_answers = how.similarity.correct.map(|correct| 1.0 - correct);
        let mut row = vec![
            name.to_string(),
            count(how.mistakes),
            decimal(how.severity, 2),
            decimal(how.mean_height, 2),
            percent(false_answers),
        ];
        row.extend(shown.iter().map(|rank| percent(decision.accuracy.get(rank).copied().flatten())));
        row.push(percent(how.similarity.info_hr));
        table.rows.push(row);
    }
    let meanings = rules.iter().map(|(name, _, what)| format!("{name}: {what}.")).collect();
    vec![Block::Table(table), Block::List(meanings)]
}

fn calibration(whole: &Whole) -> Vec<Block> {
    let calibration = &whole.calibration;
    let text = format!(
        "Summed probabilities over {} candidates; with other candidates they would be others. Where the mean probability is above \
         the share right, the classifier is too sure.",
        count(calibration.candidates as u64)
    );
    let mut blocks = vec![Block::Paragraph(text), Block::Table(calibration_table(&calibration.ranks))];
    match &calibration.temperature {
        Some(temperature) => {
            let sentence = format!(
                "A temperature of {:.3}, fitted on {} ({} images) and tried on the others:",
                temperature.temperature, temperature.chosen, temperature.fitted_on
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
            ]);
            for (before, after) in temperature.before.iter().zip(&temperature.after) {
                let (old, new) = (&before.calibration, &after.calibration);
                table.push([
                    before.rank.to_string(),
                    count(old.n),
                    decimal(old.ece, 3),
                    decimal(new.ece, 3),
                    decimal(old.nll, 3),
                    decimal(new.nll, 3),
                    decimal(old.brier, 3),
                    decimal(new.brier, 3),
                ]);
            }
            blocks.extend([Block::Paragraph(sentence), Block::Table(table)]);
        }
        None => blocks.extend(calibration.note.clone().map(|note| Block::Paragraph(format!("{note}.")))),
    }
    blocks
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
        let calibration = &row.calibration;
        table.push([
            row.rank.to_string(),
            count(calibration.n),
            percent(calibration.right),
            percent(calibration.mean_probability),
            decimal(calibration.ece, 3),
            decimal(calibration.mce, 3),
            decimal(calibration.adaptive_ece, 3),
            decimal(calibration.brier, 3),
            decimal(calibration.nll, 3),
        ]);
    }
    table
}

fn stopping(selective: &Selective) -> Vec<Block> {
    let values = serde_json::to_value(selective).unwrap_or_default();
    let mut table = Table::new(&[("metric", false), ("value", true), ("better", false), ("meaning", false)]);
    for metric in metric::all().into_iter().filter(|metric| metric.block == metric::Block::Selective && metric.name != "n") {
        let value = decimal(values[metric.name].as_f64(), 3);
        table.push([metric.name.to_string(), value, metric.direction.word().to_string(), metric.sentence.to_string()]);
    }
    let mut blocks = vec![Block::Table(table)];
    if let Some(first) = selective.targets.first() {
        let sentence = format!(
            "Thresholds for answers that are wrong no more often than aimed at, tuned on {} ({} images) and tried on the {} others:",
            first.chosen,
            count(first.tuned_on as u64),
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
                target.threshold.map_or_else(|| target.note.clone().unwrap_or_default(), |threshold| format!("{threshold:.3}")),
                percent_with_interval(target.error, target.error_low, target.error_high),
                percent(target.info_recall),
                percent(target.exact),
            ]);
        }
        blocks.extend([Block::Paragraph(sentence), Block::Table(tuned)]);
    }
    blocks
}
