# %% [markdown]
# # Notebook: score a classifier
#
# A camera over flower strips, a classifier, and a table of its answers. How often is it right at each rank, how wrong are its mistakes, and which of them matter?
#
# **The data are synthetic.** No photograph was taken: truths and answers are drawn below from a seed, with mistakes such as classifiers of insects make. Only the species are real, from the list of flower visitors that nearmiss brings. The numbers say nothing about any classifier.

# %%
import numpy as np
import pandas as pd

import nearmiss as nm

rng = np.random.default_rng(17)

# The most frequent visitor first.
species = [
    "Apis mellifera", "Bombus terrestris", "Episyrphus balteatus", "Bombus pascuorum",
    "Pieris rapae", "Eristalis tenax", "Bombus lapidarius", "Osmia bicornis",
    "Vanessa atalanta", "Pieris napi", "Eristalis arbustorum", "Andrena flavipes",
    "Osmia cornuta", "Volucella bombylans", "Vanessa cardui", "Andrena fulva",
]  # fmt: skip
mimicked = {
    "Eristalis tenax": "Apis mellifera",
    "Volucella bombylans": "Bombus terrestris",
}


def answer(truth: str) -> tuple[str | None, float | None]:
    """What the imaginary classifier says of a photograph, and how sure it is."""
    luck = rng.random()
    genus = truth.split()[0]
    sisters = [name for name in species if name.startswith(genus) and name != truth]
    if luck < 0.04:
        return None, None
    if luck < 0.10:
        return str(rng.choice(species)), round(rng.uniform(0.2, 0.7), 2)
    if luck < 0.35 and truth in mimicked:
        return mimicked[truth], round(rng.uniform(0.4, 0.9), 2)
    if luck < 0.30 and sisters:
        return str(rng.choice(sisters)), round(rng.uniform(0.3, 0.8), 2)
    return truth, round(rng.uniform(0.5, 1.0), 2)


rows = []
frequency = 1 / np.arange(1, len(species) + 1)
for individual in range(200):
    truth = str(rng.choice(species, p=frequency / frequency.sum()))
    for photograph in range(3):
        predicted, score = answer(truth)
        rows.append(
            (f"{individual}-{photograph}.jpg", individual, truth, predicted, score)
        )
answers = pd.DataFrame(
    rows, columns=["image", "observation", "species", "answer", "score"]
)
answers.head(3)

# %% [markdown]
# ## The report
#
# Columns are named where their names do not say what they are. `image`, `observation` and `score` are known by theirs: the three photographs of one individual are an observation, and do not count as three independent ones in the intervals.

# %%
report = nm.evaluate(
    answers, truth="species", predicted="answer", taxonomy="pollinators-france"
)
report

# %% [markdown]
# Every number has a name, the one that [the table of metrics](../which-metric.md#all-metrics) explains, with its 95 % interval and what it is taken over.

# %%
report.metrics["genus.path_top1"]

# %%
names = [
    "species.path_top1",
    "species.path_macro",
    "how_wrong.mean_height",
    "how_wrong.severity",
]
for name in names:
    metric = report.metrics[name]
    print(f"{name:22} {metric.value:.3f}   {metric.low:.3f} to {metric.high:.3f}")

# %% [markdown]
# `species.path_macro` counts every species alike, rare or frequent. Severity is the mean height over the mistakes alone: 1 is a species of the right genus, 2 of the right family, up to 7.
#
# ## Which mistakes are these?
#
# The tables of the report are Arrow. polars and pyarrow take them as they are, and `to_pandas` makes a frame of pandas.

# %%
confusions = report.confusions.to_pandas()
confusions[["truth_name", "predicted_name", "count", "lca_rank", "height"]].head(8)

# %% [markdown]
# The drone fly *Eristalis tenax* looks like a honey bee, and the classifier was made to fall for it. Such a mistake is of another kind than *Bombus terrestris* for *B. pascuorum*: it meets the truth only in the class, for one is a fly and the other a bee.
#
# ## Species by species

# %%
taxa = report.taxa.to_pandas()
by_recall = taxa[taxa["rank"] == "species"].sort_values(["recall", "name"])
by_recall[
    ["name", "n", "recall", "recall_low", "recall_high", "confused_with_name"]
].head()

# %% [markdown]
# ## A line that must be reached
#
# A gate is a number that a pipeline holds the classifier to. `pass_crossing` means that it passed, and that another sample might not.

# %%
gated = nm.evaluate(
    answers,
    truth="species",
    predicted="answer",
    taxonomy="pollinators-france",
    gates=["family.path_top1>=0.8", "genus.path_top1>=0.87", "species.path_top1>=0.9"],
)
for gate in gated.gates:
    print(gate["metric"], gate["operator"], gate["line"], "->", gate["outcome"])

# %% [markdown]
# ## Keep it
#
# `save` writes the folder that `nearmiss report` writes: a page to read, and [every table](../file-formats.md#report).

# %%
folder = report.save("reports/flower-strips")
sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))

# %% [markdown]
# In a script, `nm.score` gives the numbers as a plain dict:

# %%
numbers = nm.score(answers["species"], answers["answer"], taxonomy="pollinators-france")
numbers["how_wrong.mean_height"]
