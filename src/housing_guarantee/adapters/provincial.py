"""The provincial systems (省检索系统、危旧房改造信息系统), read from SQLite, PostgreSQL, MySQL or MariaDB.

A row of ``household_archive`` is one household. The real names of table and columns are not public: the campaign file
says them, or the columns are found by the synonyms that files have too. An account that may only SELECT is enough. The
rows have no numbers; what names one is the table's key. Where the front photos lie is said beside (``photos``).
"""

import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, ClassVar

from attrs import evolve

from housing_guarantee.adapters.database_table import Layout
from housing_guarantee.adapters.photo_files import list_photos, store_of
from housing_guarantee.database import reading
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import BadRow, CellError
from housing_guarantee.photos import PhotoStore
from housing_guarantee.records import Reader
from housing_guarantee.secret import Secret
from housing_guarantee.source import Account, Adapter, Found, Source, Tick

__all__ = ["Provincial", "address_of", "as_cell", "table_of"]

_TABLE = "household_archive"
_BATCH = 1000
_EXACT = 10**15
"""A whole number from here on is an identity number: a spreadsheet would have damaged it, a database has not."""


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
        digest = sha256()
        with reading(address_of(source), source.name, source.path) as connection:
            layout = Layout.of(connection, table_of(source), source)
            account.fields |= {*layout.columns, *source.constants}
            account.unused += layout.unused
            reader, table = Reader(definition, source.values), layout.table(source)
            for batch in _batches(connection, layout, source):
                digest.update(repr(batch).encode("utf-8", "backslashreplace"))
                for item in reader.read(table, batch):
                    is_bad = isinstance(item, BadRow)
                    account.unreadable, account.read = account.unreadable + is_bad, account.read + (not is_bad)
                    yield item
                tick(batch[-1][0], None)
        account.digest = digest.hexdigest()
        if album is not None:
            yield from list_photos(album, evolve(source, name=source.options["photos"]), account)


def table_of(source: Source) -> str:
    """Give the table's real name, as the campaign has it."""
    return str(source.options.get("tables", {}).get(_TABLE, _TABLE))


def address_of(source: Source) -> Secret:
    """Give the database's address: that of the file, or that of the variable it names.

    :raises SourceError: there is none
    """
    variable = source.options.get("url_env")
    url = Secret(os.environ.get(variable, "") if variable else str(source.options.get("url", "")))
    if not url:
        raise SourceError(
            source.name,
            f"the environment variable {variable} holds no address" if variable else "it has no url_env and no url",
            zh=f"没有设置环境变量 {variable}" if variable else "没有写明 url_env 或 url",
        )
    return url


def _album(source: Source) -> PhotoStore | None:
    """Open the front photos, before any row is read that would have them missing."""
    folder = source.options.get("photos")
    if folder is None:
        return None
    store = store_of(evolve(source, name=folder, path=source.path / folder))
    if not store.names():
        raise SourceError(folder, "there is no photo in it", zh="其中没有照片")
    return store


# ------------------------------------------------------------------------------------------------ the rows


def _batches(connection: Any, layout: Layout, source: Source) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Stream the rows, numbered as they come, with their cells by field."""
    options = {"stream_results": True, "yield_per": _BATCH}
    names, done = tuple(layout.fields.values()), 0
    with connection.execute(layout.statement(), execution_options=options) as result:
        for rows in result.partitions():
            batch = [(number, _cells(source, names, row)) for number, row in enumerate(rows, done + 1)]
            done += len(batch)
            yield batch


def _cells(source: Source, names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    held = ((name, as_cell(value)) for name, value in zip(names, row, strict=True))
    return {**source.constants, **{name: cell for name, cell in held if cell is not None}}


def as_cell(value: Any) -> Any:
    """Give a value as a cell of a sheet would hold it; what no cell can hold costs its row."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            value = bytes(value).decode()
        except UnicodeDecodeError:
            return CellError("#TEXT")
    if value is None or value == "":
        return None
    return value if isinstance(value, (str, int, float, datetime, date)) else str(value)


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Provincial]
