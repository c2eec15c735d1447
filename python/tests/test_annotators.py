"""Annotators have the program's numbers, however they are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nearmiss as nm
import the_program
from variants import write_csv

ROWS = [
    ["image", "annotator", "label"],
    *(["1", who, what] for who, what in [("ana", "Felis catus"), ("zoe", "Felis catus"), ("max", "Lynx lynx")]),
    *(["2", who, what] for who, what in [("ana", "Lynx lynx"), ("zoe", "Lynx lynx"), ("max", "Lynx lynx")]),
    *(["3", who, what] for who, what in [("ana", "Vulpes vulpes"), ("zoe", "Felis catus")]),
]
ANSWERS = [["image", "predicted"], ["1", "Felis silvestris"], ["2", "Lynx lynx"], ["3", "Vulpes vulpes"]]
TABLE = {name: [row[place] for row in ROWS[1:]] for place, name in enumerate(ROWS[0])}


def test_numbers_are_those_of_the_program(tmp_path: Path) -> None:
    write_csv(tmp_path / "labels.csv", ROWS)
    write_csv(tmp_path / "svm.csv", ANSWERS)
    done = the_program.nearmiss(tmp_path, "annotators", "labels.csv", "--predictions", "svm.csv", "-o", "people")
    assert done.code == 0, done
    document = json.loads((tmp_path / "people" / "annotators.json").read_bytes())
    answers = {"image": ["1", "2", "3"], "predicted": ["Felis silvestris", "Lynx lynx", "Vulpes vulpes"]}
    ours = nm.annotators(TABLE, predictions={"svm": answers}).numbers
    for key in ("agreement", "agreement_tree", "human_level", "annotators", "annotator_pairs", "consensus"):
        assert ours[key] == document[key], key


def test_everybody_is_held_against_the_others() -> None:
    report = nm.annotators(TABLE)
    species = {rater["name"]: rater["ranks"][-1] for rater in report.raters}
    # Two of two are right of image 2; what the others say of images 1 and 3 is wrong, or no species.
    assert {name: (row["n"], row["accuracy"]) for name, row in species.items()} == {
        "ana": (2, 0.5),
        "max": (2, 0.5),
        "zoe": (2, 0.5),
    }
    assert report.human_level[-1]["mean"] == 0.5


def test_one_who_says_two_things_is_refused() -> None:
    with pytest.raises(nm.NearmissError, match="rows 2 and 3: x says 'Felis catus' and 'Lynx lynx' of image '1'"):
        nm.annotators({"image": ["1", "1"], "annotator": ["x", "x"], "label": ["Felis catus", "Lynx lynx"]})
