"""How rows become records: which fields each role has, and how the cell of each is read.

Whole columns are converted first, each different cell once; then records are built by position. A row with a cell
that cannot be read becomes a `BadRow`: a bad cell costs its row, never the run.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, cast

import attrs
from attrs import frozen

from housing_guarantee.converters import (
    Misread,
    WordList,
    clean,
    to_code,
    to_count,
    to_degree_pair,
    to_degrees,
    to_id_number,
    to_measure,
    to_names,
    to_period,
    to_text,
)
from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition
from housing_guarantee.models import (
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

__all__ = ["LISTS", "ROLES", "Reader", "Record", "fields_of", "header_of"]

Record = RosterRow | Verification | LedgerEntry | Appraisal | ArchiveRecord | ProvincialRecord
Read = Callable[[Any], Any]

ROLES: Mapping[str, type[Record]] = {
    cls.ROLE: cls for cls in (RosterRow, Verification, LedgerEntry, Appraisal, ArchiveRecord, ProvincialRecord)
}
_PLACE = ("township", "village", "area_code")
_READ_ELSEWHERE = ("longitude", "latitude", "coordinates")
_DERIVED = ("position", "method")
LISTS = ("photos", "front_photo", "file")


def fields_of(role: str) -> tuple[str, ...]:
    """List the canonical fields that a source of this role may have."""
    own = [a.name for a in attrs.fields(ROLES[role]) if a.name not in ("origin", "place", *_DERIVED)]
    return (*_PLACE, *own, *(_READ_ELSEWHERE if role == "verifications" else ()))


def header_of(role: str, name: str) -> str:
    """Give the commonest header of a field, by which a clerk knows it; empty where none is usual."""
    headers = read_toml("headers.toml")
    usual = (headers.get(group, {}).get(name) for group in (role, "shared", "generic"))
    return next((str(found[0]) for found in usual if found), "")


# ------------------------------------------------------------------------------------------------ words


def _answer(name: str, text: Any) -> bool | None:
    words = _answers(name)
    if isinstance(text, bool):
        return text
    typed = clean(text)
    if not typed:
        return None
    answer = words.exactly(typed)
    if answer is None:
        raise Misread("应为 是 或 否", "yes or no (是, 否)")
    return bool(answer)


@cache
def _answers(name: str) -> WordList:
    data = read_toml("words.toml")
    own = data["answers"].get(name, {"yes": [], "no": []})
    return WordList.of({True: [*own["yes"], *data["yes_no"]["yes"]], False: [*own["no"], *data["yes_no"]["no"]]})


def _grade(words: WordList, blank: WordList, value: Any) -> str | None:
    text = clean(value)
    if not text or blank.exactly(text) is not None:
        return None
    grade: str | None = words.exactly(_before_remark(text)) or words.only(text)
    if grade is None:
        raise Misread("应为 A级、B级、C级、D级 或 无房", "a grade A, B, C or D, or 无房 (no house)")
    return grade


def _before_remark(text: str) -> str:
    """Give what stands before a bracket or a comma: 已整改(6月20日)."""
    return re.split(r"[(,，;；。\s]", text, maxsplit=1)[0]


def _free_text(nothing: WordList, value: Any) -> str | None:
    text = clean(value).rstrip("。.")
    return None if not text or nothing.exactly(text) is not None else text


def _rectify_status(words: WordList, nothing: WordList, value: Any) -> str | None:
    text = clean(value)
    if not text or nothing.exactly(_before_remark(text)) is not None:
        return None
    status: str | None = words.exactly(_before_remark(text))  # 完成 within 预计7月完成 is not done
    if status is None:
        raise Misread("应为 已整改 或 未整改", "已整改 (rectified) or 未整改 (not rectified)")
    return status


def _term(words: WordList, value: Any) -> str | None:
    """Give the campaign's own word, or None where the cell's word means none or several of them."""
    text = clean(value)
    if not text:
        return None
    term: str | None = words.exactly(text) or words.only(text)
    return term


def _guarantee_type(own: WordList, words: WordList, value: Any) -> str | None:
    """Prefer the types' own names, so that 鉴定安全（2013年危房改造） is one type and not two."""
    text = clean(value)
    named = own.within(text) if text else set()
    return named.pop() if len(named) == 1 else None if named else _term(words, value)


def _unless_blank(blank: WordList, convert: Read) -> Read:
    """Take what an office types where there is nothing to say (/, —) for a blank cell."""

    def read(value: Any) -> Any:
        return convert(None if isinstance(value, str) and blank.exactly(value) is not None else value)

    return read


def _role_word(words: WordList, value: Any) -> str | None:
    text = to_text(value)
    return text if text is None else words.exactly(text) or text


# ------------------------------------------------------------------------------------------------ fields


def _terms(terms: Sequence[Any]) -> WordList:
    return WordList.of({term.name: term.words for term in terms})


def _shared() -> dict[str, Read]:
    data = read_toml("words.toml")
    nothing = WordList.of({True: data["nothing"]["words"]})
    blank = WordList.of({True: data["not_graded"]["words"]})
    grade = partial(_grade, WordList.of(data["grades"]), blank)
    answers = ("is_safe", "type_changed", "became_dangerous", "is_current_dwelling", "visited")
    return {
        **{name: partial(_answer, name) for name in (*answers, "relocated", "dangerous")},
        **dict.fromkeys(("grade", "grade_before"), grade),
        **{name: partial(_free_text, nothing) for name in ("problems", "rectification", "remark")},
        **dict.fromkeys(("id_number", "head_id_number", "member_id_number"), to_id_number),
        **dict.fromkeys(("household_id", "person_id", "area_code", "file_no", "report_no"), to_code),
        **dict.fromkeys(_PERIODS, to_period),
        "household_size": to_count,
        "dwelling_area": to_measure,
        **dict.fromkeys(LISTS, to_names),
        "longitude": to_degrees,
        "latitude": to_degrees,
        "coordinates": to_degree_pair,
        "rectify_status": partial(_rectify_status, WordList.of(data["rectify_status"]), _blank("not_rectified")),
    }


def _blank(*more: str) -> WordList:
    """Give the marks and words for nothing to say, with those of other lists."""
    data = read_toml("words.toml")
    lists = [data["blank"]["marks"], data["blank"]["words"], *(data[name]["words"] for name in more)]
    return WordList.of({True: [word for words in lists for word in words]})


_PERIODS = (
    "policy_year",
    "year",
    "appraised_on",
    "rectified_on",
    "lease_until",
    "verified_on",
    "recorded_on",
    "started_on",
    "completed_on",
    "accepted_on",
    "moved_in_on",
)


_NOTHING_IS_NONE = (*_PERIODS, "photos", "id_number", "head_id_number", "member_id_number")
"""Fields in which 无 is no value."""


def _converters(definition: Definition) -> dict[str, Read]:
    """Give the converter of every field, for the cells that say something."""
    marks = WordList.of({True: read_toml("words.toml")["blank"]["marks"]})
    words = _blank()
    fields = dict.fromkeys([name for role in ROLES for name in fields_of(role)], to_text) | _own_converters(definition)
    return {
        name: _unless_blank(words if name in _NOTHING_IS_NONE else marks, convert) for name, convert in fields.items()
    }


def _own_converters(definition: Definition) -> dict[str, Read]:
    types = definition.types
    return {
        **_shared(),
        "guarantee_type": partial(_guarantee_type, WordList.of({t.name: () for t in types}), _terms(types)),
        "programme": partial(_term, _terms(definition.programmes)),
        "method": partial(_term, _terms(definition.methods)),
        "recorder_role": partial(_role_word, _terms(definition.recorder_roles)),
    }


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
        self._converters = _converters(definition)
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
        blank = [None] * len(rows)
        origins = [Origin(table, number, cells) for number, cells in rows]
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
