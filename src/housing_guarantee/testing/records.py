"""Records for tests, built from typed cells by the package's own readers.

A field given as text, number, truth value or None is a cell, typed as an office would type it
(``grade="C级"``); anything else (a `Position`, a tuple of photos) takes the converted value's place, and so does
``method``. No name or number is anybody's.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from attrs import evolve

from housing_guarantee.converters import check_digit
from housing_guarantee.definition import load_definition
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Household,
    LedgerEntry,
    ProvincialRecord,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.records import Reader, Record
from housing_guarantee.roster import households_of

__all__ = [
    "HOUSEHOLD_ID",
    "PLACE",
    "SOURCES",
    "USUAL",
    "Fields",
    "accommodated",
    "appraisal",
    "entry",
    "household",
    "id_number",
    "in_system",
    "indexed",
    "read_row",
    "renovated",
    "verification",
]

R = TypeVar("R")
Fields = Mapping[str, Any]

HOUSEHOLD_ID = "10000000001"


def id_number(order: int = 1, birth: str = "19650101") -> str:
    """Make a valid resident number of nobody: the county's code, a birth date and an order code."""
    core = f"632525{birth}{order:03}"
    return core + check_digit(core)


PLACE = {"township": "茫曲镇", "village": "加土乎村", "area_code": "632525100201"}
ROSTER = {
    **PLACE,
    "household_id": HOUSEHOLD_ID,
    "member_name": "才让多杰",
    "member_id_number": id_number(),
    "relation": "户主",
    "grade": None,
    "relocated": None,
}
VERIFICATION = {
    **PLACE,
    "household_id": HOUSEHOLD_ID,
    "head_name": "才让多杰",
    "id_number": id_number(),
    "household_size": 1,
    "guarantee_type": "鉴定安全",
    "guarantee_detail": None,
    "programme": None,
    "policy_year": None,
    "grade": "A级",
    "appraised_on": "2020-03-15",
    "is_safe": "是",
    "type_changed": "否",
    "became_dangerous": "否",
    "is_current_dwelling": "是",
    "visited": "是",
    "problems": "无",
    "rectification": None,
    "rectify_status": None,
    "rectified_on": None,
    "lease_until": None,
    "recorder": "王建国",
    "recorder_role": "第一书记",
    "verified_on": "2020-06-11 10:30",
    "recorded_on": "2020-06-11 11:00",
    "photos": "front.jpg",
}
LEDGER = {
    **PLACE,
    "file_no": "2017-0031",
    "head_name": "才让多杰",
    "id_number": id_number(),
    "programme": "农村危房改造",
    "year": 2017,
    "mode": None,
}
APPRAISAL = {
    **PLACE,
    "report_no": "JD-0001",
    "head_name": "才让多杰",
    "id_number": id_number(),
    "household_id": HOUSEHOLD_ID,
    "grade": "A级",
    "appraised_on": "2020-03-15",
}
ARCHIVE = {"household_id": HOUSEHOLD_ID, "document": "鉴定报告"}
PROVINCIAL = {
    "household_id": HOUSEHOLD_ID,
    "head_name": "才让多杰",
    "id_number": id_number(),
    "guarantee_type": "鉴定安全",
    "guarantee_detail": None,
    "programme": None,
    "policy_year": None,
    "grade": "A级",
    "front_photo": "正面.jpg",
    "version": "7",
}
USUAL: Mapping[str, Fields] = {
    "roster": ROSTER,
    "verifications": VERIFICATION,
    "ledger": LEDGER,
    "appraisals": APPRAISAL,
    "archive": ARCHIVE,
    "provincial": PROVINCIAL,
}
"""The cells of a usual row, by role."""
DERIVED = ("method", "position")
SOURCES = {
    "roster": ("roster.xlsx", "名册"),
    "verifications": ("export.xlsx", "核验"),
    "ledger": ("ledger.xls", "台账"),
    "appraisals": ("appraisals.xlsx", "鉴定"),
    "archive": ("index.xlsx", "目录"),
    "provincial": ("provincial/retrieval", "T_NHDA"),
}


def household(*members: Fields, lacking: Iterable[str] = (), **fields: Any) -> Household:
    """Build a household from roster rows: the head, and a further person for each of ``members``.

    :param lacking: fields for which the roster has no column
    """
    head = {**ROSTER, **fields}
    nobody = {"relation": "其他", "member_name": None, "member_id_number": None}
    people = (head, *({**head, **nobody, **member} for member in members))
    rows = [_record(RosterRow, cells, 3 + at, lacking) for at, cells in enumerate(people)]
    households, _ = households_of(rows, (), Gazetteer({}, {}))
    return households[0]


def verification(*, row: int = 3, lacking: Iterable[str] = (), **fields: Any) -> Verification:
    """Build a verification; without arguments that of a household appraised safe, with nothing wrong.

    :param lacking: fields for which the export has no column
    """
    return _record(Verification, {**VERIFICATION, **fields}, row, lacking)


def renovated(**fields: Any) -> dict[str, Any]:
    """Give the cells of a verification of a household renovated safe in 2017, with changes."""
    route = {"programme": "农村危房改造", "policy_year": "2017年"}
    return {"guarantee_type": "改造安全", "grade": None, **route, **fields}


def accommodated(**fields: Any) -> dict[str, Any]:
    """Give the cells of a verification of a household accommodated with relatives, with changes."""
    return {"guarantee_type": "保障安全", "guarantee_detail": "投亲靠友", "grade": None, **fields}


def entry(
    *,
    row: int = 3,
    lacking: Iterable[str] = (),
    source: str = "",
    headers: Mapping[str, str] | None = None,
    **fields: Any,
) -> LedgerEntry:
    """Build a row of a ledger; by default of a renovation in 2017.

    :param source: the ledger's file, where several are told apart
    :param headers: headers as typed, where a rule reads them
    """
    return _record(LedgerEntry, {**LEDGER, **fields}, row, lacking, source, headers or {})


def appraisal(*, row: int = 3, lacking: Iterable[str] = (), **fields: Any) -> Appraisal:
    """Build a row of the appraisal list; by default of grade A."""
    return _record(Appraisal, {**APPRAISAL, **fields}, row, lacking)


def indexed(*, row: int = 3, lacking: Iterable[str] = (), **fields: Any) -> ArchiveRecord:
    """Build a row of the archives' index; by default of an appraisal report."""
    return _record(ArchiveRecord, {**ARCHIVE, **fields}, row, lacking)


def in_system(*, row: int = 3, lacking: Iterable[str] = (), **fields: Any) -> ProvincialRecord:
    """Build a row of the retrieval system, agreeing with the usual record; ``system="renovation"`` of the other."""
    return _record(ProvincialRecord, {**PROVINCIAL, **fields}, row, lacking)


def _record(
    cls: type[R],
    fields: Fields,
    row: int,
    lacking: Iterable[str],
    file: str = "",
    named: Mapping[str, str] = MappingProxyType({}),
) -> R:
    cells = {name: value for name, value in fields.items() if name not in {*lacking, *DERIVED}}
    typed = {name: value if _is_cell(value) else None for name, value in cells.items()}
    role = getattr(cls, "ROLE")  # noqa: B009 - mypy knows no ROLE of a type variable
    record = read_row(role, typed, row=row, file=file, headers=named)
    if isinstance(record, BadRow):
        raise ValueError(f"{record.field}={typed[record.field]!r} cannot be read: {record.expected['en']}")
    assert isinstance(record, cls)  # noqa: S101 - what the reader makes of this role
    given = {name: value for name, value in fields.items() if name in DERIVED or not _is_cell(value)}
    return evolve(record, **given) if given else record


def read_row(
    role: str,
    cells: Fields,
    *,
    row: int = 3,
    file: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Record | BadRow:
    """Read a row of cells as a source of this role would, be it understood or not.

    :param headers: headers as typed, where they matter
    """
    source, sheet = SOURCES[role]
    columns: dict[str, str | None] = {name: _letter(at) for at, name in enumerate(cells)}
    table = Table(file or source, sheet, role, columns, {name: headers.get(name, f"列 {name}") for name in cells})
    return next(iter(_reader().read(table, [(row, cells)])))


@cache
def _reader() -> Reader:
    return Reader(load_definition())


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else "A" + chr(ord("A") + at - 26)
