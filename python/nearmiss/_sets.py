"""Sets of truths and answers: several taxa in one image."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from . import _nearmiss, _text
from ._held import Held
from ._input import path_of, source_of
from ._options import Path, TaxonomyLike, given, names
from ._runs import runs_of
from ._table import ArrowTable
from ._taxonomies import taxonomy_of
from ._warning import warn

__all__ = ["SetsReport", "sets"]


class SetsReport(Held):
    """What is known of sets of answers that were held against sets of truths: what :func:`nearmiss.sets` gives.

    Examples
    --------
    >>> import nearmiss as nm
    >>> quadrats = {
    ...     "quadrat": ["q1", "q2"],
    ...     "truth": ["Poa annua; Sonchus asper", "Poa annua"],
    ...     "predicted": ["Sonchus asper", "Poa annua"],
    ... }
    >>> report = nm.sets(quadrats)
    >>> [(row["image"], row["f1"], row["missed"]) for row in report.images]
    [('q1', 0.6666666666666666, 'Poa annua'), ('q2', 1.0, '')]
    >>> [row["rank"] for row in report.ranks]
    ['genus', 'species']
    """

    def __init__(self, sets: _nearmiss.Sets) -> None:
        self._sets = sets

    @property
    def runs(self) -> list[str]:
        """Names of the runs."""
        return list(self._sets.runs)

    @property
    def verdicts(self) -> list[str]:
        """The main sentence of each run."""
        return list(map(_text.spaced, self._sets.verdicts))

    @property
    def notes(self) -> list[str]:
        """What was read, decided and left out, a sentence each."""
        return list(map(_text.spaced, self._sets.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._sets.warnings))

    @cached_property
    def metrics(self) -> ArrowTable:
        """The numbers of the whole: a row for each run."""
        return ArrowTable(self._sets.table("metrics"))

    @cached_property
    def ranks(self) -> ArrowTable:
        """The numbers of each main rank that a truth has."""
        return ArrowTable(self._sets.table("ranks"))

    @cached_property
    def taxa(self) -> ArrowTable:
        """The numbers of each taxon that is a truth or an answer."""
        return ArrowTable(self._sets.table("taxa"))

    @cached_property
    def images(self) -> ArrowTable:
        """What is right, missed and wrong in each image."""
        return ArrowTable(self._sets.table("images"))

    @cached_property
    def sites(self) -> ArrowTable:
        """Richness and community of each site; without rows where there are no sites."""
        return ArrowTable(self._sets.table("sites"))

    @cached_property
    def thresholds(self) -> ArrowTable:
        """Thresholds that were tuned on one half and tried on the other; without rows where there are no scores."""
        return ArrowTable(self._sets.table("thresholds"))

    def to_json(self) -> str:
        """All numbers as ``sets.json`` has them, the comparison of several runs among them."""
        return self._sets.json()

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder of ``nearmiss sets``: a page, ``sets.json``, and the tables.

        Parameters
        ----------
        folder : path
            Where to; a report that lies there is written over.
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
        self._sets.save(where, force, csv_safe)
        return FilePath(where)

    def __repr__(self) -> str:
        """The main sentence of each run."""
        return "\n".join(self.verdicts)


def sets(
    predictions: Any,
    *,
    truth: Any = None,
    predicted: str | Sequence[str] | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    score: str | None = None,
    truth_column: str | None = None,
    truth_image: str | None = None,
    transect: str | None = None,
    site_column: str | None = None,
    list_separator: str | None = None,
    lineage_separator: str | None = None,
    clade: str | None = None,
    encoding: str | None = None,
    threshold: float | None = None,
    top_k: int | None = None,
    precision: float | None = None,
    alpha: float | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> SetsReport:
    """Scores sets: images, quadrats or samples that show several taxa.

    Parameters
    ----------
    predictions : table, path, mapping of these by name, or list of paths
        A row for each image and taxon, lists in cells, or a column for every class; each is a run.
    truth : table, path, or name of a column
        The sets of truths: a table joined by image, the path of one, or the column of the table that holds them.
    predicted, image, score, truth_column, truth_image : str, optional
        Names of columns, where they are not the usual ones; several ``predicted`` are as many runs.
    taxonomy : Taxonomy, path, name, or table, optional
        As in :func:`nearmiss.evaluate`; built from the tables without it.
    transect, site_column : str, optional
        Columns of transects, in which F1 is averaged, and of sites, whose communities are compared.
    list_separator, lineage_separator, clade, encoding : str, optional
        How cells are read.
    threshold : float, optional
        Names with a score of at least this are answered; 0.5 for columns of classes, else all by default.
    top_k : int, optional
        So many names of each image are answered.
    precision : float, optional
        Tune a threshold for this share of right answers, besides the one for F1.
    alpha, draws, seed : optional
        As in :func:`nearmiss.compare`.

    Returns
    -------
    SetsReport
        The numbers as tables.

    Raises
    ------
    NearmissError
        A table cannot be read; no image has a truth; a threshold is given and there are no scores.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> report = nm.sets(
    ...     {"quadrat": ["q1", "q2"], "species": ["['Poa annua', 'Poa trivialis']", "[]"]},
    ...     truth={"quadrat": ["q1", "q2"], "species": ["['Poa annua']", "[]"]},
    ... )
    >>> next(iter(report.metrics))["sample_f1"]  # 2/3, and 1 where nothing is there and nothing said
    0.8333333333333333
    """
    column, table = truth_column, None
    if isinstance(truth, str) and not os.path.isfile(truth):
        column = truth
    elif truth is not None:
        table = source_of(truth, "truth")
    sources = [(name, source_of(value, name or "predictions")) for name, value in runs_of(predictions)]
    options = given(
        truth=column,
        truth_table=table,
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        transect=transect,
        site_column=site_column,
        list_separator=list_separator,
        lineage_separator=lineage_separator,
        clade=clade,
        encoding=encoding,
        threshold=threshold,
        top_k=top_k,
        precision=precision,
        alpha=alpha,
        draws=draws,
        seed=seed,
    )
    report = SetsReport(_nearmiss.sets(sources, options))
    warn(report.warnings, stacklevel=2)
    return report
