"""The tables of a report: taxa.csv, mistakes.csv, confusions.csv and probably_the_name.csv, by what names their rows."""

from collections import Counter

import how_wrong
import names
import report
from mathematics import ratio
from outcome import height, judge
from taxonomy import MAIN_RANKS, RANKS


def taxa(taxonomy, images):
    """Every taxon of a rank that is a truth or an answer."""
    rows = {}
    for rank in MAIN_RANKS + RANKS[RANKS.index("species") + 1:]:
        pairs = [(taxonomy.at(image.truth, rank), taxonomy.at(image.best(), rank)) for image in images]
        pairs = [(truth, answer) for truth, answer in pairs if truth is not None]
        for taxon in {taxon for pair in pairs for taxon in pair} - {None}:
            n = sum(truth == taxon for truth, _ in pairs)
            answered = sum(answer == taxon for _, answer in pairs)
            right = sum(truth == answer == taxon for truth, answer in pairs)
            taken = Counter(answer for truth, answer in pairs if truth == taxon and answer not in (taxon, None))
            row = {
                "name": taxonomy.name[taxon],
                "rank": rank,
                "n": n,
                "answered": answered,
                "right": right,
                "unanswered": sum(truth == taxon and answer is None for truth, answer in pairs),
                "recall": ratio(right, n),
                "precision": ratio(right, answered),
                "f1": ratio(2 * right, n + answered),
                "confused_with": None, "confused_with_name": None, "confused_count": None, "lca_rank": None,
            }
            if taken:
                other = min(taken, key=lambda other: (-taken[other], other))
                row.update(confused_with=taxonomy.id[other], confused_with_name=taxonomy.name[other],
                           confused_count=taken[other], lca_rank=rank_of(taxonomy, taxonomy.lca(taxon, other)))
            rows[taxonomy.id[taxon]] = row
    return rows


def rank_of(taxonomy, taxon):
    """The rung that a taxon stands on."""
    return how_wrong.RUNGS[taxonomy.rung(taxon)]


def mistakes(taxonomy, images):
    """Every wrong image."""
    rows = {}
    for image in images:
        o = judge(taxonomy, image.truth, image.best())
        if o.right:
            continue
        rows[image.name] = {
            **named(taxonomy, o),
            "height": height(taxonomy, o),
            "stopped_above": str(o.stopped_above).lower(),
            "probability": image.answers[0][1] if image.answers and image.scores_are_probabilities else None,
        }
    return rows


def named(taxonomy, o):
    """Truth, answer and where they meet."""
    row = {}
    for column in ("truth", "predicted", "lca"):
        taxon = getattr(o, column)
        row[column], row[column + "_name"] = taxonomy.id[taxon], taxonomy.name[taxon]
    row["lca_rank"] = rank_of(taxonomy, o.lca)
    return row


def confusions(taxonomy, images):
    """Pairs of truth and wrong answer, counted."""
    rows = {}
    for image in images:
        o = judge(taxonomy, image.truth, image.best())
        if o.right:
            continue
        key = f"{taxonomy.id[o.truth]}/{taxonomy.id[o.predicted]}"
        row = rows.setdefault(key, {"count": 0, "height": height(taxonomy, o), **named(taxonomy, o)})
        row["count"] += 1
    for row in rows.values():
        del row["truth"], row["predicted"]
    return rows


def probably_the_name(taxonomy, images):
    """Pairs of truth and answer with one epithet in two genera, counted."""
    outcomes = [judge(taxonomy, image.truth, image.best()) for image in images]
    return names.listing(taxonomy, outcomes, [report.cause(taxonomy, *both) for both in zip(images, outcomes)])
