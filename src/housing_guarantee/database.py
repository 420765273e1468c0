"""Databases that a campaign names: their addresses, and how one is opened for reading.

An address may hold a password, and a database's own words may hold a family's data: neither stands in any error. What
is said instead is the kind of the error and its code.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from housing_guarantee.errors import SourceError

__all__ = ["has_password", "reading"]

_SECRETS = ("password", "passwd", "pass", "pwd", "sslpassword")
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_CONNECT: dict[str, dict[str, Any]] = {
    "psycopg": {"connect_timeout": 10},
    "pymysql": {"connect_timeout": 10, "read_timeout": 120, "charset": "utf8mb4"},
}
_READ_ONLY = {  # the account may be able to write; this connection is not
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


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


def _engine(url: str, name: str, folder: Path) -> Any:
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
        return create_engine("sqlite://", creator=lambda: _open(file), poolclass=NullPool, hide_parameters=True)
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


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = _text
    return connection


def _text(data: bytes) -> str | bytes:
    """Hand on bytes that are no UTF-8: they cost their row, not the whole table."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _fault(error: Any, name: str) -> SourceError:
    """Say what kind of error it is, and its code: nothing that the database itself says."""
    origin = getattr(error, "orig", None)
    first = origin.args[0] if origin is not None and origin.args and isinstance(origin.args[0], int) else None
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None) or first
    kind = type(error).__name__ + (f" {code}" if code else "")
    return SourceError(
        name,
        f"the database cannot be reached, refuses the account, or failed while it was read ({kind})",
        zh=f"数据库连接不上、账号无权读取，或读取时出错（{kind}）",
    )
