"""Vectors with taxa, and the ranks that two taxa share."""

import csv

import numpy as np

from taxonomy import MAIN_RANKS, RANKS, ROOT
from tables import resolve


class Space:
    """Rows with their taxa (None where there is none), and observations."""

    def __init__(self, folder, taxonomy):
        self.taxonomy = taxonomy
        self.vectors = np.load(folder / "v.npy").astype(np.float64)
        with open(folder / "v.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.names = [row["image"] for row in rows]
        found = [resolve(taxonomy, row["taxon"]) for row in rows]
        self.taxa = [taxon if isinstance(taxon, int) else None for taxon in found]
        self.observations = [row.get("observation", "") or f"row {i}" for i, row in enumerate(rows)]

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
