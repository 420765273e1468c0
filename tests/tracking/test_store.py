"""The workspace as a file and as a server: nobody loses anybody's work, and nothing secret is said."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from housing_guarantee.errors import CampaignError, WorkspaceError
from housing_guarantee.linkage.match import Link
from housing_guarantee.tracking import engines, store
from housing_guarantee.tracking.audit import broken_at
from housing_guarantee.tracking.holder import note_of
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.schema import tables
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import note

from ..servers import PASSWORD
from .conftest import VARIABLE, MakeCounty, finding

KEY = b"key of the tests"
KILLS = int(os.environ.get("HOUSING_KILLS", "12"))
"""How often a writer is killed; the nightly run sets more."""


def place(workspace: Workspace, tmp_path: Path) -> list[str]:
    """Say in arguments where a workspace is, for a process of its own."""
    return [str(tmp_path / "w.sqlite"), workspace.name.removeprefix("$") if workspace.name.startswith("$") else ""]


WRITER = """
import sys
from pathlib import Path
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import note
path, variable, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
workspace = Workspace(Path(path), county_code="632525", url_env=variable or None)
for number in range(count):
    def work(journal):
        for part in ("one", "two", "three"):
            note(journal, b"key of the tests", part, {"number": number})
    workspace.write(work)
    print(number, flush=True)
"""


def writer(where: list[str], count: int) -> "subprocess.Popen[str]":
    """Start a program that writes entries, three in a transaction, and says each transaction that was finished."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter on our own code
        [sys.executable, "-c", WRITER, *where, str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def trail(workspace: Workspace) -> list[str]:
    """Give what was entered, after making sure that the chain holds."""
    entries = workspace.read(Journal.audit, ())
    assert broken_at(KEY, entries) is None
    return [entry.what for entry in entries]


def test_two_programs_that_write_at_once_lose_nothing(workspace: Workspace, tmp_path: Path) -> None:
    """Each transaction reads the last entry and adds to it; none of two programs' entries is missing or doubled."""
    writers = [writer(place(workspace, tmp_path), 40) for _ in range(2)]
    ends = [one.communicate(timeout=120) for one in writers]
    assert [(one.returncode, err) for one, (_, err) in zip(writers, ends, strict=True)] == [(0, ""), (0, "")]
    assert trail(workspace) == ["one", "two", "three"] * 80


def test_a_kill_leaves_the_old_or_the_new_state(workspace: Workspace, tmp_path: Path) -> None:
    """Whatever moment a writer is killed at, every transaction is there whole or not at all, and none said is lost."""
    random, done = Random(2020), 0
    for _ in range(KILLS):
        with writer(place(workspace, tmp_path), 10_000) as one:
            assert one.stdout
            one.stdout.readline()
            time.sleep(random.uniform(0, 0.05))
            one.send_signal(signal.SIGKILL)
            said = 1 + len(one.stdout.read().splitlines())
        entries = trail(workspace)
        assert entries == ["one", "two", "three"] * (len(entries) // 3)
        assert len(entries) // 3 - done in (said, said + 1)  # one may be finished and not yet said
        done = len(entries) // 3


def test_work_that_raises_leaves_nothing(workspace: Workspace, county_of: MakeCounty) -> None:
    """What a failing transaction had written is not there."""
    county_of(workspace).check(finding())

    def work(journal: Journal) -> None:
        note(journal, KEY, "half", {})
        raise KeyError("half")

    with pytest.raises(KeyError):
        workspace.write(work)
    assert [entry.what for entry in workspace.read(Journal.audit, ())] == ["check"]


def test_a_second_writer_that_waited_in_vain_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It names the workspace and not the URL, and who holds it since when, and has written nothing."""
    monkeypatch.setattr(engines, "WAIT", 1)
    monkeypatch.setitem(engines.PATIENCE["postgresql"], "options", "-c lock_timeout=1s")
    where = place(workspace, tmp_path)
    second = Workspace(Path(where[0]), county_code="632525", url_env=where[1] or None)

    def work(journal: Journal) -> None:
        note(journal, KEY, "first", {})
        with pytest.raises(WorkspaceError, match="another program held it") as error:
            second.write(lambda other: note(other, KEY, "second", {}))
        assert str(error.value).startswith(second.name)
        who = r"process [0-9]+ on \S+" if not where[1] else r"session [0-9]+ from \S.*"
        assert re.search(rf"\({who}, since [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9:.+]+\)", str(error.value))

    workspace.write(work)
    assert trail(workspace) == ["first"]
    assert not note_of(Path(where[0])).exists()


def test_what_a_killed_writer_said_of_itself_holds_nobody_up(tmp_path: Path) -> None:
    """Only the database's own lock keeps a second program waiting, and a kill lets go of it at once."""
    workspace = Workspace(tmp_path / "w.sqlite", county_code="632525")
    with writer([str(tmp_path / "w.sqlite"), ""], 10_000) as one:
        assert one.stdout
        one.stdout.readline()
        one.send_signal(signal.SIGKILL)
    note_of(tmp_path / "w.sqlite").write_text('{"pid": 1, "host": "gone", "since": "then"}', encoding="utf-8")

    started = time.monotonic()
    workspace.write(lambda journal: note(journal, KEY, "next", {}))

    assert time.monotonic() - started < engines.WAIT
    assert trail(workspace)[-1] == "next"


def test_a_lost_connection_is_tried_again(server_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that ends the session in the midst of the work costs nothing: the work is done again, once."""
    monkeypatch.setenv(VARIABLE, server_url)
    workspace = Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE)
    tries: list[int] = []

    def work(journal: Journal) -> None:
        note(journal, KEY, "once", {})
        tries.append(1)
        if len(tries) == 1:
            is_postgresql = journal._connection.dialect.name == "postgresql"
            end = "SELECT pg_terminate_backend(pg_backend_pid())" if is_postgresql else "KILL CONNECTION_ID()"
            journal._connection.exec_driver_sql(end)

    workspace.write(work)
    assert (len(tries), trail(workspace)) == (2, ["once"])


def test_the_audit_trail_is_only_added_to(workspace: Workspace) -> None:
    """The database itself refuses to change or remove an entry."""
    workspace.write(lambda journal: note(journal, KEY, "check", {}))
    audit = tables().tables["audit"]
    for statement in (audit.update().values(what="nothing"), audit.delete()):
        with pytest.raises(WorkspaceError):
            workspace.write(lambda journal, s=statement: journal._connection.execute(s))  # type: ignore[misc]
    assert trail(workspace) == ["check"]


def test_a_making_that_was_interrupted_is_finished(workspace: Workspace) -> None:
    """MariaDB commits each table by itself: until all are there, with their guards, there is no workspace."""
    workspace.write(Journal.runs)

    def undo(journal: Journal) -> None:
        kind = journal._connection.dialect.name
        journal._connection.execute(tables().tables["workspace"].delete())
        journal._connection.exec_driver_sql("DROP TABLE links")
        trigger = "audit_untouched ON audit" if kind == "postgresql" else "audit_no_delete"
        journal._connection.exec_driver_sql(f"DROP TRIGGER {trigger}")

    workspace.write(undo)
    assert workspace.read(Journal.runs, "none") == "none"
    workspace.write(lambda journal: note(journal, KEY, "check", {}))
    with pytest.raises(WorkspaceError):
        workspace.write(lambda journal: journal._connection.execute(tables().tables["audit"].delete()))
    assert (trail(workspace), workspace.read(Journal.links, None)) == (["check"], ())


def test_what_is_too_long_for_a_key_is_refused_and_never_cut(
    mariadb_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """MariaDB bounds what stands in keys; nothing is written then."""
    monkeypatch.setenv(VARIABLE, mariadb_url)
    workspace = Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE)
    with pytest.raises(WorkspaceError, match="DataError, 1406"):
        workspace.write(lambda journal: journal.put_link(Link("台账" * 200, "1", file_no="7"), "digest"))
    assert workspace.read(Journal.links, ()) == ()


def test_links_are_put_replaced_and_dropped(workspace: Workspace) -> None:
    """Of one row the last word holds, and it can be taken back; each household's denial stands by itself."""
    by_number, by_place = Link("l.xls", "1", file_no="7"), Link("l.xls", "1", sheet="台账", row=3)
    other = Link("l.xls", "2", file_no="7")
    not_1, not_2 = (Link("l.xls", number, file_no="8", denied=True) for number in "12")

    def work(journal: Journal) -> Any:
        for link in (not_2, by_number, by_place, not_1, other, not_1):
            journal.put_link(link, "digest")
        both = journal.links()
        for link in (by_place, not_1):
            journal.drop_link(link)
        return both, journal.links()

    assert workspace.write(work) == ((by_place, other, not_1, not_2), (other, not_2))


# ------------------------------------------------------------------------------------------------ files


def test_the_file_is_its_owner_s_alone(file: Workspace, tmp_path: Path) -> None:
    """Also while it is open, with the files that SQLite keeps beside it."""
    modes: dict[str, int] = {}

    def work(journal: Journal) -> None:
        note(journal, KEY, "check", {})
        modes.update({path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()})

    file.write(work)
    assert set(modes) >= {"f.sqlite", "f.sqlite-wal"}
    assert set(modes.values()) == {0o600}


def test_what_is_removed_cannot_be_read_back(file: Workspace, tmp_path: Path) -> None:
    """SQLite writes zeros over it."""
    secret = Link("a-source-to-be-forgotten.xls", "1", file_no="7")
    file.write(lambda journal: journal.put_link(secret, "digest"))
    assert secret.source.encode() in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    file.write(lambda journal: journal.drop_link(secret))
    file.close()
    assert secret.source.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_reading_makes_no_workspace(file: Workspace, tmp_path: Path) -> None:
    """Where there is none, the other answer is given."""
    assert file.read(Journal.runs, "none") == "none"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["header", "page", "text"])
def test_a_damaged_file_is_said_and_left(damage: str, file: Workspace, county_of: MakeCounty, tmp_path: Path) -> None:
    """It is neither believed nor overwritten."""
    county_of(file).check(*(finding(str(number)) for number in range(200)))
    path = tmp_path / "f.sqlite"
    data = bytearray(path.read_bytes())
    if damage == "text":
        data = bytearray("这不是数据库".encode() * 100)
    else:
        start = 0 if damage == "header" else 4096 * 3
        data[start : start + 400] = b"\xff" * 400
    path.write_bytes(data)
    with pytest.raises(WorkspaceError, match="it is damaged"):
        file.write(lambda journal: note(journal, KEY, "check", {}))
    assert path.read_bytes() == bytes(data)


def test_a_full_disk_leaves_what_was_there(file: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is undone whole and said in one line; with room again, the same work is done."""
    file.write(lambda journal: note(journal, KEY, "before", {}))

    def full(connection: Any, record: object) -> None:
        prepare(connection, record)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    def work(journal: Journal) -> None:
        for number in range(2_000):
            note(journal, KEY, "more", {"number": number})

    prepare = engines._prepare_sqlite
    file.close()
    with monkeypatch.context() as disk:
        disk.setattr(engines, "_prepare_sqlite", full)
        with pytest.raises(WorkspaceError, match=r"it cannot be used \(OperationalError"):
            file.write(work)
        file.close()
    assert trail(file) == ["before"]
    file.write(work)
    assert trail(file) == ["before", *["more"] * 2_000]


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_server_that_never_answers_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It takes the connection and says nothing: that ends in an error, after the limit of one try."""
    monkeypatch.setattr(engines, "WAIT", 1)
    short = {"connect_timeout": 2, **({} if kind == "postgresql" else {"read_timeout": 2})}
    monkeypatch.setitem(engines.PATIENCE, kind, {**engines.PATIENCE[kind], **short})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(VARIABLE, f"{kind}://a:b@127.0.0.1:{silent.getsockname()[1]}/c")
        started = time.monotonic()
        with pytest.raises(WorkspaceError, match="it cannot be used"):
            Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE).write(Journal.runs)
        assert time.monotonic() - started < 2 * 5


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The error names the file and the class of the fault."""
    (tmp_path / "in the way").write_text("")
    workspace = Workspace(tmp_path / "in the way" / "w.sqlite", county_code="632525")
    with pytest.raises(WorkspaceError, match="it cannot be written"):
        workspace.write(Journal.runs)


def test_another_county_s_workspace_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """Two counties never share one."""
    workspace.write(Journal.runs)
    where = place(workspace, tmp_path)
    other = Workspace(Path(where[0]), county_code="632521", url_env=where[1] or None)
    with pytest.raises(WorkspaceError, match="it belongs to county 632525, not 632521"):
        other.write(Journal.runs)


# ------------------------------------------------------------------------------------------------ secrets


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace(PASSWORD, f"{PASSWORD}-wrong"),
        lambda url: re.sub("@[^/]+/", "@127.0.0.1:1/", url).partition("?")[0],
        lambda url: f"oracle:{url.partition(':')[2]}",
        lambda url: url.replace("://", ":/:"),
        lambda url: re.sub(r"/t[0-9]+", "/no_such_database", url),
    ],
)
def test_no_password_is_ever_said(
    change: Any, server_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever is wrong with the URL or the server, the message names the variable and not what it holds."""
    assert change(server_url) != server_url
    monkeypatch.setenv(VARIABLE, change(server_url))
    monkeypatch.setattr(store, "TRIES", 1)
    workspace = Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE)
    with pytest.raises((WorkspaceError, CampaignError)) as error:
        workspace.write(Journal.runs)
    told = f"{error.value!r} {error.value} {error.value.__cause__!r}"
    assert PASSWORD not in told
    assert "127.0.0.1" not in told


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A campaign that keeps its runs in a server says which variable it looked for."""
    monkeypatch.delenv(VARIABLE, raising=False)
    workspace = Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE)
    with pytest.raises(CampaignError, match=VARIABLE):
        workspace.read(Journal.runs, ())


@pytest.mark.parametrize(
    ("kind", "driver", "extra"),
    [("postgresql", "psycopg", "postgresql"), ("mariadb", "pymysql", "mysql"), ("mysql", "pymysql", "mysql")],
)
def test_a_driver_that_is_not_installed_is_named(
    kind: str, driver: str, extra: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says what to install, and not the URL."""
    monkeypatch.setitem(sys.modules, driver, None)
    monkeypatch.setenv(VARIABLE, f"{kind}://county:{PASSWORD}@127.0.0.1/w")
    workspace = Workspace(tmp_path / "w", county_code="632525", url_env=VARIABLE)
    with pytest.raises(CampaignError, match=rf"housing-guarantee\[{extra}\]"):
        workspace.read(Journal.runs, ())
