"""Real database servers for tests: private ones, each in a folder of its own, that end with the session.

PostgreSQL refuses to be run by root, so where the tests are run by root the servers get an account that owns nothing.
Where a server is not installed its tests are skipped, which says so; in CI that is a failure.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

PASSWORD, READER_PASSWORD = "zhu-ren-9f3", "du-zhe-7c1"
_SECONDS = 60
_PREPARED = 120


@define
class Server:
    """A running server.

    :param url: address of its owner, with ``{}`` for the name of a database
    """

    kind: str
    url: str
    _serial: Iterator[int] = field(factory=count)

    def fresh(self) -> "Database":
        """Make a database nobody has used, and an account that may only SELECT in it."""
        name = f"t{next(self._serial)}"
        owner = Database(self.kind, self.url.format("postgres" if self.kind == "postgresql" else "mysql"), "")
        how = "" if self.kind == "postgresql" else " CHARACTER SET utf8mb4"
        owner.execute(f"CREATE DATABASE {name}{how}", autocommit=True)
        own = self.url.format(name)
        reader = own.replace("owner", f"reader_{name}").replace(PASSWORD, READER_PASSWORD)
        database = Database(self.kind, own, reader)
        if self.kind == "postgresql":
            database.execute(
                f"CREATE ROLE reader_{name} LOGIN PASSWORD '{READER_PASSWORD}'",
                f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader_{name}",
            )
        else:
            database.execute(
                f"CREATE USER reader_{name}@localhost IDENTIFIED BY '{READER_PASSWORD}'",
                f"GRANT SELECT ON {name}.* TO reader_{name}@localhost",
            )
        return database


@define
class Database:
    """A database: the address of its owner, and that of an account that may only read."""

    kind: str
    url: str
    reader: str

    def engine(self, *, autocommit: bool = False) -> Engine:
        """Connect as the owner, each time anew."""
        level = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
        return create_engine(_with_driver(self.url), poolclass=NullPool, **level)

    def execute(self, *statements: str, autocommit: bool = False) -> None:
        """Execute statements as the owner."""
        with self.engine(autocommit=autocommit).connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()


@contextmanager
def postgresql() -> Iterator[Server]:
    """Run a PostgreSQL server."""
    folder = _binaries("postgres", *_where_postgresql_is())
    with _home() as home:
        (home / "password").write_text(PASSWORD, encoding="ascii")
        shutil.chown(home / "password", *_account())
        _prepare(
            *(folder / "initdb", "-D", home / "data", "-U", "owner", "--auth=scram-sha-256"),
            *(f"--pwfile={home}/password", "--no-sync", "--encoding=UTF8", "--locale=C"),
        )
        port = _free_port()
        command: list[str | Path] = [folder / "postgres", "-D", home / "data", "-k", home]
        command += ["-h", "127.0.0.1", "-p", str(port), "-c", "fsync=off"]
        url = f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/{{}}"
        with _running(command, home, signal.SIGQUIT, lambda: _answers(url.format("postgres"))):  # ends its children too
            yield Server("postgresql", url)


@contextmanager
def mariadb() -> Iterator[Server]:
    """Run a MariaDB server."""
    folder = _binaries("mariadbd", Path("/usr/sbin"))
    with _home() as home:
        options = [f"--datadir={home}/data", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"]
        install = shutil.which("mariadb-install-db") or "/usr/bin/mariadb-install-db"
        _prepare(install, "--no-defaults", *options, "--auth-root-authentication-method=normal", "--skip-test-db")
        start = home / "start.sql"
        start.write_text(
            f"CREATE USER owner@localhost IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON *.* TO owner@localhost WITH GRANT OPTION;\n",
            encoding="ascii",
        )
        shutil.chown(start, *_account())
        listener = f"--socket={home}/s"
        command: list[str | Path] = [
            folder / "mariadbd",
            "--no-defaults",
            *options,
            listener,
            "--skip-networking",
            f"--init-file={start}",
        ]
        url = f"mariadb://owner:{PASSWORD}@localhost/{{}}?unix_socket={home}/s&charset=utf8mb4"
        listens = home / "s"
        with _running(command, home, signal.SIGKILL, lambda: listens.exists() and _answers(url.format("mysql"))):
            yield Server("mariadb", url)


def _where_postgresql_is() -> Iterator[Path]:
    """List the folders of its programs: as named, as pg_config says, and where Debian puts them."""
    if named := os.environ.get("HOUSING_PG_BIN"):
        yield Path(named)
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)  # noqa: S607
        yield Path(told.stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _with_driver(url: str) -> URL:
    """Name the driver, which an address of a campaign leaves to the program."""
    drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
    made = make_url(url)
    return made.set(drivername=drivers.get(made.drivername, made.drivername))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# ------------------------------------------------------------------------------------------------ processes


def _binaries(name: str, *folders: Path) -> Path:
    """Find the folder of a server's programs.

    Without one the test is skipped, or fails where CI promises that there is one.
    """
    found = [Path(path).parent for path in [shutil.which(name)] if path]
    for folder in [*folders, *found]:
        if (folder / name).exists():
            return folder
    missing = f"there is no {name} on this machine"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _account() -> tuple[int, int]:
    """Give the user and group that run a server: our own, or instead of root nobody's."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


@contextmanager
def _home() -> Iterator[Path]:
    """Make a folder for a server: its path is short, as that of a socket must be, and nobody else's."""
    home = Path(tempfile.mkdtemp(prefix="hg-"))
    try:
        os.chown(home, *_account())
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _start(command: Sequence[str | Path], log: Path | None) -> "subprocess.Popen[bytes]":
    user, group = _account()
    drop: dict[str, Any] = {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
    with (log or Path(os.devnull)).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - programs of the system, with our own arguments
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", **drop
        )


def _prepare(*command: str | Path) -> None:
    with _start(command, None) as process:
        try:
            code = process.wait(_PREPARED)
        finally:
            process.kill()
    if code:
        pytest.fail(f"{Path(command[0]).name} ended with {code}")


@contextmanager
def _running(
    command: Sequence[str | Path], home: Path, end: signal.Signals, answers: Callable[[], bool]
) -> Iterator[None]:
    """Run a server until the block ends, whatever ends it."""
    bound = ["setpriv", "--pdeathsig", end.name.removeprefix("SIG")] if shutil.which("setpriv") else []
    process = _start([*bound, *command], home.with_suffix(".log"))  # ends with us, also when we are killed
    try:
        until = time.monotonic() + _SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > until:
                said = home.with_suffix(".log").read_text(encoding="utf-8", errors="replace")[-2000:]
                pytest.fail(f"{Path(command[0]).name} does not answer:\n{said}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(end)  # nothing of it is wanted any more
        process.wait(20)
        home.with_suffix(".log").unlink(missing_ok=True)


def _answers(url: str) -> bool:
    try:
        with create_engine(_with_driver(url), poolclass=NullPool).connect():
            return True
    except OperationalError:
        return False
