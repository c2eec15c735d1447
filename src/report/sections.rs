//! What a report says, block by block.

mod closing;
mod run;

use super::document::{Block, Document, Table};
use super::text::{count, counted, decimal, percent, percent_with_interval};
use super::{ReportError, ReportOptions};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::how_wrong::HeightUnit;
use crate::scores::ranks::RankScores;
use crate::taxonomy::Taxonomy;

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
    let names: Vec<_> = runs.iter().map(|(_, scores)| scores.name.as_str()).collect();
    let title = options.title.map_or_else(|| format!("How wrong is {}?", names.join(", ")), str::to_string);
    let mut blocks = warnings(runs);
    let verdicts = match runs {
        [(_, only)] => {
            blocks.extend(run::blocks(taxonomy, &runs[0], options, 2, figures(runs)?));
            vec![verdict(only)]
        }
        several => {
            blocks.push(Block::Heading(2, "Side by side".to_string()));
            blocks.push(Block::Table(comparison(several)));
            blocks.extend(figures(several)?.into_iter().flatten());
            for run in several {
                blocks.push(Block::Heading(2, run.1.name.clone()));
                blocks.extend(run::blocks(taxonomy, run, options, 3, [None, None]));
            }
            several.iter().map(|(_, scores)| format!("{}: {}", scores.name, verdict(scores))).collect()
        }
    };
    blocks.extend(closing::blocks(taxonomy, runs, options));
    Ok(Document { title, verdicts, blocks })
}

fn warnings(runs: &[(Answers, Scores)]) -> Vec<Block> {
    let mut warnings: Vec<String> = runs.iter().flat_map(|(_, scores)| scores.warnings.clone()).collect();
    warnings.dedup();
    warnings.into_iter().map(Block::Warning).collect()
}

/// The figures of accuracy per rank and of error depth, where there is anything to draw.
#[cfg(feature = "plots")]
fn figures(runs: &[(Answers, Scores)]) -> Result<[Option<Block>; 2], ReportError> {
    let scores: Vec<&Scores> = runs.iter().map(|(_, scores)| scores).collect();
    let accuracy = super::figures::accuracy_per_rank(&scores)?;
    let depth = super::figures::error_depth(&scores)?;
    Ok([accuracy.map(Block::Figure), depth.map(Block::Figure)])
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn figures(_runs: &[(Answers, Scores)]) -> Result<[Option<Block>; 2], ReportError> {
    Ok([None, None])
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
    crate::statistics::share(how.n - how.mistakes, how.n)
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
    match (how.severity, how.height_unit) {
        (None, _) => "no answer is a mistake".to_string(),
        (severity, HeightUnit::Rungs) => {
            format!("the mean mistake is {} rungs away (genus is 1, family 2, the root 7)", decimal(severity, 1))
        }
        (severity, HeightUnit::Edges) => format!("the mean mistake meets its truth {} edges up the tree", decimal(severity, 1)),
    }
}

fn comparison(runs: &[(Answers, Scores)]) -> Table {
    let ranks: Vec<_> = runs[0].1.ranks.iter().map(|row| row.rank).collect();
    let has = |rank: &crate::rank::Rank| runs.iter().any(|(_, scores)| scores.rank(*rank).is_some_and(|row| row.n > 0));
    let ranks: Vec<_> = ranks.into_iter().filter(has).collect();
    let finest = ranks.iter().rev().take(3).rev();
    let mut table = Table::new(&[("run", false), ("scored", true), ("left out", true)]);
    for rank in finest.clone() {
        table.head.push(format!("{rank}, top-1"));
        table.numeric.push(true);
    }
    for head in ["mistakes", "severity", "mean height", "hF"] {
        table.head.push(head.to_string());
        table.numeric.push(true);
    }
    for (_, scores) in runs {
        let how = &scores.how_wrong;
        let mut row = vec![scores.name.clone(), count(scores.accounting.scored), count(scores.accounting.left_out())];
        row.extend(finest.clone().map(|rank| {
            scores.rank(*rank).map_or_else(
                || super::text::UNDEFINED.to_string(),
                |row| percent_with_interval(row.path_top1, row.path_top1_low, row.path_top1_high),
            )
        }));
        row.extend([count(how.mistakes), decimal(how.severity, 2), decimal(how.mean_height, 2), decimal(how.hf, 3)]);
        table.rows.push(row);
    }
    table
}
