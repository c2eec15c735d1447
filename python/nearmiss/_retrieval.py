"""What is known of a retrieval."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from . import _html, _text
from ._comparison import comparison_html
from ._held import Held
from ._html import FAR, GOOD, NEAR, Bar
from ._input import path_of
from ._metrics import Metrics
from ._nearmiss import Retrieval
from ._options import Path
from ._table import ArrowTable

__all__ = ["RetrievalReport"]


class RetrievalReport(Held):
    """How soon what is sought is found: what :func:`nearmiss.retrieve` and :func:`nearmiss.retrieve_runs` give.

    Examples
    --------
    >>> import nearmiss as nm
    >>> qrels = {"fox": {"fox-1.jpg": 1}, "lynx": {"lynx-1.jpg": 1}}
    >>> first = {"fox": {"fox-1.jpg": 0.9}, "lynx": {"fox-1.jpg": 0.8, "lynx-1.jpg": 0.7}}
    >>> second = {"fox": {"fox-1.jpg": 0.9}, "lynx": {"lynx-1.jpg": 0.8, "fox-1.jpg": 0.7}}
    >>> found = nm.retrieve_runs(qrels, {"first": first, "second": second}, measures=["mrr", "precision@1"])
    >>> found.runs
    ['first', 'second']
    >>> found.metrics["first/mrr"].value, found.metrics["second/mrr"].value
    (0.75, 1.0)
    >>> found.queries.columns
    ['query', 'run', 'mrr', 'precision@1']
    """

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval

    @property
    def runs(self) -> list[str]:
        """Names of the runs that were held against judgements; of vectors it is ``embeddings``."""
        return list(self._retrieval.runs)

    @property
    def verdict(self) -> str:
        """How often the nearest is right, in a sentence; of runs nothing."""
        return _text.spaced(self._retrieval.verdict or "")

    @property
    def notes(self) -> list[str]:
        """What was decided and left out, a sentence each."""
        return list(map(_text.spaced, self._retrieval.notes))

    @property
    def warnings(self) -> list[str]:
        """What makes numbers lower than one expects, a sentence each."""
        return list(map(_text.spaced, self._retrieval.warnings))

    @property
    def gates(self) -> list[dict[str, object]]:
        """The gates: ``run``, ``metric``, ``operator``, ``line``, ``value``, ``low``, ``high``, ``outcome``, ``sentence``."""
        return list(self._retrieval.gates)

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(gate["outcome"] != "fail" for gate in self._retrieval.gates)

    @cached_property
    def metrics(self) -> Metrics:
        """The numbers by their names, ``mrr@10-lgenus``; of several runs with the name of the run and ``/`` before them."""
        parts = {name: Metrics(self._retrieval.metrics(place)) for place, name in enumerate(self._retrieval.runs)}
        return next(iter(parts.values())) if len(parts) == 1 else Metrics.together(parts)

    @cached_property
    def measures(self) -> ArrowTable:
        """A row per measure, and per run where there are runs, with ``value``, ``low``, ``high``, ``n``."""
        return ArrowTable(self._retrieval.measures())

    @cached_property
    def queries(self) -> ArrowTable:
        """A row per query, and per run where there are runs, with a column for each measure."""
        return ArrowTable(self._retrieval.queries())

    @cached_property
    def table(self) -> ArrowTable:
        """A row per measure and pair of runs, with differences and p-values; of runs alone."""
        return ArrowTable(self._retrieval.table())

    def to_json(self) -> str:
        """All numbers as ``retrieval.json`` has them, or of runs ``compare.json``."""
        return self._retrieval.json()

    def to_latex(self, *, ranx: bool = False) -> str:
        """The table of runs for a paper; superscripts are significant differences.

        Parameters
        ----------
        ranx : bool
            To the letter as ranx writes it, which is to be cut before LaTeX reads it.
        """
        return self._retrieval.latex(ranx)

    def save(self, folder: Path, *, force: bool = False, csv_safe: bool = False) -> FilePath:
        """Writes the folder of a retrieval: a page, its JSON, and tables of measures and queries.

        Parameters
        ----------
        folder : path
            Where to; a retrieval that lies there is written over.
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
        self._retrieval.save(where, force, csv_safe)
        return FilePath(where)

    def _said(self) -> list[str]:
        return [str(gate["sentence"]) for gate in self.gates] + [f"warning: {sentence}" for sentence in self.warnings]

    def __repr__(self) -> str:
        """The measures, gates and warnings."""
        numbers = json.loads(self.to_json())
        text = _text.spaced(self._retrieval.text().rstrip("\n"))
        table = measures_text(numbers["measured"]) if "measured" in numbers else ""
        return "\n\n".join(piece for piece in (text, table, "\n".join(self._said())) if piece)

    def _repr_html_(self) -> str:
        """The same for notebooks."""
        numbers = json.loads(self.to_json())
        page = measures_html(numbers["measured"]) if "measured" in numbers else comparison_html(numbers["nearmiss"], "queries")
        gates = _html.listed("Gates", [str(gate["sentence"]) for gate in self.gates])
        verdict = _html.paragraph(self.verdict, strong=True) if self.verdict else ""
        return _html.block(verdict, page, gates, _html.listed("Be wary", self.warnings))


def _by_rank(measured: list[dict[str, Any]]) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Ranks, and the values of each measure by rank."""
    at_ranks = [entry for entry in measured if entry["rank"] is not None]
    ranks = list(dict.fromkeys(entry["rank"] for entry in at_ranks))
    values: dict[str, dict[str, Any]] = {}
    for entry in at_ranks:
        values.setdefault(entry["measure"], {})[entry["rank"]] = entry
    return ranks, values


def measures_text(measured: list[dict[str, Any]]) -> str:
    """Measures by ranks as text.

    Examples
    --------
    >>> print(measures_text([
    ...     {"measure": "mrr@10", "rank": "genus", "value": 1.0},
    ...     {"measure": "mrr@10", "rank": "species", "value": 0.75},
    ... ]))
    measure  genus  species
    mrr@10   1.000    0.750
    """
    ranks, values = _by_rank(measured)
    rows = [[name, *(_text.number(row.get(rank, {}).get("value"), 3) for rank in ranks)] for name, row in values.items()]
    return _text.aligned(["measure", *ranks], rows, [False] + [True] * len(ranks))


def measures_html(measured: list[dict[str, Any]]) -> str:
    """Measures by ranks, and flags of the first documents, for notebooks."""
    ranks, values = _by_rank(measured)
    rows = [[_html.escaped(name), *(_value(row.get(rank), f"{name}, {rank}") for rank in ranks)] for name, row in values.items()]
    table = _html.raw_table(["measure", *map(_html.escaped, ranks)], rows, [False] + [True] * len(ranks))
    return (
        _html.caption("How soon the own taxon is found, at each rank")
        + f'<div style="overflow-x:auto">{table}</div>'
        + _flags(measured)
    )


def _value(entry: dict[str, Any] | None, title: str) -> str:
    if entry is None or entry["value"] is None:
        return _text.MISSING
    low, high = entry["low"], entry["high"]
    drawn = Bar(entry["value"], low=low, high=high, title=f"{title}: {entry['value']:.3f}")
    ends = _text.interval(low, high, percent=False)
    return f"{entry['value']:.3f}<br>{_html.bar(drawn, width=80, height=10)}<br><small>{ends}</small>"


def _flags(measured: list[dict[str, Any]]) -> str:
    colours = {"green": GOOD, "yellow": NEAR, "red": FAR}
    rows = []
    for entry in measured:
        flag, _, k = entry["measure"].partition("@")
        if entry["rank"] is not None or flag not in colours:
            continue
        drawn = Bar(entry["value"], low=entry["low"], high=entry["high"], colour=colours[flag], title=f"{flag} {k}")
        ends = _text.interval(entry["low"], entry["high"], percent=True)
        rows.append([flag, _html.escaped(k), _html.bar(drawn), _text.share(entry["value"]), ends])
    if not rows:
        return ""
    head = ["", "of the first", "", "share", "95 %"]
    title = "Of the first documents: the own taxon, acceptable, neither"
    return _html.caption(title) + _html.raw_table(head, rows, [False, True, False, True, True])
