//! Numbers by their names as Python has them.

use nearmiss::report::values::NamedValue;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

/// Name, value, ends of the interval, how many it is over, why it has no interval.
pub(crate) type Named = (String, Option<Py<PyAny>>, Option<f64>, Option<f64>, Option<u64>, Option<String>);

/// Numbers with all that is known of each: counts as int, all others as float.
pub(crate) fn named(py: Python<'_>, values: Vec<NamedValue>) -> PyResult<Vec<Named>> {
    let of_value = |of: NamedValue| {
        let value = of.value.map(|value| number(py, value, of.is_count)).transpose()?;
        Ok((of.name, value, of.low, of.high, of.n, of.no_interval))
    };
    values.into_iter().map(of_value).collect()
}

fn number(py: Python<'_>, value: f64, is_count: bool) -> PyResult<Py<PyAny>> {
    let number = PyFloat::new(py, value).into_any();
    Ok(if is_count { number.call_method0("__int__")?.unbind() } else { number.unbind() })
}
