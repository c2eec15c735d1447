"""Distances, dendrograms and correlations, in the plainest form."""

import itertools
import math
import random

import numpy as np


def unit(rows):
    """Rows of length 1; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths == 0, 1, lengths)


def distances(rows, kind):
    """All distances, `euclidean` or `cosine`."""
    if kind == "cosine":
        directions = unit(rows)
        result = 1 - directions @ directions.T
        np.fill_diagonal(result, 0.0)
        return result
    return np.array([[math.dist(a, b) for b in rows] for a in rows])


def condensed(matrix):
    """The pairs i < j, row by row."""
    return np.array([matrix[i][j] for i, j in itertools.combinations(range(len(matrix)), 2)])


def squares(rows, longest):
    """Sum of squares about the mean; 0 where it is so but for rounding."""
    if not len(rows):
        return 0.0
    return certain(float(np.sum((rows - rows.mean(axis=0)) ** 2)), len(rows), longest)


def certain(value, count, longest):
    """A sum of so many squares; 0 where it is so but for rounding, the longest row so long."""
    return value if value > count * (1e-12 * longest) ** 2 else 0.0


def longest(rows):
    """Length of the longest row."""
    return float(np.max(np.linalg.norm(rows, axis=1))) if len(rows) else 0.0


def linkage(matrix, method="average"):
    """Merges as (members of one, members of the other, height), the lowest first; of equal ones the first."""
    return merged(matrix, method)[0]


def merged(matrix, method, tie=0):
    """The merges, with `tie` 1 the last of equal ones, with another any; and whether there were equal ones."""
    clusters = [(i,) for i in range(len(matrix))]
    chance = random.Random(tie)
    merges, tied = [], False

    def apart(a, b):
        found = [matrix[i][j] for i in a for j in b]
        if method == "average":
            return sum(found) / len(found)
        if method == "complete":
            return max(found)
        if method == "single":
            return min(found)
        return ward(matrix, a, b)

    gaps = {frozenset(pair): apart(*pair) for pair in itertools.combinations(clusters, 2)}
    while len(clusters) > 1:
        pairs = list(itertools.combinations(clusters, 2))
        if tie == 1:
            pairs.reverse()
        elif tie:
            chance.shuffle(pairs)
        levels = [round(gaps[frozenset(pair)], 10) for pair in pairs]
        a, b = pairs[levels.index(min(levels))]
        tied = tied or levels.count(min(levels)) > 1
        merges.append((a, b, gaps[frozenset((a, b))]))
        clusters = [one for one in clusters if one not in (a, b)]
        both = tuple(sorted(a + b))
        for other in clusters:
            gaps[frozenset((both, other))] = apart(both, other)
        clusters.append(both)
    return merges, tied


def joined(merges):
    """Merges as sets of clusters that become one: those of one height within each other are one merge."""
    nodes = {}
    for a, b, height in merges:
        parts = []
        for side in (a, b):
            below = nodes.get(tuple(sorted(side)))
            if below and below[1] >= height - 1e-12 * max(1.0, merges[-1][2]):
                parts += below[0]
                del nodes[tuple(sorted(side))]
            else:
                parts.append(tuple(sorted(side)))
        nodes[tuple(sorted(a + b))] = (parts, height)
    return [parts for parts, _ in nodes.values()]


# How many orders of equal pairs are tried: two that differ show that there is no one answer.
ORDERS = 16


def ambiguous(matrix, method="average"):
    """Whether equal distances leave open what is merged: then the dendrogram has no one answer."""
    n = len(matrix)
    first, tied = merged(matrix, method)
    if not tied:
        return False
    heights = meeting_heights(n, first)
    others = (meeting_heights(n, merged(matrix, method, tie)[0]) for tie in range(1, ORDERS + 1))
    return any(not np.allclose(heights, other, rtol=0, atol=1e-9) for other in others)


def numbered(n, merges):
    """Merges by the numbers of nodes: points first, then merges in their order."""
    nodes = {(i,): i for i in range(n)}
    result = []
    for a, b, height in merges:
        left, right = sorted((nodes[a], nodes[b]))
        nodes[tuple(sorted(a + b))] = n + len(result)
        result.append({"left": left, "right": right, "height": height, "size": len(a + b)})
    return result


def ward(matrix, a, b):
    """Growth of the sum of squares, as a distance: sqrt(2 |A| |B| / (|A| + |B|)) |mean A - mean B|."""
    squares = np.array(matrix) ** 2
    within = lambda one: sum(squares[i][j] for i, j in itertools.combinations(one, 2)) / len(one)
    return math.sqrt(max(0.0, 2 * (within(a + b) - within(a) - within(b))))


def meeting_heights(n, merges):
    """The height at which each pair of points meets."""
    result = np.zeros((n, n))
    for a, b, height in merges:
        for i in a:
            for j in b:
                result[i][j] = result[j][i] = height
    return result


def cut(n, merges, k):
    """Clusters of points, as many as asked: all merges but the last ones."""
    clusters = {i: (i,) for i in range(n)}
    for a, b, _ in merges[:n - k]:
        merged = tuple(sorted(a + b))
        for i in merged:
            clusters[i] = merged
    return [clusters[i] for i in range(n)]


def pearson(x, y):
    """Pearson's correlation; None where one side does not vary."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(x) < 2 or np.ptp(x) <= 1e-12 * max(1, np.max(np.abs(x))) or np.ptp(y) <= 1e-12 * max(1, np.max(np.abs(y))):
        return None
    x, y = x - x.mean(), y - y.mean()
    return float((x @ y) / math.sqrt((x @ x) * (y @ y)))


def ranked(values):
    """Ranks from 1; equal values share the mean of theirs."""
    values = np.asarray(values, float)
    return np.array([np.sum(values < value) + (np.sum(values == value) + 1) / 2 for value in values])


def kendall(x, y):
    """Kendall's tau-b."""
    if len(x) < 2:
        return None
    x, y = np.asarray(x, float), np.asarray(y, float)
    first = np.sign(x[:, None] - x[None, :])
    second = np.sign(y[:, None] - y[None, :])
    agree = np.sum(first * second) / 2
    pairs = math.sqrt(np.sum(first != 0) / 2 * (np.sum(second != 0) / 2))
    return float(agree / pairs) if pairs else None
