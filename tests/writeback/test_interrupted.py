"""Plans killed, cut off, or applied beside another writer, in real databases: no row is lost, doubled or torn."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import housing_guarantee as hg
from housing_guarantee import database as databases
from housing_guarantee.cli import _run
from housing_guarantee.writeback.plan import load_plan, save_plan
from tests.servers import READER_PASSWORD, Database

from .province import VARIABLE, change, county, fill, held, numbers, quoted, system_row
from .proxy import cutting

KILLS = int(os.environ.get("HOUSING_KILLS", "4"))
"""How often a program is killed, in each database; the nightly run sets more."""
ROWS = 40


OLD, NEW = ("B级", 1), ("A级", 2)


@pytest.fixture
def campaign(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county of forty houses, whose plan is made."""
    monkeypatch.setenv(VARIABLE, database.reader)
    path = county(tmp_path, ROWS)
    fill(database, [system_row(number, order) for order, number in enumerate(numbers(ROWS), 1)])
    assert _run(["push", str(path)]) == 0
    return path


def started(*arguments: object) -> "subprocess.Popen[str]":
    """Start the program."""
    command = [sys.executable, "-m", "housing_guarantee", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603


def receipt_of(campaign: Path) -> dict[int, str]:
    """Give the last state of every row that the receipt knows; a torn line says nothing."""
    states = {}
    for path in (campaign.parent / "out" / "push").glob("receipt-*.jsonl"):
        for line in path.read_bytes().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            states[entry["row"]] = entry["state"]
    return states


# ------------------------------------------------------------------------------------------------ kills


def check_whole(database: Database, campaign: Path) -> bool:
    """Make sure that every row is old or new, as the receipt says or leaves to a look; say whether all are new."""
    states = receipt_of(campaign)
    rows = held(database)
    assert list(rows) == numbers(ROWS)
    for index, row in enumerate(rows.values()):
        assert row in (OLD, NEW)
        if states.get(index) in ("applied", "already"):
            assert row == NEW
        elif index not in states:
            assert row == OLD
    return set(rows.values()) == {NEW}


def start_over(database: Database, campaign: Path) -> None:
    """Put every row back, as if nothing had ever been applied."""
    change(database, *numbers(ROWS), JDDJ=OLD[0], BBH=OLD[1])
    for path in (campaign.parent / "out" / "push").glob("receipt-*.jsonl"):
        path.unlink()


def killed_at_work(campaign: Path, random: Random) -> int:
    """Start the program, wait until its receipt grows, and kill it at some moment of its work; say how it ended."""
    folder = campaign.parent / "out" / "push"

    def size() -> int:
        return sum(path.stat().st_size for path in folder.glob("receipt-*.jsonl"))

    before, until = size(), time.monotonic() + 30
    program = started("push", campaign, "--apply")
    while size() == before and program.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.15))
    program.send_signal(signal.SIGKILL)
    program.communicate()
    return program.returncode


def test_a_kill_leaves_every_row_old_or_new(database: Database, campaign: Path) -> None:
    """The receipt tells which, or says that one must look; applied again the plan comes to its end, and once."""
    random = Random(2020)
    ends: Counter[str] = Counter()
    for _ in range(KILLS):
        ends["killed"] += killed_at_work(campaign, random) == -signal.SIGKILL
        ends["doubtful"] += sum(state == "intended" for state in receipt_of(campaign).values())
        if check_whole(database, campaign):
            ends["at its end"] += 1
            start_over(database, campaign)
    print(f"{database.kind}: {KILLS} times: {dict(ends)}")  # noqa: T201 - the figures of a long run, with -s
    assert ends["killed"]
    last = started("push", campaign, "--apply")
    assert (last.communicate(timeout=60)[1].count("error"), last.returncode) == (0, 0)
    assert check_whole(database, campaign)
    assert set(receipt_of(campaign).values()) <= {"applied", "already"}
    (path,) = (campaign.parent / "out" / "push").glob("undo-*.json")
    assert len(load_plan(path, hg.load_campaign(campaign)).rows) == ROWS


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_was_left_half_written_is_put_right(
    database: Database, campaign: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A program that only reads must not do that, and says who does: push --apply, at its first look."""
    file, copy = tmp_path / "province.sqlite", tmp_path / "copy.sqlite"
    database.execute(
        "CREATE TABLE large (x)", "INSERT INTO large SELECT hex(randomblob(4000)) FROM T_NHDA, T_NHDA AS t"
    )
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        for statement in ("PRAGMA cache_size = 2", "BEGIN IMMEDIATE", "UPDATE large SET x = 'b' || x"):
            writer.execute(statement)
        shutil.copy(file, copy)  # as a cut of the power leaves it, half of it written
        shutil.copy(f"{file}-journal", f"{copy}-journal")
    copy.replace(file)
    Path(f"{copy}-journal").replace(f"{file}-journal")
    check = ["check", str(campaign), "--fail-on", "never"]
    assert _run(check) == 3
    assert "请再运行 push --apply" in capfd.readouterr().out
    assert _run(["push", str(campaign), "--apply"]) == 0
    assert check_whole(database, campaign)
    assert _run(check) == 0


# ------------------------------------------------------------------------------------------------ two writers


def test_two_writers_never_overwrite_each_other(database: Database, campaign: Path) -> None:
    """Of a plan and another program that minds the version too, each row is written by just one."""
    table, grade, version, number = (quoted(database, name) for name in ("T_NHDA", "JDDJ", "BBH", "HBH"))
    statement = text(
        f"UPDATE {table} SET {grade} = 'C级', {version} = 2 WHERE {number} = :number AND {version} = 1"  # noqa: S608
    )

    def other() -> int:
        won = 0
        for one in reversed(numbers(ROWS)):
            for _ in range(20):
                try:
                    with database.engine().begin() as connection:
                        won += connection.execute(statement, {"number": one}).rowcount
                    break
                except OperationalError:  # another program holds the file, or the row
                    time.sleep(0.01)
        return won

    with ThreadPoolExecutor() as pool:
        program = started("push", campaign, "--apply", "--json")
        won = pool.submit(other)
        counts = json.loads(program.communicate(timeout=60)[0])["counts"]
    assert counts.get("applied", 0) + won.result() == ROWS
    assert counts.get("conflict", 0) == won.result()
    assert sorted(held(database).values()) == sorted(
        [("A级", 2)] * counts.get("applied", 0) + [("C级", 2)] * won.result()
    )


def test_two_plans_at_once_write_each_row_once(database: Database, campaign: Path) -> None:
    """Two clerks apply two plans of one moment: the second to come finds a conflict, never a row of its own."""
    loaded = hg.load_campaign(campaign)
    plan = load_plan(campaign.parent / "out/push/plan.json", loaded)
    turned = [evolve(row, changes=(evolve(row.changes[0], new="D级"),)) for row in reversed(plan.rows)]
    other = campaign.parent / "out/push/other.json"
    save_plan(evolve(plan, rows=tuple(turned)), other, loaded)
    programs = [
        started("push", campaign, "--apply", "--json"),
        started("push", campaign, "--apply", "--plan", other, "--json"),
    ]
    counts = [json.loads(program.communicate(timeout=60)[0])["counts"] for program in programs]
    applied = [count.get("applied", 0) for count in counts]
    assert sum(applied) == ROWS
    assert [count.get("conflict", 0) for count in counts] == [applied[1], applied[0]]
    assert sorted(held(database).values()) == sorted([("A级", 2)] * applied[0] + [("D级", 2)] * applied[1])


def test_the_same_plan_twice_at_once_is_applied_once(database: Database, campaign: Path) -> None:
    """Whoever comes second finds the row as it should be."""
    programs = [started("push", campaign, "--apply", "--json") for _ in range(2)]
    counts = [json.loads(program.communicate(timeout=60)[0])["counts"] for program in programs]
    assert [sum(count.values()) for count in counts] == [ROWS, ROWS]
    assert sum(count.get("applied", 0) for count in counts) == ROWS
    assert held(database) == dict.fromkeys(numbers(ROWS), ("A级", 2))


# ------------------------------------------------------------------------------------------------ lost connections


@pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
def test_a_connection_that_is_cut_loses_nothing(
    database: Database,
    campaign: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Cut at any byte, it is opened again; where that does not help it is said (exit code 3), and the plan goes on."""
    monkeypatch.setattr(databases, "_PAUSE", 0.001)
    random = Random(2020)
    ends = []
    for _ in range(KILLS):
        limits = [random.randrange(1, 9000) for _ in range(random.choice((1, 3, 12)))]
        with cutting(database.reader, limits, tmp_path) as address:
            monkeypatch.setenv(VARIABLE, address)
            ends.append(_run(["push", str(campaign), "--apply"]))
        if check_whole(database, campaign):
            start_over(database, campaign)
        else:
            assert ends[-1] == 3
    monkeypatch.setenv(VARIABLE, database.reader)
    assert _run(["push", str(campaign), "--apply"]) == 0
    assert check_whole(database, campaign)
    assert set(ends) <= {0, 3}
    printed = capfd.readouterr()
    for secret in (READER_PASSWORD, "127.0.0.1", "Traceback", "internal error"):
        assert secret not in printed.out + printed.err
