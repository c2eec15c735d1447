"""What must not matter: the order of rows, the spelling of ids, branches nobody asked for, the kind of file.

Every number of metrics.json, compare.json, latent.json and retrieval.json is held against that of
the same input in another form.
"""

import argparse
import fnmatch
import json
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import traceback

# Seeds run side by side already: threads of the arithmetic would only get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import agreement
import spaces_random
from forms import (counts, equal_to_itself, kingdom_added, mirrored, once, rankings_in, rankings_of, read_rows,
                   renamed_taxonomy, renaming, scores_of, wider, without_order, write_table)
from tables_random import Case, write_csv

# Sentences, paths and commands.
WORDS = ["provenance", "*.provenance", "reading*", "notes", "*.notes", "warnings", "why_no_distribution", "*.why_n", "*.note",
         "novelty.why_*"]

# Numbers that are counted in bits.
BITS = ["*.info_*", "*info_recall*", "*.ap_info*", "*.ac_info*"]

# Numbers of a table twice over that move: bins of equal mass, halves drawn at random and what comes of them, sums, and how
# sure a difference is.
TWICE = ["*adaptive_ece", "selective.targets*", "selective.note", "calibration.temperature*", "calibration.note", "intervals*",
         "decisions.differences*.p", "decisions.differences*.adjusted", "decisions.differences*.standard_error",
         "decisions.differences*.method", "costs.total"]


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

    def report(self, out, table="t.csv", taxonomy="tax.csv", costs="costs.csv"):
        """metrics.json of a table."""
        options = [costs if word == "costs.csv" else word for word in self.case.arguments()]
        return run(self.program, self.folder, out, "report", table, "--taxonomy", taxonomy, "--tables-only", *options)

    def checks(self):
        """All properties of `report`."""
        base = self.report("base")
        if self.case.refused:
            return
        yield "permute rows", base, self.permuted(), ()
        yield "permute taxonomy", base, self.permuted_taxonomy(), ()
        if not self.case.columns:
            yield "rename ids", base, self.renamed(), ()
        yield "unrelated kingdom", base, self.with_kingdom(), ()
        for kind in ("tsv", "jsonl", "parquet"):
            yield kind, base, self.in_form(kind), ()
        # Of truths and tips together the truths weigh more in a table twice over.
        more = BITS if self.case.options.get("information") == "truths" else []
        twice = self.twice()
        yield "twice", once(base), once(twice), [*TWICE, *more]
        yield "twice, counts", counts(base, 2), counts(twice), TWICE
        yield "twice, intervals", {}, wider(base, twice), TWICE

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
        costs = [["truth", "answer", "cost"], *[[names.get(cell, cell) for cell in row] for row in self.case.costs]]
        write_csv(self.folder / "costs_renamed.csv", costs)
        return self.report("renamed", "renamed.csv", "tax_renamed.csv", "costs_renamed.csv")

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
        for words in ([], ["--blank-truth", "wrong"]):
            document = run(self.program, self.folder, "cmp_blank", "compare", *tables, "--taxonomy", "tax.csv", "--draws", "200", *words)
            for name in self.names:
                alone = run(self.program, self.folder, "alone", "report", f"{name}.csv", "--taxonomy", "tax.csv", "--tables-only", *words)
                if "refused" not in document and "refused" not in alone:
                    yield " ".join(["compare says what report says", *words]), scores_of(alone, document[name]["scores"]), \
                        document[name]["scores"], ()
        yield "compare with itself", {"all": "equal"}, equal_to_itself(self.compare("cmp_self", [tables[0], tables[0]])), ()


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
        bases = {command: self.measure(command, "base") for command in ("latent", "retrieve")}
        yield "latent says what retrieve says", rankings_of(bases["retrieve"], bases["latent"]), rankings_in(bases["latent"]), ()
        for command, base in bases.items():
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
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="*", help="a pattern of properties")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(":"))
    program = str(pathlib.Path(options.program).resolve())
    failed = compared = 0
    with multiprocessing.Pool(options.workers) as pool:
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
