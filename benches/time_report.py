"""Times `nearmiss report` on a table of predictions as a whole process: median of several runs.

    python3 benches/time_report.py target/release/nearmiss predictions_1000000.parquet [--runs 5]
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def run(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [str(arguments.program), "report", str(arguments.table), "-o", f"{folder}/report", "--tables-only", "--force", "--quiet"]
        run(command)
        runs = [run(command) for _ in range(arguments.runs)]
    for name, values, unit in zip(("wall", "processor", "peak memory"), zip(*runs), ("s", "s", "MiB")):
        print(f"{name:<12} median {statistics.median(values):8.2f} {unit}  (from {min(values):.2f} to {max(values):.2f}, {arguments.runs} runs)")


main()
