"""Holds BM25 against bm25s (method "lucene"), and writes the numbers that the tests hold it against.

    python tests/parity/bm25_parity.py check target/debug/nearmiss [SEED]
    python tests/parity/bm25_parity.py fixture tests/fixtures/bm25.json

`check` asks 300 queries of 4 000 texts with several k1 and b, with and without stop words, and prints the largest relative
difference of a score; exit code 1 if it is above 1e-6 or if other documents are found. `fixture` writes 40 texts, 8 queries
and all scores above 0. Needs bm25s 0.3 and numpy.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import bm25s
from names import AUTHORS, COMMON, species_names

WORDS = """small large black red yellow hairy bare shiny dull leaf leaves petal petals wing wings antenna antennae leg legs body head
with without and of on in the a near under stone stones water meadow meadows forest edge dry wet sandy soil flowers visited seen
female male worker workers nest colony larva larvae 3 12 mm cm june July common rare abundant""".split()
LIMIT = 1e-6


def sentences(count, seed):
    """Sentences of field notes: words as they are drawn, some with a name of a species and an author."""
    chance = random.Random(seed)
    species = species_names(200, seed)
    made = []
    for _ in range(count):
        words = [chance.choice(WORDS) for _ in range(chance.randint(1, 30))]
        if chance.random() < 0.5:
            words.insert(chance.randint(0, len(words)), chance.choice(species))
        if chance.random() < 0.2:
            words.append(f"({chance.choice(AUTHORS)}), {chance.choice(COMMON)}")
        text = " ".join(words)
        made.append(text.capitalize() if chance.random() < 0.5 else text)
    return made


def queries(texts, count, seed):
    """Words of the texts, some of them twice, and some that no text has."""
    chance = random.Random(seed + 1)
    made = []
    while len(made) < count:
        words = chance.choice(texts).split()
        if not words:
            continue
        picked = [chance.choice(words) for _ in range(chance.randint(1, 8))] + (["xylophone"] if chance.random() < 0.2 else [])
        made.append(" ".join(picked))
    return made


def scores(texts, asked, k1, b, stopwords):
    """For each query the scores above 0 by the number of the text."""
    tokens = lambda of: bm25s.tokenize(of, stopwords=stopwords, return_ids=False, show_progress=False)
    index = bm25s.BM25(k1=k1, b=b, method="lucene", dtype="float64")
    index.index(tokens(texts), show_progress=False)
    found = []
    for words in tokens(asked):
        known = index.get_tokens_ids(words)
        of_all = index.get_scores_from_ids(known) if known else []
        found.append({number: float(score) for number, score in enumerate(of_all) if score > 0})
    return found


def fixture(path):
    texts = sentences(40, 3)
    asked = queries(texts, 8, 3)
    cases = []
    for k1, b, stop in ((1.2, 0.75, ""), (0.5, 0.3, ""), (2.0, 1.0, "en")):
        found = [list(map(list, of.items())) for of in scores(texts, asked, k1, b, stop or None)]
        cases.append({"k1": k1, "b": b, "stop_words": stop, "scores": found})
    made = {"program": f"bm25s {bm25s.__version__}", "texts": texts, "queries": asked, "cases": cases}
    path.write_text(json.dumps(made, ensure_ascii=False) + "\n")
    print(f"{sum(len(of) for case in cases for of in case['scores'])} scores in {path}")


def check(program, seed):
    program = pathlib.Path(program).resolve()
    texts = sentences(4000, seed)
    asked = queries(texts, 300, seed)
    largest, compared, faults = 0.0, 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = lambda of, letter: "".join(json.dumps({"_id": f"{letter}{at}", "text": text}) + "\n" for at, text in enumerate(of))
        (folder / "corpus.jsonl").write_text(lines(texts, "d"))
        (folder / "queries.jsonl").write_text(lines(asked, "q"))
        (folder / "qrels").mkdir()
        rows = "".join(f"q{at}\td{at}\t1\n" for at in range(len(asked)))
        (folder / "qrels/test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}")
        for k1, b, stop in ((1.2, 0.75, ""), (0.5, 0.0, ""), (2.0, 1.0, "en"), (1.5, 0.4, "en")):
            options = ["--k1", str(k1), "--b", str(b), "--measures", "mrr@10"] + (["--stop-words", stop] if stop else [])
            command = [program, "retrieve", folder, "--bm25", *options, "-o", folder / "out", "--force", "--quiet"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            expected = scores(texts, asked, k1, b, stop or None)
            found = [{} for _ in asked]
            for line in (folder / "out/runs/bm25.run").read_text().splitlines():
                query, _, document, _, score, _ = line.split()
                found[int(query[1:])][int(document[1:])] = float(score)
            for at, (ours, theirs) in enumerate(zip(found, expected)):
                least = min(ours.values(), default=0.0)
                missing = [number for number, score in theirs.items() if score > least * (1 + LIMIT) and number not in ours]
                if missing or any(number not in theirs for number in ours) or len(ours) < min(100, len(theirs)):
                    faults.append(f"k1 {k1}, b {b}: query {at} finds other texts")
                for number, score in ours.items():
                    largest = max(largest, abs(score - theirs.get(number, 0.0)) / score)
                    compared += 1
    print(f"{compared} scores against bm25s {bm25s.__version__}: largest relative difference {largest:.1e}")
    for fault in faults[:10]:
        print(fault)
    return 1 if faults or largest > LIMIT or not compared else 0


if __name__ == "__main__":
    if sys.argv[1] == "fixture":
        fixture(pathlib.Path(sys.argv[2]))
    else:
        sys.exit(check(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0))
