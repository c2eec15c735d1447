"""Pieces of HTML that are readable on a light and on a dark page: no scripts, no files, colours of the page for all text."""

from __future__ import annotations

import html
from collections.abc import Sequence

__all__ = ["Bar", "bar", "block", "caption", "details", "listed", "paragraph", "raw_table", "table"]

# Of middling lightness, so that they stand out from white and from black alike.
GOOD = "#2f8f83"
NEAR = "#c9852b"
FAR = "#c0504d"

_ROOT = "max-width:60em;font-variant-numeric:tabular-nums;line-height:1.4"
_TABLE = "border-collapse:collapse;margin:.4em 0 .8em 0;border:0"
_CELL = "padding:.15em .8em .15em 0;border:0;background:transparent;color:inherit;vertical-align:middle;white-space:nowrap"
_HEAD = f"{_CELL};font-weight:600;border-bottom:1px solid currentColor"


def escaped(text: str) -> str:
    """Text that stands for itself in HTML.

    Examples
    --------
    >>> escaped("<i>Felis</i> & 'co'")
    '&lt;i&gt;Felis&lt;/i&gt; &amp; &#x27;co&#x27;'
    """
    return html.escape(text, quote=True)


def block(*pieces: str) -> str:
    """All that one object shows.

    Examples
    --------
    >>> block("<p>one</p>").startswith('<div class="nearmiss"')
    True
    """
    return f'<div class="nearmiss" style="{_ROOT}">{"".join(pieces)}</div>'


def paragraph(text: str, *, strong: bool = False) -> str:
    """A paragraph of plain text, its line breaks kept."""
    weight = ";font-weight:600" if strong else ""
    return f'<p style="margin:.3em 0;white-space:pre-line{weight}">{escaped(text)}</p>'


def caption(text: str) -> str:
    """What stands above a table."""
    return f'<p style="margin:.8em 0 0 0;font-weight:600">{escaped(text)}</p>'


def listed(title: str, sentences: Sequence[str]) -> str:
    """Sentences under a title; nothing where there is none."""
    if not sentences:
        return ""
    items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
    return (
        f'<div style="border-left:3px solid {NEAR};padding-left:.7em;margin:.6em 0">'
        f'<strong>{escaped(title)}</strong><ul style="margin:.2em 0;padding-left:1.2em">{items}</ul></div>'
    )


def details(title: str, inner: str) -> str:
    """What is folded away at first; nothing where there is nothing."""
    return f"<details><summary>{escaped(title)}</summary>{inner}</details>" if inner else ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """A table of plain text.

    Examples
    --------
    >>> "&lt;b&gt;" in table(["rank"], [["<b>"]], [False])
    True
    """
    return raw_table(list(map(escaped, head)), [list(map(escaped, row)) for row in rows], right)


def raw_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """A table of pieces of HTML; the columns of numbers end at the same place."""
    sides = ["right" if end else "left" for end in right]
    first = "".join(f'<th style="{_HEAD};text-align:{side}">{name}</th>' for name, side in zip(head, sides, strict=True))
    lines = [
        "<tr>"
        + "".join(f'<td style="{_CELL};text-align:{side}">{text}</td>' for text, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in rows
    ]
    return f'<table style="{_TABLE}"><thead><tr>{first}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


class Bar:
    """A length on a line from 0 to 1, with what is known of it.

    Parameters
    ----------
    value : float or None
        Where the bar ends.
    low, high : float or None
        The ends of its interval, a line across it.
    mark : float or None
        A yardstick, a dotted line.
    colour : str
        Of the bar.
    title : str
        What a reader hears who cannot see it.
    """

    __slots__ = ("colour", "high", "low", "mark", "title", "value")

    def __init__(
        self,
        value: float | None,
        *,
        low: float | None = None,
        high: float | None = None,
        mark: float | None = None,
        colour: str = GOOD,
        title: str = "",
    ) -> None:
        self.value, self.low, self.high, self.mark = value, low, high, mark
        self.colour, self.title = colour, title


def bar(drawn: Bar, width: int = 200, height: int = 14) -> str:
    """A bar as SVG.

    Examples
    --------
    >>> bar(Bar(0.5, title="a half")).count("<rect")
    2
    """
    middle = height / 2

    def place(value: float) -> str:
        return f"{1 + (width - 2) * min(max(value, 0.0), 1.0):.1f}"

    def line(x1: str, y1: float, x2: str, y2: float, more: str) -> str:
        return f'<line x1="{x1}" y1="{y1:g}" x2="{x2}" y2="{y2:g}" stroke="currentColor" {more}/>'

    pieces = [f'<rect x="0" y="2" width="{width}" height="{height - 4}" fill="currentColor" fill-opacity="0.08"/>']
    if drawn.value is not None:
        pieces.append(f'<rect x="0" y="2" width="{place(drawn.value)}" height="{height - 4}" fill="{drawn.colour}"/>')
    if drawn.mark is not None:
        at = place(drawn.mark)
        pieces.append(line(at, 0, at, height, 'stroke-width="1" stroke-dasharray="2 2"'))
    if drawn.low is not None and drawn.high is not None:
        low, high = place(drawn.low), place(drawn.high)
        pieces.append(line(low, middle, high, middle, 'stroke-width="1.5"'))
        pieces.extend(line(end, middle - 3, end, middle + 3, 'stroke-width="1.5"') for end in (low, high))
    title = escaped(drawn.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{title}" style="vertical-align:middle"><title>{title}</title>{"".join(pieces)}</svg>'
    )
