"""Thresholds and temperatures that are tuned on one part of the images and tried on the other."""

import math

import calibration
import distribution
import intervals
from agreement import Open
from mathematics import level, mean
from outcome import judge
from selective import one, thresholds, values
from taxonomy import ROOT

# Names of splits that are there to tune on.
TUNING = ["val", "valid", "validation", "calibration", "calib", "dev"]

# Images that it takes to fit a temperature, and as many to try it.
LEAST = 10


def parts(images):
    """The images of a split to tune on, and the others; None where chance has to choose."""
    tuned = [image for image in images if image.split.strip().lower() in TUNING]
    rest = [image for image in images if image not in tuned]
    return (tuned, rest) if tuned and rest else None


def targets(taxonomy, met, images, tree, bits):
    """Thresholds for one wrong answer in 20 and in 10."""
    halves = parts(images)
    if halves is None:
        return Open("a random half of the images")
    return [target(taxonomy, met, *halves, tree, bits, one_in) for one_in in (20, 10)]


def target(taxonomy, met, tuned, rest, tree, bits, one_in):
    """The least threshold at which an answer changes and from which on, upwards, no more than one in so many
    answers is wrong; and what it does to the other images."""
    back_off = lambda image, threshold: distribution.back_off(taxonomy, tree, image, bits, threshold) \
        if image.masses else ROOT
    found = None
    if len(tuned) >= one_in:
        before = None
        for threshold in sorted({1.0, *thresholds(taxonomy, tuned, tree)}, reverse=True):
            answers = [back_off(image, threshold) for image in tuned]
            if answers == before:
                continue
            before = answers
            if 1 - values(taxonomy, tuned, answers, bits)["correct"] > 1 / one_in + 1e-12:
                break
            found = threshold
    result = {"target_error": 1 / one_in, "threshold": Open("checked by what it does") if found else None,
              "tuned_on": len(tuned), "tuned_on_needed": one_in, "chosen": "the validation split", "tried_on": len(rest),
              "error": None, "error_low": None, "error_high": None, "info_recall": None, "exact": None}
    if found is None:
        return {**result, "note": Open("a sentence")}
    answers = [back_off(image, found) for image in rest]
    rows = [one(taxonomy, judge(taxonomy, image.truth, answer), bits) for image, answer in zip(rest, answers)]
    wrong = sum(not row["correct"] for row in rows)
    low, high = intervals.share([(image.cluster, float(not row["correct"]), 1.0) for image, row in zip(rest, rows)])
    return {**result, "threshold": found, "note": None, "error": wrong / len(rest), "error_low": low, "error_high": high,
            "info_recall": mean(row["info_recall"] for row in rows), "exact": mean(row["exact"] for row in rows)}


def temperature(taxonomy, images, tree, theirs):
    """The temperature of the program, held against its definition: no other makes the truths more probable."""
    halves = parts(images)
    if halves is None:
        return Open("a random half of the images")
    tuned, rest = halves
    fitted = [image for image in tuned if image.truth in tree.labels]
    if len(fitted) < LEAST or len(rest) < LEAST or not any(image.masses for image in fitted):
        return None
    fitted = [image for image in fitted if image.masses]
    result = {"fitted_on": len(fitted), "tried_on": len(rest), "chosen": "the validation split",
              "before": calibration.rows(taxonomy, rest, tree)}
    if not theirs:
        return {**result, "temperature": "a number", "after": "a block"}
    given = theirs["temperature"]
    least = min(loss(fitted, math.exp(x / 50)) for x in range(-230, 231))
    result["temperature"] = given if loss(fitted, given) <= least + 1e-6 else "none of more probability"
    result["after"] = calibration.rows(taxonomy, [tempered(image, given) for image in rest], tree)
    return result


def loss(images, t):
    """Mean surprise at the truths, in nats, with probabilities to the power of 1 / t."""
    surprises = []
    for image in images:
        p = dict(tempered(image, t).every).get(image.truth, 0.0)
        surprises.append(-math.log(max(p, calibration.FLOOR)))
    return mean(surprises)


def tempered(image, t):
    """An image with its probabilities to the power of 1 / t, adding up to 1."""
    from copy import copy

    own = distribution.own(image)
    if not own:
        return image
    most = max(own.values())
    powers = {label: (p / most) ** (1 / t) for label, p in own.items()}
    total = math.fsum(powers.values())
    result = copy(image)
    result.every = sorted(((label, p / total) for label, p in powers.items()), key=lambda pair: (-level(pair[1]), pair[0]))
    return result
