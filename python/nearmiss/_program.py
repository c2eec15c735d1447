"""The program ``nearmiss``, which the package brings along."""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line, and ends with its exit code."""
    # Ctrl-C ends the program as it does any other: nothing in Python has to be tidied up.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ._nearmiss import program

    code = program([_word(sys.argv[0]), *sys.argv[1:]])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has gone (`nearmiss ... | head`). Python would say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)


def _word(script: str) -> str:
    """The first word of the command line: the program, beside which others of the same environment are looked for.

    Examples
    --------
    >>> _word("/home/a/env/bin/nearmiss")
    '/home/a/env/bin/nearmiss'
    >>> os.path.basename(_word("/home/a/env/lib/python3.12/site-packages/nearmiss/__main__.py"))
    'nearmiss'
    """
    if os.path.basename(script).startswith("nearmiss"):
        return script
    return os.path.join(os.path.dirname(sys.executable), "nearmiss")
