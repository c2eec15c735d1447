//! Two sets of images held against each other, unpaired.

use crate::cells::{counts, numbers, texts};
use crate::error::OrRefused;
use crate::options;
use crate::running::attempt;
use crate::table::Table;
use crate::wording::in_python;
use nearmiss::answers::table::TableSource;
use nearmiss::numbers::standardisation::Standard;
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::shift::{self, ShiftPage, text, verdict};
use nearmiss::report::shifting::{Shifted, Shifting};
use nearmiss::report::{Overwrite, ReportError, csv_safe};
use nearmiss::scores::metric::shift::{CALIBRATION_SHIFT, CLADES, CLASS_MIX, RANKS};
use nearmiss::scores::metric::{Measure, Row, Value};
use nearmiss::scores::shift::ShiftOptions;
use nearmiss::taxonomy::TaxonId;
use nearmiss::taxonomy::rank::Rank;
use polars::frame::DataFrame;
use polars::prelude::Column;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What made a shift, as its page and its JSON say it.
const COMMAND: &str = "nearmiss.shift (Python)";

/// Options beside those of reading.
const OPTIONS: [&str; 7] = ["taxonomy", "between", "standard", "rank", "count_unreachable", "draws", "seed"];

/// By how much two sets differ, and how much of it is skill.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Shift {
    shifted: Arc<Shifted>,
    /// Where the sets lie, if all of them are files.
    inputs: Vec<PathBuf>,
}

/// Holds two sets against each other: two tables, paths or run directories by their names, or two groups of one.
#[pyfunction]
#[pyo3(name = "shift")]
fn hold(py: Python<'_>, sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<Shift> {
    options::known(options, &[&options::READING[..], &OPTIONS[..]].concat())?;
    let shifting = shifting(sources, options)?;
    let files = std::iter::once(&shifting.first).chain(&shifting.second).map(|source| source.file().map(Path::to_path_buf));
    let inputs = files.collect::<Option<Vec<PathBuf>>>().unwrap_or_default();
    let shifted = Arc::new(attempt(py, move || shifting.run())?);
    Ok(Shift { shifted, inputs })
}

fn shifting(sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<Shifting> {
    let (names, sources): (Vec<String>, Vec<Bound<'_, PyAny>>) = sources.into_iter().unzip();
    let mut sources = sources.iter().map(options::source).collect::<PyResult<Vec<TableSource>>>()?.into_iter();
    let first = sources.next().ok_or("there is no set to hold against another").or_refused()?;
    let usual = Shifting::of(first);
    let usual_options = ShiftOptions::default();
    let standards = [("first", Standard::First), ("second", Standard::Second), ("both", Standard::Both)];
    let ranks = Rank::MAIN.map(|rank| (rank.name(), rank));
    let between: Option<[String; 2]> = options::names(options, "between")?.try_into().ok();
    Ok(Shifting {
        second: sources.next(),
        names: if between.is_some() { None } else { names.try_into().ok() },
        between,
        taxonomy: options::taxonomy(options)?,
        table: options::reading(options)?,
        options: ShiftOptions {
            standard: options::choice(options, "standard", &standards)?.unwrap_or_default(),
            rank: options::choice(options, "rank", &ranks)?,
            unreachable: options::unreachable(options)?,
            draws: options::count(options, "draws", 100)?.unwrap_or(usual_options.draws),
            seed: options::number(options, "seed")?.unwrap_or(usual_options.seed),
        },
        ..usual
    })
}

/// The columns of some metrics, those with an interval with its ends.
fn columns<R: Row>(rows: &[&R], measures: &[Measure<R>]) -> Vec<Column> {
    let mut all = vec![];
    for measure in measures {
        let name = measure.metric.name;
        let count = |row: &&R| match (measure.value)(row) {
            Value::Count(count) => count.and_then(|count| usize::try_from(count).ok()),
            _ => None,
        };
        if rows.iter().any(|row| matches!((measure.value)(row), Value::Count(_))) {
            all.push(counts(name, rows.iter().map(count)));
            continue;
        }
        all.push(numbers(name, rows.iter().map(|row| measure.number(row))));
        if measure.metric.has_interval() {
            let ends: Vec<_> = rows.iter().map(|row| measure.interval(row)).collect();
            all.push(numbers(&format!("{name}_low"), ends.iter().map(|ends| ends.map(|ends| ends.low))));
            all.push(numbers(&format!("{name}_high"), ends.iter().map(|ends| ends.map(|ends| ends.high))));
        }
    }
    all
}

fn table(before: Vec<Column>, height: usize, behind: Vec<Column>) -> PyResult<Table> {
    Ok(Table::of(DataFrame::new(height, [before, behind].concat()).or_refused()?))
}

impl Shift {
    fn names(&self, taxa: impl Iterator<Item = TaxonId>) -> Vec<Column> {
        let taxonomy = &self.shifted.taxonomy;
        let taxa: Vec<TaxonId> = taxa.collect();
        let of = |name: &str, cell: &dyn Fn(TaxonId) -> String| texts(name, taxa.iter().map(|taxon| Some(cell(*taxon))));
        vec![
            of("taxon", &|taxon| nearmiss::report::text::identity(taxonomy, taxon)),
            of("name", &|taxon| taxonomy.name(taxon).to_string()),
        ]
    }
}

#[pymethods]
impl Shift {
    /// What was read, decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.shifted.notes.iter().map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.shifted.warnings.iter().map(|warning| in_python(warning)).collect()
    }

    /// By how much the sets differ, and how much of it is skill.
    #[getter]
    fn verdict(&self) -> String {
        verdict(&self.shifted.shift)
    }

    /// A row for each metric.
    fn table(&self) -> PyResult<Table> {
        let rows: Vec<_> = self.shifted.shift.rows.iter().collect();
        table(vec![texts("metric", rows.iter().map(|row| Some(row.name.clone())))], rows.len(), columns(&rows, &RANKS))
    }

    /// A row for each of two metrics, rank and clade.
    fn clades(&self) -> PyResult<Table> {
        let rows: Vec<_> = self.shifted.shift.clades.iter().collect();
        let mut before = vec![
            texts("metric", rows.iter().map(|row| Some(row.name.clone()))),
            texts("rank", rows.iter().map(|row| row.at.map(|rank| rank.name().to_string()))),
        ];
        before.extend(self.names(rows.iter().map(|row| row.clade)));
        before.push(texts("seen", rows.iter().map(|row| Some(row.seen.word().to_string()))));
        table(before, rows.len(), columns(&rows, &CLADES))
    }

    /// A row for each class whose share in the second set is estimated; none where nothing is.
    fn mix(&self) -> PyResult<Table> {
        let rows: Vec<_> = self.shifted.shift.label_shift.iter().flat_map(|mix| &mix.mix).collect();
        table(self.names(rows.iter().map(|row| row.taxon)), rows.len(), columns(&rows, &CLASS_MIX))
    }

    /// A row for the answer and for each rank that has probabilities.
    fn calibration(&self) -> PyResult<Table> {
        let rows: Vec<_> = self.shifted.shift.calibration.iter().collect();
        table(vec![texts("of", rows.iter().map(|row| Some(row.of.clone())))], rows.len(), columns(&rows, &CALIBRATION_SHIFT))
    }

    /// The differences of all metrics, a line each.
    fn text(&self) -> String {
        text(&self.shifted.shift)
    }

    /// All that shift.json has.
    fn json(&self) -> String {
        format!("{:#}", shift::value(&ShiftPage::of(&self.shifted, COMMAND)))
    }

    /// Writes the folder, and returns its files.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let (shifted, inputs) = (Arc::clone(&self.shifted), self.inputs.clone());
        let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let files = shift::write(&folder, &ShiftPage::of(&shifted, COMMAND), overwrite)?;
            if !inputs.is_empty() {
                keep_inputs(&folder, &inputs)?;
            }
            if csv_safe {
                csv_safe::defuse(&files)?;
            }
            Ok(files.iter().map(|file| file.display().to_string()).collect())
        })
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Shift>()?;
    module.add_function(wrap_pyfunction!(hold, module)?)
}
