"""Green, yellow, red; and the same scores for groups of images."""

from mathematics import mean, ratio, wilson
from outcome import height, judge
from taxonomy import MAIN_RANKS


def flags(taxonomy, outcomes, yellow_from="genus"):
    """The block `flags`; None in a tree without ranks."""
    if not taxonomy.has_ranks:
        return None
    limit = 6 - MAIN_RANKS.index(yellow_from)
    green = sum(o.right for o in outcomes)
    yellow = sum(not o.right and taxonomy.rung(o.lca) <= limit for o in outcomes)
    n = len(outcomes)
    return {
        "n": n,
        "green": green,
        "yellow": yellow,
        "red": n - green - yellow,
        "green_share": ratio(green, n),
        "yellow_share": ratio(yellow, n),
        "red_share": ratio(n - green - yellow, n),
        "yellow_from": yellow_from,
    }


def blocks(taxonomy, images, columns):
    """The block `groups`: by column, then by name."""
    return [block(taxonomy, [image for image in images if image.groups[column] == name], column, name)
            for column in columns for name in sorted({image.groups[column] for image in images})]


def block(taxonomy, images, column, name):
    """The scores of one group."""
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in images]
    right = sum(o.right for o in outcomes)
    low, high = wilson(right, len(images))
    top1 = {}
    for rank in MAIN_RANKS:
        pairs = [(taxonomy.at(image.truth, rank), taxonomy.at(image.best(), rank)) for image in images]
        top1[rank] = mean(truth == answer for truth, answer in pairs if truth is not None)
    return {
        "by": column,
        "group": name,
        "n": len(images),
        "right": ratio(right, len(images)),
        "right_low": low,
        "right_high": high,
        "mistakes": len(images) - right,
        "mean_height": mean(height(taxonomy, o) for o in outcomes),
        "severity": mean(height(taxonomy, o) for o in outcomes if not o.right),
        "path_top1": top1,
    }
