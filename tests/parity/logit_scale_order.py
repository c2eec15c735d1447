"""What two differences do to the answers of a run: the factor before the product or after it, GELU or QuickGELU.

    pip install torch==2.11.0 pyarrow numpy
    nearmiss classify PHOTOS --model MODEL --taxonomy T --precision fp32 --activation gelu -o GELU
    nearmiss classify PHOTOS --model MODEL --taxonomy T --precision fp32 --activation quickgelu -o QUICKGELU
    python tests/parity/logit_scale_order.py GELU                   the factor before or after, on the vectors of one run
    python tests/parity/logit_scale_order.py GELU QUICKGELU         that, and the answers of two runs

open_clip and pybioclip compute `exp(logit_scale) * images @ labels.T`, which multiplies the vectors of images first;
nearmiss multiplies the products. Both are computed here in single precision by PyTorch, of the vectors that the run keeps,
and beside them in double precision. Ties go to the candidate that stands first. Two runs are those of one list of
photographs and candidates; their distributions are made again of their vectors, and their answers read from `predictions`.
"""

import argparse
import json
import pathlib
import sys

import numpy
import pyarrow.parquet
import torch

TOP = 5


class Run:
    """The vectors of a run directory, and the factor on their cosines."""

    def __init__(self, folder):
        self.folder = folder
        self.record = json.loads((folder / "run.json").read_text())
        images = self.table("images")
        labels = self.table("labels")
        if "embedding" not in images.column_names or "embedding" not in labels.column_names:
            sys.exit(f"{folder}: no vectors of photographs and candidates; it takes a run of a model of images and texts, as Parquet")
        if self.record["identity"]["recipe"].get("scores", "softmax") != "softmax":
            sys.exit(f"{folder}: its scores are no softmax; classify without --scores")
        seen = [row for row in images.select(["image", "embedding"]).to_pylist() if row["embedding"] is not None]
        dead = set(self.record["unusable_labels"])
        kept = [row for row in labels.select(["taxon", "embedding"]).to_pylist() if row["taxon"] not in dead]
        self.names = [row["image"] for row in seen]
        self.taxa = [row["taxon"] for row in kept]
        self.images = torch.tensor(numpy.array([row["embedding"] for row in seen], dtype=numpy.float32))
        self.labels = torch.tensor(numpy.array([row["embedding"] for row in kept], dtype=numpy.float32))
        self.scale = self.record["logit_scale"]

    def table(self, name):
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            sys.exit(f"{path}: not there; a run that was written as CSV has no vectors")
        return pyarrow.parquet.read_table(path)

    def logits(self):
        """By three ways: the factor after the product, before it, and in double precision."""
        scale = torch.tensor(self.scale, dtype=torch.float32)
        after = (self.images @ self.labels.T) * scale
        before = scale * self.images @ self.labels.T
        exact = self.scale * (self.images.double() @ self.labels.double().T)
        return after, before, exact

    def answers(self):
        """The best candidate of each photograph, as the run wrote it."""
        rank = self.record["identity"]["label_rank"]
        rows = self.table("predictions").select(["image", "rank", "position", "taxon"]).to_pylist()
        return {row["image"]: row["taxon"] for row in rows if row["position"] == 1 and row["rank"] == rank}


def best(logits):
    """The places of the best candidates of each photograph, the best first; of equal ones the first."""
    order = torch.sort(logits, dim=1, descending=True, stable=True).indices
    return order[:, : min(TOP, logits.shape[1])]


def softmax(logits):
    return torch.softmax(logits.double(), dim=1)


def changed(one, other):
    """How many photographs have another best candidate, and how many others, or in another order, among the best five."""
    top1 = int((one[:, 0] != other[:, 0]).sum())
    return top1, int((one != other).any(dim=1).sum())


def order_of_factor(run):
    after, before, exact = run.logits()
    gaps = exact.sort(dim=1, descending=True).values
    gaps = (gaps[:, 0] - gaps[:, 1]).min().item() if exact.shape[1] > 1 else None
    order = {name: best(logits) for name, logits in (("after", after), ("before", before), ("exact", exact))}
    top1, top5 = changed(order["after"], order["before"])
    equal = {name: int((logits.sort(dim=1).values.diff(dim=1) == 0).any(dim=1).sum()) for name, logits in (("after", after), ("before", before))}
    return {
        "run": str(run.folder),
        "photographs": len(run.names),
        "candidates": len(run.taxa),
        "logit_scale": run.scale,
        "other_top1": top1,
        "other_top5_or_order": top5,
        "largest_difference_of_logits": (after - before).abs().max().item(),
        "largest_difference_of_probabilities": (softmax(after) - softmax(before)).abs().max().item(),
        "smallest_gap_between_best_and_second_logit": gaps,
        "photographs_with_two_equal_logits": equal,
        "other_top1_than_in_double_precision": {name: changed(order[name], order["exact"])[0] for name in ("after", "before")},
        "other_top5_or_order_than_in_double_precision": {name: changed(order[name], order["exact"])[1] for name in ("after", "before")},
    }


def two_runs(one, other):
    if one.names != other.names or one.taxa != other.taxa:
        sys.exit(f"{other.folder}: not of the photographs and candidates of {one.folder}")
    answers = [run.answers() for run in (one, other)]
    top1 = sum(answers[0].get(name) != answers[1].get(name) for name in one.names)
    distributions = [softmax(run.logits()[0]) for run in (one, other)]
    difference = (distributions[0] - distributions[1]).abs()
    best_of_one = distributions[0].argmax(dim=1, keepdim=True)
    orders = [best(distribution) for distribution in distributions]
    sets = sum(set(a.tolist()) != set(b.tolist()) for a, b in zip(*orders))
    cosines = (one.images * other.images).sum(dim=1)
    recipes = [run.record["identity"]["recipe"] for run in (one, other)]
    differing = sorted(key for key in recipes[0] | recipes[1] if recipes[0].get(key) != recipes[1].get(key))
    return {
        "runs": [str(run.folder) for run in (one, other)],
        "recipes_differ_in": {key: [recipe.get(key) for recipe in recipes] for key in differing},
        "photographs": len(one.names),
        "other_top1": top1,
        "share_of_other_top1": top1 / len(one.names),
        "other_among_the_best_five": sets,
        "mean_difference_of_probability": difference.mean().item(),
        "mean_difference_of_the_probability_of_the_first_runs_answer": difference.gather(1, best_of_one).mean().item(),
        "largest_difference_of_probability": difference.max().item(),
        "mean_share_of_probability_that_moves": (difference.sum(dim=1) / 2).mean().item(),
        "cosine_of_image_vectors": {"mean": cosines.mean().item(), "least": cosines.min().item()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN", help="one run directory, or two to compare")
    arguments = parser.parse_args()
    if len(arguments.runs) > 2:
        parser.error("one run, or two")
    torch.set_grad_enabled(False)
    runs = [Run(folder) for folder in arguments.runs]
    found = {"factor_before_or_after": [order_of_factor(run) for run in runs]}
    if len(runs) == 2:
        found["two_runs"] = two_runs(*runs)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
