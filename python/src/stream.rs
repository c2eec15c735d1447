//! Tables and columns from other libraries of the process and to them, without copying: the Arrow C stream interface.
//!
//! It hands over pointers, in capsules whose names say what they point to; all code of this module that has to trust them
//! is in this file.
//!
//! Text goes out as `large_string`, which every consumer reads; polars holds it as string views, so it is the one thing
//! that is copied on the way. A consumer whose requested schema has string views gets them.

use crate::error::{fault, refusal};
use polars::prelude::{CompatLevel, DataFrame, PolarsResult};
use polars_arrow::array::{ArrayRef, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{
    ArrowArray, ArrowArrayStream, ArrowArrayStreamReader, ArrowSchema, export_field_to_c, export_iterator, import_array_from_c,
    import_field_from_c,
};
use polars_arrow::record_batch::RecordBatch;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// What came in: a column, or a table as a column of structs, in chunks.
pub(crate) struct Imported {
    pub(crate) field: Field,
    pub(crate) chunks: Vec<ArrayRef>,
}

/// Takes what an object gives as an Arrow stream or array; `None` of an object that gives neither.
///
/// # Errors
///
/// What the object raises, or its stream says; `KeyboardInterrupt` between two chunks; what is no stream.
pub(crate) fn read(source: &Bound<'_, PyAny>) -> PyResult<Option<Imported>> {
    let py = source.py();
    if let Some(stream) = source.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        return of_stream(&capsule(&stream.call0()?)?).map(Some);
    }
    let Some(array) = source.getattr_opt(intern!(py, "__arrow_c_array__"))? else { return Ok(None) };
    let pair = array.call0()?;
    let (schema, array) = (capsule(&pair.get_item(0)?)?, capsule(&pair.get_item(1)?)?);
    of_array(&schema, &array).map(Some)
}

fn capsule<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyCapsule>> {
    object.cast::<PyCapsule>().cloned().map_err(|_| refusal("an Arrow stream is no capsule; is its library up to date?"))
}

#[expect(unsafe_code, reason = "the interface hands over pointers")]
fn of_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Imported> {
    let py = capsule.py();
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<ArrowArrayStream>();
    // SAFETY: a capsule of this name points to an `ArrowArrayStream`, which lives and stays where it is as long as the
    // capsule does, and nobody else has it while Python is held. A released stream is left in its place, so that the
    // capsule does not release it again.
    let stream = unsafe { pointer.replace(ArrowArrayStream::empty()) };
    // SAFETY: the stream was moved here and is nobody else's; its functions are its producer's, who named the capsule so.
    let mut reader = unsafe { ArrowArrayStreamReader::try_new(Box::new(stream)) }.map_err(|error| unreadable(&error))?;
    let field = reader.field().clone();
    let mut chunks = vec![];
    loop {
        // polars panics at some types that it has and cannot import, such as decimals of 256 bits.
        // SAFETY: as above. A producer that needs Python takes hold of it itself.
        let chunk = py.detach(|| catch_unwind(AssertUnwindSafe(|| unsafe { reader.next() })));
        py.check_signals()?;
        let Some(chunk) = chunk.map_err(|panic| fault(&*panic))? else { break };
        chunks.push(chunk.map_err(|error| unreadable(&error))?);
    }
    Ok(Imported { field, chunks })
}

#[expect(unsafe_code, reason = "the interface hands over pointers")]
fn of_array(schema: &Bound<'_, PyCapsule>, array: &Bound<'_, PyCapsule>) -> PyResult<Imported> {
    let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<ArrowSchema>();
    // SAFETY: a capsule of this name points to an `ArrowSchema`, which lives as long as the capsule; it is only read.
    let field = unsafe { import_field_from_c(schema.as_ref()) }.map_err(|error| unreadable(&error))?;
    let pointer = array.pointer_checked(Some(ARRAY))?.cast::<ArrowArray>();
    // SAFETY: as for a stream: the array is moved out of its capsule, and a released one left in its place.
    let array = unsafe { pointer.replace(ArrowArray::empty()) };
    let dtype = field.dtype.clone();
    // SAFETY: the array is the producer's of that schema, who gave both together.
    let chunk = catch_unwind(AssertUnwindSafe(|| unsafe { import_array_from_c(array, dtype) }));
    let chunk = chunk.map_err(|panic| fault(&*panic))?.map_err(|error| unreadable(&error))?;
    Ok(Imported { field, chunks: vec![chunk] })
}

fn unreadable(error: &polars::error::PolarsError) -> PyErr {
    let said = error.to_string();
    // A producer that raised has its trace behind its sentence.
    let said = said.split(". Detail: ").next().unwrap_or_default();
    let remedy = if said.contains("released") {
        "; a stream can be read once: give the table, or make the stream anew"
    } else if said.contains("not supported") {
        "; turn columns of unusual types into text or numbers first"
    } else {
        ""
    };
    refusal(&format!("the Arrow stream cannot be read: {said}{remedy}"))
}

/// A table as a stream.
///
/// # Errors
///
/// What Python says of a capsule.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    data: &DataFrame,
    requested: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let level = requested.map_or(CompatLevel::oldest(), wanted);
    let field = field(data, level);
    let chunks: Vec<PolarsResult<ArrayRef>> = py.detach(|| {
        let mut data = data.clone();
        data.align_chunks();
        let chunk = |chunk: RecordBatch| {
            StructArray::try_new(field.dtype.clone(), chunk.len(), chunk.into_arrays(), None).map(StructArray::boxed)
        };
        data.iter_chunks(level, false).map(chunk).collect()
    });
    PyCapsule::new_with_value(py, export_iterator(Box::new(chunks.into_iter()), field), STREAM)
}

/// The schema of a table.
///
/// # Errors
///
/// What Python says of a capsule.
pub(crate) fn schema<'py>(py: Python<'py>, data: &DataFrame) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, export_field_to_c(&field(data, CompatLevel::oldest())), SCHEMA)
}

fn field(data: &DataFrame, level: CompatLevel) -> Field {
    let fields = data.columns().iter().map(|column| column.field().to_arrow(level)).collect();
    Field::new("".into(), ArrowDataType::Struct(fields), false)
}

/// String views where the consumer's schema has them; what is no schema asks for nothing.
#[expect(unsafe_code, reason = "the interface hands over pointers")]
fn wanted(requested: &Bound<'_, PyAny>) -> CompatLevel {
    let pointer = requested.cast::<PyCapsule>().ok().and_then(|capsule| capsule.pointer_checked(Some(SCHEMA)).ok());
    let Some(pointer) = pointer else { return CompatLevel::oldest() };
    // SAFETY: a capsule of this name points to an `ArrowSchema`, which lives as long as the capsule; it is only read.
    let field = unsafe { import_field_from_c(pointer.cast::<ArrowSchema>().as_ref()) };
    let is_view = |field: &Field| field.dtype == ArrowDataType::Utf8View;
    match field {
        Ok(Field { dtype: ArrowDataType::Struct(fields), .. }) if fields.iter().any(is_view) => CompatLevel::newest(),
        _ => CompatLevel::oldest(),
    }
}
