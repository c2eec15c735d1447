"""Which images to label next, to find the best of several models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Literal

from . import _nearmiss, _text
from ._held import Held
from ._input import path_of
from ._nearmiss import LabelOrder
from ._options import Path, TaxonomyLike, given, names
from ._runs import runs_of
from ._table import ArrowTable
from ._taxonomies import taxonomy_of
from ._truth import with_truth
from ._warning import warn

__all__ = ["NextLabelsReport", "next_labels"]


class NextLabelsReport(Held):
    """The order in which to label images, or what came of a simulation: what :func:`nearmiss.next_labels` gives.

    Examples
    --------
    >>> import nearmiss as nm
    >>> order = nm.next_labels({
    ...     "old": {"image": ["1", "2"], "predicted": ["Felis catus", "Lynx lynx"]},
    ...     "new": {"image": ["1", "2"], "predicted": ["Felis catus", "Felis catus"]},
    ... })
    >>> order.table.column("image"), [model["name"] for model in order.models]
    (['2', '1'], ['old', 'new'])
    """

    def __init__(self, order: LabelOrder) -> None:
        self._order = order

    @property
    def notes(self) -> list[str]:
        """What was read, decided and left out, a sentence each."""
        return list(map(_text.spaced, self._order.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._order.warnings))

    @property
    def verdict(self) -> str | None:
        """Of a simulation: how many labels the methods need, in a sentence."""
        verdict = self._order.verdict
        return None if verdict is None else _text.spaced(verdict)

    @cached_property
    def table(self) -> ArrowTable:
        """The images to label, next one first; of a simulation, the regret after each label."""
        return ArrowTable(self._order.table())

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """What is known of the models; of a simulation, all that ``simulation.json`` has."""
        numbers: dict[str, Any] = json.loads(self.to_json())
        return numbers

    @property
    def models(self) -> list[dict[str, Any]]:
        """The models: ``name``, ``p_best``, ``accuracy`` on what is labelled."""
        return list(self.numbers["models"])

    def to_json(self) -> str:
        """What is known of the models; of a simulation, all that ``simulation.json`` has."""
        return self._order.json()

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder of a simulation.

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
        self._order.save(where, force, csv_safe)
        return FilePath(where)

    def __repr__(self) -> str:
        """The models with their probability of being the best, or the sentence of a simulation."""
        if self.verdict is not None:
            return self.verdict
        return "\n".join(f"{model['name']}: best with probability {model['p_best']:.3f}" for model in self.models)


def next_labels(
    runs: Any,
    *,
    truth: Any = None,
    truth_table: Any = None,
    predicted: str | Sequence[str] | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    score: str | None = None,
    truth_image: str | None = None,
    clade: str | None = None,
    lineage_separator: str | None = None,
    predicted_pattern: str | None = None,
    encoding: str | None = None,
    rank: str | None = None,
    method: Literal["coda", "disagreement", "height", "random"] | None = None,
    budget: int | None = None,
    simulate: bool | None = None,
    repetitions: int | None = None,
    seed: int | None = None,
) -> NextLabelsReport:
    """Orders images for labelling, so that few labels find the best of several models.

    Parameters
    ----------
    runs : mapping, sequence, or table
        Answers of two models or more, by their names, as in :func:`compare`.
    truth, truth_table
        What is labelled already, as in :func:`evaluate`; images with a truth are not asked for again.
    predicted, taxonomy, image, score, truth_image, clade, lineage_separator, predicted_pattern, encoding
        How tables are read, as in :func:`evaluate`.
    rank : str, optional
        The rank at which models are told apart; answers as they are by default.
    method : {"coda", "disagreement", "height", "random"}, optional
        How images are chosen.
    budget : int, optional
        Images at most; labels at most in a simulation, 100 by default.
    simulate : bool, optional
        Try the methods on images whose truth is known.
    repetitions, seed : int, optional
        How often a simulation tries each method, 20 by default, and the seed of chance.

    Returns
    -------
    NextLabelsReport
        The images in order, and what is known of the models; or what came of the simulation.

    Raises
    ------
    NearmissError
        A table cannot be read; there is one model; all answers are one taxon; nothing is left to label.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> images = [str(image) for image in range(20)]
    >>> truth = ["Felis catus", "Lynx lynx"] * 10
    >>> tried = nm.next_labels(
    ...     {
    ...         "old": {"image": images, "truth": truth, "predicted": ["Felis catus"] * 20},
    ...         "new": {"image": images, "truth": truth, "predicted": truth},
    ...     },
    ...     simulate=True,
    ... )
    >>> [model["accuracy"] for model in tried.numbers["models"]]
    [0.5, 1.0]
    """
    sources = []
    own: dict[str, object] = {}
    for name, value in runs_of(runs):
        source, options = with_truth(value, truth, truth_table, name or "predictions")
        own |= options
        sources.append((name, source))
    options = own | given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        clade=clade,
        lineage_separator=lineage_separator,
        predicted_pattern=predicted_pattern,
        encoding=encoding,
        rank=rank,
        method=method,
        budget=budget,
        simulate=simulate,
        repetitions=repetitions,
        seed=seed,
    )
    report = NextLabelsReport(_nearmiss.next_labels(sources, options))
    warn(report.warnings, stacklevel=2)
    return report
