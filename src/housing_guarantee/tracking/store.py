"""The workspace: a SQLite file beside the campaign file, or a PostgreSQL or MariaDB database that the county names.

Whoever writes holds the workspace alone for that moment, so that two programs never lose each other's work. A second
writer waits, and says so when it waited in vain. What was interrupted is done again whole; unique keys keep it single.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import CampaignError, WorkspaceError
from housing_guarantee.tracking import engines
from housing_guarantee.tracking.holder import holder_in_server, holder_of_file, holding, note_of
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.migrate import bring_up
from housing_guarantee.tracking.removal import drop
from housing_guarantee.tracking.schema import VERSION, guard_audit, tables

__all__ = ["Workspace"]

T = TypeVar("T")
U = TypeVar("U")

TRIES = 5
_PAUSE = 0.2  # seconds before a second try; longer before each further one


class _EarlierError(Exception):
    """The tables are those of an earlier version."""


class Workspace:
    """Where the runs of a campaign are kept.

    :param url_env: the environment variable that holds a server's URL; None for a file
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

        One of an earlier version is brought up first, which writes into it.

        :raises WorkspaceError: it cannot be read, is damaged, or is another county's or a later version's
        """
        if self._url_env is None and not self._path.exists():
            return otherwise

        def look(connection: Any) -> T | U:
            version = self._version(connection)
            if version is not None and version < VERSION:
                raise _EarlierError
            return otherwise if version is None else work(Journal(connection))

        try:
            return self._attempt(look)
        except _EarlierError:
            self.prepare()
            return self._attempt(look)

    def write(self, work: Callable[[Journal], T]) -> T:
        """Write in one transaction, alone; the workspace is made where there is none.

        The work may be done again from the start after a lost connection, so it must do the same again.

        :raises WorkspaceError: it cannot be written, another program holds it too long, or it cannot be used
        """
        if self._url_env is None:
            self._make_file()

        def alone(connection: Any) -> T:
            engines.stand_in_line(connection)
            with nullcontext() if self._url_env else holding(self._path):
                version = self._version(connection)
                if version is None:
                    self._make(connection)
                elif version < VERSION:
                    bring_up(connection, version)
                return work(Journal(connection))

        return self._attempt(alone, writes=True)

    def prepare(self) -> None:
        """Make the workspace where there is none, so that one that cannot be written is said before the long work.

        :raises WorkspaceError: it cannot be written
        """
        self.write(lambda journal: None)

    def drop(self) -> dict[str, int]:
        """Take everything out for good, and the files with it; give the number of rows by table.

        :raises WorkspaceError: it cannot be written, or is another county's
        """

        def alone(connection: Any) -> dict[str, int]:
            engines.stand_in_line(connection)
            self._version(connection)
            return drop(connection)

        rows = self._attempt(alone, writes=True) if self._url_env or self._path.exists() else {}
        self.close()
        for file in self.files:
            file.unlink(missing_ok=True)
        return rows

    def compact(self) -> None:
        """Write the database anew, so that what was taken out stands in no page of it, nor in SQLite's journal.

        :raises WorkspaceError: it cannot be written
        """
        if self._engine is None:
            self._engine = engines.make_engine(self._url(), self._path)
        try:
            engines.compact(self._engine, sorted(tables().tables))
        except engines.database_errors() as error:
            raise self._said(error) from None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that may hold something of it: none where a server keeps it."""
        if self._url_env:
            return ()
        return *(Path(f"{self._path}{end}") for end in ("", "-wal", "-shm", "-journal")), note_of(self._path)

    def close(self) -> None:
        """Let go of the file or of the server."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    # -------------------------------------------------------------------------------------------- transactions

    def _attempt(self, work: Callable[[Any], T], *, writes: bool = False) -> T:
        """Do the work in a transaction, again where the database says that trying again helps, and soon."""
        until = time.monotonic() + 2 * engines.WAIT  # what never answers is not asked five times
        for attempt in range(1, TRIES + 1):
            try:
                with self._transaction(writes) as connection:
                    return work(connection)
            except engines.database_errors() as error:
                if attempt == TRIES or time.monotonic() > until or not engines.is_passing(error):
                    raise self._said(error) from None  # the cause may quote rows, or a URL with its password
                self.close()
                time.sleep(_PAUSE * attempt)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Any]:
        if self._engine is None:
            self._engine = engines.make_engine(self._url(), self._path)
        still = {} if writes or self._url_env is None else {"isolation_level": "REPEATABLE READ"}
        with self._engine.connect() as connection:
            connection = connection.execution_options(writes=writes, **still)
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
        if engines.is_busy(error):
            problem = f"another program held it for more than {engines.WAIT} s{self._holder()}; nothing was written"
            return WorkspaceError(self.name, problem)
        if engines.is_damaged(error):
            return WorkspaceError(self.name, "it is damaged; put back a copy, or begin another one by another path")
        cause, code = type(getattr(error, "orig", None) or error).__name__, engines.code_of(error)
        return WorkspaceError(self.name, f"it cannot be used ({cause}{f', {code}' if code else ''})")

    def _holder(self) -> str:
        """Say who holds it, where that is known."""
        if self._url_env is None:
            who = holder_of_file(self._path)
        else:
            who = holder_in_server(self._engine, engines.LOCK) if self._engine else ""
        return f" ({who})" if who else ""

    # -------------------------------------------------------------------------------------------- making

    def _make_file(self) -> None:
        """Make an empty file for its owner alone, which SQLite would make readable for everybody."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise WorkspaceError(self.name, f"it cannot be written ({type(error).__name__})") from error

    def _version(self, connection: Any) -> int | None:
        """Give the version of the tables, or None where there are none; refuse a later one, and another county's."""
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table("workspace"):
            return None
        row = connection.execute(tables().tables["workspace"].select()).one_or_none()
        if row is None:  # its making was interrupted, where a database commits each table by itself
            return None
        if row.version > VERSION:
            problem = f"a later version of this program made it ({row.version}; this one knows {VERSION}): update it"
            raise WorkspaceError(self.name, problem)
        if row.county_code != self._county_code:
            problem = f"it belongs to county {row.county_code}, not {self._county_code}; name another one"
            raise WorkspaceError(self.name, problem)
        return int(row.version)

    def _make(self, connection: Any) -> None:
        """Make what is not there yet; the row that says that it is whole comes last."""
        tables().create_all(connection)
        guard_audit(connection)
        row = {"id": 1, "version": VERSION, "county_code": self._county_code}
        connection.execute(tables().tables["workspace"].insert(), row)
