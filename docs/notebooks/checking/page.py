"""A notebook that was run as a page of the book: Markdown, and pictures beside it."""

from __future__ import annotations

import base64
import difflib
import pathlib
import re
from typing import Any

from . import dataframe
from .fault import Fault

__all__ = ["differences", "rendered", "write"]

#: Kinds of output; of those that an output has the first is shown. Pictures become files.
KINDS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
PICTURES = {"image/svg+xml": "svg", "image/png": "png"}
WIDEST_DIFFERENCE = 400

Files = dict[str, bytes]
"""The page and its pictures by their names."""


def rendered(source: pathlib.Path, notebook: Any) -> Files:
    """The page of a notebook that was run, and its pictures."""
    files: Files = {}
    pieces = [f"<!-- Made from {source.name} by docs/notebooks/check --write: change that file, not this one. -->"]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            pieces.append(cell.source)
        else:
            pieces.append(f"```python\n{cell.source}\n```")
            pieces.extend(_shown(source, output, files) for output in cell.outputs)
    pieces.append(f"*A notebook, as it ran: [{source.name}]({source.name}).*")
    files[f"{source.stem}.md"] = ("\n\n".join(pieces) + "\n").encode()
    return files


def _shown(source: pathlib.Path, output: Any, files: Files) -> str:
    """An output as Markdown; a picture is put among the files."""
    if output.output_type == "stream":
        if output.name == "stderr":
            raise Fault(f"{source.name}: a cell says on stderr: {output.text}")
        return _fenced(source, output.text)
    kind = next(kind for kind in KINDS if kind in output.data)
    content = output.data[kind]
    if kind == "text/html":
        return _html(content)
    if kind in PICTURES:
        name = f"{source.stem}-{len(files) + 1}.{PICTURES[kind]}"
        files[name] = base64.b64decode(content) if kind == "image/png" else content.encode()
        return f"![{output.metadata.get('alt', 'What the cell above draws')}]({name})"
    return content if kind == "text/markdown" else _fenced(source, content)


def _html(content: str) -> str:
    """HTML that may stand in Markdown: without blank lines, which would end it, and styles, which forges show as text."""
    if dataframe.is_one(content):
        return dataframe.as_markdown(content)
    content = re.sub(r"<style.*?</style>", "", content, flags=re.DOTALL)
    # A line for each row of a table, so that differences are short.
    content = re.sub(r"(?<=>)(?=<(?:tr|table|p|div|details|ul|li|/tbody|/div)\b)", "\n", content)
    return "\n".join(line.rstrip() for line in content.splitlines() if line.strip())


def _fenced(source: pathlib.Path, text: str) -> str:
    lines = [line.rstrip() for line in text.rstrip("\n").splitlines()]
    if any(line.startswith("```") for line in lines):
        raise Fault(f"{source.name}: an output has a line that begins with a fence")
    # A block of 'text' would be held against what the commands of a page print.
    return "\n".join(["```plaintext", *lines, "```"])


def differences(folder: pathlib.Path, stem: str, files: Files) -> list[str]:
    """How a page that was made differs from the one that is committed."""
    faults = []
    for name, content in files.items():
        path = folder / name
        there = path.read_bytes() if path.exists() else b""
        if there == content:
            continue
        if name.endswith(".png"):
            faults.append(f"{name} is another picture now")
        else:
            old, new = (text.decode().splitlines() for text in (there, content))
            lines = difflib.unified_diff(old, new, f"{name}, committed", f"{name}, now", lineterm="", n=1)
            faults.append("\n".join(line[:WIDEST_DIFFERENCE] for line in lines))
    faults.extend(f"{path.name} is no longer drawn" for path in _pictures(folder, stem) if path.name not in files)
    return faults


def write(folder: pathlib.Path, stem: str, files: Files) -> None:
    """Puts a page and its pictures in place of those that are there."""
    for path in _pictures(folder, stem):
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _pictures(folder: pathlib.Path, stem: str) -> list[pathlib.Path]:
    return sorted(path for kind in PICTURES.values() for path in folder.glob(f"{stem}-[0-9]*.{kind}"))
