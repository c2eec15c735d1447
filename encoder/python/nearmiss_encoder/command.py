"""The command `nearmiss-encoder`: it becomes the program, or says why it cannot."""

from __future__ import annotations

import os
import sys

from ._environment import environment
from ._program import program
from ._torch import check


def main() -> int:
    """Runs the program in place of this process, with the same words.

    Returns
    -------
    int
        2, where LibTorch is not the one it needs; otherwise it does not come back.
    """
    try:
        check()
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    os.execve(program(), ["nearmiss", *sys.argv[1:]], environment())


if __name__ == "__main__":
    sys.exit(main())
