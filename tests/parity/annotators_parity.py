"""What `nearmiss annotators` computes, by other programs: krippendorff, scikit-learn, crowd-kit, and naive forms of its own.

    python3 -m venv --without-pip venv && python3 -m pip --python venv/bin/python install numpy krippendorff scikit-learn crowd-kit
    venv/bin/python tests/parity/annotators_parity.py tests/fixtures/annotators.json
"""

import json
import random
import sys

import krippendorff
import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene
from sklearn.metrics import cohen_kappa_score

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]
LINEAGES = [
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis catus"],
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis silvestris"],
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Lynx", "Lynx lynx"],
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Canidae", "Vulpes", "Vulpes vulpes"],
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus merula"],
]
SPECIES = [lineage[-1] for lineage in LINEAGES]
#: The lineage of every name, from the kingdom down to it.
OF = {name: lineage[: place + 1] for lineage in LINEAGES for place, name in enumerate(lineage)}


def rung(depth):
    """The rung of the taxon at the end of a lineage of so many names."""
    return 7 - depth


def meet(one, other):
    """How many names two lineages share."""
    return sum(a == b for a, b in zip(OF[one], OF[other]))


def apart(one, other):
    return rung(meet(one, other)) - min(rung(len(OF[one])), rung(len(OF[other])))


def cut(name, rank):
    lineage = OF[name] if name else []
    return lineage[rank] if rank < len(lineage) else None


def alpha_of_names(rows, metric):
    """krippendorff's alpha of texts, with a difference function over them; None where it is undefined."""
    names = sorted({name for row in rows for name in row if name})
    if len(names) < 2:
        return None
    codes = {name: float(code) for code, name in enumerate(names)}
    data = [[codes[name] if name else np.nan for name in row] for row in rows]
    # A unit of one label is paired with nothing; units of none are.
    if all(sum(bool(row[unit]) for row in rows) < 2 for unit in range(len(rows[0]))):
        return None

    def matrix(v1, v2, **_):
        one, other = np.broadcast_arrays(v1, v2)
        return np.vectorize(lambda a, b: metric(names[int(a)], names[int(b)]))(one, other).astype(float)

    paired = {row[unit] for unit in range(len(rows[0])) for row in rows if sum(bool(r[unit]) for r in rows) > 1 and row[unit]}
    if len(paired) < 2:
        return None
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=matrix))


def alpha_case(rng, raters, images, missing):
    names = SPECIES + ["Felis", "Felidae"]
    truth = [rng.choice(SPECIES) for _ in range(images)]
    rows = [
        ["" if rng.random() < missing else (truth[i] if rng.random() < 0.5 else rng.choice(names)) for i in range(images)]
        for _ in range(raters)
    ]
    at_ranks = {}
    for place, rank in enumerate(RANKS):
        at_rank = [[cut(name, place) for name in row] for row in rows]
        at_ranks[rank] = alpha_of_names(at_rank, lambda a, b: float(a != b))
    kappa = {}
    for a in range(raters):
        for b in range(a + 1, raters):
            both = [(cut(x, 6), cut(y, 6)) for x, y in zip(rows[a], rows[b])]
            both = [pair for pair in both if None not in pair]
            if both:
                value = cohen_kappa_score(*zip(*both))
                kappa[f"rater {a} rater {b}"] = None if np.isnan(value) else float(value)
    return {
        "labels": rows,
        "alpha": at_ranks,
        "height": alpha_of_names(rows, apart),
        "squared": alpha_of_names(rows, lambda a, b: apart(a, b) ** 2),
        "kappa": kappa,
    }


def flat(labels, images, annotators, classes, smoothing, rounds):
    """Dawid and Skene 1979, as its formulas stand, with `smoothing` right labels and as many even ones added to every row."""
    T = np.zeros((images, classes))
    for image, _, label in labels:
        T[image, label] += 1
    T /= T.sum(1, keepdims=True)
    for _ in range(rounds):
        p = T.sum(0) + smoothing / classes
        p /= p.sum()
        pi = np.full((annotators, classes, classes), smoothing / classes)
        pi += smoothing * np.eye(classes)
        for image, annotator, label in labels:
            pi[annotator, :, label] += T[image]
        totals = pi.sum(2, keepdims=True)
        pi = np.divide(pi, totals, out=np.zeros_like(pi), where=totals > 0)
        likelihood = np.tile(p, (images, 1))
        for image, annotator, label in labels:
            likelihood[image] *= pi[annotator, :, label]
        T = likelihood / likelihood.sum(1, keepdims=True)
    return T, float(np.log(likelihood.sum(1)).sum())


def flat_case(rng):
    images, annotators, classes = 40, 4, 3
    skill = [0.9, 0.75, 0.6, 0.5]
    labels = []
    for image in range(images):
        truth = rng.randrange(classes)
        for annotator in range(annotators):
            if rng.random() < 0.8 or annotator == 0:
                labels.append([image, annotator, truth if rng.random() < skill[annotator] else rng.randrange(classes)])
    fits = []
    for smoothing, rounds in [(0.0, 20), (1.0, 30), (0.5, 12)]:
        T, log_likelihood = flat(labels, images, annotators, classes, smoothing, rounds)
        fits.append({"smoothing": smoothing, "rounds": rounds, "posterior": T.tolist(), "log_likelihood": log_likelihood})
    # crowd-kit keeps probabilities above 1e-10 and counts rounds from the votes as well.
    frame = pd.DataFrame(labels, columns=["task", "worker", "label"])
    theirs = DawidSkene(n_iter=20, tol=0.0).fit_predict_proba(frame).sort_index().sort_index(axis=1).to_numpy()
    worst = min(np.abs(theirs - flat(labels, images, annotators, classes, 0.0, n)[0]).max() for n in (19, 20, 21))
    print(f"flat: largest difference from crowd-kit {worst:.2e}")
    assert worst < 1e-6
    return {"images": images, "annotators": annotators, "classes": classes, "labels": labels, "fits": fits}


def tree_probability(steps, label, truth, tips):
    """P(label | truth), and each step's part: the tips of a step share its probability evenly; a step without tips does as the
    nearest below that has some; a label above the tips is said by any tip below it."""
    at = lambda tip: 0 if tip == truth else max(1, rung(meet(tip, truth)))
    parts = []
    for step in range(8):
        nearest = max(s for s in range(step + 1) if any(at(tip) == s for tip in tips))
        there = [tip for tip in tips if at(tip) == nearest]
        held = [tip for tip in there if label in OF[tip]]
        parts.append(steps[step] * len(held) / len(there))
    return sum(parts), parts


def tree(images, annotators, smoothing, rounds):
    labels = sorted({name for image in images for _, name in image})
    tips = [a for a in labels if not any(b != a and a in OF[b] for b in labels)]
    posterior = []
    for image in images:
        votes = dict.fromkeys(tips, 0.0)
        for _, name in image:
            held = [tip for tip in tips if name in OF[tip]]
            for tip in held:
                votes[tip] += 1 / len(held) / len(image)
        posterior.append(votes)
    # Shares of the taxa are those of the votes, and stay so.
    prior = {tip: smoothing / len(tips) + sum(image[tip] for image in posterior) for tip in tips}
    total = sum(prior.values())
    prior = {tip: count / total for tip, count in prior.items()}
    steps = [[1 / 8] * 8 for _ in range(annotators)]
    for _ in range(rounds):
        counts = [[smoothing * (step == 0) + smoothing / 8 for step in range(8)] for _ in range(annotators)]
        for image, T in zip(images, posterior):
            for annotator, name in image:
                for tip in tips:
                    if T[tip] > 0:
                        whole, parts = tree_probability(steps[annotator], name, tip, tips)
                        if whole > 0:
                            for step in range(8):
                                counts[annotator][step] += T[tip] * parts[step] / whole
        steps = [[count / sum(row) for count in row] for row in counts]
        posterior, log_likelihood = [], 0.0
        for image in images:
            likelihood = dict(prior)
            for annotator, name in image:
                for tip in tips:
                    likelihood[tip] *= tree_probability(steps[annotator], name, tip, tips)[0]
            total = sum(likelihood.values())
            log_likelihood += np.log(total)
            posterior.append({tip: value / total for tip, value in likelihood.items()})
    return posterior, steps, float(log_likelihood)


def tree_case(rng):
    """In its first round the program has even steps, as here: the steps are counted by those of the round before."""
    names, images = SPECIES, []
    for _ in range(30):
        truth = rng.choice(names)
        image = []
        for annotator, (skill, lazy) in enumerate([(0.9, 0.1), (0.8, 0.3), (0.5, 0.0), (0.3, 0.1)]):
            if rng.random() < 0.25 and annotator > 0:
                continue
            name = truth if rng.random() < skill else rng.choice(names)
            if rng.random() < lazy:
                name = OF[name][rng.choice([4, 5])]
            image.append([annotator, name])
        images.append(image)
    posterior, steps, log_likelihood = tree(images, 4, 1.0, 15)
    return {
        "images": images,
        "smoothing": 1.0,
        "rounds": 15,
        "posterior": posterior,
        "steps": steps,
        "log_likelihood": log_likelihood,
    }


def main():
    rng = random.Random(20)
    fixture = {
        "alpha": [alpha_case(rng, *shape) for shape in [(2, 12, 0.0), (3, 25, 0.3), (5, 40, 0.5), (4, 9, 0.6)]],
        "flat": flat_case(rng),
        "tree": tree_case(rng),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")


main()
