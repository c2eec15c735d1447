"""Blank, person, vehicle: beside the taxonomy, as the program has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nearmiss as nm

TABLE = {
    "truth": ["Vulpes vulpes", "Vulpes vulpes", "Vulpes vulpes", "blank", "vide", "human"],
    "predicted": ["Vulpes vulpes", "Lynx lynx", "empty", "Vulpes vulpes", "blank", "Vulpes vulpes"],
}


def test_classes_have_rows_and_numbers_by_name() -> None:
    report = nm.evaluate(TABLE, truth="truth", predicted="predicted")
    # Three animals, one of them missed; two blanks, one of them false; one person, taken for an animal.
    assert report.metrics["non_taxa.missed_animals"].value == pytest.approx(1 / 3)
    assert report.metrics["non_taxa.false_animals"].value == 0.5
    assert report.metrics["non_taxa.persons_as_animals"].value == 1.0
    assert report.metrics["non_taxa.classes.animal.precision"].value == 0.5
    assert report.metrics["accounting.not_a_taxon"].value == 3
    classes = report.non_taxa
    assert classes.column("class") == ["animal", "blank", "person"]
    assert classes.column("answered_blank") == [1, 1, 0]
    assert json.loads(report.to_json())["non_taxa"]["classes"]["blank"]["recall"] == 0.5


def test_tables_of_taxa_alone_have_none() -> None:
    table = {"truth": ["Vulpes vulpes", "Lynx lynx"], "predicted": ["Vulpes vulpes", "Vulpes vulpes"]}
    report = nm.evaluate(table, truth="truth", predicted="predicted")
    assert len(report.non_taxa) == 0 and "non_taxa.accuracy" not in report.metrics


def test_classes_are_added_words_taken_back_and_mistakes_refused(tmp_path: Path) -> None:
    table = {"truth": ["Vulpes vulpes", "grey card", "ghost"], "predicted": ["Vulpes vulpes", "Grey_card", "ghost"]}
    asked = {"truth": "truth", "predicted": "predicted"}
    report = nm.evaluate(table, **asked, non_taxon="setup=grey card", taxon_after_all=["ghost"])
    assert report.metrics["non_taxa.classes.setup.right"].value == 1
    assert report.metrics["accounting.scored"].value == 2
    with pytest.raises(nm.NearmissError, match="names no class"):
        nm.evaluate(table, **asked, non_taxon="=x")
    with pytest.raises(nm.NearmissError, match="taxon_after_all=.*'fox'"):
        nm.evaluate(table, **asked, taxon_after_all="fox")
