"""Batches of logits with their truths, and numbers of batches held against each other."""

from __future__ import annotations

from typing import Any

import numpy

import nearmiss as nm
from bits import same_bits
from variants import SPECIES

#: Classes in an order of their own, so that places in it are no places in the taxonomy.
CLASSES = [SPECIES[place] for place in (3, 0, 6, 2, 5, 1, 4)]


def batch(
    images: int = 60, seed: int = 0, precision: str = "float32"
) -> tuple[numpy.ndarray[Any, Any], numpy.ndarray[Any, Any]]:
    """Logits, and truths that are the best of them half of the time."""
    draw = numpy.random.default_rng(seed)
    # In half precision some are equal.
    logits = (draw.normal(size=(images, 7)) * 3).astype(precision)
    truth = numpy.where(draw.random(images) < 0.5, logits.argmax(axis=1), draw.integers(0, 7, images))
    return logits, truth


def assert_same(found: nm.Metrics, expected: nm.Metrics, *, without: tuple[str, ...] = ()) -> None:
    """All numbers are the same to the last bit, ends of intervals included; but for some."""
    assert list(found) == list(expected)
    wrong = []
    for name, metric in found.items():
        if name.endswith(without) if without else False:
            continue
        for one, other in zip(metric[:4], expected[name][:4]):
            if (one is None) != (other is None) or (
                one is not None and other is not None and not same_bits(float(one), float(other))
            ):
                wrong.append((name, metric, expected[name]))
    assert not wrong, wrong[:3]
