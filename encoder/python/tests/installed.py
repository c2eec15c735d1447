"""An environment as pip leaves it, with a stand-in for the program and for LibTorch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1]

#: Says how it was started.
STAND_IN = '#!/bin/sh\necho "$0 words: $*"\necho "libraries: $LD_LIBRARY_PATH"\nexit 7\n'


@dataclass
class Installed:
    """Two folders of packages: that of nearmiss-encoder, and that of torch, which may be the same."""

    own: Path
    torch: Path

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs Python where these two folders alone hold packages."""
        start = f"import sys; sys.path[:0] = {[str(self.own), str(self.torch)]!r}; "
        code, *words = arguments
        surroundings = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
        command = [sys.executable, "-S", "-c", start + code, *words]
        return subprocess.run(command, env=surroundings | variables, capture_output=True, text=True, check=False)


def install(own: Path, torch: Path, version: str | None = "2.11.0+cu130", with_libraries: bool = True) -> Installed:
    """Lays nearmiss-encoder into the folder `own`, and into `torch` a torch of this version, or none."""
    own.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SOURCES / "nearmiss_encoder", own / "nearmiss_encoder", ignore=shutil.ignore_patterns("bin", "__pycache__"))
    program = own / "nearmiss_encoder" / "bin" / "nearmiss-encoder"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    if version is not None:
        about = torch / f"torch-{version}.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
        (torch / "torch" / "lib").mkdir(parents=True)
        (torch / "torch" / "__init__.py").write_text("raise RuntimeError('torch was imported, which takes seconds')\n")
        if with_libraries:
            (torch / "torch" / "lib" / "libtorch_cpu.so").touch()
    return Installed(own, torch)
