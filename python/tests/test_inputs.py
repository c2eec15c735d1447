"""Whatever people have is taken as a table, or refused with a sentence that names column, type and remedy."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Callable
from typing import Any

import duckdb
import nearmiss as nm
import numpy
import pandas
import polars
import pyarrow
import pytest

from asserting import ANSWERS, TABLE, TAXONOMY, assert_alike, assert_same, encoded, numbers, refusal, says
from sources import WAYS, as_arrow, as_dict, as_pandas, as_polars
from variants import SPECIES, columns, pybioclip


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_taken_in_every_kind(way: str) -> None:
    assert_same(WAYS[way](TABLE))


@pytest.mark.parametrize("way", ["relation", "arrow", "frame of pandas", "frame of polars", "executed"])
def test_results_of_duckdb_are_taken(way: str) -> None:
    with duckdb.connect() as connection:
        connection.register("held", as_arrow(TABLE))
        query = "select image, truth, predicted from held"
        results: dict[str, Callable[[], Any]] = {
            "relation": lambda: connection.sql(query),
            "arrow": lambda: connection.sql(query).arrow(),
            "frame of pandas": lambda: connection.sql(query).df(),
            "frame of polars": lambda: connection.sql(query).pl(),
            "executed": lambda: connection.execute(query),
        }
        assert_same(results[way]())


def test_tables_of_our_own_are_taken() -> None:
    """Those of a report: of the images of one report another one is made."""
    report = nm.evaluate(TABLE, taxonomy=TAXONOMY)
    again = nm.evaluate(report.images, truth="truth_name", predicted="predicted_name", taxonomy=TAXONOMY)
    assert again.metrics["species.n"].value == report.metrics["species.n"].value
    wrong = {row["image"] for row in report.mistakes}
    assert wrong == {row["image"] for row in again.mistakes} != set()


def test_answers_of_pybioclip_are_taken_as_they_are() -> None:
    rows, truth = pybioclip()
    answers = [{name: float(cell) if name == "score" else cell for name, cell in zip(rows[0], row)} for row in rows[1:]]
    by_image = {image: name for image, name in truth[1:]}
    for given in (by_image, columns(truth), pandas.Series(by_image), as_pandas(columns(truth))):
        found = nm.evaluate(answers, truth=given)
        assert found.metrics["species.n"].value == 6
        assert (
            found.metrics["species.path_top1"].value
            == nm.evaluate(columns(rows), truth=by_image).metrics["species.path_top1"].value
        )


def test_a_truth_for_each_row_may_be_given_beside() -> None:
    answers = {name: values for name, values in TABLE.items() if name != "truth"}
    truth = TABLE["truth"]
    for table, given in {
        "a list": (answers, truth),
        "a tuple": (answers, tuple(truth)),
        "an array": (answers, numpy.array(truth)),
        "an array of objects": (answers, numpy.array(truth, dtype=object)),
        "a Series": (as_pandas(answers), pandas.Series(truth)),
        "categories": (as_pandas(answers), pandas.Series(truth, dtype="category")),
        "a Series of polars": (as_polars(answers), polars.Series(truth)),
        "an array of Arrow": (as_arrow(answers), pyarrow.array(truth)),
        "a chunked array": (as_arrow(answers), pyarrow.chunked_array([truth[:3], truth[3:]])),
    }.values():
        assert_alike(
            nm.evaluate(table, truth=given, taxonomy=TAXONOMY), nm.evaluate(answers, truth=truth, taxonomy=TAXONOMY)
        )
    found = nm.evaluate(answers, truth=truth, taxonomy=TAXONOMY).metrics
    assert found["species.path_top1"].value == nm.evaluate(TABLE, taxonomy=TAXONOMY).metrics["species.path_top1"].value


def test_a_truth_with_another_index_is_not_guessed_at() -> None:
    answers = as_pandas({name: values for name, values in TABLE.items() if name != "truth"})
    shuffled = pandas.Series(TABLE["truth"], index=range(19, -1, -1))
    says(refusal(answers, truth=shuffled), "index", "reindex", "tolist")
    says(refusal(answers, truth=TABLE["truth"][:7]), "7 truths for 20 rows")


# Nothing


@pytest.mark.parametrize("way", [way for way in WAYS if way != "a list of dicts"])
def test_a_table_without_rows_is_refused(way: str) -> None:
    says(refusal(WAYS[way]({name: [] for name in TABLE})), "empty", "no row")


def test_a_table_without_rows_is_refused_whatever_its_types() -> None:
    for table in (
        as_pandas(TABLE)[:0],
        as_polars(TABLE)[:0],
        as_arrow(TABLE)[:0],
        as_pandas(TABLE).astype("category")[:0],
        pyarrow.table({"truth": pyarrow.nulls(0), "predicted": pyarrow.nulls(0)}),
        pandas.DataFrame(columns=["truth", "predicted"]),
        polars.DataFrame(schema={"truth": polars.String, "predicted": polars.Float64}),
        pyarrow.RecordBatchReader.from_batches(as_arrow(TABLE).schema, []),
    ):
        says(refusal(table), "empty", "no row")


@pytest.mark.parametrize(
    "nothing",
    [
        pandas.DataFrame(),
        polars.DataFrame(),
        pyarrow.table({}),
        {},
        [],
        pandas.DataFrame(index=range(4)),
        (),
    ],
    ids=["pandas", "polars", "arrow", "dict", "list", "pandas with rows alone", "tuple"],
)
def test_a_table_without_columns_is_refused(nothing: Any) -> None:
    sentence = refusal(nothing)
    assert any(word in sentence for word in ("empty", "no column", "no row")), sentence


def test_batches_without_rows_do_no_harm() -> None:
    table = as_arrow(TABLE)
    empty = pyarrow.RecordBatch.from_pydict({name: pyarrow.array([], "string") for name in TABLE})
    full = table.to_batches(max_chunksize=6)
    assert_same(pyarrow.RecordBatchReader.from_batches(table.schema, [empty, full[0], empty, *full[1:], empty]))


def test_a_column_of_nothing_is_read_as_blanks() -> None:
    for nothing in ([None] * 20, [float("nan")] * 20, pyarrow.nulls(20), [""] * 20):
        found = numbers(
            {**TABLE, "predicted": nothing} if isinstance(nothing, list) else encoded(nothing), predicted="predicted"
        )
        assert found["accounting"]["of_scored"]["no_answer"] == 20
    says(refusal({**TABLE, "truth": [None] * 20}, truth="truth"), "no image can be scored")


# What is refused


WRONG: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "bytes": (lambda: encoded(pyarrow.array([answer.encode() for answer in ANSWERS])), ("'predicted'", "binary")),
    "durations": (lambda: encoded(pyarrow.array([datetime.timedelta(seconds=1)] * 20)), ("'predicted'", "duration")),
    "maps": (
        lambda: encoded(pyarrow.array([[("x", 1)]] * 20, pyarrow.map_("string", "int32"))),
        ("'predicted'", "map"),
    ),
    "complex numbers": (lambda: {**TABLE, "predicted": numpy.ones(20, complex)}, ("'predicted'",)),
    "floats": (lambda: encoded(pyarrow.array([0.5] * 20)), ("'predicted'", "numbers", "0.5")),
    "integers of classes": (
        lambda: encoded(pyarrow.array([place % 7 for place in range(20)])),
        ("'predicted'", "numbers", "taxonomy="),
    ),
    "dates": (lambda: encoded(pyarrow.array([datetime.date(2024, 5, 1)] * 20)), ("'2024-05-01'",)),
}

REMEDIES = ("give", "Give", "write", "name", "cast", "convert", "turn", "decode", "leave", "--", "drop")


@pytest.mark.parametrize("kind", WRONG)
def test_answers_that_are_no_names_are_refused(kind: str) -> None:
    table, parts = WRONG[kind]
    sentence = refusal(table(), truth="truth", predicted="predicted")
    says(sentence, *parts)
    assert any(remedy in sentence for remedy in REMEDIES), sentence


def test_columns_of_different_lengths_are_refused() -> None:
    says(refusal({"truth": SPECIES, "predicted": SPECIES[:3]}), "'predicted'", "3", "7")
    says(refusal({"truth": SPECIES, "predicted": "Felis catus"}), "'predicted'", "str", "a list")
    says(refusal({"truth": SPECIES, "predicted": 3}), "'predicted'", "int", "a list")


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (3, ("int", "data frame", "dict of columns")),
        (None, ("None", "data frame")),
        (object(), ("object", "data frame")),
        (pandas.Series(SPECIES), ("Series", "no names of columns")),
        (polars.Series(SPECIES), ("Series", "no names of columns")),
        (numpy.array(SPECIES), ("ndarray", "no names of columns")),
        (SPECIES, ("list of names", "nearmiss.score")),
        (list(zip(SPECIES, SPECIES)), ("pairs", "truth", "predicted")),
        ([{"truth": "Felis catus"}, 3], ("row 2", "int", "dict")),
        (b"predictions.csv", ("bytes", "path")),
    ],
    ids=[
        "a number",
        "nothing",
        "an object",
        "a Series",
        "a Series of polars",
        "an array",
        "names",
        "pairs",
        "a row that is none",
        "bytes",
    ],
)
def test_what_is_no_table_is_refused(table: Any, parts: tuple[str, ...]) -> None:
    says(refusal(table), *parts)


def test_a_file_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    says(refusal(str(tmp_path / "nowhere.csv")), "nowhere.csv", "No such file")
    says(refusal(tmp_path / "nowhere.csv"), "nowhere.csv", "No such file")


def test_options_are_called_as_arguments_in_sentences() -> None:
    """Nobody has a command line here."""
    without = {name: values for name, values in TABLE.items() if name != "predicted"}
    for sentence in (
        refusal(without),
        refusal({**TABLE, "predicted": list(range(20))}),
        refusal({**without, "label": [f"Answer: A) {name}." for name in TABLE["truth"]]}, predicted="label"),
        refusal(TABLE, predicted="svm"),
        refusal({name: values for name, values in TABLE.items() if name != "truth"}),
    ):
        assert "--" not in sentence and "=" in sentence, sentence


def test_options_that_do_not_exist_and_values_that_are_none_are_refused() -> None:
    with pytest.raises(TypeError, match="predicted_column"):
        nm.evaluate(TABLE, predicted_column="predicted")  # type: ignore[call-arg]
    says(refusal(TABLE, missing_truth="ignore"), "missing_truth", "ignore", "leave-out", "wrong", "taxon")
    says(refusal(TABLE, tree="half"), "tree", "half", "full", "main-ranks")
    says(refusal(TABLE, by="photo"), "by", "photo", "image", "observation")
    says(refusal(TABLE, yellow_from="genera"), "yellow_from", "genera")
    says(refusal(TABLE, lineage_separator="::"), "lineage_separator", "::")
    says(refusal(TABLE, costs=3), "costs", "path", "int")
    says(refusal(TABLE, back_off="high"), "back_off")


def test_a_table_stays_as_it_was() -> None:
    for way, source in WAYS.items():
        if way in ("an arrow stream", "lazy polars"):
            continue
        table, before = source(TABLE), source(TABLE)
        nm.evaluate(table, taxonomy=TAXONOMY)
        same = table.equals(before) if hasattr(table, "equals") else table == before
        assert same, way
    assert as_dict(TABLE) == TABLE
