"""Decision rules side by side, and whether the summed answers of the ranks agree."""

import compare
import distribution
import how_wrong
import intervals
from mathematics import mean
from outcome import height, judge
from taxonomy import MAIN_RANKS


def rules(taxonomy, tree, met, bits, threshold):
    """The answer of each rule to an image."""
    return {
        "path": lambda image: image.best(),
        "summed": lambda image: distribution.summed(taxonomy, tree, image),
        "top_down": lambda image: distribution.top_down(taxonomy, tree, image),
        "expected_height": lambda image: distribution.expected_height(taxonomy, tree, image),
        "back_off": lambda image: distribution.back_off(taxonomy, tree, image, bits, threshold),
    }


def block(taxonomy, met, images, tree, options):
    """The block `decisions` of images with whole distributions."""
    threshold = float(options.get("back-off", 0.5))
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in images]
    bits = how_wrong.information(taxonomy, met, outcomes, options.get("information", "leaves"))
    result = {"n": len(images), "back_off_threshold": threshold}
    found = {}
    for name, rule in rules(taxonomy, tree, met, bits, threshold).items():
        answers = [rule(image) for image in images]
        judged = [judge(taxonomy, image.truth, answer) for image, answer in zip(images, answers)]
        found[name] = {"height": [height(taxonomy, o) for o in judged]}
        accuracy, low, high = {}, {}, {}
        for rank in MAIN_RANKS:
            pairs = [(taxonomy.at(image.truth, rank), taxonomy.at(answer, rank))
                     for image, answer in zip(images, answers)]
            if name == "summed":
                # At each rank the taxon of most summed probability, whatever the other ranks say.
                sums = [distribution.by_rank(taxonomy, tree, image, rank) for image in images]
                pairs = [(truth, distribution.best(ranked)) for (truth, _), ranked in zip(pairs, sums)]
            right = [None if truth is None else float(truth == answer) for truth, answer in pairs]
            found[name][rank] = right
            accuracy[rank] = mean(right)
            terms = [(image.cluster, value, 1.0) for image, value in zip(images, right) if value is not None]
            low[rank], high[rank] = intervals.share(terms)
        result[name] = {"accuracy": accuracy, "accuracy_low": low, "accuracy_high": high, "how_wrong": how_wrong.block(taxonomy, met, judged, options, [image.cluster for image in images])}
    result["differences"] = differences(images, found)
    return result


def differences(images, found):
    """The other rules against `path`, image by image: accuracy at the finest rank that a truth has, and height."""
    ranks = [rank for rank in MAIN_RANKS if any(value is not None for value in found["path"][rank])]
    rows = []
    for compared, rank, key in [("accuracy", rank, rank) for rank in ranks[-1:]] + [("mean_height", None, "height")]:
        block = []
        for rule in [rule for rule in found if rule != "path"]:
            pairs = [(image.cluster, a - b) for image, a, b in zip(images, found[rule][key], found["path"][key]) if a is not None]
            sums = {}
            for cluster, d in pairs:
                sums[cluster] = sums.get(cluster, 0.0) + d
            low, high = intervals.difference(pairs) if rank else intervals.mean([(cluster, d, 1.0) for cluster, d in pairs])
            block.append({"rule": rule, "compared": compared, "rank": rank, "n": len(pairs),
                          "difference": mean(d for _, d in pairs), "difference_low": low, "difference_high": high,
                          "p": compare.randomisation(list(sums.values())), "standard_error": None})
        for row, p in zip(block, compare.holm([row["p"] for row in block])):
            row["adjusted"] = p
        rows += block
    return rows


def consistency(taxonomy, images, tree, rows):
    """The block `consistency`; ranks without a summed answer are passed over."""
    impossible, whole = [], []
    for image in images:
        answers = [distribution.best(distribution.by_rank(taxonomy, tree, image, rank)) for rank in MAIN_RANKS]
        named = [answer for answer in answers if answer is not None]
        impossible.append(any(not taxonomy.contains(a, b) for a, b in zip(named, named[1:])))
        truths = [taxonomy.at(image.truth, rank) for rank in MAIN_RANKS]
        whole.append(all(truth is None or truth == answer for truth, answer in zip(truths, answers)))
    weighed = [row for row in rows if row["rank"] in MAIN_RANKS and row["summed_top1"] is not None]
    classes = sum(row["classes"] for row in weighed)
    return {
        "n": len(images),
        "tice": mean(impossible),
        "fpa": mean(whole),
        "wap": sum(row["classes"] * row["summed_top1"] for row in weighed) / classes if classes else None,
    }
