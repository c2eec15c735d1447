"""One table of text in every kind of object that the package takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas
import polars
import pyarrow

Columns = dict[str, list[str]]


def as_pandas(columns: Columns) -> pandas.DataFrame:
    """A pandas frame whose columns are Python objects, as pandas before 3 reads text."""
    return pandas.DataFrame({name: pandas.Series(values, dtype=object) for name, values in columns.items()})


def as_pandas_text(columns: Columns) -> pandas.DataFrame:
    """A pandas frame of its nullable text."""
    return pandas.DataFrame({name: pandas.Series(values, dtype="string") for name, values in columns.items()})


def as_polars(columns: Columns) -> polars.DataFrame:
    """A polars frame: string views."""
    return polars.DataFrame(columns)


def as_lazy_polars(columns: Columns) -> polars.LazyFrame:
    """A polars frame that is not there yet."""
    return polars.LazyFrame(columns)


def as_arrow(columns: Columns) -> pyarrow.Table:
    """An Arrow table."""
    return pyarrow.table(columns)


def as_arrow_reader(columns: Columns) -> pyarrow.RecordBatchReader:
    """An Arrow stream in batches of three rows."""
    table = as_arrow(columns)
    return pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))


def as_dict(columns: Columns) -> Columns:
    """A dict of columns."""
    return dict(columns)


def as_dicts(columns: Columns) -> list[dict[str, str]]:
    """A list of dicts, as pybioclip gives them."""
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def with_nulls(columns: Columns) -> dict[str, list[str | None]]:
    """A dict of columns in which what is blank is None."""
    return {name: [value or None for value in values] for name, values in columns.items()}


WAYS: dict[str, Callable[[Columns], Any]] = {
    "pandas": as_pandas,
    "pandas text": as_pandas_text,
    "polars": as_polars,
    "lazy polars": as_lazy_polars,
    "arrow": as_arrow,
    "an arrow stream": as_arrow_reader,
    "a dict of columns": as_dict,
    "a list of dicts": as_dicts,
    "a dict with None": with_nulls,
}
