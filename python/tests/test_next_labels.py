"""The order of images is the program's, however the models are given."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import nearmiss as nm
import the_program
from variants import write_csv

IMAGES = [str(image) for image in range(12)]
TRUTH = ["Felis catus", "Lynx lynx", "Vulpes vulpes"] * 4
OLD = [name if place % 3 else "Felis catus" for place, name in enumerate(TRUTH)]
NEW = [name if place % 4 else "Lynx lynx" for place, name in enumerate(TRUTH)]


def table(answers: list[str]) -> dict[str, list[str]]:
    return {"image": IMAGES, "predicted": answers}


def test_the_order_is_that_of_the_program(tmp_path: Path) -> None:
    for name, answers in [("old", OLD), ("new", NEW)]:
        write_csv(tmp_path / f"{name}.csv", [["image", "predicted"], *map(list, zip(IMAGES, answers, strict=True))])
    write_csv(tmp_path / "labels.csv", [["image", "truth"], [IMAGES[0], TRUTH[0]], [IMAGES[4], TRUTH[4]]])
    done = the_program.nearmiss(tmp_path, "next-labels", "old.csv", "new.csv", "--truth", "labels.csv", "-o", "next.csv")
    assert done.code == 0, done
    with (tmp_path / "next.csv").open(newline="") as file:
        expected = [row["image"] for row in csv.DictReader(file)]
    ours = nm.next_labels({"old": table(OLD), "new": table(NEW)}, truth_table={"image": ["0", "4"], "truth": [TRUTH[0], TRUTH[4]]})
    assert ours.table.column("image") == expected
    assert len(expected) == len(IMAGES) - 2


def test_a_simulation_is_that_of_the_program(tmp_path: Path) -> None:
    rows = [["image", "truth", "old", "new"], *map(list, zip(IMAGES, TRUTH, OLD, NEW, strict=True))]
    write_csv(tmp_path / "both.csv", rows)
    columns = ("--predicted-column", "old", "--predicted-column", "new")
    done = the_program.nearmiss(tmp_path, "next-labels", "both.csv", *columns, "--simulate", "-o", "simulated")
    assert done.code == 0, done
    document = json.loads((tmp_path / "simulated" / "simulation.json").read_bytes())
    held = {"image": IMAGES, "truth": TRUTH, "old": OLD, "new": NEW}
    ours = nm.next_labels(held, predicted=["old", "new"], simulate=True).numbers
    assert ours["methods"] == document["methods"]
    assert ours["models"] == document["models"]


def test_models_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(nm.NearmissError, match="all answers to all images are one taxon, 'Felis catus'"):
        nm.next_labels({"a": table(["Felis catus"] * 12), "b": table(["Felis catus"] * 12)})
