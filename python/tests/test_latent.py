"""Spaces in memory have the program's numbers, however their vectors lie."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest

import nearmiss as nm
import the_program
from bits import cell_differs, differences
from pages import page_of
from sources import as_arrow, as_pandas, as_polars
from variants import LINEAGES, RANKS, SPECIES, columns, taxonomy_rows, write_csv

TAXONOMY = columns(taxonomy_rows())
LABELS = [SPECIES[place % 7] for place in range(42)]


def space(width: int = 12, seed: int = 0) -> numpy.ndarray[Any, Any]:
    """Vectors around the mean of their species, in numbers that half precision has."""
    draw = numpy.random.default_rng(seed)
    means = draw.normal(size=(7, width))
    return (means[numpy.arange(42) % 7] + 0.6 * draw.normal(size=(42, width))).astype(numpy.float16)


VECTORS = space()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with labels and taxonomy, which program and package work in."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    write_csv(tmp_path / "labels.csv", [["name"], *([label] for label in LABELS)])
    return tmp_path


def program(folder: Path, vectors: numpy.ndarray[Any, Any], *options: object) -> dict[str, Any]:
    """What `nearmiss latent` writes of a file of NumPy."""
    numpy.save(folder / "vectors.npy", numpy.ascontiguousarray(vectors))
    done = the_program.nearmiss(
        folder,
        "latent",
        "vectors.npy",
        "--labels",
        "labels.csv",
        "-t",
        "taxonomy.csv",
        "-o",
        "out",
        "--force",
        "--no-map",
        *(() if "--permutations" in options else ("--permutations", 19)),
        *options,
    )
    assert done.code == 0, done
    document = json.loads((folder / "out" / "latent.json").read_bytes())
    assert isinstance(document, dict)
    return document


def found(document: dict[str, Any], report: nm.LatentReport) -> list[str]:
    """What differs but for where the vectors lie, and what they are called where nobody said so."""
    return list(differences(document, json.loads(report.to_json()), leave=("provenance", "notes")))[:5]


def measured(vectors: Any, labels: Any = LABELS, **options: Any) -> nm.LatentReport:
    """The package on the same."""
    return nm.latent(vectors, labels, **{"taxonomy": TAXONOMY, "map": False, "permutations": 19, **options})


#: Every way in which the same numbers may lie in memory.
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "in rows": numpy.ascontiguousarray,
    "in columns": numpy.asfortranarray,
    "every second row": lambda array: numpy.repeat(array, 2, axis=0)[::2],
    "every second column": lambda array: numpy.repeat(array, 2, axis=1)[:, ::2],
    "backwards": lambda array: numpy.ascontiguousarray(array[::-1, ::-1])[::-1, ::-1],
    "in a larger array": lambda array: numpy.pad(array, 3)[3:-3, 3:-3],
    "read only": lambda array: numpy.frombuffer(array.tobytes(), array.dtype).reshape(array.shape),
    "in other bytes": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "a list of lists": lambda array: array.astype(numpy.float64).tolist(),
}


@pytest.mark.parametrize("precision", ["float16", "float32", "float64"])
def test_the_numbers_of_a_space_are_the_programs_in_every_precision_and_layout(precision: str, folder: Path) -> None:
    vectors = VECTORS.astype(precision)
    document = program(folder, vectors)
    for layout, laid_out in LAYOUTS.items():
        held = laid_out(vectors)
        assert not found(document, measured(held)), layout


def test_numbers_that_only_double_precision_has_are_kept(folder: Path) -> None:
    vectors = VECTORS.astype(numpy.float64) + numpy.random.default_rng(1).normal(size=VECTORS.shape) * 1e-9
    document = program(folder, vectors)
    assert not found(document, measured(vectors))
    assert found(document, measured(vectors.astype(numpy.float32)))


def test_a_sample_is_the_programs(folder: Path) -> None:
    for sample, seed in ((30, 0), (30, 7), (9, 1), ("all", 0), (42, 3)):
        document = program(folder, VECTORS, "--sample", sample, "--seed", seed)
        assert ("sample" in document) == (sample in (30, 9)), sample
        assert not found(document, measured(VECTORS, sample=sample, seed=seed)), sample
        assert not found(document, measured(folder / "vectors.npy", folder / "labels.csv", sample=sample, seed=seed)), sample
    none = program(folder, VECTORS, "--sample", 30, "--search-minutes", 0)
    assert "among_all" not in none
    assert not found(none, measured(VECTORS, sample=30, search_minutes=0))
    report = measured(VECTORS, sample=30, k=1)
    assert report.metrics["among_all.ranks.species.agreement.1.agreement"].low is not None
    for wrong in (True, "half", 1.5, -1):
        with pytest.raises(nm.NearmissError, match="it is a number of vectors, or 'all'"):
            measured(VECTORS, sample=wrong)
    with pytest.raises(nm.NearmissError, match="three vectors at least"):
        measured(VECTORS, sample=2)


def test_vectors_are_not_changed() -> None:
    for precision in ("float16", "float32", "float64"):
        vectors = VECTORS.astype(precision)
        before = vectors.copy()
        measured(vectors)
        assert (vectors == before).all() and vectors.dtype == before.dtype


def test_labels_may_be_any_column_or_table(folder: Path) -> None:
    document = program(folder, VECTORS)
    table = {"name": LABELS}
    for labels in (
        tuple(LABELS),
        numpy.array(LABELS),
        pandas.Series(LABELS, dtype="category"),
        polars.Series(LABELS),
        pyarrow.array(LABELS),
        table,
        as_pandas(table),
        as_polars(table).lazy(),
        as_arrow(table),
        "labels.csv",
    ):
        assert not found(document, measured(VECTORS, labels)), type(labels)


def test_labels_of_rank_columns_need_no_taxonomy(folder: Path) -> None:
    rows = [RANKS, *(LINEAGES[place % 7].split(";") for place in range(42))]
    write_csv(folder / "labels.csv", rows)
    numpy.save(folder / "vectors.npy", VECTORS)
    done = the_program.nearmiss(folder, "latent", "vectors.npy", "--labels", "labels.csv", "-o", "out", "--no-map")
    assert done.code == 0, done
    document = json.loads((folder / "out" / "latent.json").read_bytes())
    assert not found(document, nm.latent(VECTORS, columns(rows), map=False))


def test_labels_that_are_missing_are_counted(folder: Path) -> None:
    labels = [None if place % 6 == 5 else label for place, label in enumerate(LABELS)]
    write_csv(
        folder / "labels.csv", [["image", "name"], *([str(place), label or ""] for place, label in enumerate(labels))]
    )
    document = program(folder, VECTORS)
    report = measured(VECTORS, labels, names=[str(place) for place in range(42)])
    assert not found(document, report)
    assert report.metrics["species.n"].value == 35


def test_options_are_the_programs(folder: Path) -> None:
    document = program(folder, VECTORS, "--k", 1, "--k", 4, "--norm", "none", "--permutations", 29, "--seed", 5)
    assert not found(document, measured(VECTORS, k=[1, 4], norm="none", permutations=29, seed=5))


def test_observations_are_drawn_together(folder: Path) -> None:
    observations = [f"o{place // 2 % 20}" for place in range(42)]
    write_csv(folder / "labels.csv", [["name", "observation"], *map(list, zip(LABELS, observations))])
    document = program(folder, VECTORS, "--across-observations")
    assert not found(document, measured(VECTORS, observations=observations, across_observations=True))
    assert not found(
        document, measured(VECTORS, {"name": LABELS, "observation": observations}, across_observations=True)
    )
    beside = measured(VECTORS, {"name": LABELS}, observations=observations, across_observations=True)
    assert not found(document, beside)


def test_a_file_is_measured_as_the_program_does(folder: Path) -> None:
    document = program(folder, VECTORS)
    assert not found(document, measured("vectors.npy", "labels.csv"))
    assert not found(document, measured(folder / "vectors.npy"))


def test_the_tables_are_those_of_the_folder(folder: Path) -> None:
    program(folder, VECTORS)
    report = measured(VECTORS)
    for name, table in (("latent_taxa", report.taxa), ("suspects", report.suspects)):
        head, body = the_program.rows(folder / "out" / f"{name}.csv")
        held = table.to_dict()
        assert set(held) <= set(head) and held, (head, list(held))
        for column, values in held.items():
            cells = [row[head.index(column)] for row in body]
            assert len(cells) == len(values)
            # Names of images are counted where there are none.
            if column not in ("image", "typical"):
                assert not [pair for pair in zip(cells, values) if cell_differs(*pair)], column
    assert len(report.suspects) > 0


def test_metrics_have_the_names_of_the_documentation() -> None:
    report = measured(VECTORS)
    document = json.loads(report.to_json())
    species = next(row for row in document["ranks"] if row["rank"] == "species")
    assert report.metrics["species.silhouette_cosine"].value == species["silhouette_cosine"]
    assert report.metrics["species.variance.r2"].value == species["variance"]["r2"]
    last = species["agreement"][-1]
    agreement = report.metrics[f"species.agreement.{last['k']}.agreement"]
    assert (agreement.value, agreement.low, agreement.high) == (
        last["agreement"],
        last["agreement_low"],
        last["agreement_high"],
    )


def test_the_verdict_is_the_programs(folder: Path) -> None:
    numpy.save(folder / "vectors.npy", VECTORS)
    done = the_program.nearmiss(
        folder,
        "latent",
        "vectors.npy",
        "--labels",
        "labels.csv",
        "-t",
        "taxonomy.csv",
        "-o",
        "out",
        "--no-map",
        "--permutations",
        19,
    )
    report = measured(VECTORS)
    assert report.verdict and all(line in done.said for line in report.verdict.splitlines())
    assert report.verdict in repr(report)


def test_a_notebook_shows_ranks_and_verdict() -> None:
    report = measured(VECTORS)
    page = page_of(report)
    assert all(line in page.text for line in report.verdict.splitlines())
    for row in json.loads(report.to_json())["ranks"]:
        assert f"{100 * row['agreement'][-1]['agreement']:.1f} %" in page.text


def test_a_saved_folder_has_the_files_of_the_programs(folder: Path) -> None:
    numpy.save(folder / "vectors.npy", VECTORS)
    done = the_program.nearmiss(
        folder, "latent", "vectors.npy", "--labels", "labels.csv", "-t", "taxonomy.csv", "-o", "out"
    )
    assert done.code == 0, done
    report = nm.latent(VECTORS, LABELS, taxonomy=TAXONOMY)
    saved = report.save("saved")
    names = [
        sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())
        for top in (folder / "out", saved)
    ]
    assert names[0] == names[1]
    for name in ("latent_ranks.csv", "latent_taxa.csv"):
        assert (folder / "out" / name).read_bytes() == (saved / name).read_bytes(), name
    report.save("saved", export="npy")
    assert (numpy.load(saved / "vectors.npy") == VECTORS).all()


def test_progress_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    told = measured(VECTORS, progress=said.append)
    assert said and all(isinstance(sentence, str) and sentence for sentence in said)
    assert told.to_json() == measured(VECTORS, progress=False).to_json()
    assert capfd.readouterr() == ("", "")


def test_what_a_progress_function_raises_ends_the_measuring() -> None:
    class Enough(Exception):
        """Somebody has seen enough."""

    def stop(_: str) -> None:
        raise Enough

    with pytest.raises(Enough):
        measured(VECTORS, progress=stop)


WRONG: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "one vector": (VECTORS[0], LABELS, ("12", "N × D")),
    "three dimensions": (numpy.zeros((3, 4, 5), "float32"), LABELS, ("3 × 4 × 5",)),
    "whole numbers": (numpy.ones((42, 3), int), LABELS, ("int64", "float32", "astype")),
    "complex numbers": (numpy.ones((42, 3), complex), LABELS, ("complex128", "float32")),
    "text": (numpy.array([["a", "b"]] * 42), LABELS, ("float32",)),
    "a number that is none": (
        numpy.where(numpy.arange(42)[:, None] == 7, numpy.nan, VECTORS),
        LABELS,
        ("[7, 0]", "finite"),
    ),
    "infinity": (numpy.where(numpy.arange(12)[None, :] == 3, numpy.inf, VECTORS), LABELS, ("[0, 3]", "finite")),
    "no labels": (VECTORS, None, ("labels=",)),
    "too few labels": (VECTORS, LABELS[:41], ("41", "42")),
    "two vectors": (VECTORS[:2], LABELS[:2], ("2 vectors",)),
    "no vectors": (VECTORS[:0], [], ()),
    "no such file": ("nowhere.npy", LABELS, ("nowhere.npy",)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_space_is_refused(kind: str) -> None:
    vectors, labels, parts = WRONG[kind]
    with pytest.raises(nm.NearmissError) as refused:
        measured(vectors, labels)
    sentence = str(refused.value)
    assert all(part in sentence for part in parts) and "--" not in sentence and "\n" not in sentence, sentence


def test_labels_that_the_taxonomy_does_not_have_are_told(folder: Path) -> None:
    labels = [f"Bogus bogus{place % 3}" if place % 2 else label for place, label in enumerate(LABELS)]
    write_csv(folder / "labels.csv", [["name"], *([label] for label in labels)])
    document = program(folder, VECTORS)
    report = measured(VECTORS, labels)
    assert not found(document, report)
    assert any("21 of 42 vectors have no taxon" in note for note in report.notes), report.notes


def test_tensors_of_torch_are_taken_without_importing_it_ourselves(folder: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    document = program(folder, VECTORS)
    for tensor in (
        torch.from_numpy(VECTORS.copy()),
        torch.from_numpy(VECTORS.astype("float32")),
        torch.from_numpy(VECTORS.astype("float64")).requires_grad_(),
        torch.from_numpy(numpy.asfortranarray(VECTORS)),
        torch.from_numpy(VECTORS.astype("float32").T.copy()).T,
    ):
        assert not found(document, measured(tensor))


def test_an_interrupt_handler_that_returns_lets_the_measuring_go_on() -> None:
    caught: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: caught.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        again = measured(VECTORS, permutations=999).to_json()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert again == measured(VECTORS, permutations=999).to_json()


def test_real_embeddings_are_measured_as_the_program_does(folder: Path) -> None:
    from real_tables import FOLDER

    path = FOLDER / "emb_tol200m_bioclip2" / "example_1k.parquet"
    if not path.exists():
        pytest.skip("the real tables of others (../shared/real) are not beside the checkout")
    # The first of them: the whole file takes minutes.
    table = polars.read_parquet(path).head(50)
    table.write_parquet("first.parquet")
    done = the_program.nearmiss(folder, "latent", "first.parquet", "-o", "out", "--no-map", "--permutations", 9)
    assert done.code == 0, done
    document = json.loads((folder / "out" / "latent.json").read_bytes())
    assert not found(document, nm.latent("first.parquet", map=False, permutations=9))
    vectors = numpy.stack(table["emb"].to_list()).astype("float32")
    ranks = [rank for rank in RANKS if rank in table.columns]
    report = nm.latent(vectors, table.select(polars.col("uuid").alias("image"), *ranks), map=False, permutations=9)
    assert not found(document, report)
