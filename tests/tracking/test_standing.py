"""Figures by place, and what a difference between two runs comes to."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee import testing
from housing_guarantee.findings import Severity, Status
from housing_guarantee.models import Place
from housing_guarantee.tracking.journal import Happening, Run
from housing_guarantee.tracking.lives import Answer, Event, Life
from housing_guarantee.tracking.standing import Unit, difference, standing

from .test_lives import LIFE

NEXT = Place("森多镇", "加土乎村", "632525102204")
RUNS = tuple(Run(number, "2020-06-13T20:00:00+08:00", "d", "r", {}) for number in (1, 2))


def life(number: str, **fields: Any) -> Life:
    """Remember a finding of a household."""
    return evolve(LIFE, **{"key": f"a.b/{number}/", "household_id": number, "seen_run": 2, **fields})


LIVES = (
    life("1", state=Status.NEW),
    life("2", state=Status.REOPENED, answer=Answer.DISPUTED),
    life("3", state=Status.CLAIMED, event=Event.CLAIMED),
    life("4", state=Status.CLAIMED, event=Event.STILL_THERE, place=NEXT),
    life("5", state=Status.CLOSED, event=Event.CLOSED, seen_run=1),
    life("6", state=Status.WAIVED, event=Event.WAIVED),
    life("7", severity=Severity.INFO),
    life("8", code="roster.household-not-verified", seen_run=1),
)


def test_every_state_has_its_figure() -> None:
    """Notices are not counted; a claim that was refuted is no claim any more."""
    stands = standing(testing.campaign(), LIVES, RUNS)
    figures = {"open": 3, "claimed": 1, "still_there": 1, "closed": 1, "waived": 1}
    others = {"to_verify": 1, "disputed": 1, "overdue": 0, "returned": 1}
    assert stands.total == Unit("", "", **figures, **others)
    assert [(unit.code, unit.name, unit.still_there) for unit in stands.townships] == [
        ("632525100", "茫曲镇", 0),
        ("632525102", "森多镇", 1),
    ]
    assert [unit.name for unit in stands.villages] == ["茫曲镇 塔哇村", "森多镇 加土乎村"]


def test_a_finding_that_only_names_its_township_is_counted_with_it() -> None:
    """A row of nobody on the roster says where it is from, and has no code."""
    loose = life("9", place=Place("森多镇"), household_id=None)
    units = standing(testing.campaign(), (*LIVES, loose), RUNS, "632525102").townships
    assert [(unit.code, unit.name, unit.open, unit.still_there) for unit in units] == [("632525102", "森多镇", 1, 1)]


def test_what_was_kept_is_told_and_what_was_closed_is_not() -> None:
    """A finding that the last run did not find and could not close."""
    assert [one.household_id for one in standing(testing.campaign(), LIVES, RUNS).kept] == ["8"]


@pytest.mark.parametrize(("day", "left", "overdue"), [(30, 0, 0), (31, -1, 5)])
def test_the_deadline_s_own_day_is_not_late(day: int, left: int, overdue: int) -> None:
    """The day after it, whatever is neither closed nor waived is overdue."""
    campaign = testing.campaign()
    moment = campaign.as_of + timedelta(days=(date(2020, 6, 1) + timedelta(days=day - 1) - campaign.now.date()).days)
    stands = standing(evolve(campaign, as_of=moment), LIVES, RUNS)
    assert (stands.days_left, stands.total.overdue) == (left, overdue)


def test_an_area_is_that_area_alone() -> None:
    """With everything below it."""
    assert standing(testing.campaign(), LIVES, RUNS, "632525102").total.still_there == 1
    assert standing(testing.campaign(), LIVES, RUNS, "6325251022").total.open == 0


STEPS = {
    "found": (Event.FOUND, None, Status.NEW),
    "seen": (Event.SEEN_AGAIN, Status.NEW, Status.OPEN),
    "claimed": (Event.CLAIMED, Status.OPEN, Status.CLAIMED),
    "still": (Event.STILL_THERE, Status.CLAIMED, Status.CLAIMED),
    "withdrawn": (Event.WITHDRAWN, Status.CLAIMED, Status.OPEN),
    "closed": (Event.CLOSED, Status.CLAIMED, Status.CLOSED),
    "danger": (Event.DANGER_RETURNED, Status.CLOSED, Status.REOPENED),
    "returned": (Event.RETURNED, Status.CLOSED, Status.REOPENED),
    "claimed again": (Event.CLAIMED, Status.REOPENED, Status.CLAIMED),
    "closed again": (Event.CLOSED, Status.REOPENED, Status.CLOSED),
    "waived": (Event.WAIVED, Status.REOPENED, Status.WAIVED),
}


@pytest.mark.parametrize(
    ("story", "comes_to"),
    [
        (["found"], Event.FOUND),
        (["found", "seen", "claimed"], Event.FOUND),
        (["found", "seen", "claimed", "closed"], None),
        (["seen"], None),
        (["claimed"], Event.CLAIMED),
        (["claimed", "withdrawn"], None),
        (["still"], Event.STILL_THERE),
        (["still", "still"], Event.STILL_THERE),
        (["claimed", "still"], Event.STILL_THERE),
        (["claimed", "closed"], Event.CLOSED),
        (["closed", "danger"], Event.DANGER_RETURNED),
        (["danger", "claimed again"], Event.DANGER_RETURNED),
        (["returned"], Event.RETURNED),
        (["returned", "closed again"], None),
        (["returned", "waived"], Event.WAIVED),
    ],
)
def test_a_story_comes_to_one_event_or_none(story: list[str], comes_to: Event | None) -> None:
    """What came and went in between is no difference; a danger that came back is never hidden by a claim."""
    happenings = [Happening(LIFE.key, 2, f"run {at}", *STEPS[name]) for at, name in enumerate(story, 2)]
    found = difference({LIFE.key: LIFE}, happenings, 1, 2)
    assert found.events == ({comes_to: (LIFE,)} if comes_to else {})
    assert difference({LIFE.key: LIFE}, happenings, 1, 2, "632521").events == {}
