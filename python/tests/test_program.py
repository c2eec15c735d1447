"""The program `nearmiss` that the wheel brings: the command line in the native module."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy
import polars
import pytest

import nearmiss as nm
from the_program import nearmiss, surroundings
from variants import all_variants

#: The entry point of this environment, whatever `NEARMISS_PROGRAM` says.
ENTRY = str(Path(sys.executable).with_name("nearmiss"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table and its taxonomy."""
    next(variant for variant in all_variants() if variant.name == "names with a taxonomy").write(tmp_path)
    return tmp_path


def test_the_entry_point_is_there_and_says_its_version(folder: Path) -> None:
    for done in (
        nearmiss(folder, "--version", by=ENTRY),
        nearmiss(folder, "-m", "nearmiss", "--version", by=sys.executable),
    ):
        assert (done.code, done.stdout.strip()) == (0, f"nearmiss {nm.__version__}")
    assert metadata.version("nearmiss-eval") == nm.__version__


def test_help_names_every_command(folder: Path) -> None:
    done = nearmiss(folder, "--help", by=ENTRY)
    assert done.code == 0 and done.stderr == ""
    for command in ("report", "compare", "latent", "retrieve", "taxonomy", "merge", "classify"):
        assert command in done.stdout


def test_a_report_is_written(folder: Path) -> None:
    done = nearmiss(folder, "report", "table.csv", "-t", "taxonomy.csv", "-o", "out", by=ENTRY)
    assert done.code == 0, done
    assert (folder / "out" / "index.html").exists() and "how wrong" in done.stdout
    assert "nearmiss report table.csv -t taxonomy.csv -o out" in (folder / "out" / "metrics.json").read_text(
        encoding="utf-8"
    )


def test_exit_codes_are_those_of_the_program(folder: Path) -> None:
    assert nearmiss(folder, "report", "table.csv", "-t", "taxonomy.csv", "-o", "out", by=ENTRY).code == 0
    failed = nearmiss(
        folder, "report", "table.csv", "-t", "taxonomy.csv", "-o", "out", "--gate", "species.path_top1>=0.99", by=ENTRY
    )
    assert failed.code == 1, failed
    refused = nearmiss(folder, "report", "nowhere.csv", by=ENTRY)
    assert refused.code == 2 and "nowhere.csv" in refused.refusal and "Traceback" not in refused.stderr
    wrong = nearmiss(folder, "report", "table.csv", "--no-such-option", by=ENTRY)
    assert wrong.code == 2 and "--no-such-option" in wrong.stderr and "Usage: nearmiss" in wrong.stderr


def test_json_on_stdout_is_json_alone(folder: Path) -> None:
    import json

    done = nearmiss(folder, "report", "table.csv", "-t", "taxonomy.csv", "-o", "out", "--json", by=ENTRY)
    assert json.loads(done.stdout)["accounting"]["images"] == 30


def test_names_that_are_no_utf_8_are_taken(folder: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("names of files are text there")
    name = os.fsencode(folder) + b"/caf\xe9.csv"
    with open(name, "wb") as file:
        file.write((folder / "table.csv").read_bytes())
    done = subprocess.run(
        [ENTRY, "report", b"caf\xe9.csv", "-t", "taxonomy.csv", "-o", "out"],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr


def test_whoever_stops_reading_is_no_error(folder: Path) -> None:
    """As in `nearmiss report --list-metrics | head -1`."""
    process = subprocess.Popen(
        [ENTRY, "report", "--list-metrics"],
        cwd=folder,
        env=surroundings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    first = process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(60) in (0, -getattr(signal, "SIGPIPE", 13)), said
    assert first and said == b"", said


def test_a_closed_stdout_is_no_error(folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [ENTRY, "report", "table.csv", "-t", "taxonomy.csv", "-o", "out"],
        cwd=folder,
        env=surroundings(folder),
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    assert b"Traceback" not in done.stderr and b"BrokenPipe" not in done.stderr and b"panic" not in done.stderr
    assert done.returncode in (0, -getattr(signal, "SIGPIPE", 13)), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_ctrl_c_ends_the_program_at_once(folder: Path) -> None:
    numpy.save(folder / "vectors.npy", numpy.random.default_rng(0).normal(size=(6_000, 256)).astype("float32"))
    polars.DataFrame({"name": [f"Genus{place % 100} species{place % 500}" for place in range(6_000)]}).write_csv(
        folder / "labels.csv"
    )
    command = [ENTRY, "latent", "vectors.npy", "--labels", "labels.csv", "-o", "out", "--permutations", "100000"]
    process = subprocess.Popen(
        command, cwd=folder, env=surroundings(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.5)
    start = time.perf_counter()
    process.send_signal(signal.SIGINT)
    try:
        stdout, stderr = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail("the program went on after Ctrl-C")
    assert time.perf_counter() - start < 2
    assert process.returncode in (-signal.SIGINT, 130) and b"Traceback" not in stderr, (process.returncode, stderr)
    assert not (folder / "out" / "index.html").exists()


def test_a_command_of_the_encoder_says_how_to_get_it(folder: Path) -> None:
    if importlib.util.find_spec("nearmiss_encoder") or Path(ENTRY).with_name("nearmiss-encoder").exists():
        pytest.skip("nearmiss-encoder is installed")
    environment = {**surroundings(folder), "PATH": "/nonexistent"}
    command = [ENTRY, "classify", ".", "--model", "atlas", "--taxonomy", "atlas"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done
    assert "nearmiss-encoder" in done.stderr and "nearmiss-eval[encoder]" in done.stderr, done
