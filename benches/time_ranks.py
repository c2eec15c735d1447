"""Times sums by rank over 867 000 labels against pybioclip's loop and its form with scatter_add.

    cargo bench --bench ranks --no-run
    python3 benches/time_ranks.py target/release/deps/ranks-HASH [--labels 867000] [--images 16] [--runs 5]

Logits are drawn with a seed (mean 10, deviation 6: cosines times 100). pybioclip's loop is its own code,
`format_grouped_probs` of pybioclip 2.1.6, on the softmax of one image, for each of the six ranks above the species; it is
slow and measured on a few images. Its form with `scatter_add` is the one proposed in its issue 147: sums of all
labels into a tensor of taxa, then the five largest, per rank, on a batch of images. Both begin with the softmax in single
precision; nearmiss begins with the logits, does it in double precision, and gives all ranks and the best species. One
thread each. Then 10 000 images against 868 000 labels of length 768, from vectors to answers, on all cores.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import torch
from bioclip.predict import Rank, TreeOfLifeClassifier

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus"]
SIZES = [3, 15, 60, 400, 7_000, 108_000]


def lineages(labels, random):
    """Numbers of the taxa above each label; every taxon lies in one of the rank above."""
    columns = []
    below = numpy.sort(random.integers(0, SIZES[-1], labels))
    for size, above in zip(SIZES[::-1], SIZES[-2::-1] + [1]):
        columns.insert(0, below)
        below = numpy.sort(random.integers(0, above, size))[below]
    return numpy.stack(columns, axis=1)


class Peer(TreeOfLifeClassifier):
    """pybioclip's loop on labels of ours, without its model."""

    def __init__(self, table):
        torch.nn.Module.__init__(self)
        names = [[f"{rank}{number:07}" for rank, number in zip(RANKS, row)] for row in table.tolist()]
        self.txt_names = [[row + [f"species{index:07}"], ""] for index, row in enumerate(names)]
        self._subset_txt_names = None

    def get_current_txt_names(self):
        return self.txt_names


def row(what, seconds, images, ours=None):
    low, middle, high = (value / images * 1e3 for value in (min(seconds), statistics.median(seconds), max(seconds)))
    ratio = f"{middle / ours:.3g}" if ours else "1"
    print(f"| {what} | {middle:.3g} ms | {low:.3g} | {high:.3g} | {len(seconds)} | {ratio} |", flush=True)
    return middle


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--labels", type=int, default=867_000)
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("--loop-images", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scored", type=int, default=10_000)
    options = parser.parse_args()
    torch.set_num_threads(1)
    random = numpy.random.default_rng(1)
    table = lineages(options.labels, random)
    logits = random.normal(10.0, 6.0, (options.images, options.labels)).astype(numpy.float32)
    ours, scatter, loop = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        numpy.save(folder / "logits.npy", logits)
        numpy.save(folder / "lineages.npy", table.astype(numpy.float64))
        command = [options.program, "sums", folder / "logits.npy", folder / "lineages.npy", "1"]
        tensor, indices = torch.from_numpy(logits), [torch.from_numpy(table[:, rank]) for rank in range(6)]
        best = None
        for _ in range(options.runs):
            answer = json.loads(subprocess.run(command, check=True, capture_output=True, env={"RAYON_NUM_THREADS": "1"}).stdout)
            ours += answer["seconds"]
            start = time.perf_counter()
            probabilities = torch.softmax(tensor, dim=1)
            best = []
            for index, size in zip(indices, SIZES):
                sums = torch.zeros(options.images, size).scatter_add_(1, index.expand(options.images, -1), probabilities)
                best.append(sums.topk(min(5, size), dim=1))
            species = probabilities.topk(5, dim=1)
            scatter.append(time.perf_counter() - start)
        differences = []
        for image in range(options.images):
            for rank in range(6):
                name, p = answer["best"][image][rank]
                assert name == f"{RANKS[rank]}{best[rank].indices[image, 0]:07}", (image, rank)
                differences.append(abs(p - best[rank].values[image, 0].item()))
            assert answer["best"][image][6][0] == f"species{species.indices[image, 0]:07}"
    peer = Peer(table)
    for _ in range(options.runs):
        start = time.perf_counter()
        for image in range(options.loop_images):
            probabilities = torch.softmax(tensor[image], dim=0)
            for rank in RANKS:
                peer.format_grouped_probs("image", probabilities, Rank[rank.upper()])
        loop.append(time.perf_counter() - start)
    print(f"{options.labels} labels, six ranks and the best species, per image, one thread")
    print("| what | median | from | to | runs | times nearmiss |\n|---|---|---|---|---|---|")
    middle = row("nearmiss", ours, options.images)
    row("scatter_add", scatter, options.images, middle)
    row("pybioclip's loop", loop, options.loop_images, middle)
    print(f"the best taxa are the same; their probabilities differ by at most {max(differences):.1e}")
    # A tenth of the images for vectors in bf16: what counts there is the memory.
    for precision, images in (("fp32", options.scored), ("bf16", options.scored // 10)):
        if images:
            command = [options.program, "scores", "868000", "768", str(images), "256", precision]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            print(
                f"868 000 labels × 768 in {precision}, {answer['images']} images: "
                f"{answer['seconds']:.1f} s, peak {answer['peak_mib']:.0f} MiB"
            )


if __name__ == "__main__":
    main()
