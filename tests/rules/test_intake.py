"""What is said of the files themselves."""

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.casefiles import Damaged, Survey
from housing_guarantee.converters import to_id_number
from housing_guarantee.datums import Datums, Exchanged
from housing_guarantee.models import BadRow, Cell, CellError, Origin, Place, Table
from housing_guarantee.rule import Breach
from housing_guarantee.rules import intake
from housing_guarantee.testing import HOUSEHOLD_ID, ask, casefile, entry, match, verification

EXPECTED = {"zh": "应为整数（人）", "en": "a whole number of persons"}
TABLE = Table("export.xlsx", "核验", "verifications", {"household_size": "E"}, {"household_size": "家庭人口"})
PLACE = Place("茫曲镇", "加土乎村")


def survey(**parts: Any) -> Survey:
    """Make a survey of these parts."""
    return Survey(**{"casefiles": (), "given": casefile().given, **parts})


def bad_row(typed: Any, household_id: str | None = HOUSEHOLD_ID) -> BadRow:
    """Make a row whose household size could not be read."""
    origin = Origin(TABLE, 7, {"household_size": typed, "head_name": "才让多杰"})
    return BadRow(origin, "household_size", EXPECTED, household_id, PLACE)


@pytest.mark.parametrize(("typed", "shown"), [("四口", "四口"), (4.5, "4.5"), (CellError("#REF!"), "#REF!")])
def test_an_unreadable_row_is_said_at_its_cell(typed: Any, shown: str) -> None:
    """The household, the cell, what stands there and what was expected are given."""
    values = {"typed": shown, "column": "家庭人口", "expected": EXPECTED}
    cell = Cell("export.xlsx", "核验", 7, "E", "家庭人口", "household_size", typed)
    assert ask(intake.row_unreadable, survey(bad_rows=(bad_row(typed),))) == [
        Breach((cell,), values, household_id=HOUSEHOLD_ID, place=PLACE, slot="verifications")
    ]


def test_an_unreadable_row_of_nobody_is_told_apart_in_secret() -> None:
    """Without a household number the row's own text tells it apart."""
    (breach,) = ask(intake.row_unreadable, survey(bad_rows=(bad_row("四口", None),)))
    assert (breach.household_id, breach.hidden) == (None, "head_name=才让多杰|household_size=四口")


def test_a_damaged_number_is_said_at_its_cell() -> None:
    """What can be trusted of the number is given, for the renderer to mask."""
    number = to_id_number(632525196501010012)
    assert number is not None
    cells = verification().at("id_number")
    damaged = Damaged(HOUSEHOLD_ID, number, cells, PLACE)
    values = {"number": "632525196501010"}
    assert ask(intake.id_damaged, survey(damaged=(damaged,))) == [
        Breach(cells, values, household_id=HOUSEHOLD_ID, place=PLACE, slot="id_number", hidden="632525196501010")
    ]


def test_coordinates_exchanged_throughout_are_said_of_the_source() -> None:
    """Column, share and reason are given, and the column is shown instead of a row."""
    subject = casefile({"longitude": 35.58, "latitude": 100.74})
    table = subject.record.origin.table
    given = evolve(subject.given, exchanged={table.key: Exchanged(table, 90)})
    breaches = ask(intake.source_suspicious, survey(casefiles=(subject,), given=given), intake.Settings())
    cell = Cell("export.xlsx", "核验", None, breaches[0].cells[0].column, "列 latitude", "latitude", None)
    values = {"source": "export.xlsx", "column": "列 latitude", "share": 90, "reason": "coordinates-swapped"}
    assert breaches == [Breach((cell,), values, slot="export.xlsx/latitude")]


def seen_as(recorded: str, photos: str, **record: Any) -> Survey:
    """Make a survey in which the datums of one table are known."""
    subject = casefile(record)
    table = subject.record.origin.table
    known = {table.key: Datums(table, recorded, photos, share=93)}
    return survey(casefiles=(subject,), given=evolve(subject.given, datums=known))


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_another_datum_is_said_once_of_the_source(datum: str) -> None:
    """At the column, with the share of households that show it; of the photos, at the column that names them."""
    at = {"longitude": 100.74, "latitude": 35.58}
    (breach,) = ask(intake.source_suspicious, seen_as(datum, "wgs84", **at), intake.Settings())
    values = {"source": "export.xlsx", "column": "列 latitude", "share": 93, "reason": f"datum-{datum}"}
    assert (breach.values, breach.slot) == (values, "export.xlsx/latitude/datum")
    assert [(cell.field, cell.row) for cell in breach.cells] == [("latitude", None)]
    (breach,) = ask(intake.source_suspicious, seen_as("wgs84", datum, **at), intake.Settings())
    values = {"source": "export.xlsx", "column": "列 photos", "share": 93, "reason": f"photos-{datum}"}
    assert (breach.values, breach.slot) == (values, "export.xlsx/photos")


def test_a_column_of_both_coordinates_is_the_one_shown() -> None:
    """An export may have one column for both."""
    (breach,) = ask(intake.source_suspicious, seen_as("gcj02", "wgs84", coordinates="35.58,100.74"), intake.Settings())
    assert [cell.field for cell in breach.cells] == ["coordinates"]


def test_wgs84_is_not_suspicious() -> None:
    """Nor is a source of which nothing is known."""
    assert ask(intake.source_suspicious, seen_as("wgs84", "wgs84"), intake.Settings()) == []


def test_dates_before_1970_throughout_are_said_of_the_source() -> None:
    """Rows of ledgers that belong to nobody count too, and one column is said without the others."""
    rows = tuple(entry(row=3 + at, year="1905年", lacking=["mode"]) for at in range(20))
    (breach,) = ask(intake.source_suspicious, survey(unlinked=rows), intake.Settings())
    assert breach.values == {"source": "ledger.xls", "column": "列 year", "share": 100, "reason": "dates-too-early"}
    assert breach.slot == "ledger.xls/year"


def test_the_year_1970_is_not_too_early() -> None:
    """The end of 1969 is the border."""
    rows = tuple(entry(row=3 + at, year="1970") for at in range(20))
    assert ask(intake.source_suspicious, survey(unlinked=rows), intake.Settings()) == []
    assert rows[0].year is not None
    assert rows[0].year.start == datetime(1970, 1, 1)  # noqa: DTZ001


def test_a_row_that_several_households_may_own_counts_once() -> None:
    """Nineteen early rows stay nineteen, whoever claims them."""
    rows = [entry(row=3 + at, year="1905") for at in range(19)]
    files = tuple(casefile(ledger=rows) for _ in range(2))
    assert files[0].ledger == tuple(match(row) for row in rows)
    assert ask(intake.source_suspicious, survey(casefiles=files), intake.Settings()) == []
