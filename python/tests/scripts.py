"""Programs of Python in a process of their own, which may hang, be interrupted or die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from the_program import surroundings

#: Seconds after which a script has hung.
PATIENCE = 60.0


class Script:
    """A script that has begun, in a session of its own so that its workers can be ended with it."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        (folder / "script.py").write_text(text, encoding="utf-8")
        with (folder / "stdout.txt").open("wb") as stdout, (folder / "stderr.txt").open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "script.py"],
                cwd=folder,
                env=surroundings(folder),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    @property
    def stdout(self) -> str:
        """What it has printed so far."""
        return (self.folder / "stdout.txt").read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        """What it has complained of so far."""
        return (self.folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")

    def wait_for(self, line: str) -> None:
        """Waits until it has printed a line; a test whose script hangs or dies before fails."""
        begun = time.perf_counter()
        while line not in self.stdout.splitlines():
            if self.process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                self._give_up(f"it has not said '{line}'")
            time.sleep(0.005)

    def end(self) -> int:
        """Its exit code; a test whose script hangs fails, and leaves no process behind."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._give_up(f"it hung for {PATIENCE} s")

    def _give_up(self, why: str) -> NoReturn:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        pytest.fail(f"{why}; it said {self.stdout!r} and {self.stderr!r}")


def said(folder: Path, text: str) -> str:
    """What a script prints, which must succeed."""
    script = Script(folder, text)
    code = script.end()
    assert code == 0, script.stderr
    return script.stdout
