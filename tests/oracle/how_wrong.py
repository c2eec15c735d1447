"""How far off the answers are."""

import math

import intervals
from mathematics import mean, ratio
from outcome import height
from taxonomy import MAIN_RANKS, ROOT

RUNGS = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"]
LENGTHS = [1, 2, 3, 5, 10, 20]


def block(taxonomy, met, outcomes, options, by, answers=None, lengths=()):
    """The block `how_wrong`; `by` says which images belong together, `answers` are the outcomes of every
    answer, image by image; `lengths` are those that the lists allow."""
    tree = options.get("tree", "full")
    depth = lambda taxon: taxonomy.depth(taxon, tree)
    bits = information(taxonomy, met, outcomes, options.get("information", "leaves"))
    wrong = [o for o in outcomes if not o.right]
    heights = [height(taxonomy, o) for o in outcomes]
    between = [not o.right and h == 0 for o, h in zip(outcomes, heights)]
    sums = {side: math.fsum(depth(getattr(o, side)) for o in outcomes) for side in ["truth", "predicted", "lca"]}
    result = {
        "n": len(outcomes),
        "mistakes": len(wrong),
        "stopped_above": sum(o.stopped_above for o in outcomes),
        "between_rungs": sum(between),
        "between_rungs_edges": mean(taxonomy.depth(o.truth) - taxonomy.depth(o.lca) for o, one in zip(outcomes, between) if one),
        "mean_height": mean(heights),
        "severity": mean(height(taxonomy, o) for o in wrong),
        "mean_edges": mean(depth(o.truth) + depth(o.predicted) - 2 * depth(o.lca) for o in outcomes),
        "lca_histogram": lca_histogram(taxonomy, outcomes),
        "height_histogram": {str(h): heights.count(h) for h in range(max(heights, default=0) + 1)},
        "hp": ratio(sums["lca"], sums["predicted"]),
        "hr": ratio(sums["lca"], sums["truth"]),
        "hf": ratio(2 * sums["lca"], sums["predicted"] + sums["truth"]),
        "information": options.get("information", "leaves"),
        "height_unit": "rungs" if taxonomy.has_ranks else "edges",
        "tree": tree,
        "full_lineages": full_lineages(taxonomy, outcomes, tree),
    }
    terms = [similarity(taxonomy, met, o, depth, bits) for o in outcomes]
    for name in terms[0] if terms else []:
        result[name] = mean(term[name] for term in terms)
    result.update(ends(taxonomy, outcomes, by, heights, depth, terms))
    result["first_wrong"] = first_wrong(taxonomy, wrong) if taxonomy.has_ranks else None
    result["best_of"] = best_of(taxonomy, answers, lengths) if answers else []
    result["weighted_distance"] = None
    return result


# Means without an upper bound of their own.
UNBOUNDED = ["excess", "deficient", "info_distance"]


def ends(taxonomy, outcomes, by, heights, depth, terms):
    """The intervals of the means."""
    top = (0.0, 7.0) if taxonomy.has_ranks else (None, None)
    ratios = {
        "mean_height": [(c, h, 1.0) for c, h in zip(by, heights)],
        "severity": [(c, h, float(not o.right)) for c, h, o in zip(by, heights, outcomes)],
        "between_rungs_edges": [(c, taxonomy.depth(o.truth) - taxonomy.depth(o.lca), 1.0)
                                for c, h, o in zip(by, heights, outcomes) if not o.right and h == 0],
        "mean_edges": [(c, depth(o.truth) + depth(o.predicted) - 2 * depth(o.lca), 1.0) for c, o in zip(by, outcomes)],
        "hp": [(c, depth(o.lca), depth(o.predicted)) for c, o in zip(by, outcomes)],
        "hr": [(c, depth(o.lca), depth(o.truth)) for c, o in zip(by, outcomes)],
        "hf": [(c, 2 * depth(o.lca), depth(o.truth) + depth(o.predicted)) for c, o in zip(by, outcomes)],
    }
    bounds = {"mean_height": top, "severity": top, "mean_edges": (None, None), "between_rungs_edges": (None, None),
              "fathomnet": (0.0, 12.0), "h_loss": (0.0, 2.0)}
    result = {}
    for name, values in ratios.items():
        result.update(intervals.ends(name, intervals.mean(values, *bounds.get(name, (0.0, 1.0)))))
    for name in terms[0] if terms else []:
        values = [(c, term[name], 1.0) for c, term in zip(by, terms) if term[name] is not None]
        if name in ("exact", "correct"):
            result.update(intervals.ends(name, intervals.share(values)))
        else:
            within = (None, None) if name in UNBOUNDED else bounds.get(name, (0.0, 1.0))
            result.update(intervals.ends(name, intervals.mean(values, *within)))
    return result


def similarity(taxonomy, met, o, depth, bits):
    """What one image adds to the means."""
    truth, predicted, lca = depth(o.truth), depth(o.predicted), depth(o.lca)
    p, r = 1 / (predicted - lca + 1), 1 / (truth - lca + 1)
    return {
        "hp_mean": ratio(lca, predicted),
        "hr_mean": ratio(lca, truth),
        "hf_mean": ratio(2 * lca, truth + predicted),
        "exact": float(o.right),
        "correct": float(o.lca in (o.predicted, o.truth)),
        "excess": predicted - lca,
        "deficient": truth - lca,
        "jaccard": ratio(lca, truth + predicted - lca),
        "lca_p": p,
        "lca_r": r,
        "lca_f": 2 * p * r / (p + r),
        "nlca": nlca(taxonomy, o),
        "info_hp": ratio(bits[o.lca], bits[o.predicted]),
        "info_hr": ratio(bits[o.lca], bits[o.truth]),
        "info_hf": ratio(2 * bits[o.lca], bits[o.truth] + bits[o.predicted]),
        "info_distance": bits[o.truth] + bits[o.predicted] - 2 * bits[o.lca],
        "fathomnet": fathomnet(taxonomy, o),
        "h_loss": h_loss(taxonomy, met, o),
    }


def information(taxonomy, met, outcomes, kind):
    """Bits of every taxon that is met: -log2 of its share of the tips, or of truths and tips together."""
    weight = dict(met.tips_below)
    if kind == "truths":
        for o in outcomes:
            for taxon in taxonomy.lineage(o.truth):
                weight[taxon] += 1
    return {taxon: math.log2(weight[ROOT] / weight[taxon]) for taxon in weight}


def main_lineage(taxonomy, taxon):
    """Taxa of the main ranks above a taxon, kingdom first; None where a rank is missing."""
    return [taxonomy.at(taxon, rank) for rank in MAIN_RANKS]


def nlca(taxonomy, o):
    """Share of the truth's main ranks before the first wrong one."""
    steps = [(t, p) for t, p in zip(main_lineage(taxonomy, o.truth), main_lineage(taxonomy, o.predicted)) if t is not None]
    right = 0
    for truth, predicted in steps:
        if truth != predicted:
            break
        right += 1
    return ratio(right, len(steps))


def fathomnet(taxonomy, o):
    """Edges between the truth and the answer as given, in the tree of the seven main ranks; 12 at most,
    and for no name and another kingdom."""
    truth, given = ([taxon for taxon in main_lineage(taxonomy, one) if taxon is not None] for one in (o.truth, o.given))
    shared = len([taxon for taxon in truth if taxon in given])
    return min(12, len(truth) + len(given) - 2 * shared) if shared else 12


def h_loss(taxonomy, met, o):
    """Cost of the first wrong step: 1 at the root, shared among the children that are met on the way down."""
    share = 1.0
    for taxon in taxonomy.lineage(o.lca):
        if met.children[taxon]:
            share /= len(met.children[taxon])
    return share * ((o.lca != o.truth) + (o.lca != o.predicted))


def lca_histogram(taxonomy, outcomes):
    """Right answers, then mistakes by the rung at which truth and answer meet."""
    if not taxonomy.has_ranks:
        return None
    counts = {"right": sum(o.right for o in outcomes)}
    for rung, name in enumerate(RUNGS):
        counts[name] = sum(not o.right and taxonomy.rung(o.lca) == rung for o in outcomes)
    return counts


def first_wrong(taxonomy, wrong):
    """Mistakes by the first main rank of the truth that is wrong."""
    counts = dict.fromkeys(MAIN_RANKS, 0)
    for o in wrong:
        for rank, truth, given in zip(MAIN_RANKS, main_lineage(taxonomy, o.truth), main_lineage(taxonomy, o.predicted)):
            if truth is not None and truth != given:
                counts[rank] += 1
                break
    return counts


def full_lineages(taxonomy, outcomes, tree):
    """Whether all truths and answers are species with all seven ranks, and nothing between that counts."""
    def full(taxon):
        ranks = [taxonomy.rank[above] for above in taxonomy.lineage(taxon)[1:]]
        if tree == "main-ranks":
            ranks = [rank for rank in ranks if rank in MAIN_RANKS]
        return ranks == MAIN_RANKS and taxonomy.rank[taxon] == "species"

    return bool(outcomes) and all(full(o.truth) and full(o.predicted) for o in outcomes)


def best_of(taxonomy, answers, lengths):
    """Heights of the best k answers; a list that is shorter is looked at as far as it goes."""
    result = []
    for k in lengths:
        heights = [[height(taxonomy, o) for o in listed[:k]] for listed in answers]
        means = [mean(one) for one in heights]
        result.append({
            "k": k,
            "n": len(answers),
            "accuracy": mean(any(o.right for o in listed[:k]) for listed in answers),
            "mean_height": mean(means),
            "best_height": mean(min(one) for one in heights),
            "mistakes_mean_height": mean(value for value, listed in zip(means, answers) if not listed[0].right),
        })
    return result
