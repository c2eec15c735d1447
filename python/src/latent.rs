//! Latent spaces: vectors held against the tree.

mod blocks;

use crate::asked::{Arguments, counts as several, given, meanings};
use crate::cells::{counts, numbers, texts};
use crate::error::{OrRefused, refusal};
use crate::named::{Named, named};
use crate::options;
use crate::running::{attempt, run_telling};
use crate::table::Table;
use crate::vectors::Vectors;
use crate::wording::in_python;
use nearmiss::report::export::VectorFormat;
use nearmiss::report::folder::keep_inputs;
use nearmiss::report::latent::{value, verdict};
use nearmiss::report::measuring::{Looking, Measured, Measuring, MeasuringError, NamedSample, SpaceWriting, space_name};
use nearmiss::report::run_photographs::Thumbnails;
use nearmiss::report::scoring::Formulas;
use nearmiss::report::{Overwrite, measuring, values};
use nearmiss::spaces::embeddings::{SampleSize, Sampling};
use nearmiss::spaces::latent::{Latent as Numbers, LatentOptions};
use nearmiss::taxonomy::source::TaxonomySource;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What made the numbers, as their page and their JSON say it.
const COMMAND: &str = "nearmiss.latent (Python)";

const OPTIONS: [&str; 14] = [
    "labels",
    "observations",
    "taxonomy",
    "norm",
    "k",
    "across_observations",
    "map",
    "permutations",
    "seed",
    "sample",
    "search_minutes",
    "photographs",
    "thumbnails",
    "name",
];

/// How far nearness among vectors follows the taxonomy.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Latent {
    /// Of one space.
    measured: Arc<Measured>,
    /// The file or run that the vectors came from.
    input: Option<PathBuf>,
}

/// Measures vectors against the taxonomy: an array with labels, a run directory or a file.
#[pyfunction]
#[pyo3(signature = (vectors, names, options, progress=None))]
fn latent(
    py: Python<'_>,
    vectors: &Bound<'_, PyAny>,
    names: Option<Vec<String>>,
    options: &Bound<'_, PyDict>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Latent> {
    options::known(options, &OPTIONS)?;
    let arguments = Arguments { labels: "labels", observations: "observations", names };
    let shown = [("licensed", Thumbnails::Licensed), ("all", Thumbnails::All), ("none", Thumbnails::None)];
    let space = Space {
        vectors: Vectors::of(vectors, ["embeddings", "labels"], arguments.said(options)?)?,
        name: options::text(options, "name")?,
        taxonomy: options::taxonomy(options)?,
        looking: looking(options)?,
        options: looked_at(options)?,
        photographs: options::path(options, "photographs")?,
        thumbnails: options::choice(options, "thumbnails", &shown)?,
    };
    let input = space.vectors.path();
    let measured = run_telling(py, progress, move |say| {
        space.measured(&|remark: &str| say(remark.to_string())).map_err(|error| error.to_string())
    })?;
    Ok(Latent { measured: Arc::new(measured.or_refused()?), input })
}

/// How many of many vectors are looked at, and how long neighbours of these are looked for among all.
fn looking(options: &Bound<'_, PyDict>) -> PyResult<Looking> {
    let usual = Looking::default();
    let seed = options::number(options, "seed")?.unwrap_or(usual.sampling.seed);
    let size = match given(options, "sample")? {
        None => usual.sampling.size,
        Some(value) if value.extract::<String>().is_ok_and(|word| word == "all") => SampleSize::All,
        Some(value) => match value.extract::<usize>() {
            Ok(vectors) if !value.is_instance_of::<PyBool>() => SampleSize::Vectors(vectors),
            _ => return Err(refusal(&format!("sample={}: it is a number of vectors, or 'all'", value.repr()?))),
        },
    };
    let minutes = options::number(options, "search_minutes")?.map(|minutes| minutes.min(1_000_000));
    let search = minutes.map_or(usual.search, |minutes| Duration::from_secs(60 * minutes));
    Ok(Looking { sampling: Sampling { size, seed }, search })
}

/// How the program looks at a space, but for what somebody says.
fn looked_at(options: &Bound<'_, PyDict>) -> PyResult<LatentOptions> {
    let usual = LatentOptions::default();
    let ks = several(options, "k")?.map(|ks| ks.into_iter().collect::<BTreeSet<usize>>().into_iter().collect());
    Ok(LatentOptions {
        normalise: options::choice(options, "norm", &[("l2", true), ("none", false)])?.unwrap_or(usual.normalise),
        ks: ks.unwrap_or(usual.ks),
        permutations: options::count(options, "permutations", 1)?.unwrap_or(usual.permutations),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
        map: options::switch(options, "map")?.unwrap_or(usual.map),
        across_observations: options::flag(options, "across_observations")?,
    })
}

/// What is measured, and how.
struct Space {
    vectors: Vectors,
    name: Option<String>,
    taxonomy: Option<TaxonomySource>,
    looking: Looking,
    options: LatentOptions,
    photographs: Option<PathBuf>,
    thumbnails: Option<Thumbnails>,
}

impl Space {
    fn measured(self, remark: &dyn Fn(&str)) -> Result<Measured, MeasuringError> {
        let Space { vectors, name, taxonomy, looking, options, photographs, thumbnails } = self;
        // What is in memory is no run, whatever lies in this folder: its photographs are where somebody says, or nowhere.
        let in_memory = if photographs.is_some() { Thumbnails::All } else { Thumbnails::None };
        let usual = if vectors.path().is_some() { Thumbnails::default() } else { in_memory };
        let path = vectors.name().to_path_buf();
        let name = name.unwrap_or_else(|| space_name(&path));
        let given = taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let sampled = vectors.sampled(given.as_deref(), looking.sampling)?;
        let measuring = Measuring {
            vectors: measuring::Vectors::Sampled(vec![NamedSample { name, sampled, path }]),
            looking,
            options,
            photographs,
            thumbnails: thumbnails.unwrap_or(usual),
        };
        measuring.run(remark)
    }
}

impl Latent {
    fn numbers(&self) -> &Numbers {
        &self.measured.spaces[0].latent
    }

    fn value(&self) -> Value {
        value(&self.measured.spaces[0].embeddings, self.numbers(), COMMAND)
    }
}

#[pymethods]
impl Latent {
    /// What was read and decided, a sentence each.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.measured.notes().iter().map(|note| in_python(note)).collect()
    }

    /// What would mislead if it were overlooked: of a space nothing that its notes do not say.
    #[getter]
    #[expect(clippy::unused_self, reason = "Python asks it of an object")]
    fn warnings(&self) -> Vec<String> {
        vec![]
    }

    /// What the numbers say, a sentence each.
    #[getter]
    fn verdict(&self) -> Vec<String> {
        verdict(self.numbers())
    }

    /// All that latent.json has.
    fn json(&self) -> String {
        format!("{:#}", self.value())
    }

    /// Every number by its name, with its interval, how many it is over, and why it has no interval.
    fn metrics(&self, py: Python<'_>) -> PyResult<Vec<Named>> {
        named(py, values::of_json(&blocks::blocks(self.value())))
    }

    /// A row for each taxon of the finest rank.
    fn taxa(&self) -> PyResult<Table> {
        Ok(Table::of(taxa(self.numbers()).or_refused()?))
    }

    /// A row for each point that is nearer to another taxon than to its own: probable mislabels.
    fn suspects(&self) -> PyResult<Table> {
        Ok(Table::of(suspects(self.numbers()).or_refused()?))
    }

    /// Writes the folder of the space, and returns its files; the vectors too in the formats that are named.
    #[pyo3(signature = (folder, force=false, csv_safe=false, export=vec![]))]
    fn save(&self, py: Python<'_>, folder: PathBuf, force: bool, csv_safe: bool, export: Vec<String>) -> PyResult<Vec<String>> {
        let exports = meanings("export", export, &FORMATS)?;
        let (measured, input) = (Arc::clone(&self.measured), self.input.clone());
        attempt(py, move || -> Result<Vec<String>, MeasuringError> {
            let writing = SpaceWriting {
                command_line: COMMAND,
                overwrite: if force { Overwrite::Anything } else { Overwrite::OwnReport },
                exports: &exports,
                formulas: if csv_safe { Formulas::Defused } else { Formulas::Kept },
                ..SpaceWriting::default()
            };
            let files = measured.write(&folder, &writing)?;
            if let Some(input) = input {
                keep_inputs(&folder, &[input])?;
            }
            Ok(files.iter().map(|file| file.display().to_string()).collect())
        })
    }
}

/// Formats of vectors by the words of the program.
const FORMATS: [(&str, VectorFormat); 6] = [
    ("parquet", VectorFormat::Parquet),
    ("emb-explorer", VectorFormat::EmbExplorer),
    ("npy", VectorFormat::Npy),
    ("npz", VectorFormat::Npz),
    ("safetensors", VectorFormat::Safetensors),
    ("projector", VectorFormat::Projector),
];

/// The columns of latent_taxa.csv.
fn taxa(latent: &Numbers) -> PolarsResult<DataFrame> {
    let rows = &latent.taxa;
    let columns = vec![
        texts("taxon", rows.iter().map(|row| Some(row.taxon.clone()))),
        texts("name", rows.iter().map(|row| Some(row.name.clone()))),
        counts("n", rows.iter().map(|row| Some(row.n))),
        numbers("tightness", rows.iter().map(|row| Some(row.tightness))),
        numbers("silhouette", rows.iter().map(|row| Some(row.silhouette))),
        texts("nearest", rows.iter().map(|row| row.nearest.clone())),
        texts("meet", rows.iter().map(|row| row.meet.clone())),
        texts("meet_rank", rows.iter().map(|row| row.meet_rank.clone())),
    ];
    DataFrame::new(rows.len(), columns)
}

/// The columns of suspects.csv.
fn suspects(latent: &Numbers) -> PolarsResult<DataFrame> {
    let rows = &latent.suspects;
    let columns = vec![
        texts("image", rows.iter().map(|row| Some(row.image.clone()))),
        texts("said", rows.iter().map(|row| Some(row.said.clone()))),
        texts("said_id", rows.iter().map(|row| Some(row.said_id.clone()))),
        texts("looks_like", rows.iter().map(|row| Some(row.looks_like.clone()))),
        texts("looks_like_id", rows.iter().map(|row| Some(row.looks_like_id.clone()))),
        texts("typical", rows.iter().map(|row| Some(row.typical.clone()))),
        numbers("own", rows.iter().map(|row| Some(row.own))),
        numbers("other", rows.iter().map(|row| Some(row.other))),
        numbers("margin", rows.iter().map(|row| Some(row.margin))),
    ];
    DataFrame::new(rows.len(), columns)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Latent>()?;
    module.add_function(wrap_pyfunction!(latent, module)?)
}
