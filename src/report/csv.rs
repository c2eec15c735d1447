//! The tables of a report: lower snake case, fractions, undefined cells empty.

use super::text;
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::confusions::Confusion;
use crate::scores::mistakes::Mistake;
use crate::scores::ranks::RankScores;
use crate::scores::taxa::TaxonScores;
use crate::statistics::Interval;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};

/// Columns of `ranks.csv`.
pub const RANKS: [&str; 45] = [
    "rank",
    "n",
    "path_top1",
    "path_top1_low",
    "path_top1_high",
    "path_top1_least",
    "path_top1_most",
    "path_top5",
    "path_top5_low",
    "path_top5_high",
    "path_macro",
    "path_macro_low",
    "path_macro_high",
    "summed_top1",
    "summed_top1_low",
    "summed_top1_high",
    "summed_top1_least",
    "summed_top1_most",
    "summed_top5",
    "summed_top5_low",
    "summed_top5_high",
    "summed_macro",
    "summed_macro_low",
    "summed_macro_high",
    "ece",
    "ece_low",
    "ece_high",
    "chance",
    "classes",
    "path_mrr",
    "path_mrr_low",
    "path_mrr_high",
    "path_macro_precision",
    "path_macro_f1",
    "path_weighted_precision",
    "path_weighted_f1",
    "summed_macro_precision",
    "summed_macro_f1",
    "summed_weighted_precision",
    "summed_weighted_f1",
    "disagree",
    "disagree_low",
    "disagree_high",
    "tied",
    "summed_tied",
];

/// Columns of `taxa.csv`.
pub const TAXA: [&str; 18] = [
    "taxon",
    "name",
    "rank",
    "n",
    "answered",
    "right",
    "unanswered",
    "recall",
    "recall_low",
    "recall_high",
    "precision",
    "precision_low",
    "precision_high",
    "f1",
    "confused_with",
    "confused_with_name",
    "confused_count",
    "lca_rank",
];

/// Columns of `mistakes.csv`.
pub const MISTAKES: [&str; 11] = [
    "image",
    "truth",
    "truth_name",
    "predicted",
    "predicted_name",
    "lca",
    "lca_name",
    "lca_rank",
    "height",
    "stopped_above",
    "probability",
];

/// Columns of `confusions.csv`.
pub const CONFUSIONS: [&str; 9] =
    ["truth", "truth_name", "predicted", "predicted_name", "count", "lca", "lca_name", "lca_rank", "height"];

/// Rows that one thread formats at once: about half a MiB, which the allocator can use again.
const BLOCK: usize = 1 << 11;
/// Blocks that wait for being written.
const BLOCKS: usize = 16;

/// The tables of all runs; with several runs every table starts with a column `run`.
pub(super) struct Tables<'a> {
    taxonomy: &'a Taxonomy,
    runs: &'a [(Answers, Scores)],
    /// The cells `identity,name` of every taxon, quoted where they must be.
    named: Vec<String>,
}

/// Rows being written; a cell that is not the first of its row gets a comma before it.
struct Lines {
    text: String,
    first: bool,
}

impl Lines {
    /// Adds cells as they are: one or several, quoted where they must be.
    fn cells(&mut self, cells: impl Display) {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{cells}");
    }

    /// Adds the shortest decimal that reads back as the same number; an empty cell where undefined.
    fn fraction(&mut self, value: Option<f64>) {
        match value {
            Some(value) => self.cells(value),
            None => self.text_cells(EMPTY),
        }
    }

    /// Adds a number and the ends of its interval.
    fn within(&mut self, value: Option<f64>, interval: Option<Interval>) {
        self.fraction(value);
        self.fraction(interval.map(|interval| interval.low));
        self.fraction(interval.map(|interval| interval.high));
    }

    /// Adds cells that are text already.
    fn text_cells(&mut self, cells: &str) {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        self.text.push_str(cells);
    }

    fn end(&mut self) {
        self.text.push('\n');
        self.first = true;
    }
}

impl<'a> Tables<'a> {
    pub fn new(taxonomy: &'a Taxonomy, runs: &'a [(Answers, Scores)]) -> Self {
        let named = |taxon: TaxonId| {
            let identity = text::identity(taxonomy, taxon);
            format!("{},{}", quoted(&identity), quoted(taxonomy.name(taxon)))
        };
        Self { taxonomy, runs, named: taxonomy.taxa().collect::<Vec<_>>().into_par_iter().map(named).collect() }
    }

    pub fn ranks(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &RANKS)?;
        self.runs.iter().try_for_each(|(_, scores)| self.rows(file, scores, &scores.ranks, rank_row))
    }

    pub fn taxa(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &TAXA)?;
        self.runs
            .iter()
            .try_for_each(|(_, scores)| self.rows(file, scores, &scores.taxa, |row, lines| self.taxon_row(row, lines)))
    }

    pub fn mistakes(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &MISTAKES)?;
        self.runs.iter().try_for_each(|(answers, scores)| {
            self.rows(file, scores, &scores.mistakes, |mistake, lines| self.mistake_row(answers, mistake, lines))
        })
    }

    pub fn confusions(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &CONFUSIONS)?;
        self.runs.iter().try_for_each(|(_, scores)| {
            self.rows(file, scores, &scores.confusions, |pair, lines| self.confusion_row(pair, lines))
        })
    }

    fn header(&self, file: &mut impl Write, columns: &[&str]) -> io::Result<()> {
        let run = if self.runs.len() > 1 { "run," } else { "" };
        writeln!(file, "{run}{}", columns.join(","))
    }

    /// Formats blocks of rows in parallel and writes them in order.
    fn rows<'r, T: Sync>(
        &self,
        file: &mut impl Write,
        scores: &'r Scores,
        rows: &'r [T],
        write_row: impl Fn(&'r T, &mut Lines) + Sync,
    ) -> io::Result<()> {
        let run = (self.runs.len() > 1).then(|| quoted(&scores.name));
        let format = |block: &'r [T]| -> String {
            let mut lines = Lines { text: String::with_capacity(block.len() * 288), first: true };
            for row in block {
                if let Some(run) = &run {
                    lines.text_cells(run);
                }
                write_row(row, &mut lines);
                lines.end();
            }
            lines.text
        };
        for blocks in rows.chunks(BLOCK * BLOCKS) {
            let formatted: Vec<_> = blocks.par_chunks(BLOCK).map(format).collect();
            for block in formatted {
                file.write_all(block.as_bytes())?;
            }
        }
        file.flush()
    }

    /// Two cells: identity and name.
    fn named(&self, taxon: TaxonId) -> &str {
        &self.named[taxon.index()]
    }

    fn taxon_row(&self, row: &TaxonScores, lines: &mut Lines) {
        lines.text_cells(self.named(row.taxon));
        lines.text_cells(row.rank.name());
        for count in [row.n, row.answered, row.right, row.unanswered] {
            lines.cells(count);
        }
        for (value, interval) in [(row.recall, row.recall_interval), (row.precision, row.precision_interval)] {
            lines.within(value, interval);
        }
        lines.fraction(row.f1);
        match row.confused_with {
            Some(other) => {
                lines.text_cells(self.named(other.taxon));
                lines.cells(other.count);
                lines.text_cells(text::rung_name(self.taxonomy, other.lca));
            }
            None => lines.text_cells(",,,"),
        }
    }

    fn mistake_row(&self, answers: &Answers, mistake: &Mistake, lines: &mut Lines) {
        lines.text_cells(&quoted(&answers.images[mistake.image]));
        lines.text_cells(mistake.truth.map_or(NAMELESS, |truth| self.named(truth)));
        lines.text_cells(self.named(mistake.predicted));
        lines.text_cells(self.named(mistake.lca));
        lines.text_cells(text::rung_name(self.taxonomy, mistake.lca));
        match mistake.height {
            Some(height) => lines.cells(height),
            None => lines.text_cells(EMPTY),
        }
        lines.text_cells(if mistake.stopped_above { "true" } else { "false" });
        lines.fraction(mistake.probability);
    }

    fn confusion_row(&self, pair: &Confusion, lines: &mut Lines) {
        lines.text_cells(self.named(pair.truth));
        lines.text_cells(self.named(pair.predicted));
        lines.cells(pair.count);
        lines.text_cells(self.named(pair.lca));
        lines.text_cells(text::rung_name(self.taxonomy, pair.lca));
        lines.cells(pair.height);
    }
}

/// A cell, in quotes where it must be.
fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// Two empty cells: no identity, no name.
const NAMELESS: &str = ",";
const EMPTY: &str = "";

fn rank_row(row: &RankScores, lines: &mut Lines) {
    let within = |lines: &mut Lines, name: &str, value: Option<f64>| lines.within(value, row.intervals.of(name));
    lines.text_cells(row.rank.name());
    lines.cells(row.n);
    within(lines, "path_top1", row.path_top1);
    lines.fraction(row.path_top1_least);
    lines.fraction(row.path_top1_most);
    within(lines, "path_top5", row.path_top5);
    within(lines, "path_macro", row.path_macro);
    within(lines, "summed_top1", row.summed_top1);
    lines.fraction(row.summed_top1_least);
    lines.fraction(row.summed_top1_most);
    within(lines, "summed_top5", row.summed_top5);
    within(lines, "summed_macro", row.summed_macro);
    within(lines, "ece", row.ece);
    lines.fraction(row.chance);
    lines.cells(row.classes);
    within(lines, "path_mrr", row.path_mrr);
    let averages = [
        row.path_macro_precision,
        row.path_macro_f1,
        row.path_weighted_precision,
        row.path_weighted_f1,
        row.summed_macro_precision,
        row.summed_macro_f1,
        row.summed_weighted_precision,
        row.summed_weighted_f1,
    ];
    for value in averages {
        lines.fraction(value);
    }
    within(lines, "disagree", row.disagree);
    lines.cells(row.tied);
    match row.summed_tied {
        Some(tied) => lines.cells(tied),
        None => lines.text_cells(EMPTY),
    }
}

/// A small table as text.
pub(super) fn csv_of(header: &[impl AsRef<[u8]>], rows: impl Iterator<Item = Vec<String>>) -> io::Result<String> {
    let mut writer = ::csv::Writer::from_writer(vec![]);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A number in full, empty where it is undefined.
pub(super) fn number(value: Option<f64>) -> String {
    // Zero has no sign.
    value.map(|value| (value + 0.0).to_string()).unwrap_or_default()
}
