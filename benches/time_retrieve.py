"""Times `nearmiss retrieve` against ranx on the same judgements and runs, and compares their numbers.

    python3 benches/time_retrieve.py target/release/nearmiss [--queries 5000] [--documents 100] [--rounds 5] [--seed 1] [--cold]

Two runs, 15 measures, both programs reading the same files (ranx JSON, then TREC). nearmiss is timed
as a whole process: start, reading, measuring, exact p-values or 100 000 permutations, bootstrap
intervals (2 000 draws) and printing all of it as JSON. ranx does `Qrels.from_file`, two
`Run.from_file` and `compare` with Fisher's randomisation (its 1 000 permutations) or Student's
t-test: warm, in this process, after an untimed call that compiles its functions; with --cold as well as a
process of its own, after an untimed one that fills numba's cache on disk as far as ranx has one. All
of them take turns, round by round. The scores of a run are all different, so that ties cannot matter.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

MEASURES = (
    "hits@10 hit_rate@10 precision@1 precision@10 recall@10 recall@100 f1@10 r-precision bpref rbp.80 mrr map map@100 ndcg@10 ndcg"
).split()
TESTS = ["fisher", "student"]
KINDS = ["json", "trec"]


def files(folder, queries, documents, seed):
    """Judgements, 20 a query, and two runs that find some of the judged documents, one better than the other."""
    import numpy

    random = numpy.random.default_rng(seed)
    qrels, runs = {}, {"first": {}, "second": {}}
    for query in range(queries):
        pool = random.choice(1_000_000, size=4 * documents, replace=False)
        judged = pool[:20]
        grades = random.integers(0, 4, 20)
        grades[0] = 1 + grades[0] % 3
        qrels[f"q{query}"] = {f"d{document}": int(grade) for document, grade in zip(judged, grades)}
        for name, lift in (("first", 0.30), ("second", 0.25)):
            found = numpy.concatenate([judged[random.random(20) < 0.6], pool[20:]])[:documents]
            found = numpy.concatenate([found[:12], random.permutation(found[12:])])
            liking = random.random(len(found)) + numpy.where(numpy.isin(found, judged), lift, 0.0)
            # Ranks become scores, so that no two are equal.
            scores = (1 + numpy.argsort(numpy.argsort(liking))) / (len(found) + random.integers(1, 50))
            runs[name][f"q{query}"] = {f"d{document}": float(score) for document, score in zip(found, scores)}
    assert all(len(set(ranked.values())) == len(ranked) for run in runs.values() for ranked in run.values())
    for name, rows in (("qrels", qrels), *runs.items()):
        (folder / f"{name}.json").write_text(json.dumps(rows))
    with open(folder / "qrels.trec", "w") as file:
        file.writelines(f"{query} 0 {document} {grade}\n" for query, row in qrels.items() for document, grade in row.items())
    for name, run in runs.items():
        with open(folder / f"{name}.trec", "w") as file:
            for query, row in run.items():
                ranked = sorted(row.items(), key=lambda item: -item[1])
                file.writelines(f"{query} Q0 {document} {rank} {score!r} {name}\n" for rank, (document, score) in enumerate(ranked, 1))


def paths(folder, kind):
    return [str(folder / f"{name}.{kind}") for name in ("qrels", "first", "second")]


def with_ranx(folder, kind, test):
    from ranx import Qrels, Run, compare

    judgements, *runs = paths(folder, kind)
    names = ["first", "second"]
    runs = [Run.from_file(path, name=name) for path, name in zip(runs, names)]
    return compare(Qrels.from_file(judgements), runs=runs, metrics=MEASURES, stat_test=test).to_dict()


def with_ranx_alone(folder, kind, test):
    """The same in a process of its own."""
    arguments = [sys.executable, __file__, "--alone", str(folder), kind, test]
    return json.loads(subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout)


def with_nearmiss(program, folder, kind):
    command = [str(program), "retrieve", *paths(folder, kind), "--measures", ",".join(MEASURES), "--json", "--quiet"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def means(compared):
    return [compared[name]["scores"][measure] for name in compared["model_names"] for measure in MEASURES]


def student(compared):
    """p-values of Student's test: ranx's comparisons are those, nearmiss has them beside its own."""
    if "nearmiss" in compared:
        by_name = {metric["name"]: metric["pairs"][0]["student_p"] for metric in compared["nearmiss"]["metrics"]}
        return [by_name[measure] for measure in MEASURES]
    first, second = compared["model_names"]
    return [compared[first]["comparisons"][second][measure] for measure in MEASURES]


def measure(program, folder, rounds, cold):
    ways = {}
    for kind in KINDS:
        ways["nearmiss retrieve", kind, ""] = lambda kind=kind: with_nearmiss(program, folder, kind)
        for test in TESTS:
            ways["ranx warm", kind, test] = lambda kind=kind, test=test: with_ranx(folder, kind, test)
            if cold:
                ways["ranx cold", kind, test] = lambda kind=kind, test=test: with_ranx_alone(folder, kind, test)
    results = {way: work() for way, work in ways.items()}
    seconds = {way: [] for way in ways}
    for _ in range(rounds):
        for way, work in ways.items():
            start = time.perf_counter()
            work()
            seconds[way].append(time.perf_counter() - start)
    return results, seconds


def table(seconds):
    print("| what | files | test | median | from | to | runs | times nearmiss |\n|---|---|---|---|---|---|---|---|")
    for (what, kind, test), taken in seconds.items():
        middle = statistics.median(taken)
        ratio = middle / statistics.median(seconds["nearmiss retrieve", kind, ""])
        tests = test or "exact or permutations, Student's"
        print(f"| {what} | {kind} | {tests} | {middle:.3f} s | {min(taken):.3f} s | {max(taken):.3f} s | {len(taken)} | {ratio:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cold", action="store_true", help="ranx as processes of their own as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files(folder, arguments.queries, arguments.documents, arguments.seed)
        load = os.getloadavg()[0]
        results, seconds = measure(arguments.program, folder, arguments.rounds, arguments.cold)
    print(f"    python3 benches/time_retrieve.py {arguments.program} --queries {arguments.queries} --documents {arguments.documents} --rounds {arguments.rounds} --seed {arguments.seed}\n")
    print(f"Python {platform.python_version()}, ranx {version('ranx')}, numba {version('numba')}; load before {load:.1f}; seeds: data {arguments.seed}, ranx 42, nearmiss its default.")
    print(f"{len(MEASURES)} measures: {', '.join(MEASURES)}.\n")
    print(f"    nearmiss retrieve qrels.json first.json second.json --measures {','.join(MEASURES)} --json --quiet\n")
    table(seconds)
    ours = results["nearmiss retrieve", "json", ""]
    largest = max(abs(a - b) for result in results.values() for a, b in zip(means(ours), means(result)))
    students = [result for (what, _, test), result in results.items() if test == "student"]
    largest_p = max(abs(a - b) for result in students for a, b in zip(student(ours), student(result)))
    print(f"\nLargest difference between the {len(means(ours))} means: {largest:.1e}; between the {len(MEASURES)} p of Student's test: {largest_p:.1e}.")
    if not largest <= 1e-9:
        raise SystemExit("the means differ")


if len(sys.argv) == 5 and sys.argv[1] == "--alone":
    print(json.dumps(with_ranx(pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4])))
else:
    main()
