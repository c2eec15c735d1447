//! Vectors as Python has them: an array, or the path of a run or of a file of embeddings, and what is said of each.

use crate::error::refusal;
use nearmiss::answers::table::TableSource;
use nearmiss::numbers::counted::counted;
use nearmiss::spaces::embeddings::{Embeddings, EmbeddingsError, Sampled, Sampling};
use nearmiss::taxonomy::Taxonomy;
use numpy::{Element, PyArrayDescrMethods, PyReadonlyArray2, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::path::{Path, PathBuf};

/// Where vectors are.
enum Place {
    /// A run directory or a file.
    Path(PathBuf),
    /// In memory: the values row by row, and how many a row has.
    Array(Vec<f64>, usize),
}

/// What is said of each vector.
pub(crate) struct Said {
    /// A table with a row for each: names, taxa or rank columns.
    pub(crate) table: Option<TableSource>,
    /// Names, which stand before those of the table.
    pub(crate) names: Option<Vec<String>>,
    /// Observations, which stand before those of the table; blank where there is none.
    pub(crate) observations: Option<Vec<String>>,
}

/// Vectors, and what is said of each.
pub(crate) struct Vectors {
    place: Place,
    said: Said,
    /// The argument that they were given as.
    argument: &'static str,
}

impl Vectors {
    /// Of an argument, and the one for its labels: a path, an array of NumPy, or anything that NumPy makes one of.
    pub(crate) fn of(given: &Bound<'_, PyAny>, [argument, beside]: [&'static str; 2], said: Said) -> PyResult<Vectors> {
        let place = if let Some(path) = path(given)? {
            Place::Path(path)
        } else {
            let (values, width) = array(given, argument)?;
            Place::Array(values, width)
        };
        if let (Place::Array(..), None) = (&place, &said.table) {
            let wanted = "a list with a name for each vector, or a table with a row for each";
            return Err(refusal(&format!("{argument}: an array says nothing of its rows; give {beside}=, {wanted}")));
        }
        Ok(Vectors { place, said, argument })
    }

    /// The path, if they are in a file or a run.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        if let Place::Path(path) = &self.place { Some(path.clone()) } else { None }
    }

    /// The path; for an array the argument, which is no path.
    pub(crate) fn name(&self) -> &Path {
        match &self.place {
            Place::Path(path) => path,
            Place::Array(..) => Path::new(self.argument),
        }
    }

    /// Reads them, or a sample of many, with their taxa.
    pub(crate) fn sampled(self, taxonomy: Option<&Taxonomy>, sampling: Sampling) -> Result<Sampled, EmbeddingsError> {
        let (path, Said { table, names, observations }) = match self {
            Vectors { place: Place::Path(path), said, .. } => (path, said),
            held => return Ok(Sampled::of(held.read(taxonomy)?, sampling)),
        };
        let mut sampled = Embeddings::sampled(&path, table.as_ref(), taxonomy, sampling)?;
        let vectors = sampled.vectors();
        if let Some(names) = names {
            sampled = sampled.named(of_each("names", names, vectors)?);
        }
        if let Some(observations) = observations {
            sampled = sampled.observed(of_each("observations", observations, vectors)?);
        }
        Ok(sampled)
    }

    /// Reads them, with their taxa.
    pub(crate) fn read(self, taxonomy: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
        let Vectors { place, said: Said { table, names, observations }, argument } = self;
        let mut embeddings = match (place, table) {
            (Place::Array(values, width), Some(table)) => Embeddings::held(Path::new(argument), values, width, &table, taxonomy)?,
            (Place::Path(path), table) => Embeddings::labelled(&path, table.as_ref(), taxonomy)?,
            // Refused when they were taken.
            (Place::Array(..), None) => return Err(fault(argument, "an array without labels".to_string())),
        };
        let vectors = embeddings.len();
        if let Some(names) = names {
            embeddings.names = of_each("names", names, vectors)?;
        }
        if let Some(observations) = observations {
            embeddings.observations = of_each("observations", observations, vectors)?;
        }
        Ok(embeddings)
    }
}

fn fault(argument: &str, what: String) -> EmbeddingsError {
    EmbeddingsError::File { path: PathBuf::from(argument), what }
}

/// Texts, if there is one for each vector.
fn of_each(argument: &str, texts: Vec<String>, vectors: usize) -> Result<Vec<String>, EmbeddingsError> {
    if texts.len() == vectors {
        return Ok(texts);
    }
    Err(fault(
        argument,
        format!("there are {} for {}; there must be one for each", texts.len(), counted(vectors, "vector", "vectors")),
    ))
}

/// The path that a value is, if it is one.
pub(crate) fn path(given: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    if given.is_instance_of::<PyString>() || given.hasattr("__fspath__")? { given.extract().map(Some) } else { Ok(None) }
}

/// The values of an array of two dimensions row by row, and how many a row has.
///
/// The library counts in double precision: every value is copied once, and none changes.
fn array(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<(Vec<f64>, usize)> {
    let Ok(numpy) = given.py().import("numpy") else {
        return Err(refusal(&format!("{argument}: arrays need NumPy, and it is not installed; give the path of a file")));
    };
    if given.is_instance(&numpy.getattr("ma")?.getattr("MaskedArray")?)? {
        return Err(refusal(&format!(
            "{argument}: a masked array; leave out the rows that are not whole: {argument}.compress(...)"
        )));
    }
    let array = numpy.call_method1("asarray", (given,))?.cast_into::<PyUntypedArray>()?;
    let (dtype, shape) = (array.dtype(), array.shape());
    let &[_, width] = shape else {
        let shape = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
        return Err(refusal(&format!("{argument}: an array of shape {shape}; a row for each vector is wanted, N × D")));
    };
    // Every float16 is a float32. What lies in another order, or in other bytes, is laid out anew.
    let laid_out = |kind: &str| numpy.call_method1("require", (&array, kind, "CA"));
    let values = match (dtype.kind(), dtype.itemsize()) {
        (b'f', 2 | 4) => values::<f32>(&laid_out("float32")?)?,
        (b'f', 8) => values::<f64>(&laid_out("float64")?)?,
        _ => {
            let wanted = format!("float16, float32 or float64 is wanted: {argument}.astype(\"float32\")");
            return Err(refusal(&format!("{argument}: the array holds {dtype}; {wanted}")));
        }
    };
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => {
            let (row, column, value) = (place / width, place % width, values[place]);
            let at = format!("{argument}[{row}, {column}] is {value}");
            Err(refusal(&format!("{at}; every value of a vector must be finite: leave the row out, or embed it again")))
        }
        None => Ok((values, width)),
    }
}

/// The values of an array that lies row by row.
fn values<T: Element + Copy + Into<f64>>(array: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let array = array.extract::<PyReadonlyArray2<'_, T>>()?;
    Ok(array.as_slice()?.iter().map(|&value| value.into()).collect())
}
