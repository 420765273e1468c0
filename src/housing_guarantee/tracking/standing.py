"""进度: how the findings stand by township and village, what is overdue, and what changed since an earlier run."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve, field, frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.findings import Status
from housing_guarantee.tracking.journal import Happening, Run
from housing_guarantee.tracking.lives import Answer, Event, Life
from housing_guarantee.units import completed, township_of

__all__ = ["Difference", "Standing", "Unit", "difference", "standing"]

TO_VERIFY = "roster.household-not-verified"


@frozen
class Unit:
    """How the errors and warnings of a place stand.

    :param code: 9 digits of a township or 12 of a village; empty for what has none, and for the total
    :param to_verify: households without a record
    :param open: new, open and reopened
    :param claimed: said to be rectified, and not checked in newer data yet
    :param still_there: said to be rectified, and still there in newer data
    :param disputed: open, and somebody answered that it is not so or cannot be done
    :param overdue: neither closed nor waived, and the deadline is past
    :param returned: of the open ones, those that came back
    """

    code: str
    name: str
    to_verify: int
    open: int
    claimed: int
    still_there: int
    disputed: int
    overdue: int
    returned: int
    closed: int
    waived: int


@frozen
class Standing:
    """How a campaign stands.

    :param days_left: until the deadline, which is still a day to rectify; negative when it is past
    :param kept: findings that the last run did not find and could not close
    :param runs: every recorded run, for the trend
    """

    deadline: date
    days_left: int
    total: Unit
    townships: tuple[Unit, ...]
    villages: tuple[Unit, ...]
    kept: tuple[Life, ...] = field(repr=False)
    runs: tuple[Run, ...]


def standing(campaign: Campaign, lives: Iterable[Life], runs: Sequence[Run], area: str = "") -> Standing:
    """Say how everything that any run found stands on the campaign's day.

    :param area: code of the unit to look at, with everything below it
    """
    own = [life for life in _placed(life for life in lives if life.is_listed) if life.place.area_code.startswith(area)]
    days_left = (campaign.rectify_by - campaign.now.date()).days
    last = runs[-1].number if runs else 0
    return Standing(
        campaign.rectify_by,
        days_left,
        _unit(("", ""), own, days_left < 0),
        _units(own, 9, days_left < 0),
        _units(own, 12, days_left < 0),
        tuple(life for life in own if life.is_kept_by(last)),
        tuple(runs),
    )


def _placed(lives: Iterable[Life]) -> list[Life]:
    """Give a finding that only names its township that township's code, so that the township is counted once."""
    listed = list(lives)
    units = completed([township_of(life.place) for life in listed])
    return [
        life if life.place.area_code else evolve(life, place=evolve(life.place, area_code=unit.code))
        for life, unit in zip(listed, units, strict=True)
    ]


def _units(lives: Iterable[Life], digits: int, past: bool) -> tuple[Unit, ...]:
    shares: dict[tuple[str, str], list[Life]] = {}
    for life in lives:
        place = life.place
        name = place.township if digits == 9 else f"{place.township} {place.village}".strip()
        shares.setdefault((place.area_code[:digits], name), []).append(life)
    return tuple(_unit(unit, own, past) for unit, own in sorted(shares.items()))


def _unit(unit: tuple[str, str], lives: Sequence[Life], past: bool) -> Unit:
    states = Counter(life.state for life in lives)
    still_there = sum(life.is_still_there for life in lives)
    unresolved = [life for life in lives if life.is_unresolved]
    refused = (Answer.DISPUTED, Answer.IMPOSSIBLE)
    return Unit(
        *unit,
        to_verify=sum(life.code == TO_VERIFY for life in unresolved),
        open=states[Status.NEW] + states[Status.OPEN] + states[Status.REOPENED],
        claimed=states[Status.CLAIMED] - still_there,
        still_there=still_there,
        disputed=sum(life.answer in refused for life in unresolved),
        overdue=len(unresolved) if past else 0,
        returned=states[Status.REOPENED],
        closed=states[Status.CLOSED],
        waived=states[Status.WAIVED],
    )


@frozen
class Difference:
    """What became of the findings since a run.

    :param since: the run compared with; 0 for before the first
    :param run: the last run
    :param events: event → the findings that it befell, in the order of place, household and code
    """

    since: int
    run: int
    events: Mapping[Event, tuple[Life, ...]]


def difference(
    lives: Mapping[str, Life], happenings: Iterable[Happening], since: int, run: int, area: str = ""
) -> Difference:
    """Say how the findings differ from how they stood after a run, whatever happened in between.

    :param happenings: those after that run, in order
    """
    stories: dict[str, list[Happening]] = {}
    for one in happenings:
        stories.setdefault(one.key, []).append(one)
    events: dict[Event, list[Life]] = {event: [] for event in Event}
    for key, story in stories.items():
        life, event = lives[key], _net(story)
        if event and life.is_listed and life.place.area_code.startswith(area):
            events[event].append(life)
    shown = {event: tuple(sorted(own, key=lambda life: life.order)) for event, own in events.items() if own}
    return Difference(since, run, shown)


def _net(story: Sequence[Happening]) -> Event | None:
    """Say what a finding's story comes to: what came and went in between, or went back and forth, is none."""
    before, last = story[0].before, story[-1]
    came_back = [one.event for one in story if one.event in (Event.RETURNED, Event.DANGER_RETURNED)]
    if before is None:
        return None if last.after is Status.CLOSED else Event.FOUND
    if came_back and last.after not in (Status.CLOSED, Status.WAIVED):
        return came_back[-1]
    if before is last.after:
        return Event.STILL_THERE if last.event is Event.STILL_THERE else None
    return None if last.event is Event.SEEN_AGAIN else last.event
