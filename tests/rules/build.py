"""Campaigns, records and case files for tests of rules, built from typed cells by the project's own readers.

A field given as text, number, truth value or None is a cell, typed as an office would type it
(``grade="C级"``); anything else (a `Position`, a tuple of photos) takes the converted value's place, and so does
``method``.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from attrs import evolve

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import CaseFile, Given, Paper, PhotoEvidence
from housing_guarantee.converters import check_digit
from housing_guarantee.definition import load_definition
from housing_guarantee.linkage.match import Linkable, Match
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Household,
    LedgerEntry,
    ProvincialRecord,
    RosterRow,
    RowRecord,
    Table,
    Verification,
)
from housing_guarantee.papers import Shelf
from housing_guarantee.photos.facts import Photo
from housing_guarantee.records import Reader
from housing_guarantee.roster import households_of
from housing_guarantee.source import DocumentFile

R = TypeVar("R")
L = TypeVar("L", bound=Linkable)
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
DERIVED = ("method", "position")
SOURCES = {
    "roster": ("roster.xlsx", "名册"),
    "verifications": ("export.xlsx", "核验"),
    "ledger": ("ledger.xls", "台账"),
    "appraisals": ("appraisals.xlsx", "鉴定"),
    "archive": ("index.xlsx", "目录"),
    "provincial": ("provincial/retrieval", "T_NHDA"),
}


def campaign(**changes: Any) -> Campaign:
    """Give the campaign of 2020, as of the evening of its last day, without sources or areas."""
    plain = Campaign(
        path=Path("campaign.toml"),
        name="住房安全有保障核验",
        county_code="632525",
        planned_households=1,
        window=(date(2020, 6, 10), date(2020, 6, 13)),
        rectify_by=date(2020, 6, 30),
        policy_year=2016,
        ledger_years=(2016, 2018),
        as_of=datetime(2020, 6, 13, 20, tzinfo=LOCAL),
        sources=(),
        definition=load_definition(),
    )
    return evolve(plain, **changes)


# ------------------------------------------------------------------------------------------------ records


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


def photo(
    record: Verification | None = None, slot: str = "photo1", system: str = "app", **fields: Any
) -> PhotoEvidence:
    """Build a photo of a record; ``missing=True`` for one whose file is not there."""
    record = record or verification()
    name = fields.pop("name", "front.jpg")
    if fields.pop("missing", False):
        return PhotoEvidence(name, None, record.at("photos"), slot, system)
    facts = Photo(**{"name": name, "digest": "0" * 64, "size": 200_000, "gps": "absent", **fields})
    return PhotoEvidence(name, facts, record.at("photos"), slot, system)


def indexed(*, row: int = 3, lacking: Iterable[str] = (), **fields: Any) -> ArchiveRecord:
    """Build a row of the archives' index; by default of an appraisal report."""
    return _record(ArchiveRecord, {**ARCHIVE, **fields}, row, lacking)


def papers(*rows: ArchiveRecord, files: Mapping[str, int | None] | None = None) -> tuple[Paper, ...]:
    """Build the papers of the usual household's archive from rows of the index and from files, by name and size."""
    found = [DocumentFile("档案", f"{HOUSEHOLD_ID}/{name}".rstrip("/"), size) for name, size in (files or {}).items()]
    return Shelf.of(found, {HOUSEHOLD_ID}).papers_of(HOUSEHOLD_ID, rows)


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
    role = getattr(cls, "ROLE")  # noqa: B009 - mypy knows no ROLE of a type variable
    cells = {name: value for name, value in fields.items() if name not in {*lacking, *DERIVED}}
    source, sheet = SOURCES[role]
    columns: dict[str, str | None] = {name: _letter(at) for at, name in enumerate(cells)}
    headers = {name: named.get(name, f"列 {name}") for name in cells}
    table = Table(file or source, sheet, role, columns, headers)
    typed = {name: value if _is_cell(value) else None for name, value in cells.items()}
    record = next(iter(_reader().read(table, [(row, typed)])))
    assert isinstance(record, cls), f"{cells} cannot be read"
    given = {name: value for name, value in fields.items() if name in DERIVED or not _is_cell(value)}
    return evolve(record, **given) if given else record


@cache
def _reader() -> Reader:
    return Reader(load_definition())


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else "A" + chr(ord("A") + at - 26)


# ------------------------------------------------------------------------------------------------ case files


def match(record: L, *, certain: bool = True, reasons: tuple[str, ...] | None = None) -> Match[L]:
    """Match a record to the usual household, by its number or, uncertainly, by its name."""
    why = reasons or (("number",) if certain else ("name", "village"))
    return Match(record, (HOUSEHOLD_ID,), certain=certain, reasons=why)


def casefile(
    record: Verification | Fields | None = None,
    household: Household | Fields | None = None,
    *,
    records: Sequence[Verification | Fields] | None = None,
    ledger: Iterable[Match[LedgerEntry] | LedgerEntry | Fields] = (),
    candidates: Iterable[Match[LedgerEntry] | LedgerEntry | Fields] = (),
    appraisals: Iterable[Match[Appraisal] | Appraisal | Fields] = (),
    appraisal_candidates: Iterable[Match[Appraisal] | Appraisal | Fields] = (),
    archive_rows: Iterable[ArchiveRecord | Fields] = (),
    files: Mapping[str, int | None] | None = None,
    provincial: Iterable[Match[ProvincialRecord] | ProvincialRecord | Fields] = (),
    provincial_candidates: Iterable[Match[ProvincialRecord] | ProvincialRecord | Fields] = (),
    photos: Iterable[PhotoEvidence | Fields] = (),
    front_photos: Iterable[PhotoEvidence | Fields] = (),
    bad_rows: Iterable[BadRow] = (),
    roles: Iterable[str] = (),
    **given: Any,
) -> CaseFile:
    """Build the case file of a household with one verification; a mapping stands for the fields of a record.

    Rows of the ledger and of the appraisal list may be given as a `Match`, where its reasons matter.

    :param records: several verifications (or none, ``()``) instead of the one
    :param files: those of the archive's folder, by name and size
    :param roles: roles given beside roster and verifications and those of the records here
    :param given: other fields of `Given`, such as ``ledgers={"农村危房改造"}``
    """
    own = tuple(_made(verification, r) for r in ((record or {},) if records is None else records))
    entries, maybe = _matched(entry, ledger, certain=True), _matched(entry, candidates, certain=False)
    listed = _matched(appraisal, appraisals, certain=True)
    perhaps = _matched(appraisal, appraisal_candidates, certain=False)
    index = tuple(_made(indexed, row) for row in archive_rows)
    in_systems = _matched(in_system, provincial, certain=True)
    maybe_in = _matched(in_system, provincial_candidates, certain=False)
    fronts = [
        p if isinstance(p, PhotoEvidence) else photo(own[-1] if own else None, f"provincial{at}", "provincial", **p)
        for at, p in enumerate(front_photos, 1)
    ]
    album = [p if isinstance(p, PhotoEvidence) else photo(own[-1] if own else None, **p) for p in photos]
    rows: dict[str, list[RowRecord]] = {
        "verifications": [*own],
        "ledger": [match.record for match in entries + maybe],
        "appraisals": [match.record for match in listed + perhaps],
        "archive": [*index],
        "provincial": [match.record for match in in_systems + maybe_in],
    }
    roles = {
        *roles,
        *(["archive"] if files else []),
        *(["photos"] if album else []),
        *(["provincial"] if fronts else []),
    }
    return CaseFile(
        household=_made(_household, household or {}),
        given=_given(roles, rows, given),
        verifications=own,
        ledger=entries,
        candidates=maybe,
        appraisals=listed,
        appraisal_candidates=perhaps,
        archive=papers(*index, files=files),
        archive_rows=index,
        provincial=in_systems,
        provincial_candidates=maybe_in,
        photos=tuple(album),
        front_photos=tuple(fronts),
        bad_rows=tuple(bad_rows),
    )


_household = household


def _matched(make: Callable[..., L], items: Iterable[Match[L] | L | Fields], *, certain: bool) -> tuple[Match[L], ...]:
    return tuple(item if isinstance(item, Match) else match(_made(make, item), certain=certain) for item in items)


def _made(make: Callable[..., R], given: R | Fields) -> R:
    return make(**given) if isinstance(given, Mapping) else given


def _given(roles: set[str], rows: Mapping[str, Sequence[RowRecord]], changes: Fields) -> Given:
    roles = roles | {"roster", "verifications"} | {role for role in rows if rows[role]}
    if changes.get("ledgers"):
        roles.add("ledger")
    plain = Given(
        roles=frozenset(roles),
        ledgers=frozenset([""] if "ledger" in roles else []),
        systems=frozenset(["retrieval"] if "provincial" in roles else []),
        fields={role: frozenset().union(*(r.origin.table.columns for r in rows[role])) for role in rows},
    )
    maps = ("fields", "datums")
    sets: dict[str, Any] = {name: value if name in maps else frozenset(value) for name, value in changes.items()}
    return evolve(plain, **sets)


def ask(function: Callable[..., Any], subject: Any, settings: Any = None, campaign: Campaign | None = None) -> Any:
    """Ask a rule about a case file, a group or a survey, with what it names: settings and the campaign."""
    known = {"settings": settings, "campaign": campaign or _campaign()}
    names = list(inspect.signature(function).parameters)[1:]
    return function(subject, **{name: known[name] for name in names})


_campaign = campaign
