"""Runs to be compared, however they are given: by names, as a list, or as columns of one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from ._input import Source, is_path, path_of
from ._kinds import is_a
from ._nearmiss import NearmissError, Taxonomy
from ._report import Report, RunReport

__all__ = ["Together", "runs_of", "together"]

#: Options of a report that say how its table is read; those that are left are not for comparisons.
_READING = (
    *("image", "truth", "score", "truth_image", "truth_table", "clade", "lineage_separator", "predicted_pattern"),
    *("missing_truth", "encoding", "taxonomy", "count_unreachable"),
    *("non_taxon", "taxon_after_all"),
)


class Together(NamedTuple):
    """Sources to be read alike."""

    #: Names and tables or paths.
    sources: list[tuple[str, Source]]
    #: How they are read, of reports.
    options: dict[str, object]


def runs_of(runs: Any) -> list[tuple[str, Any]]:
    """Runs with their names; one table has none, and its columns are the runs.

    Raises
    ------
    NearmissError
        Two runs have one name, or none.

    Examples
    --------
    >>> runs_of({"old": "old.csv", "new": {"truth": [], "predicted": []}})
    [('old', 'old.csv'), ('new', {'truth': [], 'predicted': []})]
    >>> runs_of(["runs/bioclip", "tables/other.csv"])
    [('bioclip', 'runs/bioclip'), ('other', 'tables/other.csv')]
    >>> runs_of({"truth": ["Felis catus"], "svm": ["Felis catus"], "mlp": ["Lynx lynx"]})
    [('', {'truth': ['Felis catus'], 'svm': ['Felis catus'], 'mlp': ['Lynx lynx']})]
    """
    if isinstance(runs, Mapping) and runs and all(map(_is_run, runs.values())):
        return [(str(name), value) for name, value in runs.items()]
    if isinstance(runs, (list, tuple)) and runs and all(_is_run(run) and not _is_row(run) for run in runs):
        named = [(_name(run), run) for run in runs]
        _check(named)
        return named
    return [("", runs)]


def _is_run(value: Any) -> bool:
    """Whether a value is a run, and no column."""
    if is_path(value) or isinstance(value, (Report, RunReport, Mapping)):
        return True
    if isinstance(value, (list, tuple)):
        return bool(value) and isinstance(value[0], Mapping)
    if is_a(value, "pandas", "Series", "Index") or is_a(value, "polars", "Series") or is_a(value, "numpy", "ndarray"):
        return False
    exports = ("columns", "column_names", "to_table", "fetch_arrow_table")
    return any(hasattr(value, name) for name in exports) or type(value).__name__ == "RecordBatchReader"


def _is_row(value: Any) -> bool:
    """Whether a dict is a row of a table, and no dict of columns."""
    return isinstance(value, Mapping) and not all(
        hasattr(cell, "__len__") and not isinstance(cell, str) for cell in value.values()
    )


def _name(run: Any) -> str:
    if isinstance(run, RunReport):
        return run.name
    if isinstance(run, Report):
        return run.title
    if not is_path(run):
        raise NearmissError("tables in a list have no names; give them in a dict: {'bioclip': df_a, 'bioclip-2': df_b}")
    path = FilePath(path_of(run))
    return path.stem if path.is_file() or path.suffix in (".csv", ".tsv", ".parquet", ".json", ".jsonl") else path.name


def _check(named: Sequence[tuple[str, Any]]) -> None:
    names = [name for name, _ in named]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise NearmissError(f"two runs are called '{twice}'; give them names in a dict: {{'old': ..., 'new': ...}}")


def check_reports(reports: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """Refuses reports of which one was read with an option and another without it.

    Parameters
    ----------
    reports : sequence of tuple
        Names, and the options that each was read with.

    Raises
    ------
    NearmissError
        They were read with other options.

    Examples
    --------
    >>> check_reports([("a", {"clade": "Animalia"}), ("b", {})])
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: 'a' was read with clade='Animalia' and 'b' without; read both alike, or compare their tables
    """
    for key in _READING:
        with_it = next(((name, own[key]) for name, own in reports if key in own), None)
        without = next((name for name, own in reports if key not in own), None)
        if with_it is not None and without is not None:
            name, value = with_it
            shown = f"{key}={value!r}" if isinstance(value, (str, bool, int)) else f"{key}="
            raise NearmissError(f"'{name}' was read with {shown} and '{without}' without; read both alike, or compare their tables")


def together(sources: Sequence[tuple[str, Source, dict[str, object]]]) -> Together:
    """Sources with the options that all of them are read with.

    Parameters
    ----------
    sources : sequence of tuple
        Names, tables or paths, and the options that each was read with; a table that is new has none.

    Returns
    -------
    Together
        The same with one set of options; columns of one table as one source.

    Raises
    ------
    NearmissError
        They were read with other options.

    Examples
    --------
    >>> together([("a", "a.csv", {"truth": "species"}), ("b", "b.csv", {"truth": "species"})])
    Together(sources=[('a', 'a.csv'), ('b', 'b.csv')], options={'truth': 'species'})
    >>> together([("svm", "t.csv", {"predicted": "svm"}), ("mlp", "t.csv", {"predicted": "mlp"})])
    Together(sources=[('', 't.csv')], options={'predicted': ['svm', 'mlp']})
    """
    options: dict[str, object] = {}
    for name, _, own in sources:
        for key in _READING:
            if key in own and not _alike(options.setdefault(key, own[key]), own[key]):
                raise NearmissError(_other(key, options[key], name, own[key]))
    asked = [own.get("predicted") for _, _, own in sources]
    if all(_alike(column, asked[0]) for column in asked):
        if asked[0] is not None:
            options["predicted"] = asked[0]
        return Together([(name, source) for name, source, _ in sources], options)
    if all(source is sources[0][1] or source == sources[0][1] for _, source, _ in sources):
        return _columns(sources, options)
    name, _, own = next(entry for entry in sources if not _alike(entry[2].get("predicted"), asked[0]))
    raise NearmissError(_other("predicted", asked[0], name, own.get("predicted")))


def _columns(sources: Sequence[tuple[str, Source, dict[str, object]]], options: dict[str, object]) -> Together:
    """Columns of one table."""
    columns = [own.get("predicted") for _, _, own in sources]
    names = [name for name, _, _ in sources]
    if columns != names:
        raise NearmissError(
            f"runs of one table are called as their columns, here {columns}, and not {names}; give the reports in a list"
        )
    return Together([("", sources[0][1])], {**options, "predicted": columns})


def _alike(first: object, second: object) -> bool:
    if isinstance(first, Taxonomy) and isinstance(second, Taxonomy):
        return first.fingerprint == second.fingerprint
    return first is second or first == second


def _other(key: str, first: object, name: str, second: object) -> str:
    return (
        f"'{name}' was read with {key}={second!r} and the others with {key}={first!r}; "
        "compare the tables themselves, with columns of the same names and the options given to compare()"
    )
