//! What a report says, block by block.

mod drawn;
mod events;
mod price;
mod prior;
mod rolled_up;
mod rules;
mod whole;
mod same_epithet;
mod non_taxa;
mod verdicts;
mod novelty;
mod run;
mod closing;

use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::options::ReportOptions;
use super::text::{UNDEFINED, count, counted, decimal, decimal_of, percent, percent_of};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::how_wrong::{HeightUnit, HowWrong};
use crate::scores::ranks::RankScores;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use drawn::Drawn;
pub use prior::lines as prior_lines;
use std::collections::HashSet;

/// The report of one or several runs.
///
/// # Errors
///
/// [`ReportError::Figure`] if a figure cannot be drawn.
pub(super) fn document(
    taxonomy: &Taxonomy,
    runs: &[(Answers, Scores)],
    options: &ReportOptions<'_>,
) -> Result<Document, ReportError> {
    let title = match (options.title, runs) {
        (Some(title), _) => title.to_string(),
        (None, [(_, only)]) => format!("How wrong is {}?", only.name),
        (None, several) => format!("How wrong are these {} runs?", several.len()),
    };
    let mut blocks = warnings(runs);
    blocks.extend(reading(options));
    blocks.extend(price::gates(options));
    let scores: Vec<&Scores> = runs.iter().map(|(_, scores)| scores).collect();
    let together = Drawn::together(&scores)?;
    let verdicts = match runs {
        [(_, only)] => {
            blocks.extend(run::blocks(
                taxonomy,
                &runs[0],
                options,
                2,
                together.with_run(taxonomy, only, None)?,
                options.judged.first(),
            ));
            vec![verdict(only)]
        }
        several => {
            blocks.push(Block::Heading(2, "Side by side".to_string()));
            blocks.push(Block::Table(accuracies(several)));
            blocks.push(Block::Table(errors(several)));
            blocks.extend(together.accuracy.into_iter().chain(together.depth));
            for (place, run) in several.iter().enumerate() {
                blocks.push(Block::Heading(2, run.1.name.clone()));
                let drawn = Drawn::default().with_run(taxonomy, &run.1, Some(place + 1))?;
                blocks.extend(run::blocks(taxonomy, run, options, 3, drawn, options.judged.get(place)));
            }
            several.iter().map(|(_, scores)| format!("{}: {}", scores.name, verdict(scores))).collect()
        }
    };
    if let Some((embeddings, latent)) = options.latent {
        blocks.extend(super::latent::section(embeddings, latent, &options.photographs())?);
    }
    blocks.extend(closing::blocks(taxonomy, runs, options));
    Ok(Document { title, verdicts, blocks })
}

fn warnings(runs: &[(Answers, Scores)]) -> Vec<Block> {
    let mut said = HashSet::new();
    let warnings = runs.iter().flat_map(|(_, scores)| &scores.warnings).filter(|warning| said.insert(*warning));
    warnings.cloned().map(Block::Warning).collect()
}

/// What was understood of the predictions.
fn reading(options: &ReportOptions<'_>) -> Vec<Block> {
    options
        .understood
        .map_or_else(Vec::new, |understood| vec![Block::Paragraph("What was read:".to_string()), Block::List(understood.lines())])
}

/// How good and how wrong, in one sentence.
#[must_use]
pub fn verdict(scores: &Scores) -> String {
    let accounting = &scores.accounting;
    if accounting.scored == 0 {
        return format!("None of {} could be scored.", counted(accounting.images, "image", "images"));
    }
    let which = if accounting.scored == accounting.images { "" } else { " scored" };
    let of = format!("Of {}{which}", counted(accounting.scored, "image", "images"));
    let right = match finest_rows(scores)[..] {
        [] => format!("{} are right", percent(share_right(scores))),
        [finest] => right_at(finest, accounting.scored, "are right"),
        [finest, above, ..] => {
            format!("{} and {}", right_at(finest, accounting.scored, "are right"), right_at(above, accounting.scored, ""))
        }
    };
    format!("{of}, {right}; {}.", mean_mistake(scores))
}

fn share_right(scores: &Scores) -> Option<f64> {
    let how = &scores.how_wrong;
    crate::numbers::statistics::share(how.n - how.mistakes, how.n)
}

/// Rows that have images, the finest rank first.
fn finest_rows(scores: &Scores) -> Vec<&RankScores> {
    scores.ranks.iter().rev().filter(|row| row.n > 0).collect()
}

fn right_at(row: &RankScores, scored: u64, verb: &str) -> String {
    let share = percent(row.path_top1);
    let verb = if verb.is_empty() { String::new() } else { format!(" {verb}") };
    if row.n == scored {
        format!("{share}{verb} to {}", row.rank)
    } else {
        format!("{share} of the {} with a known {}{verb} to it", count(row.n), row.rank)
    }
}

fn mean_mistake(scores: &Scores) -> String {
    let how = &scores.how_wrong;
    if how.mistakes == 0 {
        return "no answer is a mistake".to_string();
    }
    if how.between_rungs == how.mistakes {
        return between_rungs(how);
    }
    let mistakes = match how.mistakes {
        1 => "the one mistake is".to_string(),
        several => format!("the {} mistakes are on average", count(several)),
    };
    let (severity, mean) = (decimal(how.severity, 1), decimal(how.mean_height, 1));
    let unit = match how.height_unit {
        HeightUnit::Rungs => "(genus is 1, family 2, the root 7)",
        HeightUnit::Edges => "(edges from the truth up to the common ancestor)",
    };
    let steps = match how.height_unit {
        HeightUnit::Rungs => "rungs",
        HeightUnit::Edges => "edges",
    };
    let between = match how.between_rungs {
        0 => String::new(),
        1 => "; one of them meets its truth before the next rung, and counts 0".to_string(),
        several => format!("; {} of them meet their truth before the next rung, and count 0", count(several)),
    };
    format!("{mistakes} {severity} {steps} away, {mean} over all images {unit}{between}")
}

/// Mistakes that no rung of the ladder lies between.
fn between_rungs(how: &HowWrong) -> String {
    let which = match how.mistakes {
        1 => "the one mistake meets its truth".to_string(),
        several => format!("the {} mistakes meet their truths", count(several)),
    };
    let edges = decimal(how.between_rungs_edges, 1);
    let noun = if edges == "1.0" { "edge" } else { "edges" };
    format!(
        "{which} before the next rung of the ladder (another tribe, subspecies or domain), {edges} {noun} of the tree above it"
    )
}

/// Accuracy at the finest ranks of every run.
fn accuracies(runs: &[(Answers, Scores)]) -> Table {
    let has_images = |rank: &Rank| runs.iter().any(|(_, scores)| scores.rank(*rank).is_some_and(|row| row.n > 0));
    let mut ranks: Vec<Rank> =
        runs.iter().flat_map(|(_, scores)| scores.ranks.iter().map(|row| row.rank)).filter(has_images).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let finest = &ranks[ranks.len().saturating_sub(3)..];
    let mut table = Table::new(&[("run", false), ("scored", true), ("left out", true)]);
    for rank in finest {
        table.head.push(format!("right to {rank}"));
        table.numeric.push(true);
    }
    for (_, scores) in runs {
        let mut row = vec![scores.name.clone(), count(scores.accounting.scored), count(scores.accounting.left_out())];
        row.extend(finest.iter().map(|rank| match scores.rank(*rank) {
            Some(row) => percent_of(row, "path_top1"),
            None => UNDEFINED.to_string(),
        }));
        table.rows.push(row);
    }
    table
}

/// How wrong every run is.
fn errors(runs: &[(Answers, Scores)]) -> Table {
    let mut table = Table::new(&[
        ("run", false),
        ("mistakes", true),
        ("severity", true),
        ("mean height", true),
        ("mean edges", true),
        ("hF", true),
    ]);
    for (_, scores) in runs {
        let how = &scores.how_wrong;
        table.push([
            scores.name.clone(),
            count(how.mistakes),
            decimal_of(how, "severity", 2),
            decimal_of(how, "mean_height", 2),
            decimal_of(how, "mean_edges", 2),
            decimal_of(how, "hf", 3),
        ]);
    }
    table
}
