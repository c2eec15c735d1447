"""Times exact neighbours against FAISS, silhouettes at seven ranks, and `nearmiss latent` on many vectors.

    cargo bench --package nearmiss --bench space --no-run
    python3 benches/time_space.py target/release/deps/space-HASH target/release/nearmiss [--runs 5]

Vectors are drawn with a seed: species around genera around families, and so on, of unit length, in
single precision. Neighbours: 10 000 queries among 10 000 vectors of length 768, the 10 and the 101
nearest by inner product, in turns with FAISS's IndexFlatIP on the same vectors and cores; the rows found are
compared. Silhouettes by cosine: seven ranks of 100 000 vectors of length 768, and scikit-learn's on
the first 5 000 for the numbers. `latent`: 50 000 vectors of length 512 without the map, whole process.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import faiss
import numpy
import pyarrow
import pyarrow.parquet
import sklearn.metrics

CLADES = [2, 4, 10, 30, 100, 300, 1_000]
RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]


def space(count, width, seed):
    """Unit vectors, and one column of labels per rank."""
    random = numpy.random.default_rng(seed)
    above, labels = numpy.zeros((1, width)), []
    parent = numpy.zeros(1, dtype=int)
    lineages = None
    for size in CLADES:
        # Every clade has one below it at least.
        parent = numpy.sort(numpy.concatenate([numpy.arange(len(above)), random.integers(0, len(above), size - len(above))]))
        above = above[parent] + random.normal(size=(size, width))
        own = numpy.arange(size)[:, None]
        lineages = own if lineages is None else numpy.hstack([lineages[parent], own])
    species = random.integers(0, CLADES[-1], count)
    vectors = above[species] + 2.0 * random.normal(size=(count, width))
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(numpy.float32), lineages[species]


def row(what, seconds, unit="s"):
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    print(f"| {what} | {middle:.3g} {unit} | {low:.3g} | {high:.3g} | {len(seconds)} |")
    sys.stdout.flush()
    return middle


def neighbours(program, folder, runs):
    vectors, _ = space(10_000, 768, 1)
    numpy.save(folder / "neighbours.npy", vectors)
    index = faiss.IndexFlatIP(768)
    index.add(vectors)
    for k in (10, 101):
        index.search(vectors, k)
        ours, theirs, rows, found = [], [], None, None
        for _ in range(runs):
            # Of two runs in a process the second: memory and threads are there, as they are for FAISS.
            command = [program, "neighbours", folder / "neighbours.npy", str(k), "2"]
            said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            ours.append(said["seconds"][1])
            rows = said["rows"]
            start = time.perf_counter()
            _, found = index.search(vectors, k)
            theirs.append(time.perf_counter() - start)
        mine = row(f"the {k} nearest, nearmiss", ours)
        peer = row(f"the {k} nearest, FAISS IndexFlatIP", theirs)
        same = numpy.mean([len(numpy.intersect1d(a, b)) / k for a, b in zip(rows, found)])
        print(f"\nneighbours: {peer / mine:.2f} times as fast as FAISS; {same:.6f} of the rows are the same\n")


def silhouettes(program, folder, runs):
    vectors, labels = space(100_000, 768, 2)
    numpy.save(folder / "vectors.npy", vectors)
    numpy.save(folder / "labels.npy", labels.astype(numpy.float32))
    said = json.loads(
        subprocess.run([program, "silhouettes", folder / "vectors.npy", folder / "labels.npy", str(runs)], check=True, capture_output=True).stdout
    )
    row("silhouettes of seven ranks, 100 000 x 768", said["seconds"])
    numpy.save(folder / "vectors.npy", vectors[:5_000])
    numpy.save(folder / "labels.npy", labels[:5_000].astype(numpy.float32))
    said = json.loads(
        subprocess.run([program, "silhouettes", folder / "vectors.npy", folder / "labels.npy", "1"], check=True, capture_output=True).stdout
    )
    theirs = [sklearn.metrics.silhouette_score(vectors[:5_000].astype(float), labels[:5_000, rank], metric="cosine") for rank in range(7)]
    worst = max(abs(a - b) for a, b in zip(said["means"], theirs))
    print(f"\nsilhouettes: of 5 000 of them they differ from scikit-learn's by at most {worst:.1e}\n")


def latent(program, folder, runs):
    vectors, labels = space(50_000, 512, 3)
    columns = {"image": [f"photo_{index}.jpg" for index in range(len(vectors))]}
    for rank, name in enumerate(RANKS):
        columns[name] = [f"{name} {label}" for label in labels[:, rank]]
    columns["embedding"] = list(vectors)
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / "space.parquet")
    seconds, memory = [], []
    for run in range(runs):
        start = time.perf_counter()
        child = subprocess.Popen([program, "--quiet", "latent", folder / "space.parquet", "--sample", "all", "--no-map", "--force", "-o", folder / "out"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            sys.exit("latent failed")
        seconds.append(time.perf_counter() - start)
        memory.append(usage.ru_maxrss / 1024)
    row("latent without the map, 50 000 x 512", seconds)
    row("its memory", memory, "MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("space")
    parser.add_argument("nearmiss")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["neighbours", "silhouettes", "latent"])
    options = parser.parse_args()
    print("| what | median | from | to | runs |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if options.only in (None, "neighbours"):
            neighbours(options.space, folder, options.runs)
        if options.only in (None, "silhouettes"):
            silhouettes(options.space, folder, options.runs)
        if options.only in (None, "latent"):
            latent(options.nearmiss, folder, options.runs)


if __name__ == "__main__":
    main()
