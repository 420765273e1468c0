"""The workspace: a SQLite file beside the campaign file, or a PostgreSQL database that the county names.

Whoever writes holds the workspace alone for that moment, so that two programs never lose each other's work: SQLite
begins with its lock (its default reads first, and loses updates in silence), PostgreSQL takes an advisory one. A second
writer waits, and says so when it waited in vain. What was interrupted is done again whole; unique keys keep it single.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import CampaignError, WorkspaceError
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.schema import VERSION, tables

__all__ = ["Workspace"]

T = TypeVar("T")
U = TypeVar("U")

WAIT = 30
"""Seconds that a writer waits for another one."""
TRIES = 5
_PAUSE = 0.2  # seconds before a second try; longer before each further one
_LOCK = 0x484F5553  # of every workspace of this program in a database
_RETRIED = ("40001", "40P01", "08", "57P01")  # serialization, deadlock, lost connection, server going down
_BUSY = ("55P03", "57014")  # lock or statement timed out


class Workspace:
    """Where the runs of a campaign are kept.

    :param url_env: the environment variable that holds a PostgreSQL URL; None for a file
    """

    def __init__(self, path: Path, *, county_code: str, url_env: str | None = None) -> None:
        self._path, self._county_code, self._url_env = path, county_code, url_env
        self._engine: Any = None

    @classmethod
    def of(cls, campaign: Campaign) -> "Workspace":
        """Give the workspace that a campaign names."""
        path = campaign.folder / campaign.workspace
        return cls(path, county_code=campaign.county_code, url_env=campaign.workspace_url_env)

    @property
    def name(self) -> str:
        """The workspace as messages name it: never a URL, which may hold a password."""
        return f"${self._url_env}" if self._url_env else str(self._path)

    # -------------------------------------------------------------------------------------------- use

    def read(self, work: Callable[[Journal], T], otherwise: U) -> T | U:
        """Read in one transaction; where there is no workspace yet, give the other answer and make none.

        :raises WorkspaceError: it cannot be read, is damaged, or is another county's or a later version's
        """
        if self._url_env is None and not self._path.exists():
            return otherwise

        def look(connection: Any) -> T | U:
            return work(Journal(connection)) if self._is_made(connection) else otherwise

        return self._attempt(look)

    def write(self, work: Callable[[Journal], T]) -> T:
        """Write in one transaction, alone; the workspace is made where there is none.

        The work may be done again from the start after a lost connection, so it must do the same again.

        :raises WorkspaceError: it cannot be written, another program holds it too long, or it cannot be used
        """
        if self._url_env is None:
            self._make_file()

        def alone(connection: Any) -> T:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            if not self._is_made(connection):
                self._make(connection)
            return work(Journal(connection))

        return self._attempt(alone, writes=True)

    def prepare(self) -> None:
        """Make the workspace where there is none, so that one that cannot be written is said before the long work.

        :raises WorkspaceError: it cannot be written
        """
        self.write(lambda journal: None)

    def close(self) -> None:
        """Let go of the file or of the server."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    # -------------------------------------------------------------------------------------------- transactions

    def _attempt(self, work: Callable[[Any], T], *, writes: bool = False) -> T:
        """Do the work in a transaction, again where the database says that trying again helps."""
        from sqlalchemy.exc import SQLAlchemyError

        for attempt in range(1, TRIES + 1):
            try:
                with self._transaction(writes) as connection:
                    return work(connection)
            except (SQLAlchemyError, sqlite3.Error, UnicodeError) as error:
                if attempt == TRIES or not _is_passing(error):
                    raise self._said(error) from None  # the cause may quote rows, or a URL with its password
                self.close()
                time.sleep(_PAUSE * attempt)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Any]:
        if self._engine is None:
            self._engine = _engine(self._url(), self._path)
        with self._engine.connect() as connection:
            connection = connection.execution_options(writes=writes)
            with connection.begin():
                yield connection

    def _url(self) -> str | None:
        if self._url_env is None:
            return None
        url = os.environ.get(self._url_env, "")
        if not url:
            raise CampaignError(f"[workspace] the environment variable {self._url_env!r} holds no URL")
        return url

    def _said(self, error: Exception) -> WorkspaceError:
        """Say what went wrong without a row, a statement or a URL."""
        state = _sqlstate(error)
        words = str(getattr(error, "orig", None) or error).lower()
        if state.startswith(_BUSY) or "locked" in words:
            return WorkspaceError(self.name, f"another program held it for more than {WAIT} s; nothing was written")
        if any(sign in words for sign in ("malformed", "not a database", "corrupt")):
            return WorkspaceError(self.name, "it is damaged; put back a copy, or begin another one by another path")
        cause = type(getattr(error, "orig", None) or error).__name__
        return WorkspaceError(self.name, f"it cannot be used ({cause}{f', {state}' if state else ''})")

    # -------------------------------------------------------------------------------------------- making

    def _make_file(self) -> None:
        """Make an empty file for its owner alone, which SQLite would make readable for everybody."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise WorkspaceError(self.name, f"it cannot be written ({type(error).__name__})") from error

    def _is_made(self, connection: Any) -> bool:
        """Say whether the tables are there, and refuse those of a later version or another county."""
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table("workspace"):
            return False
        row = connection.execute(tables().tables["workspace"].select()).one()
        if row.version > VERSION:
            raise WorkspaceError(self.name, "a later version of this program made it; update the program")
        if row.county_code != self._county_code:
            problem = f"it belongs to county {row.county_code}, not {self._county_code}; name another one"
            raise WorkspaceError(self.name, problem)
        return True

    def _make(self, connection: Any) -> None:
        tables().create_all(connection)
        row = {"id": 1, "version": VERSION, "county_code": self._county_code}
        connection.execute(tables().tables["workspace"].insert(), row)


def _engine(url: str | None, path: Path) -> Any:
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    if url is None:
        address = sa.URL.create("sqlite", database=str(path))
        engine = sa.create_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": WAIT, "isolation_level": None}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = _server(_postgresql(url))
    sa.event.listen(engine, "begin", _begin)
    return engine


def _server(url: Any) -> Any:
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    try:
        return sa.create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_PATIENCE)
    except ImportError:
        problem = "[workspace] PostgreSQL needs a driver: pip install 'housing-guarantee[postgresql]'"
        raise CampaignError(problem) from None


_PATIENCE = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": f"-c lock_timeout={WAIT}s -c statement_timeout={2 * WAIT}s -c idle_in_transaction_session_timeout=60s",
}
"""So that a server which no longer answers ends in an error and not in a wait for ever."""


def _postgresql(text: str) -> Any:
    """Read a URL of PostgreSQL, for the driver that this package uses."""
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise CampaignError("[workspace] the URL cannot be read; it begins with postgresql://") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise CampaignError("[workspace] the URL must be one of PostgreSQL, postgresql://")
    return url.set(drivername="postgresql+psycopg")


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
            time.sleep(_PAUSE / 10)


def _begin(connection: Any) -> None:
    """Begin as a writer where the work writes; what a writer read then cannot change under it."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _is_passing(error: Exception) -> bool:
    """Say whether the same work may succeed when it is done again."""
    if getattr(error, "connection_invalidated", False):
        return True
    return _sqlstate(error).startswith(_RETRIED)
