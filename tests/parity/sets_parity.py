"""Holds sets of truths and answers against scikit-learn and SciPy, and writes the numbers that the tests hold them against.

    python tests/parity/sets_parity.py check target/debug/nearmiss [SEED]
    python tests/parity/sets_parity.py fixture tests/fixtures/sets.json

Images have random sets of truths, some of them empty, and scores for every class with many ties. `precision_recall_fscore_support`,
`jaccard_score`, `average_precision_score` and `braycurtis` say what comes of them; where scikit-learn and we differ on purpose
(docs/differences-from-others.md) the script says so in a comment. `check` prints the largest difference and ends with exit code 1
if it is above 1e-9. Needs scikit-learn 1.9 and SciPy.
"""

import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from scipy.spatial.distance import braycurtis
from sklearn.metrics import average_precision_score, jaccard_score, precision_recall_fscore_support

LIMIT = 1e-9
SITES = ["north", "south", "west"]


def drawn(seed, images=40, classes=15):
    """Names with their lineages, truths, scores and the site of each image."""
    chance = random.Random(seed)
    names, lineages = [], []
    for place in range(classes):
        genus = f"Gen{'abcdefgh'[place // 2]}us"
        family = f"Fam{'abcd'[place // 4]}ceae"
        name = f"{genus} species{'abcdefghijklmno'[place]}us"
        names.append(name)
        lineages.append(["Plantae", "Tracheophyta", "Magnoliopsida", f"Ord{'ab'[place // 8]}ales", family, genus, name])
    truths = np.zeros((images, classes), dtype=int)
    scores = np.zeros((images, classes))
    for image in range(images):
        if chance.random() > 0.15:
            for taxon in chance.sample(range(classes - 2), chance.randint(1, 5)):
                truths[image, taxon] = 1
        for taxon in range(classes):
            mean = 0.55 if truths[image, taxon] else 0.25
            scores[image, taxon] = round(min(1.0, max(0.0, chance.gauss(mean, 0.2))), 1)
    # Two images where nothing is there and nothing answered.
    truths[:2] = 0
    scores[:2] = 0.1
    # The last class is there nowhere; the one before it is neither there nor answered.
    scores[:, classes - 2] = 0.2
    return names, lineages, truths, scores, [SITES[chance.randrange(3)] for _ in range(images)]


def averages(truths, answers):
    """Precision, recall and F1 in three ways, Jaccard and exact match."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {}
        # Two empty sets agree in all: 1 here, 0 in scikit-learn with zero_division=0. So those images are added by hand.
        empty = (truths.sum(1) == 0) & (answers.sum(1) == 0)
        share, ones = (~empty).mean(), empty.mean()
        sample = precision_recall_fscore_support(truths[~empty], answers[~empty], average="samples", zero_division=0)
        for name, value in zip(("precision", "recall", "f1"), sample):
            found[f"sample_{name}"] = value * share + ones
        found["jaccard"] = jaccard_score(truths[~empty], answers[~empty], average="samples", zero_division=0) * share + ones
        # Taxa that are a truth or an answer: scikit-learn takes every column.
        kept = (truths.sum(0) + answers.sum(0)) > 0
        for kind in ("micro", "macro"):
            of = precision_recall_fscore_support(truths[:, kept], answers[:, kept], average=kind, zero_division=0)
            found |= {f"{kind}_{name}": value for name, value in zip(("precision", "recall", "f1"), of)}
    found["exact"] = (truths == answers).all(1).mean()
    return found


def at_rank(matrix, lineages, rank):
    """Sets of ancestors at a rank."""
    taxa = sorted({lineage[rank] for lineage in lineages})
    columns = [[place for place, lineage in enumerate(lineages) if lineage[rank] == taxon] for taxon in taxa]
    return np.stack([matrix[:, own].max(1) for own in columns], 1)


def expected(data, threshold):
    """All numbers."""
    names, lineages, truths, scores, sites = data
    answers = (scores >= threshold).astype(int)
    there = truths.sum(0) > 0
    precisions = {
        name: float(average_precision_score(truths[:, place], scores[:, place]))
        for place, name in enumerate(names)
        if there[place]
    }
    communities = {}
    for site in SITES:
        rows = [place for place, own in enumerate(sites) if own == site]
        communities[site] = float(braycurtis(truths[rows].sum(0), answers[rows].sum(0)))
    whole = averages(truths, answers) | {"map": float(np.mean(list(precisions.values())))}
    whole["bray_curtis"] = float(np.mean(list(communities.values())))
    whole["size_error"] = float((answers.sum(1) - truths.sum(1)).mean())
    ranks = {rank: averages(*(at_rank(matrix, lineages, place) for matrix in (truths, answers)))
             for rank, place in (("species", 6), ("genus", 5), ("family", 4), ("order", 3))}
    plain = lambda values: {name: float(value) for name, value in values.items()}
    return {"sets": plain(whole), "ranks": {rank: plain(of) for rank, of in ranks.items()},
            "average_precision": precisions, "bray_curtis": communities}


def tables(data):
    """The three tables: lineages, truths and scores."""
    names, lineages, truths, scores, sites = data
    image = [f"image{place:03}" for place in range(len(truths))]
    taxonomy = [["kingdom", "phylum", "class", "order", "family", "genus", "species"], *lineages]
    truth = [["image", "site", *names], *([image[row], sites[row], *map(str, truths[row])] for row in range(len(truths)))]
    answers = [["image", *names], *([image[row], *map(str, scores[row])] for row in range(len(truths)))]
    return {"taxonomy": taxonomy, "truth": truth, "scores": answers}


def main():
    command, where, *rest = sys.argv[1:]
    threshold = 0.5
    if command == "fixture":
        data = drawn(20)
        text = {name: "\n".join(",".join(row) for row in rows) + "\n" for name, rows in tables(data).items()}
        pathlib.Path(where).write_text(json.dumps({"threshold": threshold} | text | {"expected": expected(data, threshold)}, indent=1) + "\n")
        return
    data = drawn(int(rest[0]) if rest else 1, images=300)
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables(data).items():
            with open(f"{folder}/{name}.csv", "w", newline="") as file:
                csv.writer(file).writerows(rows)
        arguments = [pathlib.Path(where).resolve(), "sets", "scores.csv", "--truth", "truth.csv", "-t", "taxonomy.csv", "-o", "out"]
        subprocess.run(arguments, cwd=folder, check=True, capture_output=True)
        run = json.loads(pathlib.Path(folder, "out", "sets.json").read_text())["runs"][0]
    wanted = expected(data, threshold)
    ours = {row["rank"]: row for row in run["ranks"]} | {"whole": run["sets"]}
    theirs = wanted["ranks"] | {"whole": wanted["sets"]}
    sites = {row["site"]: row["bray_curtis"] for row in run["sites"]}
    largest = max(abs(ours[row][name] - value) for row, values in theirs.items() for name, value in values.items())
    largest = max([largest, *(abs(sites[site] - value) for site, value in wanted["bray_curtis"].items())])
    print(f"largest difference {largest:.2e}")
    sys.exit(largest > LIMIT)


main()
