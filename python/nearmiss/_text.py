"""Numbers and tables as plain text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from unicodedata import combining, east_asian_width

__all__ = ["MISSING", "aligned", "cell", "interval", "line_width", "number", "share", "shortened", "spaced", "width"]

MISSING = "-"

#: Letters of a line where nobody knows how wide the screen is.
_LINE = 110


def share(value: float | None) -> str:
    """A fraction as a percentage; a dash where it is undefined.

    Examples
    --------
    >>> share(0.25), share(1.0), share(None)
    ('25.0 %', '100.0 %', '-')
    """
    return MISSING if value is None else f"{100.0 * value:.1f} %"


def number(value: float | None, digits: int = 2) -> str:
    """A number with so many digits behind the point; counts have none.

    Examples
    --------
    >>> number(1.5), number(3), number(12345), number(None)
    ('1.50', '3', '12 345', '-')
    """
    if value is None:
        return MISSING
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else f"{value:.{digits}f}"


def interval(low: float | None, high: float | None, *, percent: bool) -> str:
    """The ends of an interval in brackets; nothing where there is none.

    Examples
    --------
    >>> interval(0.046, 0.699, percent=True), interval(0.24, 4.72, percent=False), interval(None, None, percent=True)
    ('[4.6, 69.9]', '[0.24, 4.72]', '')
    """
    if low is None or high is None:
        return ""
    return f"[{100.0 * low:.1f}, {100.0 * high:.1f}]" if percent else f"[{low:.2f}, {high:.2f}]"


def cell(value: object) -> str:
    """A value of a table as text; nothing where it is undefined.

    Examples
    --------
    >>> cell(0.1234567), cell(3), cell(True), cell(None), cell("Felis catus")
    ('0.123457', '3', 'true', '', 'Felis catus')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def spaced(sentence: str) -> str:
    r"""A sentence with ordinary spaces between numbers and units, as it can be searched and typed.

    Examples
    --------
    >>> spaced("75.0\u00a0% of 40\u00a0images")
    '75.0 % of 40 images'
    """
    return sentence.replace("\u00a0", " ")


def shortened(text: str, most: int) -> str:
    r"""A text of so many letters at most, on one line, without letters that a terminal would take for commands.

    Examples
    --------
    >>> shortened("Felis silvestris", 8), shortened("Felis", 8), shortened("Fe\x1b[31mlis\ncatus", 20)
    ('Felis s…', 'Felis', 'Fe [31mlis catus')
    """
    text = text if len(text) <= most else text[: most - 1] + "…"
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def width(text: str) -> int:
    """How many letters wide a text is: those of Chinese, Japanese and Korean take two places, accents beside a letter none.

    Examples
    --------
    >>> width("Felis"), width("家猫")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def line_width() -> int:
    """How many letters fit a line: as many as the terminal has, where this is one that is narrower than usual."""
    try:
        in_terminal = bool(sys.stdout and sys.stdout.isatty())
    except (AttributeError, ValueError):
        in_terminal = False
    if not in_terminal:
        return _LINE
    import shutil  # slow to import

    return min(_LINE, shutil.get_terminal_size((_LINE, 24)).columns)


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """A table in columns, two spaces apart, without spaces at the ends of lines.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
        The cells.
    right : sequence of bool
        Which columns end at the same place, as numbers do.

    Returns
    -------
    str
        The lines.

    Examples
    --------
    >>> print(aligned(["rank", "n"], [["genus", "12"], ["species", "9"]], [False, True]))
    rank      n
    genus    12
    species   9
    """
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]

    def filled(text: str, most: int, end: bool) -> str:
        blank = " " * (most - width(text))
        return blank + text if end else text + blank

    def in_columns(line: Sequence[str]) -> str:
        return "  ".join(map(filled, line, widths, right)).rstrip()

    return "\n".join(map(in_columns, lines))
