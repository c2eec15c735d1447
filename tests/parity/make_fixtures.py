"""Writes tests/fixtures/encoder: tiny seeded open_clip models, inputs, and what open_clip makes of them.

Run it again only when a fixture has to change:

    pip install open_clip_torch==3.2.0 torch==2.11.0
    python tests/parity/make_fixtures.py

Each model is a directory as open_clip publishes it, with `io.safetensors` beside the weights:
`pixels` [B, 3, S, S], `ids` [B, T] (end token largest, zeros after it), and the unit embeddings
`images` [B, D] and `texts` [B, D] that open_clip computes in fp32. `labels` has a vocabulary of
its own and label embeddings. `names.json` holds texts and their token ids.
"""

import collections
import gzip
import json
import pathlib

import open_clip
import torch
from open_clip.model import CLIP, CustomTextCLIP
from open_clip.tokenizer import SimpleTokenizer
from safetensors.torch import save_file

from names import awkward_names, species_names

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures" / "encoder"

# The kinds differ in activation, width of the heads, count of patches, batch, and file.
KINDS = {
    "gelu": dict(
        embed_dim=12,
        vision_cfg=dict(image_size=24, layers=2, width=64, patch_size=8),
        text_cfg=dict(context_length=11, vocab_size=50, width=32, heads=4, layers=2),
    ),
    "quickgelu": dict(
        embed_dim=8,
        quick_gelu=True,
        vision_cfg=dict(image_size=28, layers=1, width=32, head_width=16, patch_size=14),
        text_cfg=dict(context_length=7, vocab_size=40, width=24, heads=3, layers=1),
    ),
    # Heads of another width than 64, as in ViT-H/14, and an image that is no whole number of patches.
    "head_width_24": dict(
        embed_dim=16,
        vision_cfg=dict(image_size=30, layers=1, width=48, head_width=24, patch_size=14, mlp_ratio=1.5),
        text_cfg=dict(context_length=9, vocab_size=30, width=16, heads=1, layers=2, mlp_ratio=2.5),
    ),
    # The text tower under `text.`.
    "custom_text": dict(
        embed_dim=6,
        custom_text=True,
        vision_cfg=dict(image_size=16, layers=1, width=64, head_width=16, patch_size=8),
        text_cfg=dict(context_length=8, vocab_size=20, width=16, heads=2, layers=1),
    ),
}


def seeded_model(config, seed):
    """A model whose every tensor is random, biases and norms too, so that none can be mixed up."""
    config = dict(config)
    kind = CustomTextCLIP if config.pop("custom_text", False) else CLIP
    model = kind(**config).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith(("ln_1.weight", "ln_2.weight", "ln_pre.weight", "ln_post.weight", "ln_final.weight")):
                parameter.copy_(1 + 0.2 * noise)
            elif parameter.ndim >= 2 and "embedding" not in name:
                fan_in = parameter[0].numel() if "proj" not in name.rsplit(".", 1)[-1] else parameter.shape[0]
                parameter.copy_(noise * 1.5 / fan_in**0.5)
            elif name == "logit_scale":
                parameter.fill_(2.75)
            else:
                parameter.copy_(0.3 * noise)
    return model


def write_model(folder, config, model, kind=torch.float32, pickle=False):
    folder.mkdir(parents=True, exist_ok=True)
    preprocess = dict(mean=list(open_clip.OPENAI_DATASET_MEAN), std=list(open_clip.OPENAI_DATASET_STD))
    text = json.dumps(dict(model_cfg=config, preprocess_cfg=preprocess), indent=2)
    (folder / "open_clip_config.json").write_text(text + "\n")
    state = model.state_dict()
    for name in state:
        state[name] = state[name].to(kind)
    if pickle:
        torch.save(state, folder / "open_clip_pytorch_model.bin")
    else:
        save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / "open_clip_model.safetensors")
    return state


def random_ids(count, context, vocabulary, generator):
    """Texts of every length up to the context; the end token has the largest id."""
    ids = torch.zeros(count, context, dtype=torch.long)
    for row in range(count):
        length = context - row % (context - 1)
        ids[row, 0] = vocabulary - 2
        ids[row, 1 : length - 1] = torch.randint(1, vocabulary - 2, (max(0, length - 2),), generator=generator)
        ids[row, length - 1] = vocabulary - 1
    return ids


def write_kind(name, config, seed):
    folder = FIXTURES / name
    model = seeded_model(config, seed)
    kind = dict(gelu=torch.bfloat16, custom_text=torch.float16).get(name, torch.float32)
    state = write_model(folder, config, model, kind, pickle=name == "quickgelu")
    model.load_state_dict({key: tensor.float() for key, tensor in state.items()})
    generator = torch.Generator().manual_seed(seed + 1)
    size, text = config["vision_cfg"]["image_size"], config["text_cfg"]
    pixels = torch.randn(3, 3, size, size, generator=generator)
    ids = random_ids(9, text["context_length"], text["vocab_size"], generator)
    with torch.no_grad():
        images, texts = model.encode_image(pixels, normalize=True), model.encode_text(ids, normalize=True)
    io = dict(pixels=pixels, ids=ids, images=images, texts=texts)
    save_file({key: tensor.contiguous() for key, tensor in io.items()}, folder / "io.safetensors")


def write_labels():
    """A model with a vocabulary of its own, and what open_clip's zero-shot classifier is with it."""
    folder = FIXTURES / "labels"
    merges = ["p u", "m a</w>", "pu ma</w>", "o f</w>"]
    config = dict(
        embed_dim=8,
        vision_cfg=dict(image_size=16, layers=1, width=16, head_width=16, patch_size=16),
        text_cfg=dict(context_length=16, vocab_size=512 + len(merges) + 2, width=16, heads=2, layers=1),
    )
    model = seeded_model(config, seed=900)
    write_model(folder, config, model)
    pairs = folder / "merges.txt.gz"
    pairs.write_bytes(gzip.compress("\n".join(["#version", *merges]).encode()))
    tokenizer = SimpleTokenizer(bpe_path=str(pairs), context_length=16)
    pairs.unlink()
    names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    vocabulary = {names.get(token, token): number for token, number in tokenizer.encoder.items()}
    tokens = json.dumps(dict(model=dict(type="BPE", vocab=vocabulary, merges=merges)), ensure_ascii=True)
    (folder / "tokenizer.json").write_text(tokens + "\n")
    # All fit into 16 tokens.
    labels, templates = ["Puma", "of Ma", "Puma concolor", "P"], ["{}", "of {}.", "a puma of {}"]
    weights = open_clip.build_zero_shot_classifier(
        model, tokenizer, labels, [lambda name, text=text: text.format(name) for text in templates]
    )
    expected = dict(labels=labels, templates=templates, embeddings=weights.T.tolist())
    (folder / "labels.json").write_text(json.dumps(expected) + "\n")


def write_pickles():
    """State dictionaries as training writes them: of a data-parallel model, and inside a checkpoint."""
    folder = FIXTURES / "pickles"
    folder.mkdir(parents=True, exist_ok=True)
    state = {"a": torch.arange(6.0).reshape(2, 3).t(), "logit_scale": torch.tensor(2.5, dtype=torch.float16)}
    torch.save(collections.OrderedDict(("module." + name, tensor) for name, tensor in state.items()), folder / "module.bin")
    training = dict(epoch=3, loss=0.5, name="run", optimizer=dict(state={0: dict(step=torch.tensor(1.0))}, param_groups=[dict(lr=1e-3, betas=(0.9, 0.98))]))
    torch.save(dict(training, state_dict=state), folder / "checkpoint.pt")
    torch.save(state, folder / "legacy.bin", _use_new_zipfile_serialization=False)


def main():
    write_labels()
    write_pickles()
    for seed, (name, config) in enumerate(KINDS.items()):
        write_kind(name, config, 100 * seed)
    tokenizer = open_clip.get_tokenizer("ViT-B-16")
    rows = []
    for text in species_names(220, seed=7) + awkward_names():
        ids = tokenizer([text])[0].tolist()
        rows.append([text, ids[: len(ids) - ids[::-1].index(49407)]])
    lines = ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows)
    (FIXTURES / "names.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
