"""Tables that pandas draws, as tables of Markdown: a line per row tells what has changed, and every forge shows them."""

from __future__ import annotations

import html.parser
import re

__all__ = ["as_markdown", "is_one"]

NUMBER = re.compile(r"-?[0-9.]+(e[-+]?[0-9]+)?|NaN")


def is_one(content: str) -> bool:
    """Whether HTML is a data frame of pandas."""
    return 'class="dataframe"' in content


def as_markdown(content: str) -> str:
    """The table; numbers stand at the right."""
    reader = _Reader()
    reader.feed(content)
    head, *rows = reader.rows
    if rows and rows[0][0] and not any(rows[0][1:]):
        # The name of the index stands in a line of its own.
        head[0] = rows.pop(0)[0]
    sides = ["--:" if all(map(NUMBER.fullmatch, column)) else "---" for column in zip(*rows, strict=True)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, sides, *rows])


class _Reader(html.parser.HTMLParser):
    """The cells of a table, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data: str) -> None:
        """Goes on with a cell."""
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag: str) -> None:
        """Ends a cell."""
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(self.cell.strip().replace("|", "\\|"))
            self.cell = None
