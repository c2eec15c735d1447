"""Notebooks in the percent format, and running them."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import tempfile
from collections.abc import Iterator
from typing import Any

from .fault import Fault

__all__ = ["cells", "clean_surroundings", "executed", "leave"]

MARK = "# %%"
SECONDS_PER_CELL = 300
#: How tracebacks of IPython are coloured.
COLOURS = re.compile("\x1b\\[[0-9;]*m")


def cells(source: pathlib.Path) -> list[tuple[str, str]]:
    """The cells of a file, each ``markdown`` or ``code`` with its text."""
    found: list[tuple[str, list[str]]] = []
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(MARK):
            kind = line.removeprefix(MARK).strip()
            if kind not in ("", "[markdown]"):
                raise Fault(f"{source.name}:{number}: '{line}' opens no cell: write '{MARK}' or '{MARK} [markdown]'")
            found.append(("markdown" if kind else "code", []))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            raise Fault(f"{source.name}:{number}: a line stands before the first '{MARK}'")
    return [(kind, _text(kind, lines)) for kind, lines in found]


def _text(kind: str, lines: list[str]) -> str:
    if kind == "markdown":
        lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
    return "\n".join(lines).strip("\n")


@contextlib.contextmanager
def clean_surroundings() -> Iterator[str]:
    """A home without settings and start-up files of the person who runs this, and one thread of arithmetic."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            os.environ[name] = home
        os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", NO_COLOR="1")
        # Bars of progress are not for pages, nor is tqdm's advice to install ipywidgets for them.
        os.environ.update(TQDM_DISABLE="1", PYTHONWARNINGS="ignore:IProgress not found")
        try:
            yield home
        finally:
            os.environ.clear()
            os.environ.update(before)


def executed(source: pathlib.Path) -> Any:
    """The notebook of a file, run from its first cell to its last in a fresh kernel and an empty folder."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    notebook = nbformat.v4.new_notebook()
    for place, (kind, text) in enumerate(cells(source), 1):
        made = nbformat.v4.new_markdown_cell(text) if kind == "markdown" else nbformat.v4.new_code_cell(text)
        made["id"] = f"cell-{place}"
        notebook.cells.append(made)
    with tempfile.TemporaryDirectory() as folder, clean_surroundings() as home:
        # Sockets that are files, where the system has them: nobody else on the machine can listen.
        sockets = {"transport": "ipc", "ip": os.path.join(home, "kernel")} if os.name == "posix" else {}
        client = NotebookClient(
            notebook,
            config=Config(KernelManager=sockets),
            kernel_name="python3",
            timeout=SECONDS_PER_CELL,
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise Fault(f"{source.name}: {COLOURS.sub('', str(error))}") from None
    return notebook


def leave(notebook: Any, path: pathlib.Path) -> None:
    """Writes a notebook as Jupyter opens it."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
