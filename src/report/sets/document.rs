//! The page of sets.

use super::drawn;
use super::tables;
use crate::report::document::{Block, Document};
use crate::report::error::ReportError;
use crate::report::pairs::{self, PairColumn};
use crate::report::text::{count, counted, decimal, percent_within};
use crate::scores::compare::Comparison;
use crate::scores::metric::{Direction, Row};
use crate::scores::sets::{RunSets, ScoredSets};

/// The main sentence of one run.
#[must_use]
pub fn verdict(run: &RunSets) -> String {
    let (f1, interval) = run.scores.within("sample_f1");
    let images = counted(run.scores.averages.n, "image", "images");
    let said = format!("{}: F1 of {}, averaged over {images}", run.name, percent_within(f1, interval));
    match (run.scores.transects, run.scores.averages.transect_f1) {
        (Some(transects), Some(f1)) => {
            format!("{said}; {} over {}.", percent_within(Some(f1), None), counted(transects, "transect", "transects"))
        }
        _ => format!("{said}."),
    }
}

/// The document of all runs.
pub(super) fn of(scored: &ScoredSets, command_line: &str) -> Result<Document, ReportError> {
    let mut blocks = vec![Block::Heading(2, "Sets of truths and answers".to_string())];
    blocks.extend(scored.warnings.iter().cloned().map(Block::Warning));
    blocks.push(Block::Table(tables::whole(scored)));
    blocks.push(Block::Paragraph(
        "Two empty sets agree in all; of an empty set and another one every share is 0. Height: truths and answers of an image are \
         paired as well as can be, and one that is left over counts 7."
            .to_string(),
    ));
    blocks.push(Block::Heading(2, "At every rank".to_string()));
    blocks.extend(drawn::by_rank(&scored.runs)?);
    for run in &scored.runs {
        blocks.extend(of_run(scored, run, Block::Table(tables::ranks(run))));
    }
    if scored.runs.iter().any(|run| !run.tuned.is_empty()) {
        blocks.push(Block::Heading(2, "Thresholds".to_string()));
        for run in &scored.runs {
            blocks.extend(thresholds(scored, run));
        }
    }
    if scored.runs.iter().any(|run| !run.sites.is_empty()) {
        blocks.push(Block::Heading(2, "Communities of the sites".to_string()));
        for run in &scored.runs {
            blocks.extend(of_run(scored, run, Block::Table(tables::sites(run))));
            if run.sites.len() > tables::SITES {
                blocks.push(Block::Paragraph(format!("sites.csv has all {} sites.", count(run.sites.len() as u64))));
            }
        }
    }
    blocks.push(Block::Heading(2, "What is wrong most often".to_string()));
    for run in &scored.runs {
        blocks.extend(of_run(scored, run, Block::Table(tables::taxa(&scored.taxonomy, run))));
    }
    blocks
        .push(Block::Paragraph("set_taxa.csv has all taxa, set_images.csv what is missed and wrong in each image.".to_string()));
    if let Some(comparison) = &scored.comparison {
        blocks.extend(compared(comparison));
    }
    if !scored.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(scored.notes.clone())]);
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    blocks.push(Block::List(vec![
        format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        format!("Command: {command_line}"),
        format!("Taxonomy: {} taxa, sha256 {}", count(scored.taxonomy.len() as u64), scored.taxonomy.fingerprint()),
    ]));
    let title = match &scored.runs[..] {
        [only] => format!("{}: sets", only.name),
        several => format!("{} runs over sets", several.len()),
    };
    Ok(Document { title, verdicts: scored.runs.iter().map(verdict).collect(), blocks })
}

/// A block of one run, under its name where there are several.
fn of_run(scored: &ScoredSets, run: &RunSets, block: Block) -> Vec<Block> {
    let heading = (scored.runs.len() > 1).then(|| Block::Heading(3, run.name.clone()));
    heading.into_iter().chain([block]).collect()
}

fn thresholds(scored: &ScoredSets, run: &RunSets) -> Vec<Block> {
    let table = tables::thresholds(run);
    let why: Vec<String> =
        run.tuned.iter().filter_map(|tuned| tuned.why_not.clone()).map(|reason| format!("{reason}.")).collect();
    let halves = run.tuned.iter().find(|tuned| tuned.threshold.is_some()).map(|tuned| tuned.chosen.clone());
    let mut blocks = vec![];
    if let Some(halves) = halves {
        blocks.extend(of_run(scored, run, Block::Table(table)));
        blocks.push(Block::Paragraph(format!("Tuned on {halves}, and tried on the others.")));
    }
    if !why.is_empty() {
        blocks.push(Block::List(why));
    }
    blocks
}

/// The columns of the table of pairs.
const PAIRS: [PairColumn; 5] = [
    ("pair", false, pairs::runs),
    ("images", true, |row| count(row.metric.n as u64)),
    ("difference (95 % interval)", true, |row| {
        let (value, ends) = row.within("difference");
        let ends = ends.map(|ends| format!(" ({} to {})", decimal(Some(ends.low), 4), decimal(Some(ends.high), 4)));
        format!("{}{}", decimal(value, 4), ends.unwrap_or_default())
    }),
    ("better / same / worse", true, |row| {
        [row.pair.wins, row.pair.ties, row.pair.losses].map(|images| count(images as u64)).join(" / ")
    }),
    ("p, Holm", true, |row| decimal(row.number("adjusted"), 4)),
];

/// The runs against each other.
fn compared(comparison: &Comparison) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(2, "Runs against each other".to_string())];
    blocks.push(Block::Paragraph(format!(
        "Paired by image: sign-flip randomisation over {} of {}, adjusted by Holm over the pairs of a metric.",
        counted(comparison.clusters as u64, "group", "groups"),
        counted(comparison.images as u64, "image", "images")
    )));
    for metric in &comparison.metrics {
        let arrow = if metric.direction == Direction::Lower { "lower is better" } else { "higher is better" };
        let significant = metric.pairs.iter().filter(|pair| pair.adjusted <= comparison.alpha).count();
        let title = format!(
            "{} ({arrow}): {significant} of {} significant",
            metric.label,
            counted(metric.pairs.len() as u64, "pair", "pairs")
        );
        let table = pairs::table(&PAIRS, comparison, std::slice::from_ref(metric));
        blocks.push(Block::Details(title, vec![Block::Table(table)]));
    }
    blocks
}
