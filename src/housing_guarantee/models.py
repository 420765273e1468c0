"""Households, the guarantee each claims, and the evidence for it.

Every record is frozen and carries its origin, so that whatever is said about it later can point at a cell. Words such
as 鉴定安全 come from the definition of the campaign: they are data here, never members of an enumeration.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import attrs
from attrs import field, frozen

from housing_guarantee.values import IdKind as IdKind  # the values that records hold, for whoever handles records
from housing_guarantee.values import IdNumber as IdNumber
from housing_guarantee.values import Period as Period
from housing_guarantee.values import Place as Place
from housing_guarantee.values import Position as Position
from housing_guarantee.values import Sealed

# ------------------------------------------------------------------------------------------------ places in files

NO_VALUE = "no cached value"
"""The code of a formula whose result the file does not hold."""
TOO_MANY_CELLS = "too many cells"
"""The code of a row that has more cells than the header: a delimiter inside a cell was not quoted."""
CUT_OFF = "cut off"
"""The code of a cell in which the file ends: what stood behind it is lost."""


@frozen
class CellError:
    """A cell that holds no value: what a spreadsheet shows where a formula failed (``#REF!``), or a code above."""

    code: str

    def __str__(self) -> str:
        return self.code


@frozen
class Table:
    """One sheet (or one delimited file) as it was understood.

    :param columns: field → letters of its column in a spreadsheet; None for a constant, and in a database
    :param headers: field → header as typed
    :param row_key: field → column of what names a row that has no number: the key of a database's table
    :param album: where the photos lie that its rows name, if not where every photo is looked for
    """

    source: str
    sheet: str | None
    role: str
    columns: Mapping[str, str | None] = field(converter=Sealed)
    headers: Mapping[str, str] = field(converter=Sealed)
    row_key: Mapping[str, str] = field(factory=dict, converter=Sealed)
    album: str | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """What tells this table from every other of the run: its file and its sheet."""
        return self.source, self.sheet


@frozen
class Cell:
    """A place a clerk can open, and what stands there.

    :param row: counted from 1, as a spreadsheet shows it; None where rows have no numbers
    :param field: canonical name of the field, which decides how the value is masked
    :param row_key: what names the row instead, such as ``HBH=11002050026``
    """

    source: str
    sheet: str | None
    row: int | None
    column: str | None
    header: str | None
    field: str
    value: Any
    row_key: str | None = None


_NOWHERE_ELSE: Mapping[str, tuple[Cell, ...]] = Sealed()


@frozen
class Origin:
    """The row a record came from: its table, its number (from 1, as read), and the cells as they were typed.

    :param elsewhere: field → cells of other rows or tables that say it for this row, such as those of a repeat
    """

    table: Table
    row: int
    raw: Mapping[str, Any] = field(repr=False)
    elsewhere: Mapping[str, tuple["Cell", ...]] = field(default=_NOWHERE_ELSE, repr=False)

    @property
    def row_key(self) -> str | None:
        """What names the row where its number names nothing."""
        if not self.table.row_key:
            return None
        return ", ".join(f"{column}={self.raw.get(name)}" for name, column in self.table.row_key.items())

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the cells of these fields; a field that the table lacks points at the row."""
        table, key, columns, headers = self.table, self.row_key, self.table.columns, self.table.headers
        row = None if key else self.row
        cells = tuple(
            Cell(table.source, table.sheet, row, columns.get(name), headers.get(name), name, self.raw.get(name), key)
            for name in fields
        )
        if not self.elsewhere:
            return cells
        return tuple(cell for own in cells for cell in self.elsewhere.get(own.field, (own,)))


class Record(Protocol):
    """Anything that can point at its own cells."""

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the cells of these fields."""
        ...  # pragma: no cover


NO_EXTRA: Mapping[str, Any] = Sealed()
"""What ``extra`` of a record holds where its campaign has no fields of its own, as most have none."""


class RowRecord:
    """What every record read from a row shares."""

    __slots__ = ()
    origin: Origin

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the cells of these fields."""
        return self.origin.at(*fields)

    def has(self, name: str) -> bool:
        """Say whether the table this record came from has a column (or a constant) for the field."""
        return name in self.origin.table.columns


# ------------------------------------------------------------------------------------------------ records of rows


@frozen
class BadRow(RowRecord):
    """A row that could not be understood; it travels the same way as a record and meets ``intake.row-unreadable``.

    :param field: canonical name of the first cell at fault
    :param expected: what would be right there, by language
    :param household_id: whose it is, by its own cell or, where that is blank, by its identity number
    """

    origin: Origin
    field: str
    expected: Mapping[str, str]
    household_id: str | None
    place: Place
    head_name: str | None = attrs.field(default=None, repr=False)
    id_number: IdNumber | None = None


@frozen
class RosterRow(RowRecord):
    """One row of the roster: a person where there is ``member_name``, else a household."""

    ROLE: ClassVar[str] = "roster"
    origin: Origin
    place: Place
    household_id: str
    person_id: str | None = None
    head_name: str | None = field(default=None, repr=False)
    head_id_number: IdNumber | None = None
    member_name: str | None = field(default=None, repr=False)
    member_id_number: IdNumber | None = None
    relation: str | None = None
    group: str | None = None
    household_size: int | None = None
    poverty_type: str | None = None
    dangerous: bool | None = None
    grade: str | None = None
    dwelling_area: float | None = None
    relocated: bool | None = None
    phone: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


@frozen
class Verification(RowRecord):
    """What the app recorded of one household's house (G1, M0–V4).

    ``guarantee_type``, ``programme`` and ``method`` hold the campaign's own word, or None where the cell is blank
    or its word means none or several; the cell itself tells which (``at``).
    """

    ROLE: ClassVar[str] = "verifications"
    origin: Origin
    place: Place
    household_id: str | None = None
    head_name: str | None = field(default=None, repr=False)
    id_number: IdNumber | None = None
    household_size: int | None = None
    guarantee_type: str | None = None
    guarantee_detail: str | None = None
    programme: str | None = None
    method: str | None = None
    policy_year: Period | None = None
    grade: str | None = None
    appraised_on: Period | None = None
    is_safe: bool | None = None
    type_changed: bool | None = None
    became_dangerous: bool | None = None
    is_current_dwelling: bool | None = None
    visited: bool | None = None
    problems: str | None = None
    rectification: str | None = None
    rectify_status: str | None = None
    rectified_on: Period | None = None
    lease_until: Period | None = None
    recorder: str | None = field(default=None, repr=False)
    recorder_role: str | None = None
    verified_on: Period | None = None
    recorded_on: Period | None = None
    position: Position | None = None
    photos: tuple[str, ...] = ()
    status: str | None = None
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


@frozen
class LedgerEntry(RowRecord):
    """One row of a 2016–2018 ledger (台账) of renovation or relocation (M2a)."""

    ROLE: ClassVar[str] = "ledger"
    origin: Origin
    place: Place
    file_no: str | None = None
    head_name: str | None = field(default=None, repr=False)
    id_number: IdNumber | None = None
    programme: str | None = None
    year: Period | None = None
    mode: str | None = None
    grade_before: str | None = None
    started_on: Period | None = None
    completed_on: Period | None = None
    accepted_on: Period | None = None
    moved_in_on: Period | None = None
    progress: str | None = None
    subsidy: str | None = None
    target_group: str | None = None
    remark: str | None = None
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


@frozen
class Appraisal(RowRecord):
    """One row of the appraisal list (鉴定、评定结果, M1a)."""

    ROLE: ClassVar[str] = "appraisals"
    origin: Origin
    place: Place
    report_no: str | None = None
    head_name: str | None = field(default=None, repr=False)
    id_number: IdNumber | None = None
    household_id: str | None = None
    grade: str | None = None
    appraised_on: Period | None = None
    appraiser: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


@frozen
class ArchiveRecord(RowRecord):
    """One row of the index of the archives (一户一档, R2): a document, and what the archive says of the house."""

    ROLE: ClassVar[str] = "archive"
    origin: Origin
    place: Place
    household_id: str | None = None
    head_name: str | None = field(default=None, repr=False)
    id_number: IdNumber | None = None
    document: str | None = None
    file: tuple[str, ...] = ()
    guarantee_type: str | None = None
    guarantee_detail: str | None = None
    programme: str | None = None
    method: str | None = None
    policy_year: Period | None = None
    grade: str | None = None
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


@frozen
class ProvincialRecord(RowRecord):
    """One row of a provincial system (G2, R3).

    :param system: ``renovation`` (危旧房改造信息系统), or else ``retrieval`` (三年行动检索系统)
    :param version, updated_at: what changes whenever somebody writes the row
    """

    ROLE: ClassVar[str] = "provincial"
    origin: Origin
    place: Place
    system: str | None = None
    household_id: str | None = None
    head_name: str | None = field(default=None, repr=False)
    id_number: IdNumber | None = None
    guarantee_type: str | None = None
    guarantee_detail: str | None = None
    programme: str | None = None
    method: str | None = None
    policy_year: Period | None = None
    grade: str | None = None
    front_photo: tuple[str, ...] = field(default=(), repr=False)
    version: str | None = None
    updated_at: str | None = None
    extra: Mapping[str, Any] = field(default=NO_EXTRA, repr=False)


# ------------------------------------------------------------------------------------------------ households


@frozen
class Person:
    """One person of a household, and the roster row that names them."""

    name: str | None = field(repr=False)
    id_number: IdNumber | None
    relation: str | None
    is_head: bool
    person_id: str | None
    row: RosterRow = field(repr=False)

    def at_number(self) -> tuple[Cell, ...]:
        """Point at the cell of this person's identity number."""
        own = self.row.member_name is not None and self.row.has("member_id_number")
        return self.row.at("member_id_number" if own else "head_id_number")


@frozen
class Household:
    """A registered poor household (建档立卡贫困户) as the roster has it, whether by person or by household."""

    household_id: str
    place: Place
    head: Person
    members: tuple[Person, ...]
    rows: tuple[RosterRow, ...] = field(repr=False)
    relocated: bool | None = None
    grade: str | None = None

    @property
    def size(self) -> int | None:
        """How many persons: those listed, or the number given where only the household is."""
        listed = self.rows[0].member_name is not None
        return len(self.members) if listed else self.rows[0].household_size
