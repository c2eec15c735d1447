"""What must not matter: the order of rows, the spelling of ids, branches nobody asked for, the kind of file.

Every number of metrics.json, compare.json, latent.json and retrieval.json is held against that of
the same input in another form.
"""

import argparse
import fnmatch
import json
import multiprocessing
import pathlib
import random
import subprocess
import sys
import tempfile
import traceback

import numpy as np
import pyarrow
import pyarrow.parquet

import agreement
import spaces_random
from tables_random import Case, write_csv

# Sentences, paths and commands.
WORDS = ["provenance", "*.provenance", "notes", "*.notes", "warnings", "why_no_distribution", "*.why_n", "*.note"]

# Numbers that a branch nobody asked for changes by their definitions: bits are shares of all leaves, the
# cost of a wrong step is shared among all children of the root.
LEAVES = ["*.info_*", "*info_recall*", "*.ap_info*", "*.ac_info*", "*.h_loss", "selective.haurc*", "selective.targets*"]

# Numbers of a table twice over that may move: bins of equal mass, halves drawn at random and what comes of
# them, and all that is an interval or a count, which have rules of their own.
TWICE = ["*adaptive_ece*", "selective.targets*", "selective.note", "calibration.temperature*", "calibration.note", "intervals*"]


def run(program, folder, out, *arguments):
    """Runs a command into a folder and gives its JSON."""
    done = subprocess.run([program, *arguments, "-o", out, "--quiet", "--force"], cwd=folder, capture_output=True, text=True)
    if done.returncode == 2:
        return {"refused": True}
    name = {"report": "metrics", "compare": "compare", "latent": "latent", "retrieve": "retrieval"}[arguments[0]]
    return json.loads((folder / out / f"{name}.json").read_text(encoding="utf-8"))


def differences(what, before, after, exempt=()):
    """What is not the same; (what, path, before, after) each."""
    leaves = list(agreement.compare(after, before, [*WORDS, *exempt]))
    return len(leaves), [(what, path, old, new) for path, new, old, same in leaves if not same]


class Tables:
    """The random table of a seed in many forms, for `report`."""

    def __init__(self, program, seed, folder):
        self.program, self.folder = program, folder
        self.case = Case(seed)
        self.draw = random.Random(f"properties {seed}")
        self.case.write(folder)

    def report(self, out, table="t.csv", taxonomy="tax.csv"):
        """metrics.json of a table."""
        return run(self.program, self.folder, out, "report", table, "--taxonomy", taxonomy, "--tables-only", *self.case.arguments())

    def checks(self):
        """All properties of `report`."""
        base = self.report("base")
        if self.case.refused:
            return
        yield "permute rows", base, self.permuted(), ()
        yield "permute taxonomy", base, self.permuted_taxonomy(), ()
        if not self.case.columns:
            yield "rename ids", base, self.renamed(), ()
        yield "unrelated kingdom", base, self.with_kingdom(), LEAVES
        for kind in ("tsv", "jsonl", "parquet"):
            yield kind, base, self.in_form(kind), ()
        # Of truths and tips together the truths weigh more in a table twice over.
        more = LEAVES if self.case.options.get("information") == "truths" else []
        yield "twice", once(base), once(self.twice()), [*TWICE, *more]

    def permuted(self):
        """Rows in any order; those of one image keep theirs where nothing else ranks them."""
        head, *rows = self.case.table
        self.draw.shuffle(rows)
        if "score" not in head:
            images = list(dict.fromkeys(row[0] for row in rows))
            rows = [row for image in images for row in self.case.table[1:] if row[0] == image]
        write_csv(self.folder / "permuted.csv", [head, *rows])
        return self.report("permuted", "permuted.csv")

    def permuted_taxonomy(self):
        """Taxa in any order."""
        head, *rows = self.case.taxonomy
        self.draw.shuffle(rows)
        write_csv(self.folder / "tax_permuted.csv", [head, *rows])
        return self.report("permuted_taxonomy", taxonomy="tax_permuted.csv")

    def renamed(self):
        """Other ids, in another order."""
        names = renaming(self.case.taxonomy, self.draw)
        write_csv(self.folder / "tax_renamed.csv", renamed_taxonomy(self.case.taxonomy, names))
        rows = [[names.get(cell, cell) for cell in row] for row in self.case.table]
        write_csv(self.folder / "renamed.csv", rows)
        return self.report("renamed", "renamed.csv", "tax_renamed.csv")

    def with_kingdom(self):
        """A kingdom that no truth and no answer lies in."""
        write_csv(self.folder / "tax_kingdom.csv", kingdom_added(self.case.taxonomy, self.case.columns))
        return self.report("kingdom", taxonomy="tax_kingdom.csv")

    def in_form(self, kind):
        """The same table as another kind of file."""
        write_table(self.folder / f"t.{kind}", self.case.table, kind)
        return self.report(kind, f"t.{kind}")

    def twice(self):
        """Every image a second time under another name, in an observation of its own."""
        head, *rows = self.case.table
        again = []
        for row in rows:
            row = [row[0] + " again", *row[1:]]
            if "observation" in head and row[head.index("observation")]:
                row[head.index("observation")] += " again"
            again.append(row)
        write_csv(self.folder / "twice.csv", [head, *rows, *again])
        return self.report("twice", "twice.csv")


def once(document, path=""):
    """A report with its counts and interval ends taken out, so that a table twice over must give the same."""
    if isinstance(document, dict):
        return {key: once(value, f"{path}.{key}") for key, value in document.items()
                if not interval(key) and key not in ("no_interval",)}
    if isinstance(document, list):
        return [once(value, path) for value in document]
    # Counts are whole numbers; classes, candidates, k and what is chosen are not counts of images.
    keeps = ("classes", "candidates", ".k", "yellow_from")
    if isinstance(document, int) and not isinstance(document, bool) and not path.endswith(keeps):
        return None
    return document


def interval(key):
    """Whether a key is an end of an interval."""
    return key.endswith("_low") or key.endswith("_high") or key in ("low", "high", "interval", "intervals")


def renaming(taxonomy, draw):
    """A new id for every taxon."""
    identities = [row[0] for row in taxonomy[1:]]
    numbers = list(range(len(identities)))
    draw.shuffle(numbers)
    return {identity: f"Q{number:03}" for identity, number in zip(identities, numbers)}


def renamed_taxonomy(taxonomy, names):
    """Rows with ids and parents renamed."""
    return [taxonomy[0], *[[names[row[0]], names.get(row[1], ""), *row[2:]] for row in taxonomy[1:]]]


def kingdom_added(taxonomy, columns):
    """Rows with a kingdom, a class and two species more."""
    if columns:
        return taxonomy + [["Zzzia", "", "Zzzopsida", "", "", "Zzzus", "Zzzus unus"], ["Zzzia", "", "Zzzopsida", "", "", "Zzzus", "Zzzus duo"]]
    return taxonomy + [["Z1", "", "Zzzia", "kingdom"], ["Z2", "Z1", "Zzzopsida", "class"],
                       ["Z3", "Z2", "Zzzus unus", "species"], ["Z4", "Z2", "Zzzus duo", "species"]]


def write_table(path, table, kind):
    """A table as TSV, JSON Lines or Parquet; scores are numbers there."""
    head, *rows = table
    if kind == "tsv":
        path.write_text("".join("\t".join(row) + "\n" for row in table), encoding="utf-8")
        return
    records = [{key: cell_of(key, cell) for key, cell in zip(head, row)} for row in rows]
    if kind == "jsonl":
        path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
        return
    kinds = {key: pyarrow.float64() if key == "score" else pyarrow.string() for key in head}
    columns = [pyarrow.array([record[key] for record in records], kinds[key]) for key in head]
    pyarrow.parquet.write_table(pyarrow.table(columns, names=head), path)


def cell_of(key, cell):
    """A cell as its value; nothing where it is blank."""
    if cell == "":
        return None
    return float(cell) if key == "score" else cell


class Comparisons:
    """Two tables of a seed in many forms, for `compare`."""

    def __init__(self, program, seed, folder):
        self.program, self.folder = program, folder
        self.case = Case(seed)
        self.draw = random.Random(f"properties {seed}")
        self.names = self.case.rivals(folder)[:2]

    def compare(self, out, tables, taxonomy="tax.csv"):
        """compare.json of two tables."""
        return run(self.program, self.folder, out, "compare", *tables, "--taxonomy", taxonomy, "--draws", "200")

    def checks(self):
        """All properties of `compare`."""
        tables = [f"{name}.csv" for name in self.names]
        base = self.compare("cmp", tables)
        for name in self.names:
            rows = read_rows(self.folder / f"{name}.csv")
            body = rows[1:]
            self.draw.shuffle(body)
            (self.folder / "permuted_cmp").mkdir(exist_ok=True)
            write_csv(self.folder / "permuted_cmp" / f"{name}.csv", [rows[0], *body])
            write_table(self.folder / f"{name}.parquet", rows, "parquet")
        yield "compare permute rows", base, self.compare("cmp_permuted", [f"permuted_cmp/{name}.csv" for name in self.names]), ()
        yield "compare swap", base, mirrored(self.compare("cmp_swapped", tables[::-1])), ()
        yield "compare parquet", base, self.compare("cmp_parquet", [f"{name}.parquet" for name in self.names]), ()
        write_csv(self.folder / "tax_kingdom.csv", kingdom_added(self.case.taxonomy, self.case.columns))
        yield "compare unrelated kingdom", base, self.compare("cmp_kingdom", tables, "tax_kingdom.csv"), ()
        if not self.case.columns:
            names = renaming(self.case.taxonomy, self.draw)
            write_csv(self.folder / "tax_renamed.csv", renamed_taxonomy(self.case.taxonomy, names))
            (self.folder / "renamed_cmp").mkdir(exist_ok=True)
            for name in self.names:
                rows = read_rows(self.folder / f"{name}.csv")
                write_csv(self.folder / "renamed_cmp" / f"{name}.csv", [[names.get(cell, cell) for cell in row] for row in rows])
            after = self.compare("cmp_renamed", [f"renamed_cmp/{name}.csv" for name in self.names], "tax_renamed.csv")
            yield "compare rename ids", base, after, ()
        yield "compare with itself", {"all": "equal"}, equal_to_itself(self.compare("cmp_self", [tables[0], tables[0]])), ()


def read_rows(path):
    """Rows of a CSV."""
    import csv

    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def mirrored(document):
    """A comparison of B with A as one of A with B."""
    if "refused" in document:
        return document
    document["model_names"].reverse()
    inner = document["nearmiss"]
    inner["runs"].reverse()
    for metric in inner["metrics"]:
        for key, value in metric.items():
            if isinstance(value, list) and key != "pairs":
                value.reverse()
        for pair in metric["pairs"]:
            pair["difference"] = turned(pair["difference"])
            pair["student_t"] = turned(pair["student_t"])
            pair["wins"], pair["losses"] = pair["losses"], pair["wins"]
            if pair.get("interval"):
                low, high = pair["interval"]["low"], pair["interval"]["high"]
                pair["interval"].update(low=turned(high), high=turned(low))
    return document


def turned(value):
    """A number with the other sign."""
    return None if value is None else 0.0 - value


def equal_to_itself(document):
    """Whether a run against itself differs nowhere; else what does."""
    if "refused" in document:
        return {"all": "equal"}
    for metric in document["nearmiss"]["metrics"]:
        for pair in metric["pairs"]:
            if pair["wins"] or pair["losses"] or pair["difference"] not in (0, None) or pair["randomisation"]["p"] != 1:
                return {"all": pair}
    return {"all": "equal"}


class Spaces:
    """The random vectors of a seed in many forms, for `latent` and `retrieve`."""

    def __init__(self, program, seed, folder):
        self.program, self.folder = program, folder
        self.space = spaces_random.Space(seed)
        self.draw = random.Random(f"properties {seed}")
        self.space.write(folder)

    def measure(self, command, out, name="v", taxonomy="tax.csv"):
        """latent.json or retrieval.json; per-point lists sorted, as their order is that of the rows."""
        more = ["--no-map", "--permutations", "9"] if command == "latent" else []
        document = run(self.program, self.folder, f"{command}_{out}", command, f"{name}.npy", "--labels", f"{name}.csv",
                       "--taxonomy", taxonomy, *more)
        return without_order(document)

    def checks(self):
        """All properties of both commands."""
        self.permute()
        self.rename()
        write_csv(self.folder / "tax_kingdom.csv", kingdom_added(self.space.taxonomy, self.space.columns))
        head, *rows = self.space.taxonomy
        self.draw.shuffle(rows)
        write_csv(self.folder / "tax_permuted.csv", [head, *rows])
        for command in ("latent", "retrieve"):
            base = self.measure(command, "base")
            yield f"{command} permute rows", base, self.measure(command, "permuted", "permuted"), ()
            yield f"{command} permute taxonomy", base, self.measure(command, "tax_permuted", taxonomy="tax_permuted.csv"), ()
            yield f"{command} unrelated kingdom", base, self.measure(command, "kingdom", taxonomy="tax_kingdom.csv"), ()
            if not self.space.columns:
                after = self.measure(command, "renamed", "renamed", "tax_renamed.csv")
                yield f"{command} rename ids", base, after, ("taxa*.taxon", "suspects*_id")

    def permute(self):
        """Vectors and labels in another order."""
        rows = read_rows(self.folder / "v.csv")
        order = list(range(len(rows) - 1))
        self.draw.shuffle(order)
        np.save(self.folder / "permuted.npy", self.space.vectors[order])
        write_csv(self.folder / "permuted.csv", [rows[0], *[rows[1 + i] for i in order]])

    def rename(self):
        """Other ids."""
        if self.space.columns:
            return
        names = renaming(self.space.taxonomy, self.draw)
        write_csv(self.folder / "tax_renamed.csv", renamed_taxonomy(self.space.taxonomy, names))
        np.save(self.folder / "renamed.npy", self.space.vectors)
        rows = read_rows(self.folder / "v.csv")
        write_csv(self.folder / "renamed.csv", [[names.get(cell, cell) for cell in row] for row in rows])


# Lists with an entry per row of the input, and merges, which name rows.
PER_ROW = ["silhouette_euclidean_points", "counts"]


def without_order(document):
    """A document with its per-row lists sorted and the numbers of rows left out."""
    if isinstance(document, dict):
        return {key: sorted(value) if key in PER_ROW and value else without_order(value)
                for key, value in document.items() if key not in ("left", "right")}
    if isinstance(document, list):
        return [without_order(value) for value in document]
    return document


def seed_of(arguments):
    """All properties of a seed; how many numbers were compared, and what differs."""
    program, seed, keep = arguments
    compared, wrong = 0, []
    with tempfile.TemporaryDirectory() as name:
        for kind in (Tables, Comparisons, Spaces):
            folder = pathlib.Path(keep or name) / str(seed) / kind.__name__.lower()
            folder.mkdir(parents=True, exist_ok=True)
            try:
                for what, before, after, exempt in kind(program, seed, folder).checks():
                    count, found = differences(what, before, after, exempt)
                    compared += count
                    wrong += found
            except Exception as error:  # a fault of the tests is a failure of the seed, not of the run
                place = traceback.extract_tb(error.__traceback__)[-1]
                wrong.append((kind.__name__, f"{place.filename}:{place.lineno}", repr(error), ""))
    return seed, compared, wrong


def main():
    """Runs all seeds; the exit code is 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seeds", default="0:100")
    parser.add_argument("--keep", help="write the tables into this folder and leave them there")
    parser.add_argument("--only", default="*", help="a pattern of properties")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(":"))
    program = str(pathlib.Path(options.program).resolve())
    failed = compared = 0
    with multiprocessing.Pool(2) as pool:
        for seed, count, wrong in pool.imap(seed_of, [(program, seed, options.keep) for seed in range(first, last)]):
            compared += count
            wrong = [one for one in wrong if fnmatch.fnmatchcase(one[0], options.only)]
            failed += bool(wrong)
            for what, path, before, after in wrong:
                print(f"seed {seed}: {what}: {path}: {str(before)[:100]} becomes {str(after)[:100]}")
    print(f"{compared} numbers compared")
    print(f"properties: {last - first - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
