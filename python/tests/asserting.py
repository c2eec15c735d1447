"""A table that is read in many ways, and what must come of each."""

from __future__ import annotations

import json
from typing import Any

import nearmiss as nm
import pyarrow
import pytest

from bits import differences
from sources import as_arrow
from variants import columns, named, taxonomy_rows

TAXONOMY = columns(taxonomy_rows())
TABLE = columns(named(20, 21))


def numbers(table: Any, **arguments: Any) -> dict[str, Any]:
    """All numbers of a table."""
    found = json.loads(nm.evaluate(table, taxonomy=TAXONOMY, **arguments).to_json())
    assert isinstance(found, dict)
    return found


def assert_same(table: Any, other: Any = None, **arguments: Any) -> None:
    """A table has the numbers of another, of the table of these tests without one."""
    found = list(differences(numbers(TABLE if other is None else other, **arguments), numbers(table, **arguments)))
    assert not found, found[:5]


def assert_alike(found: nm.Report, expected: nm.Report) -> None:
    """Two reports have the same numbers."""
    wrong = list(differences(json.loads(expected.to_json()), json.loads(found.to_json())))
    assert not wrong, wrong[:5]


def refusal(table: Any, **arguments: Any) -> str:
    """The sentence with which a table is refused."""
    with pytest.raises(nm.NearmissError) as refused:
        nm.evaluate(table, **arguments)
    sentence = str(refused.value)
    assert "\n" not in sentence and "Traceback" not in sentence, sentence
    return sentence


def says(sentence: str, *parts: str) -> None:
    """A sentence has these parts."""
    for part in parts:
        assert part in sentence, f"'{part}' is not in: {sentence}"


#: Its answers, some of which are blank or unknown.
ANSWERS = TABLE["predicted"]


def encoded(column: Any) -> pyarrow.Table:
    """The table with its answers as another Arrow type."""
    return as_arrow(TABLE).set_column(2, "predicted", column)
