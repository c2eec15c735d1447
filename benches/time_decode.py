"""Times decoding and preprocessing of 12-megapixel JPEGs against Pillow and torchvision, on one core.

    cargo bench --package nearmiss --bench photographs --no-run
    python3 benches/time_decode.py target/release/deps/photographs-HASH PHOTO.jpg... [--runs 7]

Every photograph is enlarged to 4032 x 3024, given the noise of a sensor (standard deviation 4 in light,
1.5 in each colour, seeded) and saved at quality 90 and 75, with and without subsampled colours, and once
progressive. In each round both programs read each file once, after one reading that is not counted:
nearmiss exactly and scaled, Pillow with `convert("RGB")` and open_clip's evaluation transform (shortest
side to 224 bicubic, centre crop, tensor, normalised), one thread. Seconds are of the processor, so
that other programs do not count. The sums of the numbers are compared.
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
import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

NORMALIZE = Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
BICUBIC = Compose([Resize(224, InterpolationMode.BICUBIC), CenterCrop(224), ToTensor(), NORMALIZE])
KINDS = [
    ("quality 90, 4:2:0", {"quality": 90, "subsampling": 2}),
    ("quality 90, 4:4:4", {"quality": 90, "subsampling": 0}),
    ("quality 75, 4:2:0", {"quality": 75, "subsampling": 2}),
    ("quality 75, 4:4:4", {"quality": 75, "subsampling": 0}),
    ("quality 90, 4:2:0, progressive", {"quality": 90, "subsampling": 2, "progressive": True}),
]


def enlarged(path):
    random = numpy.random.default_rng(1)
    image = Image.open(path).convert("RGB").resize((4032, 3024), Image.LANCZOS)
    light = random.normal(0, 4, (3024, 4032, 1)) + random.normal(0, 1.5, (3024, 4032, 3))
    return Image.fromarray((numpy.asarray(image) + light).clip(0, 255).astype(numpy.uint8))


def theirs(path):
    start = time.thread_time()
    numbers = BICUBIC(Image.open(path).convert("RGB"))
    return time.thread_time() - start, numbers


def ours(program, path, kind):
    # Of two runs the second: Pillow's memory is there, too.
    command = [program, "--file", path, "--runs", "2", "--only", kind]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[kind]
    return said["seconds"][1], said["sum"]


def row(what, seconds, peer):
    low, middle, high = (1000 * value for value in (min(seconds), statistics.median(seconds), max(seconds)))
    print(f"| {what} | {middle:.0f} ms | {low:.0f} | {high:.0f} | {len(seconds)} | {statistics.median(peer) / statistics.median(seconds):.2f} |")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photographs")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| file | median | from | to | runs | times as fast as Pillow |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, save in KINDS:
            paths = []
            for number, file in enumerate(options.files):
                paths.append(pathlib.Path(folder) / f"{number}.jpg")
                enlarged(file).save(paths[-1], **save)
            seconds = {"Pillow and torchvision": [], "nearmiss, exact": [], "nearmiss, scaled": []}
            for path in paths:
                theirs(path)
            for _ in range(options.runs):
                for path in paths:
                    second, numbers = theirs(path)
                    seconds["Pillow and torchvision"].append(second)
                    for decoding in ("exact", "scaled"):
                        second, total = ours(options.photographs, path, decoding)
                        seconds[f"nearmiss, {decoding}"].append(second)
                        if decoding == "exact" and abs(total - float(numbers.double().sum())) > 1e-3:
                            sys.exit(f"{path}: {total} and {float(numbers.double().sum())}")
            for what, values in seconds.items():
                row(f"{kind}: {what}", values, seconds["Pillow and torchvision"])


if __name__ == "__main__":
    main()
