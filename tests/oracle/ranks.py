"""Accuracy at every rank, by the path rule and by the summed rule."""

import distribution
import intervals
from mathematics import level, mean
from tables import enough
from taxonomy import MAIN_RANKS, RANKS

AVERAGES = ["macro", "macro_precision", "macro_f1", "weighted_precision", "weighted_f1"]


def rows(taxonomy, images, tree, candidates=None, source=()):
    """One row per main rank and per rank below the species that a truth has.

    `images` are the scored ones, `source` all of the source; `tree` holds the distributions, None where they are not whole.
    """
    below = [rank for rank in RANKS[RANKS.index("species") + 1:]
             if any(taxonomy.at(image.truth, rank) is not None for image in images)]
    if not taxonomy.has_ranks:
        return []
    return [row(taxonomy, images, tree, rank, candidates, source) for rank in MAIN_RANKS + below]


def answerable(taxonomy, images, rank):
    """Taxa of the rank above the truths and the listed answers."""
    taxa = {image.truth for image in images}
    taxa |= {label for image in images for label in image.listed if isinstance(label, int)}
    return {taxonomy.at(taxon, rank) for taxon in taxa} - {None}


def row(taxonomy, images, tree, rank, candidates, source):
    """The scores of one rank."""
    counted = [image for image in images if taxonomy.at(image.truth, rank) is not None]
    truths = [taxonomy.at(image.truth, rank) for image in counted]
    path = [taxonomy.at(image.best(), rank) for image in counted]
    classes = len(answerable(taxonomy, images, rank) if candidates is None
                  else {taxonomy.at(label, rank) for label in candidates} - {None})
    n = len(counted)
    result = {"rank": rank, "n": n, "classes": classes}
    by = [image.cluster for image in counted]
    result.update(share("path_top1", by, [answer == truth for answer, truth in zip(path, truths)]))
    best = [image.shared_best() for image in counted]
    result["tied"] = sum(len(labels) > 1 for labels in best)
    at = [[taxonomy.at(label, rank) for label in labels] for labels in best]
    result["path_top1_least"] = mean(all(one == truth for one in ones) for ones, truth in zip(at, truths))
    result["path_top1_most"] = mean(any(one == truth for one in ones) for ones, truth in zip(at, truths))
    places = [place(taxonomy, image, rank) for image in counted]
    several = any(len(image.listed) > 1 for image in source)
    reciprocal = [1 / place if place else 0.0 for place in places]
    result["path_mrr"] = mean(reciprocal) if several else None
    if several:
        result.update(intervals.ends("path_mrr", intervals.mean([(c, r, 1.0) for c, r in zip(by, reciprocal)], 0.0, 1.0)))
    # Where nobody says which labels could be answered, an image has a chance of 1 in the number of classes.
    result["chance"] = 1 / classes if n and classes else None
    if candidates is not None:
        below = [sum(taxonomy.at(label, rank) == truth for label in candidates) for truth in truths]
        result["chance"] = mean(count / len(candidates) for count in below)
    result["path_top5"] = None
    everything = None if candidates is None else len(candidates)
    if enough(images, 5, everything):
        result.update(share("path_top5", by, [bool(place) and place <= 5 for place in places]))
    for name, value in averages(truths, path).items():
        result["path_" + name] = value
    result.update(intervals.ends("path_macro", macro_interval(by, truths, path)))
    summed_keys = ["summed_top1", "summed_top1_least", "summed_top1_most", "summed_tied", "summed_top5", "ece", "disagree"]
    summed_keys += ["summed_" + name for name in AVERAGES]
    if tree is None or rank not in MAIN_RANKS:
        result.update(dict.fromkeys(summed_keys))
        return result
    sums = [distribution.by_rank(taxonomy, tree, image, rank) for image in counted]
    summed = [distribution.best(ranked) for ranked in sums]
    result.update(share("summed_top1", by, [answer == truth for answer, truth in zip(summed, truths)]))
    best = [[taxon for taxon, p in ranked if level(p) == level(ranked[0][1])] or [None] for ranked in sums]
    result["summed_tied"] = sum(len(taxa) > 1 for taxa in best) if n else None
    result["summed_top1_least"] = mean(all(one == truth for one in ones) for ones, truth in zip(best, truths))
    result["summed_top1_most"] = mean(any(one == truth for one in ones) for ones, truth in zip(best, truths))
    result["summed_top5"] = None
    # Sums are taken over whole lists, or over all candidates: who is among the first five is known. Some image must have
    # several taxa to choose from.
    if any(len(ranked) > 1 for ranked in (distribution.by_rank(taxonomy, tree, image, rank) for image in source)):
        found = [truth in [taxon for taxon, _ in ranked[:5]] for ranked, truth in zip(sums, truths)]
        result.update(share("summed_top5", by, found))
    result.update(share("disagree", by, [first != second for first, second in zip(summed, path)]))
    confidence = [ranked[0][1] if ranked else 0.0 for ranked in sums]
    right = [answer == truth for answer, truth in zip(summed, truths)]
    result["ece"] = expected_calibration_error(confidence, right) if n else None
    for name, value in averages(truths, summed).items():
        result["summed_" + name] = value
    result.update(intervals.ends("summed_macro", macro_interval(by, truths, summed)))
    return result


def share(name, by, right):
    """A share of images with its interval."""
    found = intervals.share([(cluster, float(one), 1.0) for cluster, one in zip(by, right)])
    return {name: mean(right), **intervals.ends(name, found)}


def macro_interval(by, truths, answers):
    """The interval of recall averaged over true taxa: images of one taxon weigh alike, and so do taxa."""
    taxa = len(set(truths))
    weights = [1 / (taxa * truths.count(truth)) for truth in truths]
    return intervals.share([(c, w * (t == a), w) for c, w, t, a in zip(by, weights, truths, answers)])


def place(taxonomy, image, rank):
    """Place of the first listed label in the true taxon of the rank, from 1; None where there is none."""
    truth = taxonomy.at(image.truth, rank)
    for number, (label, _) in enumerate(image.answers, 1):
        if isinstance(label, int) and taxonomy.at(label, rank) == truth:
            return number
    return None


def averages(truths, answers):
    """Recall, precision and F1 averaged over taxa; an answer without a taxon of the rank is no class."""
    if not truths:
        return dict.fromkeys(AVERAGES)
    recalls, precisions, f1s, weights = [], [], [], []
    for taxon in sorted(set(truths) | set(answers) - {None}, key=lambda taxon: taxon if taxon is not None else -1):
        if taxon is None:
            continue
        images = truths.count(taxon)
        answered = answers.count(taxon)
        right = sum(truth == answer == taxon for truth, answer in zip(truths, answers))
        if images:
            recalls.append(right / images)
        precisions.append(right / answered if answered else 0.0)
        f1s.append(2 * right / (images + answered))
        weights.append(images)
    total = sum(weights)
    return {
        "macro": mean(recalls),
        "macro_precision": mean(precisions),
        "macro_f1": mean(f1s),
        "weighted_precision": sum(w * p for w, p in zip(weights, precisions)) / total,
        "weighted_f1": sum(w * f for w, f in zip(weights, f1s)) / total,
    }


def expected_calibration_error(confidence, right):
    """Fifteen bins of equal width, the lower edge inside, 1 in the last."""
    error = 0.0
    for members in bins(confidence):
        if members:
            gap = mean(right[i] for i in members) - mean(confidence[i] for i in members)
            error += len(members) / len(confidence) * abs(gap)
    return error


def bins(confidence):
    """The images of each bin."""
    result = [[] for _ in range(15)]
    for i, value in enumerate(confidence):
        result[min(int(value * 15), 14)].append(i)
    return result
