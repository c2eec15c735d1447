"""Judgements and runs of a retrieval, however they are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._input import frame_of, is_path, path_of
from ._kinds import is_a
from ._nearmiss import Frame, NearmissError

__all__ = ["Listed", "named_runs", "ranking_of"]

#: ``{query: {document: number}}``.
Listed = dict[str, dict[str, float]]


def ranking_of(value: Any, what: str) -> str | Frame | Listed:
    """Judgements or a run: a path, a table, or a dict of dicts.

    Parameters
    ----------
    value : path, table, dict of dicts, or an object of ranx
        ``{query: {document: grade or score}}``, or a table with the columns ``q_id``, ``doc_id`` and ``score``.
    what : str
        What it is called in messages.

    Returns
    -------
    str, Frame or dict
        What the native module reads.

    Examples
    --------
    >>> ranking_of({"fox": {"1.jpg": 1}}, "qrels")
    {'fox': {'1.jpg': 1}}
    >>> ranking_of({"q_id": ["fox"], "doc_id": ["1.jpg"], "score": [1]}, "qrels").column_names
    ['q_id', 'doc_id', 'score']
    """
    if is_path(value):
        return path_of(value)
    if is_a(value, "ranx", "Qrels", "Run"):
        value = value.to_dict()
    if _is_listed(value):
        return {str(query): dict(documents) for query, documents in value.items()}
    return frame_of(value, what)


def named_runs(runs: Any) -> list[tuple[str, str | Frame | Listed]]:
    """Runs with their names; files and runs of ranx bring their own.

    Raises
    ------
    NearmissError
        There is none.

    Examples
    --------
    >>> named_runs({"bm25": {"fox": {"1.jpg": 0.9}}, "dense": "dense.trec"})
    [('bm25', {'fox': {'1.jpg': 0.9}}), ('dense', 'dense.trec')]
    >>> named_runs({"fox": {"1.jpg": 0.9}})
    [('run', {'fox': {'1.jpg': 0.9}})]
    >>> named_runs(["bm25.json", "dense.trec"])
    [('', 'bm25.json'), ('', 'dense.trec')]
    """
    if isinstance(runs, Mapping) and not _is_listed(runs) and all(map(_is_run, runs.values())):
        found = [(str(name), ranking_of(run, str(name))) for name, run in runs.items()]
    elif isinstance(runs, (list, tuple)) and all(map(_is_run, runs)):
        found = [(_name(run), ranking_of(run, _name(run) or f"run {place + 1}")) for place, run in enumerate(runs)]
    else:
        found = [("" if is_path(runs) else _name(runs) or "run", ranking_of(runs, "run"))]
    if not found:
        raise NearmissError(
            "there is no run to hold against the judgements; give at least one, {'bm25': {query: {document: score}}}"
        )
    return found


def _name(run: Any) -> str:
    return str(getattr(run, "name", None) or "") if is_a(run, "ranx", "Run") else ""


def _is_listed(value: Any) -> bool:
    """Whether a value is a dict of documents with numbers for each query."""
    if not isinstance(value, Mapping) or not value:
        return False
    documents = next(iter(value.values()))
    return isinstance(documents, Mapping) and not any(isinstance(number, (Mapping, list)) for number in documents.values())


def _is_run(value: Any) -> bool:
    """Whether a value is a run, and no column of a table."""
    if is_path(value) or isinstance(value, Mapping) or is_a(value, "ranx", "Run"):
        return True
    return any(hasattr(value, name) for name in ("columns", "column_names"))
