"""What a command leaves behind when something happens that nobody foresaw."""

import subprocess
import sys
from pathlib import Path

import pytest

from housing_guarantee.cli import _run
from housing_guarantee.workspace import exposures

from .test_cli import CAMPAIGN

NAME = "马贵德尕"
_HOOKS = f"""
import sys, threading
from housing_guarantee.cli.guard import protect
protect()
class Fails:
    def __del__(self): raise ValueError({NAME!r})
Fails()
thread = threading.Thread(target=lambda: {{}}[{NAME!r}]); thread.start(); thread.join()
import os, resource
print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE))
name = {NAME!r}
raise RuntimeError(name)
"""


def test_no_hook_prints_a_value() -> None:
    """In a destructor, a thread, or the program itself: kind and place alone, and no core dump can be made."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "dev", "-c", _HOOKS], capture_output=True, encoding="utf-8", env={"PYTHONUTF8": "1"}
    )
    assert NAME not in done.stdout + done.stderr
    assert [line.split("error: ")[1].split(" at ")[0] for line in done.stderr.splitlines()] == [
        "ValueError",
        "KeyError",
        "RuntimeError",
    ]
    assert done.stdout.split(maxsplit=1) == ["0o77", "(0, 0)\n"]


def test_an_unforeseen_error_is_kept_without_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 2; the way it came stands in a file for its owner alone, without the error's words."""
    path = tmp_path / "campaign.toml"
    path.write_text(CAMPAIGN, encoding="utf-8")

    def fail(*_: object) -> None:
        secret = NAME
        raise KeyError(secret)

    monkeypatch.setattr("housing_guarantee.cli.check.load_campaign", fail)
    assert _run(["check", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("程序错误 · internal error: KeyError at test_guard.py:")
    (kept,) = (tmp_path / "diag").iterdir()
    text = kept.read_text(encoding="utf-8")
    assert (text.splitlines()[0], "in fail" in text, NAME in text + said) == ("builtins.KeyError", True, False)
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(("name", "count"), [("here", 0), ("OneDrive - 住建局", 1), ("坚果云", 1)])
def test_a_folder_that_a_cloud_copies_is_said(name: str, count: int, tmp_path: Path) -> None:
    """By what such folders are called; one that others can enter is said as well."""
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    assert len(exposures(folder)) == count
    folder.chmod(0o755)
    assert len(exposures(folder)) == count + 1
