"""What `import nearmiss` brings in and how long it takes; types for those who check them."""

from __future__ import annotations

import importlib.resources
import inspect
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nearmiss as nm

HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "polars",
    "sklearn",
    "torch",
    "tqdm",
    "IPython",
    "duckdb",
    "scipy",
    "subprocess",
    "tempfile",
)


def python(code: str, *options: str) -> str:
    """What a fresh process says."""
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_brings_in_no_other_package() -> None:
    loaded = json.loads(
        python(
            "import sys, json; before = set(sys.modules); import nearmiss; print(json.dumps(sorted(set(sys.modules) - before)))"
        )
    )
    assert "nearmiss" in loaded and "nearmiss._nearmiss" in loaded
    assert not [name for name in loaded if name.partition(".")[0] in HEAVY[:10]], loaded


def test_scoring_a_dict_brings_in_no_other_package() -> None:
    code = """
import sys, json, warnings
warnings.simplefilter("ignore")
import nearmiss as nm
report = nm.evaluate({"truth": ["Felis catus", "Lynx lynx"], "predicted": ["Felis catus", "Felis catus"]})
repr(report), report._repr_html_(), repr(report.ranks), report.metrics.to_dict(), list(report.mistakes)
nm.Scorer({"species": ["Felis catus", "Lynx lynx"]}).update(["Felis catus"], ["Felis catus"])
nm.resolve(["Felis catus"], {"species": ["Felis catus", "Lynx lynx"]})
print(json.dumps(sorted(sys.modules)))
"""
    loaded = {name.partition(".")[0] for name in json.loads(python(code))}
    assert not loaded & set(HEAVY[:10]), loaded & set(HEAVY[:10])


def test_the_import_takes_less_than_a_fifth_of_a_second() -> None:
    """Of a process that does nothing, and of one that imports, in turns: the difference of their medians."""

    def seconds(code: str) -> float:
        start = time.perf_counter()
        python(code)
        return time.perf_counter() - start

    seconds("import nearmiss")
    pairs = [(seconds("pass"), seconds("import nearmiss")) for _ in range(5)]
    nothing, imported = (statistics.median(values) for values in zip(*pairs))
    if nothing > 0.15 or (hasattr(os, "getloadavg") and os.getloadavg()[0] > 2 * (os.cpu_count() or 1)):
        pytest.skip(f"the machine is busy: a process that does nothing takes {nothing:.2f} s")
    assert imported - nothing < 0.2, f"{imported - nothing:.3f} s"


def test_every_public_name_is_there_and_described() -> None:
    for name in nm.__all__:
        found = getattr(nm, name)
        assert name in dir(nm)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert (inspect.getdoc(found) or "").strip(), name
    with pytest.raises(AttributeError, match="evalute"):
        nm.evalute  # noqa: B018
    with pytest.raises(ImportError):
        exec("from nearmiss import evalute")


def test_every_public_method_is_described() -> None:
    for name in nm.__all__:
        found = getattr(nm, name)
        if not inspect.isclass(found):
            continue
        for method, value in vars(found).items():
            if not method.startswith("_") and (callable(value) or isinstance(value, property)):
                assert (inspect.getdoc(getattr(found, method)) or "").strip(), f"{name}.{method}"


SCRIPT = """
from __future__ import annotations

import nearmiss as nm


def heights(table: dict[str, list[str]], taxonomy: nm.Taxonomy) -> list[float]:
    report = nm.evaluate(table, truth="truth", predicted=["svm", "mlp"], taxonomy=taxonomy, missing_truth="wrong")
    found: list[float] = []
    for run in report:
        metric = run.metrics["how_wrong.mean_height"]
        if metric.value is not None and metric.low is not None:
            found.append(float(metric.value) - metric.low)
    flat: dict[str, float] = report.metrics.to_dict()
    rows: int = len(report.mistakes)
    folder = report.save("reports/bees", tables_only=True)
    print(flat, rows, folder.name, report.passed)
    return found


def trained(tree: nm.Taxonomy, batches: list[tuple[list[str | None], list[str | None]]]) -> float:
    scorer = nm.Scorer(tree, candidates=[leaf.name for leaf in tree.leaves()])
    for answers, truth in batches:
        scorer.update(answers, truth)
    other = nm.Scorer(tree)
    scorer.merge(other)
    return float(scorer.compute()["genus.path_top1"])


def near(tree: nm.Taxonomy) -> str:
    taxon: nm.Taxon = tree.lca("Apis mellifera", tree.find("Bombus lucorum"))
    height: int = tree.height("Apis mellifera", taxon)
    rank, name = taxon.lineage[0]
    scores: dict[str, float | None] = nm.score(["Apis mellifera"], ["Apis mellifera"], tree)
    comparison = nm.compare({"a": "a.csv", "b": "b.csv"}, taxonomy=tree)
    try:
        tree.find("Nobody")
    except nm.NearmissError as error:
        print(error)
    return f"{taxon.name} {height} {rank} {name} {scores} {comparison.to_latex()}"
"""

WRONG = """
import nearmiss as nm

nm.evaluate({"truth": ["a"]}, truht="truth")
nm.evaluate({"truth": ["a"]}, missing_truth="ignore")
nm.evaluate({"truth": ["a"]}).save(3)
value: str = nm.evaluate({"truth": ["a"]}).metrics["genus.path_top1"].value
nm.Taxonomy.read("a.csv").lca("a")
"""


def mypy(folder: Path, script: str) -> tuple[int, str]:
    """What a type checker says of somebody's script."""
    pytest.importorskip("mypy")
    (folder / "script.py").write_text(script)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / ".cache"), "script.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    return done.returncode, done.stdout + done.stderr


def test_a_script_is_well_typed(tmp_path: Path) -> None:
    code, said = mypy(tmp_path, SCRIPT)
    assert code == 0, said


def test_mistakes_in_a_script_are_found(tmp_path: Path) -> None:
    code, said = mypy(tmp_path, WRONG)
    assert code == 1
    for line in (4, 5, 6, 7, 8):
        assert f"script.py:{line}: error" in said, said


def test_the_package_says_that_it_is_typed() -> None:
    folder = importlib.resources.files("nearmiss")
    assert (folder / "py.typed").is_file()
    stub = (folder / "_nearmiss.pyi").read_text(encoding="utf-8")
    import nearmiss._nearmiss as native

    for name in vars(native):
        if not name.startswith("_") or name == "__version__":
            assert name in stub, f"the stub of the native module has no {name}"


def test_the_native_module_has_what_its_stub_says() -> None:
    import ast

    import nearmiss._nearmiss as native

    tree = ast.parse((importlib.resources.files("nearmiss") / "_nearmiss.pyi").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            found = getattr(native, node.name)
            for part in getattr(node, "body", []) if isinstance(node, ast.ClassDef) else []:
                if isinstance(part, ast.FunctionDef):
                    assert hasattr(found, part.name), f"{node.name}.{part.name}"
