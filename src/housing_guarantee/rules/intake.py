"""What the files themselves say (数据读入), before any household is judged (五(一)).

The plan wants recording to be timely and accurate, so nothing may vanish on the way in: a row that cannot be
understood, a number that a spreadsheet has damaged, and a source that is wrong throughout are each said once,
where they stand, instead of being guessed at or blamed on the households.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from attrs import evolve, fields, frozen

from housing_guarantee.casefiles import Survey
from housing_guarantee.converters import clean
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import BadRow, Cell, Period, Table
from housing_guarantee.records import Record
from housing_guarantee.rule import ERROR, UNPROVEN, WARNING, Breach, Fix, Topic, Words, rule

intake = partial(rule, clause="W1", recorded=False)


@frozen
class Settings:
    """From when on a source as a whole is suspected."""

    source_values: int = 20
    """Dates that a column must hold before anything is said of it; our own, so that chance says nothing."""

    source_share: int = 90
    """Percent of a column's values that must be wrong in one and the same way; our own."""

    first_year: int = 1970
    """A year before which no date of this work lies: spreadsheets write 1900 where there is none."""


@intake(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words(
        "“{column}”填写为“{typed}”，{expected}；本行未能读入",
        "{column} holds “{typed}”; it should be {expected}; the row could not be read",
    ),
    fix=Fix("按原始资料改正该单元格后重新导入", "correct the cell from the original and import again", "village"),
)
def row_unreadable(survey: Survey) -> list[Breach]:
    """A row could not be understood."""
    return [
        Breach(
            row.at(row.field),
            {
                "typed": clean(row.origin.raw.get(row.field)),
                "column": row.origin.table.headers.get(row.field, row.field),
                "expected": row.expected,
            },
            household_id=row.household_id,
            place=row.place,
            slot=row.origin.table.role,
            hidden="" if row.household_id else _raw_text(row),
        )
        for row in survey.bad_rows
    ]


@intake(
    severity=ERROR,
    effect=UNPROVEN,
    requirement="identity",
    message=Words(
        "身份证号{number}已被电子表格损坏，末几位不可信",
        "a spreadsheet has damaged the identity number {number}; its tail cannot be trusted",
    ),
    fix=Fix(
        "将该列设为文本格式，按身份证件重新填写完整号码",
        "make the column text and enter the whole number from the card",
        "village",
    ),
)
def id_damaged(survey: Survey) -> list[Breach]:
    """A spreadsheet has damaged an identity number."""
    return [
        Breach(
            damaged.cells,
            {"number": damaged.number.text},
            household_id=damaged.household_id,
            place=damaged.place,
            slot=damaged.cells[0].field,
            hidden=damaged.number.text,
        )
        for damaged in survey.damaged
    ]


@intake(
    severity=WARNING,
    message=Words(
        "{source}的“{column}”有{share}%的值看来整列有误：{reason}",
        "{share}% of {column} in {source} look wrong as a whole: {reason}",
    ),
    fix=Fix("请数据提供方核对整列后重新导出", "have whoever made the file check the whole column", "county"),
)
def source_suspicious(survey: Survey, settings: Settings) -> list[Breach]:
    """A whole column of a source looks wrong in one way: exchanged coordinates, another datum, dates too early."""
    columns: dict[tuple[str, str | None, str], list[tuple[Record, Period]]] = {}
    for record in _records(survey):
        for name, value in _telling(record):
            table = record.origin.table
            columns.setdefault((*table.key, name), []).append((record, value))
    breaches = (_too_early(name, values, settings) for (_, _, name), values in columns.items())
    return [*(breach for breach in breaches if breach), *_exchanged(survey), *_shifted(survey)]


def _exchanged(survey: Survey) -> Iterator[Breach]:
    """Say which tables' longitudes and latitudes are exchanged throughout."""
    for found in survey.given.exchanged.values():
        yield _of_column(found.table, _coordinates(found.table), found.share, "coordinates-swapped")


def _shifted(survey: Survey) -> Iterator[Breach]:
    """Say which tables' coordinates, or photos beside them, are in the datum of a Chinese map."""
    for found in survey.given.datums.values():
        if found.recorded != "wgs84":
            breach = _of_column(found.table, _coordinates(found.table), found.share, f"datum-{found.recorded}")
            yield evolve(breach, slot=f"{breach.slot}/datum")  # the same column may be exchanged as well
        if found.photos != "wgs84":
            yield _of_column(found.table, "photos", found.share, f"photos-{found.photos}")


def _too_early(name: str, values: Sequence[tuple[Record, Period]], settings: Settings) -> Breach | None:
    wrong = sum(period.end.year <= settings.first_year for _, period in values)
    share = 100 * wrong // len(values)
    if len(values) < settings.source_values or share < settings.source_share:
        return None
    return _of_column(values[0][0].origin.table, name, share, "dates-too-early")


def _of_column(table: Table, name: str, share: int, reason: str) -> Breach:
    """Accuse a whole column."""
    header = table.headers.get(name)
    cell = Cell(table.source, table.sheet, None, table.columns.get(name), header, name, None)
    named = {"source": table.source, "column": header or name, "share": share, "reason": reason}
    return Breach((cell,), named, slot=f"{table.source}/{name}")


def _coordinates(table: Table) -> str:
    """Name the column that shows where coordinates stand."""
    return "coordinates" if "coordinates" in table.columns else "latitude"


def _telling(record: Record) -> Iterator[tuple[str, Period]]:
    """Give the record's dates, by field."""
    for attribute in fields(type(record)):
        value = getattr(record, attribute.name)
        if isinstance(value, Period):
            yield attribute.name, value


def _records(survey: Survey) -> Iterable[Record]:
    """Give every record that has dates, each once however many households it may belong to."""
    records: list[Record] = [*survey.unlinked, *survey.unlinked_provincial]
    records += [match.record for match in survey.strays]
    for casefile in survey.casefiles:
        records += casefile.verifications
        records += [match.record for match in (*casefile.ledger, *casefile.candidates)]
        records += [match.record for match in (*casefile.appraisals, *casefile.appraisal_candidates)]
        records += [match.record for match in (*casefile.provincial, *casefile.provincial_candidates)]
        records += casefile.archive_rows
    return {id(record): record for record in records}.values()


def _raw_text(row: BadRow) -> str:
    return "|".join(f"{name}={clean(value)}" for name, value in sorted(row.origin.raw.items()))


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("intake", (row_unreadable, id_damaged, source_suspicious), Settings)]
