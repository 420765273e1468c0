"""What is planned of findings that name what is held right, how it is spelt, and what is left out and why."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import housing_guarantee as hg
from housing_guarantee.cli import _run
from housing_guarantee.converters import to_id_number
from housing_guarantee.findings import Status
from housing_guarantee.models import Period
from housing_guarantee.runner import run
from housing_guarantee.testing import casefile, id_number, in_system
from housing_guarantee.writeback.plan import Plan
from housing_guarantee.writeback.planning import make_plan
from housing_guarantee.writeback.spelling import Spellings, UnwritableError
from tests.rules.test_provincial import survey
from tests.servers import Database

from .province import VARIABLE, county, fill, numbers, system_row

FIRST, SECOND = numbers(2)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A system in a file."""
    url = f"sqlite:///{tmp_path / 'province.sqlite'}"
    monkeypatch.setenv(VARIABLE, url)
    return Database("sqlite", url, url)


def plan_of(path: Path) -> Plan:
    """Check a campaign and plan."""
    return make_plan(run(hg.load_campaign(path)))


def written(plan: Plan) -> list[tuple[str | None, str, Any, Any]]:
    """Give every value that is planned."""
    return [(row.source, one.field, one.old, one.new) for row in plan.rows for one in row.changes]


# ------------------------------------------------------------------------------------------------ which side


def test_the_side_that_is_not_held_right_is_corrected(file: Database, tmp_path: Path) -> None:
    """Where the system is held right, the app's export is, at its own row and column; else the system."""
    fill(file, [system_row(FIRST, 1), system_row(SECOND, 2, JDDJ="A级")])
    assert written(plan_of(county(tmp_path, 2))) == [("provincial/retrieval", "grade", "B级", "A级")]
    trusting = county(tmp_path, 2, precedence='grade = ["provincial", "verifications"]')
    (row,) = plan_of(trusting).rows
    assert (row.source, row.file, row.table, row.number) == ("核验导出.csv", "核验导出.csv", None, 2)
    assert [(one.field, one.column, one.old, one.new, one.right) for one in row.changes] == [
        ("grade", "鉴定等级", "A级", "B级", "retrieval")
    ]
    assert [(part.field, part.value) for part in row.key] == [("household_id", FIRST), ("id_number", id_number(1))]


def test_a_number_is_written_whole(file: Database, tmp_path: Path) -> None:
    """The roster's number takes the place of another one; it is never in the print."""
    fill(file, [system_row(FIRST, 1, SFZH=id_number(77), JDDJ="A级"), system_row(SECOND, 2, JDDJ="A级")])
    (made,) = written(plan_of(county(tmp_path, 2)))
    assert made == ("provincial/retrieval", "id_number", id_number(77), id_number(1))


def test_several_faults_of_a_row_are_one_row(file: Database, tmp_path: Path) -> None:
    """They are written together, or not at all."""
    fill(file, [system_row(FIRST, 1, BZFS="改造安全", SFZH=None)])
    (row,) = plan_of(county(tmp_path, 1)).rows
    assert [(one.field, one.old, one.new) for one in row.changes] == [
        ("grade", "B级", "A级"),
        ("guarantee_type", "改造安全", "鉴定安全"),
        ("id_number", None, id_number(1)),
    ]


def test_what_is_waived_is_left_as_it_is(file: Database, tmp_path: Path) -> None:
    """An office answers for it."""
    fill(file, [system_row(FIRST, 1), system_row(SECOND, 2, JDDJ="A级")])
    result = run(hg.load_campaign(county(tmp_path, 2)))
    waived = tuple(evolve(one, status=Status.WAIVED) for one in result.findings)
    assert make_plan(evolve(result, outcome=evolve(result.outcome, findings=waived))).rows == ()


def test_two_findings_that_want_different_values_are_not_followed(file: Database, tmp_path: Path) -> None:
    """Neither is written, and the place is named."""
    fill(file, [system_row(FIRST, 1), system_row(SECOND, 2, JDDJ="A级")])
    result = run(hg.load_campaign(county(tmp_path, 2)))
    finding = next(one for one in result.findings if "right" in one.values)
    other = evolve(finding, values={**finding.values, "other_value": "C"})
    plan = make_plan(evolve(result, outcome=evolve(result.outcome, findings=(finding, other))))
    assert plan.rows == ()
    assert [(one.household_id, one.field, one.reason) for one in plan.left_out] == [(FIRST, "grade", "contradictory")]


def test_a_source_that_cannot_be_written_is_named(file: Database, tmp_path: Path) -> None:
    """An index of archives is corrected by hand, beside the papers."""
    fill(file, [system_row(FIRST, 1, JDDJ="A级")])
    path = county(tmp_path, 1)
    (tmp_path / "index.csv").write_text(f"户编号,材料名称,鉴定等级\n{FIRST},房屋安全鉴定报告,C级\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace('["provincial.*"]', '["archive.*"]')
    path.write_text(
        f'{text}\n[[sources]]\nrole = "archive"\nadapter = "archive"\npath = "index.csv"\n', encoding="utf-8"
    )
    plan = plan_of(path)
    assert [(one.source, one.field, one.code, one.reason) for one in plan.left_out] == [
        ("index.csv", "grade", "archive.field-differs", "source-is-not-written")
    ]


def test_two_sources_that_are_one_table_are_not_planned(file: Database, tmp_path: Path) -> None:
    """Nobody could say which of two databases a row is to be written to."""
    fill(file, [system_row(FIRST, 1)])
    path = county(tmp_path, 1)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{text[text.rindex('[[sources]]') :]}", encoding="utf-8")
    plan = plan_of(path)
    assert plan.rows == ()
    assert {(one.source, one.reason) for one in plan.left_out} == {("provincial/retrieval", "source-not-unique")}


def test_the_same_data_gives_the_same_plan(file: Database, tmp_path: Path) -> None:
    """Byte for byte, to its seal."""
    fill(file, [system_row(FIRST, 1), system_row(SECOND, 2)])
    path = county(tmp_path, 2)
    texts = []
    for _ in range(2):
        assert _run(["push", str(path)]) == 0
        texts.append((tmp_path / "out/push/plan.json").read_bytes())
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])["rows"]) == 2


def test_an_area_is_planned_by_itself(file: Database, tmp_path: Path) -> None:
    """A unit without households is refused, as everywhere."""
    fill(file, [system_row(FIRST, 1)])
    path = county(tmp_path, 1)
    assert _run(["push", str(path), "--area", "632525"]) == 0
    assert _run(["push", str(path), "--area", "632599"]) == 2


# ------------------------------------------------------------------------------------------------ how it is spelt


def spelt(name: str, value: Any, typed: Any, *others: Any, coding: dict[str, Any] | None = None) -> Any:
    """Spell a value for a row of the system that holds something else, beside rows of other households."""
    record = in_system(**{name: typed})
    neighbours = casefile(provincial=[{name: other} for other in others])
    return Spellings(survey(neighbours), [name]).spell(record, name, value, coding or {})


@pytest.mark.parametrize(
    ("name", "value", "typed", "others", "expected"),
    [
        ("grade", "A", "B级", ["Ａ级", "A", "A"], "A"),
        ("grade", "A", "B级", ["B级"], "A级"),
        ("grade", "A", None, [], "A"),
        ("policy_year", 2018, 2012, [2017], 2018),
        ("policy_year", 2018, "2012年", ["2017"], "2018年"),
        ("policy_year", 2018, 2012, ["2018"], 2018),
        ("guarantee_type", "改造安全", "鉴定安全", ["改造安全"], "改造安全"),
    ],
)
def test_a_value_is_spelt_as_its_column_does(
    name: str, value: Any, typed: Any, others: list[Any], expected: Any
) -> None:
    """As most rows have it, else as what stands there, else plainly; of the column's own kind."""
    if isinstance(value, int):
        value = year(value)
    made = spelt(name, value, typed, *others)
    assert (made, type(made)) == (expected, type(expected))


def year(number: int, month: int | None = None) -> Period:
    """Make a year, or a month of it."""
    if month:
        return Period(datetime(number, month, 1), datetime(number, month + 1, 1))  # noqa: DTZ001
    return Period(datetime(number, 1, 1), datetime(number + 1, 1, 1))  # noqa: DTZ001


def test_a_coding_of_the_campaign_is_turned_round() -> None:
    """A column that holds 1 for grade A gets 1."""
    assert spelt("grade", "A", "B级", coding={"1": "A", "2": "B"}) == "1"


def test_free_text_is_not_copied_from_another_household() -> None:
    """It may hold a name: the campaign's own word is written."""
    assert spelt("guarantee_detail", "租赁闲置农房", "借住", "租赁闲置农房（才让多杰家）") == "租赁闲置农房"


def test_a_month_is_its_year() -> None:
    """A column of years is given the year of a completion."""
    assert spelt("policy_year", year(2018, 6), "2012") == "2018"


@pytest.mark.parametrize("number", ["632525********0019", "63252519650101", "6.32525E+17"])
def test_a_number_that_is_not_whole_is_never_written(number: str) -> None:
    """Masked, too short, or damaged by a spreadsheet."""
    with pytest.raises(UnwritableError, match="number-not-whole"):
        spelt("id_number", to_id_number(number), id_number(3))


def test_a_disability_card_gives_its_residents_number() -> None:
    """Without what the card adds behind it."""
    assert spelt("id_number", to_id_number(id_number(5) + "43"), id_number(3)) == id_number(5)


def test_what_was_not_understood_is_not_written() -> None:
    """A word that means none, on the side that is held right."""
    with pytest.raises(UnwritableError, match="not-readable"):
        spelt("grade", None, "B级")


def test_a_version_may_be_blank(file: Database, tmp_path: Path) -> None:
    """It is then what must still be blank."""
    fill(file, [system_row(FIRST, 1, BBH=None)])
    (row,) = plan_of(county(tmp_path, 1)).rows
    assert row.version
    assert row.version.value is None
