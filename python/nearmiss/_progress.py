"""How far a long step is, where somebody looks."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["is_notebook", "is_watched", "told"]


def is_notebook() -> bool:
    """Whether this runs in the kernel of a notebook.

    Examples
    --------
    >>> is_notebook()
    False
    """
    shell = sys.modules.get("IPython")
    found: Any = shell.get_ipython() if shell is not None else None
    return found is not None and type(found).__name__ == "ZMQInteractiveShell"


def is_watched() -> bool:
    """Whether somebody reads what goes to stderr while it goes there: a terminal, or a notebook."""
    try:
        return is_notebook() or bool(sys.stderr and sys.stderr.isatty())
    except (AttributeError, ValueError):
        return False


class told:
    """A context that shows what a step says of itself, with the time that it has taken: a bar of tqdm where that is installed.

    Parameters
    ----------
    what : str
        The step.
    progress : bool or callable, optional
        Whether anything is shown; where somebody looks by default. A function is called with each sentence instead.

    Examples
    --------
    >>> with told("latent", print) as say:
    ...     say("looking for neighbours")
    looking for neighbours
    >>> with told("latent", False) as say:
    ...     print(say)
    None
    """

    def __init__(self, what: str, progress: bool | Callable[[str], object] | None = None) -> None:
        self._what = what
        self._asked = progress
        self._bar: Any = None

    def __enter__(self) -> Callable[[str], object] | None:
        if callable(self._asked):
            return self._asked
        if not (is_watched() if self._asked is None else self._asked):
            return None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        # Quick steps leave nothing behind, and are over before the bar is drawn.
        self._bar = tqdm(desc=self._what, bar_format="{desc} [{elapsed}]", leave=False, delay=0.5, file=sys.stderr)
        return self._say

    def _say(self, sentence: str) -> None:
        self._bar.set_description_str(f"{self._what}: {sentence}")

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
