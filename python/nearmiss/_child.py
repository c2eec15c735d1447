"""A program that runs as a child: its progress is passed on, its last words are kept, and Ctrl-C ends it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, NamedTuple

from ._nearmiss import NearmissError
from ._progress import is_notebook, is_watched

__all__ = ["Ended", "run"]

#: What moves the cursor of a terminal and colours it.
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
#: Letters of stderr that are kept.
_KEPT = 8_000
#: Seconds that an interrupted program has to leave complete files behind, and then to end after it was told to.
_PATIENCE = (10.0, 5.0)


class Ended(NamedTuple):
    """How a program ended."""

    #: Its exit code; minus the signal that ended it.
    code: int
    #: Its lines on stdout.
    lines: list[str]
    #: The end of what it said on stderr, without controls of the terminal.
    said: str

    def message(self) -> str:
        r"""What it ended with: its error, or else its last line.

        Examples
        --------
        >>> Ended(2, [], "note: 3 photographs\nerror: no model: m\n").message()
        'no model: m'
        """
        found = re.findall(r"^error: (.*)", self.said, re.MULTILINE)
        lines = [line for line in re.split(r"[\r\n]+", self.said) if line.strip()]
        return str(found[-1]).strip() if found else (lines[-1].strip() if lines else "it said nothing")


def run(program: str, words: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Runs a program to its end.

    Parameters
    ----------
    program : str
        Its file.
    words : sequence of str
        Its command line, the name that it is called by first.
    environment : mapping
        Its variables.

    Returns
    -------
    Ended
        Its exit code and what it said.

    Raises
    ------
    NearmissError
        It cannot be started.
    KeyboardInterrupt
        Ctrl-C; the program has ended then.

    Examples
    --------
    >>> import os, sys
    >>> run(sys.executable, ["python", "-c", "print('done')"], os.environ)
    Ended(code=0, lines=['done'], said='')
    """
    lines: list[str] = []
    with _errors() as (ours, theirs):
        child = _started(program, words, environment, theirs)
        os.close(theirs)
        reader = threading.Thread(target=_keep, args=(child.stdout, lines), daemon=True)
        reader.start()
        try:
            said = _pass_on(ours)
            code = child.wait()
        except KeyboardInterrupt:
            _end(child)
            _pass_on(ours)
            raise
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            reader.join()
    return Ended(code, lines, said)


def _started(program: str, words: Sequence[str], environment: Mapping[str, str], errors: int) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            list(words),
            executable=program,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        os.close(errors)
        raise NearmissError(f"{program}: cannot be started: {error.strerror}") from error


def _keep(lines_of: IO[str] | None, lines: list[str]) -> None:
    if lines_of is not None:
        with lines_of:
            lines.extend(line.rstrip("\n") for line in lines_of)


@contextlib.contextmanager
def _errors() -> Iterator[tuple[int, int]]:
    """Two ends of what a child writes its errors to: a terminal where somebody looks, so that there is a bar, else a pipe."""
    ours, theirs = _terminal() if is_watched() else os.pipe()
    try:
        yield ours, theirs
    finally:
        os.close(ours)


def _terminal() -> tuple[int, int]:
    try:
        import fcntl
        import pty
        import struct
        import termios
    except ImportError:  # Windows has none; then there is no bar.
        return os.pipe()
    ours, theirs = pty.openpty()
    size = shutil.get_terminal_size()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size.lines, size.columns, 0, 0))
    return ours, theirs


def _pass_on(ours: int) -> str:
    """Passes on what comes until it ends; the last of it."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    plain, kept = is_notebook() or not is_watched(), ""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # A terminal whose other end was closed.
            piece = b""
        text = decoder.decode(piece, final=not piece)
        bare = _CONTROLS.sub("", text)
        kept = (kept + bare)[-_KEPT:]
        if sys.stderr is not None and text:
            sys.stderr.write(bare if plain else text)
            sys.stderr.flush()
        if not piece:
            return kept.replace("\r\n", "\n")


def _end(child: subprocess.Popen[str]) -> None:
    """Ends a child that is to stop, gently first."""
    # It is in a session of its own, so that this is the only Ctrl-C it has: a second one would end it without its files.
    ends = [lambda: child.send_signal(signal.SIGINT)] if os.name == "posix" else []
    for end, patience in zip([*ends, child.terminate], _PATIENCE[-len(ends) - 1 :], strict=True):
        end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            return
