"""What .ci/wheel-check does; run by the Python that has auditwheel."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def main() -> int:
    """Checks the wheel; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--most", type=float, default=40.0, help="millions of bytes that it may have")
    parser.add_argument("--beside", nargs="*", default=[], help="libraries that another wheel brings")
    options = parser.parse_args()
    faults = [*size(options.wheel, options.most), *contents(options.wheel), *platform(options.wheel, options.beside)]
    for fault in faults:
        print(f"wheel: {options.wheel.name}: {fault}", file=sys.stderr)
    return 1 if faults else 0


def size(wheel: Path, most: float) -> list[str]:
    """It is small enough."""
    megabytes = wheel.stat().st_size / 1e6
    print(f"wheel: {wheel.name}: {megabytes:.1f} MB")
    return [] if megabytes < most else [f"{megabytes:.1f} MB, and it is to be under {most:g}"]


def contents(wheel: Path) -> list[str]:
    """It brings no LibTorch, and its licence."""
    names = zipfile.ZipFile(wheel).namelist()
    brought = [name for name in names if re.search(r"(^|/)lib(torch|c10|cudart|cudnn|cublas)[^/]*\.so", name)]
    faults = [f"it brings {name}" for name in brought]
    if not any(".dist-info/licenses/" in name for name in names):
        faults.append("it has no licence beside its metadata (`license-files` of pyproject.toml)")
    return faults


def platform(wheel: Path, beside: list[str]) -> list[str]:
    """What it needs of the system is what its tag says, and all that it needs is in it, beside it or in the system."""
    found = json.loads(asked("show", "--json", str(wheel)))
    needed, promised = found["sym_tag"], wheel.stem.split("-")[-1].split(".")
    print(f"wheel: {wheel.name}: auditwheel says {needed}, which is {words(needed)}")
    faults = [f"its tag is {tag}, and auditwheel says {needed}" for tag in promised if glibc(tag) < glibc(needed)]
    # A tag of Linux alone is one that PyPI refuses and that says nothing.
    faults += [f"its tag is {tag}, no manylinux" for tag in promised if not tag.startswith("manylinux")]
    missing = [library for library in found["external_libs"] if library not in beside]
    faults += [f"it needs {library}, which neither it nor the system brings" for library in missing]
    if not faults:
        faults += repaired(wheel, beside)
    return faults


def repaired(wheel: Path, beside: list[str]) -> list[str]:
    """`auditwheel repair` has nothing to add to it."""
    with tempfile.TemporaryDirectory() as folder:
        excluded = [word for library in beside for word in ("--exclude", library)]
        asked("repair", "--plat", "auto", *excluded, "--wheel-dir", folder, str(wheel))
        files = [zipfile.ZipFile(path) for path in (wheel, *Path(folder).glob("*.whl"))]
        if len(files) != 2:
            return [f"auditwheel repair left {len(files) - 1} wheels"]
        before, after = ({name for name in file.namelist() if not name.endswith("/")} for file in files)
        return [f"auditwheel repair added {name}" for name in sorted(after - before)]


def asked(*arguments: str) -> str:
    """What auditwheel prints."""
    outcome = subprocess.run([sys.executable, "-m", "auditwheel", *arguments], capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise SystemExit(f"wheel: auditwheel {' '.join(arguments)}:\n{outcome.stdout}{outcome.stderr}")
    return outcome.stdout


def glibc(tag: str) -> tuple[int, ...]:
    """The version of glibc in a tag; that of an old name where it has none, and none at all for other systems."""
    old = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
    found = re.match(r"manylinux_(\d+)_(\d+)_", tag)
    return tuple(map(int, found.groups())) if found else old.get(tag.split("_")[0], ())


def words(tag: str) -> str:
    """A tag as people know systems."""
    version = glibc(tag)
    return f"glibc {'.'.join(map(str, version))} or later" if version else "no version of glibc"


if __name__ == "__main__":
    sys.exit(main())
