"""Events, cameras and sites have the program's numbers and tables."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import polars
import pytest

import nearmiss as nm
import the_program
from bits import differences

FIXTURE = json.loads((Path(__file__).parents[2] / "tests" / "fixtures" / "events.json").read_text(encoding="utf-8"))
#: The images of the fixture, an answer a row.
CAMERAS: dict[str, list[Any]] = {
    "image": [f"{number}.jpg" for number in range(len(FIXTURE["images"]))],
    "site": [image["site"] for image in FIXTURE["images"]],
    "camera": [image["camera"] for image in FIXTURE["images"]],
    "timestamp": [image["time"] for image in FIXTURE["images"]],
    "truth": [image["truth"] for image in FIXTURE["images"]],
} | {
    f"prob_{name}": [image["thousandths"][place] / 1000 for image in FIXTURE["images"]]
    for place, name in enumerate(FIXTURE["species"])
}
LINEAGES = [dict(zip(("family", "genus", "species"), line.split(","))) for line in FIXTURE["tree"].splitlines()[1:]]


@pytest.fixture(scope="module")
def report() -> nm.Report:
    """The fixture, scored."""
    return nm.evaluate(CAMERAS, taxonomy=LINEAGES, event_gap=datetime.timedelta(minutes=10))


def leaves(expected: Any, path: str) -> list[tuple[str, float]]:
    """All numbers by their names."""
    if isinstance(expected, dict):
        return [leaf for key, value in expected.items() for leaf in leaves(value, f"{path}.{key}")]
    return [] if expected is None else [(path, expected)]


@pytest.mark.parametrize("block", ["events", "presence"])
def test_the_numbers_are_those_of_the_naive_program(report: nm.Report, block: str) -> None:
    for name, expected in leaves(FIXTURE["expected"][block], block):
        assert report.metrics[name].value == pytest.approx(expected, abs=1e-9), name


def test_the_program_and_the_package_say_the_same(tmp_path: Path, report: nm.Report) -> None:
    polars.DataFrame(CAMERAS).write_csv(tmp_path / "cameras.csv")
    polars.DataFrame(LINEAGES).write_csv(tmp_path / "tree.csv")
    done = the_program.nearmiss(
        tmp_path, "report", "cameras.csv", "-t", "tree.csv", "--event-gap", "10min", "--tables-only", "-o", "out"
    )
    assert done.code == 0, done
    document = json.loads((tmp_path / "out" / "metrics.json").read_bytes())
    ours = json.loads(report.to_json())
    found = [*differences(document["events"], ours["events"]), *differences(document["presence"], ours["presence"])]
    assert not found, found[:5]
    for name in ("events", "sites", "presence", "occupancy"):
        table = polars.read_csv(tmp_path / "out" / f"{name}.csv", infer_schema=False)
        assert table.height == len(getattr(report, name)), name
        assert table.columns == list(polars.DataFrame(getattr(report, name)).columns), name


def test_events_may_be_what_is_scored() -> None:
    pooled = nm.evaluate(CAMERAS, taxonomy=LINEAGES, event_gap="10min", by="event")
    expected = FIXTURE["expected"]["events"]
    assert pooled.metrics["species.path_top1"].value == pytest.approx(expected["rules"]["mean"]["path_top1"]["species"])
    assert pooled.metrics["accounting.scored"].value == expected["scored"]


def test_what_makes_no_events_is_refused() -> None:
    table = {"image": ["1", "2"], "truth": ["Felis catus"] * 2, "predicted": ["Felis catus"] * 2}
    for more, options, part in (
        ({}, {"event_gap": "30min"}, "time_column="),
        ({"timestamp": ["", ""]}, {"event_gap": "30min"}, "no image has a time"),
        ({"timestamp": ["soon", "2021-05-03"]}, {"event_gap": "30min"}, "1 of 2 times cannot be read, the first 'soon'"),
        ({}, {"event_gap": "0s"}, "is not more than nothing"),
        ({}, {"event_gap": "30"}, "has no unit"),
        ({}, {"by": "event"}, "event_gap="),
        ({"timestamp": ["2021-05-03"] * 2}, {"event_gap": "1d", "agree": 0.3}, "agree"),
        ({}, {"site_column": "plot"}, "no column 'plot'"),
    ):
        with pytest.raises(nm.NearmissError) as refused:
            nm.evaluate({**table, **more}, clade="Felidae", **options)
        assert part in str(refused.value), refused.value
