"""Measures of a ranking by the names that ranx gives them: `name[@k][-l<level>]`."""

import math


def measure(name, grades, judged, level=1):
    """One measure of one query, as ranx defines them.

    `grades` are those of the ranked documents, best first (None where nobody judged the document),
    `judged` the grades of all judged documents. Nothing relevant: 0.
    """
    name, _, cut = name.partition("@")
    relevant = sorted((grade for grade in judged if grade >= level), reverse=True)
    total = len(relevant)
    if total == 0:
        return 0.0
    if name.startswith("rbp"):
        p = float("0." + name.partition(".")[2])
        return (1 - p) * sum(gain(grade, level) * p**i for i, grade in enumerate(grades))
    k = total if cut == "r" else int(cut) if cut else total if name == "r-precision" else len(grades)
    hits = [grade is not None and grade >= level for grade in grades[:k]]
    found = sum(hits)
    if name == "hits":
        return float(found)
    if name == "hit_rate":
        return float(found > 0)
    if name in ("precision", "r-precision"):
        return found / k if k else 0.0
    if name == "recall":
        return found / total
    if name == "f1":
        return 2 * found / (k + total)
    if name == "mrr":
        return next((1 / place for place, hit in enumerate(hits, 1) if hit), 0.0)
    if name == "map":
        return sum(sum(hits[:i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit) / total
    if name == "bpref":
        return bpref(grades, judged, level, total)
    burges = name.endswith("burges")
    value = dcg([gain(grade, level) for grade in grades[:k]], burges)
    if name.startswith("ndcg"):
        best = dcg(relevant[:k if cut else len(relevant)], burges)
        return value / best if best else 0.0
    return value


def gain(grade, level):
    """The grade of a relevant document, 0 for others."""
    return grade if grade is not None and grade >= level else 0


def dcg(gains, burges):
    """Gains, or 2^gain - 1, over the logarithm of their places."""
    return math.fsum((2**g - 1 if burges else g) / math.log2(place + 1) for place, g in enumerate(gains, 1))


def bpref(grades, judged, level, total):
    """Judged documents that are not relevant above each relevant one, as trec_eval."""
    others = sum(0 <= grade < level for grade in judged)
    value, above = 0.0, 0
    for grade in grades:
        if grade is None or grade < 0:
            continue
        if grade < level:
            above += 1
        else:
            value += 1 - min(above, total) / min(total, others) if others else 1.0
    return value / total
