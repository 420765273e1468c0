"""A table of a database, understood as a sheet with one header: which column is which field, and what names a row."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.header import HeaderMatch, find_header, role_synonyms
from housing_guarantee.adapters.tables import NEEDED
from housing_guarantee.errors import SourceError
from housing_guarantee.models import Table
from housing_guarantee.source import Source

__all__ = ["Layout"]


@frozen
class Layout:
    """The table as it was found.

    :param name: as the campaign names it
    :param columns: field → column
    :param key: field, or column that means none → column: what names a row
    """

    name: str
    columns: Mapping[str, str]
    key: Mapping[str, str]
    unused: tuple[str, ...]

    @classmethod
    def of(cls, connection: Any, name: str, source: Source) -> "Layout":
        """Look at the table, and find its columns as those of a sheet are found.

        :raises SourceError: there is no such table, or it lacks a column that the campaign names or the role needs
        """
        from sqlalchemy import inspect

        inspector = inspect(connection)
        found = _columns(inspector, name, source)
        match = _match(found, name, source)
        columns = {field: found[at] for field, at in match.columns.items()} if match else {}
        if not any(set(needed) <= {*columns, *source.constants} for needed in NEEDED[source.role]):
            raise _lacks_columns(found, name, source)
        fields = {column: field for field, column in columns.items()}
        table, schema = _split(name)
        primary = inspector.get_pk_constraint(table, schema=schema)["constrained_columns"]
        usual = [columns[field] for field in ("household_id", "id_number") if field in columns][:1]
        key = {fields.get(column, column): column for column in primary or usual}
        return cls(name, columns, key, match.unused if match else ())

    def table(self, source: Source) -> Table:
        """Describe the table to the records: a column is known by its own name, not by letters."""
        nowhere = dict.fromkeys((*self.columns, *source.constants))
        album = source.options.get("photos")
        return Table(source.name, self.name, source.role, nowhere, self.columns, self.key, album)

    @property
    def fields(self) -> Mapping[str, str]:
        """Every column that means something → its field, or what it is called in the row's key."""
        return {column: field for field, column in (*self.key.items(), *self.columns.items())}

    def statement(self) -> Any:
        """Ask for those columns, in the order of the key."""
        from sqlalchemy import column, select, table

        name, schema = _split(self.name)
        wanted: list[Any] = [column(one) for one in self.fields]
        order: list[Any] = [column(one) for one in self.key.values()]
        return select(*wanted).select_from(table(name, *wanted, schema=schema)).order_by(*order)


def _split(name: str) -> tuple[str, str | None]:
    schema, _, table = name.rpartition(".")
    return table, schema or None


def _columns(inspector: Any, name: str, source: Source) -> list[str]:
    from sqlalchemy.exc import NoSuchTableError

    table, schema = _split(name)
    try:
        return [str(column["name"]) for column in inspector.get_columns(table, schema=schema)]
    except NoSuchTableError:
        there = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
        near = difflib.get_close_matches(table, there, n=1, cutoff=0.0)
        zh = f"没有名为“{name}”的表" + (f"；最接近的是“{near[0]}”" if near else "")
        problem = f"there is no table {name!r}" + (f"; the nearest is {near[0]!r}" if near else "")
        raise SourceError(source.name, problem, zh=zh) from None


def _match(found: Sequence[str], name: str, source: Source) -> HeaderMatch | None:
    """Find the columns by the names that the campaign gives, else by synonyms; a table is a sheet of one header."""
    try:
        return find_header(Sheet(name, [tuple(found)]), role_synonyms(source.role, source.synonyms), source.columns)
    except SourceError as error:
        raise SourceError(source.name, error.problem, zh=error.zh, sheet=name) from None


def _lacks_columns(found: Sequence[str], name: str, source: Source) -> SourceError:
    synonyms = role_synonyms(source.role, source.synonyms)
    needed = [fields[0] for fields in NEEDED[source.role]]
    words = [word for field in needed for word in synonyms[field]]
    folded = {column.lower(): column for column in found}
    close = (difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6) for word in words)
    near = next((folded[one[0]] for one in close if one), None)
    hint, zh = (f"; the nearest is {near!r}", f"；最接近的是“{near}”") if near else ("", "")
    missing = " 或 ".join(synonyms[field][0] for field in needed)
    return SourceError(
        source.name,
        f"the table has no column for {' or '.join(needed)}{hint}. Name it under columns; it has {', '.join(found)}",
        zh=f"缺少{missing}列{zh}。请在 columns 中写明列名；现有：{'、'.join(found)}",
        sheet=name,
    )
