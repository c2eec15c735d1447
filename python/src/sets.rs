//! Sets of truths and answers: several taxa in one image.

use crate::error::{OrRefused, refusal};
use crate::options;
use crate::running::attempt;
use crate::table::Table;
use crate::wording::in_python;
use nearmiss::answers::table::{SetOptions, TableSource};
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::language::Language;
use nearmiss::report::sets::{WrittenSets, frames, value, verdict, write};
use nearmiss::report::{Overwrite, ReportError, csv_safe};
use nearmiss::scores::sets::{ScoredSets, Selection, SetScoring};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What scored the sets, as their page and their JSON say it.
const COMMAND: &str = "nearmiss.sets (Python)";

/// Options beside those of reading.
const OPTIONS: [&str; 10] =
    ["taxonomy", "transect", "site_column", "list_separator", "threshold", "top_k", "precision", "alpha", "draws", "seed"];

/// Sets of truths and answers that were scored.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Sets {
    scored: Arc<ScoredSets>,
    /// Where the tables lie, if all of them are files.
    inputs: Vec<PathBuf>,
}

/// Scores tables or paths by their names.
#[pyfunction]
fn sets(py: Python<'_>, sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<Sets> {
    options::known(options, &[&options::READING[..], &OPTIONS[..]].concat())?;
    let scoring = scoring(sources, options)?;
    let files = scoring.sources.iter().map(|source| source.file().map(Path::to_path_buf));
    let inputs = files.collect::<Option<Vec<PathBuf>>>().unwrap_or_default();
    let scored = Arc::new(attempt(py, move || scoring.run())?);
    Ok(Sets { scored, inputs })
}

fn scoring(sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<SetScoring> {
    let (names, sources): (Vec<String>, Vec<Bound<'_, PyAny>>) = sources.into_iter().unzip();
    let sources = sources.iter().map(options::source).collect::<PyResult<Vec<TableSource>>>()?;
    let usual = SetScoring::of(sources);
    let threshold = match options.get_item("threshold")?.filter(|value| !value.is_none()) {
        Some(value) => {
            let number = value.extract::<f64>().ok().filter(|number| number.is_finite());
            Some(number.ok_or_else(|| refusal("threshold=: it is a number"))?)
        }
        None => None,
    };
    let top = options::count(options, "top_k", 1)?;
    if threshold.is_some() && top.is_some() {
        return Err(refusal("threshold= and top_k= say both which names are answered; give one of them"));
    }
    let separator = options::text(options, "list_separator")?;
    let list_separator = separator.as_ref().and_then(|text| text.chars().next());
    if separator.is_some_and(|text| text.chars().count() != 1) {
        return Err(refusal("list_separator=: it is one character"));
    }
    Ok(SetScoring {
        taxonomy: options::taxonomy(options)?,
        options: SetOptions {
            table: options::reading(options)?,
            list_separator,
            site_column: options::text(options, "site_column")?,
            transect_column: options::text(options, "transect")?,
            names,
        },
        selection: threshold.map(Selection::Threshold).or(top.map(Selection::Top)),
        precision: options::share(options, "precision")?,
        alpha: options::share(options, "alpha")?.unwrap_or(usual.alpha),
        draws: options::count(options, "draws", 100)?.unwrap_or(usual.draws),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
        ..usual
    })
}

#[pymethods]
impl Sets {
    /// Names of the runs.
    #[getter]
    fn runs(&self) -> Vec<String> {
        self.scored.runs.iter().map(|run| run.name.clone()).collect()
    }

    /// What was read, decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.scored.notes.iter().map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.scored.warnings.iter().map(|warning| in_python(warning)).collect()
    }

    /// The main sentence of each run.
    #[getter]
    fn verdicts(&self) -> Vec<String> {
        self.scored.runs.iter().map(verdict).collect()
    }

    /// A table by its name: `metrics`, `ranks`, `taxa`, `images`, `sites` or `thresholds`.
    fn table(&self, name: &str) -> PyResult<Table> {
        let frame = match name {
            "metrics" => frames::whole(&self.scored),
            "ranks" => frames::ranks(&self.scored),
            "taxa" => frames::taxa(&self.scored),
            "images" => frames::images(&self.scored),
            "sites" => frames::sites(&self.scored),
            "thresholds" => frames::thresholds(&self.scored),
            other => return Err(refusal(&format!("there is no table '{other}'"))),
        };
        Ok(Table::of(frame.or_refused()?))
    }

    /// All that sets.json has.
    fn json(&self) -> String {
        format!("{:#}", value(&self.scored, COMMAND))
    }

    /// Writes the folder, and returns its files.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let (scored, inputs) = (Arc::clone(&self.scored), self.inputs.clone());
        let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let written = WrittenSets { scored: &scored, command_line: COMMAND, language: Language::default() };
            let files = write(&folder, written, overwrite)?;
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
    module.add_class::<Sets>()?;
    module.add_function(wrap_pyfunction!(sets, module)?)
}
