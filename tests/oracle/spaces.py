"""Vectors with taxa, and the ranks that two taxa share."""

import csv

import numpy as np

from taxonomy import MAIN_RANKS, RANKS, ROOT
from tables import resolve


class Space:
    """Rows with their taxa (None where there is none) and observations.

    Rows stand by taxon (those without one last), then by vector, number by number, then by what else their
    observation holds, and by the names of observation and row: equally near ones count in this order. `row`
    has the row of the file for each place.
    """

    def __init__(self, folder, taxonomy):
        self.taxonomy = taxonomy
        vectors = np.load(folder / "v.npy").astype(np.float64)
        with open(folder / "v.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = [resolve(taxonomy, row["taxon"]) for row in rows]
        taxa = [taxon if isinstance(taxon, int) else None for taxon in found]

        def like(i):
            return (taxa[i] is None, taxa[i] or 0, tuple(vectors[i]))

        def place(i):
            observation = rows[i].get("observation", "")
            held = sorted(like(j) for j, row in enumerate(rows) if row.get("observation", "") == observation)
            return (like(i), bool(observation), held if observation else [], observation, rows[i]["image"])

        self.row = sorted(range(len(rows)), key=place)
        self.vectors = vectors[self.row]
        self.names = [rows[i]["image"] for i in self.row]
        self.taxa = [taxa[i] for i in self.row]
        self.observations = [rows[i].get("observation", "") or f"row {i}" for i in self.row]

    def by_row(self, values, points=None):
        """Values of some places (or of all) in the order of the file's rows."""
        points = range(len(self.row)) if points is None else points
        return [value for _, value in sorted(zip([self.row[point] for point in points], values), key=lambda pair: pair[0])]

    def unit(self):
        """Vectors of length 1; zeros stay."""
        lengths = np.linalg.norm(self.vectors, axis=1, keepdims=True)
        return self.vectors / np.where(lengths == 0, 1, lengths)


class Ladder:
    """The main ranks that occur in the lineages of some taxa."""

    def __init__(self, taxonomy, taxa):
        self.taxonomy = taxonomy
        self.ranks = [rank for rank in MAIN_RANKS if any(taxonomy.at(taxon, rank) is not None for taxon in set(taxa))]

    def shared(self, first, second):
        """How many of these ranks there are down to the lowest taxon that holds both."""
        meet = self.taxonomy.lca(first, second)
        if meet == ROOT:
            return 0
        rung = self.taxonomy.rung(meet)
        return sum(6 - MAIN_RANKS.index(rank) >= rung for rank in self.ranks)


def steady(values):
    """Values that are equal but for rounding, made equal."""
    return np.round(values, 11) + 0.0


def levelled(values, scale):
    """Values in which each run of those that follow another at no more than a 10^12th of the scale is its least."""
    result = list(values)
    run = before = None
    for place in sorted(range(len(values)), key=lambda place: values[place]):
        value = values[place]
        run = run if before is not None and value - before <= 1e-12 * scale else value
        result[place], before = run, value
    return np.array(result)
