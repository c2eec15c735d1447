"""What mistakes cost: `truth,answer,cost`, where a taxon stands for its clade."""

import intervals
import tables
from mathematics import mean
from taxonomy import ROOT


def resolve(taxonomy, cell):
    """A taxon by its id, or everything."""
    return ROOT if cell == "root" else tables.resolve(taxonomy, cell)


def block(taxonomy, outcomes, by, rows):
    """The block `costs` of entries (truth, answer, cost) as they stand in the file; no pair stands twice."""
    entries = [(resolve(taxonomy, truth), resolve(taxonomy, answer), float(cost)) for truth, answer, cost in rows]
    held = [entry_of(taxonomy, o, entries) for o in outcomes]
    prices = [0.0 if o.right else 1.0 if entry is None else entries[entry][2] for o, entry in zip(outcomes, held)]
    most = max([1.0, *(cost for _, _, cost in entries)])
    return {
        "n": len(outcomes),
        "mean": mean(prices),
        "total": sum(prices),
        "entries": [{"truth": taxonomy.name[truth], "answer": taxonomy.name[answer], "cost": cost, "images": held.count(number)}
                    for number, (truth, answer, cost) in enumerate(entries)],
        "other": sum(not o.right and entry is None for o, entry in zip(outcomes, held)),
        "other_cost": 1.0,
        **intervals.ends("mean", intervals.mean([(c, price, 1.0) for c, price in zip(by, prices)], 0.0, most)),
    }


def entry_of(taxonomy, o, entries):
    """The place of the entry of the smallest clades that hold a mistake: most steps to both, then to that of the truth."""
    if o.right:
        return None
    found = [(taxonomy.depth(truth) + taxonomy.depth(answer), taxonomy.depth(truth), number)
             for number, (truth, answer, _) in enumerate(entries)
             if taxonomy.contains(truth, o.truth) and taxonomy.contains(answer, o.given)]
    return max(found)[2] if found else None
