"""Households, the guarantee each claims, and the evidence for it.

Every record is frozen and carries its origin, so that whatever is said about it later can point at a cell.
Words such as 鉴定安全 or 农村危房改造 are the plan's own and come from the definition of the campaign;
they are data here, never members of an enumeration.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import attrs
from attrs import field, frozen

# ------------------------------------------------------------------------------------------------ places in files


NO_VALUE = "no cached value"
"""The code of a formula whose result the file does not hold."""
TOO_MANY_CELLS = "too many cells"
"""The code of a row that has more cells than the header: a delimiter inside a cell was not quoted."""


@frozen
class CellError:
    """A cell that holds no value: what a spreadsheet shows where a formula failed (``#REF!``), or a code above."""

    code: str

    def __str__(self) -> str:
        return self.code


@frozen
class Table:
    """One sheet (or one delimited file) as it was understood.

    :param columns: canonical field name → letters of its column, as a spreadsheet shows them; None for a constant
        of the campaign file
    :param headers: canonical field name → header as typed
    """

    source: str
    sheet: str | None
    role: str
    columns: Mapping[str, str | None]
    headers: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str | None]:
        """What tells this table from every other of the run: its file and its sheet."""
        return self.source, self.sheet


@frozen
class Cell:
    """A place a clerk can open, and what stands there.

    :param row: counted from 1, as a spreadsheet shows it; None in a file without rows
    :param field: canonical name of the field, which decides how the value is masked
    """

    source: str
    sheet: str | None
    row: int | None
    column: str | None
    header: str | None
    field: str
    value: Any


@frozen
class Origin:
    """The row a record came from: its table, its number (from 1), and the cells as they were typed."""

    table: Table
    row: int
    raw: Mapping[str, Any] = field(repr=False)

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the cells of these fields; a field that the table lacks points at the row."""
        table = self.table
        return tuple(
            Cell(
                table.source,
                table.sheet,
                self.row,
                table.columns.get(name),
                table.headers.get(name),
                name,
                self.raw.get(name),
            )
            for name in fields
        )


class Record(Protocol):
    """Anything that can point at its own cells."""

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the cells of these fields."""
        ...  # pragma: no cover


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


# ------------------------------------------------------------------------------------------------ values of cells


class IdKind(StrEnum):
    """What a cell that should hold an identity number turned out to hold."""

    RESIDENT = "resident"  # 18 digits, GB 11643-1999
    RESIDENT_15 = "resident15"  # 15 digits, before 1999
    DISABILITY = "disability"  # 20 or 22 digits: a resident number and what the disability card adds
    MASKED = "masked"  # some positions hidden: can agree, can never prove
    DAMAGED = "damaged"  # a spreadsheet rounded it: the tail is wrong, not zero
    INVALID = "invalid"  # none of these, or its date, order code or check digit is wrong


@frozen
class IdNumber:
    """An identity number as it can be trusted.

    :param text: normalised: ASCII digits, X in capitals, ``*`` for a hidden position; of a damaged number only
        what can be trusted (its first 15 digits)
    :param core: the 17 digits that the 15- and 18-digit forms of one person share (century filled in), or None
    :param problem: for INVALID what is wrong: ``length``, ``characters``, ``date``, ``order`` or ``check``
    """

    text: str = field(repr=False)
    kind: IdKind
    core: str | None = field(default=None, repr=False)
    problem: str | None = None


@frozen(order=True)
class Period:
    """A date as exactly as it was written: a day, a month, a year, or a minute (local time, end exclusive)."""

    start: datetime
    end: datetime

    @property
    def year(self) -> int:
        """The year in which it begins."""
        return self.start.year

    @property
    def has_time(self) -> bool:
        """Whether it is exact to the minute."""
        return (self.end - self.start).total_seconds() <= 60

    def after(self, other: "Period") -> bool:
        """Say whether it is certainly later than the other, whatever part of either is meant."""
        return self.start >= other.end

    def __str__(self) -> str:
        days = (self.end - self.start).days
        if days >= 365:
            return f"{self.start:%Y}"
        if days >= 28:
            return f"{self.start:%Y-%m}"
        return f"{self.start:%Y-%m-%d}" if days >= 1 else f"{self.start:%Y-%m-%d %H:%M}"


@frozen
class Position:
    """A point on the earth in degrees; the datum is said where it is kept (a photo's is WGS-84)."""

    latitude: float
    longitude: float


@frozen
class Place:
    """An administrative village (行政村), the plan's unit of work (S1); empty strings where nothing was given."""

    township: str = ""
    village: str = ""
    area_code: str = ""


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
