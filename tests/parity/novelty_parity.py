"""Detection of novelty against scikit-learn and pytorch-ood, and against the published definitions written out.

    python tests/parity/novelty_parity.py tests/fixtures/novelty.json

Writes seeded scores with their labels and what the references make of them; a test of the library reads the file.
scikit-learn 1.9.1, pytorch-ood 0.4.0. Areas under true over false positives and the false positives at 95 % recall are the
same in both. The area under precision over recall is average precision in scikit-learn (`average_precision_score`), and in
pytorch-ood the trapezes between the points of the same curve: it stands in the file as `aupr_by_trapezes`, which nearmiss
does not compute.
"""

import json
import math
import random
import sys

import numpy as np
import torch
from pytorch_ood.metrics import functional as ood
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

Z = 1.959963984540054


def case(seed):
    """Scores, some of them tied, labels of which both occur, right answers, and clusters."""
    draw = random.Random(f"novelty {seed}")
    n = draw.choice([8, 40, 300])
    step = draw.choice([4, 32, 1 << 20])
    positive = [draw.random() < draw.choice([0.2, 0.5]) for _ in range(n)]
    positive[0], positive[1] = True, False
    scores = [math.floor((draw.gauss(0, 1) + 0.8 * new) * step) / step for new in positive]
    return {"scores": scores, "positive": positive, "right": [draw.random() < 0.7 for _ in range(n)],
            "clusters": [draw.randrange(n) for _ in range(n)] if draw.random() < 0.5 else list(range(n))}


def delong(scores, positive, clusters):
    """The variance of Obuchowski 1997 (of DeLong 1988 with one item to a cluster), and the interval on the scale of log odds."""
    new = [i for i, is_new in enumerate(positive) if is_new]
    old = [i for i, is_new in enumerate(positive) if not is_new]
    psi = lambda i, j: 1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
    of_new = {i: np.mean([psi(i, j) for j in old]) for i in new}
    of_old = {j: np.mean([psi(i, j) for i in new]) for j in old}
    area = float(np.mean(list(of_new.values())))
    every = sorted(set(clusters))
    mine = lambda cluster, items: [i for i in items if clusters[i] == cluster]
    a = [sum(of_new[i] for i in mine(c, new)) - len(mine(c, new)) * area for c in every]
    b = [sum(of_old[j] for j in mine(c, old)) - len(mine(c, old)) * area for c in every]
    with_new, with_old = (sum(bool(mine(c, items)) for c in every) for items in (new, old))
    if min(with_new, with_old) < 6:
        return None
    m, n = len(new), len(old)
    variance = with_new / (with_new - 1) * sum(x * x for x in a) / m**2 + with_old / (with_old - 1) * sum(x * x for x in b) / n**2
    variance += 2 * len(every) / (len(every) - 1) * sum(x * y for x, y in zip(a, b)) / (m * n)
    if variance <= 1e-24 or area in (0.0, 1.0):
        return None
    odds, half = math.log(area / (1 - area)), Z * math.sqrt(variance) / (area * (1 - area))
    return [1 / (1 + math.exp(-(odds - half))), 1 / (1 + math.exp(-(odds + half)))]


def open_set(scores, positive, right):
    """Dhamija 2018: the curve of correct classification over false positives, point by point, by trapezes."""
    old, new = positive.count(False), positive.count(True)
    points = [(0.0, 0.0)]
    for threshold in sorted(set(scores)):
        # Answered is what looks no more novel than the threshold.
        answered = [score <= threshold for score in scores]
        points.append((sum(a and p for a, p in zip(answered, positive)) / new,
                       sum(a and not p and r for a, p, r in zip(answered, positive, right)) / old))
    return sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in zip(points, points[1:]))


def reference(one):
    """What the references make of a case; both have to agree where they define the same."""
    scores, positive = np.array(one["scores"]), np.array(one["positive"])
    values, labels = torch.tensor(scores, dtype=torch.float64), torch.tensor([-1 if new else 0 for new in positive])
    false, true, _ = roc_curve(positive, scores, drop_intermediate=False)
    found = {"auroc": float(roc_auc_score(positive, scores)), "aupr": float(average_precision_score(positive, scores)),
             "fpr_at_95": float(false[np.argmax(true >= 0.95)])}
    assert math.isclose(found["auroc"], float(ood.auroc(values, labels)), abs_tol=1e-12)
    assert math.isclose(found["fpr_at_95"], float(ood.fpr_at_tpr(values, labels)), abs_tol=1e-12)
    found["aupr_by_trapezes"] = float(ood.aupr(values, labels))
    found["auroc_interval"] = delong(one["scores"], one["positive"], one["clusters"])
    found["oscr"] = open_set(one["scores"], one["positive"], one["right"])
    return found


def main():
    """Writes the fixture."""
    cases = [case(seed) for seed in range(24)]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump([{**one, **reference(one)} for one in cases], file)
        file.write("\n")
    apart = [abs(reference(one)["aupr"] - reference(one)["aupr_by_trapezes"]) for one in cases]
    print(f"{len(cases)} cases; trapezes are off by {max(apart):.4f} at most")


if __name__ == "__main__":
    main()
