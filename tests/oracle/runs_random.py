"""Random judgements and runs: ties, queries that lack, grades of 0 and below, documents nobody judged."""

import random

MEASURES = ["hits", "hits@3", "hit_rate@1", "hit_rate@5", "precision", "precision@3", "precision@10", "recall", "recall@5",
            "f1", "f1@3", "r-precision", "mrr", "mrr@2", "map", "map@3", "dcg@3", "dcg_burges", "ndcg", "ndcg@3",
            "ndcg_burges@3", "bpref", "rbp.95", "rbp.80", "precision@3-l2", "mrr-l2", "ndcg-l2", "map-l2", "recall@3-l2"]


class Runs:
    """Judgements {query: {document: grade}} and runs {name: {query: {document: score}}}."""

    def __init__(self, seed):
        draw = random.Random(f"runs {seed}")
        queries = [f"q{i}" for i in range(draw.choice([1, 4, 12]))]
        documents = [f"d{i}" for i in range(draw.choice([3, 10, 25]))]
        self.qrels = {query: {document: draw.choice([0, 0, 1, 1, 2, 3]) for document in
                              draw.sample(documents, k=draw.randint(1, len(documents)))} for query in queries}
        self.runs = {}
        for name in ["A", "B", "C"][:draw.choice([2, 2, 3])]:
            digits = draw.choice([1, 6])
            found = {query: {document: round(draw.random(), digits) for document in
                             draw.sample(documents, k=draw.randint(1, len(documents)))}
                     for query in queries + ["extra"] if query == queries[0] or draw.random() < 0.9}
            self.runs[name] = found
        self.ties = draw.choice(["trec", "input", "docid-asc"])

    def write(self, folder):
        """Writes qrels.trec and a TREC file per run."""
        lines = [f"{query} 0 {document} {grade}" for query, judged in self.qrels.items() for document, grade in judged.items()]
        (folder / "qrels.trec").write_text("\n".join(lines))
        for name, run in self.runs.items():
            lines = [f"{query} Q0 {document} {place} {score!r} {name}" for query, found in run.items()
                     for place, (document, score) in enumerate(found.items(), 1)]
            (folder / f"{name}.trec").write_text("\n".join(lines))
