"""Several runs made one: reciprocal ranks, sums, and sums times the number of runs that found a document."""

from fractions import Fraction

import retrieve


def fused(runs, kind, ties):
    """{query: {document: score}} of runs, in exact numbers; documents in the order in which they were first met."""
    result = {}
    for run in runs.values():
        for query, found in run.items():
            ranked = retrieve.order(found, ties)
            scores = {document: Fraction(str(score)) for document, score in found.items()}
            most, least = max(scores.values()), min(scores.values())
            for place, document in enumerate(ranked, 1):
                if kind == "rrf":
                    part = Fraction(1, 60 + place)
                else:
                    part = (scores[document] - least) / (most - least) if most > least else Fraction(0)
                total, times = result.setdefault(query, {}).get(document, (0, 0))
                result[query][document] = (total + part, times + 1)
    return {query: {document: total * (times if kind == "mnz" else 1) for document, (total, times) in found.items()}
            for query, found in result.items()}
