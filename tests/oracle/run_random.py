"""Random run directories, as `classify` writes them: vectors of photographs and of candidates, and the best five."""

import json
import random

import numpy as np
import pyarrow
import pyarrow.parquet

from mathematics import level
from tables_random import identities, parent_taxonomy, write_csv
from taxonomy import MAIN_RANKS, Taxonomy

SCALE = 6.0

# Whole numbers whose squares add up to 64: eighths of them are vectors of length 1, and products of these are
# exact in single precision, so that equal cosines are equal.
PATTERNS = [(7, 3, 2, 1, 1), (6, 5, 1, 1, 1), (5, 5, 3, 2, 1), (4, 4, 4, 4, 0), (8, 0, 0, 0, 0), (6, 4, 2, 2, 2)]


class Run:
    """A taxonomy, candidates of its finest rank, photographs and their vectors."""

    def __init__(self, seed):
        draw = self.random = random.Random(f"run {seed}")
        self.columns = False
        self.taxonomy = parent_taxonomy(draw)
        taxa = identities(self)
        by_rank = {rank: [identity for identity, other in taxa if other == rank] for rank in MAIN_RANKS}
        self.rank = draw.choice([rank for rank in ("species", "species", "genus", "family") if by_rank[rank]] or ["kingdom"])
        labels = by_rank[self.rank]
        self.labels = draw.sample(labels, k=draw.randint(1, len(labels)))
        self.labels.sort(key=lambda label: int(label[1:]))
        self.label_vectors = np.array([exact(draw) for _ in self.labels])
        if draw.random() < 0.2 and len(self.labels) > 1:
            self.label_vectors[0] = 0.0
        everything = [identity for identity, _ in taxa]
        self.images = []
        for number in range(draw.choice([3, 12, 30])):
            truth = draw.choice(self.labels if draw.random() < 0.8 else everything)
            status = "unreadable" if draw.random() < 0.05 else "ok"
            self.images.append({
                "image": f"i{number:03}",
                "truth": None if draw.random() < 0.05 else truth,
                "observation": f"o{number // 3}" if draw.random() < 0.5 else None,
                "split": draw.choice(["val", "val", "test", "train", None]),
                "status": status,
            })
        self.images[0]["status"] = "ok"
        near = [self.labels.index(one["truth"]) if one["truth"] in self.labels else 0 for one in self.images]
        tries = draw.choice([1, 5, 40])
        self.vectors = np.array([max((exact(draw) for _ in range(tries)), key=lambda v: float(v @ self.label_vectors[label]))
                                 for label in near])

    def probabilities(self):
        """Softmax of the scaled cosines over the candidates that have a direction."""
        logits = SCALE * self.vectors.astype(np.float64) @ self.label_vectors.astype(np.float64).T
        usable = np.linalg.norm(self.label_vectors, axis=1) > 0
        logits[:, ~usable] = -np.inf
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True), usable

    def energies(self):
        """Minus the logarithm of the sum of the exponentials of each photograph's logits; None without any."""
        _, usable = self.probabilities()
        logits = SCALE * self.vectors.astype(np.float64) @ self.label_vectors.astype(np.float64).T
        return [-float(np.log(np.exp(row[usable]).sum())) if usable.any() else None for row in logits]

    def write(self, folder):
        """Writes tax.csv and the directory `run`."""
        write_csv(folder / "tax.csv", self.taxonomy)
        (folder / "run").mkdir(exist_ok=True)
        self.write_record(folder / "run" / "run.json")
        names = {row[0]: (row[2], row[3], row[1]) for row in self.taxonomy[1:]}
        self.write_images(folder / "run" / "images.parquet", names)
        self.write_labels(folder / "run" / "labels.parquet", names)
        self.write_predictions(folder / "run" / "predictions.parquet", names)

    def write_record(self, path):
        """run.json."""
        _, usable = self.probabilities()
        identity = {"model": "m", "model_files": {}, "architecture": "a", "recipe": {}, "taxonomy": "t", "taxonomy_sha256": "",
                    "labels": len(self.labels), "label_rank": self.rank, "labels_sha256": "", "dataset": "d",
                    "images": len(self.images), "dataset_sha256": "", "k": 5, "batch": 1, "format": "parquet"}
        path.write_text(json.dumps({
            "program": "x", "command_line": [], "identity": identity, "device": "cpu", "counts": {}, "truncated_labels": [],
            "unusable_labels": [label for label, ok in zip(self.labels, usable) if not ok], "logit_scale": SCALE,
            "seconds": {}, "complete": True,
        }))

    def write_images(self, path, names):
        """One row per photograph."""
        vectors = [None if one["status"] != "ok" else list(map(float, vector)) for one, vector in zip(self.images, self.vectors)]
        columns = {key: [one[key] for one in self.images] for key in ("image", "truth", "observation", "split", "status")}
        columns["truth_name"] = [names[one["truth"]][0] if one["truth"] else None for one in self.images]
        columns["error"] = [None if one["status"] == "ok" else "broken" for one in self.images]
        write_parquet(path, columns, vectors, self.vectors.shape[1])

    def write_labels(self, path, names):
        """One row per candidate."""
        rows = [lineage_columns(label, names) for label in self.labels]
        columns = {"taxon": self.labels, "name": [names[label][0] for label in self.labels],
                   "rank": [self.rank] * len(self.labels)}
        columns |= {rank: [row.get(rank) for row in rows] for rank in MAIN_RANKS}
        write_parquet(path, columns, [list(map(float, vector)) for vector in self.label_vectors], self.label_vectors.shape[1])

    def write_predictions(self, path, names):
        """The best five of the candidates, and of the sums at every coarser rank."""
        every, usable = self.probabilities()
        ranks = MAIN_RANKS[:MAIN_RANKS.index(self.rank) + 1]
        tree = Taxonomy([tuple(row) for row in self.taxonomy[1:]])
        order = {identity: number for number, identity in enumerate(tree.id)}
        rows = []
        for one, p in zip(self.images, every):
            if one["status"] != "ok":
                continue
            for rank in ranks:
                sums = {}
                for label, value, ok in zip(self.labels, p, usable):
                    taxon = label if rank == self.rank else above(label, rank, names)
                    if taxon and ok:
                        sums[taxon] = sums.get(taxon, 0.0) + value
                best = sorted(sums, key=lambda taxon: (-level(sums[taxon]), order[taxon]))[:5]
                for position, taxon in enumerate(best, 1):
                    lineage = lineage_columns(taxon, names)
                    rows.append({"image": one["image"], "rank": rank, "position": position, "taxon": taxon,
                                 "name": names[taxon][0], **{main: lineage.get(main) for main in MAIN_RANKS},
                                 "probability": float(sums[taxon])})
        kinds = {"position": pyarrow.uint32(), "probability": pyarrow.float64()}
        keys = ["image", "rank", "position", "taxon", "name", *MAIN_RANKS, "probability"]
        arrays = [pyarrow.array([row[key] for row in rows], kinds.get(key, pyarrow.string())) for key in keys]
        pyarrow.parquet.write_table(pyarrow.table(arrays, names=keys), path)


def exact(draw):
    """A vector of length 1 that single precision holds."""
    numbers = list(draw.choice(PATTERNS))
    draw.shuffle(numbers)
    return np.array([draw.choice([-1, 1]) * number / 8 for number in numbers], dtype=np.float32)


def above(taxon, rank, names):
    """The taxon of a rank at or above another."""
    while taxon:
        if names[taxon][1] == rank:
            return taxon
        taxon = names[taxon][2]
    return None


def lineage_columns(taxon, names):
    """Names of the main ranks at and above a taxon."""
    result = {}
    while taxon:
        name, rank, parent = names[taxon]
        if rank in MAIN_RANKS:
            result[rank] = name
        taxon = parent
    return result


def write_parquet(path, columns, vectors, width):
    """Columns of text, and vectors of single precision."""
    arrays = [pyarrow.array(values, pyarrow.string()) for values in columns.values()]
    arrays.append(pyarrow.array(vectors, pyarrow.list_(pyarrow.float32(), width)))
    pyarrow.parquet.write_table(pyarrow.table(arrays, names=[*columns, "embedding"]), path)
