"""`nearmiss report`: every number of metrics.json, from the definitions."""

import json
import sys

import calibration
import decisions
import distribution
import groups
import how_wrong
import ranks
import selective
import tables
import taxonomy as taxonomies
from outcome import judge
from tables import BLANK, UNKNOWN
from taxonomy import RANKS


def accounting(taxonomy, images, kept):
    """Where every image went."""
    first = lambda image: image.answers[0][0] if image.answers else BLANK
    return {
        "images": len(images),
        "scored": len(kept),
        "unreadable": 0,
        "without_truth": sum(image.truth == BLANK for image in images),
        "outside_taxonomy": sum(image.truth == UNKNOWN for image in images),
        "not_a_candidate": 0,
        "of_scored": {
            "no_answer": sum(first(image) == BLANK for image in kept),
            "answer_outside_taxonomy": sum(first(image) == UNKNOWN for image in kept),
            "coarse_truth": sum(coarse(taxonomy, image.truth) for image in kept),
            "unusable_truth": 0,
            "not_a_candidate": 0,
        },
    }


def coarse(taxonomy, truth):
    """Whether a truth stops above the species."""
    return taxonomy.has_ranks and taxonomy.at(truth, "species") is None


def causes(images, kept, outcomes):
    """Why an image did not come out right: the first cause that holds."""
    counts = dict.fromkeys(["right", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate",
                            "unusable_label", "no_answer", "answer_outside_taxonomy", "synonym",
                            "stopped_above", "confusion"], 0)
    counts["without_truth"] = sum(image.truth == BLANK for image in images)
    counts["outside_taxonomy"] = sum(image.truth == UNKNOWN for image in images)
    for image, o in zip(kept, outcomes):
        first = image.answers[0][0] if image.answers else BLANK
        if o.right:
            cause = "right"
        elif first == BLANK:
            cause = "no_answer"
        elif first == UNKNOWN:
            cause = "answer_outside_taxonomy"
        elif o.stopped_above:
            cause = "stopped_above"
        else:
            cause = "confusion"
        counts[cause] += 1
    return {"images": len(images), **counts}


def metrics(taxonomy, images, probabilities, options=None):
    """The blocks of metrics.json."""
    options = options or {}
    kept = [image for image in images if isinstance(image.truth, int)]
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in kept]
    listed = [[judge(taxonomy, image.truth, tables.scored(label)) for label, _ in image.answers]
              or [judge(taxonomy, image.truth, 0)] for image in kept]
    tree = distribution.Candidates(taxonomy, images) if tables.summable(images, probabilities) else None
    rows = ranks.rows(taxonomy, kept, tree)
    result = {
        "accounting": accounting(taxonomy, images, kept),
        "causes": causes(images, kept, outcomes),
        "ranks": rows,
        "how_wrong": how_wrong.block(taxonomy, outcomes, options, [image.cluster for image in kept], listed),
        "flags": groups.flags(taxonomy, outcomes, options.get("yellow_from", "genus")),
    }
    if kept and kept[0].groups:
        result["groups"] = groups.blocks(taxonomy, kept, list(kept[0].groups))
    if tree is not None:
        result["consistency"] = decisions.consistency(taxonomy, kept, tree, rows)
    if not tables.whole(images, probabilities):
        result["decisions"] = {"path": {"how_wrong": result["how_wrong"]}}
    else:
        result["decisions"] = decisions.block(taxonomy, kept, tree, options)
        result["calibration"] = calibration.block(taxonomy, kept, tree)
        result["selective"] = selective.block(taxonomy, kept, tree, options)
    return result


if __name__ == "__main__":
    tree = taxonomies.read(sys.argv[2])
    print(json.dumps(metrics(tree, *tables.read(sys.argv[1], tree)), indent=2))
