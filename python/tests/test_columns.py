"""Columns of every type and encoding are read, and those that cannot be read may stand beside."""

from __future__ import annotations

import datetime
import decimal
import pathlib
from collections.abc import Callable
from typing import Any

import nearmiss as nm
import numpy
import pandas
import polars
import pyarrow
import pytest

from asserting import ANSWERS, TABLE, TAXONOMY, assert_alike, assert_same, encoded, numbers
from sources import as_arrow, as_pandas, as_polars
from variants import LINEAGES, RANKS, SPECIES, columns, ranked


def dictionary(values: list[str], index: str = "int32", kind: pyarrow.DataType | None = None) -> pyarrow.Array:
    """Dictionary-encoded text."""
    names = sorted(set(values))
    places = pyarrow.array([names.index(value) for value in values], index)
    return pyarrow.DictionaryArray.from_arrays(places, pyarrow.array(names, kind or pyarrow.string()))


ENCODINGS: dict[str, Callable[[], Any]] = {
    "large strings": lambda: pyarrow.array(ANSWERS, pyarrow.large_string()),
    "string views": lambda: pyarrow.array(ANSWERS, pyarrow.string_view()),
    "a dictionary": lambda: dictionary(ANSWERS),
    "a dictionary of small indexes": lambda: dictionary(ANSWERS, "int8"),
    "a dictionary of unsigned indexes": lambda: dictionary(ANSWERS, "uint16"),
    "a dictionary of large strings": lambda: dictionary(ANSWERS, kind=pyarrow.large_string()),
    "chunks": lambda: pyarrow.chunked_array([ANSWERS[:1], ANSWERS[1:9], [], ANSWERS[9:]], pyarrow.string()),
    "chunks with dictionaries of their own": lambda: pyarrow.chunked_array(
        [dictionary(ANSWERS[:7]), dictionary(ANSWERS[7:])]
    ),
    "slices": lambda: pyarrow.array(["Bogus bogus", *ANSWERS, "Bogus bogus"]).slice(1, len(ANSWERS)),
    "a slice of a dictionary": lambda: dictionary([*SPECIES, *ANSWERS]).slice(len(SPECIES)),
    "a slice of string views": lambda: pyarrow.array([*SPECIES, *ANSWERS], pyarrow.string_view()).slice(len(SPECIES)),
    "nulls for blanks": lambda: pyarrow.array([answer or None for answer in ANSWERS]),
    "a slice with nulls": lambda: pyarrow.array([None, "x", *(answer or None for answer in ANSWERS)]).slice(2),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_is_read_in_every_encoding(encoding: str) -> None:
    assert_same(encoded(ENCODINGS[encoding]()))


def test_columns_in_chunks_of_different_lengths_are_read() -> None:
    columns_in_chunks = {
        name: pyarrow.chunked_array([values[:cut], values[cut:]])
        for cut, (name, values) in zip((3, 11, 17), TABLE.items())
    }
    assert_same(pyarrow.table(columns_in_chunks))


PANDAS: dict[str, Callable[[pandas.DataFrame], pandas.DataFrame]] = {
    "objects": lambda frame: frame.astype(object),
    "nullable text": lambda frame: frame.astype("string[python]"),
    "text over Arrow": lambda frame: frame.astype("string[pyarrow]"),
    "types of Arrow": lambda frame: frame.astype(pandas.ArrowDtype(pyarrow.string())),
    "categories": lambda frame: frame.astype("category"),
    "categories that nothing has": lambda frame: frame.astype(
        pandas.CategoricalDtype([*SPECIES, "", "Nobody knows", "Bogus", *TABLE["image"]])
    ),
    "None": lambda frame: frame.astype(object).where(frame != "", None),
    "NaN": lambda frame: frame.astype(object).where(frame != "", float("nan")),
    "NA": lambda frame: frame.astype("string[python]").where(frame != "", pandas.NA),
    "NaT": lambda frame: frame.astype(object).where(frame != "", pandas.NaT),
    "missing categories": lambda frame: frame.astype(object).where(frame != "", None).astype("category"),
}


@pytest.mark.parametrize("kind", PANDAS)
def test_frames_of_pandas_are_read_with_every_kind_of_text(kind: str) -> None:
    assert "" in ANSWERS
    assert_same(PANDAS[kind](as_pandas(TABLE)))


POLARS: dict[str, Callable[[polars.DataFrame], Any]] = {
    "categories": lambda frame: frame.with_columns(polars.all().cast(polars.Categorical)),
    "an enumeration": lambda frame: frame.with_columns(
        polars.col("predicted").cast(polars.Enum([*SPECIES, "", "Nobody knows"]))
    ),
    "nulls": lambda frame: frame.with_columns(polars.when(polars.all() != "").then(polars.all())),
    "chunks": lambda frame: polars.concat([frame[:4], frame[4:5], frame[5:]], rechunk=False),
    "a query": lambda frame: frame.lazy().filter(polars.col("image") != "nothing"),
}


@pytest.mark.parametrize("kind", POLARS)
def test_frames_of_polars_are_read_with_every_kind_of_text(kind: str) -> None:
    assert_same(POLARS[kind](as_polars(TABLE)))


def test_slices_of_frames_are_read_from_where_they_begin() -> None:
    part = {name: values[5:15] for name, values in TABLE.items()}
    for table in (
        as_arrow(TABLE).slice(5, 10),
        as_polars(TABLE)[5:15],
        as_pandas(TABLE).iloc[5:15],
        as_pandas(TABLE)[5:15].copy(),
    ):
        assert_same(table, part)
    every_second = {name: values[::2] for name, values in TABLE.items()}
    for table in (
        as_polars(TABLE)[::2],
        as_pandas(TABLE).iloc[::2],
        {name: numpy.array(values)[::2] for name, values in TABLE.items()},
    ):
        assert_same(table, every_second)


def test_scores_are_read_as_numbers_of_every_kind() -> None:
    table = columns(ranked(8, 22))
    scores = [float(score) for score in table["score"]]
    halves = numpy.array(scores, numpy.float32)
    for given in (
        scores,
        numpy.array(scores),
        pandas.Series(scores),
        pandas.Series(scores, dtype="Float64"),
        polars.Series(scores),
        pyarrow.array(scores),
        [decimal.Decimal(score) for score in table["score"]],
        numpy.asfortranarray(numpy.array([scores, scores]).T)[:, 0],
    ):
        assert_same({**table, "score": given}, table)
    # In single precision they are other numbers, and those are kept.
    assert_same({**table, "score": halves}, {**table, "score": halves.astype(numpy.float64)})
    missing = [None if place % 5 == 4 else score for place, score in enumerate(scores)]
    blank = ["" if score is None else table["score"][place] for place, score in enumerate(missing)]
    not_a_number = [float("nan") if score is None else score for score in missing]
    for given in (missing, not_a_number, pandas.array(missing, dtype="Float64"), pyarrow.array(missing)):
        assert_same({**table, "score": given}, {**table, "score": blank})


def test_a_column_for_each_class_may_be_numbers() -> None:
    draw = numpy.random.default_rng(0)
    probabilities = draw.dirichlet(numpy.ones(len(SPECIES)), 9)
    truth = [SPECIES[place] for place in draw.integers(0, len(SPECIES), 9)]
    table: dict[str, Any] = {
        "image": [f"{place}.jpg" for place in range(9)],
        "truth": truth,
        **{f"prob_{name}": probabilities[:, place] for place, name in enumerate(SPECIES)},
    }
    text = {
        name: [cell if isinstance(cell, str) else repr(float(cell)) for cell in values]
        for name, values in table.items()
    }
    assert_same(pandas.DataFrame(table), text)
    assert_same(polars.DataFrame(table), text)
    assert_same(table, text)


def test_ids_of_taxa_may_be_integers() -> None:
    ids = {
        "id": list(range(1, len(LINEAGES) + 1)),
        **{rank: [lineage.split(";")[place] for lineage in LINEAGES] for place, rank in enumerate(RANKS)},
    }
    truth, answers = [1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 3, 5, 7, 2]
    expected = nm.evaluate({"truth": list(map(str, truth)), "predicted": list(map(str, answers))}, taxonomy=ids)
    for kind in ("int64", "int8", "uint16", "Int64"):
        assert_alike(
            nm.evaluate(pandas.DataFrame({"truth": truth, "predicted": answers}).astype(kind), taxonomy=ids), expected
        )
    assert_alike(nm.evaluate({"truth": truth, "predicted": answers}, taxonomy=ids), expected)
    assert_alike(nm.evaluate({"truth": numpy.array(truth), "predicted": numpy.array(answers)}, taxonomy=ids), expected)


def test_groups_may_be_truth_values() -> None:
    seen = [place % 3 == 0 for place in range(20)]
    for table in (
        {**TABLE, "seen": seen},
        as_pandas(TABLE).assign(seen=seen),
        as_polars(TABLE).with_columns(polars.Series("seen", seen)),
        as_pandas(TABLE).assign(seen=pandas.array(seen, dtype="boolean")),
        as_arrow(TABLE).append_column("seen", pyarrow.array([True, *seen]).slice(1)),
    ):
        groups = numbers(table, group="seen")["groups"]
        assert sorted((group["group"].lower(), group["n"]) for group in groups) == [("false", 13), ("true", 7)]


UNRELATED: dict[str, Any] = {
    "thumbnail": pyarrow.array([b"\xff\xd8"] * 20),
    "elapsed": pyarrow.array([datetime.timedelta(seconds=place) for place in range(20)]),
    "taken": pyarrow.array([datetime.datetime(2024, 5, 1 + place, 12) for place in range(20)]),
    "day": pyarrow.array([datetime.date(2024, 5, 1 + place) for place in range(20)]),
    "price": pyarrow.array([decimal.Decimal("1.50")] * 20),
    "box": pyarrow.array([{"x": 1.5, "y": 2.5}] * 20),
    "embedding": pyarrow.array([[0.5, 0.25]] * 20),
    "fixed": pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(numpy.zeros(60, numpy.float32)), 3),
    "tags": pyarrow.array([["a", "b"]] * 20),
    "nothing": pyarrow.nulls(20),
    "half": pyarrow.array(numpy.zeros(20, numpy.float16)),
}


@pytest.mark.parametrize("name", UNRELATED)
def test_a_column_of_any_type_may_stand_beside(name: str) -> None:
    assert_same(as_arrow(TABLE).append_column(name, UNRELATED[name]))


def test_objects_of_any_kind_may_stand_beside() -> None:
    frame = as_pandas(TABLE).assign(
        path=[pathlib.Path(image) for image in TABLE["image"]], box=[(1, 2)] * 20, thing=[{"a": 1}] * 20
    )
    assert_same(frame)
    assert_same({**TABLE, "path": list(frame["path"]), "box": [(1, 2)] * 20, "taken": [datetime.date(2024, 5, 1)] * 20})


def test_names_of_images_may_be_paths_and_numbers() -> None:
    for images in (
        [pathlib.PurePosixPath(image) for image in TABLE["image"]],
        range(20),
        numpy.arange(20),
        pandas.date_range("2024-05-01", periods=20),
    ):
        found = nm.evaluate({**TABLE, "image": images}, image="image", taxonomy=TAXONOMY)
        assert (
            found.metrics["species.path_top1"].value
            == nm.evaluate(TABLE, taxonomy=TAXONOMY).metrics["species.path_top1"].value
        )
        assert len(set(found.images.column("image"))) == 20


def test_a_table_needs_no_column_of_images() -> None:
    without = {name: values for name, values in TABLE.items() if name != "image"}
    found = nm.evaluate(without, taxonomy=TAXONOMY)
    assert (
        found.metrics["species.path_top1"].value
        == nm.evaluate(TABLE, taxonomy=TAXONOMY).metrics["species.path_top1"].value
    )
    assert len(found.images) == 20
