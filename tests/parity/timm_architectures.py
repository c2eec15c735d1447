"""Prints the table of timm's vision transformers, encoder/src/encoder/layouts/timm/architectures.json.

    OMP_NUM_THREADS=1 python timm_architectures.py > encoder/src/encoder/layouts/timm/architectures.json

Every architecture of timm's vision_transformer.py and eva.py is built without memory, and the arguments that its
constructor was given are caught: those that differ from the constructor's own. Architectures whose arguments ask for
what the encoder does not compute are left out. "eva" stands for the class of eva.py, "norm_eps" for the norm layer.
"""

import inspect
import json
import warnings
from functools import partial

import timm
import timm.models.eva as eva
import timm.models.vision_transformer as vision_transformer
from timm.models._registry import _deprecated_models, _module_to_models

COMPUTED = {
    "VisionTransformer": "img_size patch_size global_pool embed_dim depth num_heads mlp_ratio qkv_bias init_values class_token "
    "no_embed_class reg_tokens pre_norm final_norm fc_norm pool_include_prefix dynamic_img_size act_layer mlp_layer norm_eps",
    "Eva": "img_size patch_size global_pool embed_dim depth num_heads qkv_bias mlp_ratio swiglu_mlp swiglu_align_to attn_type "
    "init_values class_token num_reg_tokens no_embed_class use_abs_pos_emb use_rot_pos_emb rope_type rope_grid_offset "
    "rope_grid_indexing rope_temperature rope_rotate_half use_pre_transformer_norm use_post_transformer_norm use_fc_norm "
    "attn_pool_num_heads attn_pool_mlp_ratio dynamic_img_size ref_feat_shape norm_eps",
}
# They change training alone, or are asked for anew by every user.
LEFT_OUT = {"num_classes", "device", "dtype", "weight_init", "rope_rescale_coords"}


def plain(name, value):
    """The argument as (name, value) of JSON; None where it is beyond what is computed."""
    if name == "norm_layer":
        is_layer_norm = isinstance(value, partial) and value.func.__name__ == "LayerNorm" and set(value.keywords) == {"eps"}
        return ("norm_eps", value.keywords["eps"]) if is_layer_norm else None
    if name == "mlp_layer":
        is_packed = isinstance(value, partial) and value.func.__name__ == "GluMlp" and not value.keywords["gate_last"]
        return (name, "SwiGLUPacked") if is_packed else None
    if name == "act_layer" and inspect.isclass(value):
        return (name, {"GELU": "gelu", "SiLU": "silu"}[value.__name__])
    if name in ("img_size", "ref_feat_shape") and not isinstance(value, int):
        return (name, value[0]) if value[0] == value[1] else None
    if name == "rope_type" and value not in ("cat", "dinov3"):
        return None
    return (name, value) if isinstance(value, (bool, int, float, str)) else None


def catch(kind, calls):
    original, signature = kind.__init__, inspect.signature(kind.__init__)

    def built(self, *positional, **named):
        given = signature.bind(self, *positional, **named).arguments
        differing = {name: value for name, value in given.items() if name != "self" and value != signature.parameters[name].default}
        calls.append((kind.__name__, differing))
        original(self, *positional, **named)

    kind.__init__ = built


def main():
    warnings.simplefilter("ignore")
    calls = []
    for kind in (vision_transformer.VisionTransformer, eva.Eva):
        catch(kind, calls)
    rows = {}
    for module in ("vision_transformer", "eva"):
        for name in sorted(_module_to_models[module] - set(_deprecated_models)):
            # RADIO resamples and normalises in ways of its own.
            if "radio" in name:
                continue
            calls.clear()
            timm.create_model(name, device="meta")
            [(kind, arguments)] = calls
            found = [plain(*item) for item in arguments.items() if item[0] not in LEFT_OUT]
            if None in found or not {key for key, _ in found} <= set(COMPUTED[kind].split()):
                continue
            rows[name] = ({"eva": True} if kind == "Eva" else {}) | dict(found)
    print("{")
    print(",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items())))
    print("}")


main()
