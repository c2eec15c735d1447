"""Whatever people have, as a table in memory or the path of one."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ._columns import of_mapping, of_pandas, of_records
from ._kinds import described, is_a
from ._nearmiss import Frame, NearmissError

__all__ = ["Source", "Sources", "frame_of", "is_path", "is_paths", "path_of", "source_of", "sources_of"]

#: A table in memory, or the path of a table or a run directory.
Source = Frame | str

#: One of these, or paths of several tables, run directories or states, which are added up.
Sources = Source | list[str]

#: Methods that give a table, of what has no stream of its own.
EXPORTS = ("fetch_arrow_table", "to_arrow_table", "to_arrow", "to_table", "to_polars", "to_pandas")

_TAKEN = (
    "a table is a path, a data frame (pandas, polars, pyarrow, DuckDB, or anything with __arrow_c_stream__), "
    "a dict of columns or a list of dicts"
)


class _Stream:
    """A stream that has been made already, so that what goes wrong in making it is told apart from what is wrong with it."""

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._stream


def is_path(value: object) -> bool:
    """Whether a value is a path of a file or folder.

    Examples
    --------
    >>> is_path("predictions.csv"), is_path({"truth": []})
    (True, False)
    """
    return isinstance(value, (str, os.PathLike))


def is_paths(value: object) -> bool:
    """Whether a value is a list of paths: texts alone may be names, unless one of them is there or all have an ending.

    Examples
    --------
    >>> import pathlib
    >>> is_paths([pathlib.Path("monday.state"), "tuesday.state"]), is_paths(["monday.csv", "tuesday.csv"])
    (True, True)
    >>> is_paths(["Felis catus", "Lynx lynx"]), is_paths([{"truth": "Felis catus"}]), is_paths([])
    (False, False, False)
    """
    if not isinstance(value, (list, tuple)) or not value or not all(map(is_path, value)):
        return False
    there = any(isinstance(path, os.PathLike) or os.path.exists(os.path.expanduser(path)) for path in value)
    return there or all(os.path.splitext(path)[1] for path in value)


def path_of(value: str | os.PathLike[str]) -> str:
    """A path as text, with the home folder for ``~``.

    Examples
    --------
    >>> import pathlib
    >>> path_of(pathlib.PurePosixPath("runs/bees"))
    'runs/bees'
    >>> path_of("https://example.org/backbone.zip")
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: https://example.org/backbone.zip: this is an address, and only files are read; fetch it first
    """
    path = os.path.expanduser(os.fsdecode(value))
    if re.match("[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise NearmissError(f"{path}: this is an address, and only files are read; fetch it first")
    return path


def source_of(value: Any, what: str) -> Source:
    """A table, or the path of a table or a run directory.

    Parameters
    ----------
    value : path, data frame, dict of columns or list of dicts
        What somebody has.
    what : str
        What the table is called in messages.

    Returns
    -------
    Frame or str
        What the native module reads.

    Raises
    ------
    NearmissError
        It is nothing of these, or no table.
    """
    return path_of(value) if is_path(value) else frame_of(value, what)


def sources_of(value: Any, what: str) -> Sources:
    """What :func:`source_of` gives, or the paths of several tables or states.

    Examples
    --------
    >>> sources_of(("monday.state", "tuesday.state"), "predictions"), sources_of("monday.state", "predictions")
    (['monday.state', 'tuesday.state'], 'monday.state')
    """
    return list(map(path_of, value)) if is_paths(value) else source_of(value, what)


def frame_of(value: Any, what: str) -> Frame:
    """A table in memory.

    Parameters and errors are those of :func:`source_of`.

    Examples
    --------
    >>> frame_of({"truth": ["Felis catus"], "predicted": ["Lynx lynx"]}, "predictions").column_names
    ['truth', 'predicted']
    >>> frame_of(3, "predictions")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: predictions: this is an int; a table is a path, a data frame (pandas, polars, ...
    """
    if isinstance(value, Frame):
        return value
    if is_a(value, "pandas", "DataFrame"):
        return _of_pandas(value, what)
    if is_a(value, "polars", "LazyFrame"):
        value = value.collect()
    if isinstance(value, Mapping):
        return Frame.from_columns(of_mapping(value, what), what)
    if isinstance(value, (list, tuple)):
        return Frame.from_columns(of_records(value, what), what)
    if is_a(value, "pyarrow", "Table", "RecordBatch"):
        return Frame.from_stream(_of_usual_types(value), what)
    if is_structured(value):
        return frame_of({name: value[name] for name in value.dtype.names}, what)
    if is_a(value, "pandas", "Series", "Index") or is_a(value, "polars", "Series") or is_a(value, "numpy", "ndarray"):
        raise NearmissError(f"{what}: this is {described(value)}, which has no names of columns; {_TAKEN}")
    return _of_arrow(value, what)


def _of_arrow(value: Any, what: str) -> Frame:
    """Of what has a stream, or a method that gives something that has one."""
    if hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__"):
        return Frame.from_stream(value, what)
    for name in EXPORTS:
        export = getattr(value, name, None)
        if callable(export):
            exported = export()
            if exported is None:
                raise NearmissError(f"{what}: {described(value)} has no result; one that was read is gone, ask for it again")
            return frame_of(exported, what)
    raise NearmissError(f"{what}: this is {described(value)}; {_TAKEN}")


def is_structured(value: Any) -> bool:
    """Whether a value is an array of NumPy with named fields.

    Examples
    --------
    >>> import numpy
    >>> is_structured(numpy.zeros(2, [("truth", "U9")])), is_structured(numpy.zeros(2))
    (True, False)
    """
    return is_a(value, "numpy", "ndarray") and bool(value.dtype.names)


def _of_usual_types(table: Any) -> Any:
    """A table of pyarrow, those of its columns that other libraries of Arrow do not read in their usual types."""
    import pyarrow

    if is_a(table, "pyarrow", "RecordBatch"):
        table = pyarrow.Table.from_batches([table])
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if _is(field.type, "is_run_end_encoded"):
            import pyarrow.compute

            column = pyarrow.compute.run_end_decode(column)
        usual = _usual_type(column.type)
        if usual is not None:
            # Some versions of pyarrow cast views of lists into lists of other values.
            column = pyarrow.array(column.to_pylist(), usual) if hasattr(usual, "value_field") else column.cast(usual)
        if column.type != field.type:
            table = table.set_column(place, field.name, column)
    return table


def _is(kind: Any, question: str) -> bool:
    """Whether a type of pyarrow is of a kind that older versions of pyarrow need not know."""
    from pyarrow import types

    return bool(getattr(types, question, lambda _: False)(kind))


def _usual_type(kind: Any) -> Any:
    """The type with the same values that every library reads; ``None`` where that is the type itself."""
    import pyarrow

    if _is(kind, "is_list_view"):
        return pyarrow.list_(kind.value_field)
    if _is(kind, "is_large_list_view"):
        return pyarrow.large_list(kind.value_field)
    if _is(kind, "is_decimal256") or (_is(kind, "is_decimal") and kind.scale < 0):
        return pyarrow.string() if kind.scale == 0 else pyarrow.float64()
    return None


def _of_pandas(frame: Any, what: str) -> Frame:
    frame = _without_index(frame, what)
    _check_names(frame, what)
    if hasattr(frame, "__arrow_c_stream__"):
        try:
            stream = frame.__arrow_c_stream__()
        except (ImportError, TypeError, ValueError, NotImplementedError):
            pass  # No pyarrow, or cells that it does not take, as text beside numbers: column by column then.
        else:
            return Frame.from_stream(_Stream(stream), what)
    names = list(map(str, frame.columns))
    columns: list[tuple[str, object]] = [(name, of_pandas(frame.iloc[:, place])) for place, name in enumerate(names)]
    return Frame.from_columns(columns, what)


def _without_index(frame: Any, what: str) -> Any:
    """The frame with rows that are counted only: named levels of the index become columns, the others go."""
    index = frame.index
    named = [name for name in index.names if name is not None]
    if named:
        both = [name for name in named if name in frame.columns]
        if both:
            raise NearmissError(
                f"{what}: '{both[0]}' is a column and the name of the index; drop one of them: df.reset_index(drop=True)"
            )
        frame = frame.reset_index()
        unnamed = [name for name in frame.columns[: index.nlevels] if name not in named]
        return frame.drop(columns=unnamed) if unnamed else frame
    if type(index).__name__ == "RangeIndex":
        return frame
    return frame.reset_index(drop=True)


def _check_names(frame: Any, what: str) -> None:
    columns = frame.columns
    if len(columns) == 0:
        raise NearmissError(f"{what}: the data frame has no columns")
    if columns.nlevels > 1:
        raise NearmissError(
            f"{what}: the columns have names of {columns.nlevels} levels, such as {columns[0]}; "
            "give them names of one: df.columns = ['_'.join(map(str, name)) for name in df.columns]"
        )
    names = list(map(str, columns))
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise NearmissError(f"{what}: two columns are called '{twice}'; rename one of them, or leave one out")
