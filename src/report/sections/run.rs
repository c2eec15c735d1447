//! The blocks of one run.

use super::super::document::{Block, Photograph, Table};
use super::super::options::ReportOptions;
use super::super::text::{
    UNDEFINED, count, counted, decimal, decimal_of, percent, percent_of, percent_within, rung_name, short_path, taxon,
    without_interval,
};
use super::drawn::Drawn;
use super::{novelty, price, prior, same_epithet, verdicts, whole};
use crate::answers::Answers;
use crate::numbers::statistics::share;
use crate::scores::Scores;
use crate::scores::accounting::Accounting;
use crate::scores::how_wrong::{HeightUnit, HowWrong, rung_names};
use crate::scores::metric::{self, CONSISTENCY, Row, Value};
use crate::scores::mistakes::Mistake;
use crate::scores::ranks::RankScores;
use crate::scores::taxa::TaxonScores;
use crate::scores::verdicts::Judged;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Rows of the tables of mistakes and confusions on the page; the CSV files have all.
const LISTED: usize = 20;
/// Rows of a table per taxon on the page.
const TAXA_LISTED: usize = 100;
/// Photographs of the worst mistakes.
const PHOTOGRAPHS: usize = 12;

pub(super) fn blocks(
    taxonomy: &Taxonomy,
    (answers, scores): &(Answers, Scores),
    options: &ReportOptions<'_>,
    depth: u8,
    drawn: Drawn,
    judged: Option<&Judged>,
) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(depth, text.to_string());
    let Drawn { accuracy, depth: error_depth, icicle, confusions: matrix, rules, reliability, operating, novelty: curve } = drawn;
    let mut blocks = vec![heading("Which images were scored"), Block::Table(accounting(&scores.accounting))];
    blocks.extend(left_out(answers, scores));
    if !scores.ranks.is_empty() {
        blocks.push(heading("Accuracy per rank"));
        blocks.extend(accuracy);
        blocks.extend(ranks(scores));
        blocks.extend(icicle);
    }
    blocks.push(heading(&format!("How wrong the answers are ({})", counted(scores.how_wrong.n, "image", "images"))));
    blocks.extend(how_wrong(&scores.how_wrong));
    blocks.extend(error_depth);
    blocks.push(Block::Table(meeting_places(&scores.how_wrong)));
    blocks.extend(price::more_measures(&scores.how_wrong));
    blocks.extend(price::acceptable(scores, &heading));
    blocks.extend(super::non_taxa::blocks(scores, &heading));
    blocks.extend(price::groups(scores, &heading));
    blocks.extend(super::events::blocks(taxonomy, scores, &heading));
    blocks.extend(whole::blocks(scores, &heading, rules, reliability, operating));
    blocks.extend(novelty::blocks(scores, &heading, curve));
    blocks.extend(prior::blocks(scores, &heading));
    blocks.extend(price::causes(scores, &heading));
    blocks.extend(same_epithet::blocks(scores, &heading));
    blocks.extend(consistency(scores, &heading));
    blocks.extend(verdicts::blocks(scores, judged, &heading));
    blocks.extend(mistakes(taxonomy, answers, scores, options, &heading));
    blocks.extend(confusions(taxonomy, scores, matrix, &heading));
    blocks.extend(taxa(taxonomy, scores, &heading));
    blocks
}

fn accounting(accounting: &Accounting) -> Table {
    let mut table = Table::new(&[("images", false), ("count", true), ("share", true)]);
    let mut push = |name: &str, value: u64| {
        table.push([name.to_string(), count(value), percent(share(value, accounting.images))]);
    };
    push("scored", accounting.scored);
    let of = &accounting.of_scored;
    let parts = [
        ("— of which the truth stops above the species", of.coarse_truth),
        ("— of which the truth lies above the kingdoms, so in no row of ranks", of.above_kingdom),
        ("— of which without an answer (scored as the root)", of.no_answer),
        ("— of which the answer is not in the taxonomy (scored as the root)", of.answer_outside_taxonomy),
        ("— of which the truth is missing or unknown (scored as mistakes)", of.unusable_truth),
        ("— of which the truth is not among the candidates", of.not_a_candidate),
        ("— of which the answer is that there is no taxon (scored as the root)", of.answered_non_taxon),
    ];
    parts.iter().filter(|(_, value)| *value > 0).for_each(|(name, value)| push(name, *value));
    push("left out: the photograph is unreadable", accounting.unreadable);
    push("left out: without a truth", accounting.without_truth);
    push("left out: the truth is not in the taxonomy", accounting.outside_taxonomy);
    push("left out: the truth is not among the candidates", accounting.not_a_candidate);
    if accounting.not_a_taxon > 0 {
        push("scored as detection: no taxon is shown", accounting.not_a_taxon);
    }
    push("all images", accounting.images);
    table
}

/// The names behind the counts of the accounting.
fn left_out(answers: &Answers, scores: &Scores) -> Option<Block> {
    let mut lines = vec![];
    if scores.accounting.unreadable > 0 {
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        answers.unreadable.values().for_each(|code| *codes.entry(code.clone()).or_default() += 1);
        lines.push(format!("Unreadable photographs by error: {}", most_frequent(&codes)));
    }
    if !answers.outside_truths.is_empty() {
        lines.push(format!("Truths that the taxonomy does not hold: {}", most_frequent(&answers.outside_truths)));
    }
    if !answers.outside_answers.is_empty() {
        lines.push(format!("Answers that the taxonomy does not hold: {}", most_frequent(&answers.outside_answers)));
    }
    (!lines.is_empty()).then_some(Block::List(lines))
}

/// The ten most frequent names with their counts, and how many more there are.
fn most_frequent(counts: &BTreeMap<String, usize>) -> String {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let mut names: Vec<_> = sorted.iter().take(10).map(|(name, count)| format!("'{name}' ({count})")).collect();
    if sorted.len() > 10 {
        names.push(format!("and {} more names", sorted.len() - 10));
    }
    names.join(", ")
}

/// Columns of the page's tables of ranks: heading and metric.
type Columns<const N: usize> = [(&'static str, &'static str); N];

const PATH: Columns<6> = [
    ("images", "n"),
    ("right (95 % interval)", "path_top1"),
    ("chance", "chance"),
    ("in top 5", "path_top5"),
    ("macro", "path_macro"),
    ("taxa", "classes"),
];

const SUMMED: Columns<4> =
    [("images", "n"), ("right (95 % interval)", "summed_top1"), ("in top 5", "summed_top5"), ("macro", "summed_macro")];

fn headings<const N: usize>(columns: &Columns<N>, more: &[(&'static str, bool)]) -> Table {
    let named = columns.iter().map(|&(heading, _)| (heading, true));
    Table::new(&[("rank", false)].into_iter().chain(named).chain(more.iter().copied()).collect::<Vec<_>>())
}

/// The rank and its metrics as the page shows them.
fn cells<const N: usize>(columns: &Columns<N>, row: &RankScores) -> Vec<String> {
    let shown = |&(_, name): &(&str, &str)| match RankScores::measure(name).map(|measure| (measure.value)(row)) {
        Some(Value::Count(number)) => number.map_or(UNDEFINED.to_string(), count),
        _ => percent_of(row, name),
    };
    std::iter::once(row.rank.to_string()).chain(columns.iter().map(shown)).collect()
}

fn ranks(scores: &Scores) -> Vec<Block> {
    let mut path = headings(&PATH, &[]);
    let mut summed = headings(&SUMMED, &[("calibration error", true)]);
    for row in scores.ranks.iter().filter(|row| row.n > 0) {
        path.rows.push(cells(&PATH, row));
        if row.summed_top1.is_some() {
            let ece = decimal(row.ece, 3);
            summed.rows.push([cells(&SUMMED, row), vec![ece]].concat());
        }
    }
    let mut blocks =
        vec![Block::Paragraph("The lineage of the best label (path):".to_string()), Block::Table(without_empty_columns(path))];
    if !summed.rows.is_empty() {
        blocks.push(Block::Paragraph("The taxon of most summed probability at each rank (summed):".to_string()));
        blocks.push(Block::Table(without_empty_columns(summed)));
    }
    let missing: Vec<_> = scores.ranks.iter().filter(|row| row.n == 0).map(|row| row.rank.name()).collect();
    if !missing.is_empty() {
        blocks.push(Block::Paragraph(format!("No image has a truth at: {}.", missing.join(", "))));
    }
    blocks
}

fn without_empty_columns(table: Table) -> Table {
    let keep: Vec<bool> = (0..table.head.len()).map(|column| table.rows.iter().any(|row| row[column] != UNDEFINED)).collect();
    let filtered = |cells: Vec<String>| cells.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(cell, _)| cell).collect();
    Table {
        numeric: table.numeric.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(numeric, _)| *numeric).collect(),
        head: filtered(table.head),
        rows: table.rows.into_iter().map(filtered).collect(),
    }
}

fn how_wrong(how: &HowWrong) -> Vec<Block> {
    let mut table = Table::new(&[("metric", false), ("value (95 % interval)", true), ("meaning", false)]);
    let mut push = |name: &str, value: String| {
        let sentence = HowWrong::measure(name).map_or("", |measure| measure.metric.sentence);
        table.push([name.to_string(), value, sentence.to_string()]);
    };
    push("mistakes", format!("{} of {}", count(how.mistakes), count(how.n)));
    push("stopped_above", count(how.stopped_above));
    if how.between_rungs > 0 {
        push("between_rungs", count(how.between_rungs));
    }
    let mut within = |name: &str, decimals: usize| push(name, decimal_of(how, name, decimals));
    if how.between_rungs > 0 {
        within("between_rungs_edges", 2);
    }
    for name in ["severity", "mean_height", "mean_edges"] {
        within(name, 2);
    }
    let lineages: &[&str] = if how.same_depth.is_some() { &["hf"] } else { &["hp", "hr", "hf", "hp_mean", "hr_mean", "hf_mean"] };
    for name in lineages {
        within(name, 3);
    }
    let unit = match how.height_unit {
        HeightUnit::Rungs => {
            "Heights count the rungs species 0, genus 1, family 2, order 3, class 4, phylum 5, kingdom 6, root 7, from the rank of the truth up to the lowest common ancestor of truth and answer."
        }
        HeightUnit::Edges => {
            "The tree has no ranks: heights count the edges from the truth up to the lowest common ancestor of truth and answer."
        }
    };
    let mut blocks = vec![Block::Paragraph(unit.to_string()), Block::Table(table)];
    blocks.extend(coincidence(how).map(Block::Paragraph));
    let more = metric::more_of_how_wrong();
    let is_first = |name: &str| more.iter().all(|measure| measure.metric.name != name);
    blocks.extend(without_interval(&how.intervals, is_first).map(Block::Paragraph));
    blocks
}

/// Which of the metrics are one number here, and why.
fn coincidence(how: &HowWrong) -> Option<String> {
    let depth = how.same_depth?;
    let hf = decimal(how.hf, 3);
    Some(if how.full_lineages {
        format!(
            "Every truth and every answer is a species with all seven ranks, so hP, hR and hF, pooled or averaged, are one number, \
             1 − mean_height / 7 = {hf}, and mean_edges is 2 mean_height: one piece of evidence, not several."
        )
    } else {
        format!(
            "Every truth and every answer lies at depth {depth} of the tree, so hP, hR and hF, pooled or averaged, are one number, \
             1 − mean_edges / {} = {hf}: one piece of evidence, not several.",
            2 * depth
        )
    })
}

/// Where truth and answer meet: rungs, or heights in a tree without ranks.
fn meeting_places(how: &HowWrong) -> Table {
    let Some(histogram) = &how.lca_histogram else {
        let mut table =
            Table::new(&[("edges up to the common ancestor", true), ("images", true), ("share (95 % interval)", true)]);
        for ((height, images), interval) in how.height_histogram.0.iter().zip(&how.histogram_intervals) {
            table.push([height.clone(), count(*images), percent_within(share(*images, how.n), *interval)]);
        }
        return table;
    };
    let mut table = Table::new(&[
        ("truth and answer meet at", false),
        ("images", true),
        ("share (95 % interval)", true),
        ("of which stop above", true),
    ]);
    let rows = histogram.0.iter().zip(&how.histogram_intervals);
    for ((name, images), interval) in rows.filter(|((name, images), _)| name != Rank::Species.name() || *images > 0) {
        let stopped = rung_names().iter().position(|rung| rung == name).map_or(0, |rung| how.stopped_by_rung[rung]);
        let place = if name == "right" { "the truth itself: right".to_string() } else { name.clone() };
        table.push([place, count(*images), percent_within(share(*images, how.n), *interval), count(stopped)]);
    }
    table
}

fn consistency(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let Some(consistency) = &scores.consistency else { return vec![] };
    let mut table = Table::new(&[("metric", false), ("value (95 % interval)", true), ("meaning", false)]);
    for measure in CONSISTENCY.iter().filter(|measure| matches!((measure.value)(consistency), Value::Number(_))) {
        let value = percent_within(measure.number(consistency), measure.interval(consistency));
        table.push([measure.metric.name.to_string(), value, measure.metric.sentence.to_string()]);
    }
    let images = counted(consistency.n, "image", "images");
    let mut blocks = vec![heading(&format!("Whether the ranks agree ({images})")), Block::Table(table)];
    blocks.extend(without_interval(&consistency.intervals, |_| true).map(Block::Paragraph));
    blocks
}

fn mistakes(
    taxonomy: &Taxonomy,
    answers: &Answers,
    scores: &Scores,
    options: &ReportOptions<'_>,
    heading: &dyn Fn(&str) -> Block,
) -> Vec<Block> {
    if scores.mistakes.is_empty() {
        return vec![];
    }
    let mut table = Table::new(&[
        ("image", false),
        ("truth", false),
        ("answer", false),
        ("meet at", false),
        ("height", true),
        ("probability", true),
    ]);
    for mistake in scores.mistakes.iter().take(LISTED) {
        table.push([
            short_path(&answers.images[mistake.image]),
            mistake.truth.map_or_else(|| "unknown".to_string(), |truth| taxon(taxonomy, truth)),
            taxon(taxonomy, mistake.predicted),
            taxon(taxonomy, mistake.lca),
            mistake.height.map_or_else(|| UNDEFINED.to_string(), |height| height.to_string()),
            decimal(mistake.probability, 3),
        ]);
    }
    let all = counted(scores.how_wrong.mistakes, "mistake", "mistakes");
    let mut blocks = vec![heading("The worst mistakes")];
    let gallery = gallery(taxonomy, answers, &scores.mistakes, options);
    if !gallery.is_empty() {
        blocks.push(Block::Gallery(gallery));
    }
    blocks.push(Block::Table(without_empty_columns(table)));
    let named = scores.mistakes.len() as u64;
    let listed = if named < scores.how_wrong.mistakes {
        format!("the worst {named} of all {all}")
    } else {
        format!("all {all}, the worst first")
    };
    blocks.push(Block::Paragraph(format!("mistakes.csv has {listed}.")));
    blocks
}

fn gallery(taxonomy: &Taxonomy, answers: &Answers, mistakes: &[Mistake], options: &ReportOptions<'_>) -> Vec<Photograph> {
    let worst: Vec<&Mistake> = mistakes.iter().take(PHOTOGRAPHS).collect();
    let photograph = |mistake: &&Mistake| {
        let image = &answers.images[mistake.image];
        let truth = mistake.truth.map_or_else(|| "unknown".to_string(), |truth| taxon(taxonomy, truth));
        let caption = vec![
            format!("{truth}, taken for {}", taxon(taxonomy, mistake.predicted)),
            format!("meet at {}", taxon(taxonomy, mistake.lca)),
            short_path(image),
        ];
        Some(Photograph { address: options.photographs().address(image)?, beside: None, caption })
    };
    worst.par_iter().filter_map(photograph).collect()
}

fn confusions(taxonomy: &Taxonomy, scores: &Scores, matrix: Option<Block>, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    if scores.confusions.is_empty() {
        return vec![];
    }
    let mut table = Table::new(&[("truth", false), ("answer", false), ("images", true), ("meet at", false), ("height", true)]);
    for pair in scores.confusions.iter().take(LISTED) {
        table.push([
            taxon(taxonomy, pair.truth),
            taxon(taxonomy, pair.predicted),
            count(pair.count),
            taxon(taxonomy, pair.lca),
            pair.height.to_string(),
        ]);
    }
    let all = counted(scores.confusions.len() as u64, "pair", "pairs");
    let mut blocks = vec![heading("What is taken for what")];
    blocks.extend(matrix);
    blocks.extend([Block::Table(table), Block::Paragraph(format!("confusions.csv has all {all}, the most frequent first."))]);
    blocks
}

/// One folded table per rank: the taxa with most missed images.
fn taxa(taxonomy: &Taxonomy, scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let mut blocks = vec![];
    for row in scores.ranks.iter().rev().filter(|row| row.n > 0) {
        let of_rank: Vec<&TaxonScores> = scores.taxa.iter().filter(|taxon| taxon.rank == row.rank).collect();
        let table = taxa_table(taxonomy, &of_rank);
        let shown = if table.rows.len() < of_rank.len() {
            format!("the {} with most mistakes of {}", table.rows.len(), count(of_rank.len() as u64))
        } else {
            counted(of_rank.len() as u64, "taxon", "taxa")
        };
        blocks.push(Block::Details(format!("{}: {shown}", row.rank), vec![Block::Table(table)]));
    }
    if !blocks.is_empty() {
        blocks.insert(0, heading("Per taxon"));
    }
    blocks
}

fn taxa_table(taxonomy: &Taxonomy, taxa: &[&TaxonScores]) -> Table {
    let mut sorted = taxa.to_vec();
    let mistakes = |row: &TaxonScores| (row.n - row.right) + (row.answered - row.right);
    sorted.sort_by_key(|row| (std::cmp::Reverse(mistakes(row)), row.taxon));
    let mut table = Table::new(&[
        ("taxon", false),
        ("images", true),
        ("recall", true),
        ("precision", true),
        ("F1", true),
        ("most often taken for", false),
        ("meet at", false),
    ]);
    for row in sorted.into_iter().take(TAXA_LISTED) {
        let other = row
            .confused_with
            .map_or_else(|| UNDEFINED.to_string(), |other| format!("{} ({})", taxonomy.name(other.taxon), count(other.count)));
        let meet = row.confused_with.map_or_else(|| UNDEFINED.to_string(), |other| rung_name(taxonomy, other.lca).to_string());
        table.push([
            taxonomy.name(row.taxon).to_string(),
            count(row.n),
            percent_of(row, "recall"),
            percent_of(row, "precision"),
            percent_of(row, "f1"),
            other,
            meet,
        ]);
    }
    table
}
