"""What is known of photos from earlier runs: facts and thumbnails by digest, digests by a file's path and its stamp.

The cache only saves time. It is a file of its own beside the workspace, which may be deleted at any time; one that is
damaged, or of another version of the readers, costs a cold run and nothing else.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.form import from_text, to_text
from housing_guarantee.photos.places import Place

__all__ = ["PhotoCache", "cache_path"]

VOLATILE = frozenset({"too much memory"})
"""Problems that say more of the machine than of the file: they are not remembered."""
TOGETHER = 200
"""Photos that are written in one short transaction, so that a second run on the same file never waits for long."""

_LIBRARIES = ("exifread", "Pillow", "pillow-heif")
_SHAPE = 3  # of the tables: one of another shape is made anew
_TABLES = {
    "photo_facts": "digest TEXT PRIMARY KEY, facts TEXT NOT NULL, seal BLOB NOT NULL",
    "photo_thumbnails": "digest TEXT PRIMARY KEY, picture BLOB NOT NULL, seal BLOB NOT NULL",
    "photo_files": "file TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, seal BLOB NOT NULL",
}

_log = logging.getLogger(__name__)


def cache_path(workspace: Path) -> Path:
    """Say where the cache of a workspace lies."""
    return workspace.with_name(f"{workspace.stem}-photos.sqlite")


@cache
def readers_version() -> str:
    """Name everything that the facts of a photo depend on, beside its bytes.

    The code that reads them is digested, so that no change of it can be forgotten.
    """
    code = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    return "; ".join([code.hexdigest(), *(f"{name} {_version(name)}" for name in _LIBRARIES)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


class PhotoCache:
    """A context manager; threads of one process may share it, and two processes may use one file.

    The file is made when there is first something to ask of it. A row is believed only under its seal, which names
    the version of the readers too: SQLite does not notice every damage, and a wrong digit of a position would accuse.

    :param path: None keeps what is known within this run only
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._begun_anew = False
        self._facts: dict[str, str] = {}  # digest → facts, still to be written
        self._files: dict[str, tuple[str, str]] = {}  # file → stamp, digest; the same
        self._thumbnails: dict[str, bytes] = {}  # digest → picture; the same

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Save what was learned, also by a run that was interrupted."""
        with self._lock:
            if self._facts or self._files or self._thumbnails:
                self._do(self._save)
            if self._database is not None:
                self._database.close()

    def find(self, place: Place) -> Photo | None:
        """Give the facts of a file that has not changed since it was read."""
        file, stamp = _file(place), _stamp(place)
        with self._lock:
            query = "SELECT digest, seal FROM photo_files WHERE file = ? AND stamp = ?"
            row = self._do(lambda database: database.execute(query, (file, stamp)).fetchone())
        return self.facts(row[0]) if row and row[1] == _seal(file, stamp, row[0]) else None

    def facts(self, digest: str) -> Photo | None:
        """Give the facts of the file with this digest, whatever its path."""
        with self._lock:
            if (text := self._facts.get(digest)) is None:
                query = "SELECT facts, seal FROM photo_facts WHERE digest = ?"
                row = self._do(lambda database: database.execute(query, (digest,)).fetchone())
                text = row[0] if row and row[1] == _seal(digest, row[0]) else None
        return from_text(text) if text else None

    def learn(self, photo: Photo) -> None:
        """Remember the facts of a photo by its digest."""
        if photo.digest and photo.problem not in VOLATILE:
            with self._lock:
                self._facts[photo.digest] = to_text(photo)
                self._save_enough()

    def note(self, place: Place, digest: str) -> None:
        """Remember which file has which digest; not of one that may still change unseen."""
        if digest and place.stamp.settled:
            with self._lock:
                self._files[_file(place)] = (_stamp(place), digest)
                self._save_enough()

    def thumbnail(self, digest: str) -> bytes | None:
        """Give the small copy of the photo with this digest."""
        with self._lock:
            if (picture := self._thumbnails.get(digest)) is None:
                query = "SELECT picture, seal FROM photo_thumbnails WHERE digest = ?"
                row = self._do(lambda database: database.execute(query, (digest,)).fetchone())
                picture = row[0] if row and row[1] == _seal_of(digest, row[0]) else None
        return picture

    def keep(self, digest: str, picture: bytes) -> None:
        """Remember the small copy of a photo by the photo's digest."""
        with self._lock:
            self._thumbnails[digest] = picture
            self._save_enough()

    # -------------------------------------------------------------------------------------------- the database

    def _save_enough(self) -> None:
        if len(self._facts) + len(self._files) + 2 * len(self._thumbnails) >= 2 * TOGETHER:
            self._do(self._save)

    def _save(self, database: sqlite3.Connection) -> None:
        facts = [(digest, text, _seal(digest, text)) for digest, text in self._facts.items()]
        files = [(file, *known, _seal(file, *known)) for file, known in self._files.items()]
        pictures = [(digest, one, _seal_of(digest, one)) for digest, one in self._thumbnails.items()]
        database.execute("BEGIN IMMEDIATE")
        database.executemany("REPLACE INTO photo_thumbnails VALUES (?, ?, ?)", pictures)
        database.executemany("REPLACE INTO photo_facts VALUES (?, ?, ?)", facts)
        database.executemany("REPLACE INTO photo_files VALUES (?, ?, ?, ?)", files)
        database.execute("COMMIT")
        self._facts.clear()
        self._files.clear()
        self._thumbnails.clear()

    def _do(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do something with the database; a file that cannot be used costs what it would have saved, and no more."""
        while True:
            try:
                if self._database is None:
                    self._database = _opened(self._path)
                return work(self._database)
            except (sqlite3.Error, OSError) as error:
                if self._path is None:  # not even memory can be had
                    raise
                self._let_go(self._path, error)

    def _let_go(self, path: Path, error: Exception) -> None:
        """Begin a damaged file anew, once; of any other trouble, as a full disk, go on in memory. Say so."""
        kind = type(error).__name__  # the words of it may quote a row
        _log.warning("%s: what was known of photos cannot be used (%s); they are read again", path.name, kind)
        if self._database is not None:
            self._database.close()
        self._database = None
        if type(error) is not sqlite3.DatabaseError or self._begun_anew:  # it is locked, or the disk is full
            self._path = None
            return
        self._begun_anew = True
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{path}{end}").unlink(missing_ok=True)


def _file(place: Place) -> str:
    """Name a file, or a member of one, however the command was told where it lies.

    A digest, since paths are made of people's names, and nobody needs to read them here.
    """
    path = os.path.abspath(place.path)  # noqa: PTH100 - for speed
    path = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    member = place.member
    named = f"{path}\0{member.offset}:{member.packed}:{member.size}:{member.checksum}" if member else path
    return blake2b(named.encode(), digest_size=16).hexdigest()


def _stamp(place: Place) -> str:
    return f"{place.stamp.size} {place.stamp.changed_ns}"


def _seal(*parts: object) -> bytes:
    """Seal a row, so that it is believed only whole, and only by the readers that wrote it.

    A wrong bit may change what kind of value SQLite gives: a text as bytes bears another seal than the text.
    """
    return blake2b("\0".join(map(str, (readers_version(), *parts))).encode(), digest_size=8).digest()


def _seal_of(digest: str, picture: object) -> bytes:
    """Seal a thumbnail."""
    return _seal(digest, sha256(picture).hexdigest() if isinstance(picture, bytes) else None)


def _opened(path: Path | None) -> sqlite3.Connection:
    """Open a file for its owner alone, or memory.

    :raises OSError: it cannot be made
    :raises sqlite3.Error: it is no database, is damaged, or cannot be written
    """
    if path is not None:
        path.touch(mode=0o600)
    database = sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False)
    database.text_factory = lambda text: text.decode(errors="replace")  # its seal tells what is wrong
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is read again
        if not _has_shape(database):
            _make_anew(database)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _make_anew(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    if not _has_shape(database):  # another run may have been faster
        for table, columns in _TABLES.items():
            database.execute(f"DROP TABLE IF EXISTS {table}")
            database.execute(f"CREATE TABLE {table} ({columns})")
        database.execute(f"PRAGMA user_version = {_SHAPE}")
    database.execute("COMMIT")


def _has_shape(database: sqlite3.Connection) -> bool:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    return bool(found == _SHAPE)
