"""Truths that are no candidates: by how new they are, whether it is noticed, and where backing off stops."""

import functools
import math

import distribution
import how_wrong
import intervals
import selective
from mathematics import mean, ratio
from outcome import height, judge
from taxonomy import MAIN_RANKS, ROOT, Met, rank_place

SCORES = ["maximum_probability", "entropy", "energy", "margin", "rank_above", "nearest_neighbour"]
STOPS = ["too_early", "right", "too_late", "wrong_branch"]

# The level of the labels themselves.
LABELS = "labels"


class Space:
    """Which truths some labels reach."""

    def __init__(self, taxonomy, labels):
        self.taxonomy = taxonomy
        self.labels = sorted({label for label in labels if label != ROOT})

    @functools.cache
    def known(self, truth):
        """Whether a label is the truth or lies below it, or one of the labels' own rank lies above it."""
        ranks = [self.taxonomy.rank[label] for label in self.labels]
        own = max(set(ranks), key=lambda rank: (ranks.count(rank), rank_place(rank)))
        return any(self.taxonomy.contains(truth, label)
                   or self.taxonomy.rank[label] == own and self.taxonomy.contains(label, truth) for label in self.labels)

    @functools.cache
    def deepest(self, truth):
        """The deepest taxon of the truth's lineage that holds a label."""
        return [taxon for taxon in self.taxonomy.lineage(truth)
                if taxon == ROOT or any(self.taxonomy.contains(taxon, label) for label in self.labels)][-1]


def block(taxonomy, images, tree, candidates, options):
    """The block `novelty`; None where nobody says what the candidates were, or every truth can be told."""
    labels = candidates if candidates is not None else tree.labels if tree is not None else []
    space = Space(taxonomy, labels)
    shown = [image for image in images if not image.unreadable and isinstance(image.truth, int) and image.truth != ROOT]
    if not space.labels or all(space.known(image.truth) for image in shown):
        return None
    novel = [image for image in shown if not space.known(image.truth)]
    result = {"images": len(shown), "known": len(shown) - len(novel), "novel": len(novel), "candidates": len(space.labels),
              "rows": rows(taxonomy, space, shown), "detection": [], "one_kind": [], "open_set": [], "without_distribution": 0}
    if tree is None:
        return result
    for image, distance in zip(shown, distances(space, shown)):
        image.nearest = distance
    result["without_distribution"] = sum(not image.masses for image in shown)
    result["detection"], result["one_kind"] = detection(taxonomy, space, tree, shown)
    result["open_set"] = open_set(taxonomy, space, tree, shown)
    result["back_off"] = back_off(taxonomy, space, tree, shown, candidates, options)
    return result


def newness(taxonomy, space, image):
    """What tells rows apart, in their order: the finest of what is known first, then the coarsest of what is new."""
    deepest = space.deepest(image.truth)
    if not taxonomy.has_ranks:
        return (taxonomy.depth(image.truth) - taxonomy.depth(deepest),)
    new = [taxon for taxon in taxonomy.lineage(image.truth)
           if taxonomy.rank[taxon] in MAIN_RANKS and taxon != deepest and taxonomy.contains(deepest, taxon)]
    return taxonomy.rung(deepest), -taxonomy.rung(new[0]) if new else -99


def name(taxonomy, row):
    """A row in words, with the rank that is known and the one that is new."""
    if not taxonomy.has_ranks:
        return ("1 edge" if row[0] == 1 else f"{row[0]} edges") + " below what is known", None, None
    known = MAIN_RANKS[6 - row[0]] if row[0] < 7 else None
    new = MAIN_RANKS[6 + row[1]] if row[1] > -99 else None
    return f"new {new or 'taxon'}" + (f" of a known {known}" if known else ""), known, new


def rows(taxonomy, space, shown):
    """What is known, all that is novel, and that by how new it is."""
    known = [image for image in shown if space.known(image.truth)]
    novel = [image for image in shown if not space.known(image.truth)]
    parts = [(("known", None, None), known), (("novel", None, None), novel)]
    for new in sorted({newness(taxonomy, space, image) for image in novel}):
        parts.append((name(taxonomy, new), [image for image in novel if newness(taxonomy, space, image) == new]))
    return [row(taxonomy, space, *part) for part in parts if part[1]]


def row(taxonomy, space, named, images):
    """The answers of the best label to some images."""
    reach, known, new = named
    heights, best, reached, specific = [], [], [], []
    for image in images:
        deepest, answer = space.deepest(image.truth), image.best()
        heights.append(height(taxonomy, judge(taxonomy, image.truth, answer)))
        best.append(taxonomy.step(deepest) - taxonomy.step(image.truth))
        reached.append(taxonomy.contains(deepest, answer))
        finer = taxonomy.step(answer) < taxonomy.step(deepest)
        specific.append(finer or answer != deepest and taxonomy.contains(deepest, answer))
    accuracy, low, high = {}, {}, {}
    for rank in MAIN_RANKS:
        pairs = [(image, taxonomy.at(space.deepest(image.truth), rank), taxonomy.at(image.best(), rank)) for image in images]
        right = [(image.cluster, float(truth == answer), 1.0) for image, truth, answer in pairs if truth is not None]
        accuracy[rank] = mean(value for _, value, _ in right)
        low[rank], high[rank] = intervals.share(right)
    return {
        "reach": reach, "known_rank": known, "new_rank": new, "n": len(images),
        "accuracy": accuracy, "accuracy_low": low, "accuracy_high": high,
        "reached": mean(reached),
        "mean_height": mean(heights),
        "best_height": mean(best),
        "excess_height": mean(a - b for a, b in zip(heights, best)),
        "over_specific": None if reach == "known" else mean(specific),
    }


def comparable(score):
    """A score with its rounding taken off."""
    return math.copysign(math.floor(abs(score) * 2**30 + 0.5), score) / 2**30 + 0.0


def surprise(p):
    """What a probability adds to the entropy."""
    return -p * math.log(p) if p > 0 else 0.0


def level(taxonomy, tree, image, rank):
    """The probabilities of the taxa of a rank, or of the labels themselves; None without any taxon."""
    if rank == LABELS:
        own = distribution.own(image)
        return [own.get(label, 0.0) for label in tree.labels if label != ROOT] or None
    p = distribution.probabilities(taxonomy, tree, image)
    return [p[taxon] for taxon in tree.taxa if taxon != ROOT and taxonomy.rank[taxon] == rank] or None


def novel_by(score, taxonomy, tree, image, rank):
    """How novel an image looks; None where the score says nothing of it."""
    if not image.masses:
        return None
    if score == "energy":
        return image.energy if image.energy is None else comparable(image.energy)
    if score == "nearest_neighbour":
        return image.nearest if image.nearest is None else comparable(image.nearest)
    if score == "rank_above":
        if rank in (LABELS, MAIN_RANKS[0]):
            return None
        rank = MAIN_RANKS[MAIN_RANKS.index(rank) - 1]
    p = level(taxonomy, tree, image, rank)
    if p is None:
        return None
    most, second = sorted([*p, 0.0], reverse=True)[:2]
    rest = 1 - math.fsum(p)
    found = {
        "maximum_probability": 1 - most,
        "rank_above": 1 - most,
        "margin": 1 - (most - second),
        "entropy": math.fsum(map(surprise, p)) + (surprise(rest) if rest > 1e-9 else 0.0),
    }
    return comparable(found[score])


def distances(space, shown):
    """1 - the cosine to the nearest training image of what is known, of another observation."""
    training = [image for image in shown if image.split.strip().lower() in ("train", "training")]
    references = [image for image in training if image.vector is not None and space.known(image.truth)]
    for image in shown:
        near = [float(image.vector @ other.vector) for other in references
                if not image.observation or image.observation != other.observation] if image.vector is not None else []
        yield None if image in training or not near else 1 - max(near)


def auroc(positives, negatives):
    """Share of pairs in order, ties counting half."""
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in positives for b in negatives]
    return mean(pairs)


def average_precision(positives, negatives):
    """Precision at each threshold, weighed by the recall that it adds."""
    total = 0.0
    for threshold in set(positives):
        found = sum(a >= threshold for a in positives)
        wrong = sum(b >= threshold for b in negatives)
        total += positives.count(threshold) / len(positives) * found / (found + wrong)
    return total


def false_positives(positives, negatives):
    """Share of the negatives at the highest threshold that finds 95 of 100 positives."""
    enough = [t for t in set(positives) if sum(a >= t for a in positives) / len(positives) >= 0.95]
    return mean(b >= max(enough) for b in negatives)


def detection(taxonomy, space, tree, shown):
    """What each score tells at each rank, and the ranks of one kind of images alone."""
    found, alone = [], []
    for rank in MAIN_RANKS if taxonomy.has_ranks else [None]:
        for among in ("all", "novel"):
            asked = [(image, image.truth if rank is None else taxonomy.at(image.truth, rank)) for image in shown
                     if image.masses and (among == "all" or not space.known(image.truth))]
            asked = [(image, not space.known(taxon)) for image, taxon in asked if taxon is not None]
            positives = sum(new for _, new in asked)
            if asked and positives in (0, len(asked)):
                alone.append({"rank": rank, "among": among, "positives": positives, "negatives": len(asked) - positives})
            for score in SCORES:
                scored = [(novel_by(score, taxonomy, tree, image, rank or LABELS), new) for image, new in asked]
                new = [value for value, is_new in scored if value is not None and is_new]
                old = [value for value, is_new in scored if value is not None and not is_new]
                if new and old:
                    found.append({"rank": rank, "among": among, "score": score, "n": len(new) + len(old),
                                  "positives": len(new), "negatives": len(old), "auroc": auroc(new, old),
                                  "aupr": average_precision(new, old), "aupr_chance": len(new) / (len(new) + len(old)),
                                  "fpr_at_95": false_positives(new, old)})
    return found, alone


def open_set(taxonomy, space, tree, shown):
    """Pairs of a known and a novel image in which the known is right and looks less novel."""
    found = []
    for score in SCORES:
        scored = [(image, novel_by(score, taxonomy, tree, image, LABELS)) for image in shown]
        known = [(value, taxonomy.contains(space.deepest(image.truth), image.best())) for image, value in scored
                 if value is not None and space.known(image.truth)]
        novel = [value for image, value in scored if value is not None and not space.known(image.truth)]
        if known and novel:
            pairs = [right * (1.0 if value < other else 0.5 if value == other else 0.0)
                     for value, right in known for other in novel]
            found.append({"score": score, "known": len(known), "novel": len(novel),
                          "accuracy": mean(right for _, right in known), "oscr": mean(pairs)})
    return found


def stop(taxonomy, space, image, answer):
    """Where an answer stops."""
    deepest = space.deepest(image.truth)
    if answer == deepest or taxonomy.contains(image.truth, answer):
        return "right"
    if taxonomy.contains(answer, deepest):
        return "too_early"
    return "too_late" if taxonomy.contains(deepest, answer) else "wrong_branch"


def back_off(taxonomy, space, tree, shown, candidates, options):
    """Where the back-off rule stops, at its own threshold, at the best, and at all."""
    listed = [label for image in shown for label in image.listed if isinstance(label, int)]
    met = Met(taxonomy, [image.truth for image in shown] + listed + list(candidates or []))
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in shown]
    bits = how_wrong.information(taxonomy, met, outcomes, options.get("information", "leaves"))
    kinds = {"known": [image for image in shown if space.known(image.truth)],
             "novel": [image for image in shown if not space.known(image.truth)]}

    def answers(threshold):
        return {image.name: distribution.back_off(taxonomy, tree, image, bits, threshold) if image.masses else ROOT
                for image in shown}

    def point(threshold):
        given = answers(threshold)
        stops = {kind: [stop(taxonomy, space, image, given[image.name]) for image in of] for kind, of in kinds.items()}
        return {"threshold": threshold, **{kind: {name: of.count(name) for name in STOPS} for kind, of in stops.items()}}

    curve, before = [], None
    for threshold in sorted({1.0, *selective.thresholds(taxonomy, shown, tree)}, reverse=True):
        given = answers(threshold)
        if given != before:
            before = given
            curve.append(point(threshold))
    balanced = lambda one: mean(ratio(one[kind]["right"], len(of)) for kind, of in kinds.items() if of)
    best = curve[0]
    for one in curve:
        if balanced(one) > balanced(best) + 1e-12:
            best = one
    own = float(options.get("back-off", 0.5))
    result = {"threshold": own, "best_threshold": best["threshold"], "curve": curve, "rows": []}
    for at, threshold in (("own", own), ("best", best["threshold"])):
        one = point(threshold)
        result["rows"] += [{"at": at, "images": kind, "threshold": threshold, "n": len(of),
                            **{name: one[kind][name] / len(of) for name in STOPS}, "balanced": balanced(one)}
                           for kind, of in kinds.items() if of]
    return result
