#!/usr/bin/env python3
"""Whether two builds of the program write the same bytes: for a change that should change nothing.

    python3 tests/parity/same_outputs.py BEFORE AFTER [FOLDER ...] [--compare] [--report OPTIONS ...]

BEFORE and AFTER are programs. Every table under the folders (tests/fixtures, taxonomies and reports/demo without any)
is given to `report` of both, every folder of vectors (`.npy`, `.npz`, embeddings in Parquet) to `latent`, every two
tables of a folder together to `compare`; what stands on stdout and stderr, the exit code and every byte of every file
written must be equal. Prints how many were compared and which differ; exit code 1 if any does.
"""
import argparse
import concurrent.futures
import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".txt", ".gz", ".npy", ".npz", ".safetensors")
VECTORS = (".npy", ".npz", ".safetensors")


def run(program, arguments, folder, output):
    """Exit code and what was said; the program is called by the same name, whichever it is."""
    done = subprocess.run(
        ["nearmiss", *arguments, "-o", output], executable=program, cwd=folder, capture_output=True, timeout=900,
        env={**os.environ, "NEARMISS_CACHE": os.path.join(folder, ".cache"), "HF_HUB_OFFLINE": "1"},
    )
    return done.returncode, done.stdout, done.stderr


def differences(before, after):
    """Files that are not the same in two folders."""
    names = lambda top: {str(p.relative_to(top)) for p in pathlib.Path(top).rglob("*") if p.is_file()}
    ours, theirs = names(before), names(after)
    found = [f"only one has {name}" for name in sorted(ours ^ theirs)]
    same = sorted(ours & theirs)
    found += [f"{name} differs" for name in same if not filecmp.cmp(f"{before}/{name}", f"{after}/{name}", shallow=False)]
    return found


def compared(task):
    """What differs for one command line; `None` where both refused it alike."""
    before, after, arguments = task
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one, other = (run(p, arguments, f, "out") for p, f in ((before, first), (after, second)))
        one, other = ((code, *(text.replace(f.encode(), b"") for text in said)) for f, (code, *said) in ((first, one), (second, other)))
        found = [f"{what}: {a!r:.300} and {b!r:.300}" for what, a, b in zip(("code", "stdout", "stderr"), one, other) if a != b]
        found += differences(f"{first}/out", f"{second}/out")
        return arguments, one[0], found


def tasks(options):
    for top in options.folders:
        files = sorted(p for p in pathlib.Path(top).resolve().rglob("*") if p.is_file() and p.name.endswith(ENDINGS))
        tables = [p for p in files if p.stat().st_size < options.megabytes << 20]
        for path in tables:
            kind = "latent" if path.suffix in VECTORS else "report"
            yield [kind, str(path), *options.report]
        for folder in sorted({p.parent for p in tables}):
            inside = [p for p in tables if p.parent == folder and p.suffix not in VECTORS]
            for one, other in zip(inside, inside[1:]):
                yield ["compare", str(one), str(other)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("folders", nargs="*", default=["tests/fixtures", "taxonomies", "reports/demo"])
    parser.add_argument("--report", nargs=argparse.REMAINDER, default=[], help="options of every `report` and `latent`")
    parser.add_argument("--megabytes", type=int, default=64, help="larger files are left out")
    options = parser.parse_args()
    programs = [os.path.abspath(p) for p in (options.before, options.after)]
    ends, wrong = {}, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for arguments, code, found in pool.map(compared, ((*programs, task) for task in tasks(options))):
            ends[code] = ends.get(code, 0) + 1
            if found:
                wrong += 1
                print("DIFFERENT:", " ".join(arguments), *found, sep="\n  ", flush=True)
    total = sum(ends.values())
    scored = ends.get(0, 0) + ends.get(1, 0)
    print(f"{total} command lines: {scored} done, {total - scored} refused; {wrong} differ")
    sys.exit(1 if wrong or not scored else 0)


if __name__ == "__main__":
    main()
