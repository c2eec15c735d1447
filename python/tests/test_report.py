"""What a report says: its numbers by their names, its tables, what it shows, what it writes."""

from __future__ import annotations

import csv
import json
import math
import pickle
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest

import nearmiss as nm
import the_program
from bits import differences
from pages import page_of
from variants import SPECIES, Variant, all_variants, columns, named, taxonomy_rows, with_column

TAXONOMY = columns(taxonomy_rows())
TABLE = columns(named(30, 31))
TWO = columns(with_column(named(30, 31), "other", SPECIES))
TABLES = ("ranks", "taxa", "mistakes", "confusions", "images")


@pytest.fixture(scope="module")
def report() -> nm.Report:
    """A report of one run."""
    return nm.evaluate(TABLE, taxonomy=TAXONOMY)


@pytest.fixture(scope="module")
def two() -> nm.Report:
    """A report of two runs."""
    return nm.evaluate(TWO, taxonomy=TAXONOMY, predicted=["predicted", "other"])


def variant(name: str) -> Variant:
    """A small table by its name."""
    return next(variant for variant in all_variants() if variant.name == name)


# Numbers


def test_a_metric_has_a_value_its_interval_and_its_number(report: nm.Report) -> None:
    right = report.metrics["species.path_top1"]
    document = json.loads(report.to_json())
    row = document["ranks"][-1]
    assert row["rank"] == "species"
    assert (right.value, right.low, right.high, right.n) == (
        row["path_top1"],
        row["path_top1_low"],
        row["path_top1_high"],
        30,
    )
    assert right.low is not None and right.high is not None and right.low < float(right) < right.high
    assert float(right) == right.value
    assert repr(right).startswith(repr(right.value)) and "(n = 30)" in repr(right)


def test_a_count_is_a_whole_number_and_what_is_undefined_is_none(report: nm.Report) -> None:
    mistakes = report.metrics["how_wrong.mistakes"]
    assert isinstance(mistakes.value, int) and mistakes.value == len(report.mistakes) > 0
    undefined = report.metrics["species.summed_top1"]
    assert (undefined.value, undefined.low, undefined.high) == (None, None, None)
    assert math.isnan(float(undefined))


def test_a_metric_without_an_interval_says_why(report: nm.Report) -> None:
    precision = report.metrics["species.path_macro_precision"]
    assert precision.value is not None and precision.low is None
    assert precision.no_interval and "precision" in precision.no_interval


def test_metrics_are_a_mapping_that_cannot_be_changed(report: nm.Report) -> None:
    metrics = report.metrics
    assert isinstance(metrics, Mapping) and len(metrics) == len(list(metrics)) == len(set(metrics)) > 100
    assert "genus.path_top1" in metrics and "genus.nothing" not in metrics and metrics.get("genus.nothing") is None
    with pytest.raises(TypeError):
        metrics["genus.path_top1"] = 1.0  # type: ignore[index]
    with pytest.raises(AttributeError):
        metrics["genus.path_top1"].value = 1.0  # type: ignore[misc]


def test_an_unknown_metric_is_refused_with_the_nearest_names(report: nm.Report) -> None:
    with pytest.raises(KeyError) as unknown:
        report.metrics["species.path_top2"]
    assert "'species.path_top2'" in str(unknown.value) and "species.path_top1" in str(unknown.value)
    with pytest.raises(KeyError) as nothing:
        report.metrics["qqqqqqqq"]
    assert "'qqqqqqqq'" in str(nothing.value)


def test_the_flat_dict_holds_floats_alone(report: nm.Report) -> None:
    flat = report.metrics.to_dict()
    assert all(type(name) is str and type(value) is float and math.isfinite(value) for name, value in flat.items())
    assert flat["how_wrong.mistakes"] == float(len(report.mistakes))
    assert set(flat) == {name for name, metric in report.metrics.items() if metric.value is not None}
    assert json.loads(json.dumps(flat)) == flat


def test_score_gives_a_plain_dict_of_the_same_numbers(report: nm.Report) -> None:
    answers = [answer or None for answer in TABLE["predicted"]]
    scores = nm.score(TABLE["truth"], answers, taxonomy=TAXONOMY)
    assert type(scores) is dict
    assert scores == {
        name: None if metric.value is None else float(metric.value) for name, metric in report.metrics.items()
    }
    as_array = nm.score(
        numpy.array(TABLE["truth"]), pandas.Series(answers), nm.evaluate(TABLE, taxonomy=TAXONOMY).taxonomy
    )
    assert as_array == scores
    with pytest.raises(nm.NearmissError, match=r"2\b.*\b1\b.*each answer needs its truth"):
        nm.score(["Felis catus", "Lynx lynx"], ["Felis catus"])


def test_the_metrics_as_a_table_are_the_same_numbers(report: nm.Report) -> None:
    rows = list(report.metrics.to_frame())
    assert [row["metric"] for row in rows] == list(report.metrics)
    for row in rows:
        metric = report.metrics[row["metric"]]
        assert row["value"] == (None if metric.value is None else float(metric.value))
        assert (row["low"], row["high"], row["n"], row["no_interval"]) == metric[1:]


def test_all_metrics_are_listed_with_their_definitions(report: nm.Report) -> None:
    listed = nm.metrics.to_dict()
    assert len(listed["metric"]) == len(set(listed["metric"])) > 100
    assert {"ranks.path_top1", "how_wrong.mean_height"} <= set(listed["metric"])
    assert list(listed) == ["metric", "says", "formula", "better", "range", "interval", "source", "of"]
    assert all(listed["says"]) and set(listed["better"]) == {"higher", "lower", "neither"}


# Tables


@pytest.mark.parametrize("name", TABLES)
def test_a_table_goes_to_every_library_and_back(report: nm.Report, name: str) -> None:
    table = getattr(report, name)
    held = {column: table.column(column) for column in table.columns}
    assert len(table) > 0 and table.shape == (len(table), len(table.columns))
    assert table.to_arrow().to_pydict() == held == table.to_dict()
    assert table.to_polars().to_dict(as_series=False) == held
    assert pyarrow.table(table).equals(table.to_arrow())
    assert polars.DataFrame(table).equals(table.to_polars(), null_equal=True)
    from_pandas = pyarrow.Table.from_pandas(table.to_pandas(), preserve_index=False).to_pydict()
    for column, values in held.items():
        assert [value if value == value else None for value in from_pandas[column]] == values, column
    assert list(table) == [dict(zip(held, row)) for row in zip(*held.values())]


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_table_have_one_type_whatever_is_in_them(report: nm.Report, name: str) -> None:
    """Of the table of a report without mistakes, and of one of scores, as well."""
    right = nm.evaluate({**TABLE, "predicted": TABLE["truth"]}, taxonomy=TAXONOMY)
    scored = variant("a row for each answer, whole distributions")
    schemas = [
        pyarrow.table(getattr(made, name)).schema
        for made in (report, right, nm.evaluate(columns(scored.rows), taxonomy=TAXONOMY))
    ]
    for schema in schemas:
        assert schema.names == schemas[0].names
        for field in schema:
            text = (
                pyarrow.types.is_string(field.type)
                or pyarrow.types.is_large_string(field.type)
                or pyarrow.types.is_string_view(field.type)
            )
            assert text or field.type in (pyarrow.float64(), pyarrow.int64(), pyarrow.bool_()), field
            assert field.type == schemas[0].field(field.name).type, (field, schemas[0].field(field.name))


def test_fractions_are_floats_counts_are_integers_and_names_are_text(report: nm.Report) -> None:
    ranks: dict[str, Any] = dict(report.ranks.to_polars().schema)
    assert (ranks["rank"], ranks["n"], ranks["path_top1"], ranks["path_top1_low"]) == (
        polars.String,
        polars.Int64,
        polars.Float64,
        polars.Float64,
    )
    mistakes: dict[str, Any] = dict(report.mistakes.to_polars().schema)
    assert (mistakes["image"], mistakes["height"], mistakes["stopped_above"]) == (
        polars.String,
        polars.Int64,
        polars.Boolean,
    )
    assert report.ranks.to_polars()["summed_top1"].null_count() == len(report.ranks)


def test_the_table_of_images_accounts_for_every_image(report: nm.Report) -> None:
    images = report.images.to_polars()
    accounting = json.loads(report.to_json())["accounting"]
    assert images.height == accounting["images"] == 30
    assert images.filter(polars.col("outcome").is_in(["right", "wrong"])).height == accounting["scored"]
    wrong = images.filter(polars.col("outcome") == "wrong")
    mistakes = report.mistakes.to_polars()
    assert sorted(wrong["image"]) == sorted(mistakes["image"])
    joined = wrong.join(mistakes, on="image")
    assert joined["height"].to_list() == joined["height_right"].to_list()


def test_a_column_that_is_not_there_is_refused_with_those_that_are(report: nm.Report) -> None:
    with pytest.raises(KeyError) as unknown:
        report.ranks.column("path_top2")
    assert "path_top2" in str(unknown.value) and "path_top1" in str(unknown.value)


def test_a_head_longer_than_its_table_is_the_table(report: nm.Report) -> None:
    assert report.ranks.head(100).to_dict() == report.ranks.to_dict()
    assert report.ranks.head(2).column("rank") == report.ranks.column("rank")[:2]
    assert len(report.ranks.head(0)) == 0 and report.ranks.head(0).columns == report.ranks.columns


def test_a_table_outlives_its_report() -> None:
    table = nm.evaluate(TABLE, taxonomy=TAXONOMY).mistakes.to_polars()
    import gc

    gc.collect()
    assert table.equals(nm.evaluate(TABLE, taxonomy=TAXONOMY).mistakes.to_polars(), null_equal=True)


# Several runs


def test_each_run_of_several_is_the_report_of_its_column(two: nm.Report) -> None:
    assert two.runs == ["predicted", "other"] and len(two) == 2
    for run in two:
        alone = nm.evaluate(TWO, taxonomy=TAXONOMY, predicted=run.name)
        assert dict(run.metrics) == dict(alone.metrics)
        assert two[run.name].metrics == run.metrics
        for name in TABLES:
            assert getattr(run, name).to_dict() == getattr(alone, name).to_dict(), name
            of_all = [row for row in getattr(two, name) if row["run"] == run.name]
            assert [{key: cell for key, cell in row.items() if key != "run"} for row in of_all] == list(
                getattr(run, name)
            ), name


def test_the_metrics_of_several_runs_have_their_names_before_them(two: nm.Report) -> None:
    assert two.metrics["other/genus.path_top1"] == two["other"].metrics["genus.path_top1"]
    assert len(two.metrics) == sum(len(run.metrics) for run in two)


def test_a_run_that_is_not_there_is_refused_with_those_that_are(two: nm.Report) -> None:
    with pytest.raises(KeyError) as unknown:
        two["svm"]
    assert "'svm'" in str(unknown.value) and "'predicted', 'other'" in str(unknown.value)


# What is shown


def test_a_notebook_shows_sentence_accuracies_intervals_and_meeting_places(report: nm.Report) -> None:
    page = page_of(report)
    for rank in report.ranks:
        if rank["path_top1"] is not None:
            assert (
                f"{100 * rank['path_top1']:.1f}" in page.text
                and f"[{100 * rank['path_top1_low']:.1f}, {100 * rank['path_top1_high']:.1f}]" in page.text
            )
    assert report.sentence.splitlines()[0] in page.text
    assert "Where truth and answer meet" in page.text and "svg" in page.elements
    for line in report.understood:
        assert line in page.text


def test_a_notebook_shows_several_runs_beside_each_other(two: nm.Report) -> None:
    page = page_of(two)
    for run in two:
        right = run.metrics["species.path_top1"].value
        assert run.name in page.text and right is not None and f"{100 * right:.1f} %" in page.text
    assert page_of(two["other"]).text


def test_tables_and_metrics_are_shown(report: nm.Report) -> None:
    for name in TABLES:
        assert all(column in page_of(getattr(report, name)).text for column in getattr(report, name).columns)
        assert getattr(report, name).columns[0] in repr(getattr(report, name))
    assert "species.path_top1" in page_of(report.metrics).text
    assert "more" in repr(report.metrics)
    assert "more row" in repr(nm.evaluate(columns(named(200, 33)), taxonomy=TAXONOMY).mistakes)


def test_names_are_text_wherever_they_are_shown() -> None:
    """A table may come from anywhere, and a notebook trusts what it shows."""
    evil = "<script>alert(1)</script>"
    table = {
        "image": [f"{evil}{place}.jpg" for place in range(3)],
        "truth": SPECIES[:3],
        f"<b>{evil}": [f"{evil} x", SPECIES[1], SPECIES[0]],
    }
    report = nm.evaluate(table, truth="truth", predicted=f"<b>{evil}", taxonomy=TAXONOMY)
    for shown in (report, report.mistakes, report.images, report.metrics, report.taxa):
        assert "<script" not in shown._repr_html_()
        page_of(shown)


def test_text_shows_the_same_numbers(report: nm.Report, two: nm.Report) -> None:
    text = repr(report)
    assert report.sentence in text and "truth and answer meet" in text and str(report) == text
    for rank in report.ranks:
        assert f"{100 * rank['path_top1']:.1f} %" in text
    assert all(run in repr(two) for run in two.runs)


def test_what_is_undefined_is_shown_as_such() -> None:
    nothing = nm.evaluate({"truth": ["Felis catus"], "predicted": ["Felis catus"]}, taxonomy=TAXONOMY)
    for text in (repr(nothing), nothing._repr_html_(), repr(nothing.ranks), nothing.ranks._repr_html_()):
        assert "None" not in text and "nan" not in text.lower().replace("nanom", "")


# What is written


def folder_differences(first: Path, second: Path) -> list[str]:
    """What two report folders differ in, but for provenance."""
    names = [
        sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()) for top in (first, second)
    ]
    found = [] if names[0] == names[1] else [f"files {names[0]} and {names[1]}"]
    for name in sorted(set(names[0]) & set(names[1])):
        one, other = ((top / name).read_bytes() for top in (first, second))
        if name.endswith("metrics.json"):
            found += list(differences(json.loads(one), json.loads(other)))
        elif name.endswith(".csv") or name.endswith(".svg"):
            found += [] if one == other else [f"{name} differs"]
    return found


@pytest.mark.parametrize(
    "name",
    [
        "names with a taxonomy",
        "two columns of answers",
        "a row for each answer, whole distributions",
        "groups",
        "gates",
    ],
)
def test_a_saved_folder_is_the_programs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = variant(name)
    one.write(tmp_path)
    done = the_program.nearmiss(
        tmp_path, "report", "table.csv", "-o", "program", *the_program.command_line(one.arguments())
    )
    assert done.code in (0, 1), done
    nm.evaluate("table.csv", **one.arguments()).save("python")
    assert not folder_differences(tmp_path / "program", tmp_path / "python")
    nm.evaluate(columns(one.rows), **one.arguments()).save("memory")
    assert not folder_differences(tmp_path / "program", tmp_path / "memory")


def test_saving_gives_the_folder_and_writes_over_a_report_alone(report: nm.Report, tmp_path: Path) -> None:
    folder = report.save(tmp_path / "reports" / "bees", tables_only=True)
    assert folder == tmp_path / "reports" / "bees"
    assert sorted(path.name for path in folder.glob("*") if not path.name.startswith(".")) == [
        "confusions.csv",
        "metrics.json",
        "mistakes.csv",
        "ranks.csv",
        "taxa.csv",
    ]
    report.save(str(folder))
    assert (folder / "index.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    other = tmp_path / "photographs"
    other.mkdir()
    (other / "1.jpg").write_bytes(b"")
    with pytest.raises(nm.NearmissError, match="force=True") as refused:
        report.save(other)
    assert "photographs" in str(refused.value)
    report.save(other, force=True, tables_only=True)
    assert (other / "1.jpg").exists() and (other / "metrics.json").exists()


def test_cells_that_a_spreadsheet_would_run_are_made_safe_where_asked(tmp_path: Path) -> None:
    report = nm.evaluate({"image": ["=1+1", "b"], "truth": SPECIES[:2], "predicted": SPECIES[1:3]}, taxonomy=TAXONOMY)
    for safe, cell in ((False, "=1+1"), (True, "'=1+1")):
        report.save(tmp_path / "out", tables_only=True, csv_safe=safe)
        with open(tmp_path / "out" / "mistakes.csv", newline="") as file:
            assert cell in {row["image"] for row in csv.DictReader(file)}
    assert "=1+1" in report.mistakes.column("image")


def test_json_is_what_is_written(report: nm.Report, tmp_path: Path) -> None:
    report.save(tmp_path / "out", tables_only=True)
    written = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    found = list(differences(written, json.loads(report.to_json()), leave=("provenance",)))
    assert not found, found[:5]


# Warnings, notes, gates


def test_what_would_mislead_is_a_warning_at_the_line_of_the_call() -> None:
    table = {"truth": ["Felis catus", "Vulpes vulpes"], "predicted": ["Felis catus", "Felis catus"]}
    with pytest.warns(nm.NearmissWarning, match="only genus and species") as caught:
        report = nm.evaluate(table)
    ours = [warning for warning in caught if warning.category is nm.NearmissWarning]
    assert {warning.filename for warning in ours} == {__file__}
    assert [str(warning.message) for warning in ours] == report.warnings
    assert "taxonomy=" in report.warnings[0] and "--" not in report.warnings[0]
    assert f"warning: {report.warnings[0]}" in repr(report)
    assert report.warnings[0] in page_of(report).text
    with pytest.warns(nm.NearmissWarning) as caught:
        nm.score(table["truth"], table["predicted"])
    assert {warning.filename for warning in caught if warning.category is nm.NearmissWarning} == {__file__}


def test_nothing_is_warned_of_where_nothing_misleads() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", nm.NearmissWarning)
        report = nm.evaluate(TABLE, taxonomy=TAXONOMY)
    assert report.warnings == [] and report.understood and report.notes


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    nm.evaluate(TABLE, taxonomy=TAXONOMY).save(tmp_path / "out")
    assert capfd.readouterr() == ("", "")


def test_gates_pass_and_fail() -> None:
    report = nm.evaluate(TABLE, taxonomy=TAXONOMY, gates=["species.path_top1>=0.99", "how_wrong.mean_height<7"])
    assert [gate["outcome"] for gate in report.gates] == ["fail", "pass"] and not report.passed
    first = report.gates[0]
    assert (first["metric"], first["operator"], first["line"]) == ("species.path_top1", ">=", 0.99)
    assert (first["value"], first["low"]) == (
        report.metrics["species.path_top1"].value,
        report.metrics["species.path_top1"].low,
    )
    for written, gate in zip(json.loads(report.to_json())["gates"], report.gates, strict=True):
        assert {name: gate[name] for name in written} == written
    assert nm.evaluate(TABLE, taxonomy=TAXONOMY, gates="how_wrong.mean_height<7").passed
    assert nm.evaluate(TABLE, taxonomy=TAXONOMY).passed and nm.evaluate(TABLE, taxonomy=TAXONOMY).gates == []


def test_gates_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text('[gates]\n"species.path_top1" = ">= 0.99"\n')
    report = nm.evaluate(TABLE, taxonomy=TAXONOMY, gates=tmp_path / "gates.toml")
    assert [gate["outcome"] for gate in report.gates] == ["fail"]


@pytest.mark.parametrize("latent", [False, True], ids=["without its space", "with its space"])
@pytest.mark.parametrize("seed", range(3), ids=lambda seed: f"run drawn with seed {seed}")
def test_a_report_of_a_run_directory_is_the_programs(
    seed: int, latent: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs of the oracle, as `classify` writes them: candidates, unreadable photographs, vectors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, str(the_program.REPOSITORY / "tests" / "oracle")])
    import run_random

    run_random.Run(seed).write(tmp_path)
    arguments = ["-o", "report", *([] if latent else ["--tables-only", "--no-latent"])]
    done = the_program.nearmiss(tmp_path, "report", "run", "--taxonomy", "tax.csv", *arguments)
    assert done.code in (0, 1), done
    report = nm.evaluate("run", taxonomy="tax.csv", latent=latent)
    found = list(differences(the_program.metrics(tmp_path), json.loads(report.to_json())))
    assert not found, found[:5]
    assert report.has_unreadable == (json.loads(report.to_json())["accounting"]["unreadable"] > 0)


def test_taxa_of_a_report_are_of_its_taxonomy(report: nm.Report) -> None:
    assert report.taxonomy.find("Felis catus").rank == "species"
    for row in report.mistakes:
        if row["predicted"] != "root":
            assert report.taxonomy.height(row["truth"], row["predicted"]) == row["height"]
            assert report.taxonomy.lca(row["truth"], row["predicted"]).id == row["lca"] or row["lca"] == "root"


def test_metrics_and_tables_are_pickled(report: nm.Report) -> None:
    metrics: Any = pickle.loads(pickle.dumps(report.metrics))
    assert dict(metrics) == dict(report.metrics)
