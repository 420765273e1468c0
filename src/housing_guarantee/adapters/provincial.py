"""The provincial systems (省检索系统、危旧房改造信息系统), read from SQLite, PostgreSQL, MySQL or MariaDB.

A row of ``household_archive`` is one household. The real names of table and columns are not public: the campaign file
says them, or the columns are found by the synonyms that files have too. An account that may only SELECT is enough. The
rows have no numbers; what names one is the table's key. Where the front photos lie is said beside (``photos``).
"""

from collections.abc import Iterator
from typing import ClassVar

from attrs import evolve

from housing_guarantee.adapters.photo_files import list_photos, store_of
from housing_guarantee.adapters.sql import read_table
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.photos import PhotoStore
from housing_guarantee.source import Account, Adapter, Found, Source, Tick

__all__ = ["Provincial"]


class Provincial:
    """Reads the households of one provincial system."""

    name: ClassVar[str] = "provincial"
    roles: ClassVar[tuple[str, ...]] = ("provincial",)
    options: ClassVar[tuple[str, ...]] = ("url", "url_env", "tables", "photos")

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield the records as they stream in, then the front photos where their place is known.

        :raises SourceError: the database, its table or a needed column is not there, or there are no front photos
        """
        album = _album(source)
        yield from read_table(source, account, definition, tick)
        if album is not None:
            yield from list_photos(album, evolve(source, name=source.options["photos"]), account)


def _album(source: Source) -> PhotoStore | None:
    """Open the front photos, before any row is read that would have them missing."""
    folder = source.options.get("photos")
    if folder is None:
        return None
    store = store_of(evolve(source, name=folder, path=source.path / folder))
    if not store.names():
        raise SourceError(folder, "there is no photo in it", zh="其中没有照片")
    return store


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Provincial]
