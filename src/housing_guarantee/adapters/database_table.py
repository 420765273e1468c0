"""A table of a database, understood as a sheet with one header: which column is which field, and what names a row."""

import difflib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from housing_guarantee.adapters.named_columns import match_columns
from housing_guarantee.errors import SourceError
from housing_guarantee.models import Table
from housing_guarantee.source import Source

__all__ = ["Layout"]

_NAMING = ("household_id", "id_number")
_NUMBERING = ("household_id", "person_id", "member_id_number", "file_no", "report_no", "document")
"""Fields that name a row of a table that has no key."""


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
        match = match_columns(found, name, source)
        columns = {field: found[at] for field, at in match.columns.items()}
        fields = {column: field for field, column in columns.items()}
        table, schema = _split(name)
        primary = inspector.get_pk_constraint(table, schema=schema)["constrained_columns"]
        named = _NAMING if source.role == "provincial" else _NUMBERING
        usual = [columns[field] for field in named if field in columns]
        usual = usual[:1] if source.role == "provincial" else usual or list(columns.values())[:1]
        key = {fields.get(column, column): column for column in primary or usual}
        return cls(name, columns, key, tuple(match.unused))

    def table(self, source: Source) -> Table:
        """Describe the table to the records: a column is known by its own name, not by letters."""
        nowhere = dict.fromkeys((*self.columns, *source.constants))
        album = source.options.get("photos")
        return Table(source.name, self.name, source.role, nowhere, self.columns, self.key, album)

    @property
    def fields(self) -> Mapping[str, str]:
        """Every column that means something → its field, or what it is called in the row's key."""
        return {column: field for field, column in (*self.key.items(), *self.columns.items())}

    def statement(self, source: Source) -> Any:
        """Ask for those columns, in the order of the key; of one county alone where the source is a part of it."""
        from sqlalchemy import column, select, table

        name, schema = _split(self.name)
        wanted: list[Any] = [column(one) for one in self.fields]
        order: list[Any] = [column(one) for one in self.key.values()]
        asked = select(*wanted).select_from(table(name, *wanted, schema=schema)).order_by(*order)
        return asked.where(self._area(source).startswith(source.county)) if source.county else asked

    def counties(self, source: Source) -> Any:
        """Ask for the codes of the counties that the rows lie in."""
        from sqlalchemy import func, select, table

        name, schema = _split(self.name)
        code = func.substr(self._area(source), 1, 6).label("county")
        return select(code).distinct().select_from(table(name, schema=schema)).order_by(code)

    def _area(self, source: Source) -> Any:
        """Give the column of codes, without which it cannot be told in which county a row lies."""
        from sqlalchemy import column

        if "area_code" not in self.columns:
            problem = "the table has no column of area codes, by which its rows are shared out among the counties"
            raise SourceError(source.name, problem, zh="缺少区划代码列，无法按县划分", sheet=self.name)
        return column(self.columns["area_code"])


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
