"""The space against the whole tree: centroids, pairs of points, the staircase, shares of variance."""

import itertools
import math

import numpy as np

import geometry
from agreement import Around, Open
from latent_ranks import Rank, centroids, squares
from mathematics import mean, ratio
from spaces import Ladder, steady
from taxonomy import RANKS, ROOT

RUNGS = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"]


def nested(space, rows, ranks):
    """Variance between taxa of nested ranks that most rows have, over the points that have all of these."""
    ranks = [rank for rank in ranks if 2 * len(Rank(space, rows, rank).points) > len(rows)]
    points = [i for i, taxon in enumerate(space.taxa)
              if taxon is not None and all(space.taxonomy.at(taxon, rank) is not None for rank in ranks)]
    if not points or not ranks:
        return []
    rows = rows[points]
    total = squares(rows)
    groups = [[0] * len(points)] + [[space.taxonomy.at(space.taxa[i], rank) for i in points] for rank in ranks]
    steps = []
    for level, labels in enumerate(groups[1:], 1):
        above = groups[level - 1]
        what = ranks[level - 1] + (f" in {ranks[level - 2]}" if level > 1 else "")
        steps.append((what, within(rows, above) - within(rows, labels), len(set(labels)) - len(set(above))))
    steps.append((f"within {ranks[-1]}", within(rows, groups[-1]), len(points) - len(set(groups[-1]))))
    return [{"what": what, "squares": value, "share": ratio(value, total), "freedom": freedom,
             "expected": ratio(freedom, len(points) - 1)} for what, value, freedom in steps]


def within(rows, labels):
    """Sum of squares within groups."""
    return math.fsum(squares(rows[[i for i, other in enumerate(labels) if other == label]]) for label in set(labels))


def pairs_by_rung(space, rows):
    """For each rung the cosines of the pairs of points that meet there, and the taxa where they do."""
    points = [i for i, taxon in enumerate(space.taxa) if taxon is not None]
    cosines = 1 - geometry.distances(rows, "cosine")
    found = {}
    for i, j in itertools.combinations(points, 2):
        meet = space.taxonomy.lca(space.taxa[i], space.taxa[j])
        found.setdefault(space.taxonomy.rung(meet), []).append((float(cosines[i][j]), meet))
    return found


def staircase(found):
    """Mean cosine distance by the rung at which two points meet."""
    return [{"rank": RUNGS[rung], "rung": rung, "pairs": len(pairs), "taxa": len({meet for _, meet in pairs}),
             "distance": mean(1 - cosine for cosine, _ in pairs)} for rung, pairs in sorted(found.items())]


def similarities(found):
    """Whole distributions of the same cosines."""
    result = []
    for rung, pairs in sorted(found.items()):
        values = [cosine for cosine, _ in pairs]
        result.append({"rank": RUNGS[rung], "rung": rung, "pairs": len(values), "n": len(values), "exact": True,
                       "mean": mean(values), "quantiles": [float(np.quantile(values, q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)]})
    return result


def steps(ladder, a, b):
    """Steps of the ranks that occur, from the finer of two taxa up to where both meet."""
    return max(ladder.shared(a, a), ladder.shared(b, b)) - ladder.shared(a, b)


def of_centroids(space, rows, rank, kind):
    """Distances of the means of the taxa of the finest rank against the tree."""
    one = Rank(space, rows, rank)
    # Of the taxa that are compared: an unrelated point adds no step between them.
    ladder = Ladder(space.taxonomy, one.taxa)
    means = centroids(one)
    matrix = geometry.distances(np.array([means[taxon] for taxon in one.taxa]), kind)
    tree = np.array([[steps(ladder, a, b) for b in one.taxa] for a in one.taxa])
    merges = geometry.linkage(matrix)
    heights = geometry.condensed(geometry.meeting_heights(len(one.taxa), merges))
    result = {
        "distance": kind,
        "n": len(one.taxa),
        "mantel": mantel(matrix, tree),
        "triplets": triplets(matrix, tree),
        "cophenetic": geometry.pearson(geometry.condensed(matrix), heights),
        "cophenetic_with_taxonomy": geometry.pearson(heights, geometry.condensed(tree)),
        "clades": clades(space.taxonomy, one.taxa, merges),
        "gromov": gromov(matrix),
    }
    if geometry.ambiguous(matrix):
        result.update(dict.fromkeys(["cophenetic", "cophenetic_with_taxonomy", "clades"], Open("equal distances")))
    return result


def mantel(matrix, tree):
    """Correlations of two matrices, and the share of permutations that reach them: of all up to seven taxa,
    else of 999, as far as 400 of our own tell."""
    x, y = steady(geometry.condensed(matrix)), geometry.condensed(tree)
    n = len(matrix)
    by_rank = (geometry.ranked(x), geometry.ranked(y))
    r, spearman = geometry.pearson(x, y), geometry.pearson(*by_rank)
    exact = n <= 7
    result = {"n": n, "r": r, "spearman": spearman, "exact": exact, "permutations": math.factorial(n) if exact else 999}
    if r is None:
        return {**result, "p": None, "p_two_sided": None, "spearman_p": None}
    rs, ranks = [], []
    for order in orders(n, exact):
        places = [(order[a], order[b]) for a, b in itertools.combinations(range(n), 2)]
        rs.append(geometry.pearson(x, [tree[a][b] for a, b in places]))
        matched = square(by_rank[1], n)
        ranks.append(geometry.pearson(by_rank[0], [matched[a][b] for a, b in places]))
    rs, ranks = np.array(rs), np.array(ranks)
    result["p"] = share(rs >= r - 1e-9, exact)
    result["p_two_sided"] = share(np.abs(rs) >= abs(r) - 1e-9, exact)
    result["spearman_p"] = share(ranks >= spearman - 1e-9, exact)
    return result


def orders(n, exact):
    """All orders of the taxa, or 400 drawn ones."""
    if exact:
        return itertools.permutations(range(n))
    chance = np.random.default_rng(0)
    return [chance.permutation(n) for _ in range(400)]


def share(reached, exact):
    """A share of permutations: exact, or as far as a sample tells."""
    value = float(np.mean(reached))
    return value if exact else Around(value, 6 * math.sqrt(max(value * (1 - value), 0.005) / 280))


def square(values, n):
    """Condensed values as a matrix."""
    result = [[0.0] * n for _ in range(n)]
    for value, (i, j) in zip(values, itertools.combinations(range(n), 2)):
        result[i][j] = result[j][i] = value
    return result


def triplets(matrix, tree):
    """Share of triplets in which the two that are nearer in the tree are nearer in space."""
    matrix = steady(matrix)
    n = len(matrix)
    looked = agreeing = 0
    for three in itertools.combinations(range(n), 3):
        for k in three:
            i, j = [one for one in three if one != k]
            if tree[i][j] < tree[i][k] and tree[i][j] < tree[j][k]:
                looked += 1
                agreeing += bool(matrix[i][j] < matrix[i][k] and matrix[i][j] < matrix[j][k])
    return {"n": looked, "agreeing": agreeing, "agreement": ratio(agreeing, looked), "exact": True}


def clade_sets(taxonomy, taxa, ranks=RANKS):
    """Sets of two taxa or more, but not all, that a taxon of some rank holds."""
    found = set()
    for above in taxonomy.taxa():
        if taxonomy.rank[above] in ranks:
            held = frozenset(i for i, taxon in enumerate(taxa) if taxonomy.contains(above, taxon))
            if 2 <= len(held) < len(taxa):
                found.add(held)
    return found


def clades(taxonomy, taxa, merges, ranks=RANKS):
    """Clades of the taxonomy among the branches of a dendrogram, and by chance."""
    sought = clade_sets(taxonomy, taxa, ranks)
    branches = [frozenset(i for part in parts for i in part) for parts in geometry.joined(merges)]
    inner = {branch for branch in branches if len(branch) < len(taxa)}
    apart = len(sought ^ inner)
    result = {"clades": len(sought), "recovered": len(sought & inner), "robinson_foulds": apart,
              "recall": ratio(len(sought & inner), len(sought)), "normalised": ratio(apart, len(sought) + len(inner)),
              "best_match": best_match(sought, branches)}
    keys = ["recovered_by_chance", "recovered_p", "best_match_by_chance", "best_match_p"]
    if not sought:
        return {**result, **dict.fromkeys(keys + ["best_match_lift"]), "permutations": 0}
    recovered, best = [], []
    exact = len(taxa) <= 6
    for order in orders(len(taxa), exact):
        moved = [frozenset(int(order[i]) for i in clade) for clade in sought]
        recovered.append(len(set(moved) & inner))
        best.append(best_match(moved, branches))
    by_chance = float(np.mean(best))
    result["recovered_by_chance"] = about(recovered)
    result["recovered_p"] = share(np.array(recovered) >= result["recovered"], False)
    result["best_match_by_chance"] = about(best)
    result["best_match_p"] = share(np.array(best) >= result["best_match"] - 1e-9, False)
    if by_chance < 1 - 1e-9:
        error = result["best_match_by_chance"].error
        value = (result["best_match"] - by_chance) / (1 - by_chance)
        result["best_match_lift"] = Around(value, 2 * error / (1 - by_chance) + 1e-9)
    result["permutations"] = 999
    return result


def best_match(sought, branches):
    """Mean over clades of the largest F1 that a branch has with it."""
    return mean(max(2 * len(clade & branch) / (len(clade) + len(branch)) for branch in branches) for clade in sought)


def about(values):
    """The mean of other draws, as far as these tell."""
    return Around(float(np.mean(values)), 6 * float(np.std(values)) / math.sqrt(160) + 0.03)


def gromov(matrix):
    """Gromov's delta by four points, and by products at the first one."""
    matrix = steady(matrix)
    n = len(matrix)
    if n < 4:
        return None
    diameter = float(np.max(matrix)) if n else 0.0
    delta = 0.0
    for i, j, k, m in itertools.combinations(range(n), 4):
        sums = sorted([matrix[i][j] + matrix[k][m], matrix[i][k] + matrix[j][m], matrix[i][m] + matrix[j][k]])
        delta = max(delta, (sums[2] - sums[1]) / 2)
    product = np.array([[(matrix[i][0] + matrix[j][0] - matrix[i][j]) / 2 for j in range(n)] for i in range(n)])
    first = max(max(min(product[i][k], product[k][j]) for k in range(n)) - product[i][j] for i in range(n) for j in range(n))
    return {"delta": delta, "relative": ratio(2 * delta, diameter), "at_first": float(first),
            "at_first_relative": ratio(2 * float(first), diameter)}


def of_points(space, rows, kind):
    """Points against the tree, pair by pair."""
    points = [i for i, taxon in enumerate(space.taxa) if taxon is not None]
    ladder = Ladder(space.taxonomy, [space.taxa[i] for i in points])
    matrix = geometry.distances(rows[points], kind)
    tree = np.array([[steps(ladder, space.taxa[i], space.taxa[j]) for j in points] for i in points])
    x, y = geometry.condensed(matrix), geometry.condensed(tree)
    heights = {method: dendrogram_fit(matrix, method) for method in ["average", "complete", "single", "ward"]}
    return {
        "distance": kind,
        "pearson": geometry.pearson(x, y),
        "spearman": geometry.pearson(geometry.ranked(steady(x)), geometry.ranked(y)),
        "kendall": geometry.kendall(steady(x), y),
        "triplets": triplets(matrix, tree),
        "cophenetic": heights.pop("average"),
        "cophenetic_of": heights,
        "merges": merges(space, points, matrix),
        "gromov": gromov(matrix),
    }


def dendrogram_fit(matrix, method):
    """Correlation of distances with the heights at which a linkage merges points."""
    if geometry.ambiguous(matrix, method):
        return Open("equal distances")
    heights = geometry.meeting_heights(len(matrix), geometry.linkage(matrix, method))
    return geometry.pearson(geometry.condensed(matrix), geometry.condensed(heights))


def merges(space, points, matrix):
    """Merges of average linkage; equal heights leave their order open."""
    found = geometry.linkage(matrix)
    heights = [height for _, _, height in found]
    if geometry.ambiguous(matrix) or any(b - a <= 1e-9 for a, b in zip(heights, heights[1:])):
        return Open("equal distances")
    # Leaves have the numbers that points with a taxon have in the order of the file's rows.
    rows = sorted(space.row[point] for point in points)
    number = [rows.index(space.row[point]) for point in points]
    named = [(tuple(sorted(number[i] for i in a)), tuple(sorted(number[i] for i in b)), height) for a, b, height in found]
    return geometry.numbered(len(matrix), named)
