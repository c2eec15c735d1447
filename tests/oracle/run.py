"""The program against its oracle on random tables."""

import argparse
import collections
import json
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile

import agreement
import report
import tables
import taxonomy as taxonomies
from tables_random import Case

# What no oracle can know.
EXEMPT = [
    "provenance",
    "notes",
    "warnings",
]


def seed_of(arguments):
    """Holds one seed against the program; gives the disagreements and how many numbers were compared."""
    program, seed, keep = arguments
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(keep or name) / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        case = Case(seed)
        case.write(folder)
        command = [program, "report", "t.csv", "--taxonomy", "tax.csv", "-o", "out", "--tables-only", "--quiet", "--force",
                   *case.options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            return seed, [("exit", done.returncode, done.stderr)], 0
        theirs = json.loads((folder / "out" / "metrics.json").read_text())
        tree = taxonomies.read(folder / "tax.csv")
        ours = report.metrics(tree, *tables.read(folder / "t.csv", tree))
        leaves = list(agreement.compare(theirs, ours, EXEMPT))
        return seed, [leaf[:3] for leaf in leaves if not leaf[3]], len(leaves)


def main():
    """Runs all seeds; the exit code is 1 where something disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seeds", default="0:200")
    parser.add_argument("--keep")
    parser.add_argument("--only", default="")
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(":"))
    program = str(pathlib.Path(options.program).resolve())
    failed = compared = 0
    kinds = collections.defaultdict(list)
    with multiprocessing.Pool(2) as pool:
        for seed, wrong, count in pool.imap(seed_of, [(program, seed, options.keep) for seed in range(first, last)]):
            compared += count
            wrong = [leaf for leaf in wrong if leaf[0].startswith(options.only)]
            failed += bool(wrong)
            for path, theirs, ours in wrong:
                kinds[path].append((seed, theirs, ours))
                if not options.summary:
                    print(f"seed {seed}: {path}: program {theirs!r}, oracle {ours!r}")
    if options.summary:
        for path, found in kinds.items():
            print(f"{len(found):4} {path}: seed {found[0][0]}: {str(found[0][1])[:200]!r} / {str(found[0][2])[:90]!r}")
    print(f"{compared} numbers compared")
    print(f"oracle: {last - first - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
