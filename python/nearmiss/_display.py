"""How the numbers of a report look: as text, and in notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import _html, _text
from ._html import FAR, GOOD, NEAR, Bar
from ._metrics import Metric, Metrics

__all__ = ["meeting_places", "ranks", "run_html", "run_text", "runs_html", "runs_text"]

_NONE = Metric(None)
_MEETS = "how_wrong.lca_histogram."
_RIGHT = "right"
_RANKS_HEAD = ("rank", "n", "right", "95 %", "chance")
_RANKS_RIGHT = (False, True, True, True, True)


def ranks(metrics: Metrics) -> list[str]:
    """Ranks at which something is scored, from the kingdom to the species.

    Examples
    --------
    >>> ranks(Metrics([("genus.n", 2, None, None, 2, None), ("genus.path_top1", 0.5, None, None, 2, None)]))
    ['genus']
    """
    found = (name.removesuffix(".path_top1") for name in metrics if name.endswith(".path_top1"))
    return [rank for rank in found if "." not in rank and metrics[f"{rank}.path_top1"].value is not None]


def meeting_places(metrics: Metrics) -> list[tuple[str, int]]:
    """Where truth and answer meet, with the number of images; places where none do are left out.

    Examples
    --------
    >>> counts = [("right", 3), ("genus", 1), ("family", 0)]
    >>> meeting_places(Metrics([(f"how_wrong.lca_histogram.{place}", n, None, None, 4, None) for place, n in counts]))
    [('right', 3), ('genus', 1)]
    """
    counts = ((name.removeprefix(_MEETS), metrics[name].value) for name in metrics if name.startswith(_MEETS))
    return [(place, int(count)) for place, count in counts if count or (place == _RIGHT and count is not None)]


def _of(metrics: Metrics, name: str) -> Metric:
    return metrics.get(name, _NONE)


def _rank_row(metrics: Metrics, rank: str) -> list[str]:
    right, chance = metrics[f"{rank}.path_top1"], _of(metrics, f"{rank}.chance")
    ends = _text.interval(right.low, right.high, percent=True)
    return [rank, _text.cell(_of(metrics, f"{rank}.n").value), _text.share(right.value), ends, _text.share(chance.value)]


def _place(place: str, count: int) -> str:
    return f"{count} right" if place == _RIGHT else f"{count} at the {place}"


def run_text(sentence: str, metrics: Metrics) -> str:
    """One run as text: the sentence, accuracy per rank, where truth and answer meet.

    Examples
    --------
    >>> metrics = Metrics([
    ...     ("genus.n", 2, None, None, 2, None),
    ...     ("genus.path_top1", 0.5, 0.095, 0.905, 2, None),
    ...     ("genus.chance", 0.5, None, None, 2, None),
    ...     ("how_wrong.lca_histogram.right", 1, None, None, 2, None),
    ...     ("how_wrong.lca_histogram.family", 1, None, None, 2, None),
    ... ])
    >>> print(run_text("1 of 2 wrong", metrics))
    1 of 2 wrong
    <BLANKLINE>
    rank   n   right         95 %  chance
    genus  2  50.0 %  [9.5, 90.5]  50.0 %
    <BLANKLINE>
    truth and answer meet: 1 right, 1 at the family
    """
    table = _text.aligned(_RANKS_HEAD, [_rank_row(metrics, rank) for rank in ranks(metrics)], _RANKS_RIGHT)
    places = ", ".join(_place(place, count) for place, count in meeting_places(metrics))
    return "\n\n".join([sentence, table, *([f"truth and answer meet: {places}"] if places else [])])


def run_html(sentence: str, metrics: Metrics) -> str:
    """One run for notebooks: the sentence, accuracy per rank with its intervals, where truth and answer meet.

    Examples
    --------
    >>> metrics = Metrics([("genus.path_top1", 0.5, 0.095, 0.905, 2, None)])
    >>> page = run_html("1 of 2 wrong", metrics)
    >>> "[9.5, 90.5]" in page, "<svg" in page, "<script" in page
    (True, True, False)
    """
    return _html.paragraph(sentence, strong=True) + _ranks_html(metrics) + _meeting_html(metrics)


def _ranks_html(metrics: Metrics) -> str:
    rows = []
    for rank in ranks(metrics):
        right, chance = metrics[f"{rank}.path_top1"], _of(metrics, f"{rank}.chance")
        cells = _rank_row(metrics, rank)
        title = f"{rank}: {cells[2]} right {cells[3]}".rstrip()
        drawn = Bar(right.value, low=right.low, high=right.high, mark=chance.value, title=title)
        rows.append([*cells[:2], _html.bar(drawn), *cells[2:]])
    head = [*_RANKS_HEAD[:2], "", *_RANKS_HEAD[2:]]
    return _html.caption("How often it is right, at each rank") + _html.raw_table(
        head, rows, [*_RANKS_RIGHT[:2], False, *_RANKS_RIGHT[2:]]
    )


def _meeting_html(metrics: Metrics) -> str:
    places = meeting_places(metrics)
    most = max((count for _, count in places), default=0)
    if not most:
        return ""
    colours = {_RIGHT: GOOD, "species": NEAR, "genus": NEAR, "family": NEAR}
    rows = []
    for place, count in places:
        drawn = Bar(count / most, colour=colours.get(place, FAR), title=_place(place, count))
        rows.append([_html.escaped(place if place == _RIGHT else f"at the {place}"), _html.bar(drawn), _text.number(count)])
    return _html.caption("Where truth and answer meet") + _html.raw_table(["", "", "images"], rows, [False, False, True])


#: Letters of the name of a run.
_NAME = 36

_BESIDE = ("how_wrong.mean_height", "how_wrong.severity", "how_wrong.mistakes")
_BESIDE_HEAD = ("mean height", "severity", "mistakes")


def _shared_ranks(runs: Mapping[str, Metrics]) -> list[str]:
    found = dict.fromkeys(rank for metrics in runs.values() for rank in ranks(metrics))
    order = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]
    return sorted(found, key=lambda rank: order.index(rank) if rank in order else len(order))


def _run_row(name: str, metrics: Metrics, shown: Sequence[str]) -> list[str]:
    right = (_text.share(_of(metrics, f"{rank}.path_top1").value) for rank in shown)
    return [
        name,
        _text.cell(_of(metrics, "how_wrong.n").value),
        *right,
        *(_text.number(_of(metrics, of).value) for of in _BESIDE),
    ]


def _with_short_names(runs: Mapping[str, Metrics]) -> dict[str, Metrics]:
    """The runs by names that leave room beside them: their beginnings, or their ends where they begin alike."""
    ends = [name if len(name) <= _NAME else "…" + name[1 - _NAME :] for name in runs]
    for names in (list(runs), ends):
        short = {_text.shortened(name, _NAME): metrics for name, metrics in zip(names, runs.values(), strict=True)}
        if len(short) == len(runs):
            return short
    return dict(runs)


def runs_text(runs: Mapping[str, Metrics]) -> str:
    """Several runs beside each other as text.

    Examples
    --------
    >>> print(runs_text({
    ...     "svm": Metrics([("how_wrong.n", 2, None, None, 2, None), ("genus.path_top1", 0.5, None, None, 2, None)]),
    ...     "mlp": Metrics([("how_wrong.n", 2, None, None, 2, None), ("genus.path_top1", 1.0, None, None, 2, None)]),
    ... }))
    run  n    genus  mean height  severity  mistakes
    svm  2   50.0 %            -         -         -
    mlp  2  100.0 %            -         -         -
    """
    ranks_of_all = _shared_ranks(runs)
    short = _with_short_names(runs)
    for left_out in range(len(ranks_of_all) + 1):
        shown = ranks_of_all[left_out:]
        head = ["run", "n", *shown, *_BESIDE_HEAD]
        rows = [_run_row(name, metrics, shown) for name, metrics in short.items()]
        text = _text.aligned(head, rows, [False] + [True] * (len(head) - 1))
        if _text.width(text.partition("\n")[0]) <= _text.line_width():
            break
    return f"{text}\nwithout {', '.join(ranks_of_all[:left_out])}: ranks has them" if left_out else text


def runs_html(runs: Mapping[str, Metrics]) -> str:
    """Several runs beside each other for notebooks.

    Examples
    --------
    >>> page = runs_html({"a<b": Metrics([("genus.path_top1", 0.5, 0.1, 0.9, 2, None)])})
    >>> "a&lt;b" in page, "[10.0, 90.0]" in page
    (True, True)
    """
    shown = _shared_ranks(runs)
    head = ["run", "n", *shown, *_BESIDE_HEAD]
    rows = []
    for name, metrics in runs.items():
        plain = _run_row(name, metrics, shown)
        cells = [_html.escaped(plain[0]), plain[1]]
        cells += [_accuracy_html(_of(metrics, f"{rank}.path_top1"), f"{name}, {rank}") for rank in shown]
        cells += [_with_ends(text, _of(metrics, of)) for text, of in zip(plain[2 + len(shown) :], _BESIDE, strict=True)]
        rows.append(cells)
    table = _html.raw_table(head, rows, [False] + [True] * (len(head) - 1))
    return _html.caption("How often each run is right, at each rank") + f'<div style="overflow-x:auto">{table}</div>'


def _accuracy_html(right: Metric, title: str) -> str:
    drawn = Bar(right.value, low=right.low, high=right.high, title=f"{title}: {_text.share(right.value)}")
    ends = _text.interval(right.low, right.high, percent=True)
    return f"{_text.share(right.value)}<br>{_html.bar(drawn, width=80, height=10)}<br><small>{ends}</small>"


def _with_ends(text: str, metric: Metric) -> str:
    ends = _text.interval(metric.low, metric.high, percent=False)
    return f"{text}<br><br><small>{ends}</small>" if ends else text
