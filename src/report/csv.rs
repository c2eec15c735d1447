//! The tables of a report: lower snake case, fractions, undefined cells empty.

use super::text;
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::confusions::Confusion;
use crate::scores::metric::{Measure, Row, Value};
use crate::scores::mistakes::Mistake;
use crate::scores::non_taxa::{self, ClassScores};
use crate::scores::ranks::RankScores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};

/// Columns of `ranks.csv`.
#[must_use]
pub fn rank_columns() -> Vec<String> {
    columns(&["rank"], RankScores::measures(), &[])
}

/// Columns of `taxa.csv`.
#[must_use]
pub fn taxon_columns() -> Vec<String> {
    columns(
        &["taxon", "name", "rank", "n", "answered", "right", "unanswered"],
        TaxonScores::measures(),
        &["confused_with", "confused_with_name", "confused_count", "lca_rank"],
    )
}

/// The columns of metrics between those before and behind them.
fn columns<R>(before: &[&str], measures: &[Measure<R>], behind: &[&str]) -> Vec<String> {
    let plain = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    [plain(before), measures.iter().flat_map(Measure::columns).collect(), plain(behind)].concat()
}

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

/// Columns of `probably_the_name.csv`.
pub const PROBABLY_THE_NAME: [&str; 5] = ["truth", "truth_name", "predicted", "predicted_name", "n"];

/// Columns of `non_taxa.csv`: a row per class, and how often it is answered as each of the classes of any run.
#[must_use]
pub fn non_taxon_columns(classes: &[String]) -> Vec<String> {
    let answered: Vec<String> = classes.iter().map(|class| format!("answered_{class}")).collect();
    [columns(&["class"], ClassScores::measures(), &[]), answered].concat()
}

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

    /// Adds the values of metrics, those that have an interval with its ends.
    fn measures<R: Row>(&mut self, measures: &[Measure<R>], row: &R) {
        for measure in measures {
            match (measure.value)(row) {
                Value::Count(Some(count)) => self.cells(count),
                Value::Number(number) | Value::Within(number, _) => self.fraction(number),
                // A cell holds one number.
                Value::Count(None) | Value::Counts(_) | Value::ByRank(_) => self.text_cells(EMPTY),
            }
            if measure.metric.has_interval() {
                let interval = measure.interval(row);
                self.fraction(interval.map(|interval| interval.low));
                self.fraction(interval.map(|interval| interval.high));
            }
        }
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
        self.header(file, &rank_columns())?;
        let rank_row = |row: &RankScores, lines: &mut Lines| {
            lines.text_cells(row.rank.name());
            lines.measures(RankScores::measures(), row);
        };
        self.runs.iter().try_for_each(|(_, scores)| self.rows(file, scores, &scores.ranks, rank_row))
    }

    pub fn taxa(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &taxon_columns())?;
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

    pub fn probably_the_name(&self, file: &mut impl Write) -> io::Result<()> {
        self.header(file, &PROBABLY_THE_NAME)?;
        self.runs.iter().try_for_each(|(_, scores)| {
            self.rows(file, scores, &scores.probably_the_name.pairs, |pair, lines| {
                lines.text_cells(self.named(pair.taxa.0));
                lines.text_cells(self.named(pair.taxa.1));
                lines.cells(pair.n);
            })
        })
    }

    pub fn non_taxa(&self, file: &mut impl Write) -> io::Result<()> {
        let answers = non_taxa::answers(self.runs.iter().filter_map(|(_, scores)| scores.non_taxa.as_ref()));
        self.header(file, &non_taxon_columns(&answers).iter().map(|column| quoted(column).into_owned()).collect::<Vec<_>>())?;
        self.runs.iter().try_for_each(|(_, scores)| {
            let classes = scores.non_taxa.as_ref().map_or(&[][..], |non_taxa| &non_taxa.classes);
            self.rows(file, scores, classes, |row, lines| {
                lines.text_cells(&quoted(&row.class));
                lines.measures(ClassScores::measures(), row);
                for answer in &answers {
                    lines.cells(row.answered_as(answer));
                }
            })
        })
    }

    fn header(&self, file: &mut impl Write, columns: &[impl AsRef<str>]) -> io::Result<()> {
        let run = if self.runs.len() > 1 { "run," } else { "" };
        let columns: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
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
        lines.measures(TaxonScores::measures(), row);
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

/// A column of a small table: its head, and its cell in a row.
pub(super) type Column<R> = (&'static str, fn(&R) -> String);

/// The heads of some columns.
pub(super) fn heads<R>(columns: &[Column<R>]) -> Vec<String> {
    columns.iter().map(|(head, _)| (*head).to_string()).collect()
}

/// The cells of a row in some columns.
pub(super) fn cells<R>(columns: &[Column<R>], row: &R) -> Vec<String> {
    columns.iter().map(|(_, cell)| cell(row)).collect()
}

/// The heads of metrics in a small table, those with an interval with its ends behind them.
pub(super) fn measure_heads<R>(measures: &[Measure<R>]) -> Vec<String> {
    measures.iter().flat_map(Measure::columns).collect()
}

/// The cells of a row under [`measure_heads`].
pub(super) fn measure_cells<R: Row>(measures: &[Measure<R>], row: &R) -> Vec<String> {
    let of = |measure: &Measure<R>| -> Vec<String> {
        let ends = if measure.metric.has_interval() { end_cells(measure, row).to_vec() } else { vec![] };
        [vec![value_cell(measure, row)], ends].concat()
    };
    measures.iter().flat_map(of).collect()
}

/// The cell of a metric's value in a row of a small table.
pub(super) fn value_cell<R>(measure: &Measure<R>, row: &R) -> String {
    match (measure.value)(row) {
        Value::Count(count) => count.map(|count| count.to_string()).unwrap_or_default(),
        Value::Number(value) | Value::Within(value, _) => number(value),
        // A cell holds one number.
        Value::Counts(_) | Value::ByRank(_) => String::new(),
    }
}

/// The cells of the ends of its interval.
pub(super) fn end_cells<R: Row>(measure: &Measure<R>, row: &R) -> [String; 2] {
    let interval = measure.interval(row);
    [interval.map(|ends| ends.low), interval.map(|ends| ends.high)].map(number)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::metric::{RANKS, TAXA};
    use crate::taxonomy::TaxonId;
    use crate::taxonomy::rank::Rank;
    use std::collections::BTreeMap;

    /// One row as a table of some metrics gives it: cells by their headings.
    fn table<R: Row>(measures: &[Measure<R>], row: &R) -> (Vec<String>, BTreeMap<String, String>) {
        let columns = columns(&[], measures, &[]);
        let mut lines = Lines { text: String::new(), first: true };
        lines.measures(measures, row);
        let cells: Vec<String> = lines.text.split(',').map(str::to_string).collect();
        assert_eq!(columns.len(), cells.len());
        (columns.clone(), columns.into_iter().zip(cells).collect())
    }

    fn taxon() -> TaxonScores {
        TaxonScores {
            taxon: TaxonId::ROOT,
            rank: Rank::Genus,
            n: 8,
            answered: 5,
            right: 4,
            unanswered: 1,
            recall: Some(0.5),
            recall_interval: Some(crate::numbers::statistics::Interval { low: 0.25, high: 0.75 }),
            precision: Some(0.8),
            precision_interval: None,
            f1: Some(8.0 / 13.0),
            confused_with: None,
        }
    }

    #[test]
    fn metrics_that_change_places_take_their_values_and_intervals_with_them() {
        let (columns, cells) = table(&TAXA, &taxon());
        assert_eq!(columns[..3], ["recall", "recall_low", "recall_high"]);
        let mut swapped = TAXA;
        swapped.swap(0, 2);
        let (other_columns, other_cells) = table(&swapped, &taxon());
        assert_eq!(other_columns[..4], ["f1", "precision", "precision_low", "precision_high"]);
        assert_eq!(cells, other_cells);
        assert_eq!(
            (cells["recall"].as_str(), cells["recall_high"].as_str(), cells["precision_low"].as_str()),
            ("0.5", "0.75", "")
        );
    }

    #[test]
    fn every_metric_of_a_rank_has_a_column_of_its_own() {
        let columns = rank_columns();
        let names: std::collections::HashSet<&String> = columns.iter().collect();
        assert_eq!(names.len(), columns.len());
        assert!(RANKS.iter().all(|measure| columns.iter().any(|column| column == measure.metric.name)));
    }
}
