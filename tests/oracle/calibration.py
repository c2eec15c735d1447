"""Whether probabilities mean what they say, rank by rank."""

import math

import distribution
from mathematics import level, mean
from ranks import bins, expected_calibration_error
from taxonomy import MAIN_RANKS

# The least probability that a logarithm is taken of.
FLOOR = 2.0**-52


def block(taxonomy, images, tree):
    """The block `calibration`."""
    return {"n": len(images), "candidates": len(tree.labels), "ranks": rows(taxonomy, images, tree)}


def rows(taxonomy, images, tree):
    """One row per rank that some truth has a taxon of."""
    found = [row(taxonomy, images, tree, rank) for rank in MAIN_RANKS]
    return [one for one in found if one]


def row(taxonomy, images, tree, rank):
    """One rank; None where no truth has a taxon of it."""
    images = [image for image in images if taxonomy.at(image.truth, rank) is not None]
    if not images:
        return None
    confidence, right, brier, surprise = [], [], [], []
    for image in images:
        truth = taxonomy.at(image.truth, rank)
        ranked = distribution.by_rank(taxonomy, tree, image, rank)
        p = dict(ranked)
        confidence.append(ranked[0][1] if ranked else 0.0)
        right.append(bool(ranked) and ranked[0][0] == truth)
        brier.append(math.fsum((p.get(taxon, 0.0) - (taxon == truth)) ** 2 for taxon in {*p, truth}))
        surprise.append(-math.log(max(p.get(truth, 0.0), FLOOR)))
    return {"rank": rank, **measures(confidence, right, brier, surprise)}


def measures(confidence, right, brier, surprise):
    """Calibration of some images."""
    members = bins(confidence)
    gaps = [abs(mean(right[i] for i in one) - mean(confidence[i] for i in one)) for one in members if one]
    return {
        "n": len(confidence),
        "ece": expected_calibration_error(confidence, right),
        "mce": max(gaps),
        "adaptive_ece": adaptive(confidence, right),
        "brier": mean(brier),
        "nll": mean(surprise),
        "mean_probability": mean(confidence),
        "right": mean(right),
        "bins": [
            {
                "low": number / 15,
                "high": (number + 1) / 15,
                "n": len(one),
                "mean_probability": mean(confidence[i] for i in one),
                "right": mean(right[i] for i in one),
            }
            for number, one in enumerate(members)
        ],
    }


def adaptive(confidence, right):
    """Fifteen bins of equally many images, by probability; images of equal probability share what is right."""
    shared = [mean(right[j] for j, other in enumerate(confidence) if level(other) == level(value)) for value in confidence]
    order = sorted(range(len(confidence)), key=lambda i: confidence[i])
    n = len(order)
    error = 0.0
    for number in range(15):
        one = order[number * n // 15:(number + 1) * n // 15]
        error += abs(math.fsum(confidence[i] - shared[i] for i in one))
    return error / n
