//! Columns of Arrow as the reader of tables takes them: text, numbers and flags.
//!
//! polars holds more types than these where it is built for them, which makes it larger and slower to build; what is
//! needed of them here is their text.

use super::{nested, written};
use polars::prelude::{DataType, IdxCa, IdxSize, NamedFrom, NewChunkedArray, PlSmallStr, Series, pf16};
use polars_arrow::array::{Array, ArrayRef, DictionaryArray, DictionaryKey, FixedSizeListArray, ListArray, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_arrow::types::NativeType;

/// Numbers in the lists of a column above which they are vectors, which nobody reads as text.
const MOST_NUMBERS: usize = 10_000_000;

/// A column of some chunks of one type; `None` where its type cannot be read as text or numbers.
pub(crate) fn series(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    let dtype = chunks.first()?.dtype();
    match dtype {
        ArrowDataType::Extension(extension) => series(name, &with_type(chunks, &extension.inner)),
        ArrowDataType::Null => Some(Series::full_null(name.into(), rows(chunks), &DataType::String)),
        ArrowDataType::Boolean
        | ArrowDataType::Int32
        | ArrowDataType::Int64
        | ArrowDataType::UInt32
        | ArrowDataType::UInt64
        | ArrowDataType::Float32
        | ArrowDataType::Float64
        | ArrowDataType::Utf8
        | ArrowDataType::LargeUtf8
        | ArrowDataType::Utf8View => Series::try_from((PlSmallStr::from(name), chunks.to_vec())).ok(),
        ArrowDataType::Int8 => integers::<i8>(name, chunks),
        ArrowDataType::Int16 => integers::<i16>(name, chunks),
        ArrowDataType::UInt8 => integers::<u8>(name, chunks),
        ArrowDataType::UInt16 => integers::<u16>(name, chunks),
        ArrowDataType::Int128 => long_integers::<i128>(name, chunks),
        ArrowDataType::UInt128 => long_integers::<u128>(name, chunks),
        ArrowDataType::Float16 => {
            let single = |value: Option<pf16>| value.map(|value| value.0.to_f32());
            Some(Series::new(name.into(), values::<pf16>(chunks)?.into_iter().map(single).collect::<Vec<Option<f32>>>()))
        }
        ArrowDataType::Dictionary(keys, ..) => dictionary(name, chunks, *keys),
        ArrowDataType::List(_) | ArrowDataType::LargeList(_) | ArrowDataType::FixedSizeList(..) | ArrowDataType::Struct(_) => {
            lists(name, chunks)
        }
        _ => decimals(name, chunks).or_else(|| moments(name, chunks)),
    }
}

/// How many rows some chunks have.
pub(crate) fn rows(chunks: &[ArrayRef]) -> usize {
    chunks.iter().map(|chunk| chunk.len()).sum()
}

/// What a type is called in a sentence.
pub(crate) fn kind(dtype: &ArrowDataType) -> String {
    match dtype.to_storage() {
        ArrowDataType::Binary | ArrowDataType::LargeBinary | ArrowDataType::BinaryView | ArrowDataType::FixedSizeBinary(_) => {
            "binary".to_string()
        }
        ArrowDataType::Duration(_) => "duration".to_string(),
        ArrowDataType::Interval(_) => "interval".to_string(),
        ArrowDataType::Map(..) => "map".to_string(),
        ArrowDataType::Union(_) => "union".to_string(),
        ArrowDataType::List(field) | ArrowDataType::LargeList(field) | ArrowDataType::FixedSizeList(field, _) => {
            format!("list of {}", kind(&field.dtype))
        }
        ArrowDataType::Struct(fields) => {
            let kinds: Vec<String> = fields.iter().map(|field| format!("{} {}", field.name, kind(&field.dtype))).collect();
            format!("struct of {}", kinds.join(", "))
        }
        ArrowDataType::Dictionary(_, values, _) => format!("dictionary of {}", kind(values)),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// The same chunks under another type of the same layout.
fn with_type(chunks: &[ArrayRef], dtype: &ArrowDataType) -> Vec<ArrayRef> {
    let mut chunks = chunks.to_vec();
    for chunk in &mut chunks {
        *chunk.dtype_mut() = dtype.clone();
    }
    chunks
}

fn values<T: NativeType>(chunks: &[ArrayRef]) -> Option<Vec<Option<T>>> {
    let mut values = Vec::with_capacity(rows(chunks));
    for chunk in chunks {
        values.extend(chunk.as_any().downcast_ref::<PrimitiveArray<T>>()?.iter().map(|cell: Option<&T>| cell.copied()));
    }
    Some(values)
}

fn integers<T: NativeType + Into<i32>>(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    let wide: Vec<Option<i32>> = values::<T>(chunks)?.into_iter().map(|value| value.map(Into::into)).collect();
    Some(Series::new(name.into(), wide))
}

/// Whole numbers that may be too long for 64 bits, as text: ids are what is that long.
fn long_integers<T: NativeType + ToString>(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    let texts: Vec<Option<String>> = values::<T>(chunks)?.into_iter().map(|value| value.map(|value| value.to_string())).collect();
    Some(Series::new(name.into(), texts))
}

/// The values behind the keys; each chunk may have a dictionary of its own.
fn dictionary(name: &str, chunks: &[ArrayRef], keys: IntegerType) -> Option<Series> {
    let mut whole: Option<Series> = None;
    for chunk in chunks {
        let (keys, values) = match keys {
            IntegerType::Int8 => parts::<i8>(chunk.as_ref()),
            IntegerType::Int16 => parts::<i16>(chunk.as_ref()),
            IntegerType::Int32 => parts::<i32>(chunk.as_ref()),
            IntegerType::Int64 => parts::<i64>(chunk.as_ref()),
            IntegerType::UInt8 => parts::<u8>(chunk.as_ref()),
            IntegerType::UInt16 => parts::<u16>(chunk.as_ref()),
            IntegerType::UInt32 => parts::<u32>(chunk.as_ref()),
            IntegerType::UInt64 => parts::<u64>(chunk.as_ref()),
            _ => None,
        }?;
        let part = series(name, &[values])?.take(&IdxCa::from_slice_options(PlSmallStr::EMPTY, &keys)).ok()?;
        match &mut whole {
            Some(whole) => {
                whole.append(&part).ok()?;
            }
            None => whole = Some(part),
        }
    }
    whole
}

fn parts<K: DictionaryKey>(chunk: &dyn Array) -> Option<(Vec<Option<IdxSize>>, ArrayRef)> {
    let chunk = chunk.as_any().downcast_ref::<DictionaryArray<K>>()?;
    let place = |key: Option<usize>| key.and_then(|key| IdxSize::try_from(key).ok());
    Some((chunk.keys_iter().map(place).collect(), chunk.values().clone()))
}

/// Lists and structs as JSON; vectors by the million are left alone.
fn lists(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    if chunks.iter().map(|chunk| numbers_in(chunk.as_ref())).sum::<usize>() > MOST_NUMBERS {
        return None;
    }
    let mut texts: Vec<Option<String>> = Vec::with_capacity(rows(chunks));
    for chunk in chunks {
        let write = nested::writer(chunk.as_ref())?;
        texts.extend((0..chunk.len()).map(|row| {
            let mut text = String::new();
            write(row, &mut text);
            (!chunk.is_null(row)).then_some(text)
        }));
    }
    Some(Series::new(name.into(), texts))
}

fn numbers_in(array: &dyn Array) -> usize {
    let values = if let Some(lists) = array.as_any().downcast_ref::<ListArray<i32>>() {
        lists.values()
    } else if let Some(lists) = array.as_any().downcast_ref::<ListArray<i64>>() {
        lists.values()
    } else if let Some(lists) = array.as_any().downcast_ref::<FixedSizeListArray>() {
        lists.values()
    } else {
        return 0;
    };
    if values.dtype().is_numeric() { values.len() } else { numbers_in(values.as_ref()) }
}

/// Decimals: as text where they are whole, which ids are, else as numbers.
fn decimals(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    let mut texts: Vec<Option<String>> = Vec::with_capacity(rows(chunks));
    let mut are_whole = true;
    for chunk in chunks {
        let (written, scale) = written::decimals(chunk.as_ref())?;
        are_whole &= scale == 0;
        texts.extend((0..chunk.len()).map(written));
    }
    if are_whole {
        return Some(Series::new(name.into(), texts));
    }
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Some(Series::new(name.into(), texts.into_iter().map(number).collect::<Vec<Option<f64>>>()))
}

fn moments(name: &str, chunks: &[ArrayRef]) -> Option<Series> {
    let mut texts: Vec<Option<String>> = Vec::with_capacity(rows(chunks));
    for chunk in chunks {
        texts.extend((0..chunk.len()).map(written::moments(chunk.as_ref())?));
    }
    Some(Series::new(name.into(), texts))
}
