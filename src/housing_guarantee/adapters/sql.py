"""Tables of a database (SQLite, PostgreSQL, MySQL, MariaDB) as sources of any role, where offices keep rows in one.

A row is what the role says, as in a workbook: a person or a household of the roster, a ledger row, an appraisal. It has
no number; what names it is the table's key, which a table should have. An account that may only SELECT is enough.
"""

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, ClassVar

from housing_guarantee.adapters.database_table import Layout
from housing_guarantee.adapters.named_columns import as_cell
from housing_guarantee.adapters.tables import NEEDED, counted
from housing_guarantee.database import reading
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import BadRow
from housing_guarantee.records import Reader, Record
from housing_guarantee.source import Account, Adapter, Item, Source, Tick

__all__ = ["Sql", "address_of", "read_table", "table_of"]

_TABLE = "household_archive"
_BATCH = 1000


class Sql:
    """Reads one table."""

    name: ClassVar[str] = "sql"
    roles: ClassVar[tuple[str, ...]] = tuple(NEEDED)
    options: ClassVar[tuple[str, ...]] = ("url", "url_env", "tables")

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Item]:
        """Yield the records as they stream in.

        :raises SourceError: the database, its table or a needed column is not there
        """
        yield from read_table(source, account, definition, tick)

    @staticmethod
    def counties(source: Source) -> tuple[str, ...]:
        """List the counties whose rows the table holds, by the codes of their places.

        :raises SourceError: the database, its table or its column of codes is not there
        """
        with reading(address_of(source), source.name, source.path) as connection:
            layout = Layout.of(connection, table_of(source), source)
            return tuple(str(code) for (code,) in connection.execute(layout.counties(source)) if code)


def read_table(source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Record | BadRow]:
    """Yield the records of a table as they stream in, and keep the account.

    :raises SourceError: the database, the table or a needed column is not there
    """
    digest = sha256()
    with reading(address_of(source), source.name, source.path) as connection:
        layout = Layout.of(connection, table_of(source), source)
        account.fields |= {*layout.columns, *source.constants}
        account.unused += layout.unused
        reader, table = Reader(definition, source.values), layout.table(source)
        for batch in _batches(connection, layout, source):
            digest.update(repr(batch).encode("utf-8", "backslashreplace"))
            yield from counted(reader.read(table, batch), account)
            tick(batch[-1][0], None)
    account.digest = digest.hexdigest()


def table_of(source: Source) -> str:
    """Give the table's real name, as the campaign has it; without one it is called as what it holds."""
    usual = _TABLE if source.role == "provincial" else source.role
    return str(source.options.get("tables", {}).get(usual, usual))


def address_of(source: Source) -> str:
    """Give the database's address: that of the file, or that of the variable it names.

    :raises SourceError: there is none
    """
    variable = source.options.get("url_env")
    url = os.environ.get(variable, "") if variable else source.options.get("url", "")
    if not url:
        raise SourceError(
            source.name,
            f"the environment variable {variable} holds no address" if variable else "it has no url_env and no url",
            zh=f"没有设置环境变量 {variable}" if variable else "没有写明 url_env 或 url",
        )
    return str(url)


def _batches(connection: Any, layout: Layout, source: Source) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Stream the rows, numbered as they come, with their cells by field."""
    options = {"stream_results": True, "yield_per": _BATCH}
    names, done = tuple(layout.fields.values()), 0
    with connection.execute(layout.statement(source), execution_options=options) as result:
        for rows in result.partitions():
            batch = [(number, _cells(source, names, row)) for number, row in enumerate(rows, done + 1)]
            done += len(batch)
            yield batch


def _cells(source: Source, names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    held = ((name, as_cell(value)) for name, value in zip(names, row, strict=True))
    return {**source.constants, **{name: cell for name, cell in held if cell is not None}}


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Sql]
