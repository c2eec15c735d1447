"""How the numbers of a space look: as text, and in notebooks."""

from __future__ import annotations

from typing import Any

from . import _html, _text
from ._html import NEAR, Bar

__all__ = ["space_html", "space_text"]

_HEAD = ("rank", "n", "taxa", "neighbours agree", "95 %", "chance", "silhouette", "R²")
_RIGHT = (False, True, True, True, True, True, True, True)
_MEET_HEAD = ("pairs meet at", "pairs", "mean distance", "95 %")
_MEET_RIGHT = (False, True, True, True)


def _rank_row(rank: dict[str, Any]) -> list[str]:
    """A rank; of its neighbours the largest number."""
    last = rank["agreement"][-1] if rank["agreement"] else {}
    return [
        rank["rank"],
        _text.number(rank["n"]),
        _text.number(rank["taxa"]),
        _text.share(last.get("agreement")),
        _text.interval(last.get("agreement_low"), last.get("agreement_high"), percent=True),
        _text.share(last.get("chance")),
        _text.number(rank["silhouette_cosine"], 3),
        _text.number(rank["variance"]["r2"], 3),
    ]


def _stair_row(stair: dict[str, Any]) -> list[str]:
    ends = stair["interval"] or {}
    low, high = ends.get("low"), ends.get("high")
    between = "" if low is None or high is None else f"[{low:.3f}, {high:.3f}]"
    return [stair["rank"], _text.number(stair["pairs"]), _text.number(stair["distance"], 3), between]


def space_text(space: dict[str, Any]) -> str:
    """The ranks of a space, and how far apart pairs are that meet at each, as text.

    Parameters
    ----------
    space : dict
        What ``latent.json`` has.

    Returns
    -------
    str
        Two tables.
    """
    ranks = _text.aligned(_HEAD, list(map(_rank_row, space["ranks"])), _RIGHT)
    stairs = _text.aligned(_MEET_HEAD, list(map(_stair_row, space["staircase"])), _MEET_RIGHT)
    return f"{_text.number(space['n'])} vectors of length {space['width']}\n\n{ranks}\n\n{stairs}"


def space_html(space: dict[str, Any]) -> str:
    """The same for notebooks, with bars."""
    ks = [agreement["k"] for rank in space["ranks"][:1] for agreement in rank["agreement"]]
    title = f"How often the {ks[-1]} nearest are of the same taxon, at each rank" if ks else "Ranks"
    rows = []
    for rank in space["ranks"]:
        cells, last = _rank_row(rank), rank["agreement"][-1] if rank["agreement"] else {}
        drawn = Bar(
            last.get("agreement"),
            low=last.get("agreement_low"),
            high=last.get("agreement_high"),
            mark=last.get("chance"),
            title=f"{cells[0]}: {cells[3]} {cells[4]}",
        )
        rows.append([*map(_html.escaped, cells[:3]), _html.bar(drawn), *map(_html.escaped, cells[3:])])
    head = [*_HEAD[:3], "", *_HEAD[3:]]
    ranks = _html.caption(title) + _html.raw_table(head, rows, [*_RIGHT[:3], False, *_RIGHT[3:]])
    return ranks + _stairs_html(space["staircase"])


def _stairs_html(stairs: list[dict[str, Any]]) -> str:
    most = max((stair["distance"] or 0.0 for stair in stairs), default=0.0)
    if not most:
        return ""
    rows = []
    for stair in stairs:
        cells = list(map(_html.escaped, _stair_row(stair)))
        drawn = Bar((stair["distance"] or 0.0) / most, colour=NEAR, title=f"{cells[0]}: {cells[2]}")
        rows.append([*cells[:2], _html.bar(drawn), *cells[2:]])
    head = [*_MEET_HEAD[:2], "", *_MEET_HEAD[2:]]
    return _html.caption("How far apart two vectors are, by where their taxa meet") + _html.raw_table(
        head, rows, [*_MEET_RIGHT[:2], False, *_MEET_RIGHT[2:]]
    )
