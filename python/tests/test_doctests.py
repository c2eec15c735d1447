"""The examples of every docstring."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import warnings
from pathlib import Path

import pytest

import nearmiss

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(nearmiss.__path__, "nearmiss.")
    if not module.name.endswith(("__main__", "._nearmiss"))
)
#: The examples of documentation break long output as they like.
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("name", ["nearmiss", *MODULES])
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nearmiss.NearmissWarning)
        result = doctest.testmod(module, optionflags=FLAGS)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples"


@pytest.mark.parametrize("native", [nearmiss.Taxonomy, nearmiss.Taxon], ids=["Taxonomy", "Taxon"])
def test_the_examples_of_a_native_class_run(native: type) -> None:
    examples = doctest.DocTestParser().get_doctest(native.__doc__ or "", {}, native.__name__, None, None)
    result = doctest.DocTestRunner(optionflags=FLAGS).run(examples)
    assert result.attempted > 2 and result.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = {
        name: sum(len(test.examples) for test in finder.find(importlib.import_module(name)))
        for name in ["nearmiss", *MODULES]
    }
    assert sum(examples.values()) > 100 and examples["nearmiss._evaluate"] > 5, examples


def test_every_public_function_has_an_example() -> None:
    without = []
    for name in nearmiss.__all__:
        found = getattr(nearmiss, name)
        if (
            callable(found)
            and name != "NearmissError"
            and not isinstance(found, nearmiss.ArrowTable)
        ):
            examples = [test for test in doctest.DocTestFinder().find(found, name) if test.examples]
            if not examples:
                without.append(name)
    assert not without, without
