"""The page on plugins is true: its file is a rule, its test passes, and its limits are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

from housing_guarantee import loading
from housing_guarantee.engine import MAX_FAILURES
from housing_guarantee.testing import Conformance

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")


def test_the_file_and_its_test_pass(tmp_path: Path) -> None:
    """As they stand on the page, in a folder of their own."""
    found = re.findall(r"^```python (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for name, text in found:
        (tmp_path / name).write_text(text, encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, capture_output=True, encoding="utf-8", cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )

    assert [name for name, _ in found] == ["own.py", "test_own.py"]
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout


def test_the_limits_are_those_of_the_code() -> None:
    """A number on the page is the one that is held."""
    limits = (f"over {loading._SECONDS:.0f} s", f"After {MAX_FAILURES} failures", f"for {Conformance.strange} strange")
    assert [words for words in limits if words not in PAGE] == []
    assert ("within five seconds" in PAGE) == (Conformance.seconds == 5)
