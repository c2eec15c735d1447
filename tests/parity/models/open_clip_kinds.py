"""Models of open_clip, as `open_clip.push_to_hf_hub.save_for_hf` publishes them."""

import copy
import pathlib
import tempfile

import open_clip
import transformers
from open_clip.coca_model import CoCa
from open_clip.model import CLIP, CustomTextCLIP
from open_clip.push_to_hf_hub import save_for_hf
from open_clip.tokenizer import HFTokenizer

from . import formula, vocabularies
from .case import Case, Outputs, padded, unit
from .noise import fill
from .transformers_kinds import BERT

CONTEXT = 16
VISION = dict(image_size=28, layers=2, width=16, head_width=8, patch_size=4, mlp_ratio=2.0)
TEXT = dict(context_length=CONTEXT, width=12, heads=2, layers=2, mlp_ratio=2.0)
SIGLIP_TEXT = TEXT | dict(
    hf_tokenizer_name="timm/ViT-B-16-SigLIP", tokenizer_kwargs=dict(clean="canonicalize"), no_causal_mask=True, proj_bias=True, pool_type="last",
    norm_kwargs=dict(eps=1e-6),
)
TANH = dict(approximate="tanh")
HALF = dict(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), interpolation="bicubic", resize_mode="squash")
# Per kind: configuration, tokenizer, and what is done to photographs where it is not CLIP's.
KINDS = {
    # No norm before the blocks, the mean of the patches and the norm after it; BERT's words, separators made padding.
    "open_clip_clipa": (
        dict(
            embed_dim=12,
            vision_cfg=VISION | dict(no_ln_pre=True, pool_type="avg", final_ln_after_pool=True),
            text_cfg=TEXT | dict(hf_tokenizer_name="bert-base-uncased", tokenizer_kwargs=dict(strip_sep_token=True), pool_type="last", no_causal_mask=True),
        ),
        vocabularies.word_piece,
        dict(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), interpolation="bilinear", resize_mode="squash"),
    ),
    # The mean after the norm, GELU by tanh in both towers, texts read both ways and pooled at their end.
    "open_clip_tanh": (
        dict(
            embed_dim=12,
            vision_cfg=VISION | dict(pool_type="avg", act_kwargs=TANH, norm_kwargs=dict(eps=1e-6)),
            text_cfg=TEXT | dict(no_causal_mask=True, act_kwargs=TANH),
        ),
        None,
        {},
    ),
    "open_clip_quickgelu": (dict(embed_dim=12, quick_gelu=True, vision_cfg=VISION, text_cfg=TEXT), None, {}),
    # The text tower under `text.`, a projection with a bias, pooled where the end's id stands, another ratio.
    "open_clip_custom_text": (
        dict(
            embed_dim=12, custom_text=True, vision_cfg=VISION | dict(pos_embed_type="sin_cos_2d"),
            text_cfg=TEXT | dict(proj_bias=True, pool_type="eos", eos_id=537, mlp_ratio=3.0),
        ),
        None,
        {},
    ),
    "open_clip_layer_scale": (
        dict(embed_dim=12, vision_cfg=VISION | dict(ls_init_value=1e-4), text_cfg=TEXT | dict(ls_init_value=1e-4)), None, {},
    ),
    # Queries that ask patches, a class token after the text; a decoder that is not used.
    "open_clip_coca": (
        dict(
            embed_dim=12,
            vision_cfg=VISION | dict(attentional_pool=True, attn_pooler_queries=5, attn_pooler_heads=2, output_tokens=True),
            text_cfg=TEXT | dict(embed_cls=True, output_tokens=True),
            multimodal_cfg=dict(context_length=CONTEXT, width=8, heads=1, layers=1, mlp_ratio=1, attn_pooler_heads=1),
            custom_text=True,
        ),
        None,
        {},
    ),
    # The texts of SigLIP 2 beside a small image tower.
    "open_clip_siglip2_text": (
        dict(
            embed_dim=12, init_logit_bias=-10, custom_text=True, vision_cfg=VISION,
            text_cfg=SIGLIP_TEXT | dict(act_kwargs=TANH, hf_tokenizer_name="timm/ViT-B-16-SigLIP2"),
        ),
        vocabularies.gemma,
        HALF,
    ),
    # Text towers of transformers: pooled by BERT's own pooler, by the mean, by the first token.
    "open_clip_bert": (
        dict(
            embed_dim=12, custom_text=True, vision_cfg=VISION,
            text_cfg=dict(
                context_length=CONTEXT, hf_model_name="microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract", hf_pooler_type="cls_pooler",
                hf_tokenizer_name="microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract", hf_proj_type="linear",
            ),
        ),
        vocabularies.word_piece,
        {},
    ),
    "open_clip_roberta": (
        dict(
            embed_dim=12, custom_text=True, quick_gelu=True, vision_cfg=VISION,
            text_cfg=dict(context_length=CONTEXT, hf_model_name="roberta-base", hf_tokenizer_name="roberta-base", hf_pooler_type="mean_pooler"),
        ),
        vocabularies.roberta,
        {},
    ),
    "open_clip_xlm_roberta": (
        dict(
            embed_dim=12, custom_text=True, vision_cfg=VISION,
            text_cfg=dict(
                context_length=CONTEXT, hf_model_name="xlm-roberta-base", hf_tokenizer_name="xlm-roberta-base",
                hf_pooler_type="cls_last_hidden_state_pooler",
            ),
        ),
        vocabularies.xlm_roberta,
        {},
    ),
    # timm's trunks have the sizes of their names: too large to lie here.
    "open_clip_siglip": (
        dict(
            embed_dim=768, init_logit_bias=-10, custom_text=True, text_cfg=SIGLIP_TEXT,
            vision_cfg=dict(
                image_size=224, timm_model_name="vit_base_patch16_siglip_224", timm_model_pretrained=False, timm_pool="map", timm_proj="none"
            ),
        ),
        vocabularies.siglip,
        HALF,
    ),
    "open_clip_pe_core": (
        dict(
            embed_dim=20, custom_text=True, text_cfg=TEXT,
            vision_cfg=dict(image_size=384, timm_model_name="vit_pe_core_tiny_patch16_384", timm_model_pretrained=False, timm_pool="map", timm_proj=None),
        ),
        None,
        HALF | dict(interpolation="bilinear"),
    ),
}
BY_FORMULA = ("open_clip_siglip", "open_clip_pe_core")


class FromFolder(HFTokenizer):
    """open_clip's wrapper around a tokenizer that was just made."""

    def __init__(self, tokenizer, context, options):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer.save_pretrained(folder)
            super().__init__(folder, context_length=context, **options)


def build(name, seed):
    config, vocabulary, preprocessing = copy.deepcopy(KINDS[name])
    text = config["text_cfg"]
    if vocabulary:
        tokenizer = FromFolder(vocabulary(), CONTEXT, text.get("tokenizer_kwargs", {}))
    else:
        tokenizer = vocabularies.open_clip_simple(CONTEXT)
    hub = None
    if "hf_model_name" in text:
        kind = {"open_clip_bert": transformers.BertConfig, "open_clip_roberta": transformers.RobertaConfig}.get(name, transformers.XLMRobertaConfig)
        more = {} if name == "open_clip_bert" else dict(type_vocab_size=1)
        hub = kind(vocab_size=len(tokenizer.tokenizer), pad_token_id=tokenizer.tokenizer.pad_token_id, **BERT, **more)
    else:
        text["vocab_size"] = words(tokenizer)
    by_formula = name in BY_FORMULA
    with tempfile.TemporaryDirectory() as folder:
        draw = (lambda model: formula.fill(model, pathlib.Path(folder))) if by_formula else (lambda model: fill(model, seed))
        case = of_config(name, config, tokenizer, preprocessing, draw, hub, weights=not by_formula)
        listed = (pathlib.Path(folder) / formula.FILE).read_text() if by_formula else None
    save = case.save

    def save_all(folder):
        save(folder)
        if listed:
            (folder / formula.FILE).write_text(listed)
        if hub:
            hub.save_pretrained(folder)

    case.save, case.formula = save_all, by_formula
    if "multimodal_cfg" in config:
        # CoCa's mask is of the padding's id wherever it stands, in the midst of a text as well.
        case.tokens.append((None, [536, 320, 0, 0, 77, 0, 537]))
    return case


def words(tokenizer):
    return len(tokenizer.tokenizer) if isinstance(tokenizer, HFTokenizer) else tokenizer.vocab_size


def of_config(name, config, tokenizer, preprocessing, draw, hub=None, weights=True, texts=vocabularies.TEXTS):
    """A model of a configuration; `draw` fills it, `hub` is the configuration of a text tower of transformers."""
    published = copy.deepcopy(config)
    config = copy.deepcopy(config)
    padding = tokenizer.tokenizer.pad_token_id if isinstance(tokenizer, HFTokenizer) else 0
    context = config["text_cfg"].get("context_length", 77)
    custom = config.pop("custom_text", False) or hub
    kind = CoCa if "multimodal_cfg" in config else CustomTextCLIP if custom else CLIP
    with tempfile.TemporaryDirectory() as folder:
        if hub:
            hub.save_pretrained(folder)
            config["text_cfg"] |= dict(hf_model_name=folder, hf_model_pretrained=False)
        model = draw(kind(**config))
    statistics = dict(mean=open_clip.OPENAI_DATASET_MEAN, std=open_clip.OPENAI_DATASET_STD)
    open_clip.model.set_model_preprocess_cfg(model, preprocessing or statistics)

    def save(folder):
        save_for_hf(model, Files(tokenizer), published, folder, safe_serialization=True, skip_weights=not weights)

    def outputs(pixels, rows):
        texts = None if rows is None else model.encode_text(padded(rows, context, padding), normalize=True)
        raw = None if pixels is None else model.encode_image(pixels, normalize=False)
        return Outputs(images=None if raw is None else unit(raw), raw=raw, texts=texts)

    ends = isinstance(tokenizer, HFTokenizer) and tokenizer.tokenizer.eos_token_id == padding
    tokens = [(line, shortened(ids, padding, ends)) for line, ids in zip(texts, tokenizer(texts).tolist())]
    size = config["vision_cfg"]["image_size"]
    return Case(name, save, lambda: model.state_dict(keep_vars=True), outputs, image_size=size, tokens=tokens)


class Files:
    """What a publication writes of a tokenizer: transformers' files, of CLIP's own as well."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def save_pretrained(self, folder):
        if isinstance(self.tokenizer, HFTokenizer):
            self.tokenizer.save_pretrained(folder)
        else:
            vocabularies.clip().save_pretrained(folder)


def shortened(ids, padding, ends):
    """Without the padding at the end; where the padding also ends texts, one stays."""
    length = len(ids)
    while length > 0 and ids[length - 1] == padding:
        length -= 1
    return ids[: length + (ends and length < len(ids))]
