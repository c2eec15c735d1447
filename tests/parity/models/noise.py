"""Seeded noise in every tensor of a model, so that none is neutral and none can be mixed up with another."""

import re

import torch
from torch import nn

LOGIT_SCALE, LOGIT_BIAS = 2.75, -1.5
# What goes into the blocks is small, so that what norms add to variances is seen in what comes out.
SMALL = 0.05
# Embeddings of relative distances are added to products of queries and keys.
DISTANCES = re.compile(r"relative_attention_bias")
# T5 divides products of queries and keys by nothing: its queries are small instead.
T5_QUERIES = re.compile(r"SelfAttention\.q\.weight$")


def fill(model, seed, strength=1.0):
    """Draws every parameter anew; the state is that of a model whose hidden states neither vanish nor explode."""
    generator = torch.Generator().manual_seed(seed)
    owners = {id(parameter): (module, name) for module in model.modules() for name, parameter in module.named_parameters(recurse=False)}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = strength * torch.randn(parameter.shape, generator=generator)
            parameter.copy_(drawn(name, parameter, noise, *owners[id(parameter)]))
    return model.eval()


def drawn(name, parameter, noise, owner, own_name):
    kind = type(owner).__name__
    if name.endswith("logit_scale"):
        return torch.full_like(parameter, LOGIT_SCALE)
    if name.endswith("logit_bias"):
        return torch.full_like(parameter, LOGIT_BIAS)
    if "Norm" in kind and own_name == "weight":
        return 1 + 0.2 * noise
    if "LayerScale" in kind or re.search(r"(^|\.)(gamma_[12]|lambda1)$", name):
        return 0.6 + 0.3 * noise
    if DISTANCES.search(name):
        return noise
    if isinstance(owner, nn.Embedding) or re.search(r"embed|token|latent|probe|query$", own_name) and parameter.ndim != 4:
        return SMALL * noise
    if isinstance(owner, nn.Conv2d):
        # Patches speak up, or all images would be alike beside what is added to each.
        return SMALL * noise * (3.0 / parameter[0].numel() ** 0.5 if parameter.ndim == 4 else 1.0)
    if parameter.ndim >= 2:
        # Bare matrices of open_clip are `[inputs, outputs]`.
        bare = own_name in ("proj", "text_projection")
        inputs = parameter.shape[0] if bare else parameter[0].numel()
        if T5_QUERIES.search(name):
            inputs *= parameter.shape[0] / owner_heads(owner)
        return noise * 1.3 / inputs**0.5
    return 0.3 * noise


def owner_heads(owner):
    return getattr(owner, "heads", 2)
