//! Parts that were added up, as Python has them.

use crate::wording::in_python;
use nearmiss::report::states::Part;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A part with what was said while it was read.
pub(crate) fn part<'py>(py: Python<'py>, of: &Part) -> PyResult<Bound<'py, PyDict>> {
    let said = |sentences: &[String]| -> Vec<String> { sentences.iter().map(|sentence| in_python(sentence)).collect() };
    let part = PyDict::new(py);
    part.set_item("path", &of.path)?;
    part.set_item("images", of.images)?;
    part.set_item("named", of.named)?;
    part.set_item("recipe", &of.recipe)?;
    part.set_item("notes", said(&of.notes))?;
    part.set_item("warnings", said(&of.warnings))?;
    Ok(part)
}
