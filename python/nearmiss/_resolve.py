"""What names mean in a taxonomy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _nearmiss
from ._columns import names_of
from ._options import TaxonomyLike, given
from ._table import ArrowTable
from ._taxonomies import read_taxonomy

__all__ = ["resolve"]


def resolve(names: Any, taxonomy: TaxonomyLike, *, above: Sequence[str | None] | None = None) -> ArrowTable:
    """Looks names up: the taxon that each means, by which step, or what it could mean.

    Parameters
    ----------
    names : str or sequence of str
        Names, ids or lineages, as they are written somewhere; ``None`` is a blank.
    taxonomy : Taxonomy, path, str or table
        The taxonomy; a path, the name of a shipped one, or a table of lineages is read first.
    above : sequence of str, optional
        For each name what is known to stand above it, a lineage such as ``"Animalia;Felidae"``: it tells homonyms apart.

    Returns
    -------
    ArrowTable
        A row for each name, in order: ``name``, ``status`` (``matched``, ``ambiguous``, ``contradicted``, ``unmatched`` or
        ``blank``), ``step`` (by what it was found), ``taxon``, ``matched_name``, ``rank``, ``kingdom`` to ``species``,
        ``candidates`` (homonyms, or the nearest spellings).

    Raises
    ------
    NearmissError
        The taxonomy cannot be read.

    Examples
    --------
    >>> import nearmiss as nm
    >>> lineages = {"family": ["Felidae", "Felidae"], "species": ["Felis catus", "Lynx lynx"]}
    >>> found = nm.resolve(["Felis catus Linnaeus, 1758", "Lynx lynks", None], lineages)
    >>> found.column("status")
    ['matched', 'unmatched', 'blank']
    >>> found.column("matched_name")
    ['Felis catus', None, None]
    """
    asked = [names] if isinstance(names, str) else names_of(names)
    texts = [None if name is None else str(name) for name in asked]
    options = given(above=None if above is None else list(above))
    return ArrowTable(_nearmiss.resolve(texts, read_taxonomy(taxonomy, "resolve()"), options))
