"""What kind of object a value is, told without importing the package that it comes from."""

from __future__ import annotations

__all__ = ["described", "is_a", "is_torch"]


def is_a(value: object, package: str, *names: str) -> bool:
    """Whether a value is of one of these classes of a package, or of a class derived from one.

    Parameters
    ----------
    value : object
        Anything.
    package : str
        The name of the top-level package, which need not be installed.
    *names : str
        Names of classes.

    Returns
    -------
    bool
        Whether it is.

    Examples
    --------
    >>> from collections import OrderedDict
    >>> is_a(OrderedDict(), "collections", "OrderedDict"), is_a({}, "pandas", "DataFrame")
    (True, False)
    """
    return any(kind.__name__ in names and kind.__module__.partition(".")[0] == package for kind in type(value).__mro__)


def is_torch(value: object) -> bool:
    """Whether a value is a tensor of PyTorch.

    Examples
    --------
    >>> is_torch([1.0, 2.0])
    False
    """
    return is_a(value, "torch", "Tensor")


def described(value: object) -> str:
    """The type of a value with its article, as a sentence names it.

    Examples
    --------
    >>> described(3), described(None), described(object())
    ('an int', 'None', 'an object')
    """
    if value is None:
        return "None"
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    name = kind.__qualname__ if package in ("builtins", "nearmiss") else f"{package}.{kind.__qualname__}"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
