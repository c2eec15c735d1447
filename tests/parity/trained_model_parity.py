"""Loads a model that nearmiss trained in open_clip, and compares embeddings; outside `make test`.

    pip install open_clip_torch==3.2.0 torch==2.11.0 pyarrow pillow
    nearmiss train config.toml -o MODEL
    nearmiss classify --model MODEL --taxonomy T --manifest atlas/manifest.csv --recipe single -o RUN
    python tests/parity/trained_model_parity.py MODEL RUN PHOTOGRAPHS

Prints the largest differences between the unit vectors of the run and those of open_clip, and
fails above 1e-4.
"""

import argparse
import pathlib

import numpy
import open_clip
import pyarrow.parquet
import torch
from PIL import Image

LIMIT = 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("photographs", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=200)
    arguments = parser.parse_args()
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{arguments.model.resolve()}")
    model.eval()
    tokenizer = open_clip.get_tokenizer(f"local-dir:{arguments.model.resolve()}")
    images = pyarrow.parquet.read_table(arguments.run / "images.parquet").to_pylist()[: arguments.images]
    labels = pyarrow.parquet.read_table(arguments.run / "labels.parquet").to_pylist()
    pixels = torch.stack([preprocess(Image.open(arguments.photographs / row["image"]).convert("RGB")) for row in images])
    with torch.no_grad():
        ours = numpy.array([row["embedding"] for row in images])
        theirs = model.encode_image(pixels, normalize=True).numpy()
        image_gap = float(numpy.abs(ours - theirs).max())
        texts = [" ".join(row[rank] for rank in RANKS if row.get(rank)) for row in labels]
        ours = numpy.array([row["embedding"] for row in labels])
        theirs = model.encode_text(tokenizer([f"a photo of {text}." for text in texts]), normalize=True).numpy()
        text_gap = float(numpy.abs(ours - theirs).max())
    print(f"{len(images)} images: largest difference {image_gap:.2e}")
    print(f"{len(labels)} labels: largest difference {text_gap:.2e}")
    if max(image_gap, text_gap) > LIMIT:
        raise SystemExit(f"more than {LIMIT}")


# The genus is the first word of the species.
RANKS = ["kingdom", "phylum", "class", "order", "family", "species"]

main()
