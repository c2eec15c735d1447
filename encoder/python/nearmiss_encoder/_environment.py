"""The variables that the program is run with."""

from __future__ import annotations

import os

from ._program import program
from ._torch import libraries


def environment() -> dict[str, str]:
    """The variables of this process, and the way to LibTorch where the program does not know it.

    The program looks for `torch` in the folder that it is installed in itself. Where that is another one (an environment on
    top of a cluster's PyTorch, packages of the user on top of the system's) the folder is named in ``LD_LIBRARY_PATH``.

    Returns
    -------
    dict
        For :func:`subprocess.run` and the like.

    Examples
    --------
    >>> import os, nearmiss_encoder
    >>> set(os.environ) <= set(nearmiss_encoder.environment())
    True
    """
    variables = dict(os.environ)
    beside = program().parents[2] / "torch" / "lib"
    there = libraries()
    if there is not None and there.resolve() != beside.resolve():
        known = variables.get("LD_LIBRARY_PATH")
        variables["LD_LIBRARY_PATH"] = f"{there}{os.pathsep}{known}" if known else str(there)
    return variables
