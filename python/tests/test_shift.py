"""Two sets of images have the program's numbers, however they are given."""

from __future__ import annotations

import json
from pathlib import Path

import nearmiss as nm
import pytest

import the_program
from bits import differences

TREE = {
    "order": ["Carnivora"] * 3,
    "family": ["Felidae", "Felidae", "Canidae"],
    "genus": ["Felis", "Lynx", "Vulpes"],
    "species": ["Felis catus", "Lynx lynx", "Vulpes vulpes"],
}
CAT, LYNX, FOX = TREE["species"]
#: The year, the truth, the answer, and how many images have them.
ROWS = [
    *[("2023", CAT, CAT, 5), ("2023", CAT, LYNX, 1), ("2023", LYNX, LYNX, 1), ("2023", LYNX, CAT, 1)],
    *[("2023", FOX, FOX, 1), ("2023", FOX, CAT, 1), ("2024", CAT, CAT, 1), ("2024", CAT, LYNX, 1)],
    *[("2024", LYNX, LYNX, 1), ("2024", LYNX, CAT, 1), ("2024", FOX, FOX, 2), ("2024", FOX, CAT, 4)],
]


def table(year: str | None = None) -> dict[str, list[str]]:
    """The images of one year, or of both."""
    rows = [row for row in ROWS if year in (None, row[0]) for _ in range(row[3])]
    columns = list(zip(*((str(place), *row[:3]) for place, row in enumerate(rows))))
    return dict(zip(("image", "year", "truth", "predicted"), map(list, columns)))


def test_two_years_by_hand_from_one_table_and_from_two() -> None:
    one = nm.shift(table(), group="year", between=["2023", "2024"], taxonomy=TREE, rank="species", draws=100)
    exact = next(row for row in one.table if row["metric"] == "exact")
    assert exact["difference"] == pytest.approx(-0.3) and exact["skill"] == pytest.approx(-0.2)
    assert exact["composition"] == pytest.approx(-0.1) and exact["only_first"] == 0.0
    shares = {row["name"]: row["bbse"] for row in one.mix}
    assert shares == pytest.approx({CAT: 0.3, LYNX: 0.3, FOX: 0.4})
    assert "skill within the same taxa" in one.verdict
    with pytest.warns(nm.NearmissWarning, match="image names are in both sets"):
        two = nm.shift(table("2023"), table("2024"), taxonomy=TREE, rank="species", draws=100)
    assert next(iter(two.table)) == next(iter(one.table))


def test_a_second_set_without_truths_is_estimated() -> None:
    second = {key: cells for key, cells in table("2024").items() if key != "truth"}
    with pytest.warns(nm.NearmissWarning):
        found = nm.shift(table("2023"), second, taxonomy=TREE, rank="species", draws=100)
    document = json.loads(found.to_json())
    assert document["label_shift"]["accuracy_bbse"] == pytest.approx(0.6)
    assert document["label_shift"]["accuracy_second"] is None


def test_numbers_are_the_program_s(tmp_path: Path) -> None:
    rows = table()
    lines = [",".join(rows)] + [",".join(cells) for cells in zip(*rows.values())]
    (tmp_path / "years.csv").write_text("\n".join(lines) + "\n")
    tree = [",".join(TREE)] + [",".join(cells) for cells in zip(*TREE.values())]
    (tmp_path / "tree.csv").write_text("\n".join(tree) + "\n")
    arguments = ["years.csv", "--group-column", "year", "--between", "2023", "2024", "--taxonomy", "tree.csv", "-o", "years"]
    done = the_program.nearmiss(tmp_path, "shift", *arguments)
    assert done.code == 0, done
    theirs = json.loads((tmp_path / "years" / "shift.json").read_bytes())
    ours = json.loads(nm.shift(table(), group="year", between=["2023", "2024"], taxonomy=TREE).to_json())
    for one in (theirs, ours):
        for key in ("provenance", "notes"):
            del one[key]
    assert not list(differences(theirs, ours))


def test_what_cannot_be_held_against_each_other_is_refused() -> None:
    with pytest.raises(nm.NearmissError, match="one table is one set"):
        nm.shift(table(), taxonomy=TREE)
    with pytest.raises(nm.NearmissError, match="'2025'"):
        nm.shift(table(), group="year", between=["2023", "2025"], taxonomy=TREE)
    with pytest.raises(nm.NearmissError, match="two groups"):
        nm.shift(table(), group="year", between=["2023"], taxonomy=TREE)
