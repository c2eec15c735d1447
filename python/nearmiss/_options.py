"""Options as the native module takes them: by the names of Python's arguments, those that nobody gave left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._input import path_of
from ._nearmiss import NearmissError

if TYPE_CHECKING:
    pass

__all__ = ["Path", "Scoring", "TaxonomyLike", "gates_of", "given", "names"]

#: A path of a file or a folder.
Path = str | os.PathLike[str]

#: A taxonomy that was read, a path, the name of a shipped one, or a table of lineages.
TaxonomyLike = Any

#: Options that hold paths of files.
_PATHS = frozenset(("costs", "look_alikes", "training_counts"))


class Scoring(TypedDict, total=False):
    """Options of :func:`nearmiss.evaluate` that say how answers are scored, for functions that pass them on."""

    clade: str
    lineage_separator: str
    predicted_pattern: str
    missing_truth: Literal["leave-out", "wrong", "taxon"]
    intervals: Literal["observation", "taxon", "image"]
    back_off: float
    tree: Literal["full", "main-ranks"]
    information: Literal["leaves", "truths"]
    yellow_from: str
    costs: Path
    look_alikes: Path
    training_counts: Path


def given(**options: object) -> dict[str, object]:
    """Those options that somebody gave, paths as text.

    Examples
    --------
    >>> import pathlib
    >>> given(truth="species", score=None, costs=pathlib.PurePosixPath("costs.csv"), count_unreachable=False)
    {'truth': 'species', 'costs': 'costs.csv', 'count_unreachable': False}
    """
    said = {name: value for name, value in options.items() if value is not None}
    for name in _PATHS & said.keys():
        value = said[name]
        if not isinstance(value, (str, os.PathLike)):
            raise NearmissError(f"{name}= is the path of a CSV file, and this is of type {type(value).__name__}")
        said[name] = path_of(value)
    return said


def names(value: str | Sequence[str] | None) -> str | list[str] | None:
    """One name, or a list of several.

    Examples
    --------
    >>> names("svm"), names(("svm", "mlp")), names(None)
    ('svm', ['svm', 'mlp'], None)
    """
    return value if value is None or isinstance(value, str) else list(value)


def gates_of(value: Path | Sequence[str] | None) -> Path | list[str] | None:
    """A line, or the path of a file of lines, or a list of lines.

    Examples
    --------
    >>> gates_of("genus.path_top1>=0.8"), gates_of(("genus.path_top1>=0.8", "how_wrong.severity<2"))
    ('genus.path_top1>=0.8', ['genus.path_top1>=0.8', 'how_wrong.severity<2'])
    """
    return value if value is None or isinstance(value, (str, os.PathLike)) else list(value)
