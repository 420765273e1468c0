"""A workspace that an earlier version made is brought up whole, on each database, and loses nothing."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from housing_guarantee.errors import WorkspaceError
from housing_guarantee.linkage.match import Link
from housing_guarantee.tracking import migrate, schema
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.schema import VERSION, tables
from housing_guarantee.tracking.store import Workspace

from ..servers import Database
from . import schema_1
from .conftest import VARIABLE, MakeCounty, finding, key_of
from .test_store import KILLS

LIFE = {
    **dict.fromkeys(("township", "village", "area_code", "data", "renewed"), "甲"),
    **dict.fromkeys(("run", "first_run", "seen_run"), 1),
    "code": "safety.unsafe",
    "severity": "ERROR",
    "state": "new",
    "event": "found",
    "roles": "[]",
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "runs": [{"number": 1, "as_of": "2020-06-13", "data": "d", "rule_set": "r", "counts": "{}"}],
    "findings": [{**LIFE, "key": key_of(str(number)), "household_id": str(number)} for number in range(50)],
    "links": [{"source": "l.xls", "file_no": "7", "sheet": "", "row": 0, "household_id": "1", "file": "f"}],
    "audit": [{"number": 1, "at": "2020", "who": "#1", "what": "check", "details": "{}", "seal": "s"}],
}


@pytest.fixture
def earlier(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Give a workspace of version 1 that remembers something."""
    variable = None if database.kind == "sqlite" else VARIABLE
    monkeypatch.setenv(VARIABLE, database.url)
    workspace = Workspace(tmp_path / "province.sqlite", county_code="632525", url_env=variable)
    with database.engine().begin() as connection:
        metadata = schema_1.make(connection)
        for name, rows in ROWS.items():
            connection.execute(metadata.tables[name].insert(), rows)
    return workspace


def held(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of the tables of version 1."""
    return {name: sorted(map(tuple, connection.execute(tables().tables[name].select()))) for name in ROWS}


def shape(engine: Engine) -> dict[str, Any]:
    """Describe the tables: columns, keys, indexes, and what guards the audit trail."""
    look = sa.inspect(engine)
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "mariadb": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    }
    with engine.connect() as connection:
        guards = sorted(connection.exec_driver_sql(queries[connection.dialect.name]).scalars())
    found: dict[str, Any] = {"guards": guards}
    for name in sorted(set(look.get_table_names()) - {"workspace_revision"}):
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)]
        unique = [u["column_names"] for u in look.get_unique_constraints(name)]
        indexes = sorted(i["column_names"] for i in look.get_indexes(name))
        found[name] = (columns, look.get_pk_constraint(name)["constrained_columns"], unique, indexes)
    return found


def version_of(database: Database) -> int:
    """Read which version the workspace says it has."""
    with database.engine().connect() as connection:
        return int(connection.exec_driver_sql("SELECT version FROM workspace").scalar_one())


def test_a_look_brings_an_earlier_one_up(earlier: Workspace, database: Database) -> None:
    """Every row is what it was, and what the new version adds can be used at once."""
    with database.engine().connect() as connection:
        before = held(connection)
    assert len(earlier.read(Journal.lives, {})) == 50
    assert version_of(database) == VERSION
    with database.engine().connect() as connection:
        assert held(connection) == before
    denial = Link("l.xls", "2", file_no="7", denied=True)
    earlier.write(lambda journal: journal.put_link(denial, "digest"))
    assert earlier.read(Journal.links, ()) == (Link("l.xls", "1", file_no="7"), denial)


def test_brought_up_it_is_what_a_new_one_is(earlier: Workspace, database: Database, tmp_path: Path) -> None:
    """The same tables, columns, keys, indexes and guards, so that no step was forgotten."""
    earlier.prepare()
    brought_up = shape(database.engine())
    with database.engine().begin() as connection:
        tables().drop_all(connection)
        connection.exec_driver_sql("DROP TABLE workspace_revision")
    earlier.close()
    earlier.prepare()
    assert shape(database.engine()) == brought_up
    assert "denials" in brought_up


def test_a_step_that_fails_leaves_the_earlier_version(
    earlier: Workspace, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is said, nothing is lost, and another time it is brought up all the same."""
    with database.engine().connect() as connection:
        before = held(connection)

    def half(connection: Any, version: int) -> None:
        migrate.bring_up(connection, version)
        raise sa.exc.OperationalError("", {}, Exception("the disk is full"))

    monkeypatch.setattr("housing_guarantee.tracking.store.bring_up", half)
    with pytest.raises(WorkspaceError, match="it cannot be used"):
        earlier.read(Journal.lives, {})
    assert version_of(database) == 1
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, database.url)
    assert len(earlier.read(Journal.lives, {})) == 50
    with database.engine().connect() as connection:
        assert (held(connection), version_of(database)) == (before, VERSION)


LOOK = """
import sys
from pathlib import Path
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace
workspace = Workspace(Path(sys.argv[1]), county_code="632525", url_env=sys.argv[2] or None)
print("ready", flush=True)
print(len(workspace.read(Journal.lives, {})))
"""


def test_a_kill_leaves_one_that_can_be_brought_up(earlier: Workspace, database: Database, tmp_path: Path) -> None:
    """Whatever moment the program is killed at; several programs that meet an earlier version bring it up once."""
    random = Random(2020)
    variable = "" if database.kind == "sqlite" else VARIABLE
    command = [sys.executable, "-c", LOOK, str(tmp_path / "province.sqlite"), variable]

    def started() -> "subprocess.Popen[str]":
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603

    with database.engine().connect() as connection:
        before = held(connection)
    for _ in range(KILLS // 3):
        with started() as one:
            assert one.stdout
            one.stdout.readline()
            time.sleep(random.uniform(0, 1.0))
            one.send_signal(signal.SIGKILL)
        with database.engine().connect() as connection:
            assert held(connection) == before
        assert version_of(database) in (1, VERSION)
        if version_of(database) == VERSION:  # begin again
            with database.engine().begin() as connection:
                connection.exec_driver_sql("DROP TABLE denials")
                connection.exec_driver_sql("UPDATE workspace SET version = 1")
    both = [started() for _ in range(2)]
    assert [one.communicate(timeout=60) for one in both] == [("ready\n50\n", "")] * 2
    assert version_of(database) == VERSION


def test_a_later_version_is_refused_by_name(earlier: Workspace, database: Database) -> None:
    """Both numbers are said, and nothing is guessed at, on each database."""
    earlier.prepare()
    with database.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE workspace SET version = 99")
    words = re.escape(f"made it (99; this one knows {VERSION}): update it")
    with pytest.raises(WorkspaceError, match=words):
        earlier.read(Journal.runs, ())
    with pytest.raises(WorkspaceError, match=words):
        earlier.write(Journal.runs)
    assert version_of(database) == 99


def test_every_version_has_its_step() -> None:
    """The last step leads to the present version, and each to the next."""
    folder = Path(schema.__file__).with_name("migrations") / "versions"
    assert sorted(path.name.partition("_")[0] for path in folder.glob("v*.py")) == [
        f"v{number}" for number in range(1, VERSION + 1)
    ]


def test_alembic_is_loaded_for_an_earlier_version_alone(workspace: Workspace, county_of: MakeCounty) -> None:
    """Whoever makes a workspace or uses one of this version does not wait for it."""
    code = """
import sys
from pathlib import Path
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace
workspace = Workspace(Path(sys.argv[1]), county_code="632525", url_env=sys.argv[2] or None)
workspace.write(Journal.runs)
workspace.read(Journal.runs, ())
assert "alembic" not in sys.modules
"""
    county_of(workspace).check(finding())
    name = workspace.name
    where = ["", name[1:]] if name.startswith("$") else [name, ""]
    subprocess.run([sys.executable, "-c", code, *where], check=True)  # noqa: S603
