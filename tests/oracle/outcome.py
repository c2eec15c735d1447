"""What became of an image: its truth, its answer as it is scored, and where the two meet."""

from dataclasses import dataclass

from taxonomy import MAIN_RANKS, RANKS, ROOT


@dataclass
class Outcome:
    """A scored image."""

    truth: int
    given: int  # the best answer
    predicted: int  # never deeper than the truth's rank
    lca: int

    @property
    def right(self):
        return self.predicted == self.truth

    @property
    def stopped_above(self):
        return not self.right and self.lca == self.predicted


def judge(taxonomy, truth, given):
    """The outcome of an answer."""
    predicted = cut(taxonomy, truth, given)
    return Outcome(truth, given, predicted, taxonomy.lca(truth, predicted))


def cut(taxonomy, truth, given):
    """An answer below the truth is the truth; one deeper than the truth's rank elsewhere is its
    ancestor at that rank, or where it has none at the nearest main rank above."""
    if taxonomy.contains(truth, given):
        return truth
    rank = taxonomy.rank[truth]
    if given == ROOT or rank not in RANKS or taxonomy.rank[given] not in RANKS:
        return given
    if RANKS.index(taxonomy.rank[given]) <= RANKS.index(rank):
        return given
    ladder = [rank] + [main for main in reversed(MAIN_RANKS) if RANKS.index(main) < RANKS.index(rank)]
    for step in ladder:
        above = taxonomy.at(given, step)
        if above is not None:
            return above
    return ROOT


def height(taxonomy, outcome):
    """Rungs from the truth's own rank up to the LCA; edges in a tree without ranks."""
    if outcome.right:
        return 0
    if not taxonomy.has_ranks:
        return taxonomy.depth(outcome.truth) - taxonomy.depth(outcome.lca)
    return taxonomy.rung(outcome.lca) - taxonomy.rung(outcome.truth)
