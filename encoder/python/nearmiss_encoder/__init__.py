"""The program `nearmiss-encoder`, and the LibTorch that it is run with.

The program classifies photographs, takes hidden states and trains; `nearmiss` (``pip install nearmiss-eval``) hands over to
it by itself. It uses the libraries of the ``torch`` wheel of the same environment, CUDA included, and is linked to LibTorch
2.11, so that another minor version will not do. Nothing here imports ``torch``.
"""

from __future__ import annotations

from ._environment import environment
from ._program import program
from ._torch import check

__all__ = ["check", "environment", "program"]
