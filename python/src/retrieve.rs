//! Retrieval: every vector as a query, or runs held against judgements.

mod asking;
mod judged;
mod tables;

use crate::comparison::{pairs, preamble};
use crate::error::{OrRefused, refusal};
use crate::gate::gate;
use crate::named::{Named, named};
use crate::running::{attempt, run_telling};
use crate::table::Table;
use crate::wording::in_python;
use asking::{Judging, Search};
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::retrieval::{self, Note, Ranked, Searched, Writing, blocks};
use nearmiss::report::scoring::Formulas;
use nearmiss::report::values::{self, NamedValue};
use nearmiss::report::{Overwrite, ReportError};
use nearmiss::scores::compare::{latex, text};
use nearmiss::scores::gate::Verdict;
use nearmiss::spaces::retrieval::measure::Labels;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What made the numbers, as their page and their JSON say it.
const COMMAND: &str = "nearmiss.retrieve (Python)";

/// What a search is called among runs.
const EMBEDDINGS: &str = "embeddings";

/// What was found.
#[derive(Clone)]
enum Found {
    /// Every vector as a query.
    Searched(Arc<Searched>),
    /// Runs against judgements.
    Ranked(Arc<Ranked>),
}

/// How well what is sought is found.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Retrieval {
    found: Found,
    /// Where what was measured lies, if it is in files.
    inputs: Vec<PathBuf>,
}

/// Ranks all vectors for each of them, or for other vectors, and measures that.
#[pyfunction]
#[pyo3(signature = (vectors, names, options, progress=None))]
fn retrieve(
    py: Python<'_>,
    vectors: &Bound<'_, PyAny>,
    names: Option<Vec<String>>,
    options: &Bound<'_, PyDict>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Retrieval> {
    let search = Search::of(vectors, names, options)?;
    let inputs = search.inputs();
    let searched = run_telling(py, progress, move |say| search.run(say).map_err(|error| error.to_string()))?;
    Ok(Retrieval { found: Found::Searched(Arc::new(searched.or_refused()?)), inputs })
}

/// Holds runs, each with its name, against judgements, and compares them.
#[pyfunction]
fn retrieve_runs(
    py: Python<'_>,
    qrels: &Bound<'_, PyAny>,
    runs: Vec<(String, Bound<'_, PyAny>)>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Retrieval> {
    let judging = Judging::of(qrels, runs, options)?;
    let inputs = judging.inputs();
    Ok(Retrieval { found: Found::Ranked(Arc::new(attempt(py, move || judging.run())?)), inputs })
}

impl Retrieval {
    /// The runs that were compared.
    fn ranked(&self, what: &str) -> PyResult<&Ranked> {
        match &self.found {
            Found::Ranked(ranked) => Ok(&**ranked),
            Found::Searched(_) => Err(refusal(&format!("{what} is of runs held against judgements, and these are embeddings"))),
        }
    }

    fn verdicts(&self) -> &[Verdict] {
        match &self.found {
            Found::Searched(searched) => &searched.verdicts,
            Found::Ranked(ranked) => &ranked.verdicts,
        }
    }
}

#[pymethods]
impl Retrieval {
    /// Names of the runs; of a search it is `embeddings`.
    #[getter]
    fn runs(&self) -> Vec<String> {
        match &self.found {
            Found::Searched(_) => vec![EMBEDDINGS.to_string()],
            Found::Ranked(ranked) => ranked.comparison.runs.clone(),
        }
    }

    /// What was decided, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        match &self.found {
            Found::Searched(searched) => searched.search.notes.iter().map(|note| in_python(note)).collect(),
            Found::Ranked(ranked) => sentences(ranked, false),
        }
    }

    /// What makes numbers lower than a reader expects, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        match &self.found {
            Found::Searched(_) => vec![],
            Found::Ranked(ranked) => sentences(ranked, true),
        }
    }

    /// How often the nearest is right, in a sentence; None of runs.
    #[getter]
    fn verdict(&self) -> Option<String> {
        match &self.found {
            Found::Searched(searched) => Some(retrieval::verdict(&searched.search)),
            Found::Ranked(_) => None,
        }
    }

    /// Gates with what became of them.
    #[getter]
    fn gates<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let several = self.runs().len() > 1;
        self.verdicts().iter().map(|verdict| gate(py, verdict, several)).collect()
    }

    /// Every number of a run by its name, with its interval, how many it is over, and why it has no interval.
    #[pyo3(signature = (run=0))]
    fn metrics(&self, py: Python<'_>, run: usize) -> PyResult<Vec<Named>> {
        if run >= self.runs().len() {
            return Err(refusal(&format!("there is no run {run}; there are {}, from 0 on", self.runs().len())));
        }
        named(
            py,
            match &self.found {
                Found::Searched(searched) => of_search(searched),
                Found::Ranked(ranked) => of_run(ranked, run),
            },
        )
    }

    /// All that retrieval.json has, or compare.json of runs.
    fn json(&self) -> String {
        match &self.found {
            Found::Searched(searched) => format!("{:#}", retrieval::value(searched, COMMAND)),
            Found::Ranked(ranked) => format!("{:#}", ranked.value(COMMAND)),
        }
    }

    /// A row for each measure, and for each run where there are runs.
    fn measures(&self) -> PyResult<Table> {
        let table = match &self.found {
            Found::Searched(searched) => tables::searched_measures(searched),
            Found::Ranked(ranked) => tables::ranked_measures(ranked),
        };
        Ok(Table::of(table.or_refused()?))
    }

    /// A row for each query, and for each run where there are runs.
    fn queries(&self) -> PyResult<Table> {
        let table = match &self.found {
            Found::Searched(searched) => tables::searched_queries(searched),
            Found::Ranked(ranked) => tables::ranked_queries(ranked),
        };
        Ok(Table::of(table.or_refused()?))
    }

    /// A row for each measure and pair of runs.
    fn table(&self) -> PyResult<Table> {
        Ok(Table::of(pairs::table(&self.ranked("table()")?.comparison).or_refused()?))
    }

    /// The table as ranx prints it; of a search how it was done, and what it found.
    fn text(&self) -> String {
        match &self.found {
            Found::Searched(searched) => {
                format!("{}\n{}", retrieval::setting(searched), retrieval::verdict(&searched.search))
            }
            Found::Ranked(ranked) => text::ranx_table(&ranked.comparison),
        }
    }

    /// The table of runs for a paper; to the letter as ranx writes it if asked.
    #[pyo3(signature = (ranx=false))]
    fn latex(&self, ranx: bool) -> PyResult<String> {
        let ranked = self.ranked("latex()")?;
        // ranx had its names in the middle in 2022.
        let names = if ranked.labels == Labels::Legacy { 'c' } else { 'l' };
        Ok(latex::ranx_table(&ranked.comparison, names, preamble(ranx)))
    }

    /// Writes the folder of the retrieval, and returns its files.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let (found, inputs) = (self.found.clone(), self.inputs.clone());
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let writing = Writing {
                command_line: COMMAND,
                overwrite: if force { Overwrite::Anything } else { Overwrite::OwnReport },
                formulas: if csv_safe { Formulas::Defused } else { Formulas::Kept },
                ..Writing::default()
            };
            let files = match &found {
                Found::Searched(searched) => searched.write(&folder, &writing),
                Found::Ranked(ranked) => ranked.write(&folder, &writing),
            };
            let files = files?;
            if !inputs.is_empty() {
                keep_inputs(&folder, &inputs)?;
            }
            Ok(files.iter().map(|file| file.display().to_string()).collect())
        })
    }
}

/// The warnings among the notes on runs, or all others.
fn sentences(ranked: &Ranked, warnings: bool) -> Vec<String> {
    let is_wanted = |note: &&Note| matches!(note, Note::Warning(_)) == warnings;
    ranked.notes.iter().filter(is_wanted).map(|note| in_python(note.sentence())).collect()
}

/// The numbers of a search, each with the queries that it is over.
fn of_search(searched: &Searched) -> Vec<NamedValue> {
    let over: HashMap<&str, usize> = searched.search.measured.iter().map(|of| (of.name.as_str(), of.n)).collect();
    let with_n = |value: NamedValue| {
        let n = over.get(value.name.as_str()).map(|n| *n as u64).or(value.n);
        NamedValue { n, ..value }
    };
    values::of_json(&blocks(&searched.search)).into_iter().map(with_n).collect()
}

/// The means of a run by all measures.
fn of_run(ranked: &Ranked, run: usize) -> Vec<NamedValue> {
    let of_measure = |metric: &nearmiss::scores::compare::MetricComparison| NamedValue {
        name: metric.name.clone(),
        value: metric.means[run],
        is_count: false,
        low: metric.intervals[run].map(|ends| ends.low),
        high: metric.intervals[run].map(|ends| ends.high),
        n: Some(metric.n as u64),
        no_interval: metric.no_interval[run].clone(),
    };
    ranked.comparison.metrics.iter().map(of_measure).collect()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Retrieval>()?;
    module.add_function(wrap_pyfunction!(retrieve, module)?)?;
    module.add_function(wrap_pyfunction!(retrieve_runs, module)?)
}
