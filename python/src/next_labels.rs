//! Which images to label next, to find the best of several models.

use crate::cells::{numbers, texts};
use crate::error::OrRefused;
use crate::options;
use crate::running::attempt;
use crate::table::Table;
use crate::wording::in_python;
use nearmiss::answers::table::TableSource;
use nearmiss::report::language::Language;
use nearmiss::report::next_labels::{Simulated, models, value, verdict, write};
use nearmiss::report::{Overwrite, ReportError, csv_safe};
use nearmiss::scores::next_labels::{Method, NextLabels, NextLabelsAsked, Order, Simulation, SimulationOptions};
use nearmiss::taxonomy::rank::Rank;
use polars::frame::DataFrame;
use polars::prelude::Column;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::Arc;

/// What made it, as its page and its JSON say it.
const COMMAND: &str = "nearmiss.next_labels (Python)";

/// Options beside those of reading.
const OPTIONS: [&str; 7] = ["taxonomy", "rank", "method", "budget", "repetitions", "seed", "simulate"];

/// All that is known.
struct Known {
    read: NextLabels,
    order: Option<Order>,
    simulation: Option<Simulation>,
    budget: Option<usize>,
    seed: u64,
}

/// The order of images, or what came of a simulation.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct LabelOrder {
    known: Arc<Known>,
}

/// Orders images for labelling, or tries ways of ordering them: tables, paths or run directories by their names.
#[pyfunction]
fn next_labels(py: Python<'_>, sources: Vec<(String, Bound<'_, PyAny>)>, options: &Bound<'_, PyDict>) -> PyResult<LabelOrder> {
    options::known(options, &[&options::READING[..], &OPTIONS[..]].concat())?;
    let (names, sources): (Vec<String>, Vec<Bound<'_, PyAny>>) = sources.into_iter().unzip();
    let runs = sources.iter().map(options::source).collect::<PyResult<Vec<TableSource>>>()?;
    let ranks: Vec<(&str, Rank)> = Rank::MAIN.iter().map(|rank| (rank.name(), *rank)).collect();
    let asked = NextLabelsAsked {
        names,
        taxonomy: options::taxonomy(options)?,
        table: options::reading(options)?,
        rank: options::choice(options, "rank", &ranks)?,
        ..NextLabelsAsked::of(runs)
    };
    let methods: Vec<(&str, Method)> = Method::ALL.iter().map(|method| (method.name(), *method)).collect();
    let method = options::choice(options, "method", &methods)?.unwrap_or_default();
    let (simulate, budget) = (options::flag(options, "simulate")?, options::count(options, "budget", 1)?);
    let usual = SimulationOptions::default();
    let seed = options::number(options, "seed")?.unwrap_or(usual.seed);
    let how = SimulationOptions {
        budget: budget.unwrap_or(usual.budget),
        repetitions: options::count(options, "repetitions", 1)?.unwrap_or(usual.repetitions),
        seed,
    };
    let known = attempt(py, move || -> Result<Known, String> {
        let read = asked.read().map_err(|error| error.to_string())?;
        let simulation = simulate.then(|| Simulation::of(&read.votes, &how)).transpose().map_err(|error| error.to_string())?;
        let order = (!simulate).then(|| Order::of(&read.votes, method, seed)).transpose().map_err(|error| error.to_string())?;
        Ok(Known { read, order, simulation, budget, seed })
    })?;
    Ok(LabelOrder { known: Arc::new(known) })
}

impl Known {
    fn page<'a>(&'a self, simulation: &'a Simulation) -> Simulated<'a> {
        let notes = &self.read.notes;
        Simulated { simulation, notes, command_line: COMMAND, seed: self.seed, language: Language::default() }
    }
}

#[pymethods]
impl LabelOrder {
    /// What was read, decided and left out, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.known.read.notes.iter().map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.known.read.warnings.iter().map(|warning| in_python(warning)).collect()
    }

    /// The main sentence of a simulation; none of an order.
    #[getter]
    fn verdict(&self) -> Option<String> {
        self.known.simulation.as_ref().map(verdict)
    }

    /// What is known of the models, or all that simulation.json has.
    fn json(&self) -> String {
        let simulation = self.known.simulation.as_ref().map(|simulation| value(&self.known.page(simulation)));
        let order = self.known.order.as_ref().map(models);
        simulation.or(order).map(|value| format!("{value:#}")).unwrap_or_default()
    }

    /// A row for each image that is to be labelled, next one first; of a simulation, for each method and number of labels.
    fn table(&self) -> PyResult<Table> {
        let columns = match (&self.known.order, &self.known.simulation) {
            (Some(order), _) => ordered(&self.known, order),
            (None, Some(simulation)) => curves(simulation),
            (None, None) => vec![],
        };
        let rows = columns.first().map_or(0, Column::len);
        Ok(Table::of(DataFrame::new(rows, columns).or_refused()?))
    }

    /// Writes the folder of a simulation, and returns its files; none of an order.
    #[pyo3(signature = (folder, force=false, csv_safe=false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool) -> PyResult<Vec<String>> {
        let known = Arc::clone(&self.known);
        let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
        attempt(py, move || -> Result<Vec<String>, ReportError> {
            let Some(simulation) = &known.simulation else { return Ok(vec![]) };
            let files = write(&folder, &known.page(simulation), overwrite)?;
            if csv_safe {
                csv_safe::defuse(&files)?;
            }
            Ok(files.iter().map(|file| file.display().to_string()).collect())
        })
    }
}

fn ordered(known: &Known, order: &Order) -> Vec<Column> {
    let votes = &known.read.votes;
    let images = &order.images[..known.budget.unwrap_or(usize::MAX).min(order.images.len())];
    let mut columns = vec![
        texts("image", images.iter().map(|row| Some(votes.images[row.image].clone()))),
        numbers("score", images.iter().map(|row| row.score)),
        numbers("information", images.iter().map(|row| row.information)),
        numbers("vote_entropy", images.iter().map(|row| Some(row.disagreement.vote_entropy))),
        numbers("pairs_disagree", images.iter().map(|row| Some(row.disagreement.pairs_disagree))),
        numbers("pair_height", images.iter().map(|row| Some(row.disagreement.pair_height))),
    ];
    for (model, answers) in votes.models.iter().zip(&votes.answers) {
        let name = |class: usize| Some(votes.name(class).to_string()).filter(|name| !name.is_empty());
        columns.push(texts(&format!("answer: {model}"), images.iter().map(|row| name(answers[row.image]))));
    }
    columns
}

fn curves(simulation: &Simulation) -> Vec<Column> {
    let rows: Vec<(&str, usize, f64, f64)> = simulation
        .methods
        .iter()
        .flat_map(|method| {
            let steps = method.regret.iter().zip(&method.found_by).enumerate();
            steps.map(|(labels, (regret, found))| (method.method.name(), labels, *regret, *found))
        })
        .collect();
    vec![
        texts("method", rows.iter().map(|row| Some(row.0.to_string()))),
        crate::cells::counts("labels", rows.iter().map(|row| Some(row.1))),
        numbers("regret", rows.iter().map(|row| Some(row.2))),
        numbers("found", rows.iter().map(|row| Some(row.3))),
    ]
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<LabelOrder>()?;
    module.add_function(wrap_pyfunction!(next_labels, module)?)
}
