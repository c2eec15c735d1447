"""Tables counted into states, which reports add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from . import _nearmiss
from ._input import path_of
from ._options import Path, TaxonomyLike, given, names
from ._taxonomies import taxonomy_of
from ._text import spaced
from ._truth import several_with_truth
from ._warning import warn

__all__ = ["write_state"]


def write_state(
    predictions: Any,
    output: Path,
    *,
    truth: Any = None,
    predicted: str | Sequence[str] | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    score: str | None = None,
    truth_table: Any = None,
    truth_image: str | None = None,
    group: str | Sequence[str] | None = None,
    clade: str | None = None,
    lineage_separator: str | None = None,
    predicted_pattern: str | None = None,
    missing_truth: Literal["leave-out", "wrong", "taxon"] | None = None,
    encoding: str | None = None,
    non_taxon: str | Sequence[str] | None = None,
    taxon_after_all: str | Sequence[str] | None = None,
    back_off: float | None = None,
    count_unreachable: bool | None = None,
    force: bool = False,
) -> int:
    """Counts a part of a table, or of a run, into a state: what a report needs of it, to be added up with other parts.

    :func:`evaluate` takes the states of all parts, whichever process wrote them. ``nearmiss score`` writes the same file.

    Parameters
    ----------
    predictions : path, list of paths, data frame, dict of columns, or list of dicts
        A table or several, or run directories, which become one part.
    output : path
        Where to; a state that lies there is written over.
    taxonomy : Taxonomy, path, str or table, optional
        The taxonomy, one for all parts; only a run directory has its own.
    truth, predicted, image, score, truth_table, truth_image, group, clade, lineage_separator, predicted_pattern, missing_truth
        How tables are read, as in :func:`evaluate`: the same for all parts.
    encoding, non_taxon, taxon_after_all
        The same.
    back_off, count_unreachable : optional
        As there, of runs with vectors or logits: on these rests what a state keeps of them.
    force : bool
        Write over a file that is no state.

    Returns
    -------
    int
        Images of the part.

    Raises
    ------
    NearmissError
        The predictions cannot be read or counted; there is a file that is no state.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import tempfile
    >>> import nearmiss as nm
    >>> lineages = {"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]}
    >>> monday = {"image": ["1.jpg", "2.jpg"], "truth": ["Felis catus"] * 2, "predicted": ["Felis catus", "Felis silvestris"]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nm.write_state(monday, f"{folder}/monday.state", taxonomy=lineages)
    2
    """
    source, options = several_with_truth(predictions, truth, truth_table, "predictions")
    options |= given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        group=names(group, "group"),
        clade=clade,
        lineage_separator=lineage_separator,
        predicted_pattern=predicted_pattern,
        missing_truth=missing_truth,
        encoding=encoding,
        non_taxon=names(non_taxon, "non_taxon"),
        taxon_after_all=names(taxon_after_all, "taxon_after_all"),
        back_off=back_off,
        count_unreachable=count_unreachable,
    )
    images, warnings = _nearmiss.write_state(source, path_of(output), options, force)
    warn(list(map(spaced, warnings)), stacklevel=2)
    return images
