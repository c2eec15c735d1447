//! Tables in memory that somebody gives: the class `Frame`.

use crate::columns::{self, Cells, type_name};
use crate::error::refusal;
use crate::running::attempt;
use crate::stream::{self, Imported};
use crate::table::{self, Table};
use nearmiss::answers::table::TableSource;
use nearmiss::numbers::counted::counted;
use polars::prelude::{Column, CsvWriter, DataFrame, SerWriter};
use polars_arrow::array::{Array, ArrayRef, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use std::fs::File;
use std::path::PathBuf;

/// A table in memory under a name, of columns of text, numbers and flags; lists and structs are JSON.
#[pyclass(module = "nearmiss._nearmiss", frozen)]
pub(crate) struct Frame {
    name: String,
    data: DataFrame,
    /// Columns that are neither text nor numbers, and what they are: photographs, vectors by the million.
    left_aside: Vec<(String, String)>,
}

impl Frame {
    /// The table as the library reads it.
    pub(crate) fn source(&self) -> TableSource {
        TableSource::held(&self.name, self.data.clone())
    }

    /// Refuses a column that is asked for and was left aside.
    ///
    /// # Errors
    ///
    /// A sentence with the column and its type.
    pub(crate) fn require_readable(&self, asked: &[String]) -> PyResult<()> {
        let refused = |(column, kind): &(String, String)| {
            refusal(&format!(
                "{}: column '{column}' holds values of the type {kind}, which are neither text nor numbers; turn them into one",
                self.name
            ))
        };
        self.left_aside.iter().find(|(column, _)| asked.contains(column)).map_or(Ok(()), |column| Err(refused(column)))
    }

    /// What was left aside, in words; `None` where all columns were taken.
    pub(crate) fn remark(&self) -> Option<String> {
        let columns: Vec<String> = self.left_aside.iter().map(|(column, kind)| format!("'{column}' ({kind})")).collect();
        let what = columns.join(", ");
        (!columns.is_empty()).then(|| format!("columns that hold neither text nor numbers were left aside: {what}"))
    }

    fn of(name: String, columns: Vec<(String, Cells)>) -> Result<Frame, String> {
        let rows = columns.first().map_or(0, |(_, cells)| cells.len());
        let (mut taken, mut left_aside): (Vec<Column>, _) = (vec![], vec![]);
        for (column, cells) in columns {
            match cells.series(&column) {
                Ok(series) => taken.push(series.into()),
                Err(kind) => left_aside.push((column, kind)),
            }
        }
        if let (true, Some((column, kind))) = (taken.is_empty(), left_aside.first()) {
            return Err(format!(
                "{name}: no column holds text or numbers; column '{column}' holds values of the type {kind}, turn them into one"
            ));
        }
        let mut data = DataFrame::new(rows, taken).map_err(|error| format!("{name}: {error}"))?;
        data.rechunk_mut_par();
        Ok(Frame { name, data, left_aside })
    }
}

#[pymethods]
impl Frame {
    #[staticmethod]
    fn from_stream(source: &Bound<'_, PyAny>, name: String) -> PyResult<Frame> {
        let Some(imported) = stream::read(source)? else {
            return Err(refusal(&format!(
                "{name}: a {} has neither __arrow_c_stream__ nor __arrow_c_array__; give a data frame (pandas, polars, pyarrow, \
                 DuckDB) or a dict of columns",
                type_name(source)
            )));
        };
        let columns = columns_of(imported, &name)?;
        attempt(source.py(), move || Frame::of(name, columns))
    }

    #[staticmethod]
    fn from_columns(py: Python<'_>, columns: Vec<(String, Bound<'_, PyAny>)>, name: String) -> PyResult<Frame> {
        require_different(columns.iter().map(|(column, _)| column.as_str()), &name)?;
        let mut read: Vec<(String, Cells)> = Vec::with_capacity(columns.len());
        for (column, cells) in columns {
            let cells = columns::read(&cells, &name, &column)?;
            read.push((column, cells));
        }
        require_equal(&read, &name)?;
        attempt(py, move || Frame::of(name, read))
    }

    fn write_csv(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let mut data = self.data.clone();
        attempt(py, move || -> Result<(), String> {
            let failed = |what: &dyn std::fmt::Display| format!("{}: cannot write: {what}", path.display());
            let file = File::create(&path).map_err(|error| failed(&error))?;
            CsvWriter::new(file).finish(&mut data).map_err(|error| failed(&error))
        })
    }

    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    #[getter]
    fn column_names(&self) -> Vec<String> {
        table::column_names(&self.data)
    }

    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        table::column(py, &self.data, name)
    }

    fn head(&self, n: usize) -> Table {
        Table::of(self.data.head(Some(n)))
    }

    fn __len__(&self) -> usize {
        self.data.height()
    }

    fn __repr__(&self) -> String {
        table::described("Frame", &self.data)
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
}

/// The columns of a table that came in as structs.
fn columns_of(imported: Imported, name: &str) -> PyResult<Vec<(String, Cells)>> {
    let Imported { field, chunks } = imported;
    let ArrowDataType::Struct(fields) = field.dtype.to_storage() else {
        return Err(refusal(&format!("{name}: this is one column, and no table; give a dict of columns")));
    };
    require_different(fields.iter().map(|field| field.name.as_str()), name)?;
    let mut columns: Vec<Vec<ArrayRef>> = vec![vec![]; fields.len()];
    for chunk in &chunks {
        let Some(table) = chunk.as_any().downcast_ref::<StructArray>() else {
            return Err(refusal(&format!("{name}: a part of the table is no table; is its library up to date?")));
        };
        if table.null_count() > 0 {
            let missing = counted(table.null_count(), "row is", "rows are");
            return Err(refusal(&format!("{name}: {missing} missing as a whole; drop what is missing")));
        }
        for (column, values) in columns.iter_mut().zip(table.values()) {
            column.push(values.clone());
        }
    }
    let named = |(field, chunks): (&Field, Vec<ArrayRef>)| {
        (field.name.to_string(), Cells::Arrow(Imported { field: field.clone(), chunks }))
    };
    Ok(fields.iter().zip(columns).map(named).collect())
}

/// Refuses tables without columns, and columns of one name.
fn require_different<'a>(names: impl Iterator<Item = &'a str>, table: &str) -> PyResult<()> {
    let mut known = std::collections::HashSet::new();
    for name in names {
        if !known.insert(name) {
            return Err(refusal(&format!("{table}: two columns are called '{name}'; rename one of them, or leave one out")));
        }
    }
    if known.is_empty() { Err(refusal(&format!("{table}: the table has no columns"))) } else { Ok(()) }
}

/// Refuses columns of several lengths.
fn require_equal(columns: &[(String, Cells)], table: &str) -> PyResult<()> {
    let Some((first, cells)) = columns.first() else { return Ok(()) };
    let rows = cells.len();
    let Some((other, cells)) = columns.iter().find(|(_, cells)| cells.len() != rows) else { return Ok(()) };
    let found = cells.len();
    let values = if found == 1 { "value" } else { "values" };
    Err(refusal(&format!(
        "{table}: column '{other}' has {found} {values} and column '{first}' has {rows}; give one for each row"
    )))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Frame>()
}
