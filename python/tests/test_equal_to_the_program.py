"""Every number of the package is the program's, to the last bit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

import nearmiss as nm
import real_tables
import the_program
from bits import differences, refusals_differ, same_bits, table_differences
from sources import WAYS, as_arrow, as_pandas, as_polars
from the_program import REPOSITORY, Outcome
from variants import Variant, all_variants, columns, refused_variants

#: Some of them in every test here: that all are read alike is tested once, in `test_inputs.py`.
SOME = {way: WAYS[way] for way in ("pandas", "polars", "an arrow stream", "a dict with None")}

TABLES = ("ranks", "taxa", "mistakes", "confusions")


#: The lists of the block `novelty`, where they lie, and the fields that tell their rows apart.
NOVELTY = {
    "rows": (["rows"], ["reach"]),
    "detection": (["detection"], ["rank", "among", "score"]),
    "open_set": (["open_set"], ["score"]),
    "back_off": (["back_off", "rows"], ["at", "images"]),
}


def rows_of_novelty(novelty: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of its lists by the name that a gate gives it."""
    for name, (keys, fields) in NOVELTY.items():
        rows: Any = novelty
        for key in keys:
            rows = (rows or {}).get(key)
        for row in rows or []:
            yield ".".join([name, *((row[field] or "labels").replace(" ", "_") for field in fields)]), row


def flat(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every number of a run by the name that gates give it, as the documentation has it."""

    def walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(f"{path}.{key.lower()}", inner)
        elif value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            yield path, value

    for block, value in document.items():
        if block in ("reading", "provenance", "run", "gates"):
            continue
        if block == "ranks":
            for row in value:
                yield from walk(row["rank"], row)
        else:
            yield from walk(block, value)
        if block == "novelty":
            for name, row in rows_of_novelty(value):
                yield from walk(f"novelty.{name}", row)


def metric_differences(document: dict[str, Any], metrics: Any) -> Iterator[str]:
    """A sentence for every number of a run that `report.metrics` has otherwise, ends of intervals included."""
    numbers = dict(flat(document))
    for name, value in numbers.items():
        for end in ("low", "high"):
            metric = name.removesuffix(f"_{end}")
            if metric != name and metric in numbers:
                if not equal(value, getattr(metrics[metric], end)):
                    yield f"{name}: {value!r} and {getattr(metrics[metric], end)!r}"
                break
        else:
            if name not in metrics:
                yield f"{name}: only the program has it"
            elif not equal(value, metrics[name].value):
                yield f"{name}: {value!r} and {metrics[name].value!r}"
    for name in metrics:
        if name not in numbers:
            yield f"{name}: only Python has it"


def equal(first: Any, second: Any) -> bool:
    """Whether two numbers are one, or both are undefined."""
    if first is None or second is None:
        return first is None and second is None
    return same_bits(float(first), float(second))


def report_differences(folder: Path, report: nm.Report) -> Iterator[str]:
    """A sentence for everything that a report in memory says otherwise than the folder that the program wrote."""
    document = the_program.metrics(folder)
    yield from differences(document, json.loads(report.to_json()))
    runs = document.get("runs") or [document]
    for number, run in enumerate(runs):
        of_run = report[run["run"]] if len(runs) > 1 else report
        yield from (f"metrics of run {number}: {difference}" for difference in metric_differences(run, of_run.metrics))
    for name in TABLES:
        head, body = the_program.rows(folder / "report" / f"{name}.csv")
        table = pyarrow.table(getattr(report, name)).to_pydict()
        yield from (f"{name}: {difference}" for difference in table_differences(head, body, table))


def assert_equal(outcome: Outcome, folder: Path, way: str, evaluate: Callable[[], nm.Report]) -> None:
    """The report of Python is the folder that the program wrote, or both refuse with one sentence."""
    if outcome.code == 2:
        with pytest.raises(nm.NearmissError) as refused:
            evaluate()
        difference = refusals_differ(outcome.refusal, str(refused.value))
        assert not difference, f"{way}: {difference}"
        return
    found = list(report_differences(folder, evaluate()))
    assert not found, f"{way}: {len(found)} differ, such as " + "; ".join(found[:5])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that program and package work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("variant", all_variants(), ids=lambda variant: variant.name)
def test_the_numbers_of_a_small_table_are_the_programs(variant: Variant, folder: Path) -> None:
    variant.write(folder)
    outcome = the_program.report(folder, "table.csv", variant.arguments())
    assert outcome.code in (0, 1), outcome
    assert_equal(outcome, folder, "path", lambda: nm.evaluate("table.csv", **variant.arguments()))
    for way, source in SOME.items():
        second = None if variant.truth is None else source(columns(variant.truth))
        assert_equal(
            outcome, folder, way, lambda: nm.evaluate(source(columns(variant.rows)), **variant.arguments(second))
        )


@pytest.mark.parametrize("variant", refused_variants(), ids=lambda variant: variant.name)
def test_a_small_table_is_refused_with_the_programs_sentence(variant: Variant, folder: Path) -> None:
    variant.write(folder)
    outcome = the_program.report(folder, "table.csv", variant.arguments())
    assert outcome.code == 2, outcome
    assert_equal(outcome, folder, "path", lambda: nm.evaluate("table.csv", **variant.arguments()))
    for way, source in SOME.items():
        second = None if variant.truth is None else source(columns(variant.truth))
        assert_equal(
            outcome, folder, way, lambda: nm.evaluate(source(columns(variant.rows)), **variant.arguments(second))
        )


@pytest.mark.parametrize("seed", range(16), ids=lambda seed: f"table drawn with seed {seed}")
def test_the_numbers_of_random_tables_are_the_programs(
    seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables of the oracle: homonyms, holes, coarse and unknown truths, contradictions, every kind of score."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(REPOSITORY / "tests" / "oracle")])
    import tables_random

    case = tables_random.Case(seed)
    case.write(folder)
    arguments = {by_option(name): value for name, value in case.options.items()} | {"taxonomy": "tax.csv"}
    arguments |= {"back_off": float(arguments["back_off"])} if "back_off" in arguments else {}
    outcome = the_program.report(folder, "t.csv", arguments)
    assert_equal(outcome, folder, "path", lambda: nm.evaluate("t.csv", **arguments))
    held = columns(case.table)
    for way, source in SOME.items():
        assert_equal(outcome, folder, way, lambda: nm.evaluate(source(held), **arguments))


def by_option(option: str) -> str:
    """The argument of Python for an option of the program."""
    return next(argument for argument, known in the_program.OPTIONS.items() if known == f"--{option}")


def test_scores_may_be_numbers_and_names_categories(folder: Path) -> None:
    variant = next(
        variant for variant in all_variants() if variant.name == "a row for each answer, whole distributions"
    )
    variant.write(folder)
    outcome = the_program.report(folder, "table.csv", variant.arguments())
    held = columns(variant.rows)
    frame = as_pandas(held).astype({"image": "category", "truth": "category", "label": "category", "score": "float64"})
    assert_equal(outcome, folder, "pandas", lambda: nm.evaluate(frame, **variant.arguments()))
    import polars

    categories = as_polars(held).with_columns(
        polars.col("label", "truth").cast(polars.Categorical), polars.col("score").cast(polars.Float64)
    )
    assert_equal(outcome, folder, "polars", lambda: nm.evaluate(categories, **variant.arguments()))


def test_a_parquet_file_and_the_frames_read_from_it_are_one(folder: Path) -> None:
    import pandas
    import polars

    for variant in all_variants():
        if variant.name not in (
            "names with a taxonomy",
            "a column for each rank",
            "a row for each answer, the best three",
        ):
            continue
        variant.write(folder)
        table = as_arrow(columns(variant.rows))
        if "score" in table.column_names:
            place = table.column_names.index("score")
            table = table.set_column(place, "score", table["score"].cast("float64"))
        pyarrow.parquet.write_table(table, folder / "table.parquet", row_group_size=5)
        outcome = the_program.report(folder, "table.parquet", variant.arguments())
        assert outcome.code == 0, outcome
        for way, source in {
            "path": "table.parquet",
            "pyarrow": pyarrow.parquet.read_table("table.parquet"),
            "polars": polars.read_parquet("table.parquet"),
            "lazy polars": polars.scan_parquet("table.parquet"),
            "pandas": pandas.read_parquet("table.parquet"),
            "pandas over Arrow": pandas.read_parquet("table.parquet", dtype_backend="pyarrow"),
        }.items():
            assert_equal(outcome, folder, way, lambda: nm.evaluate(source, **variant.arguments()))


REAL = real_tables.tables()


@pytest.mark.skipif(not REAL, reason="the real tables of others (../shared/real) are not beside the checkout")
@pytest.mark.parametrize("table", REAL, ids=str)
def test_the_numbers_of_real_tables_are_the_programs(table: real_tables.RealTable, folder: Path) -> None:
    outcome = the_program.report(folder, table.path, table.options)
    assert outcome.code in (0, 1, 2), outcome
    assert_equal(outcome, folder, "path", lambda: nm.evaluate(str(table.path), **table.options))
    if not table.options and not real_tables.names_columns(table.path):
        return  # Columns without names are told apart in files alone.
    # As it is, by way of polars; with what is known about it, by way of pandas.
    for way, source in frames(table.path, "pandas" if table.options else "polars"):
        second = table.options.get("truth_table")
        held = {"truth_table": next(iter(dict(frames(Path(second))).values()))} if second else {}
        assert_equal(outcome, folder, way, lambda: nm.evaluate(source, **{**table.options, **held}))


def frames(path: Path, way: str = "pandas") -> Iterator[tuple[str, Any]]:
    """A file as the frame that people read it into; of JSON there is none, for its shapes are the reader's work."""
    if path.suffix == ".parquet":
        yield "pyarrow", pyarrow.parquet.read_table(path)
    elif path.suffix in (".csv", ".tsv"):
        yield way, WAYS[way](real_tables.columns(path))


@pytest.mark.skipif(not REAL, reason="the real tables of others (../shared/real) are not beside the checkout")
def test_real_tables_are_scored_and_refused() -> None:
    """Both happen among them: otherwise the tests above say little."""
    refused = [table for table in REAL if not table.options and "_metrics" in table.path.name]
    known = [table for table in REAL if table.options]
    assert len(refused) >= 10 and len(known) >= 15, (len(refused), len(known))
