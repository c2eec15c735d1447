//! Answers held against their truths: `evaluate` and the class `Evaluation`.

use crate::error::{NearmissError, refusal};
use crate::frame::Frame;
use crate::gate::gate;
use crate::named::{Named, named};
use crate::part::part;
use crate::running::attempt;
use crate::table::Table;
use crate::taxonomy::Taxonomy;
use crate::{options, wording};
use nearmiss::answers::Answers;
use nearmiss::answers::table::TableSource;
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::language::Language;
use nearmiss::report::noun::{Noun, NounError};
use nearmiss::report::run_photographs::{RunPhotographs, Thumbnails};
use nearmiss::report::scoring::{Formulas, Scored, Writing};
use nearmiss::report::states::Part;
use nearmiss::report::{Contents, Overwrite, event_tables, frames, novelty_frames, sections, values};
use nearmiss::scores::Scores;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Answers that were scored.
#[pyclass(module = "nearmiss._nearmiss", frozen)]
pub(crate) struct Evaluation {
    scored: Arc<Scored>,
    /// Where the answers lay; nowhere where they came batch by batch.
    predictions: Option<TableSource>,
    /// Columns that were left aside, in words.
    remark: Option<String>,
    taxonomy: PyOnceLock<Py<Taxonomy>>,
}

/// Scores a table in memory, a file or a run directory; or adds up states, or several tables.
#[pyfunction]
fn evaluate(py: Python<'_>, source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Evaluation> {
    let (scoring, more) = options::scoring(source, options)?;
    let remark = source.cast::<Frame>().ok().and_then(|frame| frame.get().remark());
    let predictions = scoring.predictions.clone();
    match (attempt(py, move || scoring.run_with(&more)), remark) {
        (Ok(scored), remark) => Ok(Evaluation { predictions: Some(predictions), remark, ..Evaluation::of(scored) }),
        // What was left aside may be what is missed.
        (Err(error), Some(remark)) if error.is_instance_of::<NearmissError>(py) => {
            Err(refusal(&format!("{}; {remark}", error.value(py))))
        }
        (Err(error), _) => Err(error),
    }
}

impl Evaluation {
    /// Of answers that were scored.
    pub(crate) fn of(scored: Scored) -> Evaluation {
        Evaluation { scored: Arc::new(scored), predictions: None, remark: None, taxonomy: PyOnceLock::new() }
    }

    fn run(&self, run: usize) -> PyResult<&Scores> {
        let runs = self.scored.runs.len();
        let found = self.scored.runs.get(run).map(|(_, scores)| scores);
        found.ok_or_else(|| PyIndexError::new_err(format!("there is no run {run}; there are {runs}, the first is 0")))
    }

    /// A table of all runs, or of one.
    fn table<F>(&self, py: Python<'_>, run: Option<usize>, frame: F) -> PyResult<Table>
    where
        F: FnOnce(&Scored, &[(Answers, Scores)]) -> PolarsResult<DataFrame> + Send + 'static,
    {
        if let Some(run) = run {
            self.run(run)?;
        }
        let scored = Arc::clone(&self.scored);
        let made = attempt(py, move || {
            let runs = run.map_or(&scored.runs[..], |run| &scored.runs[run..=run]);
            frame(&scored, runs)
        });
        made.map(Table::of)
    }

    fn parts_of(&self) -> &[Part] {
        self.scored.parts.as_ref().map_or(&[], |parts| &parts.parts)
    }

    /// Sentences as Python says them, each once.
    fn said<'a>(sentences: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let mut said = HashSet::new();
        sentences.into_iter().filter(|sentence| said.insert(*sentence)).map(|sentence| wording::in_python(sentence)).collect()
    }
}

#[pymethods]
impl Evaluation {
    /// Names of the runs.
    #[getter]
    fn runs(&self) -> Vec<String> {
        self.scored.runs.iter().map(|(_, scores)| scores.name.clone()).collect()
    }

    /// What was scored: the one run, or the table of several.
    #[getter]
    fn title(&self) -> String {
        match (&self.scored.runs[..], &self.predictions) {
            ([_, _, ..], Some(predictions)) => predictions.name().display().to_string(),
            (runs, _) => runs.first().map_or_else(String::new, |(_, scores)| scores.name.clone()),
        }
    }

    /// How the predictions were read, a line each; nothing of parts that were added up, which say it themselves.
    #[getter]
    fn understood(&self) -> Vec<String> {
        if self.scored.parts.is_some() { vec![] } else { self.scored.understood.lines() }
    }

    /// The parts that were added up; none where images were scored one by one.
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.parts_of().iter().map(|of| part(py, of)).collect()
    }

    /// What was decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        let of_runs = self.scored.runs.iter().flat_map(|(_, scores)| &scores.notes);
        Evaluation::said(self.remark.iter().chain(&self.scored.notes).chain(of_runs))
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        let of_parts = self.parts_of().iter().flat_map(|part| &part.warnings);
        Evaluation::said(of_parts.chain(self.scored.runs.iter().flat_map(|(_, scores)| &scores.warnings)))
    }

    /// The taxonomy of truths and answers.
    #[getter]
    fn taxonomy(&self, py: Python<'_>) -> PyResult<Py<Taxonomy>> {
        let made = || Py::new(py, Taxonomy::of(Arc::clone(&self.scored.taxonomy), self.scored.taxonomy_source.clone()));
        Ok(self.taxonomy.get_or_try_init(py, made)?.clone_ref(py))
    }

    /// Whether photographs could not be read.
    #[getter]
    fn has_unreadable(&self) -> bool {
        self.scored.has_unreadable()
    }

    /// What became of each gate in each run.
    #[getter]
    fn gates<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let several = self.scored.runs.len() > 1;
        self.scored.verdicts.iter().map(|verdict| gate(py, verdict, several)).collect()
    }

    /// A run in one sentence: how often it is right, and how far its mistakes are.
    fn sentence(&self, run: usize) -> PyResult<String> {
        let scores = self.run(run)?;
        Ok(format!("{}: {}", scores.name, sections::verdict(scores)))
    }

    /// The numbers of a run by their names, each with its interval and how many it is over.
    fn metrics(&self, py: Python<'_>, run: usize) -> PyResult<Vec<Named>> {
        let scores = self.run(run)?;
        named(py, py.detach(|| values::of_scores(scores)))
    }

    /// All that metrics.json has.
    fn metrics_json(&self, py: Python<'_>) -> String {
        py.detach(|| self.scored.metrics_json(None))
    }

    /// The columns of ranks.csv; of several runs with their names.
    #[pyo3(signature = (run=None))]
    fn ranks(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::ranks(&scored.taxonomy, runs))
    }

    /// The columns of taxa.csv.
    #[pyo3(signature = (run=None))]
    fn taxa(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::taxa(&scored.taxonomy, runs))
    }

    /// The columns of mistakes.csv.
    #[pyo3(signature = (run=None))]
    fn mistakes(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::mistakes(&scored.taxonomy, runs))
    }

    /// The columns of confusions.csv.
    #[pyo3(signature = (run=None))]
    fn confusions(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::confusions(&scored.taxonomy, runs))
    }

    /// The columns of probably_the_name.csv.
    #[pyo3(signature = (run=None))]
    fn probably_the_name(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::probably_the_name(&scored.taxonomy, runs))
    }

    /// The columns of non_taxa.csv.
    #[pyo3(signature = (run=None))]
    fn non_taxa(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| frames::non_taxa(&scored.taxonomy, runs))
    }

    /// The columns of novelty.csv.
    #[pyo3(signature = (run=None))]
    fn novelty(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |_, runs| novelty_frames::novelty(runs))
    }

    /// The columns of novelty_detection.csv.
    #[pyo3(signature = (run=None))]
    fn novelty_detection(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |_, runs| novelty_frames::novelty_detection(runs))
    }

    /// The columns of events.csv.
    #[pyo3(signature = (run=None))]
    fn events(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| event_tables::events(&scored.taxonomy, runs))
    }

    /// The columns of sites.csv.
    #[pyo3(signature = (run=None))]
    fn sites(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| event_tables::sites(&scored.taxonomy, runs))
    }

    /// The columns of presence.csv.
    #[pyo3(signature = (run=None))]
    fn presence(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| event_tables::presence(&scored.taxonomy, runs))
    }

    /// The columns of occupancy.csv.
    #[pyo3(signature = (run=None))]
    fn occupancy(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        self.table(py, run, |scored, runs| event_tables::occupancy(&scored.taxonomy, runs))
    }

    /// Every image, and what became of it.
    #[pyo3(signature = (run=None))]
    fn images(&self, py: Python<'_>, run: Option<usize>) -> PyResult<Table> {
        if self.scored.runs.iter().any(|(answers, _)| answers.times.is_some()) {
            return Err(refusal(
                "images: these were counted and are not kept, but for the worst mistakes; score one table for all",
            ));
        }
        self.table(py, run, |scored, runs| frames::images(&scored.taxonomy, runs, scored.unreachable))
    }

    /// Writes the report folder, and returns its files.
    #[pyo3(signature = (folder, force=false, tables_only=false, csv_safe=false, photographs=None, language="en", unit=None))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of Python's function")]
    fn save(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        force: bool,
        tables_only: bool,
        csv_safe: bool,
        photographs: Option<PathBuf>,
        language: &str,
        unit: Option<&str>,
    ) -> PyResult<Vec<String>> {
        let saving = Saving {
            language: language_of(language)?,
            noun: unit.map(str::parse).transpose().map_err(|error: NounError| refusal(&format!("unit: {error}")))?,
            scored: Arc::clone(&self.scored),
            input: self.predictions.as_ref().and_then(TableSource::file).map(Path::to_path_buf),
            overwrite: if force { Overwrite::Anything } else { Overwrite::OwnReport },
            contents: if tables_only { Contents::Tables } else { Contents::Everything },
            formulas: if csv_safe { Formulas::Defused } else { Formulas::Kept },
            photographs,
        };
        attempt(py, move || saving.save(&folder))
    }
}

/// A report folder that is to be written.
struct Saving {
    scored: Arc<Scored>,
    /// The file or run directory that was scored.
    input: Option<PathBuf>,
    overwrite: Overwrite,
    contents: Contents,
    formulas: Formulas,
    /// Where the photographs are, if somebody says so.
    photographs: Option<PathBuf>,
    language: Language,
    noun: Option<Noun>,
}

impl Saving {
    fn save(&self, folder: &Path) -> Result<Vec<String>, String> {
        // Of a table in memory no licences are known: its photographs are shown where somebody says where they are.
        let (input, shown) = match (&self.input, &self.photographs) {
            (Some(input), _) => (input.as_path(), Thumbnails::Licensed),
            (None, Some(_)) => (Path::new(""), Thumbnails::All),
            (None, None) => (Path::new(""), Thumbnails::None),
        };
        let photographs = RunPhotographs::of(input, self.photographs.as_deref(), shown).map_err(|error| error.to_string())?;
        let writing = Writing {
            photographs: photographs.photographs(),
            overwrite: self.overwrite,
            contents: self.contents,
            formulas: self.formulas,
            language: self.language,
            noun: self.noun.as_ref().filter(|noun| !noun.is_image()),
            ..Writing::default()
        };
        let files = self.scored.write(folder, &writing).map_err(|error| error.to_string())?;
        if let Some(input) = &self.input {
            keep_inputs(folder, std::slice::from_ref(input)).map_err(|error| error.to_string())?;
        }
        Ok(files.iter().map(|file| file.display().to_string()).collect())
    }
}

/// The language of a page by its code.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn language_of(code: &str) -> PyResult<Language> {
    let found = Language::ALL.into_iter().find(|language| language.code() == code);
    found.ok_or_else(|| refusal(&format!("language: '{code}' is none of en, fr, es")))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Evaluation>()?;
    module.add_function(wrap_pyfunction!(evaluate, module)?)
}
