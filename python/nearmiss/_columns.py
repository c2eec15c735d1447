"""Columns as the native module takes them: arrays, Arrow, or lists of Python's values."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ._kinds import described, is_a, is_torch
from ._nearmiss import NearmissError, Taxon

__all__ = ["Columns", "column_of", "names_of", "of_mapping", "of_pandas", "of_records", "require_one_index"]

#: Names of columns with what is in them.
Columns = list[tuple[str, object]]


def of_mapping(table: Mapping[Any, Any], what: str) -> Columns:
    """The columns of a dict of columns.

    Parameters
    ----------
    table : mapping
        Names and columns.
    what : str
        What the table is called in a sentence.

    Returns
    -------
    list of tuple
        Names and columns.

    Raises
    ------
    NearmissError
        There is no column; two columns are Series of pandas that do not go by the same index.

    Examples
    --------
    >>> of_mapping({"truth": ["Felis catus", None]}, "predictions")
    [('truth', ['Felis catus', None])]
    """
    if not table:
        raise NearmissError(
            f"{what}: the dict is empty, and a table is a dict of columns such as {{'truth': [...], 'predicted': [...]}}"
        )
    require_one_index(table, what)
    return [(str(name), column_of(values)) for name, values in table.items()]


def require_one_index(columns: Mapping[Any, Any], what: str) -> None:
    """Refuses Series of pandas of which it is unclear what stands in one row: by their order, or by their index.

    Raises
    ------
    NearmissError
        Two of them have different indexes.

    Examples
    --------
    >>> import pandas
    >>> by_image = pandas.Series(["Felis catus"], index=["1.jpg"])
    >>> require_one_index({"truth": by_image, "predicted": ["Lynx lynx"]}, "predictions")
    """
    series = [(name, values) for name, values in columns.items() if is_a(values, "pandas", "Series")]
    for name, values in series[1:]:
        first, beside = series[0]
        if not values.index.equals(beside.index):
            raise NearmissError(
                f"{what}: the Series '{first}' and '{name}' have different indexes, so it is unclear which values belong "
                f"together; give {name}.reindex({first}.index) to go by the index, or lists, {name}.tolist(), to go by the order"
            )


def of_records(rows: Sequence[Any], what: str) -> Columns:
    """The columns of a list of dicts, one for each row.

    Raises
    ------
    NearmissError
        There is no row; a row is no dict.

    Examples
    --------
    >>> of_records([{"file_name": "1.jpg", "score": 0.9}, {"file_name": "2.jpg"}], "predictions")
    [('file_name', ['1.jpg', '2.jpg']), ('score', [0.9, None])]
    """
    if not rows:
        raise NearmissError(f"{what}: the list is empty; there is nothing to score")
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise NearmissError(f"{what}: {_no_record(row, place)}")
    names = dict.fromkeys(name for row in rows for name in row)
    return [(str(name), column_of([row.get(name) for row in rows])) for name in names]


def _no_record(row: object, place: int) -> str:
    if place == 0 and isinstance(row, (list, tuple)) and len(row) == 2:
        return (
            "this is a list of pairs, which do not say what is truth and what is answer; give two columns, "
            "{'truth': [...], 'predicted': [...]}, or nearmiss.score(y_true, y_pred)"
        )
    if place == 0 and isinstance(row, str):
        return "this is a list of names with nothing to hold them against; nearmiss.score(y_true, y_pred) takes two such lists"
    if place == 0 and isinstance(row, list) and row and isinstance(row[0], str):
        return (
            "this is a list of lists, which have no names of columns; give a dict of columns, "
            "{'truth': [...], 'predicted': [...]}, or nearmiss.score(y_true, y_pred)"
        )
    return f"a list of rows has a dict for each, and row {place + 1} is {described(row)}"


def column_of(values: Any) -> object:
    """One column: what the native module reads stays as it is, and it refuses what it cannot read.

    Examples
    --------
    >>> column_of({0: "Felis catus", 1: "Lynx lynx"})  # as pandas' to_dict() has columns
    ['Felis catus', 'Lynx lynx']
    """
    if is_a(values, "pandas", "Series", "Index"):
        return of_pandas(values)
    if is_torch(values):
        return values.detach().cpu().tolist()
    if isinstance(values, Mapping):
        values = list(values.values())
    if isinstance(values, (list, tuple)) and Taxon in set(map(type, values)):
        return [value.id if isinstance(value, Taxon) else value for value in values]
    return values


def of_pandas(column: Any) -> object:
    """A column of pandas: its array where it is one of NumPy's numbers, else a list."""
    import numpy

    is_numbers = isinstance(column.dtype, numpy.dtype) and column.dtype.kind in "biuf"
    return column.to_numpy() if is_numbers else column.tolist()


def names_of(values: Any) -> list[Any]:
    """A name for each row as a list, with ``None`` for what is missing; taxa by what identifies them.

    Parameters
    ----------
    values : sequence, array, tensor, or column of a data frame
        Names.

    Returns
    -------
    list
        The same as Python's own values.

    Raises
    ------
    NearmissError
        It is a single value, or a table of several columns.

    Examples
    --------
    >>> names_of(("Felis catus", float("nan")))
    ['Felis catus', None]
    >>> names_of([["Felis catus"], ["Lynx lynx"]])  # one column of an array of two dimensions
    ['Felis catus', 'Lynx lynx']
    >>> names_of("Felis catus")
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: a list of names is wanted, and this is a str
    """
    found = column_of(_one_column(values))
    for method in ("to_pylist", "to_list", "tolist"):  # pyarrow, polars, NumPy
        if not isinstance(found, list) and hasattr(found, method):
            found = getattr(found, method)()
    if isinstance(found, (str, bytes, set, frozenset)) or not hasattr(found, "__iter__"):
        raise NearmissError(f"a list of names is wanted, and this is {described(values)}")
    names = list(found)
    if set(map(type, names)) <= {str, type(None)}:
        return names
    if names and all(isinstance(name, (list, tuple)) and len(name) == 1 for name in names):
        names = [name for (name,) in names]
    return [None if is_missing(name) else name for name in names]


def _one_column(values: Any) -> Any:
    """The column of a table that has one; anything else as it is."""
    is_pandas = is_a(values, "pandas", "DataFrame")
    if not is_pandas and not is_a(values, "polars", "DataFrame") and not is_a(values, "pyarrow", "Table", "RecordBatch"):
        return values
    names = values.schema.names if is_a(values, "pyarrow", "Table", "RecordBatch") else list(values.columns)
    if len(names) != 1:
        shown = ", ".join(f"'{name}'" for name in names[:7])
        raise NearmissError(
            f"a list of names is wanted, and this is {described(values)} with {len(names)} columns ({shown}); give one of them"
        )
    if is_pandas:
        return values.iloc[:, 0]
    return values.to_series(0) if hasattr(values, "to_series") else values.column(0)


def is_missing(value: object) -> bool:
    """Whether a value says that there is none.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), "", 0)]
    [True, True, False, False]
    """
    return value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType")
