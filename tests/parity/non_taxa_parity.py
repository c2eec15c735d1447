"""Writes precision, recall and F1 of animal, blank, person and vehicle as scikit-learn finds them, which the tests hold ours against.

    python tests/parity/non_taxa_parity.py fixture tests/fixtures/non_taxa.json

Each case has the words of 60 truths and of as many answers, asymmetric, with words for the unknown among both. What scikit-learn
is given: images whose truth is known, each with its class; an answer that is no class is one that is no label
(`precision_recall_fscore_support` with `labels`). Macro F1 is over the classes that are true or answered, 0 where undefined.
Needs scikit-learn and numpy.
"""

import json
import pathlib
import random
import sys

import sklearn
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

CLASSES = ("animal", "blank", "person", "vehicle")
WORDS = {
    "animal": ("Vulpes vulpes", "Lynx lynx", "Felis catus"),
    "blank": ("blank", "Empty", "vide", "no_animal"),
    "person": ("human", "Person", "humano", "Human-Camera Trapper"),
    "vehicle": ("vehicle", "véhicule", "coche"),
    "unknown": ("Unknown", "No CV Result", "?"),
}
#: How often each class is true, and how often it is answered as itself, in each case; the rest goes to any class.
SHARES = (
    ({"animal": 5, "blank": 9, "person": 2, "vehicle": 1, "unknown": 1}, 0.7),
    ({"animal": 9, "blank": 3, "person": 3, "vehicle": 0, "unknown": 2}, 0.4),
    ({"animal": 1, "blank": 0, "person": 6, "vehicle": 5, "unknown": 0}, 0.9),
)


def case(seed, weights, kept):
    """The words of truths and answers."""
    chance = random.Random(seed)
    rows = []
    for _ in range(60):
        truth = chance.choices(list(weights), list(weights.values()))[0]
        answer = truth if chance.random() < kept else chance.choice(list(WORDS))
        rows.append((truth, answer))
    # A table of taxa takes a taxon that is right.
    rows[0] = ("animal", "animal")
    return [(truth, answer, chance.choice(WORDS[truth]), chance.choice(WORDS[answer])) for truth, answer in rows]


def scores(rows):
    """What scikit-learn says of the images of a known class."""
    known = [(truth, answer) for truth, answer, *_ in rows if truth != "unknown"]
    truths, answers = [truth for truth, _ in known], [answer for _, answer in known]
    met = [name for name in CLASSES if name in truths or name in answers]
    precision, recall, f1, support = precision_recall_fscore_support(truths, answers, labels=met, zero_division=float("nan"))
    number = lambda value: None if value != value else float(value)
    return {
        "n": len(known),
        "accuracy": float(accuracy_score(truths, answers)),
        "macro_f1": float(f1_score(truths, answers, labels=met, average="macro", zero_division=0)),
        "classes": {
            name: {"images": int(support[at]), "precision": number(precision[at]), "recall": number(recall[at]), "f1": number(f1[at])}
            for at, name in enumerate(met)
        },
    }


def fixture(path):
    cases = []
    for seed, (weights, kept) in enumerate(SHARES):
        rows = case(seed, weights, kept)
        cases.append({"truths": [row[2] for row in rows], "answers": [row[3] for row in rows], "scores": scores(rows)})
    made = {"program": f"scikit-learn {sklearn.__version__}", "cases": cases}
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    print(f"{len(cases)} cases in {path}")


if __name__ == "__main__":
    fixture(pathlib.Path(sys.argv[2]))
