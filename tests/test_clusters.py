"""Which photos were taken from one spot, whatever the order in which they come."""

from datetime import datetime, timedelta
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.clusters import spots
from housing_guarantee.geo import distance_km
from housing_guarantee.models import Position
from housing_guarantee.testing import casefile, household, photo, verification

START = datetime(2020, 6, 11, 8)  # noqa: DTZ001 - a camera's clock
METRE = 1 / 111_195

Place = tuple[int, int, int]
"""Metres north and east, and minutes."""


def house(number: int, place: Place) -> CaseFile:
    """Make a household with one photo."""
    north, east, minutes = place
    record = verification(household_id=f"{10_000_000_000 + number}")
    position = Position(35.5 + north * METRE, 100.5 + east * METRE)
    taken = START + timedelta(minutes=minutes)
    shown = photo(record, gps="ok", position=position, taken_at=taken, digest=str(number))
    return casefile(record, household(household_id=record.household_id), photos=[shown])


def found(houses: list[CaseFile], least: int = 3) -> set[frozenset[str]]:
    """Give the households of each spot."""
    groups = spots(houses, metres=20, minutes=15, households=least)
    return {frozenset(member.casefile.household_id for member in group.members) for group in groups}


def by_comparing_all(houses: list[CaseFile], least: int = 3) -> set[frozenset[str]]:
    """Find the spots the long way: every photo against every other, and spots that share one joined."""
    shots = [(one.household_id, one.photos[0].photo) for one in houses]
    crowds = []
    for _, centre in shots:
        assert centre is not None
        assert centre.position is not None
        assert centre.taken_at is not None
        crowd = frozenset(
            number
            for number, other in shots
            if other is not None
            and other.position is not None
            and other.taken_at is not None
            and distance_km(centre.position, other.position) <= 0.02
            and timedelta() <= other.taken_at - centre.taken_at <= timedelta(minutes=15)
        )
        if len(crowd) >= least:
            crowds.append(crowd)
    while pair := next(((a, b) for a, b in combinations(crowds, 2) if a & b), None):
        crowds = [crowd for crowd in crowds if crowd not in pair] + [pair[0] | pair[1]]
    return set(crowds)


places = st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60), st.integers(0, 60)), min_size=1, max_size=14)


@given(places, st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_spots_are_those_found_by_comparing_all(some: list[Place], seed: int) -> None:
    """Neither the cubes of space nor the order of the case files loses or adds a household."""
    houses = [house(number, (north, east, minutes * 1)) for number, (north, east, minutes) in enumerate(some)]
    # photos of one minute are in the order of their households: only later ones are looked for
    distinct = {place[2]: one for place, one in zip(some, houses, strict=True)}
    houses = list(distinct.values())

    expected = by_comparing_all(houses)
    Random(seed).shuffle(houses)

    assert found(houses) == expected


def test_one_moment_is_enough_for_a_crowd() -> None:
    """Photos of the same minute at the same place are one crowd."""
    assert found([house(number, (0, 0, 0)) for number in range(5)], 5) == {
        frozenset(f"{10_000_000_000 + number}" for number in range(5))
    }


def test_spots_on_both_sides_of_a_cube_s_face_are_one() -> None:
    """A spot lies where it lies, not in a grid."""
    for shift in range(0, 40, 3):
        assert len(found([house(number, (shift + 4 * number, shift, number)) for number in range(4)], 4)) == 1
