"""How rows become records: which fields each role has, and how the cell of each is read.

Whole columns are converted first, each different cell once; then records are built by position. A row with a cell
that cannot be read becomes a `BadRow`: a bad cell costs its row, never the run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import attrs
from attrs import frozen

from housing_guarantee.cells import LISTS, Read, converters_of
from housing_guarantee.converters import Misread, clean, to_code, to_text
from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition
from housing_guarantee.models import (
    CUT_OFF,
    NO_EXTRA,
    NO_VALUE,
    TOO_MANY_CELLS,
    Appraisal,
    ArchiveRecord,
    BadRow,
    CellError,
    LedgerEntry,
    Origin,
    Place,
    Position,
    ProvincialRecord,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.values import Sealed

__all__ = ["ROLES", "Reader", "Record", "fields_of", "header_of"]

Record = RosterRow | Verification | LedgerEntry | Appraisal | ArchiveRecord | ProvincialRecord
ROLES: Mapping[str, type[Record]] = {
    cls.ROLE: cls for cls in (RosterRow, Verification, LedgerEntry, Appraisal, ArchiveRecord, ProvincialRecord)
}
_PLACE = ("township", "village", "area_code")
_READ_ELSEWHERE = ("longitude", "latitude", "coordinates")
_DERIVED = ("position", "method", "extra")


def fields_of(role: str) -> tuple[str, ...]:
    """List the canonical fields that a source of this role may have."""
    own = [a.name for a in attrs.fields(ROLES[role]) if a.name not in ("origin", "place", *_DERIVED)]
    return (*_PLACE, *own, *(_READ_ELSEWHERE if role == "verifications" else ()))


def header_of(role: str, name: str) -> str:
    """Give the commonest header of a field, by which a clerk knows it; empty where none is usual."""
    headers = read_toml("headers.toml")
    usual = (headers.get(group, {}).get(name) for group in (role, "shared", "generic"))
    return next((str(found[0]) for found in usual if found), "")


@frozen
class Column:
    """A column converted: a value a row, and the rows whose cell could not be read."""

    values: Sequence[Any]
    faults: Mapping[int, Misread]


Row = tuple[int, Mapping[str, Any]]


class Reader:
    """Turns the rows of a table into records of its role.

    :param values: a source's own coding: field → typed word → value
    """

    def __init__(self, definition: Definition, values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._definition = definition
        self._converters = converters_of(definition, (name for role in ROLES for name in fields_of(role)))
        self._values = values or {}

    def read(self, table: Table, rows: Sequence[Row]) -> Iterator[Record | BadRow]:
        """Yield a record or a `BadRow` for every row, in order.

        :param rows: the row's number as a spreadsheet shows it, and its cells by field
        """
        columns = {name: self._column(name, rows) for name in table.columns}
        if table.role == RosterRow.ROLE:
            columns["household_id"] = _required(columns["household_id"])
        places = _places(rows)
        faulty = {index for column in columns.values() for index in column.faults}
        records = self._build(table, rows, columns, places)
        for index, record in enumerate(records):
            yield _bad_row(record, columns, index) if index in faulty else record

    def refuses(self, name: str, value: Any) -> Misread | None:
        """Say what would be right for a field instead of this value, or None where it can be read."""
        found = _try(self._converters.get(name, to_text), value)
        return found if isinstance(found, Misread) else None

    def _column(self, name: str, rows: Sequence[Row]) -> Column:
        convert = self._convert(name)
        seen: dict[Any, Any] = {}
        values: list[Any] = []
        faults: dict[int, Misread] = {}
        for index, (_, cells) in enumerate(rows):
            cell = cells.get(name)
            key = (type(cell), cell)
            if key not in seen:
                seen[key] = _try(convert, cell)
            value = seen[key]
            if isinstance(value, Misread):
                faults[index] = value
                value = None
            values.append(value)
        return Column(values, faults)

    def _convert(self, name: str) -> Read:
        convert: Read = self._converters.get(name, to_text)
        coding = self._values.get(name)
        if not coding:
            return convert

        def convert_coded(cell: Any) -> Any:
            typed = clean(cell)
            return convert(coding[typed]) if typed in coding else convert(cell)

        return convert_coded

    def _build(
        self, table: Table, rows: Sequence[Row], columns: Mapping[str, Column], places: Sequence[Place]
    ) -> Iterator[Record]:
        cls = ROLES[table.role]
        values = {name: column.values for name, column in columns.items()}
        names = [a.name for a in attrs.fields(cls) if a.name not in ("origin", "place")]
        values |= {name: [()] * len(rows) for name in LISTS if name not in values}
        if "method" in names:
            values = self._derive(values, rows)
        names_of_own = (one.name for one in self._definition.fields_of(table.role))
        extra = {name: columns[name].values for name in names_of_own if name in columns}
        values["extra"] = [Sealed(zip(extra, row, strict=True)) for row in zip(*extra.values(), strict=True)]
        values["extra"] = values["extra"] or [NO_EXTRA] * len(rows)
        blank = [None] * len(rows)
        origins = [Origin(table, number, Sealed(cells)) for number, cells in rows]
        return map(cast(Callable[..., Record], cls), origins, places, *(values.get(name, blank) for name in names))

    def _derive(self, values: dict[str, Sequence[Any]], rows: Sequence[Row]) -> dict[str, Sequence[Any]]:
        """Add what several cells say together: position, programme and method."""
        detail = [cells.get("guarantee_detail") or cells.get("guarantee_type") for _, cells in rows]
        blank: list[Any] = [None] * len(rows)
        programme, method = self._converters["programme"], self._converters["method"]
        typed = values.get("programme", blank)
        return {
            **values,
            "programme": [own or programme(text) for own, text in zip(typed, detail, strict=True)],
            "method": [method(text) for text in detail],
            "position": _positions(values, blank),
        }


def _positions(values: Mapping[str, Sequence[Any]], blank: Sequence[Any]) -> list[Position | None]:
    pairs = values.get("coordinates", blank)
    apart = zip(values.get("latitude", blank), values.get("longitude", blank), strict=True)
    both = [pair or (latitude, longitude) for pair, (latitude, longitude) in zip(pairs, apart, strict=True)]
    return [
        None
        if latitude is None or longitude is None or (latitude, longitude) == (0, 0)
        else Position(latitude, longitude)
        for latitude, longitude in both
    ]


def _required(column: Column) -> Column:
    """Refuse blanks: rows of the roster that name no household would all become one household of nobody."""
    blank = Misread("应填写户编号", "a household number")
    blanks = {index: blank for index, value in enumerate(column.values) if value is None}
    return Column(column.values, {**blanks, **column.faults})


_NO_VALUES = {
    NO_VALUE: ("公式没有保存结果，应用 Excel 打开后重新保存", "a stored result: open the file in Excel and save it"),
    TOO_MANY_CELLS: (
        "本行单元格多于表头，含逗号的内容应加引号",
        "as many cells as the header: quote what holds a comma",
    ),
    CUT_OFF: ("文件在本行中断，应重新导出", "the whole row: the file ends within it, export it again"),
}


def _try(convert: Read, cell: Any) -> Any:
    if isinstance(cell, CellError):
        zh, en = _NO_VALUES.get(cell.code, (f"单元格为错误值 {cell}，应重新填写", f"a value, not the error {cell}"))
        return Misread(zh, en)
    try:
        return convert(cell)
    except Misread as fault:
        return fault


def _places(rows: Sequence[Row]) -> list[Place]:
    """Build each different place once; a person's place is shared by the whole village."""
    seen: dict[tuple[Any, ...], Place] = {}
    places = []
    for _, cells in rows:
        key = tuple(None if isinstance(cells.get(name), CellError) else cells.get(name) for name in _PLACE)
        if key not in seen:
            township, village, code = key
            seen[key] = Place(clean(township), clean(village), to_code(code) or "")
        places.append(seen[key])
    return places


def _bad_row(record: Record, columns: Mapping[str, Column], index: int) -> BadRow:
    name, fault = next((n, column.faults[index]) for n, column in columns.items() if index in column.faults)
    own = {key: getattr(record, key, None) for key in ("household_id", "head_name", "id_number")}
    return BadRow(record.origin, name, fault.expected, place=record.place, **own)
