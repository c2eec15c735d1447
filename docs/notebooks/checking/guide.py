"""The blocks of docs/python.md, run as a reader would run them: in order, in one session, in one folder.

Examples with prompts are doctests. A block under a line that ends in "Into `name.py`:" is a program, which is run by itself;
what it prints stands in the block below it. A block that needs a package that is not installed is skipped, aloud.
"""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

from .notebook import clean_surroundings

__all__ = ["run"]

FENCE = "```"
PROMPT = ">>> "
PAGE = "python.md"
#: The page that shows the table that the guide scores.
TABLE_PAGE = "score-a-table.md"
TABLE = "predictions.csv"


@dataclasses.dataclass
class Block:
    """A block of code of a page."""

    tag: str
    line: int
    file: str | None
    text: str = ""


def blocks(page: pathlib.Path) -> list[Block]:
    """The blocks of a page, each with the file that it shows."""
    found: list[Block] = []
    open_block: Block | None = None
    before = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if open_block is not None:
            if line == FENCE:
                found.append(open_block)
                open_block, before = None, FENCE
            else:
                open_block.text += line + "\n"
        elif line.startswith(FENCE):
            shown = re.search(r"`([^`]+\.[^`]+)`:$", before)
            open_block = Block(line.removeprefix(FENCE), number, shown.group(1) if shown else None)
        elif line.strip():
            before = line
    return found


def run(docs: pathlib.Path) -> tuple[int, list[str]]:
    """Runs the blocks of the guide; how many were run, and what was wrong."""
    with tempfile.TemporaryDirectory() as folder, clean_surroundings():
        table = next(block for block in blocks(docs / TABLE_PAGE) if block.file == TABLE)
        (pathlib.Path(folder) / TABLE).write_text(table.text, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "checking.guide", str(docs / PAGE)]
        places = [str(pathlib.Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
        said = subprocess.run(command, cwd=folder, env=surroundings, stdout=subprocess.PIPE, text=True, check=False)
    lines = said.stdout.splitlines()
    for line in lines:
        if line.startswith("skipped:"):
            print(line)
    count = sum(line == "ran" for line in lines)
    fault = said.stdout.partition("fault: ")[2]
    if said.returncode != 0 and not fault:
        fault = f"docs/{PAGE}: its blocks ended with exit code {said.returncode}"
    return count, [fault] if fault else []


def main() -> None:
    """Runs the blocks of the page named on the command line, in this process and folder, up to the first that is wrong."""
    page = pathlib.Path(sys.argv[1])
    session: dict[str, object] = {"__name__": "guide"}
    all_blocks = blocks(page)
    for block, below in zip(all_blocks, [*all_blocks[1:], None], strict=True):
        if block.tag != "python":
            continue
        missing = sorted(name for name in imported(block.text) - {"nearmiss"} if importlib.util.find_spec(name) is None)
        if missing:
            print(f"skipped: docs/{page.name}:{block.line}: {', '.join(missing)} is not installed")
            continue
        fault = program(block, below) if block.file else examples(block, session)
        if fault:
            print(f"fault: docs/{page.name}:{block.line}: {fault}")
            sys.exit(1)
        print("ran")


def imported(text: str) -> set[str]:
    """The packages that a block imports."""
    code = text
    if PROMPT in text:
        code = "".join(example.source for example in doctest.DocTestParser().get_examples(text))
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def program(block: Block, below: Block | None) -> str:
    """Writes and runs a program; what is wrong with it or with what it prints."""
    pathlib.Path(str(block.file)).write_text(block.text, encoding="utf-8")
    command = [sys.executable, str(block.file)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if said.returncode != 0:
        return f"{block.file} ended with exit code {said.returncode}:\n{said.stderr}"
    wanted = below.text if below is not None and below.tag == "plaintext" else None
    return "" if wanted in (None, said.stdout) else f"{block.file} prints:\n{said.stdout}"


def examples(block: Block, session: dict[str, object]) -> str:
    """Runs a block in the session, with what its examples say; what is wrong."""
    if PROMPT not in block.text:
        try:
            exec(compile(block.text, f"docs/{PAGE}", "exec"), session)
        except Exception:
            return traceback.format_exc()
        return ""
    test = doctest.DocTestParser().get_doctest(marked(block.text), session, PAGE, PAGE, block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=said.append, clear_globs=False)
    session.update(test.globs)
    return "".join(said)


def marked(text: str) -> str:
    """Examples whose blank lines of output are marked as doctest wants them: to readers marks say nothing."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        below = next((other for other in lines[place:] if other.strip()), PROMPT)
        if not line.strip() and not below.startswith(PROMPT):
            lines[place] = "<BLANKLINE>"
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
