//! Values that are neither text nor numbers that polars holds here, as text: dates, times, decimals.

use polars_arrow::array::{Array, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::temporal_conversions::{
    date32_to_date_opt, time64ns_to_time_opt, time64us_to_time_opt, timestamp_ms_to_datetime_opt, timestamp_ns_to_datetime_opt,
    timestamp_s_to_datetime_opt, timestamp_us_to_datetime_opt,
};
use polars_arrow::types::{NativeType, i256};

/// The text of a row; `None` where it is missing.
pub(crate) type Written<'a> = Box<dyn Fn(usize) -> Option<String> + 'a>;

/// Dates and times, as ISO 8601 has them, those with a time zone in UTC; `None` for an array of anything else.
pub(crate) fn moments(array: &dyn Array) -> Option<Written<'_>> {
    match array.dtype().to_storage() {
        ArrowDataType::Date32 => each(array, |days: i32| Some(date32_to_date_opt(days)?.to_string())),
        ArrowDataType::Date64 => each(array, |time: i64| Some(timestamp_ms_to_datetime_opt(time)?.date().to_string())),
        ArrowDataType::Time32(unit) => {
            let micros = if *unit == TimeUnit::Second { 1_000_000 } else { 1_000 };
            each(array, move |time: i32| Some(time64us_to_time_opt(i64::from(time) * micros)?.to_string()))
        }
        ArrowDataType::Time64(TimeUnit::Microsecond) => each(array, |time: i64| Some(time64us_to_time_opt(time)?.to_string())),
        ArrowDataType::Time64(_) => each(array, |time: i64| Some(time64ns_to_time_opt(time)?.to_string())),
        ArrowDataType::Timestamp(unit, zone) => {
            let (unit, offset) = (*unit, if zone.is_some() { "+00:00" } else { "" });
            each(array, move |time: i64| Some(timestamp(unit, time)? + offset))
        }
        _ => None,
    }
}

fn timestamp(unit: TimeUnit, time: i64) -> Option<String> {
    let moment = match unit {
        TimeUnit::Second => timestamp_s_to_datetime_opt(time),
        TimeUnit::Millisecond => timestamp_ms_to_datetime_opt(time),
        TimeUnit::Microsecond => timestamp_us_to_datetime_opt(time),
        TimeUnit::Nanosecond => timestamp_ns_to_datetime_opt(time),
    };
    Some(moment?.to_string())
}

/// Decimals digit by digit, and how many digits they have behind the point; `None` for an array of anything else.
pub(crate) fn decimals(array: &dyn Array) -> Option<(Written<'_>, usize)> {
    let (written, scale) = match *array.dtype().to_storage() {
        ArrowDataType::Decimal32(_, scale) => (each(array, move |value: i32| Some(decimal(value.into(), scale))), scale),
        ArrowDataType::Decimal64(_, scale) => (each(array, move |value: i64| Some(decimal(value.into(), scale))), scale),
        ArrowDataType::Decimal(_, scale) => (each(array, move |value: i128| Some(decimal(value, scale))), scale),
        ArrowDataType::Decimal256(_, scale) => {
            (each(array, move |value: i256| Some(decimal(i128::try_from(value).ok()?, scale))), scale)
        }
        _ => return None,
    };
    written.map(|written| (written, scale))
}

fn decimal(value: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs().to_string(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn each<'a, T: NativeType>(array: &'a dyn Array, write: impl Fn(T) -> Option<String> + 'a) -> Option<Written<'a>> {
    let array = array.as_any().downcast_ref::<PrimitiveArray<T>>()?;
    Some(Box::new(move |row| if array.is_null(row) { None } else { write(array.value(row)) }))
}
