"""Mistakes that are probably the name: one epithet in two genera."""

import re
from collections import Counter

from mathematics import ratio
from taxonomy import MAIN_RANKS


def feminine(epithet):
    """An epithet as it goes with a feminine genus; whatever is no adjective stays."""
    epithet = re.sub(r"ii$", "i", epithet.lower())
    for ending, instead in ((r"(?<=.)(us|um)$", "a"), (r"e?ra$", "ra"), (r"er$", "ra"), (r"(?<=.)e$", "is")):
        epithet = re.sub(ending, instead, epithet)
    return epithet


def binomial(taxonomy, taxon):
    """Genus and epithet of the species that a taxon is or lies in; None where its name does not begin with its genus."""
    species, genus = taxonomy.at(taxon, "species"), taxonomy.at(taxon, "genus")
    if species is None or genus is None:
        return None
    found = re.fullmatch(r"(\w+) ([^\W\d_]{2,})( .*)?", taxonomy.name[species])
    if not found or not found[2].islower() or found[1].lower() != taxonomy.name[genus].lower():
        return None
    return found[1].lower(), feminine(found[2])


def probably_the_name(taxonomy, truth, answer):
    """Whether a mistake is likely to be one organism under two names."""
    one, other = binomial(taxonomy, truth), binomial(taxonomy, answer)
    if one is None or other is None or one[0] == other[0] or one[1] != other[1]:
        return False
    above = [(taxonomy.at(truth, rank), taxonomy.at(answer, rank)) for rank in MAIN_RANKS[:5]]
    return all(None in pair or pair[0] == pair[1] for pair in above)


def block(taxonomy, outcomes, causes):
    """The block of metrics.json, from the outcomes of scored images and their causes."""
    same = [o for o, cause in zip(outcomes, causes) if cause == "probably_the_name"]
    pairs = Counter((o.truth, o.predicted) for o in same)
    order = sorted(pairs, key=lambda pair: (-pairs[pair], *(taxonomy.name[taxon] for taxon in pair), *pair))
    return {
        "n": len(same),
        "share_of_mistakes": ratio(len(same), sum(not o.right for o in outcomes)),
        "pairs": [{"truth": taxonomy.name[truth], "predicted": taxonomy.name[answer], "n": pairs[truth, answer]}
                  for truth, answer in order],
        "right_if_same": right_if_same(taxonomy, outcomes, causes),
    }


def right_if_same(taxonomy, outcomes, causes):
    """Accuracy by path at every main rank, such mistakes being right."""
    result = {}
    for rank in MAIN_RANKS:
        right = [cause == "probably_the_name" or taxonomy.at(o.truth, rank) == taxonomy.at(o.given, rank)
                 for o, cause in zip(outcomes, causes) if taxonomy.at(o.truth, rank) is not None]
        if right:
            result[rank] = ratio(sum(right), len(right))
    return result


def listing(taxonomy, outcomes, causes):
    """probably_the_name.csv, by the ids of truth and answer."""
    pairs = Counter((o.truth, o.predicted) for o, cause in zip(outcomes, causes) if cause == "probably_the_name")
    return {f"{taxonomy.id[truth]}/{taxonomy.id[answer]}":
            {"truth_name": taxonomy.name[truth], "predicted_name": taxonomy.name[answer], "n": n}
            for (truth, answer), n in pairs.items()}
