"""Spaces of vectors, held against the tree."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Literal

from . import _html, _nearmiss, _text
from ._held import Held
from ._input import path_of
from ._metrics import Metrics
from ._nearmiss import Latent
from ._options import Path, TaxonomyLike, counts_of, given
from ._progress import told
from ._space import space_html, space_text
from ._table import ArrowTable
from ._taxonomies import taxonomy_of
from ._vectors import labels_of, texts_of, vectors_of
from ._warning import warn

__all__ = ["LatentReport", "latent"]


def latent(
    embeddings: Any,
    labels: Any = None,
    *,
    taxonomy: TaxonomyLike = None,
    names: Sequence[str] | None = None,
    observations: Sequence[str] | None = None,
    k: int | Sequence[int] | None = None,
    norm: Literal["l2", "none"] | None = None,
    across_observations: bool | None = None,
    map: bool | None = None,
    permutations: int | None = None,
    seed: int | None = None,
    sample: int | Literal["all"] | None = None,
    search_minutes: int | None = None,
    name: str | None = None,
    photographs: Path | None = None,
    thumbnails: Literal["licensed", "all", "none"] | None = None,
    progress: bool | Callable[[str], object] | None = None,
) -> LatentReport:
    """Measures whether a space of vectors follows the tree: neighbours, silhouettes, variance, the tree of taxa's means.

    Parameters
    ----------
    embeddings : array, tensor, or path
        ``[N, D]`` vectors of float16, float32 or float64; a run directory; or a file: Parquet, ``.npy``, ``.npz``,
        ``.safetensors``. Tensors of PyTorch and all that has DLPack are taken; the numbers are copied once, to double precision.
    labels : sequence of str, table or path, optional
        A name for each vector, or a table with a row for each: names, taxa or rank columns. Runs and Parquet files have them.
    taxonomy : Taxonomy, path, str or table, optional
        As in :func:`nearmiss.evaluate`; the run's own, or the lineages of the labels by default.
    names : sequence of str, optional
        What each vector is called: its image.
    observations : sequence of str, optional
        The individual that each vector shows: vectors of one are drawn together.
    k : int or sequence of int, optional
        Numbers of neighbours, 1, 3, 5 and 10 by default.
    norm : {"l2", "none"}, optional
        How vectors are scaled before anything is measured: to length 1 by default.
    across_observations : bool, optional
        Vectors of the same observation are no neighbours of each other.
    map : bool, optional
        Whether a map that keeps neighbours is made, for the saved page.
    permutations, seed : int, optional
        Permutations of labels for the tests, 99 by default, and the seed of all draws.
    sample : int or "all", optional
        How many of more vectors are measured, drawn by taxon, or all; 20 000 of more than 20 000 by default. Of a file or a run only
        these are read.
    search_minutes : int, optional
        How long the neighbours of a sample may be looked for among all vectors, by the measured rate: 10 by default, 0 for not at all.
    name : str, optional
        What the space is called.
    photographs : path, optional
        The folder that the photographs lie in.
    thumbnails : {"licensed", "all", "none"}, optional
        Which photographs of probable mislabels the saved page may show.
    progress : bool or callable, optional
        Whether it is shown how far it is: in terminals and notebooks by default, with tqdm where that is installed. A function is
        called with each sentence instead.

    Returns
    -------
    LatentReport
        The numbers, a table of taxa, probable mislabels, and the verdict.

    Raises
    ------
    NearmissError
        The vectors cannot be read, there are fewer than three, or labels do not fit them.

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
    >>> labels = ["Felis catus", "Felis catus", "Felis silvestris", "Felis silvestris", "Vulpes vulpes", "Vulpes vulpes"]
    >>> space = nm.latent(vectors, labels, taxonomy=lineages, k=1, map=False)
    >>> space.metrics["species.agreement.1.agreement"].value
    1.0
    >>> space.taxa.column("name")
    ['Vulpes vulpes', 'Felis catus', 'Felis silvestris']
    """
    options = given(
        labels=labels_of(labels, "labels"),
        observations=texts_of(observations),
        taxonomy=taxonomy_of(taxonomy),
        k=counts_of(k, "k"),
        norm=norm,
        across_observations=across_observations,
        map=map,
        permutations=permutations,
        seed=seed,
        sample=sample,
        search_minutes=search_minutes,
        name=name,
        photographs=None if photographs is None else path_of(photographs),
        thumbnails=thumbnails,
    )
    vectors = vectors_of(embeddings, "embeddings")
    with told("latent", progress) as say:
        report = LatentReport(_nearmiss.latent(vectors, texts_of(names), options, say))
    warn(report.warnings, stacklevel=2)
    return report


class LatentReport(Held):
    """Whether a space follows the tree: what :func:`nearmiss.latent` gives.

    Examples
    --------
    >>> import numpy
    >>> import nearmiss as nm
    >>> lineages = {"genus": ["Felis", "Felis", "Vulpes"], "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"]}
    >>> vectors = numpy.array([[1.0, 0.0], [1.0, 0.1], [0.9, 0.3], [0.9, 0.4], [0.0, 1.0], [0.1, 1.0]])
    >>> labels = ["Felis catus"] * 2 + ["Felis silvestris"] * 2 + ["Vulpes vulpes"] * 2
    >>> space = nm.latent(vectors, labels, taxonomy=lineages, k=1, map=False)
    >>> [row["name"] for row in space.taxa if row["silhouette"] > 0.9]
    ['Felis silvestris', 'Vulpes vulpes']
    >>> space.suspects.column("image")
    []
    """

    def __init__(self, latent: Latent) -> None:
        self._latent = latent

    @property
    def verdict(self) -> str:
        """What the numbers say, a sentence a line."""
        return _text.spaced("\n".join(self._latent.verdict))

    @property
    def notes(self) -> list[str]:
        """What was read and decided, a sentence each."""
        return list(map(_text.spaced, self._latent.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._latent.warnings))

    @cached_property
    def metrics(self) -> Metrics:
        """Numbers by their names: ``genus.agreement.5.agreement``, ``tree.cosine.mantel.r``, ``staircase.family.distance``."""
        return Metrics(self._latent.metrics())

    @cached_property
    def taxa(self) -> ArrowTable:
        """A row per taxon of the finest rank: ``tightness``, ``silhouette``, ``nearest``, ..., as in ``latent_taxa.csv``."""
        return ArrowTable(self._latent.taxa())

    @cached_property
    def suspects(self) -> ArrowTable:
        """A row per vector that is nearer to another taxon than to its own, probable mislabels, as in ``suspects.csv``."""
        return ArrowTable(self._latent.suspects())

    def to_json(self) -> str:
        """All numbers as ``latent.json`` has them."""
        return self._latent.json()

    def save(
        self,
        folder: Path,
        *,
        force: bool = False,
        csv_safe: bool = False,
        export: str | Sequence[str] = (),
    ) -> FilePath:
        """Writes the folder of a space: a page with its maps, ``latent.json``, and a CSV of each table.

        Parameters
        ----------
        folder : path
            Where to; a space that lies there is written over.
        force : bool
            Write into a folder that holds something else.
        csv_safe : bool
            Begin cells that a spreadsheet would take for a formula with an apostrophe.
        export : str or sequence of str
            Formats in which the vectors are written, too: ``parquet``, ``emb-explorer``, ``npy``, ``npz``, ``safetensors``,
            ``projector``.

        Returns
        -------
        pathlib.Path
            The folder; ``index.html`` in it is the page.
        """
        where = path_of(folder)
        self._latent.save(where, force, csv_safe, [export] if isinstance(export, str) else list(export))
        return FilePath(where)

    def __repr__(self) -> str:
        """The ranks, where pairs meet, and the verdict."""
        space = json.loads(self.to_json())
        # Of vectors that no taxon is known of there are no numbers, and the notes say why.
        said = self.verdict if space["ranks"] else "\n".join(self.notes)
        return f"{space_text(space)}\n\n{said}"

    def _repr_html_(self) -> str:
        """The same for notebooks."""
        said = _html.details("How it was read", _html.listed("", self.notes))
        space = json.loads(self.to_json())
        wary = self.warnings if space["ranks"] else [*self.warnings, *self.notes]
        return _html.block(_html.paragraph(self.verdict), space_html(space), _html.listed("Be wary", wary), said)
