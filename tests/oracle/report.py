"""`nearmiss report`: every number of metrics.json, from the definitions."""

import json
import sys

import calibration
import costs
import decisions
import distribution
import groups
import how_wrong
import names
import novelty
import ranks
import selective
import tables
import tuning
import taxonomy as taxonomies
from outcome import judge
from tables import BLANK, UNKNOWN
from taxonomy import Met, rank_place


def fate(taxonomy, image, candidates):
    """Why an image is left out; None where it is scored."""
    if image.unreadable:
        return "unreadable"
    if image.truth == BLANK:
        return "without_truth"
    if image.truth == UNKNOWN:
        return "outside_taxonomy"
    if candidates is not None and not reachable(taxonomy, image.truth, candidates):
        return "not_a_candidate"
    return None


def reachable(taxonomy, truth, candidates):
    """Whether a truth could be told from the candidates: one is the truth or lies below it, or one of the
    candidates' own rank lies above it."""
    return bool(reaching(taxonomy, truth, candidates))


def reaching(taxonomy, truth, candidates):
    """The candidates from which a truth could be told."""
    ranks = [taxonomy.rank[label] for label in candidates]
    own = max(set(ranks), key=lambda rank: (ranks.count(rank), rank_place(rank)))
    return [label for label in candidates
            if taxonomy.contains(truth, label) or taxonomy.rank[label] == own and taxonomy.contains(label, truth)]


def accounting(taxonomy, images, kept, fates):
    """Where every image went."""
    first = lambda image: image.answers[0][0] if image.answers else BLANK
    return {
        "images": len(images),
        "scored": len(kept),
        **{name: fates.count(name) for name in ("unreadable", "without_truth", "outside_taxonomy", "not_a_candidate")},
        "not_a_taxon": fates.count("not_a_taxon"),
        "of_scored": {
            "no_answer": sum(first(image) == BLANK for image in kept),
            "answer_outside_taxonomy": sum(first(image) == UNKNOWN for image in kept),
            "above_kingdom": sum(above_kingdom(taxonomy, image.truth) for image in kept),
            "coarse_truth": sum(coarse(taxonomy, image.truth) for image in kept),
            "unusable_truth": 0,
            "not_a_candidate": 0,
            "answered_non_taxon": 0,
        },
    }


def above_kingdom(taxonomy, truth):
    """Whether a truth stops above the kingdom."""
    return taxonomy.has_ranks and taxonomy.rung(truth) == 7


def coarse(taxonomy, truth):
    """Whether a truth stops above the species."""
    return taxonomy.has_ranks and taxonomy.at(truth, "species") is None


def causes(images, kept, fates):
    """How many images came out as they did, each counted once; `kept` are the causes of the scored."""
    counts = dict.fromkeys(["right", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate",
                            "unusable_label", "no_answer", "answer_outside_taxonomy", "synonym",
                            "stopped_above", "probably_the_name", "confusion", "not_a_taxon"], 0)
    for name in [name for name in fates if name] + kept:
        counts[name] += 1
    return {"images": len(images), **counts}


def cause(taxonomy, image, o, candidates=None, unusable=()):
    """Why a scored image did not come out right: the first cause that holds."""
    first = image.answers[0][0] if image.answers else BLANK
    if o.right:
        return "right"
    if unusable and set(reaching(taxonomy, o.truth, candidates)) <= set(unusable):
        return "unusable_label"
    if first == BLANK:
        return "no_answer"
    if first == UNKNOWN:
        return "answer_outside_taxonomy"
    if o.stopped_above:
        return "stopped_above"
    return "probably_the_name" if names.probably_the_name(taxonomy, o.truth, o.given) else "confusion"


def lengths(images):
    """The lengths of lists of answers that are reported: as far as the longest list reaches."""
    most = longest(images)
    return [k for k in how_wrong.LENGTHS if k <= most] if most > 1 else []


def longest(images):
    """The longest list of the source, of images that are scored or not."""
    return max((len(image.listed) for image in images), default=0)


def metrics(taxonomy, images, probabilities, options=None, theirs=None, candidates=None, unusable=()):
    """The blocks of metrics.json; of the program's own file, `theirs`, the temperature is looked at."""
    options = options or {}
    fates = [fate(taxonomy, image, candidates) for image in images]
    kept = [image for image, why in zip(images, fates) if why is None]
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in kept]
    whys = [cause(taxonomy, image, o, candidates, unusable) for image, o in zip(kept, outcomes)]
    listed = [[judge(taxonomy, image.truth, tables.scored(label)) for label, _ in image.answers]
              or [judge(taxonomy, image.truth, 0)] for image in kept]
    listed_taxa = [label for image in kept for label in image.listed if isinstance(label, int)]
    met = Met(taxonomy, [image.truth for image in kept] + listed_taxa + list(candidates or []))
    whole = candidates is not None or tables.whole(images, probabilities)
    summed = candidates is not None or tables.summable(images, probabilities)
    tree = distribution.Candidates(taxonomy, images, candidates) if summed else None
    rows = ranks.rows(taxonomy, kept, tree, candidates, images)
    result = {
        "accounting": accounting(taxonomy, images, kept, fates),
        "causes": causes(images, whys, fates),
        "probably_the_name": names.block(taxonomy, outcomes, whys),
        "ranks": rows,
        "how_wrong": how_wrong.block(taxonomy, met, outcomes, options, [image.cluster for image in kept], listed,
                                     lengths(images)),
        "flags": groups.flags(taxonomy, outcomes, options.get("yellow-from", "genus")),
    }
    if "costs" in options:
        result["costs"] = costs.block(taxonomy, outcomes, [image.cluster for image in kept], options["costs"])
    if kept and kept[0].groups:
        result["groups"] = groups.blocks(taxonomy, kept, list(kept[0].groups))
    new = novelty.block(taxonomy, images, tree if whole else None, candidates, options)
    if new is not None:
        result["novelty"] = new
    if tree is not None:
        result["consistency"] = decisions.consistency(taxonomy, kept, tree, rows)
    if not whole:
        result["decisions"] = {"path": {"how_wrong": result["how_wrong"]}}
    else:
        result["decisions"] = decisions.block(taxonomy, met, kept, tree, options)
        bits = how_wrong.information(taxonomy, met, outcomes, options.get("information", "leaves"))
        result["calibration"] = calibration.block(taxonomy, kept, tree)
        given = ((theirs or {}).get("calibration") or {}).get("temperature")
        result["calibration"]["temperature"] = tuning.temperature(taxonomy, kept, tree, given)
        result["selective"] = selective.block(taxonomy, met, kept, tree, options)
        result["selective"]["targets"] = tuning.targets(taxonomy, met, kept, tree, bits)
    return result


if __name__ == "__main__":
    tree = taxonomies.read(sys.argv[2])
    print(json.dumps(metrics(tree, *tables.read(sys.argv[1], tree)), indent=2))
