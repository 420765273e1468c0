"""不漏一户、不落一人: the roster and the verification records cover the same households (二、工作目标).

All registered poor households (建档立卡贫困户) are verified and recorded, village by village, and no household and
no person is left out; so roster and records are reconciled both ways, household by household and member by member.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.linkage.identity import Agreement, compare_numbers
from housing_guarantee.linkage.match import Match
from housing_guarantee.linkage.names import Likeness, compare_names
from housing_guarantee.linkage.places import same_village
from housing_guarantee.models import Cell, Period, Place, RowRecord, Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Topic, Words, rule

covered = partial(rule, clause="G1")
on_the_roster = partial(covered, recorded=False)

_ANSWERS = ("guarantee_type", "guarantee_detail", "programme", "policy_year", "grade", "is_safe")


@on_the_roster(
    severity=ERROR,
    absence_of=("verifications",),
    message=Words("在册，但没有核验记录", "on the roster, without a verification record"),
    fix=Fix("请入户核验并录入", "enter the home, verify and record", "village"),
)
def household_not_verified(casefile: CaseFile) -> Breach | None:
    """A household of the roster has no verification record."""
    unreadable = any(row.origin.table.role == "verifications" for row in casefile.bad_rows)
    if casefile.verifications or unreadable:
        return None
    return Breach(casefile.household.rows[0].at("household_id"))


@on_the_roster(
    severity=ERROR,
    absence_of=("roster",),
    message=Words(
        "有核验记录，但名册中找不到这一户（或不能确定是哪一户）；可能是：{others}",
        "a verification record of nobody on the roster (or it cannot be told of whom); it may be of: {others}",
    ),
    fix=Fix(
        "核对户编号和身份证号；确不在册的，撤下该记录",
        "check household and identity number; withdraw the record if the household is not registered",
        "township",
    ),
)
def household_not_on_roster(survey: Survey) -> list[Breach]:
    """A verification record is of nobody on the roster; the households whose it may be are named, best first."""
    return [_stray(match) for match in survey.strays]


def _stray(match: Match[Verification]) -> Breach:
    record, values = match.record, {"others": match.household_ids or "nobody"}
    if record.household_id:
        return Breach(record.at("household_id"), values, household_id=record.household_id, place=record.place)
    number = record.id_number.text if record.id_number else None
    named = "id_number" if number else "head_name"
    personal = number or record.head_name or str(sorted(record.origin.raw.items()))
    return Breach(record.at(named), values, place=record.place, hidden=personal)


@covered(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="verified",
    message=Words("有{count}条核验记录：{reason}", "{count} verification records: {reason}"),
    fix=Fix("核实后只保留一条正确的记录", "keep the one record that is right", "village"),
)
def verified_twice(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A household has more than one verification record."""
    *earlier, last = casefile.verifications
    if not earlier:
        return None
    count = len(casefile.verifications)
    for other in reversed(earlier):
        if differing := _disagreement(last, other, campaign):
            cells = last.at(differing) + other.at(differing)
            return Breach(cells, {"count": count, "reason": "records-disagree"})
    cells = last.at("household_id") + earlier[-1].at("household_id")
    return Breach(cells, {"count": count, "reason": "records-agree"}, severity=WARNING, effect=None)


def _disagreement(one: Verification, other: Verification, campaign: Campaign) -> str | None:
    """Name the first field in which two records say different things; a blank says nothing."""
    if compare_numbers(one.id_number, other.id_number) is Agreement.DIFFERENT:
        return "id_number"
    if compare_names(one.head_name, other.head_name, campaign.linkage.parts) is Likeness.DIFFERENT:
        return "head_name"
    return next((name for name in _ANSWERS if _differ(getattr(one, name), getattr(other, name))), None)


def _differ(one: Any, other: Any) -> bool:
    if isinstance(one, Period) and isinstance(other, Period):
        return one.after(other) or other.after(one)
    return one is not None and other is not None and one != other


@on_the_roster(
    severity=ERROR,
    absence_of=("roster",),
    message=Words("名册共{count}户，应核验{planned}户", "the roster has {count} households; {planned} are planned"),
    fix=Fix("核对名册是否齐全，或更正应核验户数", "complete the roster, or correct the planned number", "county"),
)
def count_differs(survey: Survey, campaign: Campaign) -> Breach | None:
    """The roster does not have as many households as the campaign plans."""
    count = len(survey.casefiles)
    if count == campaign.planned_households:
        return None
    return Breach(tuple(_column(survey)), {"count": count, "planned": campaign.planned_households})


def _column(survey: Survey) -> Iterator[Cell]:
    """Point at the column of household numbers, as no single row is at fault."""
    for casefile in survey.casefiles[:1]:
        table = casefile.household.rows[0].origin.table
        letters, header = table.columns.get("household_id"), table.headers.get("household_id")
        yield Cell(table.source, table.sheet, None, letters, header, "household_id", None)


@covered(
    severity=ERROR,
    effect=UNPROVEN,
    requirement="identity",
    message=Words("录入{size}人，名册为{roster_size}人", "recorded with {size} persons; the roster has {roster_size}"),
    fix=Fix("逐人核对家庭成员，改正录入错误的一方", "check member by member; correct whichever is wrong", "village"),
)
def member_not_covered(casefile: CaseFile) -> Breach | None:
    """The record's household size is not the roster's."""
    size, roster_size = casefile.record.household_size, casefile.household.size
    if size is None or roster_size is None or size == roster_size:
        return None
    row = casefile.household.rows[0]
    roster = row.at("household_size" if row.has("household_size") else "household_id")
    return Breach(casefile.record.at("household_size") + roster, {"size": size, "roster_size": roster_size})


@covered(
    clause="S1",
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="identity",
    message=Words(
        "录入在{village_found}，名册在{roster_village}",
        "recorded in {village_found}; the roster has it in {roster_village}",
    ),
    fix=Fix("核实所属行政村，改正录入错误的一方", "check the village; correct whichever is wrong", "township"),
)
def other_village(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The record is filed under another village than the roster's."""
    record, row = casefile.record, casefile.household.rows[0]
    if same_village(record.place, casefile.place, campaign.linkage.former) is not False:
        return None
    values = {"village_found": _named(record.place), "roster_village": _named(casefile.place)}
    return Breach(_at_village(record) + _at_village(row), values)


def _named(place: Place) -> str:
    return f"{place.township}{place.village}" or place.area_code


def _at_village(record: RowRecord) -> tuple[Cell, ...]:
    return record.at("village" if record.has("village") else "area_code")


@on_the_roster(
    severity=ERROR,
    message=Words("名册中重复：{what}", "stands on the roster twice: {what}"),
    fix=Fix("删去名册中重复的行", "delete the repeated row from the roster", "township"),
)
def listed_twice(survey: Survey) -> list[Breach]:
    """A household or a person stands on the roster twice."""
    return [
        Breach(again.cells, {"what": again.what}, household_id=again.household_id, slot=again.slot)
        for again in survey.repeated
    ]


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (
        household_not_verified,
        household_not_on_roster,
        verified_twice,
        count_differs,
        member_not_covered,
        other_village,
        listed_twice,
    )
    return [Topic("roster", rules)]
