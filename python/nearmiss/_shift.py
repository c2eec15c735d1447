"""Two sets of images held against each other, unpaired: sites, years, cameras."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Literal

from . import _nearmiss, _text
from ._held import Held
from ._input import is_path, path_of
from ._nearmiss import NearmissError, Shift
from ._options import Path, TaxonomyLike, given, names
from ._table import ArrowTable
from ._taxonomies import taxonomy_of
from ._truth import truth_options, with_truth
from ._warning import warn

__all__ = ["ShiftReport", "shift"]


class ShiftReport(Held):
    """By how much two sets differ, and how much of it is skill: what :func:`nearmiss.shift` gives.

    Differences are second less first.

    Examples
    --------
    >>> import nearmiss as nm
    >>> truth = ["Felis catus"] * 6 + ["Lynx lynx"] * 4
    >>> first = {"truth": truth, "predicted": ["Felis catus"] * 6 + ["Felis catus", "Lynx lynx"] * 2}
    >>> second = {"truth": truth[3:], "predicted": ["Felis catus"] * 3 + ["Felis catus", "Lynx lynx"] * 2}
    >>> report = nm.shift(first, second, clade="Carnivora;Felidae")
    >>> row = next(row for row in report.table if row["metric"] == "exact")
    >>> round(row["first"], 3), round(row["second"], 3), round(row["skill"], 3), round(row["composition"], 3)
    (0.8, 0.714, 0.0, -0.086)
    """

    def __init__(self, shift: Shift) -> None:
        self._shift = shift

    @property
    def verdict(self) -> str:
        """By how much the sets differ, and how much of it is skill, in a sentence."""
        return _text.spaced(self._shift.verdict)

    @property
    def notes(self) -> list[str]:
        """What was read, decided and left out, a sentence each."""
        return list(map(_text.spaced, self._shift.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._shift.warnings))

    @cached_property
    def table(self) -> ArrowTable:
        """A row for each metric: both sets, the difference, standardised, taken apart."""
        return ArrowTable(self._shift.table())

    @cached_property
    def clades(self) -> ArrowTable:
        """A row for each of ``exact`` and ``height``, rank and clade: what it adds to the difference."""
        return ArrowTable(self._shift.clades())

    @cached_property
    def mix(self) -> ArrowTable:
        """A row for each class: its share in both sets, and as it is estimated from the answers of the second."""
        return ArrowTable(self._shift.mix())

    @cached_property
    def calibration(self) -> ArrowTable:
        """A row for the answer and each rank that has probabilities: their calibration in both sets."""
        return ArrowTable(self._shift.calibration())

    def to_json(self) -> str:
        """All numbers as ``shift.json`` has them."""
        return self._shift.json()

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder of two sets: a page, ``shift.json``, and tables.

        Parameters
        ----------
        folder : path
            Where to; one that lies there is written over.
        force : bool
            Write into a folder that holds something else.
        csv_safe : bool
            Begin cells that a spreadsheet would take for a formula with an apostrophe.

        Returns
        -------
        pathlib.Path
            The folder; ``index.html`` in it is the page.
        """
        where = path_of(folder)
        self._shift.save(where, force, csv_safe)
        return FilePath(where)

    def __repr__(self) -> str:
        """The differences of all metrics, the verdict, and warnings."""
        warned = [f"warning: {sentence}" for sentence in self.warnings]
        return "\n".join([self._shift.text().rstrip("\n"), "", self.verdict, *warned])


def shift(
    first: Any,
    second: Any = None,
    *,
    group: str | None = None,
    between: Sequence[str] | None = None,
    truth: str | None = None,
    predicted: str | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    score: str | None = None,
    truth_table: Any = None,
    truth_image: str | None = None,
    clade: str | None = None,
    lineage_separator: str | None = None,
    predicted_pattern: str | None = None,
    missing_truth: Literal["leave-out", "wrong", "taxon"] | None = None,
    encoding: str | None = None,
    standard: Literal["first", "second", "both"] | None = None,
    rank: str | None = None,
    count_unreachable: bool | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> ShiftReport:
    """Holds two sets of images against each other, unpaired: is the classifier worse, or are the species others?

    Parameters
    ----------
    first, second : table, path, or run directory
        The sets; differences are second less first. The second may have no truths. Or one table, with ``group`` and ``between``.
    group : str, optional
        The column of one table whose groups are the sets: a site, a year, a camera.
    between : sequence of two str, optional
        The group that is the first set, and the one that is the second.
    truth, predicted, taxonomy, image, score, truth_table, truth_image, clade, lineage_separator
        How tables are read, as in :func:`evaluate`; the same for both.
    predicted_pattern, missing_truth, encoding, count_unreachable
        The same.
    standard : {"first", "second", "both"}, optional
        Whose mix of taxa both sets are standardised to; the mean of both shares of each taxon by default.
    rank : str, optional
        Rank of the classes whose mix in the second set is estimated.
    draws, seed : int, optional
        Draws of the bootstrap, and the seed of all chance.

    Returns
    -------
    ShiftReport
        Differences with intervals and p-values, what they are made up of, and what is in the second set.

    Raises
    ------
    NearmissError
        A table cannot be read; there is one set; nothing of the first is scored.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> table = {
    ...     "image": [f"{image}.jpg" for image in range(8)],
    ...     "site": ["Toulouse"] * 4 + ["Rennes"] * 4,
    ...     "truth": ["Felis catus", "Felis catus", "Lynx lynx", "Lynx lynx"] * 2,
    ...     "predicted": ["Felis catus"] * 4 + ["Felis catus", "Felis catus", "Lynx lynx", "Lynx lynx"],
    ... }
    >>> report = nm.shift(table, group="site", between=["Toulouse", "Rennes"], clade="Carnivora;Felidae")
    >>> row = next(row for row in report.table if row["metric"] == "exact")
    >>> row["difference"], row["skill"], row["composition"]
    (0.5, 0.5, 0.0)
    """
    if between is not None and (isinstance(between, str) or len(between) != 2):
        raise NearmissError(f"between={between!r}: it is a list of two groups, the first set and the second")
    # A truth for each row belongs to one table: columns and tables of truths are for both.
    shared = truth_options(truth, truth_table, first)
    sets = [(_name(value, what), value) for value, what in ((first, "first"), (second, "second")) if value is not None]
    if len({name for name, _ in sets}) < len(sets):
        sets = [(what, value) for (_, value), what in zip(sets, ("first", "second"))]
    sources = [(name, with_truth(value, None, None, name)[0]) for name, value in sets]
    options = (shared or {}) | given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        group=group,
        between=None if between is None else list(between),
        clade=clade,
        lineage_separator=lineage_separator,
        predicted_pattern=predicted_pattern,
        missing_truth=missing_truth,
        encoding=encoding,
        standard=standard,
        rank=rank,
        count_unreachable=count_unreachable,
        draws=draws,
        seed=seed,
    )
    report = ShiftReport(_nearmiss.shift(sources, options))
    warn(report.warnings, stacklevel=2)
    return report


def _name(value: Any, what: str) -> str:
    """What a set is called: as its file, or by its place."""
    return FilePath(path_of(value)).stem if is_path(value) else what
