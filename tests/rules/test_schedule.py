"""When, how fast, and by whom households are verified."""

from datetime import datetime
from typing import Any

import pytest

from housing_guarantee.campaign import LOCAL
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.rule import Breach, Group, Member
from housing_guarantee.rules import schedule
from housing_guarantee.testing import ask, campaign, casefile

NOON = campaign(as_of=datetime(2020, 6, 12, 12, tzinfo=LOCAL))


@pytest.mark.parametrize("when", ["2020-06-09", "2020-06-09 23:59", "2020-05", "2019"])
def test_a_date_before_the_campaign_is_outside(when: str) -> None:
    """The date is shown beside the campaign's days."""
    subject = casefile({"verified_on": when})
    values = {"date": subject.record.verified_on, "window": "2020-06-10～2020-06-13"}
    assert ask(schedule.outside_window, subject) == Breach(subject.record.at("verified_on"), values)


@pytest.mark.parametrize("when", ["2020-06-10", "2020-06-10 00:00", "2020-06-13 19:59", "2020-06", "2020", None])
def test_a_date_that_may_lie_in_the_campaign_is_not_outside(when: str | None) -> None:
    """Both days at the ends are inside, and a month or year that holds a day of it may be right."""
    assert ask(schedule.outside_window, casefile({"verified_on": when})) is None


@pytest.mark.parametrize("when", ["2020-06-13", "2020-06-12 12:01", "2021"])
def test_a_date_to_come_is_in_the_future_and_nothing_else(when: str) -> None:
    """A date after the moment of the run is not also outside the campaign."""
    subject = casefile({"verified_on": when, "recorded_on": None})
    breach = Breach(subject.record.at("verified_on"), {"date": subject.record.verified_on}, slot="verified_on")
    assert ask(schedule.in_the_future, subject, campaign=NOON) == [breach]
    assert ask(schedule.outside_window, subject, campaign=NOON) is None


def test_the_day_of_the_run_is_not_in_the_future() -> None:
    """Neither is the minute of the run, nor a blank."""
    for when in ("2020-06-12", "2020-06-12 12:00", None):
        assert ask(schedule.in_the_future, casefile({"verified_on": when}), campaign=NOON) == []


def test_both_dates_of_a_record_can_be_in_the_future() -> None:
    """Each has a slot of its own."""
    subject = casefile({"verified_on": "2020-06-20", "recorded_on": "2020-06-21"})
    assert [breach.slot for breach in ask(schedule.in_the_future, subject)] == ["verified_on", "recorded_on"]


def test_a_record_entered_before_the_visit_is_mentioned() -> None:
    """Both dates are given, that of entering first."""
    subject = casefile({"verified_on": "2020-06-12", "recorded_on": "2020-06-11"})
    values = {"date": subject.record.recorded_on, "other_date": subject.record.verified_on}
    assert ask(schedule.recorded_before_visit, subject) == Breach(
        subject.record.at("recorded_on", "verified_on"), values
    )


@pytest.mark.parametrize(("verified", "recorded"), [("2020-06-11 10:00", "2020-06-11"), ("2020-06-11", None)])
def test_a_record_of_the_same_day_is_in_order(verified: str, recorded: str | None) -> None:
    """A day without a time may be later than a time of that day."""
    subject = casefile({"verified_on": verified, "recorded_on": recorded})
    assert ask(schedule.recorded_before_visit, subject) is None


@pytest.mark.parametrize("role", ["村支书", None])
def test_a_recorder_of_another_role_is_mentioned(role: str | None) -> None:
    """The role is quoted beside those of the plan; a blank is none of them."""
    subject = casefile({"recorder_role": role})
    values = {"typed": role, "expected": ("第一书记", "扶贫工作队员", "驻村干部")}
    assert ask(schedule.recorder_role, subject) == Breach(subject.record.at("recorder_role"), values)


@pytest.mark.parametrize("record", [{"recorder_role": "驻村工作队员"}, {"lacking": ["recorder_role"]}])
def test_a_role_of_the_plan_or_none_asked_is_in_order(record: dict[str, Any]) -> None:
    """Another word for a role of the plan is that role; a column that is not there was not asked."""
    assert ask(schedule.recorder_role, casefile(record)) is None


def at_times(*times: str) -> Group:
    """Make a group of one recorder's households, each verified at a time of 11 June."""
    files = [
        casefile({"verified_on": f"2020-06-11 {time}"}, {"household_id": f"{at:011}"})
        for at, time in enumerate(times, 1)
    ]
    return Group("王建国", tuple(Member(file, key_of(file)[0][1]) for file in files))


def key_of(subject: CaseFile) -> list[Any]:
    """Give the key of the pace rule."""
    return list(schedule.pace_impossible.__rule__["key"](subject))  # type: ignore[attr-defined]


def test_the_pace_is_asked_by_recorder_where_the_time_is_known() -> None:
    """Names are compared as names are; a day without a time, a blank, or no record says nothing of the pace."""
    subject = casefile({"recorder": "王 建国"})
    assert key_of(subject) == [("王建国", subject.record.at("verified_on", "recorder"))]
    for record in ({"verified_on": "2020-06-11"}, {"verified_on": None}, {"recorder": None}):
        assert key_of(casefile(record)) == []
    assert key_of(casefile(records=())) == []


def test_twenty_one_households_within_an_hour_are_too_many() -> None:
    """Each household of the crowded hour is named with the number, and one of the morning is not."""
    group = at_times("08:00", *(f"10:{2 * at:02}" for at in range(21)))
    breaches = ask(schedule.pace_impossible, group, schedule.Settings())
    assert [breach.household_id for breach in breaches] == [f"{at:011}" for at in range(2, 23)]
    assert breaches[0] == Breach(
        group.members[1].cells, {"recorder": "王建国", "count": 21, "per_hour": 20}, household_id="00000000002"
    )


def test_three_minutes_each_is_possible() -> None:
    """Twenty households an hour, hour after hour, are not more than twenty in any hour."""
    times = [f"{9 + at // 20:02}:{at % 20 * 3:02}" for at in range(60)]
    assert ask(schedule.pace_impossible, at_times(*times), schedule.Settings()) == []


def test_the_pace_can_be_set() -> None:
    """A campaign that allows one household an hour finds two within it."""
    group = at_times("10:00", "10:59", "12:00")
    breaches = ask(schedule.pace_impossible, group, schedule.Settings(households_per_hour=1))
    assert [breach.household_id for breach in breaches] == ["00000000001", "00000000002"]
