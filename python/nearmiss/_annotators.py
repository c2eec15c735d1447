"""Several people as references, and classifiers among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Literal

from . import _nearmiss, _text
from ._held import Held
from ._input import path_of, source_of
from ._nearmiss import JudgedPeople
from ._options import Path, TaxonomyLike, given, names
from ._runs import runs_of
from ._taxonomies import taxonomy_of
from ._warning import warn

__all__ = ["AnnotatorsReport", "annotators"]


class AnnotatorsReport(Held):
    """How far annotators agree, and where classifiers stand among them: what :func:`nearmiss.annotators` gives.

    Examples
    --------
    >>> import nearmiss as nm
    >>> table = {
    ...     "image": ["1", "1", "2", "2"],
    ...     "annotator": ["ana", "zoe", "ana", "zoe"],
    ...     "label": ["Felis catus", "Felis catus", "Lynx lynx", "Felis catus"],
    ... }
    >>> report = nm.annotators(table)
    >>> [row["name"] for row in report.raters]
    ['ana', 'zoe']
    """

    def __init__(self, judged: JudgedPeople) -> None:
        self._judged = judged

    @property
    def verdict(self) -> list[str]:
        """The main sentences."""
        return list(map(_text.spaced, self._judged.verdict))

    @property
    def notes(self) -> list[str]:
        """What was read, decided and left out, a sentence each."""
        return list(map(_text.spaced, self._judged.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._judged.warnings))

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """All numbers, as ``annotators.json`` has them."""
        numbers: dict[str, Any] = json.loads(self.to_json())
        return numbers

    @property
    def agreement(self) -> list[dict[str, Any]]:
        """Agreement at every main rank: ``rank``, ``n``, ``agreement``, ``alpha``, …"""
        return list(self.numbers["agreement"])

    @property
    def human_level(self) -> list[dict[str, Any]]:
        """How well people do at every rank."""
        return list(self.numbers["human_level"])

    @property
    def raters(self) -> list[dict[str, Any]]:
        """Annotators, and behind them classifiers."""
        return list(self.numbers["annotators"])

    def to_json(self) -> str:
        """All numbers as ``annotators.json`` has them."""
        return self._judged.json()

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder: a page, ``annotators.json``, and tables of annotators, pairs and images.

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
        self._judged.save(where, force, csv_safe)
        return FilePath(where)

    def __repr__(self) -> str:
        """The main sentences."""
        return "\n".join(self.verdict)


def annotators(
    annotations: Any,
    *,
    predictions: Any = None,
    predicted: str | Sequence[str] | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    annotator: str | None = None,
    label: str | None = None,
    annotators: str | Sequence[str] | None = None,
    clade: str | None = None,
    lineage_separator: str | None = None,
    consensus: Literal["tree", "flat"] | None = None,
    rank: str | None = None,
    smoothing: float | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> AnnotatorsReport:
    """Holds annotators against each other, and classifiers among them.

    Parameters
    ----------
    annotations : path or table
        A row for each image, annotator and label; or a column for each annotator.
    predictions : mapping or sequence of paths and tables, optional
        Answers of classifiers to the same images, by their names.
    predicted : str or sequence of str, optional
        Columns of ``annotations`` with answers of classifiers.
    taxonomy : Taxonomy, path, name or table, optional
        Where labels are looked up; built of the labels by default.
    image, annotator, label : str, optional
        Columns; recognised by their usual names.
    annotators : str or sequence of str, optional
        A column for each annotator, in place of ``annotator`` and ``label``.
    clade, lineage_separator : str, optional
        As in :func:`evaluate`.
    consensus : {"tree", "flat"}, optional
        What the probable truth is computed by: a probability per annotator and height of a mistake, or matrices of confusions.
    rank : str, optional
        Where labels are cut by ``consensus="flat"``.
    smoothing : float, optional
        Right labels that the consensus adds to every annotator, and as many that are spread evenly; 1 by default.
    draws, seed : int, optional
        Draws of the bootstrap, and their seed.

    Returns
    -------
    AnnotatorsReport
        Agreement, the human level, and every rater's place.

    Raises
    ------
    NearmissError
        The table cannot be read; an annotator says two things of an image; a classifier answers none of the images.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> table = {"image": ["1", "2"], "ana": ["Felis catus", "Lynx lynx"], "zoe": ["Felis catus", "Felis catus"]}
    >>> report = nm.annotators(table, annotators=["ana", "zoe"])
    >>> species = report.agreement[-1]
    >>> species["rank"], species["n"], species["agreement"]
    ('species', 2, 0.5)
    """
    runs = [] if predictions is None else runs_of(predictions)
    options = given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        annotator=annotator,
        label=label,
        annotators=names(annotators, "annotators"),
        clade=clade,
        lineage_separator=lineage_separator,
        consensus=consensus,
        rank=rank,
        smoothing=smoothing,
        draws=draws,
        seed=seed,
    )
    sources = [(name, source_of(value, name or "predictions")) for name, value in runs]
    report = AnnotatorsReport(_nearmiss.annotators(source_of(annotations, "annotations"), sources, options))
    warn(report.warnings, stacklevel=2)
    return report
