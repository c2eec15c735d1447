"""Writes what Pillow's `draft` makes of the JPEG images in tests/fixtures/pixels.

Usage: python tests/parity/make_scaled.py

Writes tests/fixtures/scaled.json: per file and side of a square the reduction (a half, a quarter or an
eighth, the smallest picture whose shorter side still is twice that of the square) and the SHA-256 of the
square that Pillow resizes from it, with the box that the whole picture has there (parts of pixels
included). Needs Pillow and numpy.
"""

import hashlib
import io
import json
import pathlib
import warnings

import numpy
import PIL
from PIL import Image

PIXELS = pathlib.Path(__file__).parent.parent / "fixtures" / "pixels"
OUT = PIXELS.parent / "scaled.json"


def margin(length, size):
    return round((length - size) / 2)


def square(image, full, reduction, size):
    shortest = min(full)
    width, height = (size * side // shortest for side in full)
    small = image.resize((width, height), Image.BICUBIC, box=(0, 0, full[0] / reduction, full[1] / reduction))
    left, top = margin(width, size), margin(height, size)
    return small.crop((left, top, left + size, top + size))


def main():
    warnings.simplefilter("ignore")
    files = {}
    for path in sorted(PIXELS.iterdir()):
        data = path.read_bytes()
        if not data.startswith(b"\xff\xd8\xff"):
            continue
        squares = []
        for size in range(1, 24):
            try:
                image = Image.open(io.BytesIO(data))
                full = image.size
                # The largest reduction that leaves the shorter side twice the square.
                reduction = next((by for by in (8, 4, 2) if min(full) // by >= 2 * size), 1)
                if reduction == 1:
                    break
                # `draft` takes the largest reduction that leaves both sides as asked.
                image.draft(None, (full[0] // reduction, full[1] // reduction))
                image.load()
            except Exception:
                break
            assert image.size == tuple(-(-side // reduction) for side in full), (path, image.size, reduction)
            bytes = numpy.asarray(square(image.convert("RGB"), full, reduction, size)).tobytes()
            squares.append({"size": size, "reduction": reduction, "square": hashlib.sha256(bytes).hexdigest()})
        if squares:
            files[path.name] = squares
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(squares)}" for name, squares in files.items())
    OUT.write_text(f'{{"made_with": {{"Pillow": "{PIL.__version__}"}}, "files": {{\n{rows}\n}}}}\n')
    print(f"{sum(map(len, files.values()))} squares of {len(files)} files")


if __name__ == "__main__":
    main()
