"""One rank of the taxonomy in the space."""

import itertools
import math

import numpy as np

import geometry
from agreement import Around, Open
from mathematics import mean
from partition import partition
from spaces import steady


class Rank:
    """The points that have a taxon of a rank."""

    def __init__(self, space, rows, rank):
        self.rank = rank
        self.points = [i for i, taxon in enumerate(space.taxa) if taxon is not None and space.taxonomy.at(taxon, rank) is not None]
        self.labels = [space.taxonomy.at(space.taxa[i], rank) for i in self.points]
        self.taxa = sorted(set(self.labels))
        self.rows = rows[self.points]

    def members(self, taxon):
        """Places of the points of a taxon."""
        return [i for i, label in enumerate(self.labels) if label == taxon]


def block(space, rows, rank, parent, ks, neighbours):
    """The numbers of one rank."""
    one = Rank(space, rows, rank)
    result = {"rank": rank, "n": len(one.points), "taxa": len(one.taxa)}
    for kind in ("cosine", "euclidean"):
        values = silhouettes(geometry.distances(one.rows, kind), one)
        defined = 2 <= len(one.taxa) <= len(one.labels) - 1
        result[f"silhouette_{kind}"] = mean(values) if defined else None
        result[f"silhouette_{kind}_macro"] = by_taxon(values, one) if defined else None
        if kind == "euclidean":
            result["silhouette_euclidean_points"] = space.by_row(values, one.points)
    result["silhouette_simplified"] = simplified(one)
    result["davies_bouldin"] = davies_bouldin(one)
    result["variance"] = variance(one)
    result["trace_ratio"] = trace_ratio(one)
    r = anosim(one)
    result["anosim"] = None if r is None else {"r": r}
    result["permanova"] = permanova(one, result["variance"]["r2"], [0] * len(one.labels))
    result["permanova_within_parent"] = None
    if parent:
        above = [space.taxonomy.at(space.taxa[i], parent) for i in one.points]
        result["permanova_within_parent"] = permanova(one, result["variance"]["r2"], above)
    result["agreement"] = [agreement(one, k, neighbours) for k in ks]
    result["agreement_test"] = agreement_test(one, ks[-1], neighbours, result["agreement"][-1]["agreement"])
    result["nearest_mean"] = nearest_mean(one)
    result["ranking"] = ranking(space, one, neighbours)
    matrix = geometry.distances(one.rows, "euclidean")
    if geometry.ambiguous(matrix):
        result["dendrogram_cut"] = result["dendrogram_purity"] = Open("equal distances")
        return result
    merges = geometry.linkage(matrix)
    heights = [height for _, _, height in merges]
    last = len(one.points) - len(one.taxa)
    if 0 < last < len(heights) and heights[last] - heights[last - 1] <= 1e-9:
        result["dendrogram_cut"] = Open("merges of one height on either side of the cut")
    else:
        clusters = geometry.cut(len(one.points), merges, len(one.taxa))
        result["dendrogram_cut"] = partition(clusters, one.labels)
    result["dendrogram_purity"] = dendrogram_purity(one, merges)
    return result


def silhouettes(matrix, one):
    """(b - a) / max(a, b) of every point; 0 where it is alone in its taxon."""
    result = []
    for i, label in enumerate(one.labels):
        own = [j for j in one.members(label) if j != i]
        if not own:
            result.append(0.0)
            continue
        a = mean(matrix[i][j] for j in own)
        b = min(mean(matrix[i][j] for j in one.members(taxon)) for taxon in one.taxa if taxon != label)
        result.append(between(a, b))
    return result


def between(a, b):
    """A silhouette; distances of unit vectors that are 0 but for rounding are 0."""
    a, b = (0.0 if distance <= 1e-12 else distance for distance in (a, b))
    return (b - a) / max(a, b) if max(a, b) > 0 else 0.0


def by_taxon(values, one):
    """The mean over taxa of the mean over their points."""
    return mean(mean(values[i] for i in one.members(taxon)) for taxon in one.taxa)


def centroids(one):
    """Means of the taxa; what is 0 but for rounding is 0."""
    means = {taxon: np.mean(one.rows[one.members(taxon)], axis=0) for taxon in one.taxa}
    return {taxon: row if np.linalg.norm(row) > 1e-12 else 0 * row for taxon, row in means.items()}


def simplified(one):
    """Silhouettes by distances to centroids."""
    if len(one.taxa) < 2:
        return None
    means = centroids(one)
    values = []
    for row, label in zip(one.rows, one.labels):
        if len(one.members(label)) == 1:
            values.append(0.0)
            continue
        a = math.dist(row, means[label])
        b = min(math.dist(row, means[taxon]) for taxon in one.taxa if taxon != label)
        values.append(between(a, b))
    return mean(values)


def davies_bouldin(one):
    """Mean over taxa of the worst (S_c + S_c') / distance of their means; None where two means are one."""
    if len(one.taxa) < 2:
        return None
    means = centroids(one)
    spread = {taxon: mean(math.dist(row, means[taxon]) for row in one.rows[one.members(taxon)]) for taxon in one.taxa}
    worst = []
    for a in one.taxa:
        ratios = []
        for b in one.taxa:
            if a == b:
                continue
            gap = math.dist(means[a], means[b])
            if gap <= 1e-12:
                return None
            ratios.append((spread[a] + spread[b]) / gap)
        worst.append(max(ratios))
    return mean(worst)


def squares(rows):
    """Sum of squares about the mean of unit vectors."""
    return geometry.squares(rows, 1.0)


def variance(one):
    """Shares of variance between and within taxa."""
    n, k = len(one.rows), len(one.taxa)
    total = squares(one.rows)
    within = math.fsum(squares(one.rows[one.members(taxon)]) for taxon in one.taxa)
    between = total - within
    # Where nothing varies within taxa, nothing is left to hold the variance between them against.
    error = within / (n - k) if n > k and within > 0 else None
    return {
        "n": n,
        "groups": k,
        "between": between,
        "within": within,
        "r2": between / total if total > 0 else None,
        "f": between / (k - 1) / error if k > 1 and error else None,
        "ratio": between / within if within > 0 else None,
        "expected_r2": (k - 1) / (n - 1) if n > 1 else None,
        "omega2": (between - (k - 1) * error) / (total + error) if error is not None and total > 0 else None,
    }


def shuffles(one, above, draws=100):
    """Labels shuffled within groups above, seeded."""
    chance = np.random.default_rng(0)
    for _ in range(draws):
        labels = list(one.labels)
        for group in set(above):
            places = [i for i, other in enumerate(above) if other == group]
            for place, source in zip(places, chance.permutation(places)):
                labels[place] = one.labels[source]
        yield labels


def against(observed, value, one, above):
    """An observed value against those of 99 other shuffles, as far as 100 of our own tell; more where few shuffles are far
    from the others, as where nearly all labels are equal."""
    if observed is None:
        return None
    values = list(map(value, shuffles(one, above)))
    if None in values:
        return None
    if tails(values) > 5 or len(one.labels) - max(len(one.members(taxon)) for taxon in one.taxa) <= 3:
        values = list(map(value, shuffles(one, above, draws=2000)))
    spread = float(np.std(values))
    share = float(np.mean(np.array(values) >= observed - 1e-9))
    error = 6 * math.sqrt(max(share * (1 - share), 0.02) / 49)
    # The error of a deviation of 99 draws follows from the fourth moment.
    of_spread = 6 * spread * math.sqrt(max(tails(values) - 1, 1) / (4 * 49))
    return {
        "observed": observed,
        "null_mean": Around(float(np.mean(values)), 6 * spread / math.sqrt(49) + 1e-9),
        "null_deviation": Around(spread, max(0.9 * spread, of_spread) + 1e-9),
        "p": Around((1 + 99 * share) / 100, error),
        "shuffles": 99,
    }


def tails(values):
    """The fourth moment over the square of the second: 3 where values are normal; 0 where all are equal but for rounding."""
    centred = np.array(values) - np.mean(values)
    second = float(np.mean(centred**2))
    return float(np.mean(centred**4)) / second**2 if second > 1e-18 else 0.0


def permanova(one, observed, above):
    """R2 against labels shuffled freely, or within the taxa of the rank above."""
    n, k = len(one.rows), len(one.taxa)
    if k < 2 or n <= k:
        return None
    total = squares(one.rows)

    def r2(labels):
        within = math.fsum(squares(one.rows[[i for i, other in enumerate(labels) if other == taxon]]) for taxon in one.taxa)
        return 1 - within / total

    return against(observed, r2, one, above)


def agreement_test(one, k, neighbours, observed):
    """Agreement of the k nearest under shuffled labels."""
    lists = nearest(one, neighbours)

    def agreed(labels):
        return mean(mean(labels[j] == label for j in found[:k]) for label, found in zip(labels, lists))

    return against(observed, agreed, one, [0] * len(one.labels))


def trace_ratio(one):
    """tr(S_W^-1 S_B); None where the scatter within cannot be inverted."""
    width = one.rows.shape[1]
    within, between = np.zeros((width, width)), np.zeros((width, width))
    middle = one.rows.mean(axis=0)
    for taxon in one.taxa:
        rows = one.rows[one.members(taxon)]
        centre = rows.mean(axis=0)
        within += (rows - centre).T @ (rows - centre)
        between += len(rows) * np.outer(centre - middle, centre - middle)
    # A direction that has less than a 10^12th of the largest scatter hardly varies.
    scatter = np.linalg.eigvalsh(within)
    if scatter[0] <= 1e-12 * scatter[-1]:
        return None
    ratio = float(np.trace(np.linalg.solve(within, between)))
    # Of so unequal scatters each way of solving loses as many digits as the condition has.
    return Around(ratio, 1e-9 + abs(ratio) * max(1e-9, scatter[-1] / scatter[0] * np.finfo(float).eps))


def anosim(one):
    """(mean rank between - mean rank within) / (N (N - 1) / 4)."""
    n = len(one.rows)
    pairs = list(itertools.combinations(range(n), 2))
    ranks = geometry.ranked(steady(geometry.condensed(geometry.distances(one.rows, "euclidean"))))
    same = [one.labels[i] == one.labels[j] for i, j in pairs]
    within = mean(r for r, s in zip(ranks, same) if s)
    between = mean(r for r, s in zip(ranks, same) if not s)
    if within is None or between is None:
        return None
    return (between - within) / (n * (n - 1) / 4)


def nearest(one, neighbours):
    """For each point the others of the rank, the nearest first."""
    places = {point: i for i, point in enumerate(one.points)}
    return [[places[other] for other in neighbours[point] if other in places] for point in one.points]


def agreement(one, k, neighbours):
    """How often the k nearest are of the point's own taxon."""
    lists = nearest(one, neighbours)
    shares = [mean(one.labels[j] == label for j in found[:k]) for label, found in zip(one.labels, lists)]
    cosines = steady(1 - geometry.distances(one.rows, "cosine"))
    tied = sum(len(found) > k and cosines[i][found[k - 1]] == cosines[i][found[k]] for i, found in enumerate(lists))
    n = len(one.labels)
    counts = [len(one.members(taxon)) for taxon in one.taxa]
    chance = sum(c * (c - 1) for c in counts) / (n * (n - 1)) if n > 1 else None
    observed = mean(shares)
    macro = mean(mean(shares[i] for i in one.members(taxon)) for taxon in one.taxa)
    lift = (observed - chance) / (1 - chance) if observed is not None and chance is not None and chance < 1 else None
    return {"k": k, "n": n, "short": sum(len(found) < k for found in lists), "agreement": observed,
            "macro_agreement": macro, "chance": chance, "lift": lift, "tied": tied}


def nearest_mean(one):
    """Share of points whose nearest mean by cosine, themselves left out, is that of their own taxon; of equally near
    ones it is."""
    if len(one.taxa) < 2:
        return None
    right = []
    for i, label in enumerate(one.labels):
        own = [j for j in one.members(label) if j != i]
        if not own:
            right.append(False)
            continue
        cosines = {taxon: cosine(one.rows[i], np.mean(one.rows[own if taxon == label else one.members(taxon)], axis=0))
                   for taxon in one.taxa}
        best = max(cosines.values())
        right.append(cosines[label] >= best - 1e-12)
    return mean(right)


def cosine(a, b):
    """Cosine of two rows, of length 1 or means of such; 0 where one is zero but for rounding."""
    a_length, b_length = np.linalg.norm(a), np.linalg.norm(b)
    return float(a @ b / (a_length * b_length)) if min(a_length, b_length) > 1e-12 else 0.0


def ranking(space, one, neighbours):
    """R-precision, MAP@R and precision at 1 over the points whose taxon has another one; every point is held against all
    others that have a taxon of any rank."""
    known = {i for i, taxon in enumerate(space.taxa) if taxon is not None}
    label_of = dict(zip(one.points, one.labels))
    firsts, precisions, averages = [], [], []
    for point, label in zip(one.points, one.labels):
        r = len(one.members(label)) - 1
        if r == 0:
            continue
        hits = [label_of.get(other) == label for other in neighbours[point] if other in known]
        firsts.append(hits[0])
        precisions.append(sum(hits[:r]) / r)
        averages.append(sum(sum(hits[:j + 1]) / (j + 1) for j in range(r) if hits[j]) / r)
    return {"n": len(precisions), "precision_at_1": mean(firsts), "r_precision": mean(precisions), "map_at_r": mean(averages)}


def dendrogram_purity(one, merges):
    """Mean over pairs of points of one taxon of its share in the smallest cluster that holds both."""
    purities = []
    for parts in geometry.joined(merges):
        both = [i for part in parts for i in part]
        for a, b in itertools.combinations(parts, 2):
            for i in a:
                for j in b:
                    if one.labels[i] == one.labels[j]:
                        purities.append(mean(one.labels[m] == one.labels[i] for m in both))
    return mean(purities)
