"""Where ``nearmiss-encoder`` lies, the program that loads LibTorch."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
from typing import NamedTuple

from ._nearmiss import NearmissError

__all__ = ["Encoder", "find"]

_PROGRAM = "nearmiss-encoder"


class Encoder(NamedTuple):
    """A program and the variables to run it with."""

    #: The file.
    program: str
    #: The variables, with the way to LibTorch.
    environment: dict[str, str]


def find() -> Encoder:
    """The program of the package ``nearmiss_encoder`` of this environment; else that beside Python; else that on ``PATH``.

    Returns
    -------
    Encoder
        The program and its variables.

    Raises
    ------
    NearmissError
        It is not installed; or the LibTorch that is installed is not the one it needs.
    """
    if importlib.util.find_spec("nearmiss_encoder") is not None:
        encoder = importlib.import_module("nearmiss_encoder")
        try:
            encoder.check()
        except RuntimeError as error:
            raise NearmissError(str(error)) from None
        return Encoder(str(encoder.program()), dict(encoder.environment()))
    beside = os.path.dirname(sys.executable)
    program = shutil.which(_PROGRAM, path=beside) or shutil.which(_PROGRAM)
    if program is None:
        raise NearmissError(
            f"{_PROGRAM} is not installed, and classifying photographs needs it: pip install 'nearmiss-eval[encoder]'"
        )
    return Encoder(program, dict(os.environ))
