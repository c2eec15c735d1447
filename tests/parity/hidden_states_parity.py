"""Compares pooled hidden states with open_clip's, by forward hooks on its residual blocks.

    pip install open_clip_torch==3.2.0 torch==2.11.0
    python tests/parity/hidden_states_parity.py                     ViT-B/16 and ViT-L/14; outside `make test`
    python tests/parity/hidden_states_parity.py --write-fixtures    tests/fixtures/encoder/*/hidden.safetensors

The first form writes a seeded model to a temporary folder with inputs and the outputs of all
blocks of both towers (`image.N` and `text.N`, `[B, T, width]`), runs
`cargo test --test it hidden_parity` on it, and prints the largest differences of every way of
pooling. Arguments after `--` go to cargo. The second form writes the same outputs for the tiny
models of `make_fixtures.py`, from the weights that lie there.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import open_clip
import torch
from open_clip.model import CLIP, CustomTextCLIP
from safetensors.torch import load_file, save_file

from make_fixtures import FIXTURES, KINDS, write_model
from open_clip_parity import seeded_model

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = 4
NAMES = ["Puma concolor", "Apis mellifera", "Animalia Chordata Aves Passeriformes Paridae Parus major", "a"]


def outputs_of_blocks(tower, forward):
    """What every block of a transformer puts out while `forward` runs."""
    outputs = []
    hooks = [block.register_forward_hook(lambda _, __, output: outputs.append(output)) for block in tower.resblocks]
    with torch.no_grad():
        forward()
    for hook in hooks:
        hook.remove()
    assert len(outputs) == len(tower.resblocks)
    return outputs if tower.batch_first else [output.transpose(0, 1) for output in outputs]


def hidden_states(model, pixels, ids):
    text = model.text.transformer if hasattr(model, "text") else model.transformer
    towers = dict(
        image=outputs_of_blocks(model.visual.transformer, lambda: model.encode_image(pixels)),
        text=outputs_of_blocks(text, lambda: model.encode_text(ids)),
    )
    assert all(len(output) == len(ids) for output in towers["text"])
    return {f"{tower}.{block}": output.contiguous() for tower, outputs in towers.items() for block, output in enumerate(outputs)}


def write_fixture(name):
    folder = FIXTURES / name
    config = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
    kind = CustomTextCLIP if config.pop("custom_text", False) else CLIP
    model = kind(**config).eval()
    pickle = folder / "open_clip_pytorch_model.bin"
    state = torch.load(pickle) if pickle.is_file() else load_file(folder / "open_clip_model.safetensors")
    model.load_state_dict({key: tensor.float() for key, tensor in state.items()})
    io = load_file(folder / "io.safetensors")
    # These weights make these embeddings: the hidden states are of the same model.
    with torch.no_grad():
        assert torch.allclose(model.encode_image(io["pixels"], normalize=True), io["images"], atol=1e-5)
    save_file(hidden_states(model, io["pixels"], io["ids"]), folder / "hidden.safetensors")


def write_case(folder, name):
    config, model = seeded_model(name)
    write_model(folder, config, model)
    size = config["vision_cfg"]["image_size"]
    generator = torch.Generator().manual_seed(9)
    pixels = torch.randn(IMAGES, 3, size, size, generator=generator)
    ids = open_clip.get_tokenizer(name)(NAMES)
    with torch.no_grad():
        images, texts = model.encode_image(pixels, normalize=True), model.encode_text(ids, normalize=True)
    io = dict(pixels=pixels, ids=ids, images=images, texts=texts)
    save_file({key: tensor.contiguous() for key, tensor in io.items()}, folder / "io.safetensors")
    save_file(hidden_states(model, pixels, ids), folder / "hidden.safetensors")


def main():
    arguments, cargo = sys.argv[1:], []
    if "--" in arguments:
        cargo = arguments[arguments.index("--") + 1 :]
        arguments = arguments[: arguments.index("--")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write-fixtures", action="store_true", help="write the fixtures and stop")
    parser.add_argument("--models", nargs="+", default=["ViT-B-16", "ViT-L-14"], metavar="NAME")
    options = parser.parse_args(arguments)
    if options.write_fixtures:
        for name in KINDS:
            write_fixture(name)
        return
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            write_case(pathlib.Path(folder), name)
            command = ["cargo", "test", "--test", "it", *cargo, "hidden_parity", "--", "--nocapture"]
            environment = dict(os.environ, NEARMISS_PARITY_DIR=folder)
            subprocess.run(command, cwd=HERE.parent.parent, env=environment, check=True)


if __name__ == "__main__":
    main()
