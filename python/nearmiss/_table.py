"""Tables of results: Arrow in memory, handed on to pandas, polars and pyarrow: numbers without copying, text with one copy."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import _html, _text
from ._nearmiss import Frame, Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["ArrowTable"]

_SHOWN_AS_TEXT = 10
_SHOWN_AS_HTML = 20
#: Letters of a cell, as text and in notebooks.
_CELL = 40
_HTML_CELL = 60


class ArrowTable:
    """A table that lies in memory as Arrow and that any library of data frames takes: numbers without copying, text with one copy.

    Parameters
    ----------
    table : Table or Frame
        What the native module made.

    Examples
    --------
    >>> import nearmiss as nm
    >>> predictions = {
    ...     "image": ["1.jpg", "2.jpg", "3.jpg"],
    ...     "truth": ["Felis catus", "Felis catus", "Lynx lynx"],
    ...     "predicted": ["Felis catus", "Felis silvestris", "Lynx lynx"],
    ... }
    >>> ranks = nm.evaluate(predictions, clade="Animalia;Chordata;Mammalia;Carnivora;Felidae").ranks
    >>> len(ranks), ranks.columns[:3]
    (7, ['rank', 'n', 'path_top1'])
    >>> ranks.column("rank")[-2:], ranks.column("path_top1")[-2:]
    (['genus', 'species'], [1.0, 0.6666666666666666])
    >>> [row["rank"] for row in ranks if row["path_top1"] < 1]
    ['species']

    ``ranks.to_pandas()``, ``ranks.to_polars()`` and ``ranks.to_arrow()`` make tables of other libraries. All that reads
    the Arrow C stream interface takes the table as it is: ``polars.DataFrame(ranks)``, ``pyarrow.table(ranks)``, and in
    DuckDB ``duckdb.sql("select rank, path_top1 from ranks")`` after ``ranks = ranks.to_arrow()``.
    """

    __slots__ = ("_table",)

    def __init__(self, table: Table | Frame) -> None:
        self._table = table

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self._table.column_names)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self), len(self._table.column_names)

    def column(self, name: str) -> list[Any]:
        """The values of a column as Python objects, ``None`` where they are undefined.

        Parameters
        ----------
        name : str
            Name of the column.

        Raises
        ------
        KeyError
            There is no such column; the message names those there are.

        Examples
        --------
        >>> import nearmiss as nm
        >>> nm.metrics.column("metric")[0]
        'ranks.n'
        """
        return self._table.column(name)

    def head(self, n: int = 5) -> ArrowTable:
        """The first rows.

        Parameters
        ----------
        n : int
            How many at most.

        Examples
        --------
        >>> import nearmiss as nm
        >>> len(nm.metrics.head(3))
        3
        """
        return ArrowTable(self._table.head(n))

    def to_dict(self) -> dict[str, list[Any]]:
        """The columns by their names, as lists of Python objects.

        Examples
        --------
        >>> import nearmiss as nm
        >>> nm.metrics.head(2).to_dict()["metric"]
        ['ranks.n', 'ranks.path_top1']
        """
        return {name: self._table.column(name) for name in self._table.column_names}

    def to_arrow(self) -> pyarrow.Table:
        """The same as a ``pyarrow.Table``; text is copied."""
        try:
            import pyarrow
        except ImportError as error:
            raise ImportError("to_arrow() makes a table of pyarrow, which is not installed: pip install pyarrow") from error
        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """The same as a ``polars.DataFrame``; text is copied, unless polars asks for views."""
        try:
            import polars
        except ImportError as error:
            raise ImportError("to_polars() makes a frame of polars, which is not installed: pip install polars") from error
        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a ``pandas.DataFrame``; by way of pyarrow where it is installed, column by column elsewhere."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_pandas() makes a frame of pandas, which is not installed: pip install pandas") from error
        try:
            import pyarrow
        except ImportError:
            return pandas.DataFrame(self.to_dict(), columns=self.columns)
        frame: pandas.DataFrame = pyarrow.table(self).to_pandas()
        return frame

    def __arrow_c_schema__(self) -> object:
        """The schema, for libraries that read Arrow."""
        return self._table.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows, for libraries that read Arrow."""
        return self._table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._table)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each as a dict of its cells by the names of their columns."""
        names = self._table.column_names
        for cells in zip(*map(self._table.column, names), strict=True):
            yield dict(zip(names, cells, strict=True))

    def _shown(self, most: int) -> tuple[list[list[str]], list[bool]]:
        """The first rows as columns of text, and which of them are numbers."""
        columns = [self._table.head(most).column(name) for name in self._table.column_names]
        numeric = [all(_is_number(value) for value in column) for column in columns]
        return [list(map(_text.cell, column)) for column in columns], numeric

    def _more(self, rows: int, columns: int) -> str:
        """What is left out."""
        if len(self) == 0:
            return "no rows"
        left = [(len(self) - rows, "row"), (len(self._table.column_names) - columns, "column")]
        said = [f"{_text.number(count)} more {noun}{'' if count == 1 else 's'}" for count, noun in left if count > 0]
        return f"and {', '.join(said)}" if said else ""

    def __repr__(self) -> str:
        """The first rows, in as many columns as fit."""
        names, (columns, numeric) = self._table.column_names, self._shown(_SHOWN_AS_TEXT)
        names = [_text.shortened(name, _CELL) for name in names]
        columns = [[_text.shortened(cell, _CELL) for cell in column] for column in columns]
        widths = [max(map(_text.width, [name, *column])) + 2 for name, column in zip(names, columns, strict=True)]
        line = _text.line_width()
        fit = max(1, sum(sum(widths[: place + 1]) <= line for place in range(len(widths))))
        text = _text.aligned(names[:fit], list(zip(*columns[:fit], strict=True)), numeric[:fit])
        more = self._more(min(len(self), _SHOWN_AS_TEXT), fit)
        return f"{text}\n{more}" if more else text

    def _repr_html_(self) -> str:
        """The first rows, for notebooks."""
        names, (columns, numeric) = self._table.column_names, self._shown(_SHOWN_AS_HTML)
        columns = [[_text.shortened(cell, _HTML_CELL) for cell in column] for column in columns]
        table = _html.table(names, list(zip(*columns, strict=True)), numeric)
        more = self._more(min(len(self), _SHOWN_AS_HTML), len(names))
        return _html.block(f'<div style="overflow-x:auto">{table}</div>', _html.paragraph(more) if more else "")


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
