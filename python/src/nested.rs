//! Lists and structs as the reader of tables takes them: as JSON, which other people's tables have in such cells as well.

use super::written;
use polars::prelude::pf16;
use polars_arrow::array::{
    Array, BooleanArray, DictionaryArray, DictionaryKey, FixedSizeListArray, ListArray, PrimitiveArray, StructArray, Utf8Array,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_arrow::offset::Offset;
use polars_arrow::types::NativeType;
use std::fmt::{Debug, Write};

/// Writes the value of a row behind a text.
pub(crate) type Writer<'a> = Box<dyn Fn(usize, &mut String) + 'a>;

/// What writes the values of an array; `None` for an array of what JSON cannot hold.
pub(crate) fn writer(array: &dyn Array) -> Option<Writer<'_>> {
    let write = plain(array).or_else(|| compound(array))?;
    Some(Box::new(move |row, text| if array.is_null(row) { text.push_str("null") } else { write(row, text) }))
}

/// Text, numbers, flags, dates.
fn plain(array: &dyn Array) -> Option<Writer<'_>> {
    match array.dtype().to_storage() {
        ArrowDataType::Null => Some(Box::new(|_, text| text.push_str("null"))),
        ArrowDataType::Boolean => {
            let array = held::<BooleanArray>(array)?;
            Some(Box::new(move |row, text| text.push_str(if array.value(row) { "true" } else { "false" })))
        }
        ArrowDataType::Utf8 => Some(texts(held::<Utf8Array<i32>>(array)?, Utf8Array::value)),
        ArrowDataType::LargeUtf8 => Some(texts(held::<Utf8Array<i64>>(array)?, Utf8Array::value)),
        ArrowDataType::Utf8View => Some(texts(held::<Utf8ViewArray>(array)?, Utf8ViewArray::value)),
        ArrowDataType::Int8 => numbers::<i8>(array),
        ArrowDataType::Int16 => numbers::<i16>(array),
        ArrowDataType::Int32 => numbers::<i32>(array),
        ArrowDataType::Int64 => numbers::<i64>(array),
        ArrowDataType::UInt8 => numbers::<u8>(array),
        ArrowDataType::UInt16 => numbers::<u16>(array),
        ArrowDataType::UInt32 => numbers::<u32>(array),
        ArrowDataType::UInt64 => numbers::<u64>(array),
        ArrowDataType::Float16 => {
            let array = held::<PrimitiveArray<pf16>>(array)?;
            Some(Box::new(move |row, text| number(&array.value(row).0.to_f32(), text)))
        }
        ArrowDataType::Float32 => numbers::<f32>(array),
        ArrowDataType::Float64 => numbers::<f64>(array),
        _ => moments(array),
    }
}

fn moments(array: &dyn Array) -> Option<Writer<'_>> {
    if let Some((written, _)) = written::decimals(array) {
        return Some(Box::new(move |row, text| text.push_str(written(row).as_deref().unwrap_or("null"))));
    }
    let written = written::moments(array)?;
    Some(Box::new(move |row, text| match written(row) {
        Some(moment) => quoted(&moment, text),
        None => text.push_str("null"),
    }))
}

/// Lists, structs, dictionaries.
fn compound(array: &dyn Array) -> Option<Writer<'_>> {
    match array.dtype().to_storage() {
        ArrowDataType::List(_) => list::<i32>(array),
        ArrowDataType::LargeList(_) => list::<i64>(array),
        ArrowDataType::FixedSizeList(_, width) => {
            let (values, width) = (writer(held::<FixedSizeListArray>(array)?.values().as_ref())?, *width);
            Some(Box::new(move |row, text| items(&values, row * width..(row + 1) * width, text)))
        }
        ArrowDataType::Struct(_) => fields(held::<StructArray>(array)?),
        ArrowDataType::Dictionary(keys, ..) => match keys {
            IntegerType::Int8 => dictionary::<i8>(array),
            IntegerType::Int16 => dictionary::<i16>(array),
            IntegerType::Int32 => dictionary::<i32>(array),
            IntegerType::Int64 => dictionary::<i64>(array),
            IntegerType::UInt8 => dictionary::<u8>(array),
            IntegerType::UInt16 => dictionary::<u16>(array),
            IntegerType::UInt32 => dictionary::<u32>(array),
            IntegerType::UInt64 => dictionary::<u64>(array),
            _ => None,
        },
        _ => None,
    }
}

fn held<A: 'static>(array: &dyn Array) -> Option<&A> {
    array.as_any().downcast_ref()
}

fn texts<A>(array: &A, value: fn(&A, usize) -> &str) -> Writer<'_> {
    Box::new(move |row, text| quoted(value(array, row), text))
}

/// Numbers as Rust writes them, which JSON reads; what is no number is missing.
fn numbers<T: NativeType>(array: &dyn Array) -> Option<Writer<'_>> {
    let array = held::<PrimitiveArray<T>>(array)?;
    Some(Box::new(move |row, text| number(&array.value(row), text)))
}

fn number(value: &impl Debug, text: &mut String) {
    let before = text.len();
    // Writing into a text cannot fail.
    let _ = write!(text, "{value:?}");
    if text.ends_with("NaN") || text.ends_with("inf") {
        text.truncate(before);
        text.push_str("null");
    }
}

fn quoted(value: &str, text: &mut String) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

fn list<O: Offset>(array: &dyn Array) -> Option<Writer<'_>> {
    let array = held::<ListArray<O>>(array)?;
    let values = writer(array.values().as_ref())?;
    Some(Box::new(move |row, text| {
        let (start, end) = array.offsets().start_end(row);
        items(&values, start..end, text);
    }))
}

fn items(values: &Writer<'_>, rows: std::ops::Range<usize>, text: &mut String) {
    text.push('[');
    for row in rows.clone() {
        if row > rows.start {
            text.push_str(", ");
        }
        values(row, text);
    }
    text.push(']');
}

fn fields(array: &StructArray) -> Option<Writer<'_>> {
    let named = array.fields().iter().zip(array.values());
    let writers: Vec<(String, Writer<'_>)> = named
        .map(|(field, values)| Some((serde_json::Value::from(field.name.as_str()).to_string(), writer(values.as_ref())?)))
        .collect::<Option<_>>()?;
    Some(Box::new(move |row, text| {
        text.push('{');
        for (place, (name, values)) in writers.iter().enumerate() {
            if place > 0 {
                text.push_str(", ");
            }
            text.push_str(name);
            text.push_str(": ");
            values(row, text);
        }
        text.push('}');
    }))
}

fn dictionary<K: DictionaryKey>(array: &dyn Array) -> Option<Writer<'_>> {
    let array = held::<DictionaryArray<K>>(array)?;
    let values = writer(array.values().as_ref())?;
    Some(Box::new(move |row, text| values(array.key_value(row), text)))
}
