"""The list of all metrics that are documented."""

from __future__ import annotations

from functools import cache

from . import _nearmiss
from ._table import ArrowTable

__all__ = ["documented"]


@cache
def documented() -> ArrowTable:
    """All metrics: ``metric``, ``says``, ``formula``, ``better``, ``range``, ``interval``, ``source``, ``of``.

    The block before the point is ``ranks`` for numbers of each rank, which a report has under the name of the rank:
    ``ranks.path_top1`` is there as ``genus.path_top1``, ``species.path_top1``, and so on.

    Returns
    -------
    ArrowTable
        A row per metric; ``better`` is ``higher``, ``lower`` or ``neither``, and ``of`` the function that measures it.

    Examples
    --------
    >>> import nearmiss as nm
    >>> row = next(row for row in nm.metrics if row["metric"] == "how_wrong.severity")
    >>> row["better"], row["source"], row["of"]
    ('lower', 'Bertinetto 2020 (mistake severity)', 'evaluate')
    """
    return ArrowTable(_nearmiss.list_metrics())
