"""Photographs classified by ``nearmiss-encoder``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from . import _child, _encoder, _nearmiss
from ._evaluate import evaluate
from ._input import is_path, path_of
from ._nearmiss import NearmissError, Taxonomy
from ._options import Path
from ._report import Report
from ._table import ArrowTable
from ._warning import warn

__all__ = ["Run", "classify"]


class Run:
    """A run directory: photographs with their answers, as :func:`nearmiss.classify` and ``nearmiss classify`` leave it.

    It is a path to all that takes one: ``nm.evaluate(run)``, ``nm.latent(run)``, ``nm.compare([run, other])``.

    Parameters
    ----------
    path : path
        The folder.

    Raises
    ------
    NearmissError
        It holds no run.

    Examples
    --------
    >>> import nearmiss as nm
    >>> nm.Run("no/such/folder")
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: no/such/folder: this is no run directory, it has no run.json; nearmiss.classify() makes one
    """

    def __init__(self, path: Path) -> None:
        self.path = FilePath(path_of(path))
        if not (self.path / "run.json").is_file():
            raise NearmissError(f"{self.path}: this is no run directory, it has no run.json; nearmiss.classify() makes one")

    @cached_property
    def record(self) -> dict[str, Any]:
        """What made the run, and what came of it: ``run.json``."""
        record: dict[str, Any] = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        return record

    @cached_property
    def predictions(self) -> ArrowTable:
        """A row per photograph, rank and position: ``image``, ``rank``, ``position``, ``taxon``, ..., ``probability``."""
        return self._table("predictions")

    @cached_property
    def images(self) -> ArrowTable:
        """A row per photograph: ``image``, ``truth``, ``status``, ``error``, ..., ``embedding``."""
        return self._table("images")

    def _table(self, name: str) -> ArrowTable:
        found = next((path for ending in ("parquet", "csv") if (path := self.path / f"{name}.{ending}").is_file()), None)
        if found is None:
            raise NearmissError(f"{self.path}: the run has no {name}.parquet; it has not ended, and the same call continues it")
        return ArrowTable(_nearmiss.read_table(str(found)))

    def evaluate(self, **options: Any) -> Report:
        """Scores the answers; the options are those of :func:`nearmiss.evaluate`."""
        return evaluate(self, **options)

    def __fspath__(self) -> str:
        """The folder, for all that takes a path."""
        return str(self.path)

    def __repr__(self) -> str:
        """What it is of."""
        counts = self.record.get("counts", {})
        counted = ", ".join(f"{count} {status}" for status, count in counts.items()) or "not complete"
        return f"Run('{self.path}', {counted})"


def classify(paths: Path | Sequence[Path], *, model: Path, taxonomy: Any, output: Path | None = None, **options: Any) -> Run:
    """Classifies photographs zero-shot, with the program ``nearmiss-encoder``: ``pip install 'nearmiss-eval[encoder]'``.

    An interrupted call leaves complete files behind, and the same call continues.

    Parameters
    ----------
    paths : path or sequence of paths
        Folders (searched through), photographs, or text files that list photographs.
    model : path or str
        A model directory, ``"hf-hub:imageomics/bioclip-2"``, or ``"atlas"`` (built in, knows imaginary organisms only).
    taxonomy : path or str
        A taxonomy file, the name of a shipped one, ``"dataset"`` or ``"labels"``.
    output : path, optional
        The run directory; ``runs/MODEL-FOLDER`` by default.
    **options
        Those of ``nearmiss classify --help``: ``batch=32`` is ``--batch 32``, ``crop=True`` is ``--crop``, and a list says an
        option several times, ``within=["Apidae", "Syrphidae"]``.

    Returns
    -------
    Run
        The run directory, with its tables.

    Raises
    ------
    NearmissError
        The program is not installed, or cannot do it; the message is the program's.
    KeyboardInterrupt
        Ctrl-C; the program has ended then.

    Warns
    -----
    NearmissWarning
        Photographs could not be read; the column ``error`` of ``images`` says why.

    Examples
    --------
    ::

        run = nm.classify("photos/", model="hf-hub:imageomics/bioclip-2", taxonomy="pollinators-france", device="cuda")
        run.evaluate()

    What is wrong is said at once:

    >>> import nearmiss as nm
    >>> nm.classify("photos/", model="m", taxonomy={"species": ["Felis catus"]})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    nearmiss.NearmissError: classify() takes a taxonomy file or the name of a shipped one, and this is a dict; ...
    """
    words = ["nearmiss", "classify", *_paths(paths), "--model", path_of(model), "--taxonomy", _taxonomy(taxonomy)]
    if output is not None:
        words += ["--output", path_of(output)]
    encoder = _encoder.find()
    ended = _child.run(encoder.program, [*words, *command_line(options)], encoder.environment)
    if ended.code == 130:
        raise KeyboardInterrupt
    if ended.code not in (0, 1):
        by = f"{os.path.basename(encoder.program)} was ended by signal {-ended.code}: " if ended.code < 0 else ""
        raise NearmissError(by + ended.message())
    # A shard has a directory of its own, and says which.
    run = Run(_directory(ended.lines) or _wanted(output))
    if ended.code == 1:
        warn([f"{run!r}: not every photograph could be read; the column 'error' of images says why"], stacklevel=2)
    return run


def command_line(options: dict[str, Any]) -> list[str]:
    """Arguments of Python as options of the program.

    Examples
    --------
    >>> command_line({"batch": 32, "crop": True, "upright": False, "within": ["Apidae", "Syrphidae"], "check_leaks": True})
    ['--batch', '32', '--crop', '--within', 'Apidae', '--within', 'Syrphidae', '--check-leaks']
    """
    words: list[str] = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not False and value is not None:
            several = value if isinstance(value, (list, tuple)) else [value]
            words += [word for one in several for word in (option, path_of(one) if is_path(one) else str(one))]
    return words


def _paths(paths: Any) -> list[str]:
    # A name that begins with a dash would be an option.
    found = [path_of(path) for path in ([paths] if is_path(paths) else paths)]
    return [os.path.join(".", path) if path.startswith("-") else path for path in found]


def _taxonomy(taxonomy: Any) -> str:
    if is_path(taxonomy):
        return path_of(taxonomy)
    if not isinstance(taxonomy, Taxonomy):
        kind = type(taxonomy).__name__
        raise NearmissError(
            f"classify() takes a taxonomy file or the name of a shipped one, and this is a {kind}; write it to a file first"
        )
    try:
        same = Taxonomy.read(taxonomy.source).fingerprint == taxonomy.fingerprint
    except NearmissError:
        same = False
    if not same:
        raise NearmissError(
            f"classify() reads the taxonomy from its file, and '{taxonomy.source}' is not what was read; "
            "give the file, and within= where it is a clade of it"
        )
    return taxonomy.source


def _directory(lines: Sequence[str]) -> str | None:
    """The run directory, as the program says it.

    Examples
    --------
    >>> _directory(["12 of 12 photographs classified", "run directory: runs/bees", "next: nearmiss report runs/bees"])
    'runs/bees'
    >>> _directory(["runs/bees: already complete, 12 images"])
    'runs/bees'
    """
    for line in reversed(lines):
        if line.startswith("run directory: "):
            return line.removeprefix("run directory: ")
        if ": already complete" in line:
            return line.partition(": already complete")[0]
    return None


def _wanted(output: Path | None) -> Path:
    if output is None:
        raise NearmissError("nearmiss-encoder did not say where it wrote; give output=")
    return output
