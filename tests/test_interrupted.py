"""Checks and lists that are killed or run at once, in a file and in a real server: nothing is lost, doubled or torn."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.tracking.audit import broken_at
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

from .servers import Server
from .test_feedback import NUMBERS, county, edited, fill

VARIABLE = "HOUSING_TEST_WORKSPACE"
KILLS = int(os.environ.get("HOUSING_KILLS", "8"))
"""How often a program is killed; the nightly run sets more."""


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def campaign(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a county whose runs are kept in a file, or in a server."""
    path = county(tmp_path, dict.fromkeys(NUMBERS[:5], "D"))
    if request.param != "sqlite":
        server: Server = request.getfixturevalue(f"{request.param}_server")
        monkeypatch.setenv(VARIABLE, server.fresh().url)
        text = path.read_text(encoding="utf-8")
        path.write_text(f'{text}\n[workspace]\nurl_env = "{VARIABLE}"\n', encoding="utf-8")
    return path


def started(*arguments: object) -> "subprocess.Popen[str]":
    """Start the program."""
    command = [sys.executable, "-m", "housing_guarantee", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603


def ended(program: "subprocess.Popen[str]") -> int:
    """Wait for the program, and give its exit code."""
    program.communicate(timeout=60)
    return program.returncode


def told(campaign: Path) -> dict[str, Any]:
    """Give what the workspace holds, after making sure that it is whole."""
    loaded = load_campaign(campaign)
    workspace = Workspace.of(loaded)

    def work(journal: Journal) -> dict[str, Any]:
        return {
            "lives": journal.lives(),
            "runs": [(run.number, run.data, run.counts) for run in journal.runs()],
            "events": journal.happenings(),
            "answers": journal.answers(),
            "audit": journal.audit(),
        }

    held = workspace.read(work, None) or dict.fromkeys(("lives", "runs", "events", "answers", "audit"), ())
    if held["audit"]:
        assert broken_at(workspace_key(campaign.parent / "workspace.sqlite"), held["audit"]) is None
    last = {one.key: one.after for one in held["events"]}
    assert last == {key: life.state for key, life in dict(held["lives"]).items()}
    assert sum(entry.what == "check" for entry in held["audit"]) == len(held["runs"])
    assert len({(given.key, given.file) for given in held["answers"]}) == len(held["answers"])
    return held


def test_two_checks_at_once_are_one(campaign: Path) -> None:
    """The second waits, and finds what the first has recorded: one run, every finding once, and new."""
    both = [started("check", campaign) for _ in range(2)]
    ends = [(one.communicate(timeout=60)[1].count("error"), one.returncode) for one in both]
    assert ends == [(0, 1), (0, 1)]
    held = told(campaign)
    assert [number for number, _, _ in held["runs"]] == [1]
    assert [life.state.value for life in held["lives"].values()] == ["new"] * 5


def test_two_lists_at_once_are_both_taken(campaign: Path) -> None:
    """Five villages send theirs at one moment: every claim is there, once."""
    assert ended(started("check", campaign)) == 1
    lists = campaign.parent / "out" / "rectification"
    files = [edited(lists / "all.xlsx", fill("全县", row), f"{row}.xlsx") for row in range(4, 9)]
    programs = [started("feedback", campaign, file) for file in files]
    assert [ended(one) for one in programs] == [0] * 5
    held = told(campaign)
    assert [life.state.value for life in held["lives"].values()] == ["claimed"] * 5
    assert len(held["answers"]) == 5


def test_kills_lose_double_and_tear_nothing(campaign: Path) -> None:
    """Whatever moments check and feedback are killed at, done again they come to what they would have come to."""
    random = Random(2020)
    folder = campaign.parent
    assert ended(started("check", campaign)) == 1
    lists = folder / "out" / "rectification"
    files = [edited(lists / "all.xlsx", fill("全县", row), f"{row}.xlsx") for row in (4, 5)]
    for turn in range(KILLS):
        program = started("feedback", campaign, files[turn % 2]) if turn % 3 else started("check", campaign)
        time.sleep(random.uniform(0.1, 0.9))
        program.send_signal(signal.SIGKILL)
        program.communicate()
        told(campaign)
    assert [ended(started("feedback", campaign, file)) for file in files] == [0, 0]
    held = told(campaign)
    assert sorted(life.state.value for life in held["lives"].values()) == ["claimed"] * 2 + ["new"] * 3
    assert (len(held["answers"]), len(held["runs"])) == (2, 1)
