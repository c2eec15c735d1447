"""Means and intervals."""

import functools
import math

Z = 1.959963984540054  # the 0.975 quantile of the normal distribution


def mean(values):
    """The mean of numbers, those that are None left out; None of nothing."""
    values = [float(value) for value in values if value is not None]
    return math.fsum(values) / len(values) if values else None


def ratio(part, of):
    """A share; None of nothing."""
    return part / of if of else None


def wilson(part, n):
    """Wilson's 95 % interval of a proportion of independent trials."""
    if n == 0:
        return None, None
    p = part / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


@functools.lru_cache(maxsize=100_000)
def level(score):
    """A score rounded to 40 significant bits: scores that are equal but for rounding are one."""
    if score == 0 or not math.isfinite(score):
        return score + 0.0
    fraction, exponent = math.frexp(score)
    return math.ldexp(math.floor(abs(fraction) * 2**40 + 0.5), exponent - 40) * (1 if score > 0 else -1)
