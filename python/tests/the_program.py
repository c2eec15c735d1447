"""The program `nearmiss`, run as a user does: what the package is held against."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Options of `report` by the arguments of `nearmiss.evaluate`.
OPTIONS = {
    "image": "--image-column",
    "truth": "--truth-column",
    "predicted": "--predicted-column",
    "score": "--score-column",
    "truth_image": "--truth-image-column",
    "truth_table": "--truth",
    "group": "--group-column",
    "clade": "--clade",
    "lineage_separator": "--lineage-separator",
    "predicted_pattern": "--predicted-pattern",
    "missing_truth": "--blank-truth",
    "encoding": "--encoding",
    "non_taxon": "--non-taxon",
    "taxon_after_all": "--taxon-after-all",
    "taxonomy": "--taxonomy",
    "by": "--by",
    "pool": "--pool",
    "intervals": "--intervals",
    "back_off": "--back-off",
    "tree": "--tree",
    "information": "--information",
    "count_unreachable": "--count-unreachable",
    "yellow_from": "--yellow-from",
    "costs": "--costs",
    "look_alikes": "--look-alikes",
    "training_counts": "--training-counts",
    "gates": "--gate",
    "intersect": "--intersect",
    "pairs": "--pairs",
    "alpha": "--alpha",
    "draws": "--draws",
    "seed": "--seed",
}

REPOSITORY = Path(__file__).resolve().parents[2]


def program() -> str:
    """The program under test: `NEARMISS_PROGRAM`, or the one that the wheel brought."""
    return os.environ.get("NEARMISS_PROGRAM") or str(Path(sys.executable).with_name("nearmiss"))


@dataclass(frozen=True)
class Outcome:
    """What a run of the program gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """What it said on stdout, with plain spaces."""
        return self.stdout.replace("\u00a0", " ")

    @property
    def refusal(self) -> str:
        """The sentence with which it refused, without `error: `."""
        found = re.search(r"^error: (.*?)(?:\n\nFor more information.*)?\Z", self.stderr, re.MULTILINE | re.DOTALL)
        assert self.code == 2 and found, self
        return found[1].strip()


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a program: a cache of its own, and no network."""
    return {**os.environ, "NEARMISS_CACHE": str(folder / ".cache"), "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}


def nearmiss(folder: Path, *arguments: object, by: str | None = None) -> Outcome:
    """Runs `nearmiss` in a folder."""
    done = subprocess.run(
        [by or program(), *map(str, arguments)],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    return Outcome(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def command_line(options: dict[str, Any]) -> list[str]:
    """Arguments of the package as options of the program."""
    words: list[str] = []
    for name, value in options.items():
        if value is True:
            words.append(OPTIONS[name])
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            words += [OPTIONS[name], str(one)]
    return words


def report(folder: Path, table: object, options: dict[str, Any] | None = None, output: str = "report") -> Outcome:
    """`nearmiss report`, tables only, into a folder beside."""
    return nearmiss(folder, "report", table, "-o", output, "--tables-only", "--force", *command_line(options or {}))


def metrics(folder: Path, output: str = "report") -> dict[str, Any]:
    """The numbers that a report wrote."""
    document = json.loads((folder / output / "metrics.json").read_bytes())
    assert isinstance(document, dict)
    return document


def rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """The first line of a CSV file, and the others."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *body = csv.reader(file)
    return head, body
