"""Writes small classifiers, which know classes by the mean colour of a photograph.

Usage: python tests/parity/make_classifier.py

Writes to tests/fixtures/classifier: colours.torchscript, pixels [B, 3, 8, 8] to logits [B, 4] (four times the mean of red, green
and blue, and 0) and features [B, 3] (the means); colours.onnx, one image at a time to probabilities [1, 3]. Needs onnx, torch.
"""

import pathlib

import numpy
import torch
from onnx import TensorProto, checker, helper, numpy_helper, save

OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "classifier"
# Probabilities of red, green and blue: the softmax of four times the mean.
WEIGHTS = (4 * numpy.eye(3)).astype(numpy.float32)


class Colours(torch.nn.Module):
    def forward(self, pixels):
        means = pixels.mean((2, 3))
        return torch.nn.functional.pad(4 * means, (0, 1)), means


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.jit.trace(Colours(), torch.zeros(2, 3, 8, 8)).save(OUT / "colours.torchscript")
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixels"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"]),
        helper.make_node("MatMul", ["means", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, 8, 8])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 3])
    graph = helper.make_graph(nodes, "colours", [pixels], [output], [numpy_helper.from_array(WEIGHTS, "weights")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, OUT / "colours.onnx")


if __name__ == "__main__":
    main()
