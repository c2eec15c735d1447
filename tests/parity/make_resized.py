"""Writes what Pillow makes of small images by every way that a model's configuration may ask for.

Usage: python tests/parity/make_resized.py

Reads the images of tests/fixtures/pixels that Pillow opens and writes tests/fixtures/resized.json: per image and way the
SHA-256 of the square of 32 pixels, row by row, red, green and blue of each pixel. Needs Pillow before 13, numpy, torch,
torchvision: Pillow 13 resamples tall pictures down the columns first, which moves single pixels by 1/255.
"""

import hashlib
import json
import pathlib
import warnings

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
SIZE = 32
WAYS = [
    ("shortest-crop", "shortest", InterpolationMode.BICUBIC, None),
    ("squash-bicubic", "squash", InterpolationMode.BICUBIC, None),
    ("squash-bilinear", "squash", InterpolationMode.BILINEAR, None),
    ("squash-bicubic-37", "squash", InterpolationMode.BICUBIC, 37),
    ("shortest-bilinear", "shortest", InterpolationMode.BILINEAR, None),
    ("shortest-bilinear-37", "shortest", InterpolationMode.BILINEAR, 37),
    ("shortest-bicubic-35", "shortest", InterpolationMode.BICUBIC, 35),
    ("shortest-bicubic-35-floor", "shortest", InterpolationMode.BICUBIC, 35),
]


def rgb(image):
    """Eight-bit RGB; 16-bit greys by their upper byte, where Pillow would cut them off at 255."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8)).convert("RGB")
    return image.convert("RGB")


def centre(image, smaller):
    """torchvision's centre, or that of transformers' image processors: `int((height - size) / 2)`."""
    if not smaller:
        return CenterCrop(SIZE)(image)
    left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2
    return image.crop((left, top, left + SIZE, top + SIZE))


def main():
    warnings.simplefilter("ignore")
    assert int(PIL.__version__.split(".")[0]) < 13, "Pillow 13 resamples tall pictures in another order"
    known = json.loads((FIXTURES / "pixels" / "expected.json").read_text())["files"]
    files = {}
    for name in (name for name, expected in known.items() if "error" not in expected):
        image = rgb(Image.open(FIXTURES / "pixels" / name))
        squares = {}
        for way, fit, filter_, side in WAYS:
            side = side or SIZE
            resized = Resize(side if fit == "shortest" else (side, side), filter_)(image)
            square = numpy.asarray(centre(resized, way.endswith("-floor")))
            squares[way] = hashlib.sha256(numpy.ascontiguousarray(square).tobytes()).hexdigest()
        files[name] = squares
    versions = {"Pillow": PIL.__version__, "torchvision": torchvision.__version__}
    text = json.dumps({"made_with": versions, "size": SIZE, "files": files}, indent=1)
    (FIXTURES / "resized.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
