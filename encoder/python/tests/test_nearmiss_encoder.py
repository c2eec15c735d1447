"""The package around the program, with stand-ins for the program and for torch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from installed import SOURCES, install

COMMAND = "from nearmiss_encoder.command import main; sys.exit(main())"
REMEDY = "type: pip install 'torch>=2.11,<2.12'"


def test_the_command_becomes_the_program_and_leaves_torch_alone(tmp_path: Path) -> None:
    outcome = install(tmp_path / "site", tmp_path / "site").run(COMMAND, "classify", "photos of bees", "--model", "m")
    # The libraries lie where the program looks by itself.
    assert outcome.stdout.splitlines()[1:] == ["libraries: "]
    assert outcome.stdout.splitlines()[0].endswith("words: classify photos of bees --model m")
    assert (outcome.returncode, outcome.stderr) == (7, "")


def test_a_torch_in_another_folder_is_named_to_the_loader(tmp_path: Path) -> None:
    installed = install(tmp_path / "own", tmp_path / "cluster")
    libraries = tmp_path / "cluster" / "torch" / "lib"
    assert installed.run(COMMAND).stdout.splitlines()[1] == f"libraries: {libraries}"
    outcome = installed.run(COMMAND, LD_LIBRARY_PATH="/opt/others")
    assert outcome.stdout.splitlines()[1] == f"libraries: {libraries}:/opt/others"


@pytest.mark.parametrize("version", ["2.11.0", "2.11.3", "2.11.0+cpu", "2.11.1rc1"])
def test_versions_that_fit(tmp_path: Path, version: str) -> None:
    outcome = install(tmp_path / "site", tmp_path / "site", version).run("import nearmiss_encoder; nearmiss_encoder.check()")
    assert (outcome.returncode, outcome.stderr) == (0, "")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("2.10.1", "torch 2.10.1 is installed here"),
        ("2.12.0+cu130", "torch 2.12.0+cu130 is installed here"),
        ("2.2.0", "torch 2.2.0 is installed here"),
        ("3.0.0", "torch 3.0.0 is installed here"),
        (None, "no torch is installed here"),
    ],
)
def test_versions_that_do_not_fit_are_said_in_one_line(tmp_path: Path, version: str | None, said: str) -> None:
    outcome = install(tmp_path / "site", tmp_path / "site", version).run(COMMAND)
    assert outcome.stderr == f"error: nearmiss-encoder is built for torch 2.11, and {said}; {REMEDY}\n"
    assert (outcome.returncode, outcome.stdout) == (2, "")


def test_a_torch_without_libraries_is_said(tmp_path: Path) -> None:
    outcome = install(tmp_path / "site", tmp_path / "site", with_libraries=False).run(COMMAND)
    said = f"torch 2.11.0+cu130 is installed here without its libtorch_cpu.so; {REMEDY} --force-reinstall"
    assert (outcome.returncode, outcome.stderr) == (2, f"error: {said}\n")


def test_the_program_is_a_file_of_the_package(tmp_path: Path) -> None:
    outcome = install(tmp_path / "site", tmp_path / "site").run("import nearmiss_encoder; print(nearmiss_encoder.program())")
    assert Path(outcome.stdout.strip()) == (tmp_path / "site" / "nearmiss_encoder" / "bin" / "nearmiss-encoder").resolve()


def test_the_examples_run(tmp_path: Path) -> None:
    code = (
        "import doctest, importlib; "
        "modules = [importlib.import_module('nearmiss_encoder.' + name) for name in ('_program', '_torch', '_environment')]; "
        "results = [doctest.testmod(module) for module in modules]; "
        "sys.exit(1 if any(result.failed or not result.attempted for result in results) else 0)"
    )
    outcome = install(tmp_path / "site", tmp_path / "site").run(code)
    assert outcome.returncode == 0, outcome.stdout


def test_pip_and_the_check_ask_for_the_same_torch(tmp_path: Path) -> None:
    asked = install(tmp_path / "site", tmp_path / "site").run("from nearmiss_encoder import _torch; print(_torch.REQUIREMENT)")
    project = (SOURCES / "pyproject.toml").read_text()
    assert f'dependencies = ["{asked.stdout.strip()}"]' in project


def test_the_package_has_the_version_of_the_program() -> None:
    manifest = SOURCES.parent / "Cargo.toml"
    if not manifest.exists():
        pytest.skip("the program's sources are not here")
    texts = [path.read_text() for path in (manifest, SOURCES / "pyproject.toml")]
    versions = [re.search(r'^version = "(.*)"$', text, re.MULTILINE) for text in texts]
    assert versions[0] and versions[1] and versions[0][1] == versions[1][1]
