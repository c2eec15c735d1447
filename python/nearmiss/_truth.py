"""The truth, however it is given: a column, a value for each row, or a table of its own."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ._columns import is_missing, names_of
from ._input import Source, Sources, frame_of, is_path, is_paths, path_of, source_of, sources_of
from ._kinds import described, is_a
from ._nearmiss import Frame, NearmissError

__all__ = ["joined", "several_with_truth", "truth_options", "with_truth"]

_COLUMN = "truth"


def with_truth(predictions: Any, truth: Any, truth_table: Any, what: str) -> tuple[Source, dict[str, object]]:
    """Predictions that know where their truth is.

    Parameters
    ----------
    predictions : path or table
        The predictions.
    truth : str, path, sequence, table, mapping, Series or None
        A column; or a truth for each row; or a table, or names by image.
    truth_table : path, table, mapping or None
        A table with the truth, whose column ``truth`` may name.
    what : str
        What the predictions are called in messages.

    Returns
    -------
    tuple of Source and dict
        The predictions, with a column more where a truth was given for each row, and the options that belong to them.

    Raises
    ------
    NearmissError
        Both are tables; there are more or fewer truths than rows.

    Examples
    --------
    >>> frame, options = with_truth({"predicted": ["Felis catus"]}, None, None, "predictions")
    >>> frame.column_names, options
    (['predicted'], {})
    >>> frame, options = with_truth({"predicted": ["Felis catus"]}, ["Lynx lynx"], None, "predictions")
    >>> frame.column_names, options
    (['predicted', 'truth'], {'truth': 'truth'})
    """
    options = truth_options(truth, truth_table, predictions)
    if options is None:
        return _with_column(predictions, joined(_named(truth)), what), {"truth": _COLUMN}
    return source_of(predictions, what), options


def several_with_truth(predictions: Any, truth: Any, truth_table: Any, what: str) -> tuple[Sources, dict[str, object]]:
    """As :func:`with_truth`, of one table or of the paths of several, whose truth stands in a column or in one table for all.

    Raises
    ------
    NearmissError
        As there; a truth for each row is given for several tables.

    Examples
    --------
    >>> several_with_truth(["monday.csv", "tuesday.csv"], "species", None, "predictions")
    (['monday.csv', 'tuesday.csv'], {'truth': 'species'})
    """
    if not is_paths(predictions):
        return with_truth(predictions, truth, truth_table, what)
    options = truth_options(truth, truth_table, predictions)
    if options is None:
        raise NearmissError(
            f"{what}: a truth for each row goes with a table in memory, and these are {len(predictions)} files; "
            "give truth= as names by image, {'1.jpg': 'Felis catus', ...}, or as the name of a column"
        )
    return sources_of(predictions, what), options


def joined(names: list[Any], separator: str = ";") -> list[Any]:
    """The same list, with lineages of several names written as one text: those that hiclass learns from are such rows.

    Examples
    --------
    >>> joined([["Felidae", "Felis", "Felis catus"], ["Felidae", "Lynx", ""], "Vulpes vulpes", None])
    ['Felidae;Felis;Felis catus', 'Felidae;Lynx', 'Vulpes vulpes', None]
    """
    return [_lineage(name, separator) if isinstance(name, (list, tuple)) else name for name in names]


def _lineage(names: Iterable[Any], separator: str) -> str | None:
    return separator.join(str(name) for name in names if not is_missing(name) and name != "") or None


def _named(truth: Any) -> list[Any]:
    """A truth for each row, or a sentence with the argument."""
    if isinstance(truth, (bool, int, float)):
        raise NearmissError(f"truth= is the name of a column, and this is {described(truth)}; give truth='{truth}'")
    try:
        return names_of(truth)
    except NearmissError as error:
        raise NearmissError(f"truth: {error}") from error


def truth_options(truth: Any, truth_table: Any, predictions: Any) -> dict[str, object] | None:
    """The options that say where the truth is; ``None`` where it is a name for each row.

    Examples
    --------
    >>> truth_options("species", None, "predictions.csv")
    {'truth': 'species'}
    >>> truth_options(["Felis catus"], None, {"predicted": ["Felis catus"]}) is None
    True
    """
    if truth is None or isinstance(truth, str):
        said: dict[str, object] = {} if truth is None else {"truth": truth}
        return said if truth_table is None else {**_table_options(truth_table), **said}
    if truth_table is not None:
        raise NearmissError("truth= and truth_table= are two truths; beside a table, truth= is the name of its column")
    is_table = isinstance(truth, os.PathLike) or _is_table(truth, predictions)
    return _table_options(truth) if is_table else None


def _is_table(truth: Any, predictions: Any) -> bool:
    """Whether a truth that is no name of a column is a table or names by image."""
    if isinstance(truth, Mapping) or is_a(truth, "pandas", "DataFrame") or is_a(truth, "polars", "LazyFrame"):
        return True
    if is_a(truth, "pandas", "Series"):
        return _is_by_image(truth, predictions)
    if isinstance(truth, (list, tuple)):
        return bool(truth) and isinstance(truth[0], Mapping)
    columns = hasattr(truth, "column_names") or hasattr(truth, "columns")
    return columns or hasattr(truth, "to_table") or hasattr(truth, "fetch_arrow_table")


def _is_by_image(series: Any, predictions: Any) -> bool:
    """Whether a Series is names by image: it has text for an index, which is not the index of the predictions."""
    beside = predictions.index if is_a(predictions, "pandas", "DataFrame") else None
    if beside is not None and series.index.equals(beside):
        return False
    if series.index.inferred_type in ("string", "mixed"):
        return True
    if beside is not None and len(series) == len(predictions):
        raise NearmissError(
            "the index of truth= is not that of the predictions, so it is unclear which truth belongs to which row; "
            "give truth=series.reindex(df.index) to go by the index, or truth=series.tolist() to go by the order"
        )
    return False


def _table_options(table: Any) -> dict[str, object]:
    """The options of a truth table."""
    if is_path(table):
        return {"truth_table": path_of(table)}
    if is_a(table, "pandas", "Series"):
        return _by_image(table.index.tolist(), names_of(table))
    if isinstance(table, Mapping) and table and not any(_is_column(value) for value in table.values()):
        return _by_image(list(table), names_of(list(table.values())))
    return {"truth_table": frame_of(table, _COLUMN)}


def _by_image(images: list[Any], names: list[Any]) -> dict[str, object]:
    columns: list[tuple[str, object]] = [("image", list(map(str, images))), (_COLUMN, names)]
    return {"truth_table": Frame.from_columns(columns, _COLUMN), "truth_image": "image", "truth": _COLUMN}


def _is_column(value: object) -> bool:
    """Whether a value of a mapping is a column, and no name."""
    if value is None or isinstance(value, (str, bytes, int, float)) or hasattr(value, "lineage"):
        return False
    return isinstance(value, (list, tuple, Mapping)) or hasattr(value, "__len__")


def _with_column(predictions: Any, names: list[Any], what: str) -> Frame:
    """The predictions with a truth for each row."""
    if is_path(predictions):
        raise NearmissError(
            f"{what}: a truth for each row goes with a table in memory, and '{path_of(predictions)}' is a file or folder; "
            "give truth= as names by image, {'1.jpg': 'Felis catus', ...}, or as the name of a column"
        )
    if is_a(predictions, "polars", "LazyFrame"):
        predictions = predictions.collect()
    if isinstance(predictions, Mapping):
        _check(names, list(predictions), _rows(predictions), what)
        return frame_of({**predictions, _COLUMN: names}, what)
    if is_a(predictions, "pandas", "DataFrame"):
        _check(names, list(predictions.columns), len(predictions), what)
        return frame_of(predictions.assign(**{_COLUMN: names}), what)
    if is_a(predictions, "polars", "DataFrame"):
        import polars

        _check(names, predictions.columns, len(predictions), what)
        texts = [None if name is None else str(name) for name in names]
        return frame_of(predictions.with_columns(polars.Series(_COLUMN, texts, dtype=polars.String)), what)
    return _with_list(frame_of(predictions, what), names, what)


def _with_list(frame: Frame, names: list[Any], what: str) -> Frame:
    _check(names, frame.column_names, len(frame), what)
    columns: list[tuple[str, object]] = [(name, frame.column(name)) for name in frame.column_names]
    return Frame.from_columns([*columns, (_COLUMN, names)], what)


def _rows(columns: Mapping[Any, Any]) -> int:
    return next((len(values) for values in columns.values() if hasattr(values, "__len__")), 0)


def _check(names: list[Any], columns: list[str], rows: int, what: str) -> None:
    if _COLUMN in columns:
        raise NearmissError(
            f"{what}: there is a column 'truth' already, and truth= brings another; drop the column, or give truth='truth'"
        )
    if len(names) != rows:
        raise NearmissError(
            f"{what}: {len(names)} truths for {rows} rows; truth= is a name for each row, the name of a column, or names by image"
        )
