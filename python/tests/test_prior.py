"""What is known of place and season, and rolling up."""

import json
from pathlib import Path

import pytest

import nearmiss as nm

# Four images of two sites: the probabilities of a cat and a lynx.
PROBABILITIES = {"1": (0.7, 0.3), "2": (0.45, 0.55), "3": (0.6, 0.4), "4": (0.2, 0.8)}
TRUTHS = {"1": "Felis catus", "2": "Felis catus", "3": "Lynx lynx", "4": "Lynx lynx"}
SITES = {"1": "town", "2": "town", "3": "wood", "4": "town"}
ROWS = [
    {"image": image, "site": SITES[image], "truth": TRUTHS[image], "label": label, "score": score}
    for image, scores in PROBABILITIES.items()
    for label, score in zip(("Felis catus", "Lynx lynx"), scores)
]
PRIOR = {"taxon": ["Felis catus", "Felis catus", "Lynx lynx"], "site": ["town", "wood", "wood"], "prior": [1.0, 0.25, 1.0]}


def metrics_of(**options: object) -> dict:
    return json.loads(nm.evaluate(ROWS, clade="Carnivora;Felidae", **options).to_json())


def test_a_prior_may_be_a_table_in_memory_or_a_file(tmp_path: Path) -> None:
    found = metrics_of(prior=PRIOR)["prior"]
    # In town there are no lynxes: 2 is mended and 4 is spoilt; in the wood 0.6 * 0.25 is less than 0.4.
    species = found["ranks"][-1]
    assert (species["name"], species["before"], species["after"]) == ("species", 0.5, 0.75)
    assert (found["changed"], found["better"], found["worse"]) == (3, 2, 1)
    outside = found["rarities"][0]
    assert (outside["name"], outside["n"], outside["before"], outside["after"]) == ("outside", 1, 1.0, 0.0)
    file = tmp_path / "prior.csv"
    file.write_text("taxon,site,prior\nFelis catus,town,1\nFelis catus,wood,0.25\nLynx lynx,wood,1\n")
    again = metrics_of(prior=str(file))["prior"]
    assert {key: value for key, value in again.items() if key != "lists"} == {
        key: value for key, value in found.items() if key != "lists"
    }
    assert "prior" not in metrics_of()


def test_rolling_up_is_one_more_rule() -> None:
    decisions = metrics_of(roll_up="speciesnet")["decisions"]
    assert decisions["rolled_up_as"] == "speciesnet"
    # None is above 0.8; the genus of 1 and of 4 is above 0.65, the family of the others.
    assert decisions["roll_up"]["accuracy"]["genus"] == 0.5
    assert decisions["roll_up"]["accuracy"]["family"] == 1.0
    assert "roll_up" not in metrics_of()["decisions"]


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(nm.NearmissError, match="roll_up='camera' is none of speciesnet, antenna"):
        metrics_of(roll_up="camera")
    with pytest.raises(nm.NearmissError, match="none of its 1 taxa is in the taxonomy"):
        metrics_of(geofence={"taxon": ["Canis lupus"]})
