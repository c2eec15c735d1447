"""Models of true size with seeded weights, in the files that their own programs publish, and one with its own weights."""

import copy
import random

import open_clip
import transformers

from names import species_names

from . import mini_lm, open_clip_kinds, timm_kinds, vocabularies
from .case import Case, Outputs, padded, unit
from .noise import fill
from .open_clip_kinds import FromFolder, HALF
from .transformers_kinds import IMAGENET, image_processor, masked, mean, parts_saver

SEED = 1
TEXTS = species_names(40, seed=4) + vocabularies.TEXTS


def rows(first, last, vocabulary, context, count=12):
    """Rows of ids of every length up to the context, that are no text."""
    chance = random.Random(SEED)
    lengths = [3, context, context // 2] + [chance.randint(3, context) for _ in range(count - 3)]
    return [(None, [*first, *(chance.randrange(200, vocabulary - 200) for _ in range(length - len(first) - len(last))), *last]) for length in lengths]


def of_open_clip(name, vocabulary=None, preprocessing=None, hub=None):
    """A model of open_clip by its name; words of a large vocabulary by their ids, and texts by a small one of its kind."""

    def build(kind):
        config = copy.deepcopy(open_clip.get_model_config(name))
        context = config["text_cfg"].get("context_length", 77)
        options = config["text_cfg"].get("tokenizer_kwargs", {})
        tokenizer = FromFolder(vocabulary(), context, options) if vocabulary else open_clip.get_tokenizer(name)
        case = open_clip_kinds.of_config(kind, config, tokenizer, preprocessing or {}, lambda model: fill(model, SEED), hub, texts=TEXTS)
        if vocabulary:
            # Ends are as in the small vocabulary, which has them where the large one has.
            ends = tokenizer.tokenizer("a").input_ids
            first, last = ends[: ends[0] == tokenizer.tokenizer.cls_token_id], ends[-1:]
            last = [] if options.get("strip_sep_token") else last
            case.tokens += rows(first, last, hub.vocab_size if hub else config["text_cfg"]["vocab_size"], context)
        else:
            case.tokens = [(None, ids) for _, ids in case.tokens]
        return case

    return build


def of_timm(architecture, **arguments):
    return lambda kind: timm_kinds.of_architecture(kind, architecture, arguments, SEED)


def of_images(kind, config, processor):
    """An image tower of transformers: the class token after the last norm."""

    def build(name):
        model = fill(kind(config), SEED)

        def outputs(pixels, _):
            raw = model(pixel_values=pixels).pooler_output
            return Outputs(images=unit(raw), raw=raw)

        return Case(name, parts_saver(model, processor), dict, outputs, image_size=224)

    return build


def of_words(kind, config, pool, ends, context):
    """A text tower of transformers."""

    def build(name):
        model = fill(kind(config), SEED)
        tokens = rows(*ends, config.vocab_size, context)
        return Case(name, parts_saver(model), dict, lambda _, ids: Outputs(texts=pool(model, ids)), tokens=tokens)

    return build


def unit_mean(model, ids):
    states, mask = masked(model, ids, 0)
    return unit(mean(states.last_hidden_state, mask))


def of_towers(pixels, ids, image, text):
    """What either tower makes of what it is given; of nothing, nothing."""
    raw = None if pixels is None else image()
    return Outputs(images=None if raw is None else unit(raw), raw=raw, texts=None if ids is None else unit(text()))


def clip(name):
    model = fill(transformers.CLIPModel(transformers.CLIPConfig()), SEED)
    tokens = [(None, ids) for ids in open_clip.get_tokenizer("ViT-B-32")(TEXTS).tolist()]
    tokens = [(None, ids[: ids.index(49407) + 1]) for _, ids in tokens]

    def outputs(pixels, ids):
        image = lambda: model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
        text = lambda: model.text_projection(model.text_model(input_ids=padded(ids, 77, 49407)).pooler_output)
        return of_towers(pixels, ids, image, text)

    save = parts_saver(model, image_processor(transformers.CLIPImageProcessor, 224, crop=224))
    return Case(name, save, dict, outputs, image_size=224, tokens=tokens)


def siglip(name):
    model = fill(transformers.SiglipModel(transformers.SiglipConfig()), SEED)

    def outputs(pixels, ids):
        image = lambda: model.vision_model(pixel_values=pixels).pooler_output
        text = lambda: model.text_model(input_ids=padded(ids, 64, 1)).pooler_output
        return of_towers(pixels, ids, image, text)

    tokenizer = vocabularies.siglip()
    save = parts_saver(model, tokenizer, image_processor(transformers.SiglipImageProcessor, 224))
    return Case(name, save, dict, outputs, image_size=224, tokens=rows([], [1], 32000, 64))


T5_BASE = dict(vocab_size=32128, d_model=768, d_kv=64, d_ff=3072, num_layers=12, num_heads=12)
DINOV3_BASE = dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_register_tokens=4)
BERT_ENDS = ([101], [102])
# Kinds with the names on the hub that have them, and what makes the model.
MODELS = {
    "open_clip ViT-B-16-SigLIP": of_open_clip("ViT-B-16-SigLIP", vocabularies.siglip, HALF),
    "open_clip ViT-B-16-SigLIP2": of_open_clip("ViT-B-16-SigLIP2", vocabularies.gemma, HALF),
    "open_clip ViT-L-16-SigLIP2-256": of_open_clip("ViT-L-16-SigLIP2-256", vocabularies.gemma, HALF),
    "open_clip ViT-SO400M-14-SigLIP": of_open_clip("ViT-SO400M-14-SigLIP", vocabularies.siglip, HALF),
    "open_clip ViT-B-16-quickgelu": of_open_clip("ViT-B-16-quickgelu"),
    "open_clip ViT-H-14-CLIPA": of_open_clip("ViT-H-14-CLIPA", vocabularies.word_piece),
    "open_clip coca_ViT-B-32": of_open_clip("coca_ViT-B-32"),
    "open_clip PE-Core-B-16": of_open_clip("PE-Core-B-16"),
    "open_clip roberta-ViT-B-32": of_open_clip(
        "roberta-ViT-B-32", vocabularies.roberta,
        hub=transformers.RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1),
    ),
    "timm vit_base_patch14_reg4_dinov2": of_timm("vit_base_patch14_reg4_dinov2", num_classes=7806),
    "timm vit_base_patch16_dinov3": of_timm("vit_base_patch16_dinov3", num_classes=0),
    "transformers CLIPModel": clip,
    "transformers SiglipModel": siglip,
    "transformers Dinov2Model": of_images(
        transformers.Dinov2Model, transformers.Dinov2Config(image_size=518, patch_size=14),
        image_processor(transformers.BitImageProcessor, 256, crop=224, resample=3, **IMAGENET),
    ),
    "transformers DINOv3ViTModel": of_images(
        transformers.DINOv3ViTModel, transformers.DINOv3ViTConfig(**DINOV3_BASE),
        image_processor(transformers.DINOv3ViTImageProcessor, 224, **IMAGENET),
    ),
    "transformers BertModel": of_words(transformers.BertModel, transformers.BertConfig(), unit_mean, BERT_ENDS, 512),
    "transformers T5EncoderModel": of_words(transformers.T5EncoderModel, transformers.T5Config(**T5_BASE), unit_mean, ([], [1]), 256),
    "transformers DPRQuestionEncoder": of_words(
        transformers.DPRQuestionEncoder, transformers.DPRConfig(), lambda model, ids: masked(model, ids, 0)[0].pooler_output, BERT_ENDS, 256
    ),
    "transformers DPRContextEncoder": of_words(
        transformers.DPRContextEncoder, transformers.DPRConfig(), lambda model, ids: masked(model, ids, 0)[0].pooler_output, BERT_ENDS, 256
    ),
    "sentence-transformers all-MiniLM-L6-v2": mini_lm.case,
}
