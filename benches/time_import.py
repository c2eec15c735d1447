"""Times `nearmiss taxonomy import` of an archive of seven million rows, and `taxonomy resolve` of many names.

    python3 benches/time_import.py target/release/nearmiss archive.zip [--runs 5] [--names FILE ... --taxonomy T]

The archive is that of `make_archive.py`. Whole processes; memory is the largest resident set.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("archive")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--names", nargs="*", default=[])
parser.add_argument("--taxonomy")
options = parser.parse_args()


def timed(arguments):
    """Seconds and MiB of a whole process, and what it said."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(said)
    return time.perf_counter() - start, usage.ru_maxrss / 1024, said


def row(what, runs, unit):
    print(f"| {what} | {statistics.median(runs):.1f} {unit} | {min(runs):.1f} | {max(runs):.1f} | {len(runs)} |")


print("| what | median | from | to | runs |\n|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as folder:
    for what, more in [("all of it", []), ("--rank genus", ["--rank", "genus"])]:
        output = str(pathlib.Path(folder) / "taxonomy.parquet")
        runs = [timed([options.program, "taxonomy", "import", options.archive, "-o", output, "--force", *more]) for _ in range(options.runs)]
        row(f"import, {what}", [run[0] for run in runs], "s")
        row(f"its memory, {what}", [run[1] for run in runs], "MiB")
    if options.names:
        output = str(pathlib.Path(folder) / "resolved.csv")
        command = [options.program, "taxonomy", "resolve", *options.names, "--taxonomy", options.taxonomy, "-o", output]
        rates, count = [], 0
        for _ in range(options.runs):
            said = timed(command)[2]
            count, _, rate = re.search(r"(\d+) names in ([\d.]+) s, (\d+) a second", said).groups()
            rates.append(float(rate) / 1000)
        row(f"resolve, {count} names, thousands a second", rates, "")
