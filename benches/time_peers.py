"""Times `nearmiss report` against hiclass and scikit-learn on the same table, and compares their numbers.

    python3 benches/time_peers.py target/release/nearmiss predictions_1000000.parquet [--runs 5]

The peers get the names of the seven ranks as NumPy arrays, read beforehand: only their metrics are
timed. The report is timed as a whole process: start, reading Parquet, all metrics, writing tables.
"""

import argparse
import csv
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import pyarrow.parquet
from hiclass import metrics as hiclass
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]


def timed(work, runs):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def scikit_learn(truth, predicted):
    rows = {}
    for index, rank in enumerate(RANKS):
        t, p = truth[:, index], predicted[:, index]
        precision, recall, f1, _ = precision_recall_fscore_support(t, p, average="macro", zero_division=0)
        rows[rank] = {"path_top1": accuracy_score(t, p), "path_macro_precision": precision, "path_macro_f1": f1}
    return rows


def hierarchical(truth, predicted):
    return {"hp": hiclass.precision(truth, predicted), "hr": hiclass.recall(truth, predicted), "hf": hiclass.f1(truth, predicted)}


def report(program, table):
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "report", str(table), "-o", folder + "/report", "--tables-only", "--quiet"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        with open(folder + "/report/ranks.csv") as file:
            ranks = {row["rank"]: row for row in csv.DictReader(file)}
        how_wrong = json.loads(pathlib.Path(folder, "report", "metrics.json").read_text())["how_wrong"]
    return seconds, ranks, how_wrong


def line(name, seconds, ours):
    median = statistics.median(seconds)
    print(f"{name:<28} median {median:7.2f} s  (from {min(seconds):.2f} to {max(seconds):.2f}, {len(seconds)} runs)  {median / ours:6.1f} times nearmiss")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    table = pyarrow.parquet.read_table(arguments.table)
    names = lambda side: numpy.stack([table[f"{side}_{rank}"].to_numpy(zero_copy_only=False).astype(str) for rank in RANKS], axis=1)
    truth, predicted = names("truth"), names("predicted")
    report(arguments.program, arguments.table)
    ours = [report(arguments.program, arguments.table) for _ in range(2 * arguments.runs - 1)]
    median = statistics.median([seconds for seconds, _, _ in ours])
    _, ranks, how_wrong = ours[-1]
    learn_seconds, learn = timed(lambda: scikit_learn(truth, predicted), arguments.runs)
    hiclass_seconds, shares = timed(lambda: hierarchical(truth, predicted), arguments.runs)
    line("nearmiss, the whole report", [seconds for seconds, _, _ in ours], median)
    line("scikit-learn, per rank", learn_seconds, median)
    line("hiclass, hP hR hF", hiclass_seconds, median)
    line("both", [a + b for a, b in zip(learn_seconds, hiclass_seconds)], median)
    differences = [abs(float(ranks[rank][name]) - value) for rank, row in learn.items() for name, value in row.items()]
    differences += [abs(how_wrong[name] - value) for name, value in shares.items()]
    print(f"largest difference between the numbers: {max(differences):.1e} ({len(differences)} numbers)")


main()
