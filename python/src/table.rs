//! Results as tables: the class `Table`, and what the class `Frame` has of it.

use crate::error::OrRefused;
use crate::running::attempt;
use crate::stream;
use nearmiss::answers::table::columns_of;
use polars::error::PolarsResult;
use polars::prelude::{DataFrame, DataType, ParquetReader, ParquetWriter, PlSmallStr, SerReader, Series};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyList, PyType};
use std::io::Cursor;
use std::path::PathBuf;

/// A table of results, which other libraries take through the Arrow C stream interface.
#[pyclass(module = "nearmiss._nearmiss", frozen)]
pub(crate) struct Table {
    data: DataFrame,
}

impl Table {
    /// Of a data frame.
    pub(crate) fn of(data: DataFrame) -> Table {
        Table { data }
    }
}

#[pymethods]
impl Table {
    #[getter]
    fn column_names(&self) -> Vec<String> {
        column_names(&self.data)
    }

    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        column(py, &self.data, name)
    }

    fn head(&self, n: usize) -> Table {
        Table::of(self.data.head(Some(n)))
    }

    fn __len__(&self) -> usize {
        self.data.height()
    }

    fn __repr__(&self) -> String {
        described("Table", &self.data)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        stream::schema(py, &self.data)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream::stream(py, &self.data, requested_schema)
    }

    /// Pickled as Parquet, which keeps the types of the columns.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyType>,))> {
        let mut data = self.data.clone();
        let packed = attempt(py, move || -> PolarsResult<Vec<u8>> {
            let mut packed = vec![];
            ParquetWriter::new(&mut packed).finish(&mut data)?;
            Ok(packed)
        })?;
        let arguments = ("_unpacked", PyBytes::new(py, &packed));
        Ok((py.import("operator")?.getattr("methodcaller")?.call1(arguments)?, (py.get_type::<Table>(),)))
    }

    /// Reads what a pickle holds.
    #[staticmethod]
    #[pyo3(name = "_unpacked")]
    fn unpacked(py: Python<'_>, bytes: &[u8]) -> PyResult<Table> {
        let packed = Cursor::new(bytes.to_vec());
        attempt(py, move || ParquetReader::new(packed).finish()).map(Table::of)
    }
}

/// Names of the columns, in order.
pub(crate) fn column_names(data: &DataFrame) -> Vec<String> {
    data.get_column_names().into_iter().map(ToString::to_string).collect()
}

/// The values of a column as Python's own, `None` where they are missing.
///
/// # Errors
///
/// `KeyError` with the names of the columns, where there is none of that name.
pub(crate) fn column<'py>(py: Python<'py>, data: &DataFrame, name: &str) -> PyResult<Bound<'py, PyList>> {
    let Ok(column) = data.column(name) else {
        let names: Vec<String> = column_names(data).iter().map(|name| format!("'{name}'")).collect();
        return Err(PyKeyError::new_err(format!("no column '{name}'; the columns are {}", names.join(", "))));
    };
    values(py, column.as_materialized_series())
}

fn values<'py>(py: Python<'py>, column: &Series) -> PyResult<Bound<'py, PyList>> {
    match column.dtype() {
        DataType::String => PyList::new(py, column.str().or_refused()?.iter().collect::<Vec<Option<&str>>>()),
        DataType::Boolean => PyList::new(py, column.bool().or_refused()?.iter().collect::<Vec<Option<bool>>>()),
        DataType::Int32 => PyList::new(py, column.i32().or_refused()?.iter().collect::<Vec<Option<i32>>>()),
        DataType::Int64 => PyList::new(py, column.i64().or_refused()?.iter().collect::<Vec<Option<i64>>>()),
        DataType::UInt32 => PyList::new(py, column.u32().or_refused()?.iter().collect::<Vec<Option<u32>>>()),
        DataType::UInt64 => PyList::new(py, column.u64().or_refused()?.iter().collect::<Vec<Option<u64>>>()),
        DataType::Float32 => PyList::new(py, column.f32().or_refused()?.iter().collect::<Vec<Option<f32>>>()),
        DataType::Float64 => PyList::new(py, column.f64().or_refused()?.iter().collect::<Vec<Option<f64>>>()),
        _ => values(py, &column.cast(&DataType::String).or_refused()?),
    }
}

/// A table in a few words: `Table(7 rows: rank, n, path_top1)`.
pub(crate) fn described(class: &str, data: &DataFrame) -> String {
    let rows = data.height();
    let names: Vec<&str> = data.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    format!("{class}({rows} {}: {})", if rows == 1 { "row" } else { "rows" }, names.join(", "))
}

/// Reads a table of any format that the program reads.
#[pyfunction]
fn read_table(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
    attempt(py, move || columns_of(&path)).map(Table::of)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Table>()?;
    module.add_function(wrap_pyfunction!(read_table, module)?)
}
