"""No name and no number of a person stands in anything that is written outside of the files that hold them already."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.canary import NAME, NUMBER, found_in, found_under
from tests.test_feedback import NUMBERS, county

DATA = ("roster.csv", "records.csv", "workspace")
"""What the county wrote, and the workspace, which is its owner's alone."""
HELD = ("out/rectification/", "out/annotated/")
"""Outputs whose recipients hold the names already; numbers are masked in the first of them all the same."""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A county whose every family bears the canary's name and number, with a house that is not safe."""
    (tmp_path / "county").mkdir()
    path = county(tmp_path / "county", {NUMBERS[0]: "D"})
    roster = path.with_name("roster.csv")
    text = roster.read_text(encoding="utf-8").replace("才让多杰,,", f"{NAME},{NUMBER},")
    roster.write_text(text, encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    return path


def run(campaign: Path, *arguments: str, kill_after: float | None = None) -> bytes:
    """Run the program with a temporary folder of its own, and give all that it said."""
    temporary = campaign.parent.parent / "temporary"
    command = [sys.executable, "-m", "housing_guarantee", *arguments]
    environment = {**os.environ, "TMPDIR": str(temporary), "COLUMNS": "200"}
    program = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=campaign.parent
    )
    if kill_after is not None:
        time.sleep(kill_after)
        program.send_signal(signal.SIGKILL)
    return program.communicate(timeout=120)[0]


def leaks(campaign: Path) -> list[str]:
    """Name every file outside of the data in which a canary stands."""
    home = campaign.parent
    return [*found_under(home, (*DATA, *HELD)), *found_under(home.parent / "temporary", ())]


def test_no_canary_stands_in_what_is_said_or_written(campaign: Path) -> None:
    """Neither in what the commands print, nor in the masked outputs, nor in temporary files."""
    path = str(campaign)
    said = {
        words: run(campaign, *words)
        for words in (
            ("check", path),
            ("check", path, "--json", "--lang", "en"),
            ("explain", path, NUMBERS[0]),
            ("status", path),
            ("diff", path),
            ("photos", path),
            ("doctor", path),
            ("audit", "verify", path, "--entries"),
            ("inspect", str(campaign.with_name("roster.csv"))),
            ("feedback", path, str(campaign.with_name("roster.csv"))),
        )
    }

    assert [words for words, text in said.items() if found_in(text)] == []
    assert leaks(campaign) == []


@pytest.mark.parametrize("name", ["roster.csv", "records.csv", "campaign.toml"])
def test_no_canary_stands_in_what_is_said_of_a_damaged_file(campaign: Path, name: str) -> None:
    """Whatever a damaged file makes the program say, it says places and not values."""
    random, path = Random(2020), campaign.with_name(name)
    whole = path.read_bytes()
    for _ in range(3):
        data = bytearray(whole)
        for _ in range(40):
            data[random.randrange(len(data))] = random.randrange(256)
        path.write_bytes(data)

        assert not found_in(run(campaign, "check", str(campaign)))
        assert leaks(campaign) == []


def test_no_canary_is_left_by_a_kill(campaign: Path) -> None:
    """A run that is killed leaves no readable name in the system's temporary folder."""
    for turn in range(6):
        run(campaign, "check", str(campaign), kill_after=0.8 + 0.3 * turn)

        assert leaks(campaign) == []


def test_a_canary_is_seen_where_names_may_stand(campaign: Path) -> None:
    """In the lists, whose recipients hold the names, the same search finds them: the proof that it looks."""
    run(campaign, "check", str(campaign))

    assert "out/rectification/all.xlsx" in found_under(campaign.parent, DATA)
