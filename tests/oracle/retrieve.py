"""`nearmiss retrieve`: rankings of documents for queries."""

import itertools

import numpy as np

import compare
import intervals
from mathematics import mean
from measures import measure
from spaces import Ladder, steady
from taxonomy import MAIN_RANKS

MEASURES = ["mrr@10", "precision@1", "precision@5", "precision@10", "recall@10", "map@10", "ndcg@10", "r-precision", "map@r"]


def rankings(space, rows, across):
    """For each query the other rows, the nearest first, equally near ones by their rows."""
    unit = space.unit()
    cosines = steady(unit @ unit.T)
    result = {}
    for q in rows:
        others = [d for d in rows if d != q and not (across and space.observations[d] == space.observations[q])]
        result[q] = sorted(others, key=lambda d: (-cosines[q, d], d))
    return cosines, result


def search(space, across=False, yellow_rank="genus", ks=(1, 5, 10)):
    """retrieval.json of vectors."""
    rows = [i for i, taxon in enumerate(space.taxa) if taxon is not None]
    taxa = space.taxa
    ladder = Ladder(space.taxonomy, [taxa[i] for i in rows])
    cosines, ranked = rankings(space, rows, across)
    grade = lambda a, b: ladder.shared(taxa[a], taxa[b])
    measured = []
    for name in MEASURES:
        for level, rank in enumerate(ladder.ranks, 1):
            values = []
            for q in rows:
                if space.taxonomy.at(taxa[q], rank) is None:
                    continue
                grades = [grade(q, d) for d in ranked[q]]
                if any(g >= level for g in grades):
                    values.append((space.observations[q], measure(name, grades, grades, level)))
            measured.append(entry(f"{name}-l{rank}", name, rank, level, values, (0.0, 1.0)))
    yellow = yellow_rank if yellow_rank in ladder.ranks else None
    for k in ks:
        measured += flags(space, rows, ranked, grade, yellow, k)
    counted = triplets(space, rows, ranked, cosines, ladder)
    tied = [sum(np.sum(cosines[q, ranked[q]] == cosines[q, d]) > 1 for d in ranked[q]) for q in rows]
    return {
        "queries": len(rows),
        "documents": len(rows),
        "queries_without_taxon": len(taxa) - len(rows),
        "documents_without_taxon": len(taxa) - len(rows),
        "width": space.vectors.shape[1],
        "across_observations": across,
        "clusters": len({space.observations[i] for i in rows}),
        "levels": [{"rank": rank, "grade": level} for level, rank in enumerate(ladder.ranks, 1)],
        "yellow_from": yellow,
        "tied": {"documents": int(sum(tied)), "queries": sum(count > 0 for count in tied)},
        "measured": measured,
        "triplets": counted,
        "tied_triplets": counted and counted["ties"],
        "top_shares": [top_share(space, rows, ranked, ladder, k) for k in ks],
        "cosines": [mean_cosines(space, rows, cosines, rank) for rank in ladder.ranks],
        "look_alikes_within": look_alikes(ladder),
        "hard_negatives": hard_negatives(space, rows, ranked, grade, ladder),
    }


def flags(space, rows, ranked, grade, yellow, k):
    """Green, yellow and red among the first k documents; yellow and red where the rank of yellow occurs."""
    values = {name: [] for name in ["green", "yellow", "red", "mean_height", "queries_with_red"]}
    for q in rows:
        own, first = grade(q, q), ranked[q][:k]
        if not first:
            continue
        n, by = len(first), space.observations[q]
        green = [grade(q, d) >= own for d in first]
        near = [yellow is not None and not right and is_near(space, q, d, yellow) for right, d in zip(green, first)]
        red = n - sum(green) - sum(near)
        values["green"].append((by, sum(green) / n))
        values["yellow"].append((by, sum(near) / n))
        values["red"].append((by, red / n))
        values["mean_height"].append((by, mean(max(0, own - grade(q, d)) for d in first)))
        values["queries_with_red"].append((by, float(red > 0)))
    shown = [name for name in values if yellow is not None or name in ("green", "mean_height")]
    bounds = {"mean_height": (None, None)}
    return [entry(f"{name}@{k}", f"{name}@{k}", None, None, values[name], bounds.get(name, (0.0, 1.0))) for name in shown]


def is_near(space, q, d, rank):
    """Whether two rows meet at a rank or below."""
    meet = space.taxonomy.lca(space.taxa[q], space.taxa[d])
    return space.taxonomy.rung(meet) <= 6 - MAIN_RANKS.index(rank)


def look_alikes(ladder):
    """The rank that look-alikes share: the family where it occurs, else the one above the finest."""
    if "family" in ladder.ranks:
        return "family"
    return ladder.ranks[-2] if len(ladder.ranks) > 1 else None


def hard_negatives(space, rows, ranked, grade, ladder):
    """Queries that find a document of another taxon of their family."""
    rank = look_alikes(ladder)
    family = ladder.ranks.index(rank) + 1 if rank else 1
    known = [q for q in rows if class_of(space, ladder, q) is not None]
    return sum(any(family <= grade(q, d) < grade(q, q) for d in ranked[q]) for q in known)


def entry(name, short, rank, level, values, bounds):
    """A measure over all queries; values are (observation, value)."""
    plain = [value for _, value in values]
    terms = [(by, value, 1.0) for by, value in values]
    share = compare.yes_or_no(short) or short in ("green@1", "yellow@1", "red@1") or short.startswith("queries_with_red")
    low, high = intervals.share(terms) if share else intervals.mean(terms, *bounds)
    return {"name": name, "measure": short, "rank": rank, "level": level, "n": len(values), "value": mean(plain),
            "low": low, "high": high}


def class_of(space, ladder, row):
    """The taxon of the finest rank that occurs."""
    return space.taxonomy.at(space.taxa[row], ladder.ranks[-1]) if ladder.ranks else space.taxa[row]


def triplets(space, rows, ranked, cosines, ladder):
    """Triplets of a query, a document of its taxon and one of another."""
    margins = []
    for q in rows:
        own = class_of(space, ladder, q)
        if own is None:
            continue
        others = [d for d in ranked[q] if class_of(space, ladder, d) is not None]
        same = [d for d in others if class_of(space, ladder, d) == own]
        different = [d for d in others if class_of(space, ladder, d) != own]
        margins += [cosines[q, p] - cosines[q, n] for p in same for n in different]
    if not margins:
        return None
    margins = np.array(margins)
    # Cosines that differ by a 1e-12th are equal but for rounding.
    right, ties = int(np.sum(margins > 1e-12)), int(np.sum(np.abs(margins) <= 1e-12))
    return {
        "n": len(margins),
        "of": len(margins),
        "drawn": False,
        "accuracy": right / len(margins),
        "right": right,
        "ties": ties,
        "margin_mean": float(np.mean(margins)),
        "margin_quantiles": [float(np.quantile(margins, q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)],
    }


def top_share(space, rows, ranked, ladder, k):
    """Shares of all pairs of a query and a document with the document among the first k."""
    found = {True: [], False: []}
    for q in rows:
        own = class_of(space, ladder, q)
        if own is None:
            continue
        for place, d in enumerate(ranked[q]):
            found[class_of(space, ladder, d) == own].append(place < k)
    return {"k": k, "positives": mean(found[True]), "negatives": mean(found[False])}


def mean_cosines(space, rows, cosines, rank):
    """Mean cosine of pairs of documents of the same and of different taxa of a rank."""
    at = {i: space.taxonomy.at(space.taxa[i], rank) for i in rows}
    members = [i for i in rows if at[i] is not None]
    pairs = [(i, j) for i in members for j in members if i < j]
    return {
        "rank": rank,
        "n": len(members),
        "taxa": len({at[i] for i in members}),
        "same": mean(cosines[i, j] for i, j in pairs if at[i] == at[j]),
        "different": mean(cosines[i, j] for i, j in pairs if at[i] != at[j]),
    }


def evaluate(qrels, run, names, ties):
    """Values of measures by name for every judged query, in the order of the judgements."""
    result = {name: [] for name in names}
    for query, judged in qrels.items():
        documents = order(run.get(query, {}), ties)
        grades = [judged.get(document) for document in documents]
        for name in names:
            short, _, level = name.partition("-l")
            result[name].append(measure(short, grades, list(judged.values()), int(level or 1)))
    return result


def order(documents, ties):
    """Documents by score, the largest first; equal ones by name from Z to A, A to Z, or as they came."""
    names = list(documents)
    if ties != "input":
        names.sort(key=str.encode, reverse=ties == "trec")
    return sorted(names, key=lambda name: -documents[name])


def runs_document(qrels, runs, names, ties):
    """compare.json of runs held against judgements."""
    columns = {name: evaluate(qrels, run, names, ties) for name, run in runs.items()}
    clusters = list(qrels)
    listed = []
    for name in names:
        values = [columns[run][name] for run in runs]
        binary = compare.yes_or_no(name)
        pairs = [compare.pair(a, b, values, clusters, False, binary)
                 for a, b in itertools.combinations(range(len(runs)), 2)]
        for one, p in zip(pairs, compare.holm([one["randomisation"]["p"] for one in pairs])):
            one["adjusted"] = p
        listed.append({"name": name, "direction": "higher", "n": len(qrels),
                       "means": [mean(column) for column in values], "pairs": pairs,
                       "intervals": [compare.interval_of(name, column, clusters, binary) for column in values]})
    result = compare.layout(list(runs), listed)
    result["nearmiss"].update({
        "images": len(qrels),
        "clusters": len(qrels),
        "ties": ties,
        "accounting": [accounting(qrels, run) for run in runs.values()],
    })
    return result


def accounting(qrels, run):
    """Queries and documents that do not fit each other, and equal scores."""
    tied = {query: sum(list(found.values()).count(score) > 1 for score in found.values())
            for query, found in run.items() if query in qrels}
    return {
        "queries": len(qrels),
        "missing": sum(query not in run for query in qrels),
        "extra": sum(query not in qrels for query in run),
        "without_relevant": sum(not any(grade >= 1 for grade in judged.values()) for judged in qrels.values()),
        "tied": {"documents": sum(tied.values()), "queries": sum(count > 0 for count in tied.values())},
    }
