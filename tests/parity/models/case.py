"""A small model of one kind: what is written of it, and what it makes of pixels and texts."""

import dataclasses
import json
import pathlib
import time
from typing import Callable, Optional

import torch
from safetensors.torch import save_file

from . import formula

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "models"


@dataclasses.dataclass
class Outputs:
    """What a model makes of pixels or token ids."""

    images: Optional[torch.Tensor] = None
    """`[3, D]`, as they are compared: unit vectors."""
    raw: Optional[torch.Tensor] = None
    """`[3, D]`, before they are made units; what a class layer reads."""
    classes: Optional[torch.Tensor] = None
    """`[3, C]` logits of classes."""
    texts: Optional[torch.Tensor] = None
    """`[n, D]`: unit vectors, but as they are for DPR."""


@dataclasses.dataclass
class Case:
    """A model to be written into a folder of that name."""

    name: str
    save: Callable[[pathlib.Path], None]
    """Writes the folder as the publishing program does."""
    parameters: Callable[[], dict]
    """Every tensor of the files by its name there, to be altered in place."""
    outputs: Callable[[Optional[torch.Tensor], Optional[list]], Outputs]
    """What comes out for pixels and for rows of token ids."""
    image_size: Optional[int] = None
    tokens: Optional[list] = None
    """Rows of a text, or None where ids are no text, and its ids without padding."""
    classes: tuple = ()
    hidden: Optional[Callable[[Optional[torch.Tensor], Optional[list]], dict]] = None
    """Outputs of the blocks, `image.N` and `text.N`, `[B, T, width]`."""
    formula: bool = False
    """Whether the weights are by a formula: every tensor is taken to be used."""


def compute(case, pixels):
    with torch.no_grad():
        return case.outputs(pixels, [ids for _, ids in case.tokens] if case.tokens else None)


def write_outputs(case, folder):
    """Writes the folder and what comes out; gives the pixels, what came out, and the seconds that took."""
    folder.mkdir(parents=True, exist_ok=True)
    case.save(folder)
    pixels = formula.pixels(case.image_size) if case.image_size else None
    start = time.perf_counter()
    outputs = compute(case, pixels)
    seconds = time.perf_counter() - start
    save_outputs(case, folder, {name: tensor for name, tensor in vars(outputs).items() if tensor is not None})
    return pixels, outputs, seconds


def save_outputs(case, folder, tensors):
    """Writes what came out and the texts that went in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "expected.safetensors"
    save_file({name: tensor.contiguous().float() for name, tensor in tensors.items()}, path)
    path.chmod(0o644)
    if case.tokens:
        lines = ",\n".join(json.dumps(row, ensure_ascii=True) for row in case.tokens)
        (folder / "texts.json").write_text(f"[\n{lines}\n]\n")


def write(case, root=FIXTURES):
    """Writes the folder, what comes out, and which tensors change nothing."""
    folder = root / case.name
    pixels, outputs, _ = write_outputs(case, folder)
    parameters = case.parameters()
    scales = {name: parameters[name].item() for name in ("logit_scale", "logit_bias") if name in parameters}
    unused = sorted(without_effect(case, parameters, pixels, outputs))
    facts = dict(unused=unused, classes=list(case.classes)) | scales
    (folder / "expected.json").write_text(json.dumps(facts, indent=1) + "\n")
    if case.hidden:
        with torch.no_grad():
            states = case.hidden(pixels, [ids for _, ids in case.tokens] if case.tokens else None)
        save_file({name: tensor.contiguous() for name, tensor in states.items()}, folder / "hidden.safetensors")
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    for path in folder.glob("tokenizer.json"):
        path.write_text(json.dumps(json.loads(path.read_text()), separators=(",", ":")) + "\n")
    spreads = [f"{name} {tensor.std(0).mean():.3f}" for name, tensor in vars(outputs).items() if tensor is not None]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{case.name}: {size / 1000:.0f} kB, spread of {', '.join(spreads)}, unused {unused}", flush=True)


def without_effect(case, parameters, pixels, outputs):
    """Names of tensors whose change leaves every number as it is, to the last bit."""
    if case.formula:
        return []
    generator = torch.Generator().manual_seed(6)
    weak, unused = [], []
    for name, tensor in parameters.items():
        if name in ("logit_scale", "logit_bias"):
            continue
        kept = tensor.detach().clone()
        with torch.no_grad():
            tensor.add_(0.3 * kept.float().std().nan_to_num(1.0).clamp(min=0.1) * torch.randn(tensor.shape, generator=generator))
        changed = [
            (old - new).abs().max().item()
            for old, new in zip(vars(outputs).values(), vars(compute(case, pixels)).values())
            if old is not None
        ]
        with torch.no_grad():
            tensor.copy_(kept)
        if max(changed) == 0.0:
            unused.append(name)
        elif max(changed) < 1e-3:
            weak.append(f"{name} {max(changed):.0e}")
    # Offsets of keys change nothing but roundings: a constant goes out of a softmax.
    weak = [name for name in weak if not any(part in name for part in ("key.bias", "k_proj.bias"))]
    if weak:
        print(f"  {case.name}: tensors of little effect: {', '.join(weak)}")
    again = compute(case, pixels)
    assert all(old is None or torch.equal(old, new) for old, new in zip(vars(outputs).values(), vars(again).values()))
    return unused


def unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


def padded(rows, length, padding):
    """`[n, length]` of the rows with padding after them."""
    ids = torch.full((len(rows), length), padding, dtype=torch.long)
    for row, text in enumerate(rows):
        ids[row, : len(text)] = torch.tensor(text)
    return ids
