"""What is known of runs that were held against each other."""

from __future__ import annotations

import json
import string
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from . import _html, _text
from ._held import Held
from ._input import path_of
from ._nearmiss import Comparison
from ._options import Path
from ._table import ArrowTable

__all__ = ["ComparisonReport", "comparison_html"]


class ComparisonReport(Held):
    """Which run is better, by how much, and whether that may be chance: what :func:`nearmiss.compare` gives.

    In a notebook it shows the verdict, and all runs by all metrics: letters behind a number name the runs that it is
    significantly better than.

    Examples
    --------
    >>> import nearmiss as nm
    >>> table = {
    ...     "truth": ["Felis catus", "Felis catus", "Lynx lynx"],
    ...     "svm": ["Felis catus", "Felis catus", "Lynx lynx"],
    ...     "mlp": ["Felis catus", "Lynx lynx", "Felis catus"],
    ... }
    >>> comparison = nm.compare(table, truth="truth", predicted=["svm", "mlp"], clade="Carnivora;Felidae")
    >>> comparison  # doctest: +ELLIPSIS
    #    Model      species    genus    family    exact    height     hF
    ---  -------  ---------  -------  --------  -------  --------  -----
    a    svm          1.000    1.000     1.000    1.000     0.000  1.000
    b    mlp          0.333    0.333     1.000    0.333     1.333  0.667
    <BLANKLINE>
    No run is shown to be right most often: svm has the highest share, ...
    >>> row = next(row for row in comparison.table if row["metric"] == "height")
    >>> row["run_a"], row["value_a"], row["run_b"], row["value_b"], row["significant"]
    ('svm', 0.0, 'mlp', 1.3333333333333333, False)
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    @property
    def runs(self) -> list[str]:
        """Names of the runs."""
        return list(self._comparison.runs)

    @property
    def verdict(self) -> str:
        """Which run is right most often, and whether that may be chance, in a sentence."""
        return _text.spaced(self._comparison.verdict)

    @property
    def notes(self) -> list[str]:
        """What was read, decided and left out, a sentence each."""
        return list(map(_text.spaced, self._comparison.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._comparison.warnings))

    @cached_property
    def table(self) -> ArrowTable:
        """All numbers as a table."""
        return ArrowTable(self._comparison.table())

    def to_json(self) -> str:
        """All numbers as ``compare.json`` has them: ranx' layout, and everything else under ``nearmiss``."""
        return self._comparison.json()

    def to_latex(self, *, ranx: bool = False) -> str:
        """The table for a paper; superscripts are significant differences.

        Parameters
        ----------
        ranx : bool
            To the letter as ranx writes it, which is to be cut before LaTeX reads it.

        Examples
        --------
        >>> import nearmiss as nm
        >>> table = {"truth": ["Felis catus"] * 2, "svm": ["Felis catus"] * 2, "mlp": ["Felis catus", "Lynx lynx"]}
        >>> latex = nm.compare(table, truth="truth", predicted=["svm", "mlp"], clade="Felidae").to_latex()
        >>> "begin{tabular}{c|l|c|c|c|c|c|c|c}" in latex
        True
        """
        return self._comparison.latex(ranx)

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder of a comparison: a page, ``compare.json``, ``table.tex``, and tables of where runs differ.

        Parameters
        ----------
        folder : path
            Where to; a comparison that lies there is written over.
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
        self._comparison.save(where, force, csv_safe)
        return FilePath(where)

    def __repr__(self) -> str:
        """The runs by the metrics that fit a line, the verdict, and warnings."""
        warned = [f"warning: {sentence}" for sentence in self.warnings]
        return "\n".join([self._comparison.text().rstrip("\n"), "", self.verdict, *warned])

    def _repr_html_(self) -> str:
        """The runs by all metrics, and differences with their intervals."""
        page = comparison_html(json.loads(self.to_json())["nearmiss"])
        return _html.block(_html.paragraph(self.verdict, strong=True), page, _html.listed("Be wary", self.warnings))


def comparison_html(numbers: dict[str, Any], noun: str = "images") -> str:
    """The tables of a comparison for notebooks.

    Parameters
    ----------
    numbers : dict
        The object ``nearmiss`` of ``compare.json``.
    noun : str
        What the runs are compared over.

    Returns
    -------
    str
        A table of means, and one of differences where these are few.
    """
    few = sum(len(metric["pairs"]) for metric in numbers["metrics"]) <= _MOST_DIFFERENCES
    return _means_html(numbers, noun) + (_differences_html(numbers) if few else "")


_MOST_DIFFERENCES = 40


def _letters(place: int) -> str:
    letters = string.ascii_lowercase
    return letters[place] if place < len(letters) else f"({place + 1})"


def _better(metric: dict[str, Any], alpha: float) -> dict[int, set[int]]:
    """For each run those that it is significantly better than."""
    better: dict[int, set[int]] = {}
    for pair in metric["pairs"]:
        difference, adjusted = pair["difference"], pair["adjusted"]
        if not difference or adjusted is None or adjusted > alpha:
            continue
        first = (difference > 0) == (metric["direction"] == "higher")
        winner, loser = (pair["first"], pair["second"]) if first else (pair["second"], pair["first"])
        better.setdefault(winner, set()).add(loser)
    return better


def _value(metric: dict[str, Any], run: int, better: dict[int, set[int]], runs: int) -> str:
    ends = metric["intervals"][run] or {}
    beaten = better.get(run, set())
    text = _text.MISSING if metric["means"][run] is None else f"{metric['means'][run]:.3f}"
    if len(beaten) == runs - 1:
        text = f"<strong>{text}</strong>"
    if beaten:
        text += f"<sup>{''.join(map(_letters, sorted(beaten)))}</sup>"
    return f"{text}<br><small>{_text.interval(ends.get('low'), ends.get('high'), percent=False)}</small>"


def _means_html(numbers: dict[str, Any], noun: str) -> str:
    runs, metrics = numbers["runs"], [metric for metric in numbers["metrics"] if metric["n"]]
    better = [_better(metric, numbers["alpha"]) for metric in metrics]
    head = ["", "run", *(_html.escaped(metric["label"]) for metric in metrics)]
    rows = [
        [_letters(run), _html.escaped(name)]
        + [_value(metric, run, winners, len(runs)) for metric, winners in zip(metrics, better, strict=True)]
        for run, name in enumerate(runs)
    ]
    images, alpha = _text.number(numbers["images"]), f"{numbers['alpha']:g}"
    title = f"{images} {noun}; letters: significantly better than these runs (p ≤ {alpha}, Holm)"
    table = _html.raw_table(head, rows, [False, False] + [True] * len(metrics))
    return _html.caption(title) + f'<div style="overflow-x:auto">{table}</div>'


def _differences_html(numbers: dict[str, Any]) -> str:
    runs, rows = numbers["runs"], []
    for metric in numbers["metrics"]:
        for pair in metric["pairs"]:
            if pair["difference"] is None:
                continue
            ends = pair["interval"] or {}
            significant = pair["adjusted"] is not None and pair["adjusted"] <= numbers["alpha"]
            rows.append([
                metric["label"],
                f"{runs[pair['first']]} − {runs[pair['second']]}",
                f"{pair['difference']:+.3f}",
                _text.interval(ends.get("low"), ends.get("high"), percent=False),
                f"{pair['wins']} / {pair['ties']} / {pair['losses']}",
                _text.cell(pair["adjusted"]) + (" *" if significant else ""),
            ])  # fmt: skip
    head = ["metric", "runs", "difference", "95 %", "better / alike / worse", "p (Holm)"]
    return _html.details("Differences", _html.table(head, rows, [False, False, True, True, True, True]))
