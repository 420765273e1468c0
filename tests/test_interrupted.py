"""Checks and lists that are killed, cut off or run at once, in a file and in real servers: nothing is lost or torn.

``HOUSING_KILLS=200 pytest -s tests/test_interrupted.py -k kills`` kills feedback 200 times in each database, and prints
at which moments it was hit.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import _run
from housing_guarantee.feedback import take_back
from housing_guarantee.tracking import store
from housing_guarantee.tracking.audit import broken_at
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.lives import Answer
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

from .servers import PASSWORD, Server
from .test_feedback import NUMBERS, county, edited, fill
from .writeback.proxy import cutting

VARIABLE = "HOUSING_TEST_WORKSPACE"
PROGRAMS = get_context("forkserver")
PROGRAMS.set_forkserver_preload(["tests.test_interrupted", "sqlalchemy", "psycopg", "pymysql"])
"""Programs that start at once, so that kills hit their work and not their imports."""
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
    held = look(campaign)
    if held["audit"]:
        assert broken_at(workspace_key(campaign.parent / "workspace.sqlite"), held["audit"]) is None
    last = {one.key: one.after for one in held["events"]}
    assert last == {key: life.state for key, life in dict(held["lives"]).items()}
    assert sum(entry.what == "check" for entry in held["audit"]) == len(held["runs"])
    assert len({(given.key, given.file) for given in held["answers"]}) == len(held["answers"])
    return held


def look(campaign: Path) -> dict[str, Any]:
    """Give what the workspace holds, read at one moment."""
    workspace = Workspace.of(load_campaign(campaign))

    def work(journal: Journal) -> dict[str, Any]:
        return {
            "lives": journal.lives(),
            "runs": [(run.number, run.data, run.counts) for run in journal.runs()],
            "events": journal.happenings(),
            "answers": journal.answers(),
            "audit": journal.audit(),
        }

    return workspace.read(work, None) or dict.fromkeys(("lives", "runs", "events", "answers", "audit"), ())


def outputs(campaign: Path) -> dict[str, bytes]:
    """Check, and give every file that is written."""
    assert ended(started("check", campaign)) == 1
    folder = campaign.parent / "out"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


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


def test_a_check_and_a_list_at_once_lose_nothing(campaign: Path) -> None:
    """While a check of newer data records what it sees, villages claim: every claim and every sight is there."""
    assert ended(started("check", campaign)) == 1
    files = claims(campaign, 3)
    for turn, file in enumerate(files, 2):
        roster = campaign.parent / "roster.csv"
        text = re.sub(r",[0-9],茫曲镇", f",{turn},茫曲镇", roster.read_text(encoding="utf-8"))
        roster.write_text(text, encoding="utf-8")
        both = started("check", campaign), started("feedback", campaign, file)
        assert [ended(one) for one in both] == [1, 0]
        held = told(campaign)
        assert len(held["runs"]) == turn
        assert [given.file for given in held["answers"]].count(digest_of(file)) == 5
        assert {(life.answer, life.seen_run) for life in held["lives"].values()} == {(said_in(turn - 2), turn)}


def digest_of(file: Path) -> str:
    """Digest a file."""
    return sha256(file.read_bytes()).hexdigest()


def said_in(turn: int) -> Answer:
    """Say what the list of a turn answers."""
    return Answer.OPEN if turn % 2 else Answer.RECTIFIED


def claims(campaign: Path, count: int) -> list[Path]:
    """Fill in so many lists, each of which answers all five rows otherwise than the one before."""
    book = openpyxl.load_workbook(campaign.parent / "out" / "rectification" / "all.xlsx")
    files = []
    for turn in range(count):
        for row in range(4, 9):
            fill("全县", row, "未整改" if turn % 2 else "已整改", note=f"第{turn}次")(book)
        files.append(campaign.parent / f"{turn}.xlsx")
        book.save(files[-1])
    return files


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """Give a county in which no program was killed, with the lists that it took one after another."""
    twin = county(tmp_path_factory.mktemp("twin"), dict.fromkeys(NUMBERS[:5], "D"))
    assert ended(started("check", twin)) == 1
    files = claims(twin, KILLS)
    for file in files:
        take_back(load_campaign(twin), [file])
    return twin, files


def take_one(campaign: Path, file: Path, url: str) -> None:
    """Be a program that takes a list."""
    os.environ[VARIABLE] = url
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        _run(["feedback", str(campaign), str(file)])


def killed_after(campaign: Path, file: Path, seconds: float) -> float:
    """Start a program that takes a list, kill it after some time, and say how long it was there."""
    begun = time.monotonic()
    program = PROGRAMS.Process(target=take_one, args=(campaign, file, os.environ.get(VARIABLE, "")))
    program.start()
    program.join(seconds)
    program.kill()
    program.join()
    return time.monotonic() - begun


def test_kills_of_feedback_lose_double_and_tear_nothing(campaign: Path, unharmed: tuple[Path, list[Path]]) -> None:
    """Whatever moment it is killed at, a list is taken whole or not at all, and taken again it comes to the same.

    In the end there are the same rows as in a county where nothing was killed, and its reports are the same bytes.
    """
    random, hits = Random(2020), Counter[str]()
    twin, files = unharmed
    assert ended(started("check", campaign)) == 1
    usual = killed_after(campaign, files[0], 60)
    for turn, file in enumerate(files):
        killed_after(campaign, file, random.uniform(0.3, 1.1) * usual)
        taken = [given for given in told(campaign)["answers"] if given.file == digest_of(file)]
        assert len(taken) in (0, 5)
        hits["after the commit" if taken else "before the commit"] += 1
        take_back(load_campaign(campaign), [file])
        last = told(campaign)["answers"][-5:]
        assert {(given.file, given.note) for given in last} == {(digest_of(file), f"第{turn}次")}
    held, other = told(campaign), told(twin)
    sys.stdout.write(
        f"{len(files)} kills: {dict(hits)}; {len(held['answers'])} answers, {len(held['events'])} events\n"
    )
    for what in ("lives", "runs", "events", "answers"):
        assert held[what] == other[what]
    assert (len(held["answers"]), len(held["audit"])) == (5 * len(files), len(files) + 1)
    written, others = outputs(campaign), outputs(twin)
    for files_of in (written, others):
        del files_of["manifest.json"]  # which digests the campaign file, and that names the workspace
    assert written == others


def test_kills_of_check_lose_double_and_tear_nothing(campaign: Path) -> None:
    """Whatever moments it is killed at, done again it comes to one run, with every finding once."""
    random = Random(2020)
    for _ in range(KILLS // 2):
        program = started("check", campaign)
        time.sleep(random.uniform(0.1, 1.5))
        program.send_signal(signal.SIGKILL)
        program.communicate()
        told(campaign)
    first = outputs(campaign)
    held = told(campaign)
    assert [life.state.value for life in held["lives"].values()] == ["new"] * 5
    assert len(held["runs"]) == 1
    assert outputs(campaign) == first


@pytest.mark.parametrize("campaign", ["postgresql", "mariadb"], indirect=True)
def test_a_connection_that_is_cut_ends_in_a_clear_error(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Cut at any byte, it is opened again; where that does not help it is said, and the list can be taken again."""
    monkeypatch.setattr(store, "_PAUSE", 0.001)
    random, ends, address = Random(2020), Counter[int](), os.environ[VARIABLE]
    assert _run(["check", str(campaign)]) == 1
    for turn, file in enumerate(claims(campaign, 2 * KILLS)):
        limits = [random.randrange(1, 12_000) for _ in range(random.choice((1, 3, 12)))]
        with cutting(address, limits, tmp_path) as through:
            monkeypatch.setenv(VARIABLE, through)
            command = ["feedback", str(campaign), str(file)] if turn % 4 else ["check", str(campaign)]
            end = _run(command)
        ends[end] += 1
        monkeypatch.setenv(VARIABLE, address)
        taken = [given for given in told(campaign)["answers"] if given.file == digest_of(file)]
        assert len(taken) in (0, 5)
        if command[0] == "feedback":
            assert (end, len(taken)) in {(0, 5), (1, 5), (3, 0), (3, 5)}
        assert _run(["feedback", str(campaign), str(file)]) == 0
    held = told(campaign)
    assert (len(held["answers"]), len(held["runs"])) == (5 * 2 * KILLS, 1)
    assert set(ends) <= {0, 1, 3}
    printed = capfd.readouterr()
    assert "HOUSING_TEST_WORKSPACE: it cannot be used" in printed.err
    for secret in (PASSWORD, "127.0.0.1", "unix_socket", "Traceback", "internal error"):
        assert secret not in printed.out + printed.err
    sys.stdout.write(f"{2 * KILLS} cuts: exit codes {dict(ends)}\n")
