"""Writes what Pillow, torchvision and torch make of photographs, for a comparison outside `make test`.

Usage: python tests/parity/pillow_parity.py OUT PHOTO_OR_FOLDER...
       NEARMISS_PIXELS_DIR=OUT cargo test --test it photographs_of_any_size -- --nocapture

Files that Pillow does not read are named and left out. Needs Pillow, numpy, torch, torchvision.
"""

import hashlib
import json
import pathlib
import sys
import warnings

import numpy
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

NORMALIZE = Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
BICUBIC = Compose([Resize(224, InterpolationMode.BICUBIC), CenterCrop(224), ToTensor(), NORMALIZE])
SQUASH = Compose([ToTensor(), Resize((224, 224), antialias=True), NORMALIZE])


def main(out, arguments):
    warnings.simplefilter("ignore")
    out.mkdir(parents=True, exist_ok=True)
    paths = [path for argument in arguments for path in (sorted(argument.rglob("*")) if argument.is_dir() else [argument])]
    index = []
    for path in (path for path in paths if path.is_file()):
        try:
            image = Image.open(path)
            stored = image.convert("RGB")
        except Exception as error:
            print(f"left out: {path}: {error}")
            continue
        name = f"{len(index):05}"
        for kind, transform in (("bicubic", BICUBIC), ("squash", SQUASH)):
            (out / f"{name}.{kind}").write_bytes(transform(stored).numpy().astype("<f4").tobytes())
        digest = hashlib.sha256(numpy.asarray(stored).tobytes()).hexdigest()
        index.append({"id": name, "path": str(path.resolve()), "mode": image.mode, "stored": digest})
    (out / "index.json").write_text(json.dumps(index, indent=1))
    print(f"{len(index)} photographs in {out}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), [pathlib.Path(argument) for argument in sys.argv[2:]])
