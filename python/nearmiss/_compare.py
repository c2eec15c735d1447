"""Runs held against each other, image by image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from . import _nearmiss
from ._comparison import ComparisonReport
from ._input import Source, source_of
from ._nearmiss import NearmissError
from ._options import TaxonomyLike, given, names
from ._report import Report, RunReport, reread
from ._runs import check_reports, runs_of, together
from ._taxonomies import taxonomy_of
from ._truth import truth_options, with_truth
from ._warning import warn

__all__ = ["compare"]

#: What a table is called that has no name of its own.
_ONE = "predictions"


def compare(
    runs: Any,
    *,
    truth: Any = None,
    predicted: str | Sequence[str] | None = None,
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
    non_taxon: str | Sequence[str] | None = None,
    taxon_after_all: str | Sequence[str] | None = None,
    intersect: bool | None = None,
    count_unreachable: bool | None = None,
    pairs: Literal["all", "first"] | None = None,
    alpha: float | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> ComparisonReport:
    """Compares runs over the same images: which is better, by how much, and whether that may be chance.

    Parameters
    ----------
    runs : mapping, sequence, or table
        Runs by their names, ``{"bioclip": df_a, "bioclip-2": df_b}``: each a table, a path, a run directory, a report, or one
        run of a report. Or a list of paths or reports, which have names. Or one table whose columns ``predicted`` are the runs.
    truth, predicted, taxonomy, image, score, truth_table, truth_image, clade, lineage_separator
        How tables are read, as in :func:`evaluate`; the same for all of them. Reports bring their own.
    predicted_pattern, missing_truth, encoding, non_taxon, taxon_after_all, count_unreachable
        The same.
    intersect : bool, optional
        Compare over the images that all runs have, instead of refusing runs over different images.
    pairs : {"all", "first"}, optional
        Which runs are compared: every two, or each with the first; every two of up to 20 runs by default.
    alpha : float, optional
        A difference is significant at an adjusted p-value of at most this, 0.05 by default.
    draws, seed : int, optional
        Draws of the bootstrap for intervals of means, and the seed of all draws.

    Returns
    -------
    ComparisonReport
        Means with intervals, differences with p-values, and the verdict.

    Raises
    ------
    NearmissError
        A table cannot be read; there is one run; runs are over different images.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> truth = ["Felis catus", "Felis catus", "Lynx lynx", "Felis silvestris"] * 10
    >>> comparison = nm.compare(
    ...     {
    ...         "old": {"truth": truth, "predicted": ["Felis catus"] * 40},
    ...         "new": {"truth": truth, "predicted": ["Felis catus", "Felis catus", "Lynx lynx", "Felis catus"] * 10},
    ...     },
    ...     clade="Carnivora;Felidae",
    ... )
    >>> comparison.runs
    ['old', 'new']
    >>> comparison.verdict
    'new is right most often, 75.0 % of 40 images: significantly more often than old, 50.0 %.'
    """
    given_runs = runs_of(runs)
    # A table of truths is read once, for all of them.
    shared = truth_options(truth, truth_table, given_runs[0][1])
    sources = [(name, *_read(value, truth, shared, name or _ONE)) for name, value in given_runs]
    reports = [entry for entry, (_, value) in zip(sources, given_runs) if isinstance(value, (Report, RunReport))]
    check_reports([(name, options) for name, _, options in reports])
    own = together(sources)
    options = own.options | given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        clade=clade,
        lineage_separator=lineage_separator,
        predicted_pattern=predicted_pattern,
        missing_truth=missing_truth,
        encoding=encoding,
        non_taxon=names(non_taxon, "non_taxon"),
        taxon_after_all=names(taxon_after_all, "taxon_after_all"),
        intersect=intersect,
        count_unreachable=count_unreachable,
        pairs=pairs,
        alpha=alpha,
        draws=draws,
        seed=seed,
    )
    report = ComparisonReport(_nearmiss.compare(own.sources, options))
    warn(report.warnings, stacklevel=2)
    return report


def _read(value: Any, truth: Any, shared: dict[str, object] | None, what: str) -> tuple[Source, dict[str, object]]:
    """A table with its truth, or what a report was made of."""
    if isinstance(value, (Report, RunReport)):
        if shared != {}:
            raise NearmissError(f"{what}: a report knows its truth; leave truth= and truth_table= to tables")
        return reread(value)
    return with_truth(value, truth, None, what) if shared is None else (source_of(value, what), shared)
