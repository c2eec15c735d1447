"""Whole distributions: the probability of every taxon, from those of the labels below it."""

import math

from taxonomy import ROOT

# Probabilities that differ by less are equal but for rounding.
ROUNDING = 1e-9


class Candidates:
    """The labels that some image lists, and all taxa above them."""

    def __init__(self, taxonomy, images):
        self.labels = sorted({label for image in images for label, _ in image.answers})
        self.taxa = sorted({above for label in self.labels for above in taxonomy.lineage(label)})


def probabilities(taxonomy, tree, image):
    """The probability of every taxon above the candidates."""
    result = dict.fromkeys(tree.taxa, 0.0)
    for taxon in tree.taxa:
        result[taxon] = math.fsum(p for label, p in image.answers if taxonomy.contains(taxon, label))
    return result


def by_rank(taxonomy, tree, image, rank):
    """Taxa of a rank with their probabilities, the most probable first; what has none is no answer."""
    p = probabilities(taxonomy, tree, image)
    taxa = [(taxon, p[taxon]) for taxon in tree.taxa if taxon != ROOT and taxonomy.rank[taxon] == rank and p[taxon] > 0]
    return sorted(taxa, key=lambda pair: (-round(pair[1], 9), pair[0]))


def best(ranked):
    """The first taxon; None where there is none."""
    return ranked[0][0] if ranked else None
