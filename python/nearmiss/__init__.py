"""How wrong is your species classifier?

A classifier that takes a house cat for a wildcat is less wrong than one that takes it for a fox, and a share of right answers
counts both as one mistake. This package reads answers and taxonomies as the world keeps them, and says how often the answers
are right at every rank, how far above the truth each mistake meets it, how sure these numbers are, and whether one classifier
is better than another by more than chance.

>>> import nearmiss as nm
>>> predictions = {
...     "image": ["1.jpg", "2.jpg", "3.jpg"],
...     "truth": ["Felis catus", "Felis catus", "Vulpes vulpes"],
...     "predicted": ["Felis catus", "Felis silvestris", "Felis catus"],
... }
>>> lineages = {
...     "order": ["Carnivora", "Carnivora", "Carnivora"],
...     "family": ["Felidae", "Felidae", "Canidae"],
...     "genus": ["Felis", "Felis", "Vulpes"],
...     "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"],
... }
>>> report = nm.evaluate(predictions, taxonomy=lineages)
>>> report.metrics["species.path_top1"].value, report.metrics["genus.path_top1"].value
(0.3333333333333333, 0.6666666666666666)
>>> report.metrics["how_wrong.severity"].value  # the wildcat is 1 rung from the house cat, the fox 3
2.0

=======================  ==============================================================================
:func:`evaluate`         scores a table, a data frame or a run directory: a :class:`Report`
:func:`score`            scores names against names: a dict
:func:`compare`          says which run is better, and whether that may be chance
:func:`sets`             scores sets of truths and answers: several species in one image
:func:`shift`            holds two sets of images against each other, unpaired
:func:`annotators`       holds people against each other, and classifiers among them
:func:`next_labels`      orders images for labelling, to find the best of several models
:func:`latent`           holds a space of vectors against the tree
:func:`retrieve`         measures what is found next to what
:func:`retrieve_runs`    holds rankings of other programs against judgements
:func:`resolve`          looks names up
:func:`classify`         classifies photographs, where ``nearmiss-encoder`` is installed
:class:`Taxonomy`        reads taxonomies, and finds taxa and their common ancestors
:class:`Scorer`          scores batch by batch, in training loops
:func:`write_state`      counts a part of a table, for a report that adds parts up
:mod:`nearmiss.sklearn`  makes scorers for scikit-learn
``nearmiss.metrics``     the list of all documented metrics
=======================  ==============================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ._annotators import AnnotatorsReport, annotators
from ._compare import compare
from ._comparison import ComparisonReport
from ._evaluate import evaluate, score
from ._metrics import Metric, Metrics
from ._next_labels import NextLabelsReport, next_labels
from ._nearmiss import NearmissError, Taxon, Taxonomy, __version__
from ._report import Report, RunReport
from ._resolve import resolve
from ._scorer import Scorer
from ._sets import SetsReport, sets
from ._shift import ShiftReport, shift
from ._states import write_state
from ._table import ArrowTable
from ._warning import NearmissWarning

if TYPE_CHECKING:
    from . import sklearn
    from ._classify import Run, classify
    from ._latent import LatentReport, latent
    from ._retrieve import RetrievalReport, retrieve, retrieve_runs

    metrics: ArrowTable

__all__ = [
    "AnnotatorsReport",
    "ArrowTable",
    "ComparisonReport",
    "LatentReport",
    "Metric",
    "Metrics",
    "NearmissError",
    "NearmissWarning",
    "NextLabelsReport",
    "Report",
    "RetrievalReport",
    "Run",
    "RunReport",
    "Scorer",
    "SetsReport",
    "ShiftReport",
    "Taxon",
    "Taxonomy",
    "__version__",
    "annotators",
    "classify",
    "compare",
    "evaluate",
    "latent",
    "metrics",
    "next_labels",
    "resolve",
    "retrieve",
    "retrieve_runs",
    "score",
    "sets",
    "shift",
    "sklearn",
    "write_state",
]

#: What is imported when it is first used, and the module that it is in.
_LATER = {
    "LatentReport": "_latent",
    "RetrievalReport": "_retrieval",
    "Run": "_classify",
    "classify": "_classify",
    "latent": "_latent",
    "retrieve": "_retrieve",
    "retrieve_runs": "_retrieve",
}


def __getattr__(name: str) -> object:
    """What is imported when it is first used."""
    if name == "sklearn":
        return importlib.import_module(".sklearn", __name__)
    if name == "metrics":
        return importlib.import_module("._documented", __name__).documented()
    if name in _LATER:
        found: object = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'nearmiss' has no attribute '{name}'")


def __dir__() -> list[str]:
    """The public names, those that are imported later included."""
    return sorted(set(globals()) | set(__all__))
