"""Times the encoder against open_clip: images in fp32 and bf16, names of 10 000 species.

    cargo bench --bench encoder --no-run
    python3 benches/time_encoder.py target/release/deps/encoder-HASH [--rounds 5] [--names FILE]

ViT-B/16 with seeded random weights (tests/parity/open_clip_parity.py --write-model). Images: batches of 16 random
pictures, in turns, a process each time, the first batch not counted; open_clip's bf16 is its `precision="bf16"`.
Names: `a photo of` with the kingdom to the species of 10 000 species, drawn with a seed from a tree of the shape of iNaturalist
2021's (or the lines of FILE); open_clip reads them in batches of 128 × 77 tokens, on a part of them that is said. The vectors are
compared: largest difference in fp32, smallest cosine in bf16.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import open_clip
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "parity"))
from make_fixtures import write_model
from open_clip_parity import seeded_model

NAME = "ViT-B-16"
# Taxa of each rank from kingdom to species; iNaturalist 2021 has 3, 13, 51, 273, 1 103, 4 884 and 10 000.
SIZES = [3, 13, 51, 273, 1_103, 4_884, 10_000]
SYLLABLES = ["a", "ra", "chi", "no", "pte", "ra", "lo", "mi", "cus", "ti", "da", "phyl", "xe", "ne", "o", "gra", "ster", "lu", "ba", "ri", "um", "ella"]


def species(seed=1):
    """Lineages of imaginary taxa: words of two to five syllables, as many taxa of each rank as there are."""
    random = numpy.random.default_rng(seed)

    def word(capital):
        text = "".join(random.choice(SYLLABLES, random.integers(2, 6)))
        return text.capitalize() if capital else text

    above = [[]]
    for level, size in enumerate(SIZES):
        parents = numpy.sort(numpy.concatenate([numpy.arange(len(above)), random.integers(0, len(above), size - len(above))]))
        above = [above[parent] + [word(level < 6)] for parent in parents]
    return [f"a photo of {' '.join(lineage)}." for lineage in above]


def ours(program, *arguments):
    return json.loads(subprocess.run([program, *map(str, arguments)], check=True, capture_output=True).stdout)


def row(what, seconds, count, unit, ratio=None):
    low, middle, high = (count / value for value in (max(seconds), statistics.median(seconds), min(seconds)))
    print(f"| {what} | {middle:.3g} {unit} | {low:.3g} | {high:.3g} | {len(seconds)} | {ratio or 1:.2f} |", flush=True)
    return middle


def images(program, folder, rounds, batch):
    _, model = seeded_model(NAME)
    half = open_clip.create_model(NAME, pretrained=None, precision="bf16").eval()
    half.load_state_dict(model.state_dict())
    pixels = torch.randn(batch, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    flags = pathlib.Path("/proc/cpuinfo").read_text() if pathlib.Path("/proc/cpuinfo").exists() else ""
    native = "avx512_bf16" in flags or "amx_bf16" in flags
    if not native:
        print("this processor has no bf16 of its own: bf16 is not measured")
    print("| what | median | from | to | runs | times open_clip fp32 |\n|---|---|---|---|---|---|")
    kinds = {
        "nearmiss fp32, as chosen": lambda: ours(program, "images", folder, "fp32", "auto", batch, 1)["seconds"],
        "nearmiss fp32, products": lambda: ours(program, "images", folder, "fp32", "product", batch, 1)["seconds"],
        "nearmiss fp32, convolutions": lambda: ours(program, "images", folder, "fp32", "convolution", batch, 1)["seconds"],
        "nearmiss bf16, products": lambda: ours(program, "images", folder, "bf16", "product", batch, 1)["seconds"],
        "nearmiss bf16, convolutions": lambda: ours(program, "images", folder, "bf16", "convolution", batch, 1)["seconds"],
        "open_clip fp32": lambda: [timed(lambda: model.encode_image(pixels))],
        "open_clip bf16": lambda: [timed(lambda: half.encode_image(pixels.bfloat16()))],
    }
    kinds = {kind: measure for kind, measure in kinds.items() if native or "bf16" not in kind}
    seconds = {kind: [] for kind in kinds}
    with torch.no_grad():
        model.encode_image(pixels)
        if native:
            half.encode_image(pixels.bfloat16())
        for _ in range(rounds):
            for kind, measure in kinds.items():
                seconds[kind] += measure()
    base = batch / statistics.median(seconds["open_clip fp32"])
    for kind, values in seconds.items():
        row(f"images, {kind}", values, batch, "/s", batch / statistics.median(values) / base)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def labels(program, folder, rounds, prompts, part):
    _, model = seeded_model(NAME)
    tokenizer = open_clip.get_tokenizer(NAME)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        (temporary / "prompts.txt").write_text("\n".join(prompts) + "\n")
        found, theirs = [], []
        indices = numpy.linspace(0, len(prompts) - 1, part).astype(int)
        tokens = tokenizer([prompts[index] for index in indices])
        vectors = None
        with torch.no_grad():
            for _ in range(rounds):
                found += ours(program, "labels", folder, "fp32", "auto", temporary / "prompts.txt", temporary / "v.npy")["seconds"]
                start = time.perf_counter()
                vectors = torch.cat([model.encode_text(batch, normalize=True) for batch in tokens.split(128)])
                theirs.append(time.perf_counter() - start)
        mine = numpy.load(temporary / "v.npy")[indices]
    used = (tokens != 0).sum().item() / part
    print(f"{len(prompts)} names, {used:.1f} tokens each; open_clip on {part} of them")
    base = part / statistics.median(theirs)
    row("names, nearmiss fp32", found, len(prompts), "/s", len(prompts) / statistics.median(found) / base)
    row("names, open_clip fp32", theirs, part, "/s", 1.0)
    print(f"largest difference of the vectors: {numpy.abs(mine - vectors.numpy()).max():.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--names", type=pathlib.Path)
    parser.add_argument("--part", type=int, default=512)
    options = parser.parse_args()
    prompts = options.names.read_text().splitlines() if options.names else species()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_model(folder, *seeded_model(NAME))
        images(options.program, folder, options.rounds, options.batch)
        labels(options.program, folder, options.rounds, prompts, options.part)


if __name__ == "__main__":
    main()
