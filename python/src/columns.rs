//! Columns of Python's own: lists of text, numbers, flags and nothing, arrays of NumPy, columns of other libraries.

use crate::error::refusal;
use crate::readable;
use crate::stream::{self, Imported};
use numpy::{Element, PyReadonlyArray1};
use polars::prelude::{NamedFrom, Series};
use pyo3::exceptions::PyImportError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};
use serde_json::Value as Json;

/// Largest whole number up to which all of them are numbers of 64 bits with a point, too.
const WHOLE: u64 = 1 << 53;

/// So often may one list lie in another.
const DEPTH: usize = 32;

/// The cells of a column, free of Python.
pub(crate) enum Cells {
    Arrow(Imported),
    Texts(Vec<Option<String>>),
    Flags(Vec<Option<bool>>),
    Integers(Vec<Option<i64>>),
    Singles(Vec<Option<f32>>),
    Numbers(Vec<Option<f64>>),
    /// So many rows of which one is neither text nor a number, and what it is.
    Unreadable(usize, String),
}

impl Cells {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Cells::Arrow(imported) => readable::rows(&imported.chunks),
            Cells::Texts(cells) => cells.len(),
            Cells::Flags(cells) => cells.len(),
            Cells::Integers(cells) => cells.len(),
            Cells::Singles(cells) => cells.len(),
            Cells::Numbers(cells) => cells.len(),
            Cells::Unreadable(rows, _) => *rows,
        }
    }

    /// As a column; what its cells are where they cannot be read.
    ///
    /// # Errors
    ///
    /// The name of a type that is neither text nor numbers.
    pub(crate) fn series(self, name: &str) -> Result<Series, String> {
        match self {
            Cells::Arrow(Imported { field, chunks }) if chunks.is_empty() => {
                let none = polars_arrow::array::new_empty_array(field.dtype.clone());
                readable::series(name, &[none]).ok_or_else(|| readable::kind(&field.dtype))
            }
            Cells::Arrow(Imported { field, chunks }) => {
                readable::series(name, &chunks).ok_or_else(|| readable::kind(&field.dtype))
            }
            Cells::Texts(cells) => Ok(Series::new(name.into(), cells)),
            Cells::Flags(cells) => Ok(Series::new(name.into(), cells)),
            Cells::Integers(cells) => Ok(Series::new(name.into(), cells)),
            Cells::Singles(cells) => Ok(Series::new(name.into(), cells)),
            Cells::Numbers(cells) => Ok(Series::new(name.into(), cells)),
            Cells::Unreadable(_, kind) => Err(kind),
        }
    }
}

/// A cell.
enum Value {
    Missing,
    Flag(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

/// Where a column stands, for messages.
struct Place<'a> {
    table: &'a str,
    column: &'a str,
}

impl Place<'_> {
    fn refused(&self, what: &str) -> PyErr {
        refusal(&format!("{}: column '{}' {what}", self.table, self.column))
    }
}

/// Reads a column of a table; one with cells that are neither text nor numbers nor lists of these may stand beside others.
///
/// # Errors
///
/// What is no column, and cells that cannot be read, with table, column and row.
pub(crate) fn read(column: &Bound<'_, PyAny>, table: &str, name: &str) -> PyResult<Cells> {
    let (py, place) = (column.py(), Place { table, column: name });
    match stream::read(column) {
        Ok(Some(imported)) => return Ok(Cells::Arrow(imported)),
        // What needs another library for it that is not installed has a way of its own.
        Err(error) if !error.is_instance_of::<PyImportError>(py) => return Err(error),
        _ => {}
    }
    if is_numpy(column)?
        && let Some(cells) = of_array(column, &place)?
    {
        return Ok(cells);
    }
    let items = items(column, &place)?;
    of_items(&items, &place)
}

/// The cells of whatever has an order.
fn items<'py>(column: &Bound<'py, PyAny>, place: &Place<'_>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = column.py();
    let is_one = column.is_instance_of::<PyString>() || column.is_instance_of::<PyBytes>();
    let has_no_order = column.is_instance_of::<PySet>() || column.is_instance_of::<PyFrozenSet>();
    if is_one || has_no_order || column.is_instance_of::<PyDict>() {
        let kind = type_name(column);
        return Err(place.refused(&format!("is a {kind}, and a column is a list with a value for each row")));
    }
    // Arrays, pandas and torch have Python's own values ready.
    let listed = column.getattr_opt(intern!(py, "tolist"))?.map(|method| method.call0()).transpose()?;
    let column = listed.as_ref().unwrap_or(column);
    let Ok(items) = column.try_iter() else {
        let kind = type_name(column);
        return Err(place.refused(&format!("is a {kind}, and a column is a list with a value for each row")));
    };
    items.collect()
}

fn of_items(items: &[Bound<'_, PyAny>], place: &Place<'_>) -> PyResult<Cells> {
    let mut values = Vec::with_capacity(items.len());
    for (row, item) in items.iter().enumerate() {
        let value = value(item).map_err(|error| place.refused(&format!("cannot be read in row {}: {error}", row + 1)))?;
        let Some(value) = value else {
            return Ok(Cells::Unreadable(items.len(), format!("{} in row {}", type_name(item), row + 1)));
        };
        values.push(value);
    }
    let is = |kind: fn(&Value) -> bool| values.iter().all(|value| matches!(value, Value::Missing) || kind(value));
    if is(|value| matches!(value, Value::Text(_))) {
        return Ok(Cells::Texts(values.into_iter().map(text).collect()));
    }
    if is(|value| matches!(value, Value::Flag(_))) {
        let flag = |value| if let Value::Flag(flag) = value { Some(flag) } else { None };
        return Ok(Cells::Flags(values.into_iter().map(flag).collect()));
    }
    if is(|value| matches!(value, Value::Integer(_))) {
        let integer = |value| if let Value::Integer(integer) = value { Some(integer) } else { None };
        return Ok(Cells::Integers(values.into_iter().map(integer).collect()));
    }
    if is(|value| matches!(value, Value::Number(_)) || matches!(value, Value::Integer(whole) if whole.unsigned_abs() <= WHOLE)) {
        return Ok(Cells::Numbers(values.iter().map(number).collect()));
    }
    // Of several kinds: what Python writes is what they have in common.
    let written = |(value, item): (Value, &Bound<'_, PyAny>)| match value {
        Value::Flag(_) | Value::Integer(_) | Value::Number(_) => item.str()?.to_str().map(|text| Some(text.to_string())),
        other => Ok(text(other)),
    };
    Ok(Cells::Texts(values.into_iter().zip(items).map(written).collect::<PyResult<_>>()?))
}

fn text(value: Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

#[expect(clippy::cast_precision_loss, reason = "only numbers without loss come here")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Integer(whole) => Some(*whole as f64),
        Value::Missing | Value::Flag(_) | Value::Text(_) => None,
    }
}

/// A cell; `None` of what is neither text nor number nor nothing.
fn value(item: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if let Ok(text) = item.cast::<PyString>() {
        return Ok(Some(Value::Text(text.to_str()?.to_string())));
    }
    if item.is_none() {
        return Ok(Some(Value::Missing));
    }
    if let Ok(flag) = item.cast::<PyBool>() {
        return Ok(Some(Value::Flag(flag.is_true())));
    }
    if let Ok(number) = item.cast::<PyFloat>() {
        let number = number.value();
        return Ok(Some(if number.is_nan() { Value::Missing } else { Value::Number(number) }));
    }
    if item.is_instance_of::<PyInt>() {
        // What is too long for a number is an id.
        return Ok(Some(item.extract::<i64>().map_or_else(|_| written(item), |whole| Ok(Value::Integer(whole)))?));
    }
    if item.is_instance_of::<PyList>() || item.is_instance_of::<PyTuple>() || item.is_instance_of::<PyDict>() {
        return Ok(json(item, DEPTH)?.map(|json| Value::Text(json.to_string())));
    }
    value_of_others(item)
}

/// A cell of a class of another library, told by what it is called and can do.
fn value_of_others(item: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    let py = item.py();
    match type_name(item).as_str() {
        "NAType" | "NaTType" => return Ok(Some(Value::Missing)),
        "Decimal" | "datetime64" => return written(item).map(Some),
        _ => {}
    }
    if let Some(listed) = item.getattr_opt(intern!(py, "tolist"))? {
        let listed = listed.call0()?;
        return if listed.get_type().is(item.get_type()) { Ok(None) } else { value(&listed) };
    }
    let is_path = item.hasattr(intern!(py, "__fspath__"))?;
    if is_path || item.hasattr(intern!(py, "isoformat"))? { written(item).map(Some) } else { Ok(None) }
}

fn written(item: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(Value::Text(item.str()?.to_str()?.to_string()))
}

/// A list or a dict as JSON; `None` where something in it cannot be written so.
fn json(item: &Bound<'_, PyAny>, depth: usize) -> PyResult<Option<Json>> {
    if depth == 0 {
        return Ok(None);
    }
    if let Ok(dict) = item.cast::<PyDict>() {
        let mut object = serde_json::Map::new();
        for (key, value) in dict {
            let (Ok(key), Some(value)) = (key.cast::<PyString>(), json(&value, depth - 1)?) else { return Ok(None) };
            object.insert(key.to_str()?.to_string(), value);
        }
        return Ok(Some(Json::Object(object)));
    }
    if item.is_instance_of::<PyList>() || item.is_instance_of::<PyTuple>() {
        let values = item.try_iter()?.map(|inner| json(&inner?, depth - 1)).collect::<PyResult<Option<Vec<Json>>>>()?;
        return Ok(values.map(Json::Array));
    }
    if let Some(listed) = item.getattr_opt(intern!(item.py(), "tolist"))? {
        return json(&listed.call0()?, depth - 1);
    }
    Ok(value(item)?.map(|value| match value {
        Value::Missing => Json::Null,
        Value::Flag(flag) => flag.into(),
        Value::Integer(whole) => whole.into(),
        // What is no number becomes null.
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
    }))
}

/// Whether an object is an array of NumPy, without importing it.
fn is_numpy(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let class = object.get_type();
    Ok(class.module()?.to_str()? == "numpy" && class.name()?.to_str()? == "ndarray")
}

/// The cells of an array of one dimension that holds numbers; `None` of an array that is read value by value.
fn of_array(array: &Bound<'_, PyAny>, place: &Place<'_>) -> PyResult<Option<Cells>> {
    let py = array.py();
    let dtype = array.getattr(intern!(py, "dtype"))?;
    let kind: String = dtype.getattr(intern!(py, "kind"))?.extract()?;
    let size: usize = dtype.getattr(intern!(py, "itemsize"))?.extract()?;
    let dimensions: usize = array.getattr(intern!(py, "ndim"))?.extract()?;
    let as_type = |name: &str| array.call_method1(intern!(py, "astype"), (name,));
    match (kind.as_str(), dimensions) {
        ("f", 1) if size < 8 => {
            let present = |value: f32| Some(value).filter(|value| !value.is_nan());
            Ok(Some(Cells::Singles(elements(&as_type("float32")?)?.into_iter().map(present).collect())))
        }
        ("f", 1) => {
            let present = |value: f64| Some(value).filter(|value| !value.is_nan());
            Ok(Some(Cells::Numbers(elements(&as_type("float64")?)?.into_iter().map(present).collect())))
        }
        // Those that may be too long become text where they are.
        ("i" | "u", 1) if kind == "i" || size < 8 => {
            Ok(Some(Cells::Integers(elements(&as_type("int64")?)?.into_iter().map(Some).collect())))
        }
        // Its own list has numbers for moments of nanoseconds.
        ("M", 1) => of_items(&items(&as_type("str")?, place)?, place).map(without_no_time).map(Some),
        ("m" | "c" | "V" | "S", 1..) => Ok(Some(Cells::Unreadable(array.len()?, dtype.str()?.extract()?))),
        (_, 0) => Err(place.refused("is an array without dimensions, and a column has a value for each row")),
        _ => Ok(None),
    }
}

/// Moments with nothing in the place of `NaT`.
fn without_no_time(cells: Cells) -> Cells {
    match cells {
        Cells::Texts(texts) => Cells::Texts(texts.into_iter().map(|text| text.filter(|text| text != "NaT")).collect()),
        other => other,
    }
}

fn elements<T: Element + Copy>(array: &Bound<'_, PyAny>) -> PyResult<Vec<T>> {
    Ok(array.extract::<PyReadonlyArray1<'_, T>>()?.as_array().iter().copied().collect())
}

/// What the class of an object is called.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "value".to_string(), |name| name.to_string_lossy().into_owned())
}
