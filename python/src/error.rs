//! What Python is told where something cannot be done.

use crate::wording;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::any::Any;
use std::fmt::Display;

create_exception!(
    nearmiss,
    NearmissError,
    PyValueError,
    "Something cannot be read, told apart, computed or written; the message is one sentence with the place, the value and the remedy."
);

/// An exception with a sentence, whose options are said as arguments.
pub(crate) fn refusal(sentence: &str) -> PyErr {
    NearmissError::new_err(wording::in_python(sentence))
}

/// Errors of the library as exceptions.
pub(crate) trait OrRefused<T> {
    /// The value, or the exception that says the sentence of the error.
    fn or_refused(self) -> PyResult<T>;
}

impl<T, E: Display> OrRefused<T> for Result<T, E> {
    fn or_refused(self) -> PyResult<T> {
        self.map_err(|error| refusal(&error.to_string()))
    }
}

/// An exception for what should not happen: a panic, by what it left.
pub(crate) fn fault(panic: &(dyn Any + Send)) -> PyErr {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    NearmissError::new_err(format!(
        "nearmiss has a fault here, and your data may be right ({}); please report it, with this line and what was called",
        said.unwrap_or("it does not say more")
    ))
}

/// `text` as the exceptions of this module say it, for those who hold the sentences of the program against them.
#[pyfunction]
fn said_in_python(text: &str) -> String {
    wording::in_python(text)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("NearmissError", module.py().get_type::<NearmissError>())?;
    module.add_function(wrap_pyfunction!(said_in_python, module)?)
}
