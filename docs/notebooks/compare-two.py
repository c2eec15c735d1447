# %% [markdown]
# # Notebook: compare two classifiers
#
# Two classifiers look at the same photographs from pitfall traps. Which is better, and is that chance?
#
# **The data are synthetic.** Truths and answers are drawn below from a seed: the two classifiers are made to be right equally often, and to be wrong in different ways. Only the beetles are real. The numbers say nothing about any classifier.

# %%
import io

import numpy as np
import pandas as pd

import nearmiss as nm

beetles = pd.read_csv(
    io.StringIO("""order,family,genus,species
Coleoptera,Carabidae,Carabus,Carabus auratus
Coleoptera,Carabidae,Carabus,Carabus nemoralis
Coleoptera,Carabidae,Carabus,Carabus violaceus
Coleoptera,Carabidae,Pterostichus,Pterostichus madidus
Coleoptera,Carabidae,Pterostichus,Pterostichus melanarius
Coleoptera,Carabidae,Pterostichus,Pterostichus niger
Coleoptera,Carabidae,Poecilus,Poecilus cupreus
Coleoptera,Carabidae,Poecilus,Poecilus versicolor
Coleoptera,Carabidae,Harpalus,Harpalus affinis
Coleoptera,Carabidae,Harpalus,Harpalus distinguendus
Coleoptera,Carabidae,Nebria,Nebria brevicollis
Coleoptera,Carabidae,Nebria,Nebria salina
Coleoptera,Staphylinidae,Ocypus,Ocypus olens
Coleoptera,Staphylinidae,Philonthus,Philonthus cognatus
Coleoptera,Silphidae,Silpha,Silpha obscura
Coleoptera,Elateridae,Agriotes,Agriotes lineatus
Coleoptera,Elateridae,Agriotes,Agriotes obscurus
""")
)
beetles.tail(3)

# %% [markdown]
# Both classifiers are right on two photographs of three. The mistakes of the first may be any beetle of the traps; those of the second stay in the genus where it has another species.

# %%
rng = np.random.default_rng(8)
species = beetles["species"].tolist()


def wrong(truth: str, near: bool) -> str:
    """Another species: of the genus, if it is to be near and there is one."""
    others = [name for name in species if name != truth]
    sisters = [name for name in others if name.split()[0] == truth.split()[0]]
    return str(rng.choice(sisters if near and sisters else others))


def answers(truths: list[str], right: float, near: bool) -> pd.DataFrame:
    """What an imaginary classifier says of the photographs."""
    images = [f"{number}.jpg" for number in range(len(truths))]
    said = [truth if rng.random() < right else wrong(truth, near) for truth in truths]
    return pd.DataFrame({"image": images, "truth": truths, "predicted": said})


truths = [str(name) for name in rng.choice(species, 400)]
runs = {
    "wide": answers(truths, 2 / 3, near=False),
    "near": answers(truths, 2 / 3, near=True),
}
runs["near"].head(4)

# %% [markdown]
# ## Side by side
#
# The runs are paired image by image. Every difference has an interval, and a p-value that is exact or found by permutations, adjusted where there are several.

# %%
comparison = nm.compare(runs, taxonomy=beetles)
comparison

# %% [markdown]
# At the species neither is better than the other. At the genus, at the family and in the height of the error the second is, by more than chance. The reports of both say how far:

# %%
reports = {name: nm.evaluate(table, taxonomy=beetles) for name, table in runs.items()}
pd.DataFrame(
    {
        name: {
            "right": report.metrics["species.path_top1"].value,
            "right genus": report.metrics["genus.path_top1"].value,
            "mean height": report.metrics["how_wrong.mean_height"].value,
            "severity": report.metrics["how_wrong.severity"].value,
        }
        for name, report in reports.items()
    }
).round(3)

# %% [markdown]
# ## How many photographs does it take?
#
# A third classifier is right on 70 % instead of two thirds, and a hundred photographs cannot tell:

# %%
few = truths[:100]
fewer = {
    "two thirds": answers(few, 2 / 3, near=True),
    "seventy": answers(few, 0.7, near=True),
}
small = nm.compare(fewer, taxonomy=beetles)
print(small.verdict)

# %% [markdown]
# That is no sign that the two are equal. It says that a hundred photographs are too few.
#
# ## Into a paper
#
# `to_latex` gives a table for `\input`, with raised letters for the runs that are significantly worse.

# %%
print(comparison.to_latex())

# %% [markdown]
# All the numbers, and the way each test is made, are explained in [Is a difference chance?](../is-it-chance.md)
