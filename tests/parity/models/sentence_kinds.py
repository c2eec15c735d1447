"""Sentence encoders, as sentence-transformers saves them."""

import json
import pathlib
import tempfile

import torch
import transformers
from safetensors import safe_open
from sentence_transformers import SentenceTransformer, models

from . import vocabularies
from .case import Case, Outputs, unit
from .noise import fill
from .transformers_kinds import BERT, T5

WIDTH = BERT["hidden_size"]
# Per kind: the pooling, what follows it, and what the configuration says beside.
KINDS = {
    # As all-MiniLM-L6-v2 is published: in the words of the second version.
    "sentence_bert_mean": dict(pooling="mean", normalise=True, longest=20, legacy=True),
    "sentence_bert_cls": dict(pooling="cls", prompts=dict(query="represent this: ", passage="")),
    "sentence_t5_dense": dict(pooling="mean", dense=[(14, False, torch.nn.Identity())], normalise=True, legacy=True),
    # Only the first numbers of the vector.
    "sentence_matryoshka": dict(pooling="mean", truncate=10),
    "sentence_weighted": dict(pooling="weightedmean", normalise=True),
    "sentence_last": dict(pooling="lasttoken", normalise=True),
    "sentence_max_tanh": dict(pooling="max", dense=[(18, True, torch.nn.Tanh())]),
    "sentence_root": dict(pooling="mean_sqrt_len_tokens", normalise=True),
}


def backbone(name, seed):
    """A model of transformers and its words."""
    if "t5" in name:
        tokenizer = vocabularies.t5()
        model = transformers.T5EncoderModel(transformers.T5Config(vocab_size=len(tokenizer), **T5))
    else:
        tokenizer = vocabularies.word_piece()
        model = transformers.BertModel(transformers.BertConfig(vocab_size=len(tokenizer), **BERT))
    return fill(model, seed), tokenizer


def build(name, seed):
    kind = KINDS[name]
    longest = kind.get("longest", 24)
    model, tokenizer = backbone(name, seed)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        modules = [models.Transformer(folder, max_seq_length=longest)]
    modules.append(models.Pooling(WIDTH, pooling_mode=kind["pooling"]))
    for outputs, bias, activation in kind.get("dense", []):
        modules.append(models.Dense(WIDTH, outputs, bias=bias, activation_function=activation))
    modules += [models.Normalize()] * kind.get("normalise", False)
    encoder = SentenceTransformer(modules=modules, device="cpu", prompts=kind.get("prompts"), truncate_dim=kind.get("truncate"))
    for module in modules[2:]:
        fill(module, seed + 1)

    def save(folder):
        encoder.save(str(folder), create_model_card=False)
        if kind.get("legacy"):
            in_words_of_the_second_version(folder, kind["pooling"], longest)
        if "truncate" in kind:
            path = folder / "config_sentence_transformers.json"
            path.write_text(json.dumps(json.loads(path.read_text()) | dict(truncate_dim=kind["truncate"]), indent=2) + "\n")

    def run(_, __):
        vectors = encoder.encode(vocabularies.TEXTS, prompt="", convert_to_tensor=True, batch_size=len(vocabularies.TEXTS))
        return Outputs(texts=unit(vectors))

    ids = [tokenizer(text, truncation=True, max_length=longest).input_ids for text in vocabularies.TEXTS]
    return Case(name, save, lambda: parameters_of(encoder, save), run, tokens=list(zip(vocabularies.TEXTS, ids)))


def parameters_of(encoder, save):
    """The tensors of all files by their names there; those of modules after the first with the module's folder before."""
    own = {tensor.detach().numpy().tobytes(): tensor for tensor in encoder.state_dict(keep_vars=True).values()}
    parameters = {}
    with tempfile.TemporaryDirectory() as folder:
        save(pathlib.Path(folder))
        for path in sorted(pathlib.Path(folder).rglob("*.safetensors")):
            with safe_open(path, "pt") as file:
                prefix = "" if path.parent == pathlib.Path(folder) else f"{path.parent.name}."
                parameters |= {prefix + name: own[file.get_tensor(name).numpy().tobytes()] for name in file.keys()}
    return parameters


def in_words_of_the_second_version(folder, pooling, longest):
    """The same, as most models on the hub have it, which were saved years ago."""
    types = dict(Transformer="Transformer", Pooling="Pooling", Dense="Dense", Normalize="Normalize")
    path = folder / "modules.json"
    modules = json.loads(path.read_text())
    for module in modules:
        module["type"] = f"sentence_transformers.models.{types[module['type'].rsplit('.', 1)[-1]]}"
    path.write_text(json.dumps(modules, indent=2))
    ways = dict(cls="cls_token", mean="mean_tokens", max="max_tokens", mean_sqrt_len_tokens="mean_sqrt_len_tokens")
    config = dict(word_embedding_dimension=WIDTH) | {f"pooling_mode_{name}": way == pooling for way, name in ways.items()}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(config, indent=2))
    (folder / "sentence_bert_config.json").write_text(json.dumps(dict(max_seq_length=longest, do_lower_case=False), indent=2))
