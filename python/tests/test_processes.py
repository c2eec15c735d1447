"""Evaluation in threads, in workers of every kind, and interrupted: nothing hangs, and the numbers are the same."""

from __future__ import annotations

import ast
import concurrent.futures
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nearmiss as nm
from scripts import Script, said
from variants import SPECIES, columns, named, ranked, taxonomy_rows, write_csv

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork, and Ctrl-C is no signal, on Windows")

#: What every script begins with: a table from a seed, and its numbers.
BEGINNING = f"""
import multiprocessing, os, random, sys, threading, warnings
import nearmiss as nm
warnings.simplefilter("ignore")
SPECIES = {SPECIES!r}

def table(seed, images=400):
    draw = random.Random(seed)
    truth = [draw.choice(SPECIES) for _ in range(images)]
    return {{"truth": truth, "predicted": [draw.choice([name, *SPECIES]) for name in truth]}}

def numbers(seed):
    return sorted(nm.evaluate(table(seed), truth="truth", predicted="predicted").metrics.to_dict().items())

def right(found, seeds):
    print(repr([found == [numbers(seed) for seed in seeds], len(found), len(found[0])]))
"""


def assert_right(output: str, workers: int) -> None:
    """The numbers of all workers were those of the parent, and there were some."""
    same, tables, length = ast.literal_eval(output.strip().splitlines()[-1])
    assert (same, tables) == (True, workers) and length > 50, output


def test_threads_evaluate_at_once(tmp_path: Path) -> None:
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    taxonomy = nm.Taxonomy.read(str(tmp_path / "taxonomy.csv"))

    def numbers(seed: int) -> str:
        table = named(60, seed) if seed % 2 else ranked(12, seed)
        return str(sorted(nm.evaluate(columns(table), taxonomy=taxonomy).metrics.to_dict().items()))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(numbers, range(16)))
    assert at_once == [numbers(seed) for seed in range(16)]
    assert len(set(at_once)) == 16


def test_one_scorer_takes_batches_from_several_threads(tmp_path: Path) -> None:
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    taxonomy = nm.Taxonomy.read(str(tmp_path / "taxonomy.csv"))
    scorer = nm.Scorer(taxonomy=taxonomy, candidates=SPECIES)

    def batch(number: int) -> None:
        scorer.update(
            [SPECIES[(number + place) % 7] for place in range(50)], [SPECIES[place % 7] for place in range(50)]
        )

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(batch, range(40)))
    assert len(scorer) == 2000
    one_by_one = nm.Scorer(taxonomy=taxonomy, candidates=SPECIES)
    for number in range(40):
        one_by_one.update(
            [SPECIES[(number + place) % 7] for place in range(50)], [SPECIES[place % 7] for place in range(50)]
        )
    assert scorer.compute()["species.path_top1"].value == one_by_one.compute()["species.path_top1"].value


@posix
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_evaluate_after_their_parent_has(method: str, tmp_path: Path) -> None:
    output = said(
        tmp_path,
        f"""{BEGINNING}
if __name__ == "__main__":
    numbers(0)
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        found = pool.map(numbers, range(4), chunksize=1)
    right(found, range(4))
""",
    )
    assert_right(output, 4)


@posix
def test_forked_workers_evaluate_large_tables_in_all_their_threads(tmp_path: Path) -> None:
    """Large enough that the work is shared between threads, which a fork does not take along."""
    output = said(
        tmp_path,
        f"""{BEGINNING}
def numbers_of_many(seed):
    return sorted(nm.evaluate(table(seed, 60_000), truth="truth", predicted="predicted").metrics.to_dict().items())

if __name__ == "__main__":
    parent = numbers_of_many(0)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map(numbers_of_many, [0, 0, 0], chunksize=1)
    print(repr([found == [parent] * 3, 3, len(parent)]))
""",
    )
    assert_right(output, 3)


@posix
def test_workers_of_workers_evaluate(tmp_path: Path) -> None:
    output = said(
        tmp_path,
        f"""{BEGINNING}
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

def inner(seed):
    numbers(seed)
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(numbers, [seed, seed]))[0]

def outer(seed):
    numbers(seed)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        return pool.submit(inner, seed).result()

if __name__ == "__main__":
    numbers(0)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(outer, range(3)))
    right(found, range(3))
""",
    )
    assert_right(output, 3)


@posix
def test_a_process_forked_by_hand_uses_all_parts_of_the_package(tmp_path: Path) -> None:
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    output = said(
        tmp_path,
        f"""{BEGINNING}
import numpy
def everything():
    tree = nm.Taxonomy.read("taxonomy.csv")
    vectors = numpy.random.default_rng(0).normal(size=(40, 16))
    labels = [SPECIES[place % 7] for place in range(40)]
    scorer = nm.Scorer(taxonomy=tree, candidates=SPECIES)
    scorer.update(numpy.random.default_rng(1).normal(size=(64, 7)).astype("float32"), [place % 7 for place in range(64)])
    return repr([
        nm.latent(vectors, labels, taxonomy=tree).to_json(), nm.retrieve(vectors, labels, taxonomy=tree).to_json(),
        nm.compare({{"a": table(1), "b": {{**table(1), "predicted": table(2)["predicted"]}}}}, taxonomy=tree).to_json(),
        sorted(scorer.compute().to_dict().items()), tree.lca(SPECIES[0], SPECIES[2]).name,
    ])

parent = everything()
read, write = os.pipe()
child = os.fork()
if child == 0:
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        pipe.write(everything())
    os._exit(0)
os.close(write)
with os.fdopen(read) as pipe:
    found = pipe.read()
_, status = os.waitpid(child, 0)
print(repr([found == parent and status == 0, 1, len(found)]))
""",
    )
    assert_right(output, 1)


def test_an_evaluation_in_a_thread_lets_others_run(tmp_path: Path) -> None:
    """While it works, the main thread wakes again and again: never does it wait for most of the evaluation."""
    output = said(
        tmp_path,
        f"""{BEGINNING}
import time
import polars
frame = polars.DataFrame(table(1, 400_000))
thread = threading.Thread(target=lambda: nm.evaluate(frame))
begun = last = time.perf_counter()
longest, turns = 0.0, 0
thread.start()
while thread.is_alive():
    time.sleep(0.001)
    now = time.perf_counter()
    longest, last, turns = max(longest, now - last), now, turns + 1
whole = time.perf_counter() - begun
print(repr([turns > 5 and longest < 0.7 * whole, turns, longest, whole]))
""",
    )
    lets, *figures = ast.literal_eval(output)
    assert lets, figures


#: A table whose evaluation takes many seconds.
LONG = """
import numpy, polars
import nearmiss as nm

draw = numpy.random.default_rng(0)
names = numpy.array([f"Genus{{species // 4}} species{{species}}" for species in range(20_000)])
images = 6_000_000
frame = polars.DataFrame({{
    "image": polars.Series(numpy.arange(images)).cast(polars.String),
    "truth": polars.Series(names)[draw.integers(0, 20_000, images)],
    "predicted": polars.Series(names)[draw.integers(0, 20_000, images)],
}})
vectors = draw.normal(size=(6_000, 256)).astype("float32")
labels = [names[place % 500] for place in range(6_000)]
print("begins", flush=True)
try:
    {call}
    print("done", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
# The package goes on working.
table = {{"truth": ["Felis catus"], "predicted": ["Felis catus"]}}
print(nm.evaluate(table).metrics["species.path_top1"].value, flush=True)
"""


@posix
@pytest.mark.parametrize(
    "call",
    [
        "nm.evaluate(frame, image='image', truth='truth', predicted='predicted')",
        "nm.latent(vectors, labels, permutations=100_000)",
        "nm.retrieve(vectors, labels, draws=100_000)",
    ],
    ids=["an evaluation", "a latent space", "a search"],
)
def test_ctrl_c_interrupts_within_two_seconds(call: str, tmp_path: Path) -> None:
    script = Script(tmp_path, LONG.format(call=call))
    script.wait_for("begins")
    # It is in the middle of it now.
    with pytest.raises(subprocess.TimeoutExpired):
        script.process.wait(0.4)
    begun = time.perf_counter()
    script.process.send_signal(signal.SIGINT)
    script.wait_for("interrupted")
    seconds = time.perf_counter() - begun
    assert script.end() == 0 and script.stdout.split() == ["begins", "interrupted", "1.0"], (
        script.stdout,
        script.stderr,
    )
    assert seconds < 2, f"it went on for {seconds:.1f} s"
