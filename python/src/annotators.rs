//! Annotators held against each other, and classifiers among them.

use crate::options;
use crate::running::attempt;
use crate::wording::in_python;
use nearmiss::answers::annotations::{self, Annotations, AnnotationsAsked};
use nearmiss::answers::table::TableSource;
use nearmiss::report::annotators::{JudgedAnnotators, value, verdict, write};
use nearmiss::report::language::Language;
use nearmiss::report::{Overwrite, ReportError, csv_safe};
use nearmiss::scores::annotators::{AnnotatorOptions, Annotators, ConsensusKind, Panel};
use nearmiss::taxonomy::rank::Rank;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::Arc;

/// What made it, as its page and its JSON say it.
const COMMAND: &str = "nearmiss.annotators (Python)";

/// Options beside those of reading.
const OPTIONS: [&str; 9] = ["taxonomy", "annotator", "label", "annotators", "consensus", "rank", "smoothing", "draws", "seed"];

/// All that is known.
struct Known {
    read: Annotations,
    panel: Panel,
    judged: Annotators,
}

impl Known {
    fn page(&self) -> JudgedAnnotators<'_> {
        JudgedAnnotators {
            panel: &self.panel,
            judged: &self.judged,
            notes: &self.read.notes,
            warnings: &self.read.warnings,
            command_line: COMMAND,
            language: Language::default(),
        }
    }
}

/// How far annotators agree, and where classifiers stand among them.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct JudgedPeople {
    known: Arc<Known>,
}

/// Judges annotators by each other, and classifiers among them: a table of annotations, and tables or runs by their names.
#[pyfunction]
fn annotators(
    py: Python<'_>,
    annotations: &Bound<'_, PyAny>,
    predictions: Vec<(String, Bound<'_, PyAny>)>,
    options: &Bound<'_, PyDict>,
) -> PyResult<JudgedPeople> {
    options::known(options, &[&options::READING[..], &OPTIONS[..]].concat())?;
    let source = options::source(annotations)?;
    let named = |(name, value): (String, Bound<'_, PyAny>)| -> PyResult<(TableSource, Option<String>)> {
        Ok((options::source(&value)?, Some(name).filter(|name| !name.is_empty())))
    };
    let table = options::reading(options)?;
    let asked = AnnotationsAsked {
        image_column: table.image_column.clone(),
        annotator_column: options::text(options, "annotator")?,
        label_column: options::text(options, "label")?,
        annotator_columns: options::names(options, "annotators")?,
        predictions: predictions.into_iter().map(named).collect::<PyResult<_>>()?,
        taxonomy: options::taxonomy(options)?,
        table,
    };
    let usual = AnnotatorOptions::default();
    let kinds = [("tree", ConsensusKind::Tree), ("flat", ConsensusKind::Flat)];
    let ranks: Vec<(&str, Rank)> = Rank::MAIN.iter().map(|rank| (rank.name(), *rank)).collect();
    let how = AnnotatorOptions {
        consensus: options::choice(options, "consensus", &kinds)?.unwrap_or_default(),
        rank: options::choice(options, "rank", &ranks)?,
        smoothing: options::share(options, "smoothing")?.unwrap_or(usual.smoothing),
        draws: options::count(options, "draws", 100)?.unwrap_or(usual.draws),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
    };
    let known = attempt(py, move || -> Result<Known, String> {
        let read = annotations::read(&source, &asked).map_err(|error| error.to_string())?;
        let panel = Panel::of(&read);
        let judged = Annotators::of(&panel, &how).map_err(|error| error.to_string())?;
        Ok(Known { read, panel, judged })
    })?;
    Ok(JudgedPeople { known: Arc::new(known) })
}

#[pymethods]
impl JudgedPeople {
    /// What was read, decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.known.read.notes.iter().chain(&self.known.judged.notes).map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.known.read.warnings.iter().map(|warning| in_python(warning)).collect()
    }

    /// The main sentences.
    #[getter]
    fn verdict(&self) -> Vec<String> {
        verdict(&self.known.judged)
    }

    /// All that annotators.json has.
    fn json(&self) -> String {
        format!("{:#}", value(&self.known.page()))
    }

    /// Writes the folder, and returns its files.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let known = Arc::clone(&self.known);
        let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let files = write(&folder, &known.page(), overwrite)?;
            if csv_safe {
                csv_safe::defuse(&files)?;
            }
            Ok(files.iter().map(|file| file.display().to_string()).collect())
        })
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<JudgedPeople>()?;
    module.add_function(wrap_pyfunction!(annotators, module)?)
}
