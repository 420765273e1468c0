"""How a workspace is opened in each kind of database, how one writer at a time is let in, and what went wrong.

SQLite begins with its lock (its default reads first, and loses updates in silence), PostgreSQL takes an advisory lock
of the transaction, MariaDB and MySQL one of the session, which outlasts the commits that their DDL makes by itself.
"""

import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from housing_guarantee.errors import CampaignError

__all__ = [
    *("LOCK", "WAIT", "BusyError", "code_of", "compact", "database_errors"),
    *("is_busy", "is_damaged", "is_passing", "make_engine", "stand_in_line"),
]

WAIT = 30
"""Seconds that a writer waits for another one."""

LOCK = 0x484F5553
"""The advisory lock of every workspace of this program, in a PostgreSQL database."""

PATIENCE: dict[str, dict[str, Any]] = {
    "postgresql": {
        "connect_timeout": 10,
        "tcp_user_timeout": 30_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": (
            f"-c lock_timeout={WAIT}s -c statement_timeout={2 * WAIT}s -c idle_in_transaction_session_timeout=60s"
        ),
    },
    "mysql": {
        "connect_timeout": 10,
        "read_timeout": 2 * WAIT,
        "write_timeout": 2 * WAIT,
        "charset": "utf8mb4",
        "init_command": (
            f"SET SESSION innodb_lock_wait_timeout={WAIT}, lock_wait_timeout={WAIT}, wait_timeout={2 * WAIT}, "
            "sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"  # what does not fit is an error, never cut off
        ),
    },
}
"""So that a server which no longer answers ends in an error and not in a wait for ever."""

_PAUSE = 0.02  # seconds between two tries to tell SQLite about its journal
_KINDS = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb"}
_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}

_RETRIED = (
    *("40001", "40P01", "08", "57P01"),  # PostgreSQL: serialization, deadlock, lost connection, server going down
    *("1020", "1213", "2006", "2013"),  # MariaDB: changed since read, deadlock, connection gone, and lost
)
_BUSY = ("55P03", "57014", "1205")  # lock or statement timed out


class BusyError(Exception):
    """Another program holds the workspace, and was waited for in vain."""


def make_engine(url: str | None, path: Path) -> Any:
    """Give the engine of a workspace: of the file, or of the server where there is a URL.

    :raises CampaignError: the URL is none of a server that can keep a workspace, or its driver is not installed
    """
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    if url is None:
        address = sa.URL.create("sqlite", database=str(path))
        engine = sa.create_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": WAIT, "isolation_level": None}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin)
        return engine
    kind, address = _address(url)
    try:
        patience = PATIENCE["mysql" if kind == "mariadb" else kind]
        return sa.create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=patience)
    except ImportError:
        install = f"pip install 'housing-guarantee[{_EXTRAS[kind]}]'"
        raise CampaignError(f"[workspace] the database's driver is not installed: {install}") from None


def _address(text: str) -> tuple[str, Any]:
    """Read a URL, for the driver that this package uses."""
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    known = "postgresql://, mariadb:// or mysql://"
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise CampaignError(f"[workspace] the URL cannot be read; it begins with {known}") from None
    kind = _KINDS.get(url.drivername.partition("+")[0])
    if kind is None:
        raise CampaignError(f"[workspace] the URL must be one of PostgreSQL, MariaDB or MySQL: {known}")
    return kind, url.set(drivername=f"{kind}+{_DRIVERS[kind]}")


# ------------------------------------------------------------------------------------------------ one writer


def stand_in_line(connection: Any) -> None:
    """Wait until no other program writes, and keep it so: until the commit, or until the connection is closed.

    :raises BusyError: it was waited for in vain
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    elif connection.dialect.name in ("mysql", "mariadb"):  # whose locks are of the whole server
        taken = connection.exec_driver_sql(f"SELECT GET_LOCK(CONCAT('housing-', SHA1(DATABASE())), {WAIT})").scalar()
        if taken != 1:
            raise BusyError


def _begin(connection: Any) -> None:
    """Begin as a writer where the work writes; what a writer read then cannot change under it."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """Keep a crash from tearing a page, and what is removed from staying readable in the file."""
    _use_wal(connection)
    for pragma in ("synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    (fault,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if fault != "ok":
        raise sqlite3.DatabaseError("corrupt")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer be there at once; SQLite does not wait by itself while another program says the same."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


def compact(engine: Any, names: Sequence[str]) -> None:
    """Write the tables anew, without what was removed from them, and empty SQLite's journal."""
    kind = engine.dialect.name
    statements = {
        "sqlite": ("PRAGMA temp_store = MEMORY", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
        "postgresql": tuple(f"VACUUM FULL {name}" for name in names),
    }
    rebuilt = (f"OPTIMIZE TABLE {', '.join(names)}",)
    with engine.connect() as connection:
        if kind == "sqlite":
            driver: sqlite3.Connection = connection.connection.dbapi_connection
            for statement in statements[kind]:
                driver.execute(statement).fetchall()
            return
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements.get(kind, rebuilt):
            alone.exec_driver_sql(statement)


# ------------------------------------------------------------------------------------------------ what went wrong


def database_errors() -> tuple[type[Exception], ...]:
    """Give every class in which a database says that something is wrong.

    The drivers' own are among them: a connection that is lost while it is made is told as the driver says it.
    """
    from sqlalchemy.exc import SQLAlchemyError

    loaded = (getattr(sys.modules.get(name), "Error", None) for name in ("psycopg", "pymysql"))
    return (SQLAlchemyError, sqlite3.Error, UnicodeError, BusyError, *filter(None, loaded))


def code_of(error: Exception) -> str:
    """Give the code of an error in the server's own terms; empty where it has none."""
    origin = getattr(error, "orig", None) or error
    number = origin.args[0] if origin.args and isinstance(origin.args[0], int) else None  # of MariaDB, which says more
    return str(number or getattr(origin, "sqlstate", None) or "")


def is_passing(error: Exception) -> bool:
    """Say whether the same work may succeed when it is done again."""
    return bool(getattr(error, "connection_invalidated", False)) or code_of(error).startswith(_RETRIED)


def is_busy(error: Exception) -> bool:
    """Say whether another program was waited for in vain."""
    return isinstance(error, BusyError) or code_of(error) in _BUSY or "locked" in _words(error)


def is_damaged(error: Exception) -> bool:
    """Say whether the file is no database any more."""
    return any(sign in _words(error) for sign in ("malformed", "not a database", "corrupt"))


def _words(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).lower()
