"""Databases that a campaign names: their addresses, and how one is opened, for reading or for writing.

An address may hold a password, and a database's own words may hold a family's data: neither stands in any error. What
is said instead is the kind of the error and its code.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from housing_guarantee.errors import SourceError

__all__ = ["RefusedError", "Writer", "has_password", "reading"]

T = TypeVar("T")

TRIES = 6
PATIENCE = 10
"""Seconds that one try waits for whoever holds a row, or a file of SQLite."""
_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds before a second try, doubled before each further one
_GIVEN_UP = 6 * PATIENCE  # seconds after which nothing is begun again: what never answers is not asked six times

_SECRETS = ("password", "passwd", "pass", "pwd", "sslpassword")
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_CONNECT: dict[str, dict[str, Any]] = {
    "psycopg": {"connect_timeout": 10, "tcp_user_timeout": 120_000, "keepalives_idle": 30},
    "pymysql": {"connect_timeout": 10, "read_timeout": 120, "write_timeout": 120, "charset": "utf8mb4"},
}
_READ_ONLY = {  # the account may be able to write; this connection is not
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_PATIENT = {
    "postgresql": (f"SET lock_timeout = '{PATIENCE}s'",),
    "mysql": (
        f"SET SESSION innodb_lock_wait_timeout = {PATIENCE}",
        f"SET SESSION lock_wait_timeout = {PATIENCE}",
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",  # what does not fit is an error, not cut off
    ),
}
_PATIENT["mariadb"] = _PATIENT["mysql"]
_PASSING = (
    *("08", "40001", "40P01", "55P03", "57P0"),  # PostgreSQL: connection, serialization, deadlock, lock, going down
    *("SQLITE_BUSY", "SQLITE_LOCKED"),
    *("1020", "1205", "1213", "2006", "2013"),  # MySQL: changed since read, lock, deadlock, gone away, lost
)
"""How the codes begin of what may not happen again when the same is tried again."""
_LEFT_HALF = ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY")


def has_password(url: str) -> bool:
    """Say whether an address holds a password, wherever it may stand.

    :raises ValueError: it is no address
    """
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return ":" in account or any(key.lower() in _SECRETS for key, _ in parse_qsl(parts.query, keep_blank_values=True))


@contextmanager
def reading(url: str, name: str, folder: Path) -> Iterator[Any]:
    """Connect to a database, in a way that cannot write to it.

    :param url: ``sqlite:///file`` (relative to the folder), ``postgresql://…``, ``mysql://…`` or ``mariadb://…``
    :param name: what errors call it
    :returns: a SQLAlchemy connection
    :raises SourceError: it cannot be opened, its driver is not installed, or reading fails
    """
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(url, name, folder)
    driver: Any = None
    try:
        with engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            if statement := _READ_ONLY.get(engine.dialect.name):
                connection.exec_driver_sql(statement)
                connection.commit()  # of the statement itself: it holds from the next transaction on
            yield connection
    except SQLAlchemyError as error:
        if getattr(driver, "_result", None):  # else PyMySQL reads on from a lost connection when it is collected
            driver._result.unbuffered_active = False
        raise _fault(error, name) from None  # its own text holds the statement, its values and the address
    finally:
        engine.dispose()


class RefusedError(Exception):
    """The database does not take a value: it is too long, of another kind, or against a rule of the table's own."""


class Writer:
    """Writes to a database in transactions, each of which is there whole or not at all.

    What is lost on the way (the connection, a deadlock, a serialization failure, a lock that another program holds) is
    tried again a few times, with longer and longer pauses; a database that could not be reached at all is not.

    :param url: as for `reading`
    :raises SourceError: there is no such database, or its driver is not installed
    """

    def __init__(self, url: str, name: str, folder: Path) -> None:
        self._engine, self._name = _engine(url, name, folder, "rw"), name
        self._connection: Any = None
        self._was_there = False

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error: object) -> None:
        self._drop()
        self._engine.dispose()

    def transact(self, work: Callable[[Any], T]) -> T:
        """Do the work in one transaction. It may be done again from the start, so it must begin by looking.

        :param work: is given a SQLAlchemy connection; what it raises undoes the transaction
        :raises RefusedError: the database does not take a value
        :raises SourceError: it cannot be reached, refuses the account, or failed time and again; nothing is written,
            or all of it, where the connection was lost in the very moment of the commit
        """
        from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

        until = time.monotonic() + _GIVEN_UP
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(work)
            except (DataError, IntegrityError) as error:
                raise RefusedError(_kind(error)) from None
            except (SQLAlchemyError, OSError) as error:
                self._drop()
                if attempt == TRIES or time.monotonic() > until or not self._may_pass(error):
                    raise _fault(error, self._name, written=True) from None
            time.sleep(min(_PAUSE * 2**attempt, _LONGEST_PAUSE))
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _once(self, work: Callable[[Any], T]) -> T:
        connection = self._connected()
        try:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            done = work(connection)
            connection.commit()
        except BaseException:
            with suppress(Exception):  # of a connection that is lost; the database has undone it then
                connection.rollback()
            raise
        return done

    def _connected(self) -> Any:
        if self._connection is None:
            connection = self._engine.connect()
            self._connection, self._was_there = connection, True
            for statement in _PATIENT.get(connection.dialect.name, ()):
                connection.exec_driver_sql(statement)
            connection.commit()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.invalidate()
            with suppress(Exception):
                self._connection.close()
            self._connection = None

    def _may_pass(self, error: Exception) -> bool:
        """Say whether trying again may help: it was lost or held, and had been reached before."""
        if isinstance(error, OSError) or getattr(error, "connection_invalidated", False):
            return True
        return _code(error).startswith(_PASSING) or (self._was_there and self._connection_failed(error))

    @staticmethod
    def _connection_failed(error: Exception) -> bool:
        """Say whether an error is that of a server which does not answer: PostgreSQL's has no code then."""
        from sqlalchemy.exc import OperationalError

        return isinstance(error, OperationalError) and _code(error) in ("", "2002", "2003", "2055")


def _engine(url: str, name: str, folder: Path, mode: str = "ro") -> Any:
    from sqlalchemy import NullPool, create_engine, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(url)
        address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
        kind, driver = address.get_backend_name(), address.get_dialect().driver
    except (ArgumentError, ValueError):
        raise SourceError(
            name,
            "its address is none of sqlite:///…, postgresql://…, mysql://… and mariadb://…",
            zh="地址格式不对，应为 sqlite:///…、postgresql://…、mysql://… 或 mariadb://…",
        ) from None
    if kind == "sqlite":
        file = _sqlite_file(address.database, name, folder)
        return create_engine("sqlite://", creator=lambda: _open(file, mode), poolclass=NullPool, hide_parameters=True)
    try:
        return create_engine(address, connect_args=_CONNECT.get(driver, {}), poolclass=NullPool, hide_parameters=True)
    except ImportError:
        install = f"pip install 'housing-guarantee[{_EXTRAS.get(kind, kind)}]'"
        problem, zh = f"its driver is not installed: {install}", f"未安装数据库驱动：{install}"
        raise SourceError(name, problem, zh=zh) from None


def _sqlite_file(database: str | None, name: str, folder: Path) -> Path:
    """Find the file, which must not be made by looking for it."""
    file = folder / (database or "")
    if not database or not file.is_file():
        raise SourceError(name, f"there is no file {database!r}", zh=f"没有数据库文件“{database or ''}”")
    return file


def _open(file: Path, mode: str) -> sqlite3.Connection:
    """Open a file; a transaction begins where it is said, and waits for other programs."""
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None
    )
    connection.text_factory = _text
    return connection


def _text(data: bytes) -> str | bytes:
    """Hand on bytes that are no UTF-8: they cost their row, not the whole table."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _code(error: Any) -> str:
    """Give the code of an error in the database's own terms; empty where it has none.

    MariaDB's number comes first: it tells a lock that was waited for in vain, of which the general state says nothing.
    """
    origin = getattr(error, "orig", None)
    first = origin.args[0] if origin is not None and origin.args and isinstance(origin.args[0], int) else None
    return str(first or getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None) or "")


def _kind(error: Any) -> str:
    return " ".join(filter(None, (type(error).__name__, _code(error))))


def _fault(error: Any, name: str, *, written: bool = False) -> SourceError:
    """Say what kind of error it is, and its code: nothing that the database itself says."""
    if _code(error) in _LEFT_HALF:  # which a program that only reads must not put right
        return SourceError(
            name,
            "a program was stopped while it wrote this file; push --apply, or the program it belongs to, puts it right",
            zh="有程序在写入该文件时中断；请再运行 push --apply，或用其所属程序打开一次，即可恢复",
        )
    en, zh = ("written", "写入") if written else ("read", "读取")
    return SourceError(
        name,
        f"the database cannot be reached, refuses the account, or failed while it was {en} ({_kind(error)})",
        zh=f"数据库连接不上、账号无权{zh}，或{zh}时出错（{_kind(error)}）",
    )
