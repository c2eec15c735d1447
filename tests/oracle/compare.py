"""`nearmiss compare`: runs against each other, image by image."""

import functools
import itertools
import math

import numpy as np

import distribution
import intervals
import tables
from mathematics import mean
from outcome import height, judge
from taxonomy import MAIN_RANKS

DIRECTIONS = {"height": "lower", "edges": "lower"}


def values(taxonomy, runs, probabilities):
    """For each metric, by run, the value of every image; None where it has none."""
    images = runs[0]
    scored = [i for i, image in enumerate(images) if isinstance(image.truth, int)]
    summable = [tables.summable(run, p) for run, p in zip(runs, probabilities)]
    trees = [distribution.Candidates(taxonomy, run) if one else None for run, one in zip(runs, summable)]
    result = {}
    for rank in MAIN_RANKS if taxonomy.has_ranks else []:
        if not any(taxonomy.at(images[i].truth, rank) is not None for i in scored):
            continue
        result[f"path_top1.{rank}"] = [[path_right(taxonomy, run[i], rank) for i in scored] for run in runs]
        if all(summable):
            result[f"summed_top1.{rank}"] = [[summed_right(taxonomy, tree, run[i], rank) for i in scored]
                                             for run, tree in zip(runs, trees)]
    outcomes = [[judge(taxonomy, run[i].truth, run[i].best()) for i in scored] for run in runs]
    depth = taxonomy.depth
    terms = {
        "exact": lambda o: float(o.right),
        "height": lambda o: height(taxonomy, o),
        "edges": lambda o: depth(o.truth) + depth(o.predicted) - 2 * depth(o.lca),
        "hf_mean": lambda o: 2 * depth(o.lca) / (depth(o.truth) + depth(o.predicted)),
    }
    for name, term in terms.items():
        result[name] = [[term(o) for o in run] for run in outcomes]
    return scored, result


def path_right(taxonomy, image, rank):
    """1 or 0; None where the truth has no taxon of the rank."""
    truth = taxonomy.at(image.truth, rank)
    return None if truth is None else float(taxonomy.at(image.best(), rank) == truth)


def summed_right(taxonomy, tree, image, rank):
    """The same by the summed rule."""
    truth = taxonomy.at(image.truth, rank)
    if truth is None:
        return None
    return float(distribution.best(distribution.by_rank(taxonomy, tree, image, rank)) == truth)


def metrics(taxonomy, runs, probabilities):
    """The list `nearmiss.metrics` of compare.json."""
    scored, by_metric = values(taxonomy, runs, probabilities)
    clusters = [runs[0][i].observation or f"image {runs[0][i].name}" for i in scored]
    result = []
    for name, columns in by_metric.items():
        binary = name == "exact" or "top1" in name
        lower = DIRECTIONS.get(name) == "lower"
        pairs = [pair(a, b, columns, clusters, lower, binary) for a, b in itertools.combinations(range(len(runs)), 2)]
        adjusted = holm([one["randomisation"]["p"] for one in pairs])
        for one, p in zip(pairs, adjusted):
            one["adjusted"] = p
        result.append({
            "name": name,
            "direction": "lower" if lower else "higher",
            "n": sum(value is not None for value in columns[0]),
            "means": [mean(column) for column in columns],
            "intervals": [interval_of(name, column, clusters, binary) for column in columns],
            "pairs": pairs,
        })
    everyone = {image.observation or f"image {image.name}" for image in runs[0]}
    return result, len(runs[0]), len(everyone)


# The least and the greatest value of an image, where there are such.
BOUNDS = {"height": (0.0, 7.0), "hf_mean": (0.0, 1.0), "bpref": (0.0, 1.0)}


def bounds(name):
    """The least and the greatest value that an image or a query can have."""
    free = ("edges", "hits", "dcg", "dcg_burges", "rbp")
    short, _, k = name.partition("-l")[0].partition("@")
    short = short.partition(".")[0]
    if short == "hits" and k:
        return 0.0, float(k)
    return BOUNDS.get(name, (None, None) if short in free else (0.0, 1.0))


def yes_or_no(name):
    """Whether a measure is 1 or 0 by what it measures, whatever the rankings."""
    short = name.partition("-l")[0]
    return short.startswith("hit_rate") or short in ("hits@1", "precision@1", "mrr@1")


def interval_of(name, column, clusters, binary):
    """The interval of a mean."""
    terms = [(cluster, value, 1.0) for cluster, value in zip(clusters, column) if value is not None]
    low, high = intervals.share(terms) if binary else intervals.mean(terms, *bounds(name))
    return None if low is None else {"low": low, "high": high}


def interval_of_difference(differences, binary):
    """The interval of a difference of means."""
    if binary:
        low, high = intervals.difference([(cluster, d) for d, cluster in differences])
    else:
        low, high = intervals.mean([(cluster, d, 1.0) for d, cluster in differences])
    return None if low is None else {"low": low, "high": high}


def pair(a, b, columns, clusters, lower, binary):
    """Two runs by one metric."""
    differences = [(x - y, cluster) for x, y, cluster in zip(columns[a], columns[b], clusters) if x is not None]
    sign = -1 if lower else 1
    sums = {}
    for d, cluster in differences:
        sums[cluster] = sums.get(cluster, 0.0) + d
    t, p = student(list(sums.values()))
    return {
        "first": a,
        "second": b,
        "difference": mean(d for d, _ in differences),
        "interval": interval_of_difference(differences, binary),
        "wins": sum(sign * d > 1e-12 for d, _ in differences),
        "ties": sum(abs(d) <= 1e-12 for d, _ in differences),
        "losses": sum(sign * d < -1e-12 for d, _ in differences),
        "randomisation": {"p": randomisation(list(sums.values())), "standard_error": None},
        "student_t": t,
        "student_p": p,
    }


def randomisation(sums):
    """The share of all changes of sign that reach the sum: every sum that they give, with how many give it."""
    sums = [d for d in sums if abs(d) > 1e-12]
    ways = {0.0: 1}
    for d in sums:
        following = {}
        for total, count in ways.items():
            for one in (round(total + d, 10), round(total - d, 10)):
                following[one] = following.get(one, 0) + count
        ways = following
    observed = abs(math.fsum(sums))
    return sum(count for total, count in ways.items() if abs(total) >= observed - 1e-8) / 2 ** len(sums)


def student(d):
    """The paired t-test; None below six clusters, and where all differ by the same."""
    n = len(d)
    if n < intervals.FEWEST:
        return None, None
    spread = np.std(d, ddof=1)
    if spread <= 1e-12:
        return None, None
    t = float(np.mean(d) / (spread / math.sqrt(n)))
    return t, two_sided(t, n - 1)


def two_sided(t, freedom):
    """P(|T| >= |t|): with t = sqrt(freedom) tan(angle) the density is that of cos(angle)^(freedom - 1)."""
    nodes, weights = legendre()

    def integral(low, high):
        angles = (high - low) / 2 * nodes + (high + low) / 2
        return float((high - low) / 2 * np.sum(weights * np.cos(angles) ** (freedom - 1)))

    start = math.atan(abs(t) / math.sqrt(freedom))
    return integral(start, math.pi / 2) / integral(0, math.pi / 2)


@functools.cache
def legendre():
    """Points and weights of Gauss and Legendre's integration."""
    return np.polynomial.legendre.leggauss(200)


def holm(ps):
    """Holm's step-down adjustment."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    result, least = [0.0] * len(ps), 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, (len(ps) - place) * ps[i]))
        result[i] = least
    return result


def document(taxonomy, names, runs, probabilities):
    """compare.json."""
    listed, images, clusters = metrics(taxonomy, runs, probabilities)
    result = layout(names, listed)
    result["nearmiss"].update({"images": images, "clusters": clusters})
    return result


def layout(names, listed):
    """The layout of ranx, and what is more in `nearmiss`."""
    result = {"stat_test": "fisher", "metrics": sorted(one["name"] for one in listed), "model_names": names}
    for a, name in enumerate(names):
        scores = {one["name"]: one["means"][a] for one in listed}
        comparisons, counts = {}, {}
        for b, other in enumerate(names):
            if a == b:
                continue
            pairs = {one["name"]: next(p for p in one["pairs"] if {p["first"], p["second"]} == {a, b}) for one in listed}
            comparisons[other] = {metric: p["randomisation"]["p"] for metric, p in pairs.items()}
            counts[other] = {metric: wtl(p, p["first"] == a) for metric, p in pairs.items()}
        result[name] = {"scores": scores, "comparisons": comparisons, "win_tie_loss": counts}
    result["nearmiss"] = {"runs": names, "metrics": listed, "alpha": 0.05, "compared": "all"}
    return result


def wtl(pair, first):
    """Wins, ties and losses as one of the two sees them."""
    wins, losses = (pair["wins"], pair["losses"]) if first else (pair["losses"], pair["wins"])
    return {"W": wins, "T": pair["ties"], "L": losses}


def clades(taxonomy, names, runs):
    """Rows of clades.csv by (first run, second run, clade)."""
    scored = [i for i, image in enumerate(runs[0]) if isinstance(image.truth, int)]
    families = {clade(taxonomy, runs[0][i].truth, "family") for i in scored}
    step = "family" if len(families) > 1 else "genus"
    right = [[judge(taxonomy, run[i].truth, run[i].best()).right for i in scored] for run in runs]
    where = [clade(taxonomy, runs[0][i].truth, step) for i in scored]
    rows = {}
    for a, b in itertools.combinations(range(len(runs)), 2):
        ps = {}
        for one in sorted(set(where)):
            members = [i for i in range(len(scored)) if where[i] == one]
            first = sum(right[a][i] and not right[b][i] for i in members)
            second = sum(right[b][i] and not right[a][i] for i in members)
            if first + second == 0:
                continue
            ps[one] = sign_test(first, second)
            rows[names[a], names[b], taxonomy.id[one]] = {
                "clade_name": taxonomy.name[one],
                "clade_rank": taxonomy.rank[one] or "root",
                "images": len(members),
                "only_first": first,
                "only_second": second,
            }
        for one, p in zip(ps, holm(list(ps.values()))):
            rows[names[a], names[b], taxonomy.id[one]]["p_holm"] = p
    return rows


def clade(taxonomy, truth, rank):
    """The taxon at a main rank, or at the nearest main rank above; the root where there is none."""
    for step in reversed(MAIN_RANKS[:MAIN_RANKS.index(rank) + 1]):
        if taxonomy.at(truth, step) is not None:
            return taxonomy.at(truth, step)
    return 0


def sign_test(up, down):
    """Two-sided: the chance of a split at least as uneven."""
    n = up + down
    return sum(math.comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= abs(up - down)) / 2**n
