"""Small tables in the shapes that people have, each with what is asked of it."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Rows = list[list[str]]

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]

#: Species of the tests, from the kingdom down.
LINEAGES = [
    "Animalia;Chordata;Mammalia;Carnivora;Felidae;Felis;Felis catus",
    "Animalia;Chordata;Mammalia;Carnivora;Felidae;Felis;Felis silvestris",
    "Animalia;Chordata;Mammalia;Carnivora;Felidae;Lynx;Lynx lynx",
    "Animalia;Chordata;Mammalia;Carnivora;Canidae;Vulpes;Vulpes vulpes",
    "Animalia;Chordata;Mammalia;Rodentia;Muridae;Mus;Mus musculus",
    "Animalia;Chordata;Aves;Passeriformes;Muscicapidae;Oenanthe;Oenanthe oenanthe",
    "Plantae;Tracheophyta;Magnoliopsida;Apiales;Apiaceae;Oenanthe;Oenanthe crocata",
]
SPECIES = [lineage.rsplit(";", 1)[1] for lineage in LINEAGES]


@dataclass(frozen=True)
class Variant:
    """A table, and the arguments that it is evaluated with."""

    name: str
    rows: Rows
    options: dict[str, Any] = field(default_factory=dict)
    truth: Rows | None = None
    files: dict[str, Rows] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Writes the table and what its arguments name; its path."""
        write_csv(folder / "taxonomy.csv", taxonomy_rows())
        for name, rows in self.files.items():
            write_csv(folder / name, rows)
        if self.truth is not None:
            write_csv(folder / "truth.csv", self.truth)
        write_csv(folder / "table.csv", self.rows)
        return folder / "table.csv"

    def arguments(self, truth_table: object = None) -> dict[str, Any]:
        """The arguments; the second table as it is given."""
        second = {"truth_table": "truth.csv" if truth_table is None else truth_table} if self.truth is not None else {}
        return {**self.options, **second}


def write_csv(path: Path, rows: Rows) -> None:
    """Rows as a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def columns(rows: Rows) -> dict[str, list[str]]:
    """Rows as a dict of columns of text."""
    head, *body = rows
    return {name: [row[number] for row in body] for number, name in enumerate(head)}


def taxonomy_rows() -> Rows:
    """The species of the tests as a taxonomy."""
    return [RANKS, *(lineage.split(";") for lineage in LINEAGES)]


def named(images: int = 12, seed: int = 0) -> Rows:
    """A row per image with one answer; some answers are blank and some unknown."""
    draw = random.Random(seed)
    answers = [*SPECIES, "", "Nobody knows"]
    rows = [[f"{number}.jpg", draw.choice(SPECIES), draw.choice(answers)] for number in range(images)]
    # One is right, whatever was drawn.
    rows[0][2] = rows[0][1]
    return [["image", "truth", "predicted"], *rows]


def with_column(rows: Rows, name: str, values: list[str]) -> Rows:
    """Rows with one more column, whose values are used again and again."""
    head, *body = rows
    return [[*head, name], *([*row, values[number % len(values)]] for number, row in enumerate(body))]


def ranked(images: int = 10, seed: int = 1, whole: bool = True, scores: str = "probabilities") -> Rows:
    """A row per answer; `whole` distributions add up to 1."""
    draw = random.Random(seed)
    rows = [["image", "truth", "label", "score"]]
    for number in range(images):
        truth = draw.choice(SPECIES)
        labels = draw.sample(SPECIES, len(SPECIES) if whole else 3)
        shares = sorted((draw.random() ** 3 for _ in SPECIES), reverse=True)
        for label, share in zip(labels, shares):
            score = share / sum(shares) if scores == "probabilities" else 20 * share - 5
            rows.append([f"{number}.jpg", truth, label, repr(round(score, 6))])
    return rows


def ranks_beside(images: int = 9, seed: int = 2) -> Rows:
    """A column for each rank of truth and answer; some answers stop early."""
    draw = random.Random(seed)
    rows = [["image", *(f"true_{rank}" for rank in RANKS), *(f"predicted_{rank}" for rank in RANKS)]]
    for number in range(images):
        truth, answer = (draw.choice(LINEAGES).split(";") for _ in range(2))
        depth = draw.choice([2, 5, 7, 7])
        rows.append([f"{number}.jpg", *truth, *answer[:depth], *[""] * (7 - depth)])
    return rows


def lineages(images: int = 9, seed: int = 3) -> Rows:
    """Lineages with prefixes; some answers stop early."""
    draw = random.Random(seed)
    prefixed = [";".join(f"{rank[0]}__{name}" for rank, name in zip(RANKS, lineage.split(";"))) for lineage in LINEAGES]
    rows = [["id", "truth", "prediction"]]
    for number in range(images):
        answer = draw.choice(prefixed).split(";")[: draw.choice([1, 3, 6, 7])]
        rows.append([f"s{number}", draw.choice(prefixed), ";".join(answer)])
    return rows


def classes(images: int = 8, seed: int = 4) -> Rows:
    """A column of probabilities for each class."""
    draw = random.Random(seed)
    rows = [["image", "truth", *(f"prob_{name}" for name in SPECIES)]]
    for number in range(images):
        shares = [draw.randrange(1, 50) for _ in SPECIES]
        rows.append([f"{number}.jpg", draw.choice(SPECIES), *(repr(share / sum(shares)) for share in shares)])
    return rows


def beside(images: int = 8, seed: int = 5) -> Rows:
    """Three numbered answers in a row with their scores."""
    draw = random.Random(seed)
    rows = [["image", "true_species", "pred1", "conf1", "pred2", "conf2", "pred3", "conf3"]]
    for number in range(images):
        scores = sorted((round(draw.random() / 3, 4) for _ in range(3)), reverse=True)
        pairs = zip(draw.sample(SPECIES, 3), scores)
        rows.append(
            [f"{number}.jpg", draw.choice(SPECIES), *(word for name, score in pairs for word in (name, repr(score)))]
        )
    return rows


def pybioclip(images: int = 6, seed: int = 6) -> tuple[Rows, Rows]:
    """What pybioclip writes, and a table with the truth."""
    draw = random.Random(seed)
    rows = [["file_name", *RANKS, "common_name", "score"]]
    truth = [["image", "species"]]
    for number in range(images):
        truth.append([f"{number}.jpg", draw.choice(SPECIES)])
        for place, lineage in enumerate(draw.sample(LINEAGES, 5)):
            rows.append([f"photos/{number}.jpg", *lineage.split(";"), "", repr(round(0.5 / 2**place, 5))])
    return rows, truth


def all_variants() -> list[Variant]:
    """Every small table of the tests."""
    tree = {"taxonomy": "taxonomy.csv"}
    two = with_column(named(), "other", SPECIES)
    observed = with_column(ranked(12), "observation", ["a", "a", "a", "b", "b", "c", "d"])
    observed = [observed[0], *([*row[:-1], f"o{int(row[0][:-4]) // 2}"] for row in observed[1:])]
    observed = [observed[0], *([row[0], SPECIES[int(row[4][1:]) % 7], *row[2:]] for row in observed[1:])]
    split = [
        [*row, "split" if not number else "val" if int(row[0][:-4]) % 2 else "test"]
        for number, row in enumerate(ranked(40, 9))
    ]
    blanks = [row if number % 4 else [row[0], "", *row[2:]] for number, row in enumerate(named(), 3)]
    blanks[0] = ["image", "truth", "predicted"]
    sentences = [[*row[:2], f"B) {row[2]}" if number else row[2]] for number, row in enumerate(named(8, 12))]
    bioclip, bioclip_truth = pybioclip()
    lists = [["image", "truth", "top2", "top2_scores"]] + [
        [f"{number}.jpg", SPECIES[number], str([SPECIES[number % 3], SPECIES[5]]), "[0.75, 0.125]"]
        for number in range(6)
    ]
    numbers = [["image", "truth", "predicted"], ["1", "3", "3"], ["2", "3", "4"], ["3", "5", "1"], ["4", "1", "7"]]
    numbered = [["id", *RANKS], *([str(number), *lineage.split(";")] for number, lineage in enumerate(LINEAGES, 1))]
    french = [["Nom du fichier", "Espèce vraie", "Espèce prédite", "Confiance"]] + [
        [*row, f"0,{number % 9 + 1}"] for number, row in enumerate(named(9, 13)[1:])
    ]
    asked = {
        "costs": "costs.csv",
        "look_alikes": "twins.csv",
        "training_counts": "counts.csv",
        "yellow_from": "family",
        "tree": "main-ranks",
        "information": "truths",
        "intervals": "taxon",
    }
    files = {
        "costs.csv": [["truth", "answer", "cost"], ["Felis catus", "Lynx", "10"], ["Felis", "Felis", "0.5"]],
        "twins.csv": [["Oenanthe oenanthe", "Oenanthe crocata"]],
        "counts.csv": [["taxon", "images"], ["Felis catus", "1200"], ["Lynx", "40"], ["Vulpes", "0"]],
    }
    return [
        Variant("names without a taxonomy", named()),
        Variant("names with a taxonomy", named(30, 7), tree),
        Variant("names within a clade", named(9, 8), {"clade": "Animalia;Chordata"}),
        Variant("a column for each rank", ranks_beside()),
        Variant("a column for each rank, with a taxonomy", ranks_beside(20, 14), tree),
        Variant("lineages", lineages()),
        Variant("two columns of answers", two, {**tree, "predicted": ["predicted", "other"]}),
        Variant("one of two columns of answers", two, {**tree, "predicted": "other"}),
        Variant("a row for each answer, whole distributions", ranked(), tree),
        Variant("a row for each answer, the best three", ranked(whole=False), tree),
        Variant("a row for each answer, logits", ranked(scores="logits"), tree),
        Variant("answers beside each other", beside(), tree),
        Variant("a column for each class", classes(), tree),
        Variant("lists in cells", lists, tree),
        Variant("pybioclip's columns", bioclip, {}, bioclip_truth),
        Variant("truth in a second table", [row[::2] for row in named(9, 15)], tree, [row[:2] for row in named(9, 15)]),
        Variant(
            "groups",
            with_column(with_column(named(24, 16), "site", ["a", "b", ""]), "camera", ["x", "y"]),
            {**tree, "group": ["site", "camera"]},
        ),
        Variant("observations that repeat", observed, tree),
        Variant("scored by observation", observed, {**tree, "by": "observation", "pool": "product"}),
        Variant("a split that thresholds are tuned on", split, {**tree, "back_off": 0.4}),
        Variant("blank truths left out", blanks, tree),
        Variant("blank truths as mistakes", blanks, {**tree, "missing_truth": "wrong"}),
        Variant("blank truths as a class", blanks, {"missing_truth": "taxon"}),
        Variant("names inside of sentences", sentences, {**tree, "predicted_pattern": r"[A-D]\)\s*(.+)"}),
        Variant("ids of taxa", numbers, {"taxonomy": "numbered.csv"}, None, {"numbered.csv": numbered}),
        Variant("headers in French, decimal commas", french, tree),
        Variant(
            "costs, look-alikes, training counts and all rare options", named(30, 17), {**tree, **asked}, None, files
        ),
        Variant("gates", named(20, 18), {**tree, "gates": ["species.path_top1>=0.9", "genus.path_top1>=0.1"]}),
        Variant("one image", [["image", "truth", "predicted"], ["1.jpg", SPECIES[0], SPECIES[1]]], tree),
        Variant(
            "everything right",
            [["image", "truth", "predicted"], *([f"{name}.jpg", name, name] for name in SPECIES)],
            tree,
        ),
    ]


def refused_variants() -> list[Variant]:
    """Small tables that are refused."""
    head = ["image", "truth", "predicted"]
    good = [["1.jpg", SPECIES[0], SPECIES[0]], ["2.jpg", SPECIES[1], SPECIES[0]]]
    return [
        Variant("no row", [head]),
        Variant("no prediction", [["image", "truth"], ["1.jpg", SPECIES[0]]]),
        Variant("no truth", [["image", "predicted"], ["1.jpg", SPECIES[0]]]),
        Variant("a column that is not there", [head, *good], {"predicted": "svm"}),
        Variant("a truth that is not there", [head, *good], {"truth": "species"}),
        Variant("numbers of classes", [head, ["1.jpg", "0", "1"], ["2.jpg", "1", "1"]]),
        Variant(
            "no answer in the taxonomy",
            [head, *([f"{n}.jpg", SPECIES[n % 7], "Quercus robur"] for n in range(20))],
            {"taxonomy": "taxonomy.csv"},
        ),
        Variant(
            "no truth in the taxonomy", [head, ["1.jpg", "Quercus robur", SPECIES[0]]], {"taxonomy": "taxonomy.csv"}
        ),
        Variant("one image with two truths", [head, *good, ["1.jpg", SPECIES[2], SPECIES[2]]]),
        Variant(
            "sentences for answers",
            [head, *([f"{n}.jpg", name, f"The answer is: A) {name}."] for n, name in enumerate(SPECIES))],
        ),
        Variant("an image asked for that is not there", [head, *good], {"image": "photo"}),
        Variant(
            "no image in the second table",
            [["image", "predicted"], ["1.jpg", SPECIES[0]]],
            {},
            [["image", "truth"], ["9.jpg", SPECIES[0]]],
        ),
        Variant(
            "a blank class in a given taxonomy", [head, *good], {"missing_truth": "taxon", "taxonomy": "taxonomy.csv"}
        ),
        Variant("an unknown taxonomy", [head, *good], {"taxonomy": "nowhere.csv"}),
        Variant("a group that is not there", [head, *good], {"group": "site"}),
        Variant("a costs table that is not there", [head, *good], {"costs": "nowhere.csv"}),
        Variant("a gate on no metric", [head, *good], {"gates": ["species.path_top9>=0.9"]}),
        Variant("a gate that is no line", [head, *good], {"gates": ["species.path_top1"]}),
        Variant(
            "a score column of words",
            [[*head, "score"], ["1.jpg", SPECIES[0], SPECIES[0], "high"]],
            {"score": "certainty"},
        ),
        Variant("a pattern that is none", [head, *good], {"predicted_pattern": "("}),
    ]
