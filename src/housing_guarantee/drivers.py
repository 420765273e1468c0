"""Which driver reaches which database, and what it says went wrong, told by a code alone.

A database's own words hold rows (DETAIL), statements and addresses; a driver's hold accounts. None of them is repeated:
what is said is the kind of an error and its code. Nor can they be logged, whatever a program that embeds this one has
set up.
"""

import logging
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from housing_guarantee.secret import Secret

__all__ = [
    *("EXTRAS", "address_of", "KINDS", "code_of", "database_errors", "describe", "engine"),
    *("is_held", "is_lost_half_way", "is_passing", "is_unreached", "words_of"),
]

KINDS = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb"}
"""How an address may begin, and the kind of server that it means."""
_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
EXTRAS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
"""Kind of server → the extra of this package that installs its driver."""

_PASSING = (
    *("08", "40001", "40P01", "57P0"),  # PostgreSQL: connection, serialization, deadlock, server going down
    *("1020", "1213", "2006", "2013"),  # MariaDB: changed since read, deadlock, connection gone, and lost
)
_HELD = ("55P03", "1205", "SQLITE_BUSY", "SQLITE_LOCKED")
_UNREACHED = ("", "2002", "2003", "2055")
_LEFT_HALF = ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY")


def address_of(url: Secret) -> tuple[str, Any]:
    """Read an address: the kind of database, and the address for the driver that this package uses.

    :raises ValueError: it is none
    """
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        address = sa.make_url(url.reveal())
    except (ArgumentError, ValueError):
        address = None
    if address is None:  # said here, so that no error with the address in it stands behind this one
        raise ValueError("it is no address of a database")
    given = address.drivername.partition("+")[0]
    kind = KINDS.get(given, given)
    return kind, address.set(drivername=f"{kind}+{_DRIVERS[kind]}") if kind in _DRIVERS else address


def engine(address: Any, *, creator: Callable[[], Any] | None = None, **connect: Any) -> Any:
    """Give an engine that logs nothing and whose errors hold no values; every connection is made anew.

    :param address: a SQLAlchemy URL
    :param creator: what connects instead of the address
    :raises ImportError: the driver is not installed
    """
    import sqlalchemy as sa

    how: dict[str, Any] = {"creator": creator} if creator else {"connect_args": connect}
    made = sa.create_engine(address, poolclass=sa.NullPool, hide_parameters=True, **how)
    made.logger = made.pool.logger = _MUTE  # else a program's own logging would print statements and rows
    return made


_MUTE = logging.Logger("housing_guarantee.database")
_MUTE.disabled = True


# ------------------------------------------------------------------------------------------------ what went wrong


def database_errors() -> tuple[type[Exception], ...]:
    """Give every class in which a database says that something is wrong.

    The drivers' own are among them: a connection that is lost while it is made is told as the driver says it.
    """
    from sqlalchemy.exc import SQLAlchemyError

    loaded = (getattr(sys.modules.get(name), "Error", None) for name in ("psycopg", "pymysql"))
    return (SQLAlchemyError, sqlite3.Error, *filter(None, loaded))


def code_of(error: BaseException) -> str:
    """Give the code of an error in the server's own terms; empty where it has none.

    MariaDB's number comes first: it tells a lock that was waited for in vain, of which the general state says nothing.
    """
    origin = getattr(error, "orig", None) or error
    number = origin.args[0] if origin.args and isinstance(origin.args[0], int) else None
    if isinstance(origin, OSError):  # its number is the system's
        number = None
    return str(number or getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None) or "")


def describe(error: BaseException) -> str:
    """Name an error by its kind and code: nothing of what the database itself says."""
    return " ".join(filter(None, (type(error).__name__, code_of(error))))


def is_passing(error: BaseException) -> bool:
    """Say whether the same work may succeed when it is done again: a conflict, or a connection that was lost."""
    return bool(getattr(error, "connection_invalidated", False)) or code_of(error).startswith(_PASSING)


def is_held(error: BaseException) -> bool:
    """Say whether another program holds what was asked for."""
    return code_of(error).startswith(_HELD)


def is_lost_half_way(error: BaseException) -> bool:
    """Say whether a program was stopped while it wrote the file, which one that only reads must not put right."""
    return code_of(error) in _LEFT_HALF


def is_unreached(error: BaseException) -> bool:
    """Say whether a server does not answer: PostgreSQL's error has no code then."""
    origin = getattr(error, "orig", None) or error
    return isinstance(origin, database_errors()) and _is_operational(origin) and code_of(error) in _UNREACHED


def _is_operational(origin: BaseException) -> bool:
    return any(one.__name__ == "OperationalError" for one in type(origin).__mro__)


def words_of(error: BaseException) -> str:
    """Give a database's own words to be looked into, never to be repeated."""
    return str(getattr(error, "orig", None) or error).lower()
