"""`nearmiss latent`: the space against the tree of life."""

from collections import Counter

import numpy as np

import geometry
import latent_health
import latent_map
import latent_ranks
import latent_tree
from agreement import AnyOf, Open
from latent_ranks import Rank, cosine
from mathematics import mean
from spaces import steady
from taxonomy import MAIN_RANKS, ROOT

KS = [1, 3, 5, 10]

# From this difference of cosines on a point is suspect.
MARGIN = 0.05


def document(space):
    """latent.json."""
    rows = space.unit()
    neighbours = all_neighbours(rows)
    ranks = [rank for rank in MAIN_RANKS if len(set(Rank(space, rows, rank).labels)) >= 2]
    found = latent_tree.pairs_by_rung(space, rows)
    result = {
        "n": len(rows),
        "width": rows.shape[1],
        "ranks": [latent_ranks.block(space, rows, rank, parent, KS, neighbours) for rank, parent in zip(ranks, [None, *ranks])],
        "nested": latent_tree.nested(space, rows, ranks),
        "staircase": latent_tree.staircase(found),
        "similarities": latent_tree.similarities(found),
        "tree": [],
        "alignment": None,
        "inside_span": [],
        "taxa": [],
        "suspects": [],
        "maps": [latent_map.judged(rows)] if len(rows) > 3 else [],
        "pairs": [latent_tree.of_points(space, rows, kind) for kind in ("euclidean", "cosine")]
        if sum(taxon is not None for taxon in space.taxa) > 2 else [],
        "health": latent_health.health(space, rows),
        "hubness": [latent_health.hubness(space, neighbours, k) for k in KS if k < len(rows)],
        "modalities": None,
    }
    if ranks:
        finest = Rank(space, rows, ranks[-1])
        result["tree"] = [latent_tree.of_centroids(space, rows, ranks[-1], kind) for kind in ("euclidean", "cosine")]
        result["alignment"] = latent_health.alignment(finest)
        result["inside_span"] = latent_health.inside_span(finest)
        result["taxa"] = taxa(space, finest)
        result["suspects"] = suspects(space, finest)
        recovered(space, rows, ranks, result)
    return result


def all_neighbours(rows):
    """For each row the others, the most similar by cosine first, equal ones by their place."""
    cosines = steady(1 - geometry.distances(rows, "cosine"))
    return [sorted((j for j in range(len(rows)) if j != i), key=lambda j: (-cosines[i][j], j)) for i in range(len(rows))]


def recovered(space, rows, ranks, result):
    """The taxa of each rank among the branches of the dendrogram of the finest rank's means."""
    finest = Rank(space, rows, ranks[-1])
    means = latent_ranks.centroids(finest)
    matrix = geometry.distances(np.array([means[taxon] for taxon in finest.taxa]), "cosine")
    merges = geometry.linkage(matrix)
    for block in result["ranks"]:
        block["clades"] = None
        if not latent_tree.clade_sets(space.taxonomy, finest.taxa, [block["rank"]]) or block["rank"] == ranks[-1]:
            continue
        block["clades"] = latent_tree.clades(space.taxonomy, finest.taxa, merges, [block["rank"]])
        if geometry.ambiguous(matrix):
            block["clades"] = Open("equal distances")


def taxa(space, one):
    """The taxa of the finest rank, one by one."""
    taxonomy = space.taxonomy
    matrix = geometry.distances(one.rows, "cosine")
    values = latent_ranks.silhouettes(matrix, one)
    means = latent_ranks.centroids(one)
    result = []
    for taxon in one.taxa:
        members = one.members(taxon)
        nearest = Counter(next_taxon(one, means, i) for i in members)
        other = min(nearest, key=lambda other: (-nearest[other], other))
        meet = taxonomy.lca(taxon, other)
        result.append({
            "taxon": taxonomy.id[taxon],
            "name": taxonomy.name[taxon],
            "n": len(members),
            "tightness": mean(cosine(one.rows[i], means[taxon]) for i in members),
            "silhouette": mean(values[i] for i in members) if values else None,
            "nearest": taxonomy.name[other],
            "meet": taxonomy.name[meet],
            "meet_rank": (taxonomy.rank[meet] or "unranked") if meet != ROOT else "root",
        })
    return result


def suspects(space, one):
    """Points that are nearer to another taxon's mean than to their own by more than 0.05."""
    taxonomy = space.taxonomy
    means = latent_ranks.centroids(one)
    result = []
    for i, label in enumerate(one.labels):
        own = [j for j in one.members(label) if j != i]
        if not own:
            continue
        said = cosine(one.rows[i], np.mean(one.rows[own], axis=0))
        other = next_taxon(one, means, i)
        nearest = cosine(one.rows[i], means[other])
        margin = nearest - said
        if margin <= MARGIN:
            continue
        # The two points of a taxon of two are always equally near to their mean.
        cosines = {j: steady(cosine(one.rows[j], means[other])) for j in one.members(other)}
        typical = [space.names[one.points[j]] for j in cosines if cosines[j] == max(cosines.values())]
        result.append({
            "image": space.names[one.points[i]],
            "said": taxonomy.name[label],
            "said_id": taxonomy.id[label],
            "looks_like": taxonomy.name[other],
            "looks_like_id": taxonomy.id[other],
            "typical": AnyOf(typical),
            "own": said,
            "other": nearest,
            "margin": margin,
        })
    return sorted(result, key=lambda row: -steady(row["margin"]))


def next_taxon(one, means, i):
    """Of the other taxa that whose mean has the largest cosine with a point."""
    others = [taxon for taxon in one.taxa if taxon != one.labels[i]]
    return min(others, key=lambda taxon: (-steady(cosine(one.rows[i], means[taxon])), taxon))
