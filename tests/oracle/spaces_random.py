"""Random vectors with taxa: spaces that follow the tree more or less, with doubles, zeros and gaps."""

import random

import numpy as np

from tables_random import columns_taxonomy, parent_taxonomy, write_csv


class Space:
    """A taxonomy, vectors and the taxon of each."""

    def __init__(self, seed):
        draw = self.random = random.Random(f"space {seed}")
        self.columns = draw.random() < 0.3
        self.taxonomy = columns_taxonomy(draw) if self.columns else parent_taxonomy(draw)
        taxa = self.taxa()
        finest = draw.choice(["species", "species", "genus", ""])
        chosen = [identity for identity, rank, _ in taxa if rank == finest or not finest] or [taxa[-1][0]]
        chosen = draw.sample(chosen, k=min(len(chosen), draw.choice([1, 3, 6, 10, 20])))
        self.labels = [draw.choice(chosen) for _ in range(draw.choice([3, 8, 14, 22]))]
        if draw.random() < 0.2:
            self.labels[draw.randrange(len(self.labels))] = ""
        self.vectors = self.drawn(draw, taxa)
        self.observations = draw.random() < 0.3
        # Of a photograph those of its own observation are left out.
        self.options = ["--across-observations"] if self.observations and draw.random() < 0.5 else []

    def taxa(self):
        """Taxa as (id, rank, ids from the top)."""
        if self.columns:
            found = {}
            for row in self.taxonomy[1:]:
                lineage = []
                for rank, name in zip(self.taxonomy[0], row):
                    if name:
                        lineage.append(name)
                        found[";".join(lineage)] = (rank, [";".join(lineage[:i + 1]) for i in range(len(lineage))])
            return [(identity, *rest) for identity, rest in found.items()]
        above = {row[0]: row[1] for row in self.taxonomy[1:]}
        result = []
        for identity, _, _, rank in self.taxonomy[1:]:
            lineage = [identity]
            while above[lineage[0]]:
                lineage.insert(0, above[lineage[0]])
            result.append((identity, rank, lineage))
        return result

    def drawn(self, draw, taxa):
        """One vector per label: a walk down the lineage, and noise."""
        chance = np.random.default_rng(draw.randrange(2**32))
        width = draw.choice([2, 4, 7])
        strength = draw.choice([0.0, 0.5, 2.0])
        steps = {identity: chance.normal(size=width) * strength for identity, _, _ in taxa}
        lineages = {identity: lineage for identity, _, lineage in taxa}
        vectors = np.array([sum((steps[one] for one in lineages.get(label, [])), chance.normal(size=width))
                            for label in self.labels])
        for _ in range(draw.choice([0, 0, 1, 3])):
            vectors[draw.randrange(len(vectors))] = vectors[draw.randrange(len(vectors))]
        if draw.random() < 0.1 and len(vectors) >= 3 * width:
            # So near that cosines do not tell them apart; others span the space.
            one, other = draw.randrange(len(vectors)), draw.randrange(len(vectors))
            vectors[one] = vectors[other] * (1 + 1e-7 * chance.normal(size=width))
        if draw.random() < 0.08:
            # Nothing varies within taxa.
            first = {label: i for i, label in reversed(list(enumerate(self.labels)))}
            vectors = vectors[[first[label] for label in self.labels]]
        if draw.random() < 0.15:
            # Whole numbers: many equal distances, parallel vectors and right angles.
            vectors = np.round(vectors) + 0.0
            vectors[np.all(vectors == 0, axis=1), 0] = 1.0
        if draw.random() < 0.06:
            # No direction, and once more.
            for _ in range(draw.choice([1, 2])):
                vectors[draw.randrange(len(vectors))] = 0.0
        return vectors.astype(draw.choice(["<f4", "<f8"]))

    def write(self, folder):
        """Writes tax.csv, v.npy and v.csv."""
        write_csv(folder / "tax.csv", self.taxonomy)
        np.save(folder / "v.npy", self.vectors)
        rows = [["image", "taxon"] + ["observation"] * self.observations]
        for i, label in enumerate(self.labels):
            rows.append([f"v{i}", label] + [f"o{i // 2}"] * self.observations)
        write_csv(folder / "v.csv", rows)
