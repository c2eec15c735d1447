"""The names that are nearest to one that is not there."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(name: str, names: Iterable[str], most: int = 7) -> list[str]:
    """The names that end in a name or begin with it, or else those that are spelled most like it.

    Parameters
    ----------
    name : str
        The name that is not there.
    names : iterable of str
        Those that are.
    most : int
        How many at most.

    Returns
    -------
    list of str
        The nearest first; none where nothing is like it.

    Examples
    --------
    >>> nearest("path_top1", ["genus.n", "genus.path_top1", "species.path_top1"])
    ['genus.path_top1', 'species.path_top1']
    >>> nearest("how_wrong.mean_hight", ["how_wrong.mean_height", "flags.green"])
    ['how_wrong.mean_height']
    """
    from difflib import get_close_matches

    known = list(names)
    wanted = name.lower()
    parts = [other for other in known if other.lower().endswith(f".{wanted}") or other.lower().endswith(f"/{wanted}")]
    return parts[:most] or get_close_matches(name, known, most)
