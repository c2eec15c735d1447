"""What would mislead if it were overlooked, as Python's warnings."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

__all__ = ["NearmissWarning", "warn"]


class NearmissWarning(UserWarning):
    """Something that would mislead if it were overlooked: the numbers are there, and need a second look.

    Examples
    --------
    In a pipeline that should stop at the first of them:

    >>> import warnings
    >>> import nearmiss as nm
    >>> table = {"truth": ["Felis catus", "Vulpes vulpes"], "predicted": ["Felis catus", "Felis catus"]}
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", nm.NearmissWarning)
    ...     try:
    ...         nm.evaluate(table)
    ...     except nm.NearmissWarning as warning:
    ...         print(str(warning)[:40])
    The tree holds only genus and species: a
    """


def warn(sentences: Iterable[str], stacklevel: int = 3) -> None:
    """Says each sentence once, as a warning at the line of the caller's caller.

    Parameters
    ----------
    sentences : iterable of str
        What to say; repetitions are left out.
    stacklevel : int
        As :func:`warnings.warn` has it: 2 is the function that calls this one.
    """
    for sentence in dict.fromkeys(sentences):
        warnings.warn(sentence, NearmissWarning, stacklevel=stacklevel + 1)
