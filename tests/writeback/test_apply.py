"""What applying a plan does to a real database of each kind, and what it leaves alone."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import String, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

import housing_guarantee as hg
from housing_guarantee import database as databases
from housing_guarantee.cli import _run
from housing_guarantee.errors import PlanError
from housing_guarantee.writeback.apply import Applied, apply_plan
from housing_guarantee.writeback.plan import Plan, load_plan, save_plan
from housing_guarantee.writeback.receipt import State
from tests.servers import Database

from .province import VARIABLE, change, county, fill, held, numbers, quoted, system_row

FIRST, SECOND, THIRD = numbers(3)
PLAIN: dict[str, Any] = {"version": None}


class Push:
    """A county whose plan is made and applied as a clerk does it."""

    def __init__(self, folder: Path, database: Database, **how: Any) -> None:
        self.database = database
        self.campaign = county(folder, how.pop("count", 3), version=how.get("version", True) is not None)
        self.out = folder / "out" / "push"
        rows = [system_row(number, order) for order, number in enumerate(numbers(3), 1)]
        fill(database, how.pop("rows", rows), **how)

    def plan(self) -> Plan:
        """Make a plan."""
        assert _run(["push", str(self.campaign)]) == 0
        return load_plan(self.out / "plan.json", hg.load_campaign(self.campaign))

    def apply(self, plan: str = "plan.json") -> Applied:
        """Apply the plan that was saved."""
        campaign = hg.load_campaign(self.campaign)
        return apply_plan(load_plan(self.out / plan, campaign), campaign, self.out)


def states(applied: Applied) -> list[tuple[str, str | None]]:
    """Give what became of every row."""
    return [(outcome.entry.state.value, outcome.entry.reason) for outcome in applied.outcomes]


@pytest.fixture(autouse=True)
def address(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account may only SELECT, and UPDATE the one table."""
    monkeypatch.setenv(VARIABLE, database.reader)


# ------------------------------------------------------------------------------------------------ what is written


def test_a_plan_changes_nothing(database: Database, tmp_path: Path) -> None:
    """It says what would be written where, in the column's own words, and why."""
    push = Push(tmp_path, database)
    plan = push.plan()
    row = plan.rows[0]
    (made,) = row.changes
    assert [one.household_id for one in plan.rows] == [FIRST, SECOND, THIRD]
    assert (row.source, row.table, row.number) == ("provincial/retrieval", "T_NHDA", None)
    assert [(part.column, part.value) for part in row.key] == [("HBH", FIRST)]
    assert row.version
    assert (row.version.column, row.version.value) == ("BBH", 1)
    assert (made.field, made.column, made.old, made.new) == ("grade", "JDDJ", "B级", "A级")
    assert (made.code, made.clause, made.right) == ("provincial.field-differs", "G2", "verifications")
    assert held(database) == dict.fromkeys(numbers(3), ("B级", 1))


def test_a_plan_is_applied_once(database: Database, tmp_path: Path) -> None:
    """The version is counted on; applied again nothing is written; a plan made then has nothing to do."""
    push = Push(tmp_path, database)
    push.plan()
    assert states(push.apply()) == [("applied", None)] * 3
    assert held(database) == dict.fromkeys(numbers(3), ("A级", 2))
    assert states(push.apply()) == [("already", None)] * 3
    assert held(database) == dict.fromkeys(numbers(3), ("A级", 2))
    assert push.plan().rows == ()


def test_the_undo_plan_takes_it_back(database: Database, tmp_path: Path) -> None:
    """As it was, but for the version; the plan itself then meets a newer version, and is not applied again."""
    push = Push(tmp_path, database)
    push.plan()
    undo = push.apply().undo
    assert undo
    assert states(push.apply(undo.name)) == [("applied", None)] * 3
    assert held(database) == dict.fromkeys(numbers(3), ("B级", 3))
    assert states(push.apply(undo.name)) == [("already", None)] * 3
    assert states(push.apply()) == [("conflict", "version-differs")] * 3
    assert held(database) == dict.fromkeys(numbers(3), ("B级", 3))


def test_a_version_in_words_is_the_databases_own(database: Database, tmp_path: Path) -> None:
    """A number typed as text is counted on as text; a moment is compared, and left to the database."""
    rows = [system_row(FIRST, 1, BBH="9"), system_row(SECOND, 2, BBH="2020-06-01"), system_row(THIRD, 3, BBH=None)]
    push = Push(tmp_path, database, rows=rows, version=String(60))
    push.plan()
    change(database, THIRD, BBH="1")
    assert states(push.apply()) == [("applied", None), ("applied", None), ("conflict", "version-differs")]
    assert held(database) == {FIRST: ("A级", "10"), SECOND: ("A级", "2020-06-01"), THIRD: ("B级", "1")}
    assert states(push.apply(next(push.out.glob("undo-*.json")).name)) == [("applied", None)] * 2
    assert held(database)[SECOND] == ("B级", "2020-06-01")


def test_blank_values_are_filled(database: Database, tmp_path: Path) -> None:
    """What was blank is told from what holds something, as the plan saw it."""
    push = Push(
        tmp_path, database, rows=[system_row(FIRST, 1, JDDJ=None, SFZH=None), system_row(SECOND, 2, JDDJ="A级")]
    )
    plan = push.plan()
    assert [(one.field, one.old) for row in plan.rows for one in row.changes] == [("grade", None), ("id_number", None)]
    assert states(push.apply()) == [("applied", None)]
    assert held(database)[FIRST] == ("A级", 2)


# ------------------------------------------------------------------------------------------------ conflicts


def test_a_row_that_somebody_wrote_is_a_conflict(database: Database, tmp_path: Path) -> None:
    """By its version, though the value is the old one; by its value, though the version is; the others are applied."""
    push = Push(tmp_path, database)
    push.plan()
    change(database, FIRST, BBH=2)
    change(database, SECOND, JDDJ="C级")
    assert states(push.apply()) == [("conflict", "version-differs"), ("conflict", "value-differs"), ("applied", None)]
    assert held(database) == {FIRST: ("B级", 2), SECOND: ("C级", 1), THIRD: ("A级", 2)}
    assert _run(["push", str(push.campaign), "--apply"]) == 4


def test_without_a_version_every_old_value_counts(database: Database, tmp_path: Path) -> None:
    """What another one wrote right already is as it should be, and left alone."""
    push = Push(tmp_path, database, **PLAIN)
    push.plan()
    change(database, FIRST, JDDJ=None)
    change(database, SECOND, JDDJ="A级")
    assert states(push.apply()) == [("conflict", "value-differs"), ("already", None), ("applied", None)]
    assert held(database, "JDDJ") == {FIRST: (None,), SECOND: ("A级",), THIRD: ("A级",)}
    undo = load_plan(next(push.out.glob("undo-*.json")), hg.load_campaign(push.campaign))
    assert [row.household_id for row in undo.rows] == [THIRD]


def test_a_row_that_is_gone_or_doubled_is_a_conflict(database: Database, tmp_path: Path) -> None:
    """Without a key of the table's own a household's number may name several rows: none of them is written."""
    push = Push(tmp_path, database, key=False)
    push.plan()
    change(database, FIRST, HBH="gone")
    change(database, SECOND, HBH=THIRD)
    assert states(push.apply()) == [
        ("conflict", "row-missing"),
        ("conflict", "row-missing"),
        ("conflict", "key-not-unique"),
    ]
    assert set(held(database).values()) == {("B级", 1)}


def test_what_the_database_does_not_take_is_said(database: Database, tmp_path: Path) -> None:
    """A value that is too long costs its row, which stays as it is; exit code 3. SQLite takes any length."""
    push = Push(tmp_path, database)
    plan = push.plan()
    long = [evolve(row, changes=(evolve(row.changes[0], new="长" * 61),)) for row in plan.rows[:1]]
    save_plan(evolve(plan, rows=(*long, *plan.rows[1:])), push.out / "plan.json", hg.load_campaign(push.campaign))
    applied = push.apply()
    if database.kind == "sqlite":
        assert states(applied) == [("applied", None)] * 3
        return
    assert [state for state, _ in states(applied)] == ["refused", "applied", "applied"]
    assert applied.outcomes[0].entry.reason in ("DataError 22001", "DataError 1406")
    assert held(database) == {FIRST: ("B级", 1), SECOND: ("A级", 2), THIRD: ("A级", 2)}
    assert _run(["push", str(push.campaign), "--apply"]) == 3


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_a_server_that_cuts_off_or_keeps_question_marks_is_told_not_to(database: Database, tmp_path: Path) -> None:
    """By its own settings it would cut a long value, and keep ? for a rare character, without a word."""
    push = Push(tmp_path, database)
    plan = push.plan()
    database.execute(
        "ALTER TABLE T_NHDA CONVERT TO CHARACTER SET utf8mb3", "SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'"
    )
    try:
        news = ("𬱖级", "长" * 61)
        rows = [
            evolve(row, changes=(evolve(row.changes[0], new=new),)) for row, new in zip(plan.rows, news, strict=False)
        ]
        save_plan(evolve(plan, rows=(*rows, plan.rows[2])), push.out / "plan.json", hg.load_campaign(push.campaign))
        applied = push.apply()
    finally:
        database.execute("SET GLOBAL sql_mode = DEFAULT")
    assert states(applied) == [("refused", "DataError 1366"), ("refused", "DataError 1406"), ("applied", None)]
    assert held(database) == {FIRST: ("B级", 1), SECOND: ("B级", 1), THIRD: ("A级", 2)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_database_keeps_otherwise_than_it_was_given_is_undone(database: Database, tmp_path: Path) -> None:
    """What was written is read back in the same transaction; a table that changes it keeps what it had."""
    push = Push(tmp_path, database)
    push.plan()
    database.execute(
        f"CREATE TRIGGER cutting AFTER UPDATE ON T_NHDA WHEN NEW.HBH = '{SECOND}' "  # noqa: S608
        "BEGIN UPDATE T_NHDA SET JDDJ = substr(NEW.JDDJ, 1, 1) WHERE HBH = NEW.HBH; END"
    )
    assert states(push.apply()) == [("applied", None), ("refused", "stored-differently"), ("applied", None)]
    assert held(database) == {FIRST: ("A级", 2), SECOND: ("B级", 1), THIRD: ("A级", 2)}


@pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
def test_an_account_that_may_only_select_and_update_the_one_table_is_enough(database: Database, tmp_path: Path) -> None:
    """The server refuses it everything else: other tables, new rows, the removal of rows."""
    push = Push(tmp_path, database)
    database.execute("CREATE TABLE another (x INTEGER)")
    account = Database(database.kind, database.reader, "")
    name = quoted(database, "T_NHDA")
    refused = ("SELECT x FROM another", f"INSERT INTO {name} SELECT * FROM {name}", f"DELETE FROM {name}")  # noqa: S608
    for statement in (*refused, f"DROP TABLE {name}", "CREATE TABLE third (x INTEGER)"):
        with pytest.raises((OperationalError, ProgrammingError)):
            account.execute(statement)
    push.plan()
    assert states(push.apply()) == [("applied", None)] * 3
    assert held(database) == dict.fromkeys(numbers(3), ("A级", 2))


def test_an_account_that_may_not_update_writes_nothing(database: Database, tmp_path: Path) -> None:
    """The source is said to have failed, no row is come to, and the receipt holds none. A file of SQLite has none."""
    if database.kind == "sqlite":
        (tmp_path / "province.sqlite").touch()
    push = Push(tmp_path, database)
    push.plan()
    if database.kind == "sqlite":
        (tmp_path / "province.sqlite").rename(tmp_path / "elsewhere.sqlite")
    elif database.kind == "postgresql":
        database.execute(f'REVOKE UPDATE ON "T_NHDA" FROM {make_url(database.reader).username}')
    else:
        account = make_url(database.reader)
        database.execute(f"REVOKE UPDATE ON {account.database}.T_NHDA FROM {account.username}@localhost")
    applied = push.apply()
    assert [state for state, _ in states(applied)] == ["unreached"] * 3
    assert [fault.source for fault in applied.faults] == ["provincial/retrieval"]
    assert applied.undo is None
    assert applied.receipt.read_text() == ""
    assert _run(["push", str(push.campaign), "--apply"]) == 3


def test_a_row_that_is_held_is_waited_for_in_vain(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the lock: after some tries that is said, and later the plan goes on."""
    monkeypatch.setattr(databases, "TRIES", 2)
    monkeypatch.setattr(databases, "PATIENCE", 1)
    short = {kind: tuple(one.replace("10", "1") for one in known) for kind, known in databases._PATIENT.items()}
    monkeypatch.setattr(databases, "_PATIENT", short)
    push = Push(tmp_path, database)
    push.plan()
    with database.engine().connect() as holder:
        if database.kind == "sqlite":
            holder.exec_driver_sql("BEGIN IMMEDIATE")
        holder.exec_driver_sql(f"UPDATE {quoted(database, 'T_NHDA')} SET {quoted(database, 'BBH')} = 7")  # noqa: S608
        applied = push.apply()
        holder.rollback()
    assert [state for state, _ in states(applied)] == ["unreached"] * 3
    assert states(push.apply()) == [("applied", None)] * 3


def test_a_row_that_is_written_while_we_wait_is_looked_at_anew(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the first row, writes it and lets it go: a conflict.

    Where PostgreSQL is told to serialize, the wait ends in a serialization failure: the transaction is tried again.
    """
    push = Push(tmp_path, database)
    push.plan()
    if database.kind == "postgresql":
        account = make_url(database.reader).username
        database.execute(f"ALTER ROLE {account} SET default_transaction_isolation = 'serializable'")
    begun = threading.Event()
    codes: list[str] = []
    once, code = databases.Writer._once, databases._code

    def watched(writer: databases.Writer, work: Any) -> Any:
        begun.set()
        return once(writer, work)

    def noted(error: Any) -> str:
        codes.append(code(error))
        return codes[-1]

    monkeypatch.setattr(databases.Writer, "_once", watched)
    monkeypatch.setattr(databases, "_code", noted)
    version, number = (quoted(database, name) for name in ("BBH", "HBH"))
    with database.engine().connect() as holder, ThreadPoolExecutor() as pool:
        if database.kind == "sqlite":
            holder.exec_driver_sql("BEGIN IMMEDIATE")
        holder.exec_driver_sql(f"UPDATE {quoted(database, 'T_NHDA')} SET {version} = 7 WHERE {number} = '{FIRST}'")  # noqa: S608
        applying = pool.submit(push.apply)
        assert begun.wait(30)
        time.sleep(0.5)
        holder.commit()
        assert states(applying.result(60)) == [("conflict", "version-differs"), ("applied", None), ("applied", None)]
    assert held(database) == {FIRST: ("B级", 7), SECOND: ("A级", 2), THIRD: ("A级", 2)}
    assert set(codes) == ({"40001"} if database.kind == "postgresql" else set())


# ------------------------------------------------------------------------------------------------ receipt and plan


def test_the_receipt_says_what_was_meant_before_what_was_done(database: Database, tmp_path: Path) -> None:
    """Each row is intended, with the version that it will have, then applied; it holds no value of anybody."""
    push = Push(tmp_path, database)
    plan = push.plan()
    change(database, SECOND, BBH=5)
    receipt = push.apply().receipt
    lines = [json.loads(line) for line in receipt.read_text(encoding="utf-8").splitlines()]
    assert [(line["row"], line["state"], line.get("version")) for line in lines] == [
        (0, "intended", 2),
        (0, "applied", 2),
        (1, "conflict", None),
        (2, "intended", 2),
        (2, "applied", 2),
    ]
    assert {line["plan"] for line in lines} == {plan.digest}
    assert "级" not in receipt.read_text(encoding="utf-8")
    assert [path.stat().st_mode & 0o777 for path in push.out.iterdir()] == [0o600] * 3


def test_a_plan_is_of_the_tables_that_the_campaign_names(database: Database, tmp_path: Path) -> None:
    """A campaign that names another table now is not written by an old plan."""
    push = Push(tmp_path, database)
    push.plan()
    text = push.campaign.read_text(encoding="utf-8")
    push.campaign.write_text(text.replace('"T_NHDA"', '"T_OTHER"'), encoding="utf-8")
    with pytest.raises(PlanError, match="has no source 'provincial/retrieval'"):
        push.apply()
    assert set(held(database).values()) == {("B级", 1)}


def test_states_are_counted(database: Database, tmp_path: Path) -> None:
    """Each row is in one count."""
    push = Push(tmp_path, database)
    push.plan()
    applied = push.apply()
    assert {state.value: applied.count(state) for state in State if applied.count(state)} == {"applied": 3}
