"""Retrieval in memory has the program's numbers: vectors, and runs held against judgements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest

import nearmiss as nm
import the_program
from bits import cell_differs, differences, refusals_differ
from pages import page_of
from variants import SPECIES, columns, taxonomy_rows, write_csv

TAXONOMY = columns(taxonomy_rows())
LABELS = [SPECIES[place % 7] for place in range(42)]
VECTORS = (
    numpy.random.default_rng(0).normal(size=(7, 12))[numpy.arange(42) % 7]
    + 0.8 * numpy.random.default_rng(1).normal(size=(42, 12))
).astype("float32")

Listed = dict[str, dict[str, float]]


def judgements(queries: int = 20, seed: int = 2) -> dict[str, dict[str, int]]:
    """Grades from 0 to 3 of some documents of every query."""
    draw = numpy.random.default_rng(seed)
    return {
        f"q{query}": {f"d{document}": int(draw.integers(0, 4)) for document in draw.choice(40, 12, replace=False)}
        for query in range(queries)
    }


def run(seed: int, queries: int = 20) -> Listed:
    """Scores of some documents of every query; some are equal."""
    draw = numpy.random.default_rng(seed)
    return {
        f"q{query}": {f"d{document}": round(float(draw.random()), 2) for document in draw.choice(40, 20, replace=False)}
        for query in range(queries)
    }


QRELS = judgements()
RUNS = {"bm25": run(3), "dense": run(4)}


def write_trec(folder: Path) -> None:
    """Judgements and runs as TREC has them."""
    lines = [f"{query} 0 {document} {grade}" for query, grades in QRELS.items() for document, grade in grades.items()]
    (folder / "qrels.trec").write_text("\n".join(lines) + "\n")
    for name, scored in RUNS.items():
        lines = [
            f"{query} Q0 {document} {place} {score!r} {name}"
            for query, scores in scored.items()
            for place, (document, score) in enumerate(scores.items(), 1)
        ]
        (folder / f"{name}.trec").write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rankings, vectors and their labels, which program and package work in."""
    monkeypatch.chdir(tmp_path)
    write_trec(tmp_path)
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    write_csv(tmp_path / "labels.csv", [["name"], *([label] for label in LABELS)])
    numpy.save(tmp_path / "vectors.npy", VECTORS)
    return tmp_path


def program(folder: Path, *arguments: object, into: str = "retrieval.json") -> dict[str, Any]:
    """What `nearmiss retrieve` writes."""
    done = the_program.nearmiss(folder, "retrieve", *arguments, "-o", "out", "--force")
    assert done.code in (0, 1), done
    document = json.loads((folder / "out" / into).read_bytes())
    assert isinstance(document, dict)
    return document


def found(document: dict[str, Any], report: nm.RetrievalReport) -> list[str]:
    """What differs, but for where it came from."""
    ours = json.loads(report.to_json())
    for one in (document, ours):
        if "nearmiss" in one:
            one["nearmiss"] = {
                key: value for key, value in one["nearmiss"].items() if key not in ("provenance", "notes")
            }
    return list(differences(document, ours, leave=("provenance", "notes")))[:5]


# Runs against judgements


def test_dicts_have_the_numbers_of_files_of_trec(folder: Path) -> None:
    document = program(folder, "qrels.trec", "bm25.trec", "dense.trec", into="compare.json")
    assert document["model_names"] == ["bm25", "dense"]
    assert not found(document, nm.retrieve_runs(QRELS, RUNS))
    assert not found(document, nm.retrieve_runs("qrels.trec", {"bm25": folder / "bm25.trec", "dense": "dense.trec"}))
    assert not found(document, nm.retrieve_runs("qrels.trec", ["bm25.trec", "dense.trec"]))


def test_tables_of_every_library_have_them_as_well(folder: Path) -> None:
    document = program(folder, "qrels.trec", "bm25.trec", into="compare.json")
    rows = [(query, doc, score) for query, scores in RUNS["bm25"].items() for doc, score in scores.items()]
    grades = [(query, doc, grade) for query, held in QRELS.items() for doc, grade in held.items()]
    held = [{"q_id": list(q), "doc_id": list(d), "score": list(s)} for q, d, s in (zip(*grades), zip(*rows))]
    for table in (pandas.DataFrame, polars.DataFrame, pyarrow.table, dict):
        qrels, scored = (table(columns) for columns in held)
        assert not found(document, nm.retrieve_runs(qrels, {"bm25": scored})), table


def test_one_run_needs_no_name(folder: Path) -> None:
    report = nm.retrieve_runs(QRELS, RUNS["bm25"])
    document = program(folder, "qrels.trec", "bm25.trec", into="compare.json")
    assert report.metrics["ndcg@10"].value == document["bm25"]["scores"]["ndcg@10"]
    assert report.metrics["ndcg@10"].n == 20
    with pytest.raises(nm.NearmissError, match="no run"):
        nm.retrieve_runs(QRELS, [])


@pytest.mark.parametrize("ties", ["trec", "input", "docid-asc"])
def test_documents_of_equal_scores_are_ordered_as_asked(ties: str, folder: Path) -> None:
    document = program(folder, "qrels.trec", "bm25.trec", "dense.trec", "--ties", ties, into="compare.json")
    assert not found(document, nm.retrieve_runs(QRELS, RUNS, ties=ties))  # type: ignore[arg-type]


def test_measures_options_and_fusion_are_the_programs(folder: Path) -> None:
    document = program(
        folder,
        "qrels.trec",
        "bm25.trec",
        "dense.trec",
        "-m",
        "precision@5-l2,ndcg@3,bpref",
        "--draws",
        200,
        "--seed",
        3,
        "--alpha",
        0.2,
        into="compare.json",
    )
    assert not found(
        document,
        nm.retrieve_runs(QRELS, RUNS, measures=["precision@5-l2", "ndcg@3", "bpref"], draws=200, seed=3, alpha=0.2),
    )
    assert not found(
        document, nm.retrieve_runs(QRELS, RUNS, measures="precision@5-l2,ndcg@3,bpref", draws=200, seed=3, alpha=0.2)
    )
    done = the_program.nearmiss(
        folder, "retrieve", "qrels.trec", "bm25.trec", "dense.trec", "--fuse", "rrf", "-o", "program.trec", "--json"
    )
    assert done.code == 0, done
    report = nm.retrieve_runs(QRELS, RUNS, fuse="rrf", fused=folder / "python.trec")
    assert not found(json.loads(done.stdout), report) and len(report.runs) == 3
    assert (folder / "python.trec").read_bytes() == (folder / "program.trec").read_bytes()
    with pytest.raises(nm.NearmissError, match="force=True"):
        nm.retrieve_runs(QRELS, RUNS, fuse="rrf", fused="python.trec")


def test_every_query_has_its_values(folder: Path) -> None:
    program(folder, "qrels.trec", "bm25.trec", "dense.trec", into="compare.json")
    head, body = the_program.rows(folder / "out" / "queries.csv")
    report = nm.retrieve_runs(QRELS, RUNS)
    held = report.queries.to_dict()
    assert list(held) == head
    order = {(query, name): place for place, (query, name) in enumerate(zip(held["query"], held["run"]))}
    for row in body:
        place = order.pop((row[0], row[1]))
        assert not [column for column, cell in zip(head, row) if cell_differs(cell, held[column][place])]
    assert not order
    mean = numpy.mean([value for name, value in zip(held["run"], held["mrr@10"]) if name == "dense"])
    assert report.metrics["dense/mrr@10"].value == pytest.approx(mean, abs=1e-12)


def test_tables_for_papers_are_the_programs(folder: Path) -> None:
    program(folder, "qrels.trec", "bm25.trec", "dense.trec", into="compare.json")
    report = nm.retrieve_runs(QRELS, RUNS)
    assert report.to_latex().rstrip() == (folder / "out" / "table.tex").read_text(encoding="utf-8").rstrip()
    done = the_program.nearmiss(folder, "retrieve", "qrels.trec", "bm25.trec", "dense.trec")
    assert all(line.rstrip() in repr(report) for line in done.said.splitlines() if line.startswith(("a ", "b ", "#")))
    assert len(report.table) > 0


def test_gates_of_a_ranking_pass_and_fail(folder: Path) -> None:
    done = the_program.nearmiss(
        folder, "retrieve", "qrels.trec", "bm25.trec", "--gate", "mrr@10>0.99", "--gate", "mrr@10>0.01"
    )
    assert done.code == 1
    report = nm.retrieve_runs(QRELS, RUNS["bm25"], gates=["mrr@10>0.99", "mrr@10>0.01"])
    assert not report.passed and [str(gate["outcome"]).startswith("pass") for gate in report.gates] == [False, True]


REFUSED: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "a score that is none": (QRELS, {"q0": {"d1": float("nan")}}, ("'d1'", "'q0'")),
    "a score in words": (QRELS, {"q0": {"d1": "high"}}, ("'d1'", "'q0'", "'high'")),
    "half a grade": ({"q0": {"d1": 0.5}}, RUNS["bm25"], ("'d1'", "'q0'", "0.5", "whole number")),
    "nothing in common": ({"x": {"d1": 1}}, RUNS["bm25"], ("no query in common", "'x'")),
    "no judgements": ({}, RUNS["bm25"], ()),
    "an empty run": (QRELS, {"bm25": {}}, ()),
    "a measure that is none": (QRELS, RUNS["bm25"], ("mrrr",)),
    "a file that is not there": ("nowhere.trec", RUNS["bm25"], ("nowhere.trec",)),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_rankings_that_are_none_are_refused(kind: str) -> None:
    qrels, runs, parts = REFUSED[kind]
    with pytest.raises(nm.NearmissError) as refused:
        nm.retrieve_runs(qrels, runs, measures="mrrr" if "measure" in kind else None)
    assert all(part in str(refused.value) for part in parts) and "--" not in str(refused.value), refused.value


def test_files_are_refused_with_the_programs_sentence(folder: Path) -> None:
    (folder / "five.trec").write_text("q1 Q0 d1 1 0.5 A\nq1 Q0 d2 2 0.4\n")
    done = the_program.nearmiss(folder, "retrieve", "qrels.trec", "five.trec")
    with pytest.raises(nm.NearmissError) as refused:
        nm.retrieve_runs("qrels.trec", "five.trec")
    assert "five.trec:2" in str(refused.value) and not refusals_differ(done.refusal, str(refused.value))


def test_means_are_those_of_ranx() -> None:
    """To 1e-9: ranx sums in another order."""
    ranx = pytest.importorskip("ranx", reason="ranx is not installed")
    graded = {
        query: {document: grade for document, grade in grades.items() if grade} for query, grades in QRELS.items()
    }
    # Without equal scores, which ranx orders as it likes.
    apart = {
        query: {document: score + 1e-6 * place for place, (document, score) in enumerate(scores.items())}
        for query, scores in RUNS["dense"].items()
    }
    measures = ["mrr@10", "ndcg@10", "precision@5-l2", "map"]
    qrels, ranked = ranx.Qrels(graded), ranx.Run(apart, name="dense")
    theirs = ranx.evaluate(qrels, ranked, measures)
    for ours in (
        nm.retrieve_runs(graded, apart, measures=measures),
        nm.retrieve_runs(qrels, ranked, measures=measures),
    ):
        for name in measures:
            assert ours.metrics[name].value == pytest.approx(float(theirs[name]), abs=1e-9), name


# Vectors


def test_vectors_in_memory_have_the_numbers_of_their_file(folder: Path) -> None:
    document = program(folder, "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv")
    for vectors, labels in (
        (VECTORS, LABELS),
        (numpy.asfortranarray(VECTORS), numpy.array(LABELS)),
        (numpy.repeat(VECTORS, 2, axis=1)[:, ::2], pandas.Series(LABELS)),
        ("vectors.npy", "labels.csv"),
        (VECTORS.tolist(), {"name": LABELS}),
    ):
        assert not found(document, nm.retrieve(vectors, labels, taxonomy=TAXONOMY))


@pytest.mark.parametrize("precision", ["float16", "float64"])
def test_every_precision_has_the_numbers_of_its_file(precision: str, folder: Path) -> None:
    numpy.save(folder / "vectors.npy", VECTORS.astype(precision))
    document = program(folder, "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv")
    assert not found(document, nm.retrieve(VECTORS.astype(precision), LABELS, taxonomy=TAXONOMY))


@pytest.mark.parametrize("similarity", ["cosine", "inner", "euclidean"])
def test_options_of_a_search_are_the_programs(similarity: str, folder: Path) -> None:
    document = program(
        folder,
        "vectors.npy",
        "--labels",
        "labels.csv",
        "-t",
        "taxonomy.csv",
        "--similarity",
        similarity,
        "--norm",
        "none",
        "--depth",
        9,
        "--k",
        1,
        "--k",
        4,
        "--yellow-from",
        "family",
        "--draws",
        200,
        "--seed",
        4,
        "-m",
        "mrr@5,precision@1-lgenus",
    )
    assert not found(
        document,
        nm.retrieve(
            VECTORS,
            LABELS,
            taxonomy=TAXONOMY,
            similarity=similarity,  # type: ignore[arg-type]
            norm="none",
            depth=9,
            k=[1, 4],
            yellow_from="family",
            draws=200,
            seed=4,
            measures=["mrr@5", "precision@1-lgenus"],
        ),
    )


def test_other_vectors_may_be_the_queries(folder: Path) -> None:
    numpy.save(folder / "queries.npy", VECTORS[:9] + 0.5)
    write_csv(folder / "query_labels.csv", [["name"], *([label] for label in LABELS[:9])])
    document = program(
        folder,
        "vectors.npy",
        "--labels",
        "labels.csv",
        "-t",
        "taxonomy.csv",
        "--queries",
        "queries.npy",
        "--query-labels",
        "query_labels.csv",
    )
    assert document["queries"] == 9
    assert not found(
        document, nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY, queries=VECTORS[:9] + 0.5, query_labels=LABELS[:9])
    )
    with pytest.raises(nm.NearmissError, match="query_labels="):
        nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY, query_labels=LABELS[:9])


def test_photographs_of_one_observation_are_left_out(folder: Path) -> None:
    observations = [f"o{place % 20}" for place in range(42)]
    write_csv(folder / "labels.csv", [["name", "observation"], *map(list, zip(LABELS, observations))])
    document = program(folder, "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv", "--across-observations")
    assert not found(
        document, nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY, observations=observations, across_observations=True)
    )


def test_the_tables_of_a_search_are_those_of_its_folder(folder: Path) -> None:
    program(folder, "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv")
    report = nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY)
    for name, table in (("queries", report.queries), ("measures", report.measures)):
        head, body = the_program.rows(folder / "out" / f"{name}.csv")
        held = table.to_dict()
        shared = [column for column in held if column in head and column not in ("image", "nearest")]
        assert len(shared) > 5 or name == "measures"
        for column in shared:
            cells = [row[head.index(column)] for row in body]
            assert len(cells) == len(held[column])
            assert not [pair for pair in zip(cells, held[column]) if cell_differs(*pair)], (name, column)
    for row in report.measures:
        metric = report.metrics[row["name"]]
        assert (metric.value, metric.low, metric.high, metric.n) == (row["value"], row["low"], row["high"], row["n"])


def test_verdict_and_page_of_a_search(folder: Path) -> None:
    done = the_program.nearmiss(
        folder, "retrieve", "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv", "-o", "out"
    )
    report = nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY)
    assert report.verdict and report.verdict in done.said
    assert report.verdict in page_of(report).text and report.verdict in repr(report)
    saved = report.save("saved")
    names = [
        sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())
        for top in (folder / "out", saved)
    ]
    assert names[0] == names[1]
    assert (folder / "out" / "measures.csv").read_bytes() == (saved / "measures.csv").read_bytes()


def test_runs_are_shown_in_a_notebook() -> None:
    page = page_of(
        nm.retrieve_runs(
            {f"<b>{query}": grades for query, grades in QRELS.items()},
            {
                "<script>": {f"<b>{query}": scores for query, scores in RUNS["bm25"].items()},
                "dense": {f"<b>{query}": scores for query, scores in RUNS["dense"].items()},
            },
        )
    )
    assert "<script>" in page.text and "dense" in page.text


def test_a_search_that_cannot_be_done_is_refused() -> None:
    for vectors, labels, parts in (
        (VECTORS, LABELS[:3], ("3", "42")),
        (VECTORS, None, ("labels=",)),
        (VECTORS[0], LABELS, ("N × D",)),
        (VECTORS.astype(int), LABELS, ("int64", "float32")),
        (VECTORS, [None] * 42, ()),
    ):
        with pytest.raises(nm.NearmissError) as refused:
            nm.retrieve(vectors, labels, taxonomy=TAXONOMY)
        assert all(part in str(refused.value) for part in parts) and "--" not in str(refused.value), refused.value
    for arguments, part in (
        ({"depth": 0}, "depth="),
        ({"similarity": "dot"}, "similarity"),
        ({"yellow_from": "genera"}, "yellow_from"),
        ({"k": 0}, "k="),
        ({"measures": "nothing@3"}, "nothing"),
    ):
        with pytest.raises(nm.NearmissError, match=part):
            nm.retrieve(VECTORS, LABELS, taxonomy=TAXONOMY, **arguments)
