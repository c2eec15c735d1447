"""The program against its oracle on random tables."""

import argparse
import collections
import csv
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

# Seeds run side by side already: threads of the arithmetic would only get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import agreement
import compare
import fusion
import intervals
import latent
import listings
import mathematics
import refusals
import report
import retrieve
import run_random
import runs
import runs_random
import spaces
import spaces_random
import tables
import taxonomy as taxonomies
from tables_random import Case

# What no oracle can know, and why:
EXEMPT = {
    "report": [
        "why_no_distribution", "*.why_n", "*.note", "intervals", "*.method",  # sentences
        "provenance", "notes", "warnings", "reading*",  # sentences, and how files were read
        "novelty.why_*",  # sentences
    ],
    "compare": [
        "nearmiss.notes", "nearmiss.provenance",  # sentences
        "*.label", "*.no_student", "*.no_interval",  # words
        "*.method",  # how p was found; p itself is compared
    ],
    "retrieve": [
        "notes", "provenance", "norm", "similarity", "ties", "depth", "*.no_interval",  # words
    ],
    "latent": [
        "notes", "provenance", "options", "*.no_interval",  # words
        "*.k_means", "*.k_means.*",  # starts from seeded rows
    ],
}


def run(program, folder, *arguments):
    """Runs the program; its exit code and what it said."""
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)


def held(theirs, ours, command):
    """The leaves of both, compared."""
    return [(f"{command} {leaf[0]}", *leaf[1:]) for leaf in agreement.compare(theirs, ours, EXEMPT[command])]


def in_intervals(theirs, command):
    """Every interval of the program held against its value."""
    return [(f"{command} {leaf[0]}", *leaf[1:]) for leaf in intervals.checks(theirs)]


def check_report(program, seed, folder):
    """One table."""
    case = Case(seed)
    case.write(folder)
    done = run(program, folder, "report", "t.csv", "--taxonomy", "tax.csv", "-o", "out", "--tables-only", "--quiet",
               "--force", *case.arguments())
    tree = taxonomies.read(folder / "tax.csv")
    images, probabilities = tables.read(folder / "t.csv", tree, case.options)
    if case.refused:
        said = done.returncode == 2 and ("rows that give one label several scores" in done.stderr if case.refused == "score"
                                         else f"'{case.refused}'" in done.stderr or "truth" in done.stderr)
        return [("report refuses contradictions", (done.returncode, done.stderr), case.refused, said)]
    if not any(isinstance(image.truth, int) for image in images):
        return [("report exit", done.returncode, 2, done.returncode == 2 and "no image can be scored" in done.stderr)]
    if done.returncode != 0:
        return [("report exit", done.stderr, 0, False)]
    scored = [image for image in images if isinstance(image.truth, int)]
    out = folder / "out"
    theirs = {
        **read_json(out / "metrics.json"),
        "taxa.csv": rows_by(out / "taxa.csv", "taxon"),
        "mistakes.csv": rows_by(out / "mistakes.csv", "image"),
        "confusions.csv": rows_by(out / "confusions.csv", "truth", "predicted"),
        "probably_the_name.csv": rows_by(out / "probably_the_name.csv", "truth", "predicted"),
    }
    ours = {
        **report.metrics(tree, images, probabilities, case.options | ({"costs": case.costs} if case.costs else {}), theirs),
        "taxa.csv": listings.taxa(tree, scored),
        "mistakes.csv": listings.mistakes(tree, scored),
        "confusions.csv": listings.confusions(tree, scored),
        "probably_the_name.csv": listings.probably_the_name(tree, scored),
    }
    thin(theirs, ours)
    return held(theirs, ours, "report") + in_intervals(theirs, "report")


def check_run(program, seed, folder):
    """A run directory with vectors."""
    case = run_random.Run(seed)
    case.write(folder)
    done = run(program, folder, "report", "run", "--taxonomy", "tax.csv", "-o", "run_out", "--tables-only", "--no-latent",
               "--quiet", "--force")
    tree = taxonomies.read(folder / "tax.csv")
    images, candidates, unusable = runs.read(case, tree)
    if not any(report.fate(tree, image, candidates) is None for image in images):
        return [("run exit", done.returncode, 2, done.returncode == 2)]
    if done.returncode not in (0, 1):
        return [("run exit", done.stderr, 0, False)]
    theirs = read_json(folder / "run_out" / "metrics.json")
    ours = report.metrics(tree, images, True, None, theirs, candidates, unusable)
    ours["computed"] = computed(read_json(folder / "run" / "run.json"))
    thin(theirs, ours)
    return held(theirs, ours, "report") + in_intervals(theirs, "report")


def computed(record):
    """How a run was computed, as its own record says."""
    identity = record["identity"]
    return {"model": identity["model"], "architecture": identity["architecture"], "recipe": identity["recipe"],
            "logit_scale": record["logit_scale"], "device": record["device"]}


def thin(theirs, ours):
    """Of a curve of more points than the program keeps, those that it kept, the first and the last among them."""
    for place in (["selective"], ["novelty", "back_off"]):
        thin_at(theirs, ours, place)


def thin_at(theirs, ours, place):
    """The curve of one block."""
    for step in place:
        theirs, ours = theirs.get(step) or {}, ours.get(step) or {}
    kept, every = theirs.get("curve"), ours.get("curve")
    if kept is None or every is None or len(every) <= 200:
        return
    thresholds = {mathematics.level(one["threshold"]) for one in kept}
    found = [point for point in every if mathematics.level(point["threshold"]) in thresholds]
    if len(kept) <= 200 and every[0] in found and every[-1] in found:
        ours["curve"] = found


def check_compare(program, seed, folder):
    """Two or three tables."""
    names = Case(seed).rivals(folder)
    done = run(program, folder, "compare", *[f"{name}.csv" for name in names], "--taxonomy", "tax.csv", "-o", "cmp",
               "--quiet", "--force")
    tree = taxonomies.read(folder / "tax.csv")
    read = [tables.read(folder / f"{name}.csv", tree) for name in names]
    runs, probabilities = [one[0] for one in read], [one[1] for one in read]
    if not any(isinstance(image.truth, int) for image in runs[0]):
        return [("compare exit", done.returncode, 2, done.returncode == 2)]
    if done.returncode != 0:
        return [("compare exit", done.stderr, 0, False)]
    theirs = read_json(folder / "cmp" / "compare.json")
    theirs["metrics"].sort()
    leaves = held(theirs, compare.document(tree, names, runs, probabilities), "compare")
    ours = {"/".join(key): row for key, row in compare.clades(tree, names, runs).items()}
    return leaves + held({"clades": rows_by(folder / "cmp" / "clades.csv", "first", "second", "clade")},
                         {"clades": ours}, "compare")


def check_retrieve(program, seed, folder):
    """Vectors against each other."""
    space = spaces_random.Space(seed)
    space.write(folder)
    done = run(program, folder, "retrieve", "v.npy", "--labels", "v.csv", "--taxonomy", "tax.csv", "-o", "ret",
               "--quiet", "--force", *space.options)
    if done.returncode != 0:
        return [("retrieve exit", done.stderr, 0, False)]
    ours = retrieve.search(spaces.Space(folder, taxonomies.read(folder / "tax.csv")), bool(space.options))
    theirs = read_json(folder / "ret" / "retrieval.json")
    return held(theirs, ours, "retrieve") + in_intervals(theirs, "retrieve")


def check_latent(program, seed, folder):
    """Vectors against the taxonomy."""
    space = spaces_random.Space(seed)
    space.write(folder)
    done = run(program, folder, "latent", "v.npy", "--labels", "v.csv", "--taxonomy", "tax.csv", "-o", "lat",
               "--quiet", "--force", "--no-map")
    if done.returncode != 0:
        return [("latent exit", done.stderr, 0, False)]
    theirs = read_json(folder / "lat" / "latent.json")
    ours = latent.document(spaces.Space(folder, taxonomies.read(folder / "tax.csv")))
    for document in (theirs, ours):
        document["suspects"] = {row["image"]: row for row in document["suspects"]}
    return list(standard_scores(theirs)) + held(theirs, ours, "latent") + in_intervals(theirs, "latent")


def standard_scores(theirs, path=""):
    """Takes `z` out of every test by permutation, and holds it against its other numbers."""
    if isinstance(theirs, dict):
        if "null_deviation" in theirs:
            spread = theirs["null_deviation"]
            z = (theirs["observed"] - theirs["null_mean"]) / spread if spread else None
            given = theirs.pop("z")
            yield f"latent {path}.z", given, z, agreement.equal(given, z)
        for key, value in theirs.items():
            yield from standard_scores(value, f"{path}.{key}")
    elif isinstance(theirs, list):
        for value in theirs:
            yield from standard_scores(value, f"{path}[]")


def check_runs(program, seed, folder):
    """Runs against judgements."""
    case = runs_random.Runs(seed)
    case.write(folder)
    done = run(program, folder, "retrieve", "qrels.trec", *[f"{name}.trec" for name in case.runs], "-o", "runs", "--quiet",
               "--force", "--ties", case.ties, "--measures", ",".join(runs_random.MEASURES))
    if done.returncode != 0:
        return [("runs exit", done.stderr, 0, False)]
    theirs = read_json(folder / "runs" / "compare.json")
    theirs["metrics"].sort()
    return held(theirs, retrieve.runs_document(case.qrels, case.runs, runs_random.MEASURES, case.ties), "compare") \
        + list(check_fused(program, case, folder))


def check_fused(program, case, folder):
    """The same runs made one, document by document."""
    for kind in ("rrf", "sum", "mnz"):
        done = run(program, folder, "retrieve", "qrels.trec", *[f"{name}.trec" for name in case.runs], "-o", f"{kind}.trec",
                   "--quiet", "--force", "--ties", case.ties, "--fuse", kind)
        if done.returncode != 0:
            yield f"fused {kind} exit", done.stderr, 0, False
            continue
        theirs = {}
        for line in (folder / f"{kind}.trec").read_text().splitlines():
            query, _, document, _, score, _ = line.split()
            theirs.setdefault(query, []).append((document, float(score)))
        ours = fusion.fused(case.runs, kind, case.ties)
        yield f"fused {kind} queries", sorted(theirs), sorted(ours), sorted(theirs) == sorted(ours)
        for query, found in ours.items():
            listed = theirs.get(query, [])
            # In the order of a file first met means what the program met first; elsewhere names decide.
            if case.ties != "input":
                order = retrieve.order(found, case.ties)
                documents = [document for document, _ in listed]
                yield f"fused {kind} {query}", documents, order, documents == order
            for document, score in listed:
                yield f"fused {kind} {query} {document}", score, float(found[document]), agreement.equal(score, float(found[document]))


def read_json(path):
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def rows_by(path, *keys):
    """Rows of a CSV by some of their cells, cells that are numbers as numbers; of a file that is not there, none."""
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {"/".join(row[key] for key in keys): {name: number(cell) for name, cell in row.items() if name not in keys}
            for row in rows}


def number(cell):
    """A cell as a number where it is one; None where it is empty."""
    if cell == "":
        return None
    try:
        return float(cell)
    except ValueError:
        return cell


CHECKS = {"report": check_report, "run": check_run, "compare": check_compare, "retrieve": check_retrieve, "runs": check_runs,
          "latent": check_latent}


def seed_of(arguments):
    """Holds one seed against the program; gives the disagreements and how many numbers were compared."""
    program, seed, keep, commands = arguments
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(keep or name) / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        leaves = []
        for command in commands:
            try:
                leaves += CHECKS[command](program, seed, folder)
            except Exception as error:  # a fault of the oracle is a failure of the seed, not of the run
                place = traceback.extract_tb(error.__traceback__)[-1]
                leaves.append((f"{command} oracle", f"{place.filename}:{place.lineno}", repr(error), False))
        return seed, [leaf[:3] for leaf in leaves if not leaf[3]], len(leaves)


def main():
    """Runs all seeds; the exit code is 1 where something disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seeds", default="0:200")
    parser.add_argument("--commands", default=",".join(CHECKS))
    parser.add_argument("--keep", help="write the tables into this folder and leave them there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--summary", action="store_true", help="one line per path that disagrees")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(":"))
    program = str(pathlib.Path(options.program).resolve())
    failed = compared = refused = 0
    kinds = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, did, part, right in refusals.checks(lambda *arguments: run(program, folder, *arguments), folder):
            compared += 1
            if not right:
                refused += 1
                print(f"{what}: program {did!r}, oracle: exit code 2 and a sentence with {part!r}")
    work = [(program, seed, options.keep, options.commands.split(",")) for seed in range(first, last)]
    with multiprocessing.Pool(options.workers) as pool:
        for seed, wrong, count in pool.imap(seed_of, work):
            compared += count
            failed += bool(wrong)
            for path, theirs, ours in wrong:
                kinds[path].append((seed, theirs, ours))
                if not options.summary:
                    print(f"seed {seed}: {path}: program {theirs!r}, oracle {ours!r}")
    if options.summary:
        for path, found in kinds.items():
            print(f"{len(found):4} {path.replace(' ', ':')}: seed {found[0][0]}: {str(found[0][1])[:200]!r} / {str(found[0][2])[:90]!r}")
    print(f"{compared} numbers compared")
    print(f"oracle: {last - first - failed} passed, {failed + refused} failed")
    sys.exit(bool(failed or refused))


if __name__ == "__main__":
    main()
