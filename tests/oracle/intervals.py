"""The 95 % intervals of shares, of differences of shares, and of means, over clusters of images."""

import functools
import math
from collections import Counter
from statistics import NormalDist

import numpy as np

from agreement import Around
from mathematics import Z

# Fewest clusters that a mean's interval is taken from.
FEWEST = 6

# Draws of the program, and our own.
THEIRS = 2000
DRAWS = 8000


def clusters(terms):
    """(sum, weight) of each cluster from (cluster, sum, weight) of each image; those without weight are left out."""
    sums, weights = Counter(), Counter()
    for cluster, value, weight in terms:
        sums[cluster] += value
        weights[cluster] += weight
    return [(sums[cluster], weights[cluster]) for cluster in weights if weights[cluster] > 0]


def wilson(p, n):
    """Wilson's interval of a share seen in n trials, which need not be whole."""
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, min(centre - half, p)), min(1.0, max(centre + half, p))


def share(terms):
    """Wilson's interval of a share on the images over their design effect."""
    found = clusters(terms)
    if not found:
        return None, None
    weight = math.fsum(w for _, w in found)
    images = weight**2 / math.fsum(w * w for _, _, w in terms)
    p = min(1.0, max(0.0, math.fsum(s for s, _ in found) / weight))
    of_image = weight / images
    typical = math.fsum(w * w for _, w in found) / weight
    # One more cluster of typical weight that is wholly right, and one that is wholly wrong.
    more = [*found, (typical, typical), (0.0, typical)]
    every = math.fsum(w for _, w in more)
    q = math.fsum(s for s, _ in more) / every
    between = math.fsum((s - q * w) ** 2 for s, w in more)
    independent = q * (1 - q) * every * of_image
    effect = max(1.0, min(between / independent, typical / of_image))
    return wilson(p, images / effect)


def difference(terms):
    """Bonett and Price's interval of a difference of paired shares; a term is +1, 0 or -1."""
    found = clusters([(cluster, value, 1.0) for cluster, value in terms])
    if not found:
        return None, None
    images = math.fsum(w for _, w in found)
    d = math.fsum(s for s, _ in found) / images
    sign = -1 if d < 0 else 1
    unlike = sum(value != 0 for _, value in terms)
    typical = math.fsum(w * w for _, w in found) / images
    more = [*((sign * s, w) for s, w in found), (typical, typical), (-typical, typical)]
    every = math.fsum(w for _, w in more)
    q = math.fsum(s for s, _ in more) / every
    between = math.fsum((s - q * w) ** 2 for s, w in more)
    independent = unlike + 2 * typical - q * q * every
    n = images / max(1.0, min(between / independent, typical))
    small = abs(d) * n / (n + 2)
    u = (unlike / images * n + 2) / (n + 2)
    half = Z * math.sqrt(max(0.0, u - small * small) / (n + 2))
    low, high = max(-1.0, small - half), min(1.0, max(abs(d), small + half))
    return (low, high) if sign > 0 else (-high, -low)


def mean(terms, least=None, most=None):
    """Of means: BCa over clusters where they vary, else the widest of all with these bounds, else none."""
    found = clusters(terms)
    if not found:
        return None, None
    weight = math.fsum(w for _, w in found)
    value = math.fsum(s for s, _ in found) / weight
    if varied(found, (most - least) if most is not None else max(abs(s / w) for s, w in found)):
        return bca(found, value, least, most)
    if most is None:
        return None, None
    effective = weight**2 / math.fsum(w * w for _, w in found)
    low, high = wilson(min(1.0, max(0.0, (value - least) / (most - least))), effective)
    return min(value, least + (most - least) * low), max(value, least + (most - least) * high)


def varied(found, scale):
    """Whether there are six clusters, and few draws would meet the commonest value alone."""
    values = sorted(s / w for s, w in found)
    commonest = max(sum(abs(other - value) <= 1e-9 * scale for other in values) for value in values)
    k = len(found)
    return commonest < k and k >= FEWEST and k * math.log(commonest / k) <= math.log(0.025)


@functools.cache
def draws(k):
    """How often each of k clusters is drawn, draw by draw."""
    return np.random.default_rng(k).multinomial(k, [1 / k] * k, size=DRAWS).astype(float)


def bca(found, value, least, most):
    """The bias-corrected and accelerated bootstrap, as far as other draws tell."""
    sums, weights = np.array([s for s, _ in found]), np.array([w for _, w in found])
    counts = draws(len(found))
    means = np.sort((counts @ sums) / (counts @ weights))
    share = float(np.mean(means < value - 1e-12) + np.mean(np.abs(means - value) <= 1e-12) / 2)
    without = [(sums.sum() - s) / (weights.sum() - w) for s, w in found if weights.sum() > w]
    left = np.mean(without) - np.array(without)
    squares = float(np.sum(left**2))
    acceleration = float(np.sum(left**3)) / (6 * squares**1.5) if squares > 0 else 0.0
    extremes = float(np.min(sums / weights)), float(np.max(sums / weights))
    ends = [between(means, extremes, places(share, tail, acceleration)) for tail in (0.025, 0.975)]
    return tuple(clipped(end, value, side, least, most) for side, end in enumerate(ends))


def error(share):
    """How far a share of the program's draws may lie from that of ours: five deviations of both."""
    return 5 * math.sqrt(max(share * (1 - share), 1 / THEIRS) * (1 / THEIRS + 1 / DRAWS))


def places(share, tail, acceleration):
    """Between which quantiles an end lies, the share of means below the value being known but for the draws."""
    normal = NormalDist()
    least = 0.5 / THEIRS
    found = []
    for one in (share - error(share), share, share + error(share)):
        z = normal.inv_cdf(min(1 - least, max(least, one)))
        shifted = z + normal.inv_cdf(tail)
        found.append(normal.cdf(z + shifted / (1 - acceleration * shifted)))
    return min(at - error(at) for at in found), max(at + error(at) for at in found)


def between(means, extremes, quantiles):
    """Drawn means at two quantiles; beyond the draws any mean that there is."""
    low, high = quantiles
    return (float(np.quantile(means, low)) if low > 2 / THEIRS else extremes[0],
            float(np.quantile(means, high)) if high < 1 - 2 / THEIRS else extremes[1])


def clipped(band, value, side, least, most):
    """An end on its side of the value, within the bounds."""
    limit = (lambda x: min(x, value)) if side == 0 else (lambda x: max(x, value))
    low, high = (limit(x) for x in band)
    if most is not None:
        low, high = max(low, least), min(high, most)
    return Around((low + high) / 2, abs(high - low) / 2 + 1e-9)


def ends(name, found):
    """The two ends under their names."""
    return {f"{name}_low": found[0], f"{name}_high": found[1]}


def checks(document, path=""):
    """Holds every interval of a document against its value: around it, or absent for a reason."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from checks(value, f"{path}.{key}".lstrip("."))
            # Rows of one value have ends without its name, and a reason of their own.
            if key == "value" and "low" in document:
                reason = {"value": document["no_interval"]} if document.get("no_interval") else {}
                ends = (document["low"], value, document["high"])
                yield f"{path} in its interval", ends, "low, value, high, or a reason", holds(*ends, reason, key)
            if key == "distance" and "interval" in document:
                found = document["interval"] or {"low": None, "high": None}
                reason = {key: document["no_interval"]} if document.get("no_interval") else {}
                yield f"{path} in its interval", (found, value), "low, value, high, or a reason", \
                    holds(found["low"], value, found["high"], reason, key)
            low, high = document.get(f"{key}_low", key), document.get(f"{key}_high", key)
            if low == key:
                continue
            if isinstance(value, dict):
                for rank in value:
                    ends = (low.get(rank), value[rank], high.get(rank))
                    yield f"{path}.{key}.{rank} in its interval", ends, "low, value, high, or a reason", holds(*ends, {}, rank)
                continue
            yield f"{path}.{key} in its interval", (low, value, high), "low, value, high, or a reason", \
                holds(low, value, high, document.get("no_interval") or {}, key)
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from checks(value, f"{path}[{place}]")


def holds(low, value, high, reasons, key):
    """Whether an interval is there or explained, and holds its value."""
    if value is None:
        return low is None and high is None and key not in reasons
    if low is None or high is None:
        return low is None and high is None and bool(reasons.get(key))
    return low - 1e-12 <= value <= high + 1e-12 and key not in reasons
