"""Times the image tower on a CUDA device; `benches/gpu.sh` calls it.

ViT-L/14 with seeded random weights in bf16: images a second, the share of the rate that a bf16 matrix product of
8192 × 8192 × 8192 reaches on the same device, and the smallest cosine with fp32 on the processor.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "parity"))
from make_fixtures import write_model
from open_clip_parity import seeded_model

NAME = "ViT-L-14"


def matrix_rate(size=8192, rounds=30):
    """Floating-point operations a second of a bf16 product."""
    a, b = (torch.randn(size, size, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    for _ in range(5):
        a @ b
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(rounds):
        a @ b
    torch.cuda.synchronize()
    return 2 * size**3 * rounds / (time.perf_counter() - start)


def operations(config):
    """Of one image: products of the blocks, of attention and of the patches."""
    vision = config["vision_cfg"]
    width, layers, patch, size = vision["width"], vision["layers"], vision["patch_size"], vision["image_size"]
    tokens = (size // patch) ** 2 + 1
    return 2 * (layers * (12 * tokens * width**2 + 2 * tokens**2 * width) + (tokens - 1) * 3 * patch**2 * width)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--batches", type=int, default=20)
    options = parser.parse_args()
    config, model = seeded_model(NAME)
    with tempfile.TemporaryDirectory() as folder:
        write_model(pathlib.Path(folder), config, model)

        def run(device, precision, batch, batches):
            vectors = pathlib.Path(folder) / f"{device}.npy"
            environment = dict(os.environ, NEARMISS_DEVICE=device, NEARMISS_VECTORS=str(vectors))
            command = [options.program, "images", folder, precision, "auto", str(batch), str(batches)]
            answer = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
            return json.loads(answer)["seconds"], numpy.load(vectors)

        seconds, _ = run("cuda", "bf16", options.batch, options.batches)
        cosines = [(run("cuda", kind, 16, 1)[1] * run("cpu", "fp32", 16, 1)[1]).sum(axis=1).min() for kind in ("fp32", "bf16")]
    rate = options.batch / statistics.median(seconds)
    share = rate * operations(config) / matrix_rate()
    print(f"{NAME}, bf16, batches of {options.batch}: {rate:.0f} images/s, {100 * share:.0f} % of the matrix rate")
    print(f"smallest cosine with fp32 on the processor: fp32 {cosines[0]:.7f}, bf16 {cosines[1]:.5f}")


if __name__ == "__main__":
    main()
