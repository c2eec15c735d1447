"""Weights by a formula, for models that are too large to lie in the repository.

A tensor of that name holds, at place `i` from 0 in the order of its numbers, `offset + scale · u(i)` in single
precision, where `u(i) = (k − 2²³) / 2²³` of the upper 24 bits `k` of SplitMix64 at `seed + (i + 1) · 0x9E3779B97F4A7C15`
(Steele, Lea, Flood 2014), and `seed` is FNV-1a of 64 bits over the name. `scale` is a power of two, so that only the sum
rounds. `formula.json` of a folder lists `{name: {shape, scale, offset}}`.
"""

import json
import math

import numpy
import torch

from .noise import LOGIT_BIAS, LOGIT_SCALE

FILE = "formula.json"


def fnv(name):
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


def numbers(name, shape, scale, offset):
    count = math.prod(shape)
    with numpy.errstate(over="ignore"):
        mixed = numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15) + numpy.uint64(fnv(name))
        mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> numpy.uint64(31)
    unit = ((mixed >> numpy.uint64(40)).astype(numpy.int64) - 2**23).astype(numpy.float32) / numpy.float32(2**23)
    return torch.from_numpy(unit * numpy.float32(scale) + numpy.float32(offset)).reshape(tuple(shape))


def pixels(size):
    """`[3, 3, size, size]`, of the tensor that is called `pixels`."""
    return numbers("pixels", [3, 3, size, size], 2.0, 0.0)


def fill(model, folder):
    """Draws every tensor of the state by the formula and writes `formula.json`; no weights."""
    kinds = {}
    for prefix, module in model.named_modules():
        for name, _ in module.named_parameters(recurse=False):
            kinds[f"{prefix}.{name}".lstrip(".")] = type(module).__name__
    formula, state = {}, model.state_dict()
    for name, tensor in state.items():
        own = name.rsplit(".", 1)[-1]
        scale, offset = 0.125, 0.0
        if name in ("logit_scale", "logit_bias"):
            scale, offset = 0.0, LOGIT_SCALE if name == "logit_scale" else LOGIT_BIAS
        elif "Norm" in kinds[name] and own == "weight":
            scale, offset = 0.25, 1.0
        elif "LayerScale" in kinds[name]:
            scale, offset = 0.25, 0.5
        elif tensor.ndim >= 2 and "mbed" not in own and own not in ("latent", "cls_token", "reg_token") and kinds[name] != "Embedding":
            inputs = tensor.shape[0] if own == "text_projection" else tensor[0].numel()
            scale = 2.0 ** round(math.log2(1.7 / inputs**0.5))
            # Patches speak up, or all images would be alike beside what is added to each.
            scale *= 4 if tensor.ndim == 4 else 1
        formula[name] = dict(shape=list(tensor.shape), scale=scale, offset=offset)
        state[name] = numbers(name, **formula[name])
    model.load_state_dict(state)
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in formula.items())
    (folder / FILE).write_text("{\n" + lines + "\n}\n")
    return model.eval()
