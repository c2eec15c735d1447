"""Two sets of numbers held against each other, to the last bit."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from nearmiss._nearmiss import said_in_python

#: What a table in memory and a file may differ in: where they lie, and how they were read.
LEFT_OUT = frozenset({"provenance", "reading"})


def same_bits(first: float, second: float) -> bool:
    """Whether two numbers have the same 64 bits: 0.0 is not -0.0."""
    return struct.pack("<d", first) == struct.pack("<d", second)


def differences(first: Any, second: Any, leave: Iterable[str] = LEFT_OUT, place: str = "") -> Iterator[str]:
    """A sentence for every leaf that differs; `leave` are keys of the top level."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in [*first, *(key for key in second if key not in first)]:
            if key in leave:
                continue
            if key not in first or key not in second:
                yield f"{place}.{key}: only the {'second' if key not in first else 'first'} has it"
            else:
                yield from differences(first[key], second[key], (), f"{place}.{key}")
    elif isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            yield f"{place}: {len(first)} and {len(second)} entries"
        for number, (one, other) in enumerate(zip(first, second)):
            yield from differences(one, other, (), f"{place}[{number}]")
    elif isinstance(first, str) and isinstance(second, str):
        if placeless(first) != placeless(second):
            yield f"{place}: {first!r} and {second!r}"
    elif isinstance(first, float) and isinstance(second, float):
        if not same_bits(first, second):
            yield f"{place}: {first!r} and {second!r}"
    elif type(first) is not type(second) or first != second:
        yield f"{place}: {first!r} and {second!r}"


def cell_differs(cell: str, value: object) -> bool:
    """Whether a cell of a CSV file says something else than a value of a table."""
    if value is None:
        return cell != ""
    if isinstance(value, bool):
        return cell != str(value).lower()
    if isinstance(value, float):
        return cell == "" or not same_bits(float(cell), value)
    return cell != str(value)


def table_differences(head: list[str], body: list[list[str]], columns: dict[str, list[Any]]) -> Iterator[str]:
    """A sentence for every cell of a CSV file that a table has otherwise."""
    if head != list(columns):
        yield f"columns {head} and {list(columns)}"
        return
    for name, values in columns.items():
        if len(values) != len(body):
            yield f"{name}: {len(body)} and {len(values)} rows"
            return
    for number, row in enumerate(body):
        for (name, values), cell in zip(columns.items(), row):
            if cell_differs(cell, values[number]):
                yield f"row {number}, {name}: {cell!r} and {values[number]!r}"


def refusals_differ(program: str, python: str) -> str:
    """What is different in two refusals but for where the table lies and what options are called; nothing where they are one.

    Rows of a file are counted by its lines, of which the first has the names; rows of a table in memory begin with 1.
    """
    first, second = (placeless(text) for text in (program, python))
    return "" if first == second else f"the program says {first!r}, Python {second!r}"


def placeless(text: str) -> str:
    """A sentence without the names of tables, its options as arguments."""
    text = re.sub(r"^invalid value '.*?' for '--[a-z-]+ <[A-Z_]+>': ", "", text, flags=re.DOTALL)
    text = re.sub(r"\bline (\d+)\b", lambda found: f"row {int(found[1]) - 1}", text)
    text = re.sub(r"(?:/\S+|\b(?:table|truth|t))\.(?:csv|tsv|jsonl?|parquet)\b", "a table", text)
    text = re.sub(r"^(?:predictions|truth): ", "a table: ", text)
    text = re.sub(r"\bthe truth table (?:truth|a table)(?![\w.])", "the truth table", text)
    return said_in_python(text).replace("\u00a0", " ")
