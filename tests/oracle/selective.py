"""Knowing when to stop: the operating curve of backing off, and what follows from it."""

import math

import distribution
import how_wrong
from mathematics import level, mean
from outcome import judge
from taxonomy import ROOT

COLUMNS = ["correct", "exact", "info_recall", "info_precision", "depth_recall", "depth_precision"]


def block(taxonomy, met, images, tree, options):
    """The block `selective` without its tuned thresholds."""
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in images]
    bits = how_wrong.information(taxonomy, met, outcomes, options.get("information", "leaves"))
    points = curve(taxonomy, met, images, tree, bits)
    column = lambda name: [point[name] for point in points]
    correct = column("correct")
    return {
        "n": len(images),
        "ac_exact": area(column("exact"), correct),
        "ac_info_recall": area(column("info_recall"), correct),
        "ac_depth_recall": area(column("depth_recall"), correct),
        "ap_info_recall": area(column("info_recall"), column("info_precision")),
        "ap_depth_recall": area(column("depth_recall"), column("depth_precision")),
        "info_recall_at_90_correct": most(points, "info_recall", 0.90),
        "info_recall_at_95_correct": most(points, "info_recall", 0.95),
        "haurc": haurc(taxonomy, met, images, tree),
        "curve": points,
    }


def thresholds(taxonomy, images, tree):
    """All probabilities that occur, falling."""
    found = {level(p) for image in images if image.masses
             for p in distribution.probabilities(taxonomy, tree, image).values()}
    return sorted((p for p in found if p > 0), reverse=True)


def curve(taxonomy, met, images, tree, bits):
    """Means over images at a threshold of 1, then at each lower one where an answer changes."""
    points, answers = [], None
    for threshold in sorted({1.0, *thresholds(taxonomy, images, tree)}, reverse=True):
        after = [distribution.back_off(taxonomy, tree, image, bits, threshold) if image.masses else ROOT
                 for image in images]
        if after != answers:
            answers = after
            points.append({"threshold": threshold, **values(taxonomy, images, answers, bits)})
    return points


def values(taxonomy, images, answers, bits):
    """The means of one threshold."""
    rows = [one(taxonomy, judge(taxonomy, image.truth, answer), bits) for image, answer in zip(images, answers)]
    return {name: mean(row[name] for row in rows) for name in COLUMNS}


def one(taxonomy, o, bits):
    """The values of one image; a share of nothing is 1."""
    share = lambda part, of: part / of if of else 1.0
    return {
        "correct": o.lca in (o.truth, o.predicted),
        "exact": o.right,
        "info_recall": share(bits[o.lca], bits[o.truth]),
        "info_precision": share(bits[o.lca], bits[o.predicted]),
        "depth_recall": share(taxonomy.depth(o.lca), taxonomy.depth(o.truth)),
        "depth_precision": share(taxonomy.depth(o.lca), taxonomy.depth(o.predicted)),
    }


def area(xs, ys):
    """The integral over x from 0 of the most y at that x or beyond."""
    total, last = 0.0, 0.0
    for x in sorted(set(xs)):
        total += (x - last) * max(y for other, y in zip(xs, ys) if other >= x)
        last = x
    return total


def most(points, name, correct):
    """The most of a value among thresholds with at least this share correct."""
    return max((point[name] for point in points if point["correct"] >= correct - 1e-12), default=0.0)


def haurc(taxonomy, met, images, tree):
    """Area under risk over coverage of the climbing rule, by trapezes."""
    leaves = met.tips_below
    if leaves[ROOT] < 2:
        return None
    answers = [ROOT] * len(images)
    points = [point(taxonomy, images, answers, leaves)]
    for threshold in thresholds(taxonomy, images, tree):
        answers = [distribution.climb(taxonomy, tree, image, threshold) if image.masses else ROOT for image in images]
        points.append(point(taxonomy, images, answers, leaves))
    return math.fsum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in zip(points, points[1:]))


def point(taxonomy, images, answers, leaves):
    """Coverage and risk."""
    judged = [judge(taxonomy, image.truth, answer) for image, answer in zip(images, answers)]
    coverage = mean(1 - math.log(leaves[answer]) / math.log(leaves[ROOT]) for answer in answers)
    return coverage, mean(o.lca not in (o.truth, o.predicted) for o in judged)
