"""Run directories: the best five of every photograph, and its whole distribution from the vectors."""

from mathematics import level
from tables import BLANK, Image, resolve


def read(case, taxonomy):
    """Images, candidates, and the candidates whose vectors have no direction, of a random run."""
    every, usable = case.probabilities()
    candidates = [resolve(taxonomy, label) for label in case.labels]
    images = []
    for one, p, vector, energy in zip(case.images, every, case.vectors, case.energies()):
        image = Image(one["image"], resolve(taxonomy, one["truth"]) if one["truth"] else BLANK)
        image.observation, image.split = one["observation"] or "", one["split"] or ""
        image.unreadable = one["status"] != "ok"
        if not image.unreadable:
            image.vector, image.energy = vector, energy
            masses = [(label, float(value)) for label, value, ok in zip(candidates, p, usable) if ok]
            image.every = sorted(masses, key=lambda pair: (-level(pair[1]), pair[0]))
            image.answers = image.every[:5]
        image.listed = [label for label, _ in image.answers]
        images.append(image)
    return images, candidates, [label for label, ok in zip(candidates, usable) if not ok]
