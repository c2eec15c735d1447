# %% [markdown]
# # Notebook: stop training by how wrong the mistakes are
#
# Training is often stopped when accuracy no longer grows. Where mistakes are not alike, the mean height of the error is another line to stop at: it asks how far each mistake is from the truth. This notebook trains a linear classifier of crops and weeds and lets `nm.Scorer` watch.
#
# **The data are synthetic.** The features are drawn below from a seed, by a random walk down the taxonomy, so that near relatives look alike. Only the species are real, from the list of arable plants that nearmiss brings. The numbers say nothing about any classifier of weeds.

# %%
import copy

import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier

import nearmiss as nm

taxonomy = nm.Taxonomy.read("arable-france")
rng = np.random.default_rng(2)
WIDTH = 24


def walk() -> dict[str, np.ndarray]:
    """Where each species lies: a step from its genus, which lies a step from its family."""
    places, below = {}, [(taxon, np.zeros(WIDTH)) for taxon in taxonomy.roots()]
    while below:
        taxon, above = below.pop()
        place = above + rng.standard_normal(WIDTH)
        children = taxonomy.children(taxon)
        below.extend((child, place) for child in reversed(children))
        if not children:
            places[taxon.name] = place
    return places


places = walk()
species = list(places)
centres = np.array([places[name] for name in species])


def draw(photographs: int) -> tuple[np.ndarray, np.ndarray]:
    """So many photographs of each species, and the places of their species in the list."""
    truth = np.repeat(np.arange(len(species)), photographs)
    return centres[truth] + 2.0 * rng.standard_normal((len(truth), WIDTH)), truth


training, validation, test = draw(6), draw(4), draw(4)
len(species), [len(truth) for _, truth in (training, validation, test)]

# %% [markdown]
# ## The loop
#
# The scorer knows the taxonomy and the candidates, in the order of the classifier's columns. After each epoch it takes the decision values of the validation photographs, batch by batch as a network would give them. What it computes has the names of a report. `reset` empties it for the next epoch.

# %%
scorer = nm.Scorer(taxonomy=taxonomy, candidates=species)


def watch(model: SGDClassifier, features: np.ndarray, truth: np.ndarray) -> nm.Metrics:
    """The numbers of a model on these photographs."""
    scorer.reset()
    for batch in np.array_split(np.arange(len(truth)), 8):
        scorer.update(model.decision_function(features[batch]), truth[batch])
    return scorer.compute()


# %% [markdown]
# Training stops when three epochs in a row have brought nothing better, and the best model so far is kept. What is better, the line to stop at says: less height, or more accuracy.

# %%
PATIENCE = 3
WATCHED = ["species.path_top1", "how_wrong.mean_height"]
LINES = {
    "mean height": lambda metrics: metrics["how_wrong.mean_height"].value,
    "accuracy": lambda metrics: -metrics["species.path_top1"].value,
}


def train(line: str) -> tuple[SGDClassifier, pd.DataFrame]:
    """The best model by a line, and what was seen in each epoch."""
    model = SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=0.002, random_state=0
    )
    features, truth = training
    shuffled = np.random.default_rng(3)
    kept, least, log = model, np.inf, []
    while len(log) < 50:
        order = shuffled.permutation(len(truth))
        model.partial_fit(
            features[order], truth[order], classes=np.arange(len(species))
        )
        metrics = watch(model, *validation)
        cost = LINES[line](metrics)
        is_best = cost < least
        if is_best:
            kept, least = copy.deepcopy(model), cost
        log.append((*(metrics[name].value for name in WATCHED), is_best))
        if not any(was_best for *_, was_best in log[-PATIENCE:]):
            break
    epochs = pd.RangeIndex(1, len(log) + 1, name="epoch")
    return kept, pd.DataFrame(log, epochs, ["accuracy", "mean height", "best so far"])


trained = {line: train(line) for line in LINES}
trained["mean height"][1].round(3)

# %% [markdown]
# The same training, stopped by either line:

# %%
for line, (_, log) in trained.items():
    kept = log.index[log["best so far"]][-1]
    print(f"stopped by {line}: {len(log)} epochs, the model of epoch {kept} was kept")

# %% [markdown]
# ## What did it buy?
#
# On photographs that neither training nor stopping has seen:

# %%
reports = {}
for line, (model, _) in trained.items():
    watch(model, *test)
    reports[line] = scorer.report()
names = ["species.path_top1", "genus.path_top1", "family.path_top1", *WATCHED[1:]]
pd.DataFrame(
    {
        f"stopped by {line}": {name: report.metrics[name].value for name in names}
        for line, report in reports.items()
    }
).round(3)

# %% [markdown]
# Which line is the better one, a single draw of synthetic data cannot tell, and the intervals say so:

# %%
for line, report in reports.items():
    height = report.metrics["how_wrong.mean_height"]
    ends = f"{height.low:.3f} to {height.high:.3f}"
    print(f"stopped by {line + ':':13} mean height {height.value:.3f}   {ends}")

# %% [markdown]
# What the scorer has seen is a report like any other:

# %%
reports["mean height"]

# %% [markdown]
# The same loop serves a network: `scorer.update(logits, truth)` takes tensors of PyTorch as they are, wherever they lie, and `merge` joins the scorers of several processes. [The guide](../python.md#watch-a-training) has both.
