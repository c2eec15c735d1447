"""Scores that grow batch by batch, in a training loop and across processes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from . import _nearmiss
from ._arrays import array_of, is_array
from ._columns import names_of
from ._input import path_of
from ._kinds import described, is_a
from ._metrics import Metrics
from ._nearmiss import NearmissError, Taxon, Taxonomy
from ._options import Path, TaxonomyLike
from ._report import Report
from ._taxonomies import read_taxonomy

__all__ = ["Scorer"]


class Scorer:
    """Scores answers batch by batch: logits or places among the candidates, or names, against their truths.

    It has the methods of a metric of torchmetrics (``update``, ``compute``, ``reset``, and a call for both at once) and needs
    neither it nor PyTorch. Numbers do not depend on how images are split into batches.

    Parameters
    ----------
    taxonomy : Taxonomy, path, str or table
        The taxonomy; a path, the name of a shipped one, or a table of lineages is read first.
    candidates : sequence of str or Taxon, optional
        The classes, in the order of the logits. Names alone do without.
    top : int
        Answers kept per image. Calibration and other numbers of whole distributions need all: as many as there are candidates.
    probabilities : bool
        Whether the scores are probabilities, as after a softmax, and no logits.

    Raises
    ------
    NearmissError
        The taxonomy cannot be read; a candidate is not one taxon of it.

    Examples
    --------
    >>> import numpy
    >>> import nearmiss as nm
    >>> lineages = {
    ...     "order": ["Carnivora", "Carnivora", "Carnivora"],
    ...     "family": ["Felidae", "Felidae", "Canidae"],
    ...     "genus": ["Felis", "Felis", "Vulpes"],
    ...     "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"],
    ... }
    >>> scorer = nm.Scorer(lineages, candidates=["Felis catus", "Felis silvestris", "Vulpes vulpes"])
    >>> logits = numpy.array([[2.0, 1.0, 0.0], [0.5, 1.5, 0.0], [3.0, 0.0, 1.0]], dtype="float32")
    >>> scorer.update(logits, numpy.array([0, 0, 2]))
    >>> metrics = scorer.compute()
    >>> metrics["species.path_top1"].value, metrics["genus.path_top1"].value
    (0.3333333333333333, 0.6666666666666666)
    >>> scorer
    Scorer(Taxonomy('taxonomy', 8 taxa), 3 images among 3 candidates)
    >>> len(scorer)
    3

    In Lightning, a metric is updated in ``validation_step`` and read at the end of the epoch::

        def validation_step(self, batch, _):
            images, labels = batch
            self.scorer.update(self(images), labels)

        def on_validation_epoch_end(self):
            if torch.distributed.is_initialized():  # the batches of all processes
                states = [None] * self.trainer.world_size
                torch.distributed.all_gather_object(states, self.scorer.state_dict())
                self.scorer.reset()
                for state in states:
                    self.scorer.merge(state)
            self.log("mean_height", float(self.scorer.compute()["how_wrong.mean_height"]))
            self.scorer.reset()

    Scorers are pickled with their taxonomy, so that workers of ``multiprocessing`` may give them back:

    >>> import pickle
    >>> other = pickle.loads(pickle.dumps(scorer))
    >>> scorer.merge(other)
    >>> len(scorer)
    6
    """

    def __init__(
        self,
        taxonomy: TaxonomyLike,
        candidates: Sequence[str | Taxon] | None = None,
        top: int = 5,
        *,
        probabilities: bool = False,
    ) -> None:
        self.taxonomy: Taxonomy = read_taxonomy(taxonomy, "Scorer()")
        self._classes = None if candidates is None else names_of(candidates)
        self.top = top
        self.probabilities = probabilities
        self._native = self._empty()

    def _empty(self) -> _nearmiss.Scorer:
        return _nearmiss.Scorer(self.taxonomy, self._classes, self.top, self.probabilities)

    @property
    def candidates(self) -> list[str] | None:
        """Names of the candidates, as the taxonomy has them."""
        return self._native.candidates

    def update(self, answers: Any, truth: Any) -> None:
        """Adds a batch.

        Parameters
        ----------
        answers : array, tensor or list
            ``[B, C]`` logits or probabilities of the candidates; or ``[B]`` places among the candidates, whole numbers; or a list
            of names, ``None`` for no answer. NumPy, PyTorch and everything with DLPack; half precision as well.
        truth : array, tensor or list
            ``[B]`` places among the candidates, -1 where there is no truth; or a list of names or taxa, ``None`` likewise.

        Raises
        ------
        NearmissError
            There are more of the one than of the other; an array has another shape; a place is no candidate's; a logit is no
            number.

        Examples
        --------
        >>> import nearmiss as nm
        >>> scorer = nm.Scorer({"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]})
        >>> scorer.update(["Felis catus", "Felis silvestris", None], ["Felis catus", "Felis catus", "Felis catus"])
        >>> scorer.compute()["how_wrong.mistakes"].value
        2
        """
        self._native.update(_batch(answers, "answers"), _batch(truth, "truth"))

    def __call__(self, answers: Any, truth: Any) -> Metrics:
        """Adds a batch, and scores that batch alone.

        Examples
        --------
        >>> import nearmiss as nm
        >>> scorer = nm.Scorer({"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]})
        >>> scorer(["Felis catus"], ["Felis catus"])["how_wrong.exact"].value
        1.0
        >>> scorer(["Felis catus"], ["Felis silvestris"])["how_wrong.exact"].value
        0.0
        >>> scorer.compute()["how_wrong.exact"].value
        0.5
        """
        batch = self._empty()
        batch.update(_batch(answers, "answers"), _batch(truth, "truth"))
        metrics = Metrics(batch.compute())
        self._native.merge(batch)
        return metrics

    def compute(self) -> Metrics:
        """The numbers of all batches so far.

        Raises
        ------
        NearmissError
            Nothing was scored.
        """
        return Metrics(self._native.compute())

    def report(self) -> Report:
        """The report of all batches so far, with its tables; images are called by their place.

        Raises
        ------
        NearmissError
            Nothing was scored.

        Examples
        --------
        >>> import nearmiss as nm
        >>> scorer = nm.Scorer({"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]})
        >>> scorer.update(["Felis catus", "Felis silvestris"], ["Felis catus", "Felis catus"])
        >>> scorer.report().mistakes.column("predicted_name")
        ['Felis silvestris']
        """
        return Report(self._native.evaluation())

    def merge(self, other: Scorer | Mapping[str, Any]) -> None:
        """Adds the batches of another scorer, of another process for instance.

        Parameters
        ----------
        other : Scorer or dict
            A scorer over the same taxonomy and candidates, or what its :meth:`state_dict` gave.

        Raises
        ------
        NearmissError
            It has another taxonomy or other candidates.

        Examples
        --------
        >>> import nearmiss as nm
        >>> tree = nm.Scorer({"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]}).taxonomy
        >>> first, second = nm.Scorer(tree), nm.Scorer(tree)
        >>> first.update(["Felis catus"], ["Felis catus"])
        >>> second.update(["Felis catus"], ["Felis silvestris"])
        >>> first.merge(second.state_dict())
        >>> len(first), first.compute()["genus.path_top1"].value
        (2, 1.0)
        """
        self._native.merge(other._native if isinstance(other, Scorer) else self._of_state(other))

    def save(self, path: Path, *, force: bool = False) -> FilePath:
        """Writes all batches so far as a state, which :func:`evaluate` adds up with those of other processes, and
        ``nearmiss report`` as well.

        Every number is that of one scorer over all batches. Images have no names: which is which is told by their number, and
        none is found that was scored twice.

        Parameters
        ----------
        path : path
            Where to; a state that lies there is written over.
        force : bool
            Write over a file that is no state.

        Returns
        -------
        pathlib.Path
            The state.

        Raises
        ------
        NearmissError
            There is a file that is no state, or it cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import nearmiss as nm
        >>> lineages = {"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]}
        >>> first, second = nm.Scorer(lineages), nm.Scorer(lineages)
        >>> first.update(["Felis catus"], ["Felis catus"])
        >>> second.update(["Felis catus", "Felis catus"], ["Felis silvestris", "Felis catus"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     states = [first.save(f"{folder}/0.state"), second.save(f"{folder}/1.state")]
        ...     report = nm.evaluate(states, taxonomy=lineages)
        >>> report.metrics["how_wrong.mistakes"].value, report.metrics["how_wrong.n"].value
        (1, 3)
        """
        where = path_of(path)
        self._native.save(where, force)
        return FilePath(where)

    def reset(self) -> None:
        """Forgets all batches."""
        self._native.reset()

    def state_dict(self) -> dict[str, Any]:
        """All batches so far, without the taxonomy: small enough for a checkpoint, or to be sent to another process.

        Returns
        -------
        dict
            ``state`` (bytes) and ``taxonomy`` (what tells taxonomies apart).
        """
        return {"state": self._native.state(), "taxonomy": self.taxonomy.fingerprint}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes the place of all batches so far.

        Parameters
        ----------
        state : mapping
            What :meth:`state_dict` gave.

        Raises
        ------
        NearmissError
            It is of another taxonomy, of other candidates, or no such state.

        Examples
        --------
        >>> import nearmiss as nm
        >>> scorer = nm.Scorer({"genus": ["Felis", "Felis"], "species": ["Felis catus", "Felis silvestris"]})
        >>> scorer.update(["Felis catus"], ["Felis catus"])
        >>> state = scorer.state_dict()
        >>> scorer.reset()
        >>> scorer.load_state_dict(state)
        >>> len(scorer)
        1
        """
        # What is merged has the candidates of this one, or is refused.
        native = self._empty()
        native.merge(self._of_state(state))
        self._native = native

    def _of_state(self, state: Mapping[str, Any]) -> _nearmiss.Scorer:
        if not isinstance(state, Mapping) or not {"state", "taxonomy"} <= state.keys():
            raise NearmissError("this is no state of a scorer; Scorer.state_dict() gives one")
        if state["taxonomy"] != self.taxonomy.fingerprint:
            raise NearmissError(f"the state is of a scorer over another taxonomy than this one's ({self.taxonomy.source})")
        return _nearmiss.Scorer.from_state(state["state"], self.taxonomy)

    def __len__(self) -> int:
        """Images so far, those without a truth included."""
        return len(self._native)

    def __bool__(self) -> bool:
        """A scorer without images is one all the same."""
        return True

    def __getstate__(self) -> dict[str, Any]:
        """For pickles: the taxonomy and all batches so far."""
        return {**vars(self), "_native": self._native.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Of a pickle."""
        vars(self).update(state)
        self._native = _nearmiss.Scorer.from_state(state["_native"], self.taxonomy)

    def __repr__(self) -> str:
        """What it holds."""
        among = "" if self._classes is None else f" among {len(self._classes)} candidates"
        return f"Scorer({self.taxonomy!r}, {len(self)} images{among})"


def _batch(values: Any, what: str) -> Any:
    """A batch as the native module takes it: an array of NumPy, or a list of names, taxa and places."""
    if isinstance(values, (list, tuple)):
        first = next(iter(values), None)
        if isinstance(first, (list, tuple)):
            return array_of(values, what)
        return _stacked(values, what) if _is_row(first) else [_item(value) for value in values]
    if is_a(values, "pandas", "DataFrame") or is_a(values, "polars", "DataFrame") or is_a(values, "pyarrow", "Table"):
        raise NearmissError(
            f"{what}: {described(values)} is a table, whose columns may stand in any order; give an array, "
            "df[names].to_numpy() with the candidates as names, or one column"
        )
    if is_array(values) and not _has_missing(values):
        return array_of(values, what)
    try:
        return names_of(values)
    except NearmissError as error:
        raise NearmissError(f"{what}: {error}") from error


def _has_missing(values: Any) -> bool:
    """Whether places are missing in a column: arrays of NumPy have no whole number for that."""
    if is_a(values, "numpy", "MaskedArray"):
        return bool(values.ndim == 1)
    if is_a(values, "pandas", "Series", "Index", "ExtensionArray"):
        return bool(values.isna().any())
    if is_a(values, "polars", "Series"):
        return bool(values.null_count())
    return is_a(values, "pyarrow", "Array", "ChunkedArray") and bool(values.null_count)


def _is_row(value: Any) -> bool:
    """Whether a value is an array of several numbers, one for each candidate."""
    return is_array(value) and math.prod(getattr(value, "shape", ())) != 1


def _stacked(rows: Any, what: str) -> Any:
    """One array of the rows of a list."""
    import numpy

    arrays = [array_of(row, what) for row in rows]
    sizes = {array.shape for array in arrays}
    if len(sizes) > 1:
        raise NearmissError(f"{what}: the rows of a batch have different shapes, {sorted(sizes)[0]} and {sorted(sizes)[-1]}")
    return numpy.stack(arrays)


def _item(value: Any) -> Any:
    """One value of a list; a tensor of one number is that number."""
    return value.item() if is_array(value) else value
