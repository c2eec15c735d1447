"""Writes damaged copies of the JPEGs among the fixtures, and what Pillow (libjpeg-turbo) makes of each.

Usage: python tests/parity/damaged_jpegs.py OUT [COUNT]
       NEARMISS_DAMAGED_DIR=OUT cargo test --test it damaged_jpegs -- --nocapture

The same copies each time. Needs Pillow.
"""

import hashlib
import io
import json
import pathlib
import random
import sys
import warnings

from PIL import Image

FIXTURES = pathlib.Path(__file__).parents[1] / "fixtures" / "pixels"


def damage(whole, chance):
    """One to three changes behind the first marker: a byte, a bit, a stretch lost, doubled or zeroed."""
    damaged = bytearray(whole)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        place = chance.randrange(3, len(damaged))
        length = min(chance.randrange(1, 40), len(damaged) - place)
        kind = chance.choice(["byte", "bit", "bit", "lost", "doubled", "zeroed", "marker"])
        if kind == "byte":
            damaged[place] = chance.randrange(256)
        elif kind == "bit":
            damaged[place] ^= 1 << chance.randrange(8)
        elif kind == "lost":
            del damaged[place : place + length]
        elif kind == "doubled":
            damaged[place:place] = damaged[place : place + length]
        elif kind == "zeroed":
            damaged[place : place + length] = bytes(length)
        else:
            damaged[place : place + 2] = bytes([255, chance.randrange(0xC0, 0xFF)])
    return bytes(damaged)


def theirs(data):
    """The digest of the pixels, or why there are none."""
    try:
        image = Image.open(io.BytesIO(data), formats=["JPEG"])
        return {"pixels": hashlib.sha256(image.convert("RGB").tobytes()).hexdigest(), "size": image.size}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(out, count):
    warnings.simplefilter("ignore")
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(14)
    originals = [path for path in sorted(FIXTURES.iterdir()) if path.suffix == ".jpg" and "error" not in theirs(path.read_bytes())]
    index = []
    for number in range(count):
        original = chance.choice(originals)
        data = damage(original.read_bytes(), chance)
        name = f"{number:05}.jpg"
        (out / name).write_bytes(data)
        index.append({"name": name, "original": original.name, **theirs(data)})
    (out / "index.json").write_text(json.dumps(index, indent=0))
    print(f"{count} files in {out}, {sum('pixels' in entry for entry in index)} of them read by Pillow")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
