"""Decision rules side by side, and whether the summed answers of the ranks agree."""

import distribution
import how_wrong
import ranks
from mathematics import mean
from outcome import judge
from taxonomy import MAIN_RANKS, ROOT


def rules(taxonomy, tree, met, bits, threshold):
    """The answer of each rule to an image."""
    return {
        "path": lambda image: image.best(),
        "summed": lambda image: distribution.summed(taxonomy, tree, image),
        "top_down": lambda image: distribution.top_down(taxonomy, tree, image),
        "expected_height": lambda image: distribution.expected_height(taxonomy, tree, image),
        "back_off": lambda image: distribution.back_off(taxonomy, tree, met, image, bits, threshold),
    }


def block(taxonomy, met, images, tree, options):
    """The block `decisions` of images with whole distributions."""
    threshold = float(options.get("back-off", 0.5))
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in images]
    bits = how_wrong.information(taxonomy, met, outcomes, options.get("information", "leaves"))
    result = {"n": len(images), "back_off_threshold": threshold}
    for name, rule in rules(taxonomy, tree, met, bits, threshold).items():
        answers = [rule(image) for image in images]
        judged = [judge(taxonomy, image.truth, answer) for image, answer in zip(images, answers)]
        accuracy = {}
        for rank in MAIN_RANKS:
            pairs = [(taxonomy.at(image.truth, rank), taxonomy.at(answer, rank))
                     for image, answer in zip(images, answers)]
            if name == "summed":
                # At each rank the taxon of most summed probability, whatever the other ranks say.
                sums = [distribution.by_rank(taxonomy, tree, image, rank) for image in images]
                pairs = [(truth, distribution.best(ranked)) for (truth, _), ranked in zip(pairs, sums)]
            accuracy[rank] = mean(truth == answer for truth, answer in pairs if truth is not None)
        result[name] = {"accuracy": accuracy, "how_wrong": how_wrong.block(taxonomy, met, judged, options, [image.cluster for image in images])}
    return result


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
