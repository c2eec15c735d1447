"""Models of transformers, as `save_pretrained` and their processors publish them."""

import pathlib
import tempfile

import torch
import transformers
from safetensors import safe_open

from . import vocabularies
from .case import Case, Outputs, padded, unit
from .noise import fill

CONTEXT = 16
VISION = dict(image_size=28, patch_size=4, hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3)
TEXT = dict(hidden_size=12, intermediate_size=30, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=CONTEXT)
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
BERT = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, max_position_embeddings=32)
T5 = dict(d_model=24, d_kv=6, num_heads=3, d_ff=40, num_layers=2, relative_attention_num_buckets=8, relative_attention_max_distance=20)


def parts_saver(*parts):
    """Writes what each part writes of itself."""

    def save(folder):
        for part in parts:
            part.save_pretrained(folder)

    return save


def parameters_of(model, save):
    """The tensors of what is written, by their names there; transformers renames some on the way out, their numbers stay."""
    own = {}
    for tensor in model.state_dict(keep_vars=True).values():
        own.setdefault(tensor.detach().numpy().tobytes(), tensor)

    def found(tensor):
        # What is two layers in memory may be one in the file, the first above the second.
        whole, half = tensor.numpy().tobytes(), tensor.chunk(2)[0].contiguous().numpy().tobytes() if tensor.ndim else b""
        return own[whole] if whole in own else own[half]

    with tempfile.TemporaryDirectory() as folder:
        save(pathlib.Path(folder))
        with safe_open(pathlib.Path(folder) / "model.safetensors", "pt") as file:
            return {name: found(file.get_tensor(name)) for name in file.keys()}


def encoded(tokenizer, length, **options):
    """Texts and their ids without padding."""
    return [(text, tokenizer(text, truncation=True, max_length=length, **options).input_ids) for text in vocabularies.TEXTS]


def masked(model, rows, padding, **options):
    """The last states of rows of several lengths, and which of them count."""
    ids = padded(rows, max(map(len, rows)), padding)
    mask = torch.tensor([[position < len(row) for position in range(ids.shape[1])] for row in rows]).long()
    return model(input_ids=ids, attention_mask=mask, **options), mask


def mean(states, mask):
    return (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


def image_processor(kind, size=28, crop=None, **options):
    shapes = dict(size=dict(height=size, width=size)) if crop is None else dict(size=dict(shortest_edge=size), crop_size=dict(height=crop, width=crop))
    return kind(**shapes, **options)


def clip(name, seed):
    """CLIP: legacy ends are the largest id, newer ones that of the configuration."""
    legacy = name == "transformers_clip_legacy"
    tokenizer = vocabularies.clip()
    text = TEXT | dict(
        vocab_size=len(tokenizer), hidden_act="quick_gelu" if legacy else "gelu", bos_token_id=len(tokenizer) - 2,
        eos_token_id=2 if legacy else len(tokenizer) - 1, pad_token_id=1,
    )
    config = transformers.CLIPConfig(
        text_config=text, vision_config=VISION | dict(hidden_act="quick_gelu" if legacy else "gelu"), projection_dim=12
    )
    model = fill(transformers.CLIPModel(config), seed)
    processor = image_processor(transformers.CLIPImageProcessor, 28, crop=28)
    # Legacy folders have preprocessor_config.json, new ones processor_config.json.
    parts = [model, tokenizer, processor] if legacy else [model, transformers.CLIPProcessor(processor, tokenizer)]

    def outputs(pixels, rows):
        raw = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
        end = len(tokenizer) - 1
        states = model.text_model(input_ids=padded(rows, CONTEXT, end if not legacy else 0))
        return Outputs(images=unit(raw), raw=raw, texts=unit(model.text_projection(states.pooler_output)))

    save = parts_saver(*parts)
    return Case(name, save, lambda: parameters_of(model, save), outputs, image_size=28, tokens=encoded(tokenizer, CONTEXT))


def siglip(name, seed):
    """SigLIP; its second has another vocabulary and other padding (fixed sizes publish it under the first's type)."""
    second = name == "transformers_siglip2"
    tokenizer = vocabularies.gemma() if second else vocabularies.siglip()
    tokenizer.model_max_length = CONTEXT
    tokenizer.model_input_names = ["input_ids"]
    padding = tokenizer.pad_token_id
    text = TEXT | dict(vocab_size=len(tokenizer), bos_token_id=2, eos_token_id=1, pad_token_id=padding, projection_size=24)
    model = fill(transformers.SiglipModel(transformers.SiglipConfig(text_config=text, vision_config=VISION)), seed)
    processor = image_processor(transformers.SiglipImageProcessor)

    def outputs(pixels, rows):
        raw = model.vision_model(pixel_values=pixels).pooler_output
        texts = model.text_model(input_ids=padded(rows, CONTEXT, padding)).pooler_output
        return Outputs(images=unit(raw), raw=raw, texts=unit(texts))

    save = parts_saver(model, tokenizer, processor)
    return Case(name, save, lambda: parameters_of(model, save), outputs, image_size=28, tokens=encoded(tokenizer, CONTEXT))


def image_only(name, seed):
    """Image towers: the class token after the last norm."""
    labels = ["Apis mellifera", "Bombus terrestris", "Vanessa atalanta"]
    small = dict(image_size=28, patch_size=4, hidden_size=24, num_hidden_layers=2, num_attention_heads=3)
    kind, config, crop = {
        "transformers_dinov2": (transformers.Dinov2Model, transformers.Dinov2Config(**small, mlp_ratio=2), 28),
        # Trained for larger images than its processor makes, as all of DINOv2 are published.
        "transformers_dinov2_resized": (transformers.Dinov2Model, transformers.Dinov2Config(**small | dict(image_size=44), mlp_ratio=2), 28),
        "transformers_dinov2_swiglu": (transformers.Dinov2Model, transformers.Dinov2Config(**small, use_swiglu_ffn=True, mlp_ratio=3), 28),
        "transformers_dinov2_registers": (
            transformers.Dinov2WithRegistersModel,
            transformers.Dinov2WithRegistersConfig(**small | dict(image_size=44), mlp_ratio=2, num_register_tokens=4),
            28,
        ),
        "transformers_dinov3": (transformers.DINOv3ViTModel, transformers.DINOv3ViTConfig(**small, intermediate_size=48, num_register_tokens=4), None),
        "transformers_dinov3_gated": (
            transformers.DINOv3ViTModel,
            transformers.DINOv3ViTConfig(**small, intermediate_size=40, num_register_tokens=4, use_gated_mlp=True, hidden_act="silu"),
            None,
        ),
        "transformers_vit_classes": (
            transformers.ViTForImageClassification,
            transformers.ViTConfig(**small, intermediate_size=48, id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}),
            None,
        ),
    }[name]
    classifies = kind is transformers.ViTForImageClassification
    model = fill(kind(config), seed)
    processors = {transformers.DINOv3ViTModel: "DINOv3ViTImageProcessor", transformers.ViTForImageClassification: "ViTImageProcessor"}
    processor = getattr(transformers, processors.get(kind, "BitImageProcessor"))
    if crop:
        processor = image_processor(processor, 32, crop=crop, resample=3, **IMAGENET)
    elif classifies:
        processor = image_processor(processor, 28)
    else:
        processor = image_processor(processor, 28, **IMAGENET)

    def outputs(pixels, _):
        if not classifies:
            raw = model(pixel_values=pixels).pooler_output
            return Outputs(images=unit(raw), raw=raw)
        raw = model.vit(pixel_values=pixels).last_hidden_state[:, 0]
        return Outputs(images=unit(raw), raw=raw, classes=model(pixel_values=pixels).logits)

    save = parts_saver(model, processor)
    return Case(name, save, lambda: parameters_of(model, save), outputs, image_size=28, classes=tuple(labels) if classifies else ())


def bert(name, seed):
    """BERT and those like it, without a word on how to pool: the mean of the tokens, as sentence-transformers takes it."""
    kinds = {
        "transformers_bert": (transformers.BertModel, transformers.BertConfig, vocabularies.word_piece, {}),
        "transformers_roberta": (transformers.RobertaModel, transformers.RobertaConfig, vocabularies.roberta, dict(type_vocab_size=1)),
        "transformers_xlm_roberta": (transformers.XLMRobertaModel, transformers.XLMRobertaConfig, vocabularies.xlm_roberta, dict(type_vocab_size=1)),
    }
    kind, config, vocabulary, changes = kinds[name]
    tokenizer = vocabulary()
    padding = tokenizer.pad_token_id
    special = dict(pad_token_id=padding, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id)
    context = BERT["max_position_embeddings"] - (0 if name == "transformers_bert" else 2)
    tokenizer.model_max_length = context
    model = fill(kind(config(vocab_size=len(tokenizer), **BERT, **changes, **special)), seed)

    def outputs(_, rows):
        states, mask = masked(model, rows, padding)
        return Outputs(texts=unit(mean(states.last_hidden_state, mask)))

    def hidden(_, rows):
        states, _ = masked(model, rows, padding, output_hidden_states=True)
        return {f"text.{block}": output for block, output in enumerate(states.hidden_states[1:])}

    save = parts_saver(model, tokenizer)
    return Case(
        name, save, lambda: parameters_of(model, save), outputs, tokens=encoded(tokenizer, context), hidden=hidden if name == "transformers_bert" else None
    )


def dpr(name, seed):
    """DPR's two towers: the first token as it is, compared by products."""
    question = name == "transformers_dpr_question"
    kind = transformers.DPRQuestionEncoder if question else transformers.DPRContextEncoder
    tokenizer = vocabularies.word_piece()
    tokenizer.model_max_length = BERT["max_position_embeddings"]
    # One of them with the projection that the published have not.
    config = transformers.DPRConfig(vocab_size=len(tokenizer), **BERT, projection_dim=0 if question else 10)
    model = fill(kind(config), seed)

    def outputs(_, rows):
        return Outputs(texts=masked(model, rows, 0)[0].pooler_output)

    save = parts_saver(model, tokenizer)
    return Case(name, save, lambda: parameters_of(model, save), outputs, tokens=encoded(tokenizer, 32))


def t5(name, seed):
    """T5's encoder: the mean of the tokens."""
    gated = name == "transformers_t5_gated"
    tokenizer = vocabularies.t5()
    tokenizer.model_max_length = 24
    config = transformers.T5Config(vocab_size=len(tokenizer), **T5, feed_forward_proj="gated-gelu" if gated else "relu")
    model = fill(transformers.T5EncoderModel(config), seed)

    def outputs(_, rows):
        states, mask = masked(model, rows, 0)
        return Outputs(texts=unit(mean(states.last_hidden_state, mask)))

    save = parts_saver(model, tokenizer)
    return Case(name, save, lambda: parameters_of(model, save), outputs, tokens=encoded(tokenizer, 24))


KINDS = {
    "transformers_clip_legacy": clip,
    "transformers_clip": clip,
    "transformers_siglip": siglip,
    "transformers_siglip2": siglip,
    "transformers_dinov2": image_only,
    "transformers_dinov2_resized": image_only,
    "transformers_dinov2_swiglu": image_only,
    "transformers_dinov2_registers": image_only,
    "transformers_dinov3": image_only,
    "transformers_dinov3_gated": image_only,
    "transformers_vit_classes": image_only,
    "transformers_bert": bert,
    "transformers_roberta": bert,
    "transformers_xlm_roberta": bert,
    "transformers_dpr_question": dpr,
    "transformers_dpr_context": dpr,
    "transformers_t5": t5,
    "transformers_t5_gated": t5,
}


def build(name, seed):
    return KINDS[name](name, seed)
