"""Gives the wheel the tag of the platform that its program is for; hatchling takes it for pure Python."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROGRAM = Path("nearmiss_encoder/bin/nearmiss-encoder")


class PlatformTag(BuildHookInterface[Any]):
    """The hook of hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Sets the tag before the wheel is built.

        Raises
        ------
        SystemExit
            Where the program is not there: it is compiled from Rust, which this package does not do by itself.
        """
        if not (Path(self.root) / PROGRAM).is_file():
            raise SystemExit(f"{PROGRAM} is missing: `make encoder-wheel` at the root of the repository builds it")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
