"""What holds for all tests of the package."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Warnings of the package are tested where they are meant; whatever is skipped is said aloud with its reason."""
    config.addinivalue_line("filterwarnings", "ignore::nearmiss.NearmissWarning")
    if "s" not in (config.option.reportchars or ""):
        config.option.reportchars = f"{config.option.reportchars or ''}s"
