"""The map of the first two principal components, and what it keeps of the space."""

import math

import numpy as np

import geometry
from spaces import levelled, steady


def judged(rows):
    """The map's entry in latent.json."""
    centred = rows - rows.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ directions[:2].T
    n = len(rows)
    k = min(15, (n - 1) // 3)
    high, low = geometry.distances(rows, "euclidean"), geometry.distances(flat, "euclidean")
    x, y = geometry.condensed(high), geometry.condensed(low)
    return {
        "kind": "pca",
        "k": k,
        "kept": float(np.mean([len(set(a[:k]) & set(b[:k])) / k for a, b in zip(order(high), order(low))])),
        "trustworthiness": trust(high, low, k),
        "continuity": trust(low, high, k),
        "shepard": geometry.pearson(*(geometry.ranked(levelled(side, max(side))) for side in (x, y))),
        "stress": math.sqrt(float(np.sum((x - y) ** 2) / np.sum(x**2))) if np.any(x > 1e-12) else None,
        "judged": n,
    }


def order(matrix):
    """For each point the others, the nearest first."""
    matrix = steady(matrix)
    return [sorted((j for j in range(len(matrix)) if j != i), key=lambda j: (matrix[i][j], j)) for i in range(len(matrix))]


def trust(truth, other, k):
    """1 - 2 / (n k (2n - 3k - 1)) times how far those among the k nearest by `other` are beyond k by `truth`."""
    n = len(truth)
    beyond = 0
    for right, found in zip(order(truth), order(other)):
        beyond += sum(max(0, right.index(j) + 1 - k) for j in found[:k])
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * beyond
