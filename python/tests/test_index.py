"""The index of a frame of pandas: left aside where it counts rows, a column where it has a name."""

from __future__ import annotations

import pandas
import pytest

from asserting import TABLE, assert_same, refusal, says
from sources import as_arrow, as_pandas


def test_an_index_is_left_aside_whatever_it_is() -> None:
    frame = as_pandas(TABLE)
    for index in (
        [0] * 20,
        list(range(19, -1, -1)),
        TABLE["image"],
        pandas.date_range("2024-05-01", periods=20),
        [None] * 20,
    ):
        assert_same(frame.set_axis(index, axis=0))
    assert_same(pandas.concat([frame[:8], frame[8:].reset_index(drop=True)]))


def test_an_index_with_a_name_is_a_column() -> None:
    frame = as_pandas(TABLE)
    assert_same(frame.set_index("image"))
    assert_same(frame.set_index(["image", "truth"]))
    assert_same(frame.assign(group="a").set_index("group", append=True).reset_index("group", drop=True))


def test_a_name_that_index_and_columns_share_is_refused() -> None:
    frame = as_pandas(TABLE)
    says(refusal(frame.set_index("image", drop=False)), "'image'", "index", "reset_index")


def test_columns_with_names_of_several_levels_are_refused() -> None:
    frame = as_pandas(TABLE)
    frame.columns = pandas.MultiIndex.from_tuples([("a", name) for name in frame.columns])
    says(refusal(frame), "2 levels", "('a', 'image')", "columns")


@pytest.mark.parametrize("way", ["pandas", "arrow"])
def test_two_columns_of_one_name_are_refused(way: str) -> None:
    if way == "pandas":
        frame = as_pandas(TABLE)
        frame.columns = ["image", "truth", "truth"]
    else:
        frame = as_arrow(TABLE).rename_columns(["image", "truth", "truth"])
    says(refusal(frame), "columns", "'truth'")
    assert any(remedy in refusal(frame) for remedy in ("rename", "its own name", "leave one out"))
