//! Columns of results: text, numbers, counts; what is undefined is null.

use polars::prelude::{Column, NamedFrom, Series};

pub(crate) fn texts(name: &str, cells: impl IntoIterator<Item = Option<String>>) -> Column {
    Series::new(name.into(), cells.into_iter().collect::<Vec<Option<String>>>()).into()
}

pub(crate) fn numbers(name: &str, cells: impl IntoIterator<Item = Option<f64>>) -> Column {
    Series::new(name.into(), cells.into_iter().collect::<Vec<Option<f64>>>()).into()
}

pub(crate) fn counts(name: &str, cells: impl IntoIterator<Item = Option<usize>>) -> Column {
    let whole = |count: Option<usize>| count.and_then(|count| i64::try_from(count).ok());
    Series::new(name.into(), cells.into_iter().map(whole).collect::<Vec<Option<i64>>>()).into()
}

pub(crate) fn flags(name: &str, cells: impl IntoIterator<Item = bool>) -> Column {
    Series::new(name.into(), cells.into_iter().collect::<Vec<bool>>()).into()
}
