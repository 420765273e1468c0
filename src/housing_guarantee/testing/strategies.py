"""What offices type, for hypothesis: cells of every kind, identity numbers of every damage, whole case files.

A rule that answers all of these without raising will not be surprised by a county. No number is anybody's: 632599 is
no county's code.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.converters import check_digit
from housing_guarantee.definition import load_definition
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import BadRow, CellError, Household, Position, RosterRow, Verification
from housing_guarantee.records import Record, fields_of
from housing_guarantee.roster import households_of
from housing_guarantee.testing.casefiles import casefile, photo
from housing_guarantee.testing.records import HOUSEHOLD_ID, PLACE, USUAL, Fields, accommodated, read_row, renovated

__all__ = ["casefiles", "cells", "cores", "households", "id_forms", "id_numbers", "records"]

_AREA = "632599"
_GPS = ("ok", "no_exif", "absent", "zeroed", "impossible", "unreadable")
_FILES = ("身份证.jpg", "房屋安全鉴定报告.pdf", "竣工验收表.docx", "租赁合同.pdf", "扫描件001.jpg", "")
_TYPED: Mapping[str, Sequence[Any]] = {
    "grade": ("A级", "Ｂ", "C", "D级", "无房", "A/B", "未鉴定"),
    "relation": ("户主", "配偶", "其他"),
    "household_size": (1, "3人", 0, 99),
    "dwelling_area": (60, "80.5㎡", 0),
    "document": ("鉴定报告", "身份证复印件", "其他材料"),
    "system": ("renovation", "retrieval"),
    "photos": ("front.jpg", "front.jpg;back.jpg", "无"),
    "problems": ("无", "墙体开裂", "屋顶漏雨，已整改"),
    "policy_year": (2017, "2017年", "2015", "2016-2018"),
    "year": (2017, "2016年", 2019),
    **dict.fromkeys(("longitude", "latitude", "coordinates"), (100.75, "35.58", "100.75,35.58", 0, "东经100度")),
}
_ANSWERS = ("是", "否", "√", "×", "安全", "基本是")
_DATES = ("2020-06-11 10:30", "2020.6.12", "2017年8月", 43993, "1900-01-01", "20200631")


# ------------------------------------------------------------------------------------------------ cells


def cells() -> st.SearchStrategy[Any]:
    """Give whatever may stand in a cell of a spreadsheet."""
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.datetimes(),
        st.sampled_from(("#N/A", "#REF!")).map(CellError),
        st.text(max_size=24),
        st.text("0123456789ABCDX级*.-/、年月日是否安全十一二° ②²E+()", max_size=24),
    )


def cores(born_before: date = date(2020, 6, 13)) -> st.SearchStrategy[str]:
    """Give the first seventeen digits of identity numbers: an area that is none, a day of birth, an order code."""
    return st.builds(
        lambda birth, order: f"{_AREA}{birth:%Y%m%d}{order:03}",
        st.dates(date(1900, 1, 1), born_before),
        st.integers(1, 999),
    )


def id_forms(core: str) -> list[str | float]:
    """List the forms in which the number of one person born before 2000 is met, the whole one first.

    Then: of fifteen digits, masked, as on a disability card, hidden in many ways, and cut by a spreadsheet.
    """
    number = core + check_digit(core)
    masks = [number[:6] + "********" + number[14:], number[:4] + "*" * 11 + number[15:], "****" + number[-4:], "******"]
    cards = [number + "43", number + "43B1", number[:6] + "********" + number[14:] + "43"]
    old = core[:6] + core[8:]
    return [number, old, old[:6] + "******" + old[12:], *cards, *masks, float(core[:15] + "000"), "6.32599E+17"]


def id_numbers() -> st.SearchStrategy[Any]:
    """Give cells of identity numbers: whole, in every form of :func:`id_forms`, mistyped, or none at all."""
    return cores(date(1999, 12, 31)).flatmap(lambda core: st.sampled_from([*id_forms(core), *_mistyped(core)]))


def _mistyped(core: str) -> list[Any]:
    number = core + check_digit(core)
    wrong = "0" if number[-1] != "0" else "1"
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    wide = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    impossible = f"{core[:10]}1345{core[14:]}"
    return [
        *(number[:-1] + wrong, number[:-1], number + "0", spaced, wide, f"'{number}", f"{number}\u200b"),
        *(number.lower(), number.replace("0", "O"), impossible + check_digit(impossible)),
        *("无", "", "   ", "不详", "0", None, CellError("#N/A")),
    ]


@cache
def _field(role: str, name: str) -> st.SearchStrategy[Any]:
    """Give what may stand in the column of a field: most of the time what belongs there."""
    definition = load_definition()
    kind = next((one for one in ("id_number", "name", "_on") if name.endswith(one)), "")
    words: Sequence[Any]
    if kind == "id_number":
        return id_numbers()
    if name == "guarantee_type":
        words = [*(term.name for term in definition.types), "鉴定安全或改造安全"]
    elif name in ("programme", "guarantee_detail"):
        words = [term.name for term in (*definition.programmes, *definition.methods)]
    elif kind == "_on" or name == "lease_until":
        words = _DATES
    elif kind == "name":
        words = ("才让多杰", "卓玛", "张*", "才让·多杰")
    else:
        words = _TYPED.get(name, _ANSWERS)
    usual, blank = st.sampled_from(words), st.none()
    return st.sampled_from((usual, usual, usual, blank, cells())).flatmap(lambda chosen: chosen)  # of even chances


# ------------------------------------------------------------------------------------------------ records


@st.composite
def records(draw: st.DrawFn, role: str, household_id: str = HOUSEHOLD_ID) -> Record | BadRow:
    """Give rows of a source of this role, understood or not: usual ones of which some cells are strange or gone."""
    usual = draw(st.sampled_from(_usual(role)))
    changed = draw(st.lists(st.sampled_from(fields_of(role)), max_size=5, unique=True))
    lacking = draw(st.lists(st.sampled_from(fields_of(role)), max_size=2, unique=True))
    row = {**usual, **{name: draw(_field(role, name)) for name in changed}}
    kept = {name: cell for name, cell in row.items() if name not in lacking}
    own = {"household_id": household_id} if "household_id" in fields_of(role) else {}
    return read_row(role, {**kept, **own})


def _usual(role: str) -> Sequence[Fields]:
    """Give the rows to begin with; one of a source that has few columns is among them."""
    rows = [USUAL[role], PLACE]
    return (
        [*rows, {**USUAL[role], **renovated()}, {**USUAL[role], **accommodated()}] if role == "verifications" else rows
    )


def households(household_id: str = HOUSEHOLD_ID) -> st.SearchStrategy[Household]:
    """Give households of one to four rows of the roster."""
    return st.lists(records("roster", household_id), min_size=1, max_size=4).map(_household)


def _household(rows: Sequence[Record | BadRow]) -> Household:
    good = [row for row in rows if isinstance(row, RosterRow)]
    (household,), _ = households_of(good, [row for row in rows if isinstance(row, BadRow)], Gazetteer({}, {}))
    return household


# ------------------------------------------------------------------------------------------------ case files


@st.composite
def casefiles(draw: st.DrawFn, household_id: str = HOUSEHOLD_ID) -> CaseFile:
    """Give case files of one household: with no evidence, or plenty, or strange; a row that is none is a bad row."""

    def some(role: str, most: int) -> list[Any]:
        return draw(st.lists(records(role, household_id), max_size=most))

    found = {
        role: some(role, most)
        for role, most in (("verifications", 2), ("ledger", 2), ("appraisals", 2), ("archive", 2), ("provincial", 1))
    }
    good = {role: [row for row in rows if not isinstance(row, BadRow)] for role, rows in found.items()}
    own = [record for record in good["verifications"] if isinstance(record, Verification)]
    files = st.dictionaries(st.sampled_from(_FILES), st.sampled_from((0, 30_000, None)), max_size=2)
    certain = draw(st.integers(0, 2))
    return casefile(
        household=draw(households(household_id)),
        records=own,
        ledger=good["ledger"][:certain],
        candidates=good["ledger"][certain:],
        appraisals=good["appraisals"][:certain],
        appraisal_candidates=good["appraisals"][certain:],
        archive_rows=good["archive"],
        files=draw(files),
        provincial=good["provincial"][:certain],
        provincial_candidates=good["provincial"][certain:],
        photos=draw(st.lists(_photos(own), max_size=2)),
        bad_rows=[row for rows in found.values() for row in rows if isinstance(row, BadRow)],
        roles=draw(st.sets(st.sampled_from(("ledger", "appraisals", "archive", "photos", "provincial")))),
    )


def _photos(own: Sequence[Verification]) -> st.SearchStrategy[PhotoEvidence]:
    """Give photos of a record with any GPS state, and those whose file is not there."""
    degrees = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
    facts = st.fixed_dictionaries(
        {"gps": st.sampled_from(_GPS)},
        optional={
            "taken_at": st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - a camera's clock
            "offset": st.sampled_from(("+08:00", "-05:00")),
            "software": st.sampled_from(("Adobe Photoshop 22.0", "ELE-AL00 10.1")),
            "problem": st.sampled_from(("truncated", "not an image")),
            "missing": st.just(True),
        },
    )
    return st.tuples(facts, degrees).map(lambda drawn: _photo(own, *drawn))


def _photo(own: Sequence[Verification], facts: dict[str, Any], position: Position) -> PhotoEvidence:
    where = {"position": position, "gps_source": "exif"} if facts["gps"] == "ok" else {}
    missing = {"missing": True} if facts.get("missing") else {**facts, **where}
    return photo(own[-1] if own else None, **missing)
