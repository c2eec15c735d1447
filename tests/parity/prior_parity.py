"""Writes the numbers that priors and rolling up are held against.

    python tests/parity/prior_parity.py CAMERATRAPAI tests/fixtures/prior.json tests/fixtures/roll_up.json

`CAMERATRAPAI` is a checkout of google/cameratrapai, whose own functions combine, geofence and roll up. Antenna's task needs its
database: its loop is written again here, from the definition. The prior is written from the definitions with numpy, p-values by
scipy, the calibration error by its definition. Needs numpy and scipy.
"""

import importlib.util
import json
import math
import pathlib
import sys
import types

import numpy as np
import scipy
from scipy.stats import binomtest

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]
BINS = 15
ZERO = 1.959963984540054


def tree(chance, species):
    """Lineages of seven ranks, whose numbers of branches shrink upwards."""
    groups = [2, 2, 3, 4, 6, 9]
    rows = []
    for number in range(species):
        genus = number * groups[5] // species
        above = [genus]
        for level in (4, 3, 2, 1, 0):
            above.insert(0, above[0] * groups[level] // groups[level + 1])
        names = [f"{'KPCOFG'[level]}{above[level]}" for level in range(6)]
        rows.append(names + [f"{names[5]} s{number}"])
    return rows


def height(truth, answer):
    """Rungs from the species up to where two lineages meet."""
    shared = 0
    while shared < 7 and truth[shared] == answer[shared]:
        shared += 1
    return 7 - shared


def ece(probability, right):
    """Expected calibration error of bins of equal width, the last closed."""
    bins = np.minimum((np.asarray(probability) * BINS).astype(int), BINS - 1)
    total = 0.0
    for one in range(BINS):
        here = bins == one
        if here.any():
            total += abs(np.mean(np.asarray(right)[here]) - np.mean(np.asarray(probability)[here])) * here.sum()
    return total / len(bins)


def bonett_price(before, after):
    """The adjusted interval of a difference of paired shares."""
    n = len(before)
    difference, unlike = np.mean(after) - np.mean(before), np.sum(before != after)
    middle, spread = difference * n / (n + 2), (unlike + 2) / (n + 2)
    half = ZERO * math.sqrt((spread - middle**2) / (n + 2))
    return [middle - half, middle + half]


def prior():
    """A run of 60 images and 18 species before and after a prior in three groups."""
    chance = np.random.default_rng(20)
    lineages = tree(chance, 18)
    images = 60
    truths = chance.integers(0, 18, images)
    logits = chance.normal(0, 1.2, (images, 18))
    logits[np.arange(images), truths] += chance.normal(1.2, 1.0, images)
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    groups = {"a": {}, "b": {}, "c": {}}
    for weights in groups.values():
        for number in chance.choice(18, 13, replace=False):
            weights[lineages[number][6]] = float(np.round(chance.gamma(1.0) + 0.01, 3))
    # A genus stands for its species; what is listed itself keeps its own weight.
    groups["b"]["G3"] = 0.5
    of_image = [["a", "b", "c", "d", ""][place] for place in chance.choice(5, images, p=[0.3, 0.3, 0.2, 0.1, 0.1])]
    after = probabilities.copy()
    outside, within = [], []
    for image, group in enumerate(of_image):
        if group not in groups:
            continue
        weights = np.array([groups[group].get(row[6], groups[group].get(row[5], 0.0)) for row in lineages])
        after[image] = probabilities[image] * weights / (probabilities[image] @ weights)
        (outside if weights[truths[image]] == 0 else within).append(image)
    best = [probabilities.argmax(1), after.argmax(1)]
    found = {"n": images, "changed": int((best[0] != best[1]).sum()), "ranks": {}}
    heights = [np.array([height(lineages[t], lineages[b]) for t, b in zip(truths, column)]) for column in best]
    found["better"], found["worse"] = int((heights[1] < heights[0]).sum()), int((heights[1] > heights[0]).sum())
    found["height"] = [float(np.mean(column)) for column in heights]
    for level, rank in enumerate(RANKS):
        names = [row[level] for row in lineages]
        right = [np.array([names[t] == names[b] for t, b in zip(truths, column)]) for column in best]
        up, down = int((~right[0] & right[1]).sum()), int((right[0] & ~right[1]).sum())
        calibration = []
        for matrix in (probabilities, after):
            taxa = sorted(set(names))
            sums = np.array([[row[[name == taxon for name in names]].sum() for taxon in taxa] for row in matrix])
            chosen = sums.argmax(1)
            calibration.append(float(ece(sums.max(1), [taxa[c] == names[t] for c, t in zip(chosen, truths)])))
        found["ranks"][rank] = {
            "before": float(np.mean(right[0])),
            "after": float(np.mean(right[1])),
            "interval": [float(end) for end in bonett_price(*right)],
            "p": float(binomtest(up, up + down).pvalue) if up + down else 1.0,
            "ece": calibration,
        }
    for name, chosen in (("outside", outside), ("inside", within)):
        found[name] = [len(chosen), *(float(np.mean([best[when][i] == truths[i] for i in chosen])) for when in (0, 1))]
    return {
        "program": f"numpy {np.__version__}, scipy {scipy.__version__}",
        "lineages": lineages,
        "truths": [lineages[truth][6] for truth in truths],
        "groups": of_image,
        "probabilities": probabilities.tolist(),
        "weights": groups,
        "posteriors": after.tolist(),
        "expected": found,
    }


def speciesnet(checkout):
    """The modules of SpeciesNet that need no model."""
    folder = pathlib.Path(checkout) / "speciesnet"
    package = types.ModuleType("speciesnet")
    package.__path__ = [str(folder)]
    sys.modules["speciesnet"] = package
    loaded = []
    for name in ("constants", "taxonomy_utils", "geofence_utils", "ensemble_prediction_combiner"):
        spec = importlib.util.spec_from_file_location(f"speciesnet.{name}", folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[f"speciesnet.{name}"] = module
        spec.loader.exec_module(module)
        loaded.append(module)
    return loaded


ANIMALS = """mammalia;carnivora;ursidae;ursus;arctos
mammalia;carnivora;ursidae;ursus;maritimus
mammalia;carnivora;ursidae;ailuropoda;melanoleuca
mammalia;carnivora;felidae;panthera;leo
mammalia;carnivora;felidae;panthera;onca
mammalia;carnivora;felidae;lynx;lynx
mammalia;cetartiodactyla;cervidae;cervus;elaphus
mammalia;cetartiodactyla;cervidae;capreolus;capreolus
mammalia;cetartiodactyla;bovidae;bos;taurus
mammalia;primates;hominidae;homo;sapiens
aves;passeriformes;turdidae;turdus;merula
aves;passeriformes;turdidae;turdus;philomelos
aves;galliformes;phasianidae;gallus;gallus""".split("\n")


def antenna(labels, scores, thresholds):
    """Antenna's loop: species, genus and family summed over all labels, the first best taxon at its threshold."""
    sums = [{}, {}, {}]
    for label, score in zip(labels, scores):
        parts = label.split(";")
        for level, depth in enumerate((5, 4, 3)):
            if len(parts) >= depth:
                taxon = ";".join(parts[:depth])
                sums[level][taxon] = sums[level].get(taxon, 0.0) + score
    for level, threshold in zip(sums, thresholds):
        if level:
            taxon, score = max(level.items(), key=lambda item: item[1])
            if score >= threshold:
                return taxon
    return labels[int(np.argmax(scores))]


def roll_up(checkout):
    """Random images through SpeciesNet's ensemble without detections, and through Antenna's loop."""
    constants, _, geofence, combiner = speciesnet(checkout)
    special = constants.Classification
    clades = sorted({";".join(row.split(";")[:depth]) for row in ANIMALS for depth in range(1, 6)})

    def label(clade):
        if clade == "mammalia;primates;hominidae;homo;sapiens":
            return special.HUMAN.value
        parts = clade.split(";")
        return ";".join([f"id-{clade}".replace(";", "-"), *parts, *[""] * (5 - len(parts)), clade.replace(";", " ")])

    full = lambda clade: ";".join([*clade.split(";"), *[""] * (5 - clade.count(";") - 1)])
    taxonomy = {full(clade): label(clade) for clade in clades} | {";;;;": special.ANIMAL.value}
    back = {label(clade): clade for clade in clades} | {special.ANIMAL.value: "animal"}
    chance = np.random.default_rng(21)
    labels = ANIMALS + ["mammalia;carnivora;felidae", "animal", "blank"]
    of = lambda clade: {"blank": special.BLANK.value, "animal": special.ANIMAL.value}.get(clade) or label(clade)
    cases = []
    for _ in range(200):
        count = int(chance.integers(1, 7))
        chosen = list(chance.choice(len(labels), count, replace=False))
        # Labels of one clade are confused with each other.
        if chance.random() < 0.6:
            near = int(chance.integers(0, 10))
            chosen = [near, *[(near + step) % 13 for step in range(1, count)]]
        scores = np.round(chance.dirichlet(np.full(len(chosen), chance.choice([0.15, 0.5, 2.0]))), 6)
        allowed = sorted({ANIMALS[place] for place in chance.choice(13, int(chance.integers(4, 14)), replace=False)})
        may = {";".join(row.split(";")[:depth]) for row in allowed for depth in range(1, 6)}
        rules = {full(clade): {"allow": {"FRA" if clade in may else "XXX": []}} for clade in clades}
        order = sorted(range(len(chosen)), key=lambda place: -scores[place])[:5]
        order = [place for place in order if scores[place] > 0]
        found, _, source = combiner.combine_predictions_for_single_item(
            classifications={"classes": [of(labels[chosen[place]]) for place in order], "scores": [float(scores[place]) for place in order]},
            detections=[],
            country="FRA",
            admin1_region=None,
            taxonomy_map=taxonomy,
            geofence_map=rules,
            enable_geofence=True,
            geofence_fn=geofence.geofence_animal_classification,
            roll_up_fn=geofence.roll_up_labels_to_first_matching_level,
        )
        found = found.value if hasattr(found, "value") else found
        nothing = found in (special.BLANK.value, special.UNKNOWN.value)
        names = [labels[place] for place in chosen]
        animals = [place for place, name in enumerate(names) if name not in ("animal", "blank")]
        cases.append({
            "labels": [[int(chosen[place]), float(scores[place])] for place in range(len(chosen))],
            "allowed": [ANIMALS.index(row) for row in allowed],
            "speciesnet": "nothing" if nothing else back[found],
            "source": source,
            "antenna": antenna([names[place] for place in animals], scores[animals], (0.8, 0.6, 0.4)) if len(animals) == len(names) else None,
        })
    return {"program": "google/cameratrapai, speciesnet of March 2025, without detections", "labels": labels, "cases": cases}


def main():
    """Writes both files."""
    checkout, of_prior, of_roll_up = sys.argv[1:]
    for path, content in ((of_prior, prior()), (of_roll_up, roll_up(checkout))):
        pathlib.Path(path).write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
