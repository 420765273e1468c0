"""What is known of photos from earlier runs: facts by digest, and the digest of each file by its path and its stamp.

The cache only saves time. It is a file of its own beside the workspace, which may be deleted at any time; one that is
damaged, or of another version of the readers, costs a cold run and nothing else.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.form import from_text, to_text
from housing_guarantee.photos.places import Place

__all__ = ["READER", "PhotoCache", "cache_path"]

READER = 2
"""Version of what this package makes of a photo; raised whenever the facts of some file change."""
VOLATILE = frozenset({"too much memory"})
"""Problems that say more of the machine than of the file: they are not remembered."""

_LIBRARIES = ("exifread", "Pillow", "pillow-heif")
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS photo_reader (version TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS photo_facts (digest TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS photo_files (path TEXT, member TEXT, size INTEGER, changed_ns INTEGER, "
    "digest TEXT NOT NULL, PRIMARY KEY (path, member)) WITHOUT ROWID",
)
_COMMIT_EVERY = 500  # photos: what a run that is ended has read is there for the next one


def cache_path(workspace: Path) -> Path:
    """Say where the cache of a workspace lies."""
    return workspace.with_name(f"{workspace.stem}-photos.sqlite")


def readers_version() -> str:
    """Name everything that the facts of a photo depend on, beside its bytes."""
    return "; ".join([f"facts {READER}", *(f"{name} {_version(name)}" for name in _LIBRARIES)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


class PhotoCache:
    """A context manager; threads of one process may share it, and two processes may use one file.

    :param path: None keeps what is known within this run only
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._unsaved = 0
        self._database = _opened(path) if path else _prepared(":memory:")

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Save what was learned, also by a run that was interrupted."""
        with self._lock, suppress(sqlite3.Error):
            self._database.commit()
        self._database.close()

    def find(self, place: Place) -> Photo | None:
        """Give the facts of a file that has not changed since it was read."""
        stamp = place.stamp
        row = self._one(
            "SELECT f.facts FROM photo_files p JOIN photo_facts f USING (digest) "
            "WHERE p.path = ? AND p.member = ? AND p.size = ? AND p.changed_ns = ?",
            (*_key(place), stamp.size, stamp.changed_ns),
        )
        return _facts(row)

    def facts(self, digest: str) -> Photo | None:
        """Give the facts of the file with this digest, whatever its path."""
        return _facts(self._one("SELECT facts FROM photo_facts WHERE digest = ?", (digest,)))

    def learn(self, photo: Photo) -> None:
        """Remember the facts of a photo by its digest."""
        if photo.digest and photo.problem not in VOLATILE:
            self._write("INSERT OR IGNORE INTO photo_facts VALUES (?, ?)", (photo.digest, to_text(photo)))

    def note(self, place: Place, digest: str) -> None:
        """Remember which file has which digest; not of one that may still change unseen."""
        if digest and place.stamp.settled:
            stamp = place.stamp
            row = (*_key(place), stamp.size, stamp.changed_ns, digest)
            self._write("INSERT OR REPLACE INTO photo_files VALUES (?, ?, ?, ?, ?)", row)

    # -------------------------------------------------------------------------------------------- the database

    def _one(self, query: str, values: tuple[Any, ...]) -> Any:
        with self._lock, _costing_time_only():
            return self._database.execute(query, values).fetchone()

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._lock, _costing_time_only():
            self._database.execute(statement, values)
            self._unsaved += 1
            if self._unsaved >= _COMMIT_EVERY:
                self._database.commit()
                self._unsaved = 0


def _key(place: Place) -> tuple[str, str]:
    member = place.member
    path = place.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return path, ":".join(map(str, (member.offset, member.packed, member.size, member.checksum))) if member else ""


def _facts(row: Any) -> Photo | None:
    try:
        return from_text(row[0]) if row else None
    except ValueError:  # somebody has changed the file
        return None


@contextmanager
def _costing_time_only() -> Iterator[None]:
    """Let a fault of the database (full, locked, damaged) cost what would have been saved, and no more."""
    with suppress(sqlite3.Error):
        yield


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file, for its owner alone; one that is no database makes room for a new one."""
    try:
        path.touch(mode=0o600)
        return _prepared(str(path))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, or a disk that cannot be written
            return _prepared(":memory:")
    except OSError:
        return _prepared(":memory:")
    with suppress(OSError):
        path.unlink()
        return _opened(path)
    return _prepared(":memory:")


def _prepared(database: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=10, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is read again
        for statement in _SCHEMA:
            connection.execute(statement)
        _trust_or_forget(connection)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _trust_or_forget(connection: sqlite3.Connection) -> None:
    """Forget facts that another version of the readers has found."""
    found = connection.execute("SELECT version FROM photo_reader").fetchone()
    if found != (readers_version(),):
        connection.execute("DELETE FROM photo_facts")
        connection.execute("DELETE FROM photo_reader")
        connection.execute("INSERT INTO photo_reader VALUES (?)", (readers_version(),))
