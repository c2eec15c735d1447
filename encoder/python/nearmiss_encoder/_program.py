"""Where the program lies."""

from __future__ import annotations

from pathlib import Path


def program() -> Path:
    """The file of the program `nearmiss-encoder`.

    Returns
    -------
    pathlib.Path
        To be run with the variables of :func:`nearmiss_encoder.environment`.

    Examples
    --------
    >>> import nearmiss_encoder
    >>> nearmiss_encoder.program().name
    'nearmiss-encoder'
    """
    return Path(__file__).resolve().parent / "bin" / "nearmiss-encoder"
