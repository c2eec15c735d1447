"""Compares the encoder with open_clip at full size; outside `make test`.

    pip install open_clip_torch==3.2.0 torch==2.11.0
    python tests/parity/open_clip_parity.py                     ViT-B/16, ViT-L/14 and 2 000 names
    python tests/parity/open_clip_parity.py --write-model ViT-B-16 DIR

The second form writes a model directory with seeded random weights, for trying the program out:
such a model guesses. The first writes one to a temporary folder with inputs and open_clip's
outputs, runs `cargo test --test it parity` on it, and prints the largest differences. Arguments
after `--` go to cargo.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import open_clip
import torch
from safetensors.torch import save_file

from make_fixtures import write_model
from names import awkward_names, broken_names, species_names

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = 10


def seeded_model(name, seed=0):
    """The architecture of that name with open_clip's own initialisation, seeded."""
    torch.manual_seed(seed)
    config = open_clip.get_model_config(name)
    model = open_clip.create_model(name, pretrained=None, precision="fp32").eval()
    generator = torch.Generator().manual_seed(seed)
    # open_clip begins with biases of 0 and norms of 1: noise there tells them apart.
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if parameter.ndim == 1 and key != "logit_scale":
                parameter.add_(0.02 * torch.randn(parameter.shape, generator=generator))
    return config, model


def write_texts(folder, tokenizer):
    clean = species_names(2000, seed=1)
    texts = clean + broken_names(species_names(2000, seed=2), seed=3) + awkward_names()
    ids = [row[: len(row) - row[::-1].index(49407)] for row in tokenizer(texts).tolist()]
    (folder / "texts.json").write_text(json.dumps([[text, row] for text, row in zip(texts, ids)]))
    return ids[:64]


def write_case(folder, name):
    config, model = seeded_model(name)
    write_model(folder, config, model)
    generator = torch.Generator().manual_seed(9)
    size = config["vision_cfg"]["image_size"]
    pixels = torch.rand(IMAGES, 3, size, size, generator=generator)
    # Coarse blotches, so that the images differ as photographs do and not as noise does.
    blotches = torch.randn(IMAGES, 3, 7, 7, generator=generator)
    pixels = 0.3 * pixels + torch.nn.functional.interpolate(blotches, size=(size, size), mode="bicubic")
    ids = write_texts(folder, open_clip.get_tokenizer(name))
    padded = torch.zeros(len(ids), 77, dtype=torch.long)
    for row, text in enumerate(ids):
        padded[row, : len(text)] = torch.tensor(text)
    start = time.perf_counter()
    with torch.no_grad():
        images, texts = model.encode_image(pixels, normalize=True), model.encode_text(padded, normalize=True)
    print(f"{name}: open_clip took {time.perf_counter() - start:.1f} s", flush=True)
    io = dict(pixels=pixels, ids=padded, images=images, texts=texts)
    save_file({key: tensor.contiguous() for key, tensor in io.items()}, folder / "io.safetensors")


def main():
    arguments, cargo = sys.argv[1:], []
    if "--" in arguments:
        cargo = arguments[arguments.index("--") + 1 :]
        arguments = arguments[: arguments.index("--")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write-model", nargs=2, metavar=("NAME", "DIR"), help="write a seeded model and stop")
    parser.add_argument("--models", nargs="+", default=["ViT-B-16", "ViT-L-14"], metavar="NAME")
    options = parser.parse_args(arguments)
    if options.write_model:
        name, folder = options.write_model
        write_model(pathlib.Path(folder), *seeded_model(name))
        return
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            write_case(pathlib.Path(folder), name)
            command = ["cargo", "test", "--test", "it", *cargo, "parity", "--", "--nocapture", "--test-threads=1"]
            environment = dict(os.environ, NEARMISS_PARITY_DIR=folder)
            subprocess.run(command, cwd=HERE.parent.parent, env=environment, check=True)


if __name__ == "__main__":
    main()
