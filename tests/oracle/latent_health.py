"""Is the space in good health: spectrum, dimension, uniformity, hubs."""

import itertools
import math

import numpy as np

import geometry
from latent_ranks import centroids
from mathematics import mean, ratio
from spaces import levelled


def health(space, rows):
    """The block `health`."""
    lengths = np.linalg.norm(space.vectors, axis=1)
    centred = rows - rows.mean(axis=0)
    values = certain(np.linalg.svd(rows, compute_uv=False))
    centred_values = certain(np.linalg.svd(centred, compute_uv=False))
    eigenvalues = centred_values**2 / max(1, len(rows) - 1)
    # What is 0 but for rounding.
    eigenvalues[eigenvalues <= 1e-24 * np.max(np.sum(rows**2, axis=1))] = 0.0
    centred_values = np.sqrt(eigenvalues)
    matrix = geometry.distances(rows, "euclidean")
    with_direction = np.linalg.norm(rows, axis=1) > 0
    squares = geometry.condensed(matrix[with_direction][:, with_direction]) ** 2
    longest = np.max(np.linalg.norm(rows, axis=1))
    near = [levelled(sorted(d for j, d in enumerate(row) if j != i), longest) for i, row in enumerate(matrix)]
    alone = [row for row in near if row[0] > 1e-9 * longest]
    ratios = [row[1] / row[0] for row in alone if len(row) > 1]
    logs = math.fsum(math.log(ratio) for ratio in ratios)
    return {
        "norms": [float(lengths.min()), float(lengths.mean()), float(lengths.max())],
        "eigenvalues": list(map(float, eigenvalues)),
        "explained": [float(value / eigenvalues.sum()) if eigenvalues.sum() > 0 else 0.0 for value in eigenvalues],
        "singular_values": list(map(float, values)),
        "participation_ratio": ratio(float(eigenvalues.sum() ** 2), float(np.sum(eigenvalues**2))),
        "rank_me": rank_me(values),
        "rank_me_centred": rank_me(centred_values),
        "two_nn": len(ratios) / logs if logs > 0 else None,
        "two_nn_unbiased": (len(ratios) - 1) / logs if logs > 0 else None,
        "two_nn_fit": two_nn_fit(ratios),
        "levina_bickel": [{"k": k, "dimension": levina_bickel(alone, k)} for k in (4, 10) if levina_bickel(alone, k)],
        "uniformity": math.log(mean(np.exp(-2 * squares))) if len(squares) else None,
        "duplicates": len(near) - len(alone),
    }


def certain(values):
    """Singular values, those of a millionth of the largest at most 0."""
    return np.where(values <= 1e-6 * values.max(), 0.0, values)


def rank_me(values):
    """Exponential of the entropy of singular values; None where all are 0."""
    if values.max() == 0:
        return None
    shares = [value / values.sum() for value in values if value > 0]
    return math.exp(-math.fsum(share * math.log(share) for share in shares))


def two_nn_fit(ratios):
    """Slope through 0 of -log(1 - F) over log mu, the largest tenth left out; F is the share of smaller ratios."""
    ordered = sorted(ratios)
    n = len(ordered)
    kept = [(math.log(ratio), -math.log(1 - place / n)) for place, ratio in enumerate(ordered)][:int(0.9 * n)]
    bottom = math.fsum(x * x for x, _ in kept)
    return math.fsum(x * y for x, y in kept) / bottom if bottom > 0 else None


def levina_bickel(near, k):
    """One over the mean over points of 1 / (k - 1) times the sum of log(r_k / r_j)."""
    means = [math.fsum(math.log(row[k - 1] / row[j]) for j in range(k - 1)) / (k - 1) for row in near if len(row) >= k]
    value = mean(means)
    return 1 / value if value else None


def alignment(one):
    """Mean squared distance of pairs of unit vectors of one taxon."""
    rows = geometry.unit(one.rows)
    return mean(float(np.sum((rows[i] - rows[j]) ** 2)) for i, j in itertools.combinations(range(len(rows)), 2)
                if one.labels[i] == one.labels[j])


def inside_span(one):
    """Share of the squares within taxa in the first principal directions of the taxa's means."""
    means = centroids(one)
    stacked = np.array([means[taxon] for taxon in one.taxa])
    centred = stacked - stacked.mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    values[values <= 1e-12] = 0.0
    if values.max() == 0:
        return []
    explained = np.cumsum(values**2) / np.sum(values**2)
    most = int(np.sum(values**2 > 1e-12 * np.sum(values**2)))
    enough = int(np.argmax(explained >= 0.9 - 1e-12)) + 1
    rest = np.array([row - means[label] for row, label in zip(one.rows, one.labels)])
    total = geometry.certain(float(np.sum(rest**2)), len(rest), 1.0)
    if total == 0:
        return []
    return [{"k": k, "inside": float(np.sum((rest @ directions[:k].T) ** 2)) / total, "expected": k / one.rows.shape[1]}
            for k in sorted({1, 2, enough}) if k <= most]


def hubness(space, neighbours, k):
    """How often each point is among the k nearest of another."""
    counts = [0] * len(neighbours)
    for found in neighbours:
        for other in found[:k]:
            counts[other] += 1
    spread = np.std(counts)
    skewness = float(np.mean(((np.array(counts) - np.mean(counts)) / spread) ** 3)) if spread > 1e-12 else None
    return {"k": k, "counts": space.by_row(counts), "skewness": skewness, "max": max(counts), "antihubs": counts.count(0)}
