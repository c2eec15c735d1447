"""Vectors and what is said of each, as the native module takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._arrays import array_of
from ._columns import names_of
from ._input import frame_of, is_path, path_of
from ._kinds import is_a
from ._nearmiss import Frame

__all__ = ["labels_of", "texts_of", "vectors_of"]


def vectors_of(value: Any, what: str) -> Any:
    """The path of vectors, or an array of them.

    Examples
    --------
    >>> vectors_of("features.npy", "embeddings"), vectors_of([[1.0, 0.0]], "embeddings").shape
    ('features.npy', (1, 2))
    """
    return path_of(value) if is_path(value) else array_of(value, what)


def labels_of(value: Any, what: str) -> str | Frame | list[str | None] | None:
    """Names in a list, or a table with a row for each vector, or its path.

    Examples
    --------
    >>> labels_of(("Felis catus", None), "labels"), labels_of("names.csv", "labels"), labels_of(None, "labels")
    (['Felis catus', None], 'names.csv', None)
    >>> labels_of({"genus": ["Felis"], "species": ["Felis catus"]}, "labels").column_names
    ['genus', 'species']
    """
    if value is None:
        return None
    if is_path(value):
        return path_of(value)
    if _is_table(value):
        return frame_of(value, what)
    return [None if name is None else str(name) for name in names_of(value)]


def texts_of(values: Sequence[Any] | None) -> list[str] | None:
    """Names as text; ``None`` where none are given.

    Examples
    --------
    >>> texts_of(range(2)), texts_of(None)
    (['0', '1'], None)
    """
    return None if values is None else ["" if name is None else str(name) for name in names_of(values)]


def _is_table(value: Any) -> bool:
    if isinstance(value, Mapping) or is_a(value, "pandas", "DataFrame") or is_a(value, "polars", "DataFrame", "LazyFrame"):
        return True
    if isinstance(value, (list, tuple)):
        return bool(value) and isinstance(value[0], Mapping)
    return any(hasattr(value, name) for name in ("column_names", "to_table", "fetch_arrow_table"))
