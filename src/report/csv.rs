//! The tables of a report: lower snake case, fractions, undefined cells empty.

use super::text;
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::confusions::Confusion;
use crate::scores::mistakes::Mistake;
use crate::scores::ranks::RankScores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Write};

/// Columns of `ranks.csv`.
pub const RANKS: [&str; 25] = [
    "rank",
    "n",
    "path_top1",
    "path_top1_low",
    "path_top1_high",
    "path_top5",
    "path_macro",
    "summed_top1",
    "summed_top1_low",
    "summed_top1_high",
    "summed_top5",
    "summed_macro",
    "ece",
    "chance",
    "classes",
    "path_mrr",
    "path_macro_precision",
    "path_macro_f1",
    "path_weighted_precision",
    "path_weighted_f1",
    "summed_macro_precision",
    "summed_macro_f1",
    "summed_weighted_precision",
    "summed_weighted_f1",
    "disagree",
];

/// Columns of `taxa.csv`.
pub const TAXA: [&str; 14] = [
    "taxon",
    "name",
    "rank",
    "n",
    "answered",
    "right",
    "unanswered",
    "recall",
    "precision",
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

/// Rows that are formatted at once, in parallel.
const BLOCK: usize = 1 << 14;

/// The tables of all runs; with several runs every table starts with a column `run`.
pub(super) struct Tables<'a> {
    taxonomy: &'a Taxonomy,
    runs: &'a [(Answers, Scores)],
    /// The cells `identity,name` of every taxon, quoted where they must be.
    named: Vec<String>,
}

/// Cells of a row, ready to be joined: each may hold several, quoted where they must be.
type Record<'r> = Vec<Cow<'r, str>>;

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
        self.runs.iter().try_for_each(|(_, scores)| self.rows(file, scores, &scores.taxa, |row| self.taxon_row(row)))
    }

    pub fn mistakes(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &MISTAKES)?;
        self.runs.iter().try_for_each(|(answers, scores)| {
            self.rows(file, scores, &scores.mistakes, |mistake| self.mistake_row(answers, mistake))
        })
    }

    pub fn confusions(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &CONFUSIONS)?;
        self.runs.iter().try_for_each(|(_, scores)| self.rows(file, scores, &scores.confusions, |pair| self.confusion_row(pair)))
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
        record: impl Fn(&'r T) -> Record<'r> + Sync,
    ) -> io::Result<()> {
        let run = if self.runs.len() > 1 { format!("{},", quoted(&scores.name)) } else { String::new() };
        let format = |block: &'r [T]| -> String {
            let mut lines = String::with_capacity(block.len() * 256);
            for row in block {
                lines.push_str(&run);
                for (index, cells) in record(row).iter().enumerate() {
                    if index > 0 {
                        lines.push(',');
                    }
                    lines.push_str(cells);
                }
                lines.push('\n');
            }
            lines
        };
        for blocks in rows.chunks(BLOCK * 16) {
            let formatted: Vec<_> = blocks.par_chunks(BLOCK).map(format).collect();
            for block in formatted {
                file.write_all(block.as_bytes())?;
            }
        }
        file.flush()
    }

    /// Two cells: identity and name.
    fn named(&self, taxon: TaxonId) -> Cow<'_, str> {
        self.named[taxon.index()].as_str().into()
    }

    fn taxon_row(&self, row: &TaxonScores) -> Record<'_> {
        let mut record = vec![self.named(row.taxon), row.rank.name().into()];
        record.extend([row.n, row.answered, row.right, row.unanswered].map(number));
        record.extend([row.recall, row.precision, row.f1].map(cell));
        match row.confused_with {
            Some(other) => {
                let lca = text::rung_name(self.taxonomy, other.lca).into();
                record.extend([self.named(other.taxon), number(other.count), lca]);
            }
            None => record.extend([NAMELESS, EMPTY, EMPTY]),
        }
        record
    }

    fn mistake_row<'r>(&'r self, answers: &'r Answers, mistake: &Mistake) -> Record<'r> {
        vec![
            quoted(&answers.images[mistake.image]),
            mistake.truth.map_or(NAMELESS, |truth| self.named(truth)),
            self.named(mistake.predicted),
            self.named(mistake.lca),
            text::rung_name(self.taxonomy, mistake.lca).into(),
            mistake.height.map_or(EMPTY, |height| number(height.into())),
            if mistake.stopped_above { "true" } else { "false" }.into(),
            cell(mistake.probability),
        ]
    }

    fn confusion_row(&self, pair: &Confusion) -> Record<'_> {
        let rung = text::rung_name(self.taxonomy, pair.lca).into();
        let height = number(pair.height.into());
        vec![self.named(pair.truth), self.named(pair.predicted), number(pair.count), self.named(pair.lca), rung, height]
    }
}

/// A cell, in quotes where it must be.
fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// Two empty cells: no identity, no name.
const NAMELESS: Cow<'static, str> = Cow::Borrowed(",");
const EMPTY: Cow<'static, str> = Cow::Borrowed("");

fn rank_row(row: &RankScores) -> Record<'_> {
    let fractions = [
        row.path_top1,
        row.path_top1_low,
        row.path_top1_high,
        row.path_top5,
        row.path_macro,
        row.summed_top1,
        row.summed_top1_low,
        row.summed_top1_high,
        row.summed_top5,
        row.summed_macro,
        row.ece,
        row.chance,
    ];
    let mut record = vec![row.rank.name().into(), number(row.n)];
    record.extend(fractions.map(cell));
    record.push(number(row.classes));
    let more = [
        row.path_mrr,
        row.path_macro_precision,
        row.path_macro_f1,
        row.path_weighted_precision,
        row.path_weighted_f1,
        row.summed_macro_precision,
        row.summed_macro_f1,
        row.summed_weighted_precision,
        row.summed_weighted_f1,
        row.disagree,
    ];
    record.extend(more.map(cell));
    record
}

fn number(count: u64) -> Cow<'static, str> {
    count.to_string().into()
}

/// The shortest decimal that reads back as the same number; empty where undefined.
fn cell(value: Option<f64>) -> Cow<'static, str> {
    value.map_or(EMPTY, |value| value.to_string().into())
}
