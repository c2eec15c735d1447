"""Merges runs and samples spaces that are larger than memory should be, and says how much memory that took.

    cargo bench --package nearmiss --bench large --no-run
    python3 benches/time_large.py target/release/deps/large-HASH target/release/nearmiss --photographs 1000000 --vectors 1000000

Runs: so many photographs in three shards, 35 rows of predictions and a vector of length 64 each; merged, and the tables held
against those of one process. Spaces: so many vectors of length 768 in a `.npy`, of which 20 000 are measured and asked for their
neighbours among all. Needs some 3 GB of disk for each million of photographs, and as many for each of vectors.
"""

import argparse
import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile
import time


def timed(command):
    """Seconds and MiB of a whole process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[:3]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def row(what, seconds, memory):
    print(f"| {what} | {seconds:.1f} s | {memory:.0f} MiB |")
    sys.stdout.flush()


def merged(large, nearmiss, folder, photographs):
    subprocess.run([large, "runs", folder / "runs", str(photographs), "3", "64"], check=True)
    shards = [folder / "runs" / f"{number}-of-3" for number in (1, 2, 3)]
    row(f"merge, {photographs} photographs", *timed([nearmiss, "merge", *shards, "-o", folder / "merged"]))
    for table in ("images", "predictions", "labels"):
        one, other = (folder / run / f"{table}.parquet" for run in ("runs/whole", "merged"))
        if not filecmp.cmp(one, other, shallow=False):
            sys.exit(f"{table} differs from that of one process")


def sampled(large, nearmiss, folder, vectors):
    path = folder / "space.npy"
    subprocess.run([large, "vectors", path, str(vectors), "768"], check=True)
    command = [nearmiss, "latent", path, "--labels", folder / "space.labels.csv", "--no-map", "--force", "-o", folder / "out"]
    row(f"latent, 20 000 of {vectors}, the sample alone", *timed([*command, "--search-minutes", "0"]))
    row(f"latent, 20 000 of {vectors}, neighbours among all", *timed([*command, "--search-minutes", "1000"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("large", type=pathlib.Path)
    parser.add_argument("nearmiss", type=pathlib.Path)
    parser.add_argument("--photographs", type=int, default=1_000_000)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where to write; the temporary folder of the system by default")
    options = parser.parse_args()
    print("| what | time | memory |\n|---|---|---|")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        if options.photographs:
            merged(options.large.resolve(), options.nearmiss.resolve(), folder, options.photographs)
        if options.vectors:
            sampled(options.large.resolve(), options.nearmiss.resolve(), folder, options.vectors)


if __name__ == "__main__":
    main()
