"""Times the Python package: a million rows from a frame against the program on a file, and a batch of logits into a Scorer.

    python benches/python.py target/release/nearmiss predictions_1000000.parquet [--runs 5]

Needs the package (`pip install` of the wheel), polars and NumPy. The table is that of `make_predictions.py`.

The frame is read by polars before anything is timed; then `nearmiss.evaluate(frame).ranks`, in turns with the program as a
whole process: start, reading Parquet, all metrics, writing tables. Their numbers are compared.

`Scorer.update` takes [4 096, 10 000] logits of single precision and as many truths. What it must do at least is to read them:
`numpy.max` on one thread, and a copy, are timed in the same turns.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable

import numpy
import polars
import pyarrow

import nearmiss

BATCH = 4_096
CLASSES = 10_000
#: How many species a taxon of each rank holds.
DIVISORS = {"kingdom": 5_000, "phylum": 2_500, "class": 500, "order": 100, "family": 20, "genus": 4}

Work = Callable[[], object]


def in_turns(works: dict[str, Work], runs: int) -> dict[str, list[float]]:
    """Seconds of every work, one after the other, `runs` times; once before without the clock."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for run in range(runs + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if run > 0:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def written(seconds: float) -> str:
    """Seconds, or milliseconds where there are few."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def print_table(seconds: dict[str, list[float]], first: str) -> None:
    """The medians as a table of RESULTS.md, each as so many times the `first`."""
    one = statistics.median(seconds[first])
    print(f"\n| what | median | from | to | runs | times {first} |")
    print("|---|---|---|---|---|---|")
    for name, values in seconds.items():
        median = statistics.median(values)
        cells = [
            name,
            written(median),
            written(min(values)),
            written(max(values)),
            str(len(values)),
            f"{median / one:.3g}",
        ]
        print(f"| {' | '.join(cells)} |")


def ranks_of_program(program: pathlib.Path, table: pathlib.Path) -> list[dict[str, str]]:
    """The program as a whole process; the rows of its ranks.csv."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "report", str(table), "-o", f"{folder}/report", "--tables-only", "--quiet"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(f"{folder}/report/ranks.csv", newline="") as file:
            return list(csv.DictReader(file))


def a_million_rows(program: pathlib.Path, table: pathlib.Path, runs: int) -> None:
    """The program on a file against a polars frame."""
    frame = polars.read_parquet(table)
    of_program, of_python = "`nearmiss report --tables-only`, Parquet", "`evaluate(frame).ranks`, polars"
    works: dict[str, Work] = {
        of_program: lambda: ranks_of_program(program, table),
        of_python: lambda: nearmiss.evaluate(frame).ranks,
    }
    print_table(in_turns(works, runs), of_program)
    rows = pyarrow.table(nearmiss.evaluate(frame).ranks).to_pylist()
    theirs = [(row["rank"], float(row["path_top1"])) for row in ranks_of_program(program, table)]
    same = theirs == [(row["rank"], row["path_top1"]) for row in rows]
    print(
        f"\n{frame.height} rows. Accuracies of {len(rows)} ranks: {'equal to the last bit' if same else 'DIFFERENT'}."
    )


def taxonomy(folder: pathlib.Path) -> nearmiss.Taxonomy:
    """A taxonomy of as many species as there are classes."""
    path = folder / "taxonomy.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*DIVISORS, "species"])
        for species in range(CLASSES):
            above = [f"{rank.capitalize()}{species // divisor}" for rank, divisor in DIVISORS.items()]
            writer.writerow([*above, f"{above[-1]} species{species}"])
    return nearmiss.Taxonomy.read(str(path))


def a_batch_of_logits(runs: int) -> None:
    """`Scorer.update` against reading its logits."""
    random = numpy.random.default_rng(1)
    logits = random.standard_normal((BATCH, CLASSES), dtype=numpy.float32)
    truth = random.integers(0, CLASSES, BATCH)
    with tempfile.TemporaryDirectory() as folder:
        tree = taxonomy(pathlib.Path(folder))
    names = [f"Genus{species // DIVISORS['genus']} species{species}" for species in range(CLASSES)]
    scorer = nearmiss.Scorer(taxonomy=tree, candidates=names)
    update, maximum, copy = "`Scorer.update`", "`numpy.max`, one thread", "a copy"
    works: dict[str, Work] = {
        update: lambda: scorer.update(logits, truth),
        maximum: lambda: numpy.max(logits),
        copy: lambda: logits.copy(),
    }
    seconds = in_turns(works, runs)
    print_table(seconds, maximum)
    for name in (maximum, copy):
        more = statistics.median(seconds[update]) - statistics.median(seconds[name])
        print(
            f"\n{BATCH} × {CLASSES} logits, {logits.nbytes / 2**20:.0f} MiB: `Scorer.update` takes {written_difference(more)} than {name}."
        )


def written_difference(seconds: float) -> str:
    """How many milliseconds more or less."""
    return f"{abs(1000 * seconds):.3g} ms {'more' if seconds >= 0 else 'less'}"


def main() -> None:
    """Both benches, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    a_million_rows(arguments.program, arguments.table, arguments.runs)
    a_batch_of_logits(4 * arguments.runs)


if __name__ == "__main__":
    main()
