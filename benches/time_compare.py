"""Times `nearmiss compare` against ranx on the same two runs, and compares their numbers.

    python3 benches/time_compare.py target/release/nearmiss [--images 5000] [--runs 5]

Two runs over the same images, two labels an image. ranx (Fisher's randomisation, its 1 000
permutations) gets its runs read beforehand and compiles its functions in an untimed call before:
only `ranx.compare` is timed. nearmiss is timed as a whole process: start, reading two Parquet
tables, pairing, 18 metrics with exact p-values or 100 000 permutations and with bootstrap
intervals (2 000 draws), writing tables and the page.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import pyarrow
import pyarrow.parquet
import ranx

DIVISORS = [5_000, 2_500, 500, 100, 20, 4, 1]
NAMES = ["Kingdom", "Phylum", "Class", "Order", "Family", "Genus", "Species"]
METRICS = [f"{name}@{k}" for name in ("hits", "mrr", "ndcg", "precision", "recall") for k in (1, 2, 5)]


def lineage(species):
    names = [f"{name}{species // divisor}" for name, divisor in zip(NAMES, DIVISORS)]
    names[-1] = f"{names[-2]} species{species}"
    return ";".join(names)


def near(random, truth):
    """Answers that are right, or a sister species, or further away."""
    reach = random.choice([1, 4, 20, 100, 10_000], size=len(truth), p=[0.4, 0.25, 0.15, 0.1, 0.1])
    return numpy.minimum(truth // reach * reach + random.integers(0, reach), 9_999)


def tables(folder, images):
    random = numpy.random.default_rng(1)
    truth = random.integers(0, 10_000, images)
    runs = {}
    for name in ("first", "second"):
        best, other = near(random, truth), random.integers(0, 10_000, images)
        other = numpy.where(other == best, (other + 1) % 10_000, other)
        score = random.uniform(0.5, 1.0, images)
        columns = {"image": [], "truth": [], "label": [], "score": []}
        ranked = {}
        for image in range(images):
            for species, value in ((best[image], score[image]), (other[image], 1 - score[image])):
                columns["image"].append(f"photo_{image}.jpg")
                columns["truth"].append(lineage(truth[image]))
                columns["label"].append(lineage(species))
                columns["score"].append(value)
            ranked[f"photo_{image}.jpg"] = {f"s{best[image]}": float(score[image]), f"s{other[image]}": float(1 - score[image])}
        pyarrow.parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet")
        runs[name] = ranx.Run(ranked, name=name)
    return ranx.Qrels({f"photo_{image}.jpg": {f"s{truth[image]}": 1} for image in range(images)}), runs


def timed(work, runs):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        qrels, runs = tables(folder, arguments.images)
        compare = lambda: ranx.compare(qrels, runs=list(runs.values()), metrics=METRICS, stat_test="fisher", max_p=0.05)
        compare()
        command = [str(arguments.program), "compare", str(folder / "first.parquet"), str(folder / "second.parquet")]
        command += ["-o", str(folder / "out"), "--quiet"]
        ours = lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        ours()
        our_seconds, _ = timed(ours, arguments.runs)
        their_seconds, theirs = timed(compare, arguments.runs)
        compared = json.loads((folder / "out" / "compare.json").read_text())
    median = statistics.median(our_seconds)
    for tool, seconds, metrics in (("nearmiss compare", our_seconds, len(compared["metrics"])), ("ranx.compare", their_seconds, len(METRICS))):
        middle = statistics.median(seconds)
        print(f"{tool:<18} {metrics} metrics  median {middle:6.3f} s  (from {min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} runs)  {middle / median:5.1f} times nearmiss")
    theirs = theirs.to_dict()
    hits = [theirs[run]["scores"]["hits@1"] for run in runs]
    exact = [compared[run]["scores"]["exact"] for run in runs]
    print(f"accuracy: nearmiss {exact}, ranx hits@1 {hits}")
    p = compared["first"]["comparisons"]["second"]["exact"], theirs["first"]["comparisons"]["second"]["hits@1"]
    print(f"p of their difference: nearmiss {p[0]:.6f} (exact), ranx {p[1]:.6f} (1 000 permutations)")
    if max(abs(a - b) for a, b in zip(exact, hits)) > 1e-9 or abs(p[0] - p[1]) > 0.08:
        raise SystemExit("the numbers differ")


main()
