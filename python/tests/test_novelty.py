"""Truths that are no candidates: the tables and the numbers by their names."""

from __future__ import annotations

import pytest

import nearmiss as nm

#: Truths with the probabilities of the three species that were asked for.
IMAGES = [
    ("Felis catus", (0.8, 0.1, 0.1)),
    ("Felis catus", (0.3, 0.5, 0.2)),
    ("Lynx lynx", (0.2, 0.7, 0.1)),
    ("Vulpes vulpes", (0.1, 0.1, 0.8)),
    ("Felis silvestris", (0.5, 0.4, 0.1)),
]
CANDIDATES = ("Felis catus", "Lynx lynx", "Vulpes vulpes")
TAXONOMY = {
    "kingdom": ["Animalia"] * 4,
    "class": ["Mammalia"] * 4,
    "order": ["Carnivora"] * 4,
    "family": ["Felidae", "Felidae", "Felidae", "Canidae"],
    "genus": ["Felis", "Felis", "Lynx", "Vulpes"],
    "species": ["Felis catus", "Felis silvestris", "Lynx lynx", "Vulpes vulpes"],
}


def table(images: list[tuple[str, tuple[float, ...]]]) -> dict[str, list[object]]:
    """A row for each image and candidate."""
    rows = [
        (f"{number}.jpg", truth, label, score)
        for number, (truth, scores) in enumerate(images, 1)
        for label, score in zip(CANDIDATES, scores)
    ]
    return {name: [row[place] for row in rows] for place, name in enumerate(("image", "truth", "label", "score"))}


@pytest.fixture(scope="module")
def report() -> nm.Report:
    """A report of five images, one of which shows what was not asked for."""
    return nm.evaluate(table(IMAGES), taxonomy=TAXONOMY)


def test_rows_are_by_how_new_the_truth_is(report: nm.Report) -> None:
    assert report.novelty.column("reach") == ["known", "novel", "new species of a known genus"]
    assert report.novelty.column("n") == [4, 1, 1]
    # The wildcat is called a house cat: it meets it in the genus, and no candidate comes nearer.
    assert report.novelty.column("mean_height") == [0.5, 1.0, 1.0]
    assert report.novelty.column("excess_height") == [0.5, 0.0, 0.0]
    assert report.novelty.column("over_specific") == [None, 1.0, 1.0]


def test_detection_is_by_rank_and_score(report: nm.Report) -> None:
    rows = report.novelty_detection
    found = dict(zip(zip(rows.column("rank"), rows.column("among"), rows.column("score")), rows.column("auroc")))
    # 1 - p is 0.5 for the wildcat, and 0.2, 0.5, 0.3 and 0.2 for the others: three beaten, one tied.
    assert found["species", "all", "maximum_probability"] == 3.5 / 4
    assert report.metrics["novelty.detection.species.all.maximum_probability.auroc"].value == 3.5 / 4
    assert report.metrics["novelty.rows.known.reached"].value == 0.75


def test_there_are_no_rows_where_every_truth_is_a_candidate() -> None:
    known = nm.evaluate(table(IMAGES[:4]), taxonomy=TAXONOMY)
    assert known.novelty.column("reach") == []
    assert known.novelty_detection.column("auroc") == []
