"""Whole distributions: the probability of every taxon, and the rules that decide from it."""

import functools
import math

from mathematics import level
from taxonomy import MAIN_RANKS, ROOT


class Candidates:
    """The labels that some image lists, and all taxa above them."""

    def __init__(self, taxonomy, images, labels=None):
        listed = {label for image in images for label in image.listed if isinstance(label, int)}
        # To decline is to answer the root, which is then a candidate.
        listed |= {label for image in images for label, _ in image.masses if label == ROOT}
        self.labels = sorted(listed if labels is None else labels)
        self.taxa = sorted({above for label in [ROOT, *self.labels] for above in taxonomy.lineage(label)})


def own(image):
    """The probability of each label itself."""
    result = {}
    for label, p in image.masses:
        result[label] = result.get(label, 0.0) + p
    return result


@functools.cache
def probabilities(taxonomy, tree, image):
    """The probability of every taxon above the candidates: that of all labels in its clade."""
    return {taxon: math.fsum(p for label, p in image.masses
                             if isinstance(label, int) and taxonomy.contains(taxon, label)) for taxon in tree.taxa}


def by_rank(taxonomy, tree, image, rank):
    """Taxa of a rank with their probabilities, the most probable first; what has none is no answer."""
    p = probabilities(taxonomy, tree, image)
    taxa = [(taxon, p[taxon]) for taxon in tree.taxa if taxon != ROOT and taxonomy.rank[taxon] == rank and level(p[taxon]) > 0]
    return sorted(taxa, key=lambda pair: (-level(pair[1]), pair[0]))


def best(ranked):
    """The first taxon; None where there is none."""
    return ranked[0][0] if ranked else None


def summed(taxonomy, tree, image):
    """The summed answer of the finest main rank that has any probability."""
    for rank in reversed(MAIN_RANKS):
        taxon = best(by_rank(taxonomy, tree, image, rank))
        if taxon is not None:
            return taxon
    return ROOT


def top_down(taxonomy, tree, image):
    """From the root the most probable child each time, until the taxon itself is more probable than it."""
    p, label = probabilities(taxonomy, tree, image), own(image)
    taxon = ROOT
    while True:
        children = [child for child in taxonomy.children[taxon] if child in p and level(p[child]) > 0]
        if not children:
            return taxon
        child = min(children, key=lambda child: (-level(p[child]), child))
        if level(label.get(taxon, 0.0)) > level(p[child]):
            return taxon
        taxon = child


def expected_height(taxonomy, tree, image):
    """The label of least expected height: the sum over labels of p times the rungs from it to where both meet."""
    labels = {label: p for label, p in own(image).items() if level(p) > 0}
    if not labels:
        return ROOT

    def expected(answer):
        return math.fsum(p * (taxonomy.step(taxonomy.lca(label, answer)) - taxonomy.step(label))
                         for label, p in labels.items())

    return min(labels, key=lambda answer: (level(expected(answer)), -level(labels[answer]), answer))


def back_off(taxonomy, tree, image, bits, threshold):
    """The most informative taxon that reaches a probability.

    Taxa below each other that have the same information are a chain, and say the same: of chains of equal
    information that with the most probable first taxon is answered, then the first; and in it the
    deepest taxon that reaches the probability.
    """
    p = probabilities(taxonomy, tree, image)
    reached = [taxon for taxon in tree.taxa if taxon == ROOT or p[taxon] > 0 and level(p[taxon]) >= level(threshold)]

    def place(taxon):
        first = chain(taxonomy, bits, taxon)
        return (-level(bits[taxon]), -level(1.0 if first == ROOT else p[first]), first, -taxonomy.depth(taxon))

    return min(reached, key=place)


def chain(taxonomy, bits, taxon):
    """The first taxon above another that has the same information."""
    return next(above for above in taxonomy.lineage(taxon) if bits[above] == bits[taxon])


def climb(taxonomy, tree, image, threshold):
    """The lowest taxon above the best label that reaches a probability."""
    p = probabilities(taxonomy, tree, image)
    above = [taxon for taxon in taxonomy.lineage(image.best()) if taxon == ROOT or level(p[taxon]) >= level(threshold)]
    return above[-1]
