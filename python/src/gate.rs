//! Gates as Python has them.

use nearmiss::scores::gate::Verdict;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A gate with what became of it; its sentence names the run where there are several.
pub(crate) fn gate<'py>(py: Python<'py>, verdict: &Verdict, several: bool) -> PyResult<Bound<'py, PyDict>> {
    let said = serde_json::to_value(verdict.outcome).ok();
    let outcome = said.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let gate = PyDict::new(py);
    gate.set_item("run", &verdict.run)?;
    gate.set_item("metric", &verdict.gate.metric)?;
    gate.set_item("operator", verdict.gate.operator.sign())?;
    gate.set_item("line", verdict.gate.line)?;
    gate.set_item("value", verdict.value)?;
    gate.set_item("low", verdict.low)?;
    gate.set_item("high", verdict.high)?;
    gate.set_item("no_interval", verdict.no_interval.as_deref())?;
    gate.set_item("outcome", outcome)?;
    gate.set_item("sentence", if several { verdict.line_of_run() } else { verdict.line() })?;
    Ok(gate)
}
