"""Sets have the program's numbers, however their tables are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nearmiss as nm
import the_program
from sources import as_arrow, as_pandas, as_polars

TRUTH = {
    "quadrat": ["q1", "q2", "q3", "q4"],
    "transect": ["A", "A", "B", "C"],
    "species": [
        "['Poa annua', 'Sonchus asper']",
        "['Sonchus asper']",
        "['Taraxacum officinale', 'Poa annua', 'Poa trivialis']",
        "[]",
    ],
}
ANSWERS = {
    "quadrat": ["q1", "q2", "q3", "q4"],
    "species": [
        "['Poa annua', 'Taraxacum officinale', 'Poa trivialis']",
        "['Sonchus asper']",
        "['Poa trivialis']",
        "['Sonchus asper', 'Poa annua']",
    ],
}


def test_a_meadow_by_hand() -> None:
    report = nm.sets(ANSWERS, truth=TRUTH, taxonomy="arable-france")
    (row,) = report.metrics
    assert row["sample_f1"] == pytest.approx(0.475)
    # Transect A (0.4 + 1) / 2, B 0.5, C 0.
    assert row["transect_f1"] == pytest.approx(0.4)
    assert row["micro_f1"] == pytest.approx(6 / 13)
    assert (row["truths"], row["answers"]) == (6, 7)
    assert [image["height"] for image in report.images][:2] == [3.0, 0.0]
    assert len(report.thresholds) == 0 and len(report.sites) == 0


def test_tables_of_every_library_have_the_numbers_of_the_program(tmp_path: Path) -> None:
    for name, table in (("answers", ANSWERS), ("truth", TRUTH)):
        as_polars(table).write_csv(tmp_path / f"{name}.csv")
    arguments = ["sets", "answers.csv", "--truth", "truth.csv", "-t", "arable-france", "-o", "out"]
    assert the_program.nearmiss(tmp_path, *arguments).code == 0
    theirs = json.loads((tmp_path / "out" / "sets.json").read_bytes())["runs"][0]
    for form in (dict, as_pandas, as_polars, as_arrow):
        ours = json.loads(nm.sets(form(ANSWERS), truth=form(TRUTH), taxonomy="arable-france").to_json())["runs"][0]
        assert ours["sets"] == theirs["sets"] and ours["ranks"] == theirs["ranks"]


def test_several_runs_are_compared() -> None:
    right = {"quadrat": TRUTH["quadrat"], "species": TRUTH["species"]}
    report = nm.sets({"old": ANSWERS, "new": right}, truth=TRUTH, taxonomy="arable-france")
    assert report.runs == ["old", "new"]
    comparison = json.loads(report.to_json())["comparison"]
    (f1,) = [metric for metric in comparison["metrics"] if metric["name"] == "sample_f1"]
    assert f1["pairs"][0]["difference"] == pytest.approx(0.475 - 1)


def test_a_threshold_without_scores_is_refused() -> None:
    with pytest.raises(nm.NearmissError, match="threshold="):
        nm.sets(ANSWERS, truth=TRUTH, taxonomy="arable-france", threshold=0.5)
