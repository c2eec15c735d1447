//! Runs held against each other, image by image.

pub(crate) mod pairs;

use crate::error::OrRefused;
use crate::options;
use crate::running::attempt;
use crate::table::Table;
use crate::wording::in_python;
use nearmiss::answers::table::TableSource;
use nearmiss::report::comparison::{self, Compared, shown, verdict};
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::{Overwrite, ReportError, csv_safe};
use nearmiss::scores::compare::latex::{self, Preamble};
use nearmiss::scores::compare::runs::{ComparedRuns, Comparing, Images};
use nearmiss::scores::compare::{Comparison as Numbers, PairsOf, text};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What made a comparison, as its page and its JSON say it.
const COMMAND: &str = "nearmiss.compare (Python)";

/// Options beside those of reading.
const OPTIONS: [&str; 7] = ["taxonomy", "intersect", "count_unreachable", "pairs", "alpha", "draws", "seed"];

/// Which run is better, by how much, and whether that may be chance.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Comparison {
    compared: Arc<ComparedRuns>,
    /// Where the runs lie, if all of them are files.
    inputs: Vec<PathBuf>,
}

/// Compares runs over the same images: tables, paths or run directories by their names.
#[pyfunction]
fn compare(py: Python<'_>, sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<Comparison> {
    options::known(options, &[&options::READING[..], &OPTIONS[..]].concat())?;
    let comparing = comparing(sources, options)?;
    let files = comparing.runs.iter().map(|source| source.file().map(Path::to_path_buf));
    let inputs = files.collect::<Option<Vec<PathBuf>>>().unwrap_or_default();
    let compared = Arc::new(attempt(py, move || comparing.run())?);
    Ok(Comparison { compared, inputs })
}

fn comparing(sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<Comparing> {
    let (names, sources): (Vec<String>, Vec<Bound<'_, PyAny>>) = sources.into_iter().unzip();
    let runs = sources.iter().map(options::source).collect::<PyResult<Vec<TableSource>>>()?;
    let usual = Comparing::of(runs);
    Ok(Comparing {
        names,
        taxonomy: options::taxonomy(options)?,
        table: options::reading(options)?,
        images: if options::flag(options, "intersect")? { Images::Common } else { Images::Same },
        unreachable: options::unreachable(options)?,
        pairs: options::choice(options, "pairs", &[("all", PairsOf::All), ("first", PairsOf::First)])?,
        alpha: options::share(options, "alpha")?.unwrap_or(usual.alpha),
        draws: options::count(options, "draws", 100)?.unwrap_or(usual.draws),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
        ..usual
    })
}

impl Comparison {
    fn numbers(&self) -> &Numbers {
        &self.compared.comparison
    }
}

#[pymethods]
impl Comparison {
    /// Names of the runs.
    #[getter]
    fn runs(&self) -> Vec<String> {
        self.numbers().runs.clone()
    }

    /// What was read, decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.compared.notes.iter().map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.compared.warnings.iter().map(|warning| in_python(warning)).collect()
    }

    /// Which run is right most often, and whether that may be chance.
    #[getter]
    fn verdict(&self) -> String {
        verdict(self.numbers())
    }

    /// A row for each metric and pair of runs.
    fn table(&self) -> PyResult<Table> {
        Ok(Table::of(pairs::table(self.numbers()).or_refused()?))
    }

    /// The runs by the metrics that fit a line, or by all; raised letters are the runs that one is better than.
    #[pyo3(signature = (all=false))]
    fn text(&self, all: bool) -> String {
        if all { text::table(self.numbers()) } else { text::table(&shown(self.numbers())) }
    }

    /// The table for a paper; to the letter as ranx writes it if asked.
    #[pyo3(signature = (ranx=false))]
    fn latex(&self, ranx: bool) -> String {
        latex::table(self.numbers(), preamble(ranx))
    }

    /// All that compare.json has.
    fn json(&self) -> String {
        format!("{:#}", comparison::value(&Compared::of(&self.compared, COMMAND)))
    }

    /// Writes the folder of the comparison, and returns its files.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let (compared, inputs) = (Arc::clone(&self.compared), self.inputs.clone());
        let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let files = comparison::write(&folder, &Compared::of(&compared, COMMAND), overwrite)?;
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

/// What stands above a table for LaTeX.
pub(crate) fn preamble(ranx: bool) -> Preamble {
    if ranx { Preamble::Ranx } else { Preamble::Commented }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Comparison>()?;
    module.add_function(wrap_pyfunction!(compare, module)?)
}
