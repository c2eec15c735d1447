"""The `torch` of this environment, looked at without importing it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from pathlib import Path

#: The versions that the program can be run with: from the first, and below the second.
NEEDED = ((2, 11), (2, 12))
#: The same as pip is told.
REQUIREMENT = "torch>=" + ",<".join(".".join(map(str, version)) for version in NEEDED)


def check() -> None:
    """Checks that the LibTorch which the program needs is installed here.

    Raises
    ------
    RuntimeError
        In one line: which version is there, which is needed, and what to type.

    Examples
    --------
    >>> import nearmiss_encoder
    >>> nearmiss_encoder.check()
    """
    remedy = f"type: pip install '{REQUIREMENT}'"
    needed = "nearmiss-encoder is built for torch " + ".".join(map(str, NEEDED[0]))
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        raise RuntimeError(f"{needed}, and no torch is installed here; {remedy}") from None
    if not NEEDED[0] <= release(version) < NEEDED[1]:
        raise RuntimeError(f"{needed}, and torch {version} is installed here; {remedy}")
    if libraries() is None:
        raise RuntimeError(f"torch {version} is installed here without its libtorch_cpu.so; {remedy} --force-reinstall")


def release(version: str) -> tuple[int, ...]:
    """The first two numbers of a version.

    Examples
    --------
    >>> release("2.11.0+cu130")
    (2, 11)
    >>> release("2.12.0.dev1")
    (2, 12)
    """
    found = re.match(r"(\d+)\.(\d+)", version)
    return tuple(map(int, found.groups())) if found else ()


def libraries() -> Path | None:
    """The folder of LibTorch's libraries, or None where `torch` is not installed or has none."""
    found = importlib.util.find_spec("torch")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / "lib" / "libtorch_cpu.so").exists():
            return Path(folder) / "lib"
    return None
