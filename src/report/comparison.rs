//! The folder of a comparison: tables for papers, JSON, and a page.

#[cfg(feature = "plots")]
mod differences;
mod drawn;
mod tables;
mod verdict;

pub use verdict::verdict;

use super::csv::{measure_cells, measure_heads};
use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::language::Language;
use super::overwrite::Overwrite;
use super::page::Frame;
use super::pairs::{self, PairColumn};
use super::photographs::Photographs;
use super::text::{count, counted, decimal, identity};
use super::workbench::Setting;
use super::{markdown, page, workbench};
use crate::scores::compare::clades::{self, CladeCounts, OnlyOne, by_clade, only_one};
use crate::scores::compare::latex::Preamble;
use crate::scores::compare::runs::ComparedRuns;
use crate::scores::compare::{Comparison, MetricComparison, PairsOf, json, latex, text};
use crate::scores::metric::Direction;
use crate::scores::metric::compare::CLADE_COUNTS;
use crate::scores::outcome::Judgement;
use crate::taxonomy::Taxonomy;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Clades on the page per pair; the file has all.
const CLADES: usize = 15;
/// Runs that are drawn clade by clade against the first.
const DRAWN: usize = 5;

/// What a comparison is made from besides its numbers.
pub struct Compared<'a> {
    /// The runs, as they were read and paired.
    pub runs: &'a ComparedRuns,
    /// The taxonomy of all runs.
    pub taxonomy: &'a Taxonomy,
    /// The numbers.
    pub comparison: &'a Comparison,
    /// Names of the images.
    pub images: &'a [String],
    /// Judgements of the images, run by run.
    pub judgements: &'a [Vec<Judgement>],
    /// The command that made the comparison.
    pub command_line: &'a str,
    /// What was read and decided, one sentence each.
    pub notes: &'a [String],
    /// What stands above the table for LaTeX.
    pub preamble: Preamble,
    /// Where the page gets its photographs.
    pub photographs: Photographs<'a>,
    /// The language that the page opens in.
    pub language: Language,
}

impl<'a> Compared<'a> {
    /// Of runs that were compared.
    #[must_use]
    pub fn of(compared: &'a ComparedRuns, command_line: &'a str) -> Compared<'a> {
        Compared {
            runs: compared,
            taxonomy: &compared.taxonomy,
            comparison: &compared.comparison,
            images: &compared.images,
            judgements: &compared.judgements,
            command_line,
            notes: &compared.notes,
            preamble: Preamble::default(),
            photographs: Photographs::default(),
            language: Language::default(),
        }
    }
}

/// What fits a terminal: the three finest ranks by path, exact, height and hF.
#[must_use]
pub fn shown(comparison: &Comparison) -> Comparison {
    let mut ranks = 0;
    let mut fits = |name: &str| {
        ranks += usize::from(name.starts_with("path_top1"));
        (name.starts_with("path_top1") && ranks <= 3) || matches!(name, "exact" | "height" | "hf_mean")
    };
    let metrics = comparison.metrics.iter().filter(|metric| fits(&metric.name)).cloned().collect();
    Comparison { metrics, ..comparison.clone() }
}

/// What `compare.json` has: the numbers, what was decided, and where they come from.
#[must_use]
pub fn value(compared: &Compared<'_>) -> Value {
    let mut value = json::value(compared.comparison);
    value["nearmiss"]["notes"] = json!(compared.notes);
    value["nearmiss"]["provenance"] = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": compared.command_line,
        "taxonomy_sha256": compared.taxonomy.fingerprint(),
    });
    value
}

/// Writes `compare.json`, `table.txt`, `table.tex`, `clades.csv`, `only_one_right.csv`, the figures, `compare.md`
/// and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, compared: &Compared<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("compare.json", &format!("{:#}\n", value(compared)))?;
    draft.write("table.txt", &(text::table(compared.comparison) + "\n"))?;
    draft.write("table.tex", &(latex::table(compared.comparison, compared.preamble) + "\n"))?;
    draft.write("clades.csv", &clades_csv(compared)?)?;
    draft.write("only_one_right.csv", &only_one_csv(compared)?)?;
    let document = document(compared)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("compare.md", &markdown::render(&document))?;
    let setting = Setting {
        language: compared.language,
        command_line: Some(compared.command_line),
        photographs: compared.photographs,
        ..Setting::default()
    };
    let data = workbench::of_comparison(&draft, compared.runs, setting)?;
    let names = &compared.comparison.runs;
    let frame = Frame { language: compared.language, names, workbench: Some(&data), ..Frame::default() };
    draft.write("index.html", &page::render_in(&document, frame))?;
    draft.publish()
}

fn document(compared: &Compared<'_>) -> Result<Document, ReportError> {
    let comparison = compared.comparison;
    let mut blocks = vec![Block::Heading(2, "All runs by all metrics".to_string()), Block::Table(tables::means(comparison))];
    let clusters = if comparison.clusters < comparison.images {
        format!(
            "The {} images show {} observations: draws and flips take whole observations.",
            count(comparison.images as u64),
            count(comparison.clusters as u64)
        )
    } else {
        "Each image counts by itself.".to_string()
    };
    let compared_with = match comparison.compared {
        PairsOf::All => String::new(),
        PairsOf::First => format!(" Every run is compared with the first, {}, and with no other.", comparison.runs[0]),
    };
    blocks.push(Block::Paragraph(format!(
        "A raised letter names a run that is significantly worse (sign-flip randomisation, adjusted by Holm over the pairs of a \
         metric, p ≤ {}), ★ a run that is significantly better than all others.{compared_with} {clusters}",
        comparison.alpha
    )));
    blocks.push(Block::Details("Every value with its interval".to_string(), vec![Block::Table(tables::intervals(comparison))]));
    blocks.extend(drawn::by_metric(comparison)?);
    blocks.push(Block::Heading(2, "Pair by pair".to_string()));
    for metric in &comparison.metrics {
        let pairs = pairs::table(&PAIR_COLUMNS, comparison, std::slice::from_ref(metric));
        blocks.push(Block::Details(pair_title(comparison, metric), vec![Block::Table(pairs)]));
    }
    let reasons = reasons(comparison);
    if !reasons.is_empty() {
        blocks.push(Block::Details("Why some numbers have no interval or no t-test".to_string(), vec![Block::List(reasons)]));
    }
    blocks.extend(disagreements(compared)?);
    if !compared.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(compared.notes.to_vec())]);
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    blocks.push(Block::List(vec![
        format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        format!("Command: {}", compared.command_line),
        format!("Taxonomy: {} taxa, sha256 {}", count(compared.taxonomy.len() as u64), compared.taxonomy.fingerprint()),
    ]));
    let title = match &comparison.runs[..] {
        [one, other] => format!("{one} against {other}"),
        several => format!("{} runs compared", several.len()),
    };
    Ok(Document { title, verdicts: vec![verdict(comparison)], blocks })
}

/// A difference; where it is none, that.
fn difference(difference: Option<f64>) -> String {
    if difference.is_some_and(|difference| difference.abs() <= 0.0) { "equal".to_string() } else { decimal(difference, 4) }
}

/// Reasons why numbers have no interval or no test, with the metrics that they hold for.
fn reasons(comparison: &Comparison) -> Vec<String> {
    let mut metrics_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for metric in &comparison.metrics {
        let pairs = metric.pairs.iter().flat_map(|pair| [&pair.no_interval, &pair.no_student]);
        for reason in pairs.chain(&metric.no_interval).flatten() {
            let metrics = metrics_of.entry(reason).or_default();
            if metrics.last() != Some(&metric.label.as_str()) {
                metrics.push(&metric.label);
            }
        }
    }
    metrics_of.into_iter().map(|(reason, metrics)| format!("{}: {reason}.", metrics.join(", "))).collect()
}

fn pair_title(comparison: &Comparison, metric: &MetricComparison) -> String {
    let significant = metric.pairs.iter().filter(|pair| pair.adjusted <= comparison.alpha).count();
    let arrow = if metric.direction == Direction::Lower { "lower is better" } else { "higher is better" };
    format!("{} ({arrow}): {significant} of {} significant", metric.label, counted(metric.pairs.len() as u64, "pair", "pairs"))
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_string() } else { format!("{p:.4}") }
}

/// The columns of the table of pairs.
const PAIR_COLUMNS: [PairColumn; 8] = [
    ("pair", false, pairs::runs),
    ("images", true, |row| count(row.metric.n as u64)),
    ("difference (95 % interval)", true, |row| {
        let (value, ends) = row.within("difference");
        format!("{}{}", difference(value), tables::interval(ends, 4))
    }),
    ("better / same / worse", true, |row| {
        [row.pair.wins, row.pair.ties, row.pair.losses].map(|images| count(images as u64)).join(" / ")
    }),
    ("p", true, |row| {
        let error = row.number("standard_error").map_or_else(String::new, |error| format!(" ± {error:.4}"));
        row.number("p").map_or_else(String::new, p_value) + &error
    }),
    ("method", false, |row| row.pair.randomisation.method.name().to_string()),
    ("p, Holm", true, |row| row.number("adjusted").map_or_else(String::new, p_value)),
    ("p, paired t", true, |row| row.number("student_p").map_or_else(String::new, p_value)),
];

/// The pairs of runs that are compared, with their judgements.
fn run_pairs<'c>(compared: &'c Compared<'_>) -> impl Iterator<Item = (usize, usize, &'c [Judgement], &'c [Judgement])> {
    let runs = compared.judgements;
    let firsts = if compared.comparison.compared == PairsOf::First { runs.len().min(1) } else { runs.len() };
    (0..firsts)
        .flat_map(move |first| (first + 1..runs.len()).map(move |second| (first, second, &runs[first][..], &runs[second][..])))
}

fn disagreements(compared: &Compared<'_>) -> Result<Vec<Block>, ReportError> {
    let mut blocks = vec![Block::Heading(2, "Images that only one of two gets right".to_string())];
    for (first, second, a, b) in run_pairs(compared) {
        let names = [&compared.comparison.runs[first], &compared.comparison.runs[second]];
        let only = only_one(a, b);
        let by_first = only.iter().filter(|image| image.first_is_right).count();
        blocks.push(Block::Heading(3, format!("{} and {}", names[0], names[1])));
        blocks.push(Block::Paragraph(format!(
            "Right in {} only: {}; in {} only: {}.",
            names[0],
            counted(by_first as u64, "image", "images"),
            names[1],
            counted((only.len() - by_first) as u64, "image", "images")
        )));
        if first == 0 && second <= DRAWN {
            let differences = clades::differences(compared.taxonomy, a, b, &compared.runs.clusters);
            blocks.extend(drawn::by_clade(compared.taxonomy, compared.comparison, &differences, (first, second))?);
        }
        let clades = by_clade(compared.taxonomy, a, b);
        if !clades.is_empty() {
            blocks.push(Block::Table(clade_table(compared.taxonomy, &clades, names)));
        }
        if clades.len() > CLADES {
            blocks.push(Block::Paragraph(format!("clades.csv has all {} clades.", count(clades.len() as u64))));
        }
    }
    blocks.push(Block::Paragraph("only_one_right.csv has every such image.".to_string()));
    Ok(blocks)
}

fn clade_table(taxonomy: &Taxonomy, clades: &[CladeCounts], names: [&String; 2]) -> Table {
    let mut table = Table::new(&[("clade", false), ("images", true)]);
    table.head.extend(names.map(|name| format!("only {name} right")));
    table.head.push("p, Holm".to_string());
    table.numeric.extend([true; 3]);
    for clade in clades.iter().take(CLADES) {
        table.rows.push(vec![
            super::text::taxon(taxonomy, clade.clade),
            count(clade.images),
            count(clade.only_first),
            count(clade.only_second),
            p_value(clade.adjusted),
        ]);
    }
    table
}

fn csv_failed(error: impl std::fmt::Display) -> ReportError {
    ReportError::File { action: "write", path: PathBuf::from("a table"), source: std::io::Error::other(error.to_string()) }
}

fn clades_csv(compared: &Compared<'_>) -> Result<String, ReportError> {
    let mut table = ::csv::Writer::from_writer(vec![]);
    let head = ["first", "second", "clade", "clade_name", "clade_rank"].map(str::to_string);
    table.write_record(head.into_iter().chain(measure_heads(&CLADE_COUNTS))).map_err(csv_failed)?;
    for (first, second, a, b) in run_pairs(compared) {
        for clade in by_clade(compared.taxonomy, a, b) {
            let taxonomy = compared.taxonomy;
            let row = [
                compared.comparison.runs[first].clone(),
                compared.comparison.runs[second].clone(),
                identity(taxonomy, clade.clade),
                taxonomy.name(clade.clade).to_string(),
                taxonomy.rank(clade.clade).name().to_string(),
            ];
            table.write_record(row.into_iter().chain(measure_cells(&CLADE_COUNTS, &clade))).map_err(csv_failed)?;
        }
    }
    finished(table)
}

fn only_one_csv(compared: &Compared<'_>) -> Result<String, ReportError> {
    let mut table = ::csv::Writer::from_writer(vec![]);
    let head = ["image", "truth", "truth_name", "right_run", "wrong_run", "wrong_answer", "wrong_answer_name"];
    table.write_record(head).map_err(csv_failed)?;
    let taxonomy = compared.taxonomy;
    for (first, second, a, b) in run_pairs(compared) {
        for OnlyOne { image, truth, first_is_right, wrong_answer } in only_one(a, b) {
            let (right, wrong) = if first_is_right { (first, second) } else { (second, first) };
            let row = [
                compared.images[image].clone(),
                identity(taxonomy, truth),
                taxonomy.name(truth).to_string(),
                compared.comparison.runs[right].clone(),
                compared.comparison.runs[wrong].clone(),
                identity(taxonomy, wrong_answer),
                taxonomy.name(wrong_answer).to_string(),
            ];
            table.write_record(row).map_err(csv_failed)?;
        }
    }
    finished(table)
}

fn finished(table: ::csv::Writer<Vec<u8>>) -> Result<String, ReportError> {
    let bytes = table.into_inner().map_err(csv_failed)?;
    String::from_utf8(bytes).map_err(csv_failed)
}
