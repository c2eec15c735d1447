"""A taxonomy from whatever people have: one that was read, a file, the name of a shipped one, or a table of lineages."""

from __future__ import annotations

from typing import Any

from ._input import frame_of, is_path, path_of
from ._nearmiss import NearmissError, Taxonomy

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

    Examples
    --------
    >>> taxonomy_of({"family": ["Felidae", "Canidae"], "species": ["Felis catus", "Vulpes vulpes"]}).find("Felidae").rank
    'family'
    """
    if value is None or isinstance(value, Taxonomy):
        return value
    if is_path(value):
        return path_of(value)
    return Taxonomy.from_frame(frame_of(value, "taxonomy"))


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
