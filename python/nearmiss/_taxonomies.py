"""A taxonomy from whatever people have: one that was read, a file, the name of a shipped one, or a table of lineages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._input import EXPORTS, frame_of, is_path, is_structured, path_of
from ._kinds import described, is_a
from ._nearmiss import Frame, NearmissError, Taxonomy

__all__ = ["read_taxonomy", "taxonomy_of"]


def taxonomy_of(value: Any) -> Taxonomy | str | None:
    """What the native module takes for a taxonomy.

    Parameters
    ----------
    value : Taxonomy, path, name of a shipped taxonomy, table, or None
        What somebody has. A table has a column for each rank, or the columns of ``nearmiss taxonomy import``.

    Returns
    -------
    Taxonomy, str or None
        A taxonomy, or where to read it.

    Raises
    ------
    NearmissError
        It is nothing of these, or a table that is no taxonomy.

    Examples
    --------
    >>> taxonomy_of({"family": ["Felidae", "Canidae"], "species": ["Felis catus", "Vulpes vulpes"]}).find("Felidae").rank
    'family'
    >>> taxonomy_of(3)
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: taxonomy= is a Taxonomy, a path, the name of a shipped one, or a table of lineages, and this is an int
    """
    if value is None or isinstance(value, Taxonomy):
        return value
    if is_path(value):
        return path_of(value)
    if not _is_table(value):
        raise NearmissError(
            f"taxonomy= is a Taxonomy, a path, the name of a shipped one, or a table of lineages, and this is {described(value)}"
        )
    return Taxonomy.from_frame(frame_of(value, "taxonomy"))


def _is_table(value: Any) -> bool:
    """Whether a value has columns, as far as can be seen without reading it."""
    if isinstance(value, (list, tuple)):
        return bool(value) and isinstance(value[0], Mapping)
    if isinstance(value, Mapping):
        return bool(value)
    if is_a(value, "pandas", "Series", "Index") or is_a(value, "polars", "Series") or is_a(value, "numpy", "ndarray"):
        return is_structured(value)
    streams = ("__arrow_c_stream__", "__arrow_c_array__", "__dataframe__", "column_names", "columns", "schema")
    return isinstance(value, Frame) or any(hasattr(value, name) for name in (*streams, *EXPORTS))


def read_taxonomy(value: Any, what: str) -> Taxonomy:
    """The taxonomy itself, for what cannot do without one.

    Raises
    ------
    NearmissError
        There is none, or it cannot be read.
    """
    taxonomy = taxonomy_of(value)
    if taxonomy is None:
        raise NearmissError(
            f"{what} takes a taxonomy: taxonomy='taxref.csv', nearmiss.Taxonomy.read(...), or a table of lineages"
        )
    return Taxonomy.read(taxonomy) if isinstance(taxonomy, str) else taxonomy
