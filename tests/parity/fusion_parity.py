"""Writes tests/fixtures/fusion: small fusion encoders and what VL-T5's own classes make of texts and regions.

The classes are those of VL-Adapter, whose T5 and `JointEncoder` are VL-T5's with bottlenecks and prompts added. They were
written for transformers 4.2; `original` puts back what they import and later versions have dropped, none of which computes
anything but masks. Texts alone are compared with `T5EncoderModel` of transformers itself.

    git clone https://github.com/ylsung/VL_adapter
    pip install torch==2.11.0 transformers==5.24.0 open_clip_torch==3.3.0 sentencepiece
    OMP_NUM_THREADS=1 python tests/parity/fusion_parity.py VL_adapter/VL-T5/src

Each folder has a model and `expected.safetensors`: `ids` [3, T] with `lengths` [3], `features` [3, R, F], `boxes` [3, R, 4],
`counts` [3], `images` and `orders` [3, R]; `states` [3, P + T + R, width] after the last norm, and for ways of pooling the
vectors, `all last` [3, D] and alike. `plain` has `text` [3, T, width] as well, what `T5EncoderModel` makes of the texts alone.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import types

import torch
import transformers
from safetensors.torch import save_file
from torch import nn
from transformers import T5Config, T5EncoderModel
from transformers import modeling_utils

from models import vocabularies
from models.noise import fill

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "fusion"
WORDS = 40
SIZES = dict(vocab_size=WORDS, d_model=12, d_kv=5, d_ff=20, num_layers=2, num_heads=3, dropout_rate=0.0)
# The arguments that both programs put on T5's configuration, as far as the encoder reads them.
ARGUMENTS = dict(
    feat_dim=7, pos_dim=4, n_images=2, use_vis_order_embedding=True, use_vis_layer_norm=True, individual_vis_layer_norm=True,
    additional_visual_embedding_layers=0, downsample=False, oneddownsample=False, sparse_sample=False, use_adapter=False,
    use_compacter=False, use_lradapter=False, use_hyperformer=False, use_lora=False, add_adapter_cross_attn=False,
    use_lm_head_adapter=False, adapter_config=None, encoder_prompt_config=None, decoder_prompt_config=None,
)
TASKS = ["vqa", "gqa"]
ADAPTERS = dict(
    tasks=TASKS, d_model=12, input_dim=12, reduction_factor=5, use_single_adapter=False, add_layer_norm_before_adapter=True,
    add_layer_norm_after_adapter=True, share_up_sampler=False, share_down_sampler=False, shared_phm_rule_over_tasks=False,
    track_z=False, non_linearity="gelu_new",
)
PROMPTS = dict(prompt_len=4, input_dim=12, mid_dim=6, tasks=TASKS, use_single_prompt=True)
LENGTHS, COUNTS = [6, 3, 1], [2, 5, 3]
POOLS, LAYERS = ["all", "text", "regions"], ["last", "sum:2", "concat:2", "average:2"]


def original(source):
    """The module of the fusion encoder, with what later versions of transformers have dropped put back."""
    modeling_utils.find_pruneable_heads_and_indices = modeling_utils.prune_linear_layer = None
    parallel = types.ModuleType("transformers.utils.model_parallel_utils")
    parallel.assert_device_map = parallel.get_device_map = None
    # Of VL-BART's file three ways of making regions fewer are imported; none is used here.
    bart = types.ModuleType("modeling_bart")
    bart.Downsample = bart.SparseSample = bart.OneDDownsample = None
    sys.modules.update({parallel.__name__: parallel, bart.__name__: bart})
    sys.modules["transformers"].__dict__.update(BeamScorer=object, BeamSearchScorer=object)
    model = modeling_utils.PreTrainedModel
    model.init_weights = lambda self: None
    model.get_head_mask = lambda self, mask, layers: [None] * layers
    # transformers 4.2: what is hidden has -10000 added.
    model.get_extended_attention_mask = lambda self, mask, shape, device: (1.0 - mask[:, None, None, :]) * -10000.0
    sys.path.insert(0, str(source))
    import modeling_t5

    return modeling_t5


def settings(kind, values):
    """A configuration of VL-Adapter's classes with these values."""
    made = kind()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def model_of(module, changes):
    """The whole model, decoder and all, of some arguments."""
    from adapters import AdapterConfig
    from prompt import EncoderPromptConfig

    changes = dict(changes)
    sizes = {**SIZES, "vocab_size": changes.pop("vocab_size", WORDS)}
    config = T5Config(**sizes, feed_forward_proj=changes.pop("feed_forward_proj", "relu"))
    config.num_decoder_layers = 1
    for name, value in {**ARGUMENTS, **changes}.items():
        setattr(config, name, value)
    if config.adapter_config:
        config.adapter_config = settings(AdapterConfig, config.adapter_config)
    if config.encoder_prompt_config:
        config.encoder_prompt_config = settings(EncoderPromptConfig, config.encoder_prompt_config)
    return module.VLT5(config)


def inputs(generator):
    longest, most = max(LENGTHS), max(COUNTS)
    ids = torch.randint(3, WORDS, (3, longest), generator=generator)
    for row, length in enumerate(LENGTHS):
        ids[row, length - 1] = 1
        ids[row, length:] = 0
    images = torch.tensor([[0, 1, 0, 0, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]])
    orders = torch.tensor([[0, 0, 0, 0, 0], [0, 1, 0, 1, 2], [0, 1, 2, 0, 0]])
    # What stands behind the last region is noise that nothing may look at.
    features = torch.randn(3, most, ARGUMENTS["feat_dim"], generator=generator)
    boxes = torch.rand(3, most, 4, generator=generator)
    lengths, counts = torch.tensor(LENGTHS), torch.tensor(COUNTS)
    return dict(ids=ids, lengths=lengths, features=features, boxes=boxes, counts=counts, images=images, orders=orders)


def masks(io):
    text = (torch.arange(io["ids"].shape[1])[None] < io["lengths"][:, None]).float()
    regions = (torch.arange(io["features"].shape[1])[None] < io["counts"][:, None]).float()
    return text, regions


def outputs_of_blocks(blocks, forward):
    """What `forward` gives, and what every block puts out while it runs."""
    outputs = []
    hooks = [block.register_forward_hook(lambda _, __, output: outputs.append(output[0])) for block in blocks]
    with torch.no_grad():
        result = forward()
    for hook in hooks:
        hook.remove()
    return result, outputs


def pooled(outputs, masks, prompt, projection):
    """Means over positions of the last blocks' states; the last of `outputs` is behind the norm."""
    text, regions = masks
    before = torch.ones(len(text), prompt)
    of = dict(
        all=torch.cat([before, text, regions], 1),
        text=torch.cat([0 * before, text, 0 * regions], 1),
        regions=torch.cat([0 * before, 0 * text, regions], 1),
    )
    vectors = {}
    for pool, mask in of.items():
        means = [(states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True) for states in outputs]
        for layers in LAYERS:
            kind, _, count = layers.partition(":")
            last = means[-int(count or 1) :]
            made = dict(last=last[0], sum=sum(last), concat=torch.cat(last, 1), average=sum(last) / len(last))[kind]
            # A projection takes no states of several blocks one after the other.
            if projection is None or kind != "concat":
                vectors[f"{pool} {layers}"] = projection(made) if projection else made
    return {name: vector.detach().contiguous() for name, vector in vectors.items()}


def expected(model, seed, projection=None, prompt=0, task=None):
    io = inputs(torch.Generator().manual_seed(seed))
    text, regions = masks(io)
    encoder = model.encoder

    def forward():
        visual = (io["features"], io["boxes"], io["images"], io["orders"])
        made = encoder(io["ids"], text, visual, vis_attention_mask=regions, return_dict=True, task=task)
        return made.last_hidden_state

    states, blocks = outputs_of_blocks(encoder.block, forward)
    return {**io, "states": states, **pooled([*blocks[:-1], states], (text, regions), prompt, projection)}


def text_alone(model, io):
    """What transformers' own encoder makes of the texts, of the same weights."""
    sizes = {**SIZES, "vocab_size": len(model.shared.weight)}
    encoder = T5EncoderModel(T5Config(**sizes, tie_word_embeddings=True)).eval()
    state = {name: tensor for name, tensor in model.state_dict().items() if name.startswith(("shared.", "encoder."))}
    encoder.load_state_dict({name: tensor for name, tensor in state.items() if "visual_embedding" not in name})
    text, _ = masks(io)
    with torch.no_grad():
        return {"text": encoder(input_ids=io["ids"], attention_mask=text).last_hidden_state}


def config_json(changes):
    """T5's configuration with the arguments, as a person writes it beside a state dictionary."""
    config = {"model_type": "t5", **SIZES, "layer_norm_epsilon": 1e-6, "relative_attention_num_buckets": 32}
    config.update({name: value for name, value in ARGUMENTS.items() if value is not None})
    config.update(changes)
    return json.dumps(config, indent=2) + "\n"


def write(name, changes, made, file):
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(config_json(changes))
    file(folder)
    save_file({name: tensor.contiguous() for name, tensor in made.items()}, folder / "expected.safetensors")


def of_encoder(state):
    """What transformers would write of the encoder: no tensor twice, no decoder."""
    copies = ("encoder.embed_tokens.weight", "encoder.visual_embedding.obj_order_embedding.weight")
    kept = {name: tensor for name, tensor in state.items() if name.startswith(("shared.", "encoder.")) and name not in copies}
    return {name: tensor.clone().contiguous() for name, tensor in kept.items()}


def plain(module):
    """VL-T5 as it was trained in parallel: the whole state dictionary, `module.` before each name; with a tokenizer."""
    tokenizer = vocabularies.t5()
    changes = dict(vocab_size=len(tokenizer))
    model = fill(model_of(module, changes), 1)
    made = expected(model, 11)
    made.update(text_alone(model, made))
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}

    def file(folder):
        torch.save(state, folder / "LAST.pth")
        with tempfile.TemporaryDirectory() as written:
            tokenizer.save_pretrained(written)
            for part in ["tokenizer.json", "tokenizer_config.json"]:
                shutil.copy(pathlib.Path(written) / part, folder / part)

    write("plain", changes, made, file)


def adapters(module):
    """Bottlenecks of two tasks with norms around them, gated perceptrons, one more layer for features."""
    changes = dict(use_adapter=True, adapter_config=ADAPTERS, additional_visual_embedding_layers=1, feed_forward_proj="gated-gelu")
    model = fill(model_of(module, changes), 2)
    state = of_encoder(model.state_dict())
    write("adapters", changes, expected(model, 12, task="gqa"), lambda folder: save_file(state, folder / "model.safetensors"))


def prompt(module):
    """A prompt that all tasks share, and one norm of the sum of a region's parts."""
    changes = dict(encoder_prompt_config=PROMPTS, individual_vis_layer_norm=False, additional_visual_embedding_layers=1)
    model = fill(model_of(module, changes), 3)
    made = expected(model, 13, prompt=PROMPTS["prompt_len"], task="gqa")
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.startswith(("decoder.", "lm_head."))}
    write("prompt", changes, made, lambda folder: torch.save(state, folder / "pytorch_model.bin"))


def separate(module):
    """Places of regions with vectors of their own, and a projection of the pooled state."""
    changes = dict(share_vis_embedding=False, n_objs=9, projection_dim=5)
    model = model_of(module, {})
    model.encoder.visual_embedding.obj_order_embedding = nn.Embedding(changes["n_objs"], SIZES["d_model"])
    model.projection = nn.Linear(SIZES["d_model"], changes["projection_dim"])
    fill(model, 4)
    own = {name: tensor for name, tensor in model.state_dict().items() if "obj_order" in name or name.startswith("projection.")}
    state = {**of_encoder(model.state_dict()), **{name: tensor.clone() for name, tensor in own.items()}}
    made = expected(model, 14, projection=model.projection)
    write("separate", changes, made, lambda folder: save_file(state, folder / "model.safetensors"))


def main():
    torch.set_num_threads(1)
    transformers.utils.logging.set_verbosity_error()
    module = original(pathlib.Path(sys.argv[1]).resolve())
    for write_model in [plain, adapters, prompt, separate]:
        write_model(module)


if __name__ == "__main__":
    main()
