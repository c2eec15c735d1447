"""The numbers of a run by their documented names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from . import _html, _text
from ._nearmiss import Frame
from ._table import ArrowTable

__all__ = ["Metric", "Metrics", "NativeMetric"]

#: As the native module has a number: name, value, ends of its interval, how many it is over, why it has no interval.
NativeMetric = tuple[str, "float | int | None", "float | None", "float | None", "int | None", "str | None"]

_SHOWN_AS_TEXT = 20


class Metric(NamedTuple):
    """A number with what is known of it.

    Attributes
    ----------
    value : float, int or None
        The value; ``None`` where it is undefined, a whole number where it is a count.
    low, high : float or None
        The ends of its 95 % interval; ``None`` where it has none.
    n : int or None
        How many it is over: images, or what its block counts.
    no_interval : str or None
        Why it has no interval, where it should have one.

    Examples
    --------
    >>> import nearmiss as nm
    >>> metric = nm.Metric(0.25, 0.046, 0.699, 4)
    >>> metric
    0.25 [0.046, 0.699] (n = 4)
    >>> metric.low, float(metric)
    (0.046, 0.25)
    """

    value: float | int | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    no_interval: str | None = None

    def __float__(self) -> float:
        """The value; not a number where it is undefined."""
        return float("nan") if self.value is None else float(self.value)

    def __format__(self, spec: str) -> str:
        """The value as a format says it, ``f"{metric:.1%}"``; without one as it is shown.

        Examples
        --------
        >>> import nearmiss as nm
        >>> f"{nm.Metric(0.25, 0.046, 0.699, 4):.1%}"
        '25.0%'
        """
        return format(float(self), spec) if spec else repr(self)

    def __repr__(self) -> str:
        """The value with its interval and number."""
        text = str(self.value)
        if self.low is not None and self.high is not None:
            text += f" [{_text.cell(self.low)}, {_text.cell(self.high)}]"
        return text if self.n is None else f"{text} (n = {self.n})"


class UnknownMetric(KeyError):
    """There is no metric of a name; the message has the names that are nearest to it."""

    def __str__(self) -> str:
        """The sentence without the quotation marks that a ``KeyError`` puts around it."""
        return str(self.args[0])


class Metrics(Mapping[str, Metric]):
    """The numbers of a run by the names that the documentation and ``metrics.json`` give them.

    A rank's accuracy is ``genus.path_top1``, the mean height of its errors ``how_wrong.mean_height``. ``nm.metrics`` says
    what each of them is. Of several runs the name of the run stands before that of the number: ``svm/genus.path_top1``.

    Examples
    --------
    >>> import nearmiss as nm
    >>> predictions = {"truth": ["Felis catus", "Felis catus"], "predicted": ["Felis catus", "Felis silvestris"]}
    >>> metrics = nm.evaluate(predictions, clade="Carnivora;Felidae").metrics
    >>> metrics["genus.path_top1"].value, metrics["species.path_top1"].value
    (1.0, 0.5)
    >>> metrics["species.path_top1"].n
    2
    >>> metrics["specis.path_top1"]  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    nearmiss._metrics.UnknownMetric: there is no metric 'specis.path_top1' here; the nearest are 'species.path_top1', ...

    A flat dict of floats for MLflow (``mlflow.log_metrics``) and Weights & Biases (``run.log``):

    >>> metrics.to_dict()["how_wrong.mean_height"]
    0.5
    """

    __slots__ = ("_metrics",)

    def __init__(self, metrics: Iterable[NativeMetric] = ()) -> None:
        self._metrics = {name: Metric(value, low, high, n, why) for name, value, low, high, n, why in metrics}

    @classmethod
    def together(cls, runs: Mapping[str, Metrics]) -> Metrics:
        """The numbers of several runs, the name of a run and ``/`` before each."""
        return cls((f"{run}/{name}", *metric) for run, metrics in runs.items() for name, metric in metrics.items())

    def __getitem__(self, name: str) -> Metric:
        """The metric of a name."""
        try:
            return self._metrics[name]
        except KeyError:
            raise UnknownMetric(self._unknown(name)) from None

    def _unknown(self, name: str) -> str:
        if not self._metrics:
            return f"there is no metric '{name}' here, nor any other"
        if not isinstance(name, str):
            return f"metrics go by their names, and {name!r} is none; list(metrics) has the names"
        from ._nearest import nearest

        # What is undefined is found as well, but last.
        known = sorted(self._metrics, key=lambda other: self._metrics[other].value is None)
        found = ", ".join(f"'{other}'" for other in nearest(name, known))
        return f"there is no metric '{name}' here; " + (f"the nearest are {found}" if found else "list(metrics) has the names")

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the documentation."""
        return iter(self._metrics)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._metrics)

    def to_dict(self, *, at: str = "@") -> dict[str, float]:
        """All that have a value, as floats by their names: what experiment trackers log.

        Parameters
        ----------
        at : str
            What stands for the ``@`` of ``mrr@10`` and other measures of retrieval. MLflow takes no ``@``: ``at="_at_"``.

        Returns
        -------
        dict of str to float
            Without those that are undefined.

        Examples
        --------
        >>> import nearmiss as nm
        >>> metrics = nm.Metrics([("mrr@10-lspecies", 0.5, None, None, 4, None), ("bpref", None, None, None, 0, None)])
        >>> metrics.to_dict(at="_at_")
        {'mrr_at_10-lspecies': 0.5}
        """
        return {name.replace("@", at): float(metric.value) for name, metric in self._metrics.items() if metric.value is not None}

    def to_frame(self) -> ArrowTable:
        """All of them as a table: ``metric``, ``value``, ``low``, ``high``, ``n``, ``no_interval``.

        Examples
        --------
        >>> import nearmiss as nm
        >>> nm.Metrics([("how_wrong.mean_height", 1.5, 0.24, 4.72, 4, None)]).to_frame()
        metric                 value   low  high  n  no_interval
        how_wrong.mean_height    1.5  0.24  4.72  4
        """
        metrics = list(self._metrics.values())
        value: list[float | None] = [None if metric.value is None else float(metric.value) for metric in metrics]
        columns: list[tuple[str, object]] = [
            ("metric", list(self._metrics)),
            ("value", value),
            ("low", [metric.low for metric in metrics]),
            ("high", [metric.high for metric in metrics]),
            ("n", [metric.n for metric in metrics]),
            ("no_interval", [metric.no_interval for metric in metrics]),
        ]
        return ArrowTable(Frame.from_columns(columns, "metrics").head(len(metrics)))

    _HEAD = ("metric", "value", "low", "high", "n")
    _RIGHT = (False, True, True, True, True)

    def _rows(self) -> list[list[str]]:
        return [
            [name, _text.cell(metric.value), _text.cell(metric.low), _text.cell(metric.high), _text.cell(metric.n)]
            for name, metric in self._metrics.items()
            if metric.value is not None
        ]

    def __repr__(self) -> str:
        """Those that have a value, in columns; of many some that have an interval."""
        rows = self._rows()
        shown = rows if len(rows) <= _SHOWN_AS_TEXT else [row for row in rows if row[2]] or rows
        text = _text.aligned(self._HEAD, shown[:_SHOWN_AS_TEXT], self._RIGHT)
        left = len(rows) - min(len(shown), _SHOWN_AS_TEXT)
        return f"{text}\nand {left} more" if left else text

    def _repr_html_(self) -> str:
        """Those that have a value, for notebooks."""
        inner = _html.table(self._HEAD, self._rows(), self._RIGHT)
        return _html.block(f'<div style="max-height:30em;overflow:auto">{inner}</div>')
