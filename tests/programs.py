"""Programs that tests need beside Python, and what becomes of a test without them."""

import os
import shutil

import pytest

__all__ = ["program"]


def program(name: str) -> str:
    """Find a program.

    Without it the test is skipped, or fails where CI promises that there is one.
    """
    found = shutil.which(name)
    if found:
        return found
    missing = f"there is no {name} on this machine"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
