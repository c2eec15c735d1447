"""Writes the numbers of other programs that `nearmiss shift` is held against.

    python tests/parity/shift_parity.py tests/fixtures/shift.json

Random tables with: Newcombe's interval of an unpaired difference (statsmodels), the two-fold decomposition of a difference of
means (statsmodels' Oaxaca-Blinder on dummies of the strata, weights of one half, and the formula written out; Ñopo's parts for
strata of one set), direct standardisation (the formula), the mix by answers (abstention's BBSE where no weight is negative,
scipy's non-negative least squares where one is, numpy's condition number) and by probabilities (abstention's EM).

Needs numpy, scipy, statsmodels 0.15, abstention 0.1.3.
"""

import json
import sys

import numpy as np
from abstention.label_shift import BBSEImbalanceAdapter, EMImbalanceAdapter
from scipy.optimize import nnls
from statsmodels.stats.oaxaca import OaxacaBlinder
from statsmodels.stats.proportion import confint_proportions_2indep


def newcombe(random):
    """Shares of two sets, and the interval of second less first."""
    cases = []
    for _ in range(20):
        n_first, n_second = (int(n) for n in random.integers(3, 400, 2))
        right_first, right_second = int(random.integers(0, n_first + 1)), int(random.integers(0, n_second + 1))
        low, high = confint_proportions_2indep(right_second, n_second, right_first, n_first, method="newcomb", compare="diff")
        cases.append({"first": [right_first, n_first], "second": [right_second, n_second], "low": low, "high": high})
    return cases


def decomposition(random, strata, absent):
    """Values by stratum in two sets, and what their means differ by."""
    sets = []
    for shift in (0.0, 0.4):
        counts = random.integers(2, 40, strata) * (random.random(strata) >= absent)
        sets.append([(random.random(count) * 3 + shift * k).round(3).tolist() for k, count in enumerate(counts)])
    n = np.array([[len(values) for values in of_set] for of_set in sets], dtype=float)
    sums = np.array([[sum(values) for values in of_set] for of_set in sets])
    shared = (n > 0).all(axis=0)
    means = np.divide(sums, n, out=np.zeros_like(sums), where=n > 0)
    weights = np.where(shared, n, 0) / n[:, shared].sum(axis=1, keepdims=True)
    within = [sums[place, shared].sum() / n[place, shared].sum() for place in (0, 1)]
    parts = {
        "skill": ((means[1] - means[0]) * weights.mean(axis=0))[shared].sum(),
        "composition": ((weights[1] - weights[0]) * means.mean(axis=0))[shared].sum(),
        "only_first": -sum(n[0, k] / n[0].sum() * (means[0, k] - within[0]) for k in np.flatnonzero((n[0] > 0) & ~shared)),
        "only_second": sum(n[1, k] / n[1].sum() * (means[1, k] - within[1]) for k in np.flatnonzero((n[1] > 0) & ~shared)),
    }
    difference = sums[1].sum() / n[1].sum() - sums[0].sum() / n[0].sum()
    assert abs(sum(parts.values()) - difference) < 1e-12
    check_oaxaca(sets, shared, parts)
    mixes = {"first": weights[0], "second": weights[1], "both": weights.mean(axis=0)}
    standardised = {name: [(mix * means[place]).sum() for place in (0, 1)] for name, mix in mixes.items()}
    cells = [[[n[place, k], sums[place, k]] for k in range(strata)] for place in (0, 1)]
    return {"first": cells[0], "second": cells[1], "difference": difference, "standardised": standardised, **parts}


def check_oaxaca(sets, shared, parts):
    """Oaxaca and Blinder on dummies, with coefficients weighted one half each, give the same two parts."""
    kept = np.flatnonzero(shared)
    rows = [(value, place, list(kept).index(k)) for place in (0, 1) for k in kept for value in sets[place][k]]
    values, places, strata = (np.array(column) for column in zip(*rows))
    dummies = np.eye(len(kept))[strata.astype(int)]
    # All dummies are a constant: the first group is the one of the larger mean unless it is swapped.
    model = OaxacaBlinder(values, np.column_stack([dummies, places]), bifurcate=len(kept), hasconst=True, swap=False)
    unexplained, explained, gap = model.two_fold(two_fold_type="self_submitted", submitted_weight=0.5).params
    sign = 1.0 if np.isclose(gap, parts["skill"] + parts["composition"]) else -1.0
    assert np.isclose(sign * unexplained, parts["skill"], atol=1e-10), (unexplained, parts)
    assert np.isclose(sign * explained, parts["composition"], atol=1e-10), (explained, parts)


def mixes(random, classes, blur):
    """A confusion matrix, answers of a second set, probabilities of its images, and the mixes that programs make of them."""
    priors = random.dirichlet(np.full(classes, 3.0))
    target = random.dirichlet(np.full(classes, 1.0))

    def images(count, mix):
        truths = np.concatenate([np.arange(classes), random.choice(classes, count, p=mix)])
        scores = random.normal(size=(len(truths), classes)) * blur
        scores[np.arange(len(truths)), truths] += 1.5
        scores += np.log(priors)
        rows = np.exp(scores)
        return truths, rows / rows.sum(axis=1, keepdims=True)

    truths, rows = images(200, priors)
    _, second = images(80, target)
    second = second.round(4) / second.round(4).sum(axis=1, keepdims=True)
    labels = np.eye(classes)[truths]
    answered, of_second = rows.argmax(axis=1), second.argmax(axis=1)
    confusion = np.array([[((answered == row) & (truths == column)).sum() for column in range(classes)] for row in range(classes)])
    share = np.bincount(of_second, minlength=classes) / len(of_second)
    matrix = confusion / confusion.sum(axis=0)
    known = labels.mean(axis=0)
    weights = np.linalg.solve(confusion / confusion.sum(), share)
    if (weights >= 0).all():
        adapter = BBSEImbalanceAdapter(soft=False)(labels, second, rows)
        assert np.allclose(adapter.multipliers, weights)
        bbse = adapter.multipliers * known
    else:
        bbse = nnls(matrix, share)[0]
    em = EMImbalanceAdapter(estimate_priors_from_valid_labels=True, tolerance=1e-10, max_iterations=5000)
    return {
        "confusion": confusion.tolist(),
        "answered": share.tolist(),
        "condition": np.linalg.cond(matrix),
        "negative": bool((weights < 0).any()),
        "bbse": (bbse / bbse.sum()).tolist(),
        "priors": known.tolist(),
        "probabilities": second.tolist(),
        "em": (em(second, rows, labels).multipliers * known).tolist(),
    }


def main():
    random = np.random.default_rng(20)
    found = {
        "newcombe": newcombe(random),
        "decompositions": [decomposition(random, strata, absent) for strata, absent in [(4, 0.0), (9, 0.25), (25, 0.3)]],
        "mixes": [mixes(random, classes, blur) for classes, blur in [(2, 0.8), (3, 1.0), (5, 0.9), (6, 1.6)]],
    }
    assert any(mix["negative"] for mix in found["mixes"]) and not all(mix["negative"] for mix in found["mixes"])
    with open(sys.argv[1], "w") as file:
        json.dump(found, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
