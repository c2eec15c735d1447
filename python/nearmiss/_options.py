"""Options as the native module takes them: by the names of Python's arguments, those that nobody gave left out."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypedDict

from ._input import path_of
from ._kinds import described, is_a
from ._nearest import nearest
from ._nearmiss import NearmissError

__all__ = ["Path", "Scoring", "TaxonomyLike", "check_scoring", "counts_of", "gates_of", "given", "names"]

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
    count_unreachable: bool
    yellow_from: str
    costs: Path
    look_alikes: Path
    training_counts: Path


def check_scoring(function: str, options: Mapping[str, object]) -> None:
    """Refuses options that a function does not pass on, as Python refuses arguments that a function does not have.

    Parameters
    ----------
    function : str
        The function that somebody called.
    options : mapping
        What they gave beside its own arguments.

    Raises
    ------
    TypeError
        There is no such option.

    Examples
    --------
    >>> check_scoring("score", {"clade": "Felidae"})
    >>> check_scoring("score", {"yelow_from": "family"})
    Traceback (most recent call last):
        ...
    TypeError: score() got an unexpected keyword argument 'yelow_from'; did you mean 'yellow_from'?
    """
    known = ("taxonomy", *Scoring.__annotations__)
    for name in options:
        if name in Scoring.__annotations__:
            continue
        near = nearest(name, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"
        raise TypeError(f"{function}() got an unexpected keyword argument '{name}'{hint}")


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


def names(value: str | Sequence[str] | None, argument: str) -> str | list[str] | None:
    """One name, or a list of several.

    Parameters
    ----------
    value : str, sequence of str, or None
        What somebody gave.
    argument : str
        The argument, as a sentence names it.

    Raises
    ------
    NearmissError
        It is neither; it is a column, where the name of one is wanted.

    Examples
    --------
    >>> names("svm", "predicted"), names(("svm", "mlp"), "predicted"), names(None, "predicted")
    ('svm', ['svm', 'mlp'], None)
    >>> names(3, "predicted")
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: predicted= is a text or a list of texts, and this is an int; give predicted='3'
    """
    if value is None or isinstance(value, str):
        return value
    if is_a(value, "pandas", "Series") or is_a(value, "polars", "Series"):
        raise NearmissError(
            f"{argument}= is the name of a column, and this is {described(value)}; put it into the table, "
            "or give nearmiss.score(y_true, y_pred)"
        )
    listed = list(value) if isinstance(value, Iterable) and not isinstance(value, bytes) else [value]
    for name in listed:
        if not isinstance(name, str):
            remedy = f"; give {argument}='{name}'" if isinstance(name, int) else ""
            raise NearmissError(f"{argument}= is a text or a list of texts, and this is {described(name)}{remedy}")
    return listed


def counts_of(value: int | Sequence[int] | None, argument: str) -> list[int] | None:
    """Whole numbers; one is a list of one.

    Raises
    ------
    NearmissError
        It is nothing of these.

    Examples
    --------
    >>> counts_of(5, "k"), counts_of((1, 5), "k"), counts_of(None, "k")
    ([5], [1, 5], None)
    >>> counts_of(2.5, "k")
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: k= is a whole number, or a list of them, and this is 2.5
    """
    if value is None:
        return None
    try:
        return [operator.index(number) for number in (value if isinstance(value, Iterable) else [value])]
    except TypeError:
        raise NearmissError(f"{argument}= is a whole number, or a list of them, and this is {value!r}") from None


def gates_of(value: Path | Sequence[str] | None) -> Path | list[str] | None:
    """A line, or the path of a file of lines, or a list of lines.

    Raises
    ------
    NearmissError
        It is none of these.

    Examples
    --------
    >>> gates_of("genus.path_top1>=0.8"), gates_of(("genus.path_top1>=0.8", "how_wrong.severity<2"))
    ('genus.path_top1>=0.8', ['genus.path_top1>=0.8', 'how_wrong.severity<2'])
    """
    return value if isinstance(value, os.PathLike) else names(value, "gates")
