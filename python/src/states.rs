//! States that are written of tables.

use crate::options;
use crate::running::attempt;
use crate::wording::in_python;
use nearmiss::answers::table::TableSource;
use nearmiss::report::Overwrite;
use nearmiss::report::scoring::{Scoring, ScoringError};
use nearmiss::report::states::check_output;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::{Path, PathBuf};

/// Counts tables into a state; how many images it has, and what would mislead if it were overlooked.
#[pyfunction]
#[pyo3(signature = (source, output, options, force=false))]
fn write_state(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    output: PathBuf,
    options: &Bound<'_, PyDict>,
    force: bool,
) -> PyResult<(u64, Vec<String>)> {
    let (scoring, more) = options::counting(source, options)?;
    let overwrite = if force { Overwrite::Anything } else { Overwrite::OwnReport };
    attempt(py, move || written(&scoring, more, &output, overwrite))
}

fn written(
    scoring: &Scoring,
    more: Vec<TableSource>,
    output: &Path,
    overwrite: Overwrite,
) -> Result<(u64, Vec<String>), ScoringError> {
    check_output(output, overwrite)?;
    let tables: Vec<TableSource> = std::iter::once(scoring.predictions.clone()).chain(more).collect();
    let state = scoring.part(&tables)?;
    let (images, warnings) = (state.images(), state.header.warnings.iter().map(|sentence| in_python(sentence)).collect());
    state.write(output)?;
    Ok((images, warnings))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(write_state, module)?)
}
