"""What is found next to what: every vector as a query, and runs held against judgements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from . import _nearmiss
from ._input import path_of
from ._judged import named_runs, ranking_of
from ._options import Path, TaxonomyLike, counts_of, gates_of, given
from ._options import names as listed
from ._progress import told
from ._retrieval import RetrievalReport
from ._taxonomies import taxonomy_of
from ._vectors import labels_of, texts_of, vectors_of
from ._warning import warn

__all__ = ["RetrievalReport", "retrieve", "retrieve_runs"]


def retrieve(
    embeddings: Any,
    labels: Any = None,
    *,
    taxonomy: TaxonomyLike = None,
    names: Sequence[str] | None = None,
    observations: Sequence[str] | None = None,
    queries: Any = None,
    query_labels: Any = None,
    query_names: Sequence[str] | None = None,
    query_observations: Sequence[str] | None = None,
    measures: str | Sequence[str] | None = None,
    gates: Path | Sequence[str] | None = None,
    k: int | Sequence[int] | None = None,
    depth: int | Literal["all"] | None = None,
    norm: Literal["l2", "none"] | None = None,
    similarity: Literal["cosine", "inner", "euclidean"] | None = None,
    across_observations: bool | None = None,
    yellow_from: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    progress: bool | Callable[[str], object] | None = None,
) -> RetrievalReport:
    """Ranks all vectors for each of them, and measures at every rank how soon its own taxon is found.

    Parameters
    ----------
    embeddings, labels, taxonomy, names, observations
        Vectors and what is said of each, as in :func:`nearmiss.latent`.
    queries, query_labels, query_names, query_observations
        Other vectors that are sought among the first; each of the first among all others by default.
    measures : str or sequence of str, optional
        Measures as in ranx, ``"mrr@10"``, taken at every rank, or ``"mrr@10-lgenus"`` at one.
    gates : str, sequence of str, or path, optional
        Lines that measures must reach, ``"green@5>=0.8"``, or a TOML file of them; see :attr:`RetrievalReport.passed`.
    k : int or sequence of int, optional
        Numbers of first documents that are flagged green, yellow, red: 1, 5 and 10 by default.
    depth : int or "all", optional
        Documents ranked for each query; all of up to 4000 by default, else 100.
    norm : {"l2", "none"}, optional
        How vectors are scaled first: to length 1 by default.
    similarity : {"cosine", "inner", "euclidean"}, optional
        What makes two vectors near.
    across_observations : bool, optional
        Photographs of the query's own observation are left out.
    yellow_from : str, optional
        Rank at which query and document must meet for a wrong document to be acceptable, the genus by default.
    draws, seed : int, optional
        Draws of the bootstrap for intervals, and their seed.
    progress : bool or callable, optional
        As in :func:`nearmiss.latent`.

    Returns
    -------
    RetrievalReport
        Measures with intervals, and a table of the queries.

    Raises
    ------
    NearmissError
        Vectors or labels cannot be read; a measure does not exist.

    Examples
    --------
    >>> import numpy
    >>> import nearmiss as nm
    >>> lineages = {
    ...     "family": ["Felidae", "Felidae", "Canidae"],
    ...     "genus": ["Felis", "Felis", "Vulpes"],
    ...     "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"],
    ... }
    >>> vectors = numpy.array([[1.0, 0.0], [1.0, 0.1], [0.9, 0.3], [0.9, 0.4], [0.0, 1.0], [0.1, 1.0]], dtype="float32")
    >>> labels = ["Felis catus", "Felis silvestris", "Felis silvestris", "Felis silvestris", "Vulpes vulpes", "Vulpes vulpes"]
    >>> found = nm.retrieve(vectors, labels, taxonomy=lineages, measures="precision@1")
    >>> found.metrics["precision@1-lgenus"].value
    1.0
    >>> found.metrics["precision@1-lspecies"].value
    0.8
    """
    options = given(
        labels=labels_of(labels, "labels"),
        observations=texts_of(observations),
        queries=None if queries is None else vectors_of(queries, "queries"),
        query_labels=labels_of(query_labels, "query_labels"),
        query_names=texts_of(query_names),
        query_observations=texts_of(query_observations),
        taxonomy=taxonomy_of(taxonomy),
        measures=listed(measures, "measures"),
        gates=gates_of(gates),
        k=counts_of(k, "k"),
        depth=depth,
        norm=norm,
        similarity=similarity,
        across_observations=across_observations,
        yellow_from=yellow_from,
        draws=draws,
        seed=seed,
    )
    vectors = vectors_of(embeddings, "embeddings")
    with told("retrieve", progress) as say:
        report = RetrievalReport(_nearmiss.retrieve(vectors, texts_of(names), options, say))
    warn(report.warnings, stacklevel=2)
    return report


def retrieve_runs(
    qrels: Any,
    runs: Any,
    *,
    measures: str | Sequence[str] | None = None,
    gates: Path | Sequence[str] | None = None,
    ties: Literal["trec", "input", "docid-asc"] | None = None,
    fuse: Literal["rrf", "sum", "mnz"] | None = None,
    fused: Path | None = None,
    force: bool | None = None,
    ranx_labels: Literal["current", "legacy"] | None = None,
    alpha: float | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> RetrievalReport:
    """Holds the rankings of other programs against judgements, as ranx and trec_eval do, and compares them.

    Parameters
    ----------
    qrels : path, dict of dicts, table, or Qrels of ranx
        Judgements: ``{query: {document: grade}}``, a table with the columns ``q_id``, ``doc_id`` and ``score``, or a file (ranx
        JSON, TREC, Parquet, also ``.gz``).
    runs : mapping, sequence, or a single run
        Rankings by their names, ``{"bm25": {query: {document: score}}, ...}``, or a list of files.
    measures : str or sequence of str, optional
        Measures as in ranx, ``"ndcg@10"``, ``"precision@5-l2"``.
    gates : str, sequence of str, or path, optional
        Lines that measures must reach, ``"mrr@10>0.3"``, or a TOML file of them.
    ties : {"trec", "input", "docid-asc"}, optional
        What decides between documents with equal scores: as trec_eval by default.
    fuse : {"rrf", "sum", "mnz"}, optional
        How the runs become one more, measured with them.
    fused : path, optional
        A file that the fused run is written to.
    force : bool, optional
        Write over that file.
    ranx_labels : {"current", "legacy"}, optional
        Labels of the tables.
    alpha : float, optional
        A difference is significant at an adjusted p-value of at most this, 0.05 by default.
    draws, seed : int, optional
        Draws of the bootstrap for intervals, and the seed of all draws.

    Returns
    -------
    RetrievalReport
        Measures of all runs, with intervals and significance.

    Raises
    ------
    NearmissError
        Judgements or runs cannot be read, or have no query in common; a measure does not exist.

    Examples
    --------
    The fox is found first, the lynx second:

    >>> import nearmiss as nm
    >>> qrels = {"fox": {"fox-1.jpg": 1}, "lynx": {"lynx-1.jpg": 1}}
    >>> run = {"fox": {"fox-1.jpg": 0.9}, "lynx": {"fox-1.jpg": 0.8, "lynx-1.jpg": 0.7}}
    >>> nm.retrieve_runs(qrels, run, measures="mrr").metrics["mrr"].value
    0.75
    """
    options = given(
        measures=listed(measures, "measures"),
        gates=gates_of(gates),
        ties=ties,
        fuse=fuse,
        fused=None if fused is None else path_of(fused),
        force=force,
        ranx_labels=ranx_labels,
        alpha=alpha,
        draws=draws,
        seed=seed,
    )
    report = RetrievalReport(_nearmiss.retrieve_runs(ranking_of(qrels, "qrels"), named_runs(runs), options))
    warn(report.warnings, stacklevel=2)
    return report
