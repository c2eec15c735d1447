# %% [markdown]
# # Notebook: does my space follow the tree?
#
# An encoder gives each photograph a vector. Are vectors of near relatives near each other, and how far up the tree does that go?
#
# **The vectors are synthetic.** They are drawn below from a seed, by a random walk down the taxonomy: a genus lies near its family, a species near its genus, a photograph near its species. So the right answer is known. The species are real: the bees and wasps of the list of flower visitors that nearmiss brings. The numbers say nothing about any encoder.

# %%
import numpy as np
import pandas as pd

import nearmiss as nm

taxonomy = nm.Taxonomy.read("pollinators-france", within="Hymenoptera")
WIDTH, PHOTOGRAPHS = 48, 4


def walk(step: float, seed: int) -> tuple[np.ndarray, list[str]]:
    """Vectors with their species; each taxon lies such a step from the taxon above it."""
    rng = np.random.default_rng(seed)
    vectors, labels = [], []
    below = [(taxon, np.zeros(WIDTH)) for taxon in taxonomy.roots()]
    while below:
        taxon, above = below.pop()
        place = above + step * rng.standard_normal(WIDTH)
        children = taxonomy.children(taxon)
        below.extend((child, place) for child in reversed(children))
        if not children:
            vectors.extend(
                place + rng.standard_normal(WIDTH) for _ in range(PHOTOGRAPHS)
            )
            labels.extend([taxon.name] * PHOTOGRAPHS)
    return np.array(vectors, dtype=np.float32), labels


vectors, labels = walk(step=0.6, seed=5)
vectors.shape, labels[::48]

# %% [markdown]
# ## The space
#
# An array `[N, D]` in single, double or half precision, and a name for each row.

# %%
space = nm.latent(vectors, labels, taxonomy=taxonomy)
space

# %% [markdown]
# The distance of two photographs climbs with the rank at which they meet, and the nearest neighbours are of the right species, genus, family far more often than chance. Every number has the name that it has in [`latent.json`](../file-formats.md#latentjson); [the table of metrics](../which-metric.md#of-latent-a-space) explains them.

# %%
NUMBERS = {
    "correlation with the tree": "tree.cosine.mantel.r",
    "triplets that agree": "tree.cosine.triplets.agreement",
    "clades that are one branch": "tree.cosine.clades.recovered",
    "the same by chance": "tree.cosine.clades.recovered_by_chance",
    "best match of a clade": "tree.cosine.clades.best_match",
    "best match by chance": "tree.cosine.clades.best_match_by_chance",
}


def numbers(space: nm.LatentReport) -> dict[str, float]:
    """The numbers that hold a space against the tree."""
    return {said: space.metrics[name].value for said, name in NUMBERS.items()}


pd.DataFrame({"walk": numbers(space)}).round(3)

# %% [markdown]
# ## What would a space look like that knows nothing of the tree?
#
# Two controls. In the first, species are clusters that lie anywhere: the labels of whole species change places. In the second, the labels of all photographs do.

# %%
rng = np.random.default_rng(6)
species = sorted(set(labels))
elsewhere = dict(zip(species, rng.permutation(species)))
moved = {
    "species anywhere": [str(elsewhere[name]) for name in labels],
    "photographs anywhere": [str(name) for name in rng.permutation(labels)],
}
spaces = {"walk": space}
for name, wrong in moved.items():
    spaces[name] = nm.latent(vectors, wrong, taxonomy=taxonomy)
pd.DataFrame({name: numbers(space) for name, space in spaces.items()}).round(3)

# %% [markdown]
# Both have lost the tree: the numbers are those of chance. How often is the nearest neighbour of the right taxon?

# %%
ranks = ["species", "genus", "family"]
pd.DataFrame(
    {
        name: [space.metrics[f"{rank}.agreement.1.agreement"].value for rank in ranks]
        for name, space in spaces.items()
    },
    index=ranks,
).round(3)

# %% [markdown]
# In the first control the clusters are still there, so a neighbour is often of the right species. It is hardly more often of the right genus than of the right species, for near species are no relatives. A space can know species well and nothing of the tree: how often neighbours are of the right species does not tell, and the numbers above do.
#
# ## How much of the tree can be seen?
#
# The longer the steps down the tree beside the noise of a photograph, the more of the tree is in the space.

# %%
columns = {}
for step in (0.1, 0.2, 0.4, 0.8):
    vectors, labels = walk(step, seed=5)
    columns[f"step {step}"] = numbers(nm.latent(vectors, labels, taxonomy=taxonomy))
pd.DataFrame(columns).round(3)

# %% [markdown]
# ## Your own
#
# ```python
# vectors = np.load("embeddings.npy")                    # [N, D], from any encoder
# labels = pd.read_csv("photographs.csv")["species"]     # in the same order
# space = nm.latent(vectors, labels, taxonomy="taxref.parquet")
# space.save("reports/space")                            # the page with its maps and dendrograms
# ```
#
# What is measured, and what the numbers of a real encoder were: [Does the latent space follow the tree of life?](../latent-space.md)
