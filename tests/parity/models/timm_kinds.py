"""Image towers of timm, as `timm.models.save_for_hf` publishes them."""

import timm
import torch
from timm.models import save_for_hf

from .case import Case, Outputs, unit
from .noise import fill

# The true architecture by its name, and what `model_args` makes smaller.
SMALL = dict(img_size=28, patch_size=4, embed_dim=24, depth=2, num_heads=3, mlp_ratio=2.0)
KINDS = {
    # Layer scale; class token and patches have positions.
    "timm_dinov2": ("vit_small_patch14_dinov2", dict(num_classes=0)),
    # Registers without positions, a class layer and the names of its classes.
    "timm_reg4_classes": ("vit_base_patch14_reg4_dinov2", dict(num_classes=11)),
    "timm_siglip": ("vit_base_patch16_siglip_224", dict(num_classes=0)),
    "timm_siglip_gap": ("vit_base_patch16_siglip_gap_224", dict(num_classes=0)),
    # A norm before the blocks and none after the patches' bias; the class layer is CLIP's projection.
    "timm_clip": ("vit_base_patch16_clip_224", dict(num_classes=12)),
    # The mean of the patches, and the norm after it.
    "timm_fc_norm": ("vit_base_patch16_224", dict(num_classes=7, global_pool="avg")),
    "timm_gap": ("vit_medium_patch16_gap_256", dict(num_classes=0)),
    "timm_reg4_gap": ("vit_base_patch16_reg4_gap_256", dict(num_classes=0)),
    "timm_dinov3": ("vit_small_patch16_dinov3", dict(num_classes=0)),
    "timm_dinov3_plus": ("vit_small_plus_patch16_dinov3", dict(num_classes=5, global_pool="token")),
    "timm_dinov3_qkvb": ("vit_base_patch16_dinov3_qkvb", dict(num_classes=0)),
    "timm_giant": ("vit_giant_patch14_dinov2", dict(num_classes=0, mlp_ratio=2.66667 * 2)),
    # As many patches as the true one has, for its places are scaled to that many.
    "timm_pe_core": ("vit_pe_core_base_patch16_224", dict(num_classes=0, patch_size=2, attn_pool_num_heads=4)),
}
CLASSES = {
    "timm_reg4_classes": [f"{genus} {epithet}" for genus in ("Abies", "Quercus", "Salix", "Viola") for epithet in ("alba", "minor", "rubra")][:11],
    "timm_fc_norm": [],
    "timm_clip": [],
    "timm_dinov3_plus": ["a", "b", "c", "d", "e"],
}


def build(name, seed):
    architecture, changes = KINDS[name]
    case = of_architecture(name, architecture, SMALL | changes, seed, CLASSES.get(name, []))
    case.hidden = case.hidden if name in ("timm_reg4_classes", "timm_dinov3") else None
    return case


def of_architecture(name, architecture, arguments, seed, classes=()):
    """A model of an architecture with other arguments than its own."""
    model = fill(timm.create_model(architecture, pretrained=False, **arguments), seed)
    size = model.patch_embed.img_size[0] if model.patch_embed.img_size else model.pretrained_cfg["input_size"][-1]
    recorded = {key: value for key, value in arguments.items() if key not in ("num_classes", "global_pool")}

    def save(folder):
        config = dict(label_names=list(classes)) if classes else {}
        save_for_hf(model, folder, model_config=config, model_args=recorded, safe_serialization=True, data_config=dict(input_size=(3, size, size)))

    def outputs(pixels, _):
        raw, logits = run(model, pixels)
        return Outputs(images=unit(raw), raw=raw, classes=logits)

    def hidden(pixels, _):
        return {f"image.{block}": states for block, states in enumerate(blocks(model, pixels))}

    return Case(name, save, lambda: model.state_dict(keep_vars=True), outputs, image_size=size, classes=tuple(classes), hidden=hidden)


def run(model, pixels):
    """The vectors before the class layer, and its logits; None where there is none."""
    features = model.forward_features(pixels)
    raw = model.forward_head(features, pre_logits=True)
    return raw, model.forward_head(features) if model.num_classes else None


def blocks(model, pixels):
    """`[B, T, width]` after every block, class token and registers first."""
    outputs = []
    hooks = [block.register_forward_hook(lambda _, __, output: outputs.append(output)) for block in model.blocks]
    with torch.no_grad():
        model.forward_features(pixels)
    for hook in hooks:
        hook.remove()
    return outputs
