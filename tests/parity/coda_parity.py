"""What `nearmiss next-labels` computes of CODA, by CODA's own program.

    git clone https://github.com/justinkay/coda
    python3 -m venv --without-pip venv && python3 -m pip --python venv/bin/python install numpy torch tqdm matplotlib pillow
    PYTHONPATH=coda venv/bin/python tests/parity/coda_parity.py tests/fixtures/coda.json

Its numbers are of 32 bits; here its tensors are made of 64, so that what is left is how the two compute and no rounding. How far
the two widths are apart is printed.
"""

import json
import random
import sys

import torch
from coda.coda import CODA


class Dataset:
    def __init__(self, preds):
        self.preds = preds


def predictions(rng, models, images, classes, hard):
    skill = [0.35 + 0.5 * model / models for model in range(models)]
    truth = [rng.randrange(classes) for _ in range(images)]
    all_models = []
    for model in range(models):
        of_model = []
        for image in range(images):
            answer = truth[image] if rng.random() < skill[model] else rng.randrange(classes)
            if hard:
                shares = [float(c == answer) for c in range(classes)]
            else:
                raw = [rng.random() + (2.0 if c == answer else 0.0) for c in range(classes)]
                shares = [value / sum(raw) for value in raw]
            of_model.append(shares)
        all_models.append(of_model)
    return all_models, truth


def steps_of(preds, truth, count):
    selector = CODA(Dataset(torch.tensor(preds)))
    steps = []
    for _ in range(count):
        information, candidates = selector.eig_batched()
        image = candidates[int(torch.argmax(information))]
        steps.append(
            {
                "p_best": selector.get_pbest().flatten().tolist(),
                "candidates": list(candidates),
                "information": information.flatten().tolist(),
                "image": image,
                "truth": truth[image],
            }
        )
        selector.add_label(image, truth[image], 0.0)
    return steps


def main():
    rng = random.Random(2025)
    shapes = [(3, 12, 4, False), (4, 15, 3, True), (2, 8, 2, False)]
    cases = [(predictions(rng, *shape), 4) for shape in shapes]
    narrow = [steps_of(preds, truth, 1)[0] for (preds, truth), _ in cases]
    torch.set_default_dtype(torch.float64)
    torch.Tensor.float = torch.Tensor.double
    fixture = {"cases": []}
    for ((preds, truth), count), of_32 in zip(cases, narrow):
        steps = steps_of(preds, truth, count)
        for key in ("p_best", "information"):
            apart = max(abs(a - b) for a, b in zip(steps[0][key], of_32[key]))
            print(f"{key}: 32 and 64 bits are apart by {apart:.2e}")
        fixture["cases"].append({"predictions": preds, "steps": steps})
    with open(sys.argv[1], "w") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")


main()
