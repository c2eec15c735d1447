"""Draws small images of every kind that photographs come in and writes what Pillow makes of them.

Usage: python tests/parity/make_pixels.py

Writes tests/fixtures/pixels/: the images, `expected.json` (sizes and SHA-256 of the RGB bytes as
stored and upright, and of the 224-pixel square), `NAME.bicubic` (bytes, 32 x 32 x 3) and
`NAME.squash` (little-endian float32, 3 x 12 x 12, normalised). Needs Pillow, numpy, torch, torchvision.
"""

import hashlib
import io
import json
import pathlib
import struct
import warnings
import zlib

import numpy
import PIL
import torch
import torchvision
from PIL import Image, ImageDraw, ImageOps
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "pixels"
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
BICUBIC, SQUASH = 32, 12

random = numpy.random.default_rng(20250109)


def drawing(width, height, noise=12):
    """Gradients, discs and lines in strong colours, with some noise."""
    across, down = numpy.meshgrid(numpy.linspace(0, 255, width), numpy.linspace(0, 255, height))
    image = Image.fromarray(numpy.stack([across, down, 255 - across], -1).astype(numpy.uint8))
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = random.integers(0, width), random.integers(0, height)
        radius = int(random.integers(2, max(3, min(width, height) // 2)))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
    pen.line([0, height, width, 0], fill=(255, 255, 255), width=2)
    array = numpy.asarray(image).astype(int) + random.integers(-noise, noise + 1, (height, width, 3))
    return Image.fromarray(array.clip(0, 255).astype(numpy.uint8))


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def jpeg(width, height, **options):
    return encoded(drawing(width, height), "JPEG", **{"quality": 88, **options})


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, interlaced=False):
    """A PNG that Pillow cannot write: 16 bits, or interlaced. samples: [height, width, channels]."""
    height, width = samples.shape[:2]
    kind = ">u2" if depth == 16 else ">u1"
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for x, y, across, down in passes:
        part = samples[y::down, x::across]
        if part.shape[1]:
            rows += b"".join(b"\0" + row.astype(kind).tobytes() for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def resampled(data, factors):
    """The same bits under other sampling factors of the luma: a picture as good as any for a decoder."""
    start = data.index(b"\xff\xc0")
    assert data[start + 9] == 3
    return data[: start + 11] + bytes([factors]) + data[start + 12 :]


def damaged(data):
    """Bits turned over in the middle of two stretches between restart markers, and one marker lost."""
    data = bytearray(data)
    restarts = [place for place in range(len(data) - 1) if data[place] == 0xFF and 0xD0 <= data[place + 1] <= 0xD7]
    for place in (restarts[1] + 9, restarts[4] + 12):
        data[place] ^= 0x5A
    del data[restarts[7] : restarts[7] + 2]
    return bytes(data)


def oriented(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def images():
    palette = drawing(29, 47).quantize(17)
    transparent = drawing(31, 43).convert("RGBA")
    transparent.putalpha(Image.fromarray(random.integers(0, 256, (43, 31), dtype=numpy.uint8)))
    grey_alpha = drawing(33, 19).convert("L").convert("LA")
    grey_alpha.putalpha(Image.fromarray(random.integers(0, 256, (19, 33), dtype=numpy.uint8)))
    sixteen = random.integers(0, 65536, (23, 41, 3))
    interlaced = numpy.asarray(drawing(35, 30))
    whole = jpeg(90, 70)
    yield "rgb_37x61.png", encoded(drawing(37, 61), "PNG")
    yield "rgb_extreme_5x203.png", encoded(drawing(5, 203), "PNG")
    yield "rgb_exactly_224x231.png", encoded(drawing(224, 231, noise=0), "PNG")
    yield "rgb_16_bit.png", png(sixteen, 16, 2)
    yield "grey_16_bit.png", png(random.integers(0, 65536, (17, 25, 1)), 16, 0)
    yield "interlaced.png", png(interlaced, 8, 2, interlaced=True)
    yield "palette_transparent.png", encoded(palette, "PNG", transparency=bytes(range(0, 255, 15)))
    yield "rgba.png", encoded(transparent, "PNG")
    yield "grey_alpha.png", encoded(grey_alpha, "PNG")
    yield "one_bit.png", encoded(drawing(27, 21).convert("1"), "PNG")
    yield "png_named.jpg", encoded(drawing(22, 26), "PNG")
    yield "jpeg_without_extension", jpeg(26, 22)
    yield "baseline_420_53x35.jpg", jpeg(53, 35, subsampling=2)
    yield "baseline_420_low_quality.jpg", jpeg(75, 66, subsampling=2, quality=15)
    yield "baseline_422_64x41.jpg", jpeg(64, 41, subsampling=1)
    yield "baseline_444_31x33.jpg", jpeg(31, 33, subsampling=0)
    yield "baseline_440_64x48.jpg", resampled(jpeg(64, 48, subsampling=1), 0x12)
    yield "baseline_411_64x48.jpg", resampled(jpeg(64, 48, subsampling=2), 0x41)
    yield "baseline_441_64x48.jpg", resampled(jpeg(64, 48, subsampling=2), 0x14)
    yield "baseline_3x5.jpg", jpeg(3, 5, subsampling=2)
    yield "progressive_47x59.jpg", jpeg(47, 59, progressive=True, subsampling=2)
    yield "progressive_444.jpg", jpeg(40, 25, progressive=True, subsampling=0, quality=97)
    yield "restarts.jpg", jpeg(70, 50, restart_marker_blocks=3)
    yield "restarts_damaged.jpg", damaged(jpeg(90, 70, restart_marker_blocks=2))
    yield "grey.jpg", encoded(drawing(45, 39).convert("L"), "JPEG")
    yield "rgb_components.jpg", encoded(drawing(34, 28), "JPEG", keep_rgb=True)
    yield "cmyk.jpg", encoded(drawing(38, 32).convert("CMYK"), "JPEG")
    yield "without_transform.jpg", jpeg(24, 24, subsampling=0).replace(b"JFIF\0", b"XXXX\0")
    for value in range(1, 9):
        yield f"orientation_{value}.jpg", jpeg(30, 20, exif=oriented(value))
    yield "bad_exif.jpg", jpeg(20, 30, exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    yield "trailing_bytes.jpg", jpeg(20, 22) + b"\0" * 50 + b"more"
    yield "truncated.jpg", whole[: len(whole) * 2 // 3]
    yield "truncated_progressive.jpg", (lambda data: data[: len(data) // 2])(jpeg(60, 60, progressive=True))
    yield "ends_early_but_properly.jpg", whole[: len(whole) // 2] + b"\xff\xd9"
    yield "header_only.jpg", whole[:40]
    yield "truncated.png", (lambda data: data[: len(data) // 2])(encoded(drawing(40, 40), "PNG"))
    yield "bad_checksum.png", (lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:])(encoded(drawing(20, 20), "PNG"))
    yield "lossy.webp", encoded(drawing(43, 37), "WEBP", quality=70)
    yield "lossless_alpha.webp", encoded(transparent, "WEBP", lossless=True, exact=True)
    yield "rgb.bmp", encoded(drawing(23, 29), "BMP")
    yield "palette.bmp", encoded(drawing(21, 18).quantize(16), "BMP")
    yield "palette.gif", encoded(drawing(36, 27).quantize(64), "GIF")
    yield "rgb_lzw.tif", encoded(drawing(28, 34), "TIFF", compression="tiff_lzw")
    yield "rgb_oriented.tif", encoded(drawing(28, 16), "TIFF", tiffinfo={274: 6})
    yield "grey_16_bit.tif", encoded(Image.fromarray(random.integers(0, 65536, (16, 12)).astype(numpy.uint16)), "TIFF")
    yield "cmyk.tif", encoded(drawing(24, 20).convert("CMYK"), "TIFF")
    yield "page_of_an_error.jpg", b"<!DOCTYPE html><html><head><title>404</title></head></html>"
    yield "photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    yield "empty.jpg", b""


def digest(array):
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()


def rgb(image):
    """Eight-bit RGB; 16-bit greys by their upper byte, where Pillow would cut them off at 255."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8)).convert("RGB")
    return image.convert("RGB")


def expected(name, data):
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception as error:
        return {"error": type(error).__name__}
    stored, upright = rgb(image), rgb(ImageOps.exif_transpose(image))
    square = Compose([Resize(224, InterpolationMode.BICUBIC), CenterCrop(224)])(stored)
    small = Compose([Resize(BICUBIC, InterpolationMode.BICUBIC), CenterCrop(BICUBIC)])(stored)
    squash = lambda side: Compose([ToTensor(), Resize((side, side), antialias=True), Normalize(MEAN, STD)])(stored).numpy()
    (OUT / f"{name}.bicubic").write_bytes(numpy.asarray(small).tobytes())
    (OUT / f"{name}.squash").write_bytes(squash(SQUASH).astype("<f4").tobytes())
    large = squash(224).astype(float)
    return {
        "mode": image.mode,
        "size": stored.size,
        "stored": digest(stored),
        "upright_size": upright.size,
        "upright": digest(upright),
        "bicubic_224": digest(square),
        "squash_224_mean": large.mean(),
        "squash_224_mean_square": (large**2).mean(),
    }


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    files = {}
    for name, data in images():
        (OUT / name).write_bytes(data)
        files[name] = expected(name, data)
    versions = {"Pillow": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__}
    text = json.dumps({"made_with": versions, "bicubic": BICUBIC, "squash": SQUASH, "files": files}, indent=1)
    (OUT / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
