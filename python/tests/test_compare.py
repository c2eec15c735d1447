"""Comparisons have the program's numbers, however the runs are given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars
import pyarrow
import pytest

import nearmiss as nm
import the_program
from bits import differences, refusals_differ
from pages import page_of
from sources import as_arrow, as_pandas, as_polars
from variants import SPECIES, Rows, columns, named, ranked, taxonomy_rows, with_column, write_csv

TAXONOMY = columns(taxonomy_rows())
#: Two runs beside each other in one table; the second is better.
BOTH = with_column(named(60, 41), "mlp", [""])
BOTH = [[*BOTH[0][:2], "svm", "mlp"], *([*row[:3], row[1] if int(row[0][:-4]) % 4 else row[2]] for row in BOTH[1:])]
HELD = columns(BOTH)


def run_of(column: str) -> dict[str, list[str]]:
    """One run as a table of its own."""
    return {"image": HELD["image"], "truth": HELD["truth"], "predicted": HELD[column]}


def written(folder: Path, **tables: Rows) -> None:
    """Tables as files, and the taxonomy."""
    write_csv(folder / "taxonomy.csv", taxonomy_rows())
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)


def program(folder: Path, *arguments: object) -> dict[str, Any]:
    """What `nearmiss compare` writes."""
    done = the_program.nearmiss(folder, "compare", *arguments, "-o", "comparison", "--force")
    assert done.code == 0, done
    document = json.loads((folder / "comparison" / "compare.json").read_bytes())
    assert isinstance(document, dict)
    return document


def assert_equal(document: dict[str, Any], comparison: nm.ComparisonReport) -> None:
    """All numbers are the program's; provenance and what was read may differ."""
    ours = json.loads(comparison.to_json())
    for one in (document, ours):
        one["nearmiss"] = {key: value for key, value in one["nearmiss"].items() if key not in ("provenance", "notes")}
    found = list(differences(document, ours))
    assert not found, found[:5]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tables that program and package work in."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, both=BOTH)
    for column in ("svm", "mlp"):
        polars.DataFrame(run_of(column)).write_csv(tmp_path / f"{column}.csv")
    return tmp_path


@pytest.fixture(scope="module")
def comparison() -> nm.ComparisonReport:
    """Two columns of one table."""
    return nm.compare(HELD, predicted=["svm", "mlp"], taxonomy=TAXONOMY)


def test_columns_of_one_table_are_compared_as_the_program_does(folder: Path) -> None:
    document = program(
        folder, "both.csv", "-t", "taxonomy.csv", "--predicted-column", "svm", "--predicted-column", "mlp"
    )
    options: dict[str, Any] = {"predicted": ["svm", "mlp"], "taxonomy": "taxonomy.csv"}
    for table in ("both.csv", HELD, as_pandas(HELD), as_polars(HELD), as_arrow(HELD)):
        assert_equal(document, nm.compare(table, **options))


def test_tables_by_name_are_compared_as_the_program_compares_files(folder: Path) -> None:
    document = program(folder, "svm.csv", "mlp.csv", "-t", "taxonomy.csv")
    assert document["model_names"] == ["svm", "mlp"]
    for runs in (
        ["svm.csv", "mlp.csv"],
        {"svm": "svm.csv", "mlp": folder / "mlp.csv"},
        {"svm": run_of("svm"), "mlp": run_of("mlp")},
        {"svm": as_pandas(run_of("svm")), "mlp": as_polars(run_of("mlp"))},
        {"svm": as_arrow(run_of("svm")), "mlp": "mlp.csv"},
    ):
        assert_equal(document, nm.compare(runs, taxonomy="taxonomy.csv"))


def test_reports_are_compared_by_their_answers(folder: Path) -> None:
    document = program(folder, "svm.csv", "mlp.csv", "-t", "taxonomy.csv")
    svm, mlp = (nm.evaluate(run_of(column), taxonomy=TAXONOMY) for column in ("svm", "mlp"))
    assert_equal(document, nm.compare({"svm": svm, "mlp": mlp}))
    both = nm.evaluate(HELD, predicted=["svm", "mlp"], taxonomy=TAXONOMY)
    assert_equal(document, nm.compare(list(both)))
    assert_equal(document, nm.compare([both["svm"], both["mlp"]]))


def test_rankings_are_compared_with_their_options(folder: Path) -> None:
    first, second = ranked(30, 42), ranked(30, 43)
    truths = {row[0]: row[1] for row in first[1:]}
    second = [second[0], *([row[0], truths[row[0]], *row[2:]] for row in second[1:])]
    written(folder, first=first, second=second)
    document = program(
        folder, "first.csv", "second.csv", "-t", "taxonomy.csv", "--draws", 300, "--seed", 7, "--alpha", 0.1
    )
    assert_equal(
        document,
        nm.compare(
            {"first": columns(first), "second": columns(second)},
            taxonomy=TAXONOMY,
            draws=300,
            seed=7,
            alpha=0.1,
        ),
    )


def test_three_runs_are_compared_with_the_first(folder: Path) -> None:
    three = with_column(BOTH, "knn", SPECIES)
    written(folder, three=three)
    named_columns = [word for name in ("svm", "mlp", "knn") for word in ("--predicted-column", name)]
    document = program(folder, "three.csv", "-t", "taxonomy.csv", "--pairs", "first", *named_columns)
    assert_equal(
        document, nm.compare(columns(three), predicted=["svm", "mlp", "knn"], taxonomy=TAXONOMY, pairs="first")
    )


def test_runs_over_different_images_are_refused_or_intersected(folder: Path) -> None:
    part = {name: values[:40] for name, values in run_of("mlp").items()}
    polars.DataFrame(part).write_csv(folder / "part.csv")
    refused = the_program.nearmiss(folder, "compare", "svm.csv", "part.csv", "-t", "taxonomy.csv", "-o", "out")
    runs = {"svm": run_of("svm"), "part": part}
    with pytest.raises(nm.NearmissError) as ours:
        nm.compare(runs, taxonomy=TAXONOMY)
    assert "intersect=True" in str(ours.value) and "--" not in str(ours.value)
    with pytest.raises(nm.NearmissError) as of_files:
        nm.compare(["svm.csv", "part.csv"], taxonomy="taxonomy.csv")
    assert not refusals_differ(refused.refusal, str(of_files.value))
    document = program(folder, "svm.csv", "part.csv", "-t", "taxonomy.csv", "--intersect")
    assert_equal(document, nm.compare(runs, taxonomy=TAXONOMY, intersect=True))


def test_a_truth_given_beside_serves_all_runs(folder: Path) -> None:
    document = program(folder, "svm.csv", "mlp.csv", "-t", "taxonomy.csv")
    answers = {name: {"image": HELD["image"], "predicted": HELD[name]} for name in ("svm", "mlp")}
    by_image = dict(zip(HELD["image"], HELD["truth"]))
    for truth in (HELD["truth"], by_image, as_pandas({"image": HELD["image"], "truth": HELD["truth"]})):
        assert_equal(document, nm.compare(answers, truth=truth, taxonomy=TAXONOMY))


def test_the_verdict_and_the_table_are_those_of_the_program(folder: Path, comparison: nm.ComparisonReport) -> None:
    done = the_program.nearmiss(
        folder,
        "compare",
        "both.csv",
        "-t",
        "taxonomy.csv",
        "--predicted-column",
        "svm",
        "--predicted-column",
        "mlp",
        "-o",
        "out",
    )
    assert comparison.verdict in done.said
    assert all(
        line.rstrip() in repr(comparison) for line in done.said.splitlines() if line.startswith(("a ", "b ", "#"))
    )
    assert comparison.to_latex().rstrip() == (folder / "out" / "table.tex").read_text(encoding="utf-8").rstrip()
    ranx = the_program.nearmiss(
        folder,
        "compare",
        "both.csv",
        "-t",
        "taxonomy.csv",
        "--predicted-column",
        "svm",
        "--predicted-column",
        "mlp",
        "-o",
        "ranx",
        "--ranx-table",
    )
    assert ranx.code == 0
    assert (
        comparison.to_latex(ranx=True).rstrip() == (folder / "ranx" / "table.tex").read_text(encoding="utf-8").rstrip()
    )


def test_the_table_has_every_number_of_every_run(comparison: nm.ComparisonReport) -> None:
    numbers = json.loads(comparison.to_json())
    rows = list(comparison.table)
    assert rows
    for metric in numbers["nearmiss"]["metrics"]:
        for place, run in enumerate(numbers["nearmiss"]["runs"]):
            row = next(row for row in rows if metric["name"] in row.values() and run in row.values())
            assert metric["means"][place] in row.values(), (metric["name"], run, row)


def test_a_saved_comparison_is_the_programs(folder: Path, comparison: nm.ComparisonReport) -> None:
    program(folder, "both.csv", "-t", "taxonomy.csv", "--predicted-column", "svm", "--predicted-column", "mlp")
    saved = comparison.save("python")
    names = sorted(path.name for path in (folder / "comparison").iterdir() if not path.name.startswith("."))
    assert names == sorted(path.name for path in saved.iterdir() if not path.name.startswith("."))
    for name in names:
        if name.endswith((".csv", ".tex", ".txt")):
            assert (folder / "comparison" / name).read_bytes() == (saved / name).read_bytes(), name


def test_a_notebook_shows_the_verdict_and_all_means(comparison: nm.ComparisonReport) -> None:
    page = page_of(comparison)
    assert comparison.verdict in page.text
    for metric in json.loads(comparison.to_json())["nearmiss"]["metrics"]:
        if metric["n"]:
            assert all(f"{mean:.3f}" in page.text for mean in metric["means"] if mean is not None), metric["name"]


def test_what_cannot_be_compared_is_refused() -> None:
    for runs, parts in (
        ({"svm": run_of("svm")}, ()),
        ([run_of("svm"), run_of("mlp")], ("names",)),
        (["a/x.csv", "b/x.csv"], ("'x'",)),
        ({"svm": run_of("svm"), "mlp": 3}, ()),
        ({}, ()),
        ([], ()),
        (run_of("svm"), ()),
    ):
        with pytest.raises(nm.NearmissError) as refused:
            nm.compare(runs, taxonomy=TAXONOMY)
        assert all(part in str(refused.value) for part in parts), refused.value
    scorer = nm.Scorer(TAXONOMY)
    scorer.update(SPECIES[:2], SPECIES[:2])
    with pytest.raises(nm.NearmissError, match="keeps no answers"):
        nm.compare({"a": scorer.report(), "b": scorer.report()})
    one = nm.evaluate(run_of("svm"), taxonomy=TAXONOMY)
    other = nm.evaluate(run_of("mlp"), clade="Animalia")
    with pytest.raises(nm.NearmissError, match="clade="):
        nm.compare({"a": one, "b": other})


def test_a_table_of_numbers_goes_to_other_libraries(comparison: nm.ComparisonReport) -> None:
    assert (
        pyarrow.table(comparison.table).num_rows == len(comparison.table) == polars.DataFrame(comparison.table).height
    )
