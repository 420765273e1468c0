"""Which datum a table's coordinates are in, told by the photos of the same houses."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.datums import PLACES, READINGS, Datums, Pair, detect, find_exchanged, is_swapped, put_right
from housing_guarantee.geo import from_wgs84
from housing_guarantee.models import Position, Table

TABLE = Table("export.xlsx", "核验", "verifications", {}, {})
METRE = 1 / 111_195  # degrees of latitude


def near(position: Position, random: Random, metres: float) -> Position:
    """Give a place so far off that two in three are nearer, as a phone's is."""
    east = METRE / 0.81  # at 35.6 degrees north
    return Position(
        position.latitude + random.gauss(0, metres * METRE), position.longitude + random.gauss(0, metres * east)
    )


def houses(
    count: int, own: str = "wgs84", theirs: str = "wgs84", *, seed: int = 1, noise: float = 20, wrong: int = 0
) -> list[Pair]:
    """Make what records and photos say of houses all over the county, the first few photos being of other houses."""
    random = Random(seed)
    pairs = []
    for number in range(count):
        house = Position(random.uniform(35.4, 36.1), random.uniform(100.3, 101.5))
        seen = near(house, random, 5_000 if number < wrong else noise)
        pairs.append((from_wgs84(near(house, random, noise), own), from_wgs84(seen, theirs)))
    return pairs


def told(pairs: list[Pair]) -> tuple[str, str] | None:
    """Give the datums of records and of photos, where they are certain."""
    found = detect(TABLE, pairs)
    return (found.recorded, found.photos) if found else None


# ------------------------------------------------------------------------------------------------ certain


@pytest.mark.parametrize("reading", READINGS)
def test_the_datum_of_either_side_is_told(reading: tuple[str, str]) -> None:
    """A shift of the records goes the other way than one of the photos, and two shifts differ from one."""
    assert detect(TABLE, houses(60, *reading, noise=5)) == Datums(TABLE, *reading, share=100)


def test_where_both_are_shifted_alike_nothing_shows() -> None:
    """They are taken as WGS-84, in which they agree as well."""
    assert told(houses(60, "bd09", "bd09")) == ("wgs84", "wgs84")


@given(st.integers(0, 10_000), st.sampled_from(READINGS), st.integers(20, 200), st.floats(0, 30))
def test_a_third_of_wrong_photos_never_makes_another_datum_certain(
    seed: int, reading: tuple[str, str], count: int, noise: float
) -> None:
    """Whatever phones err by, the answer is the right one or none."""
    assert told(houses(count, *reading, seed=seed, noise=noise, wrong=count // 3)) in (reading, None)


@given(st.integers(0, 10_000), st.sampled_from(READINGS))
def test_a_fifth_of_wrong_photos_hides_nothing(seed: int, reading: tuple[str, str]) -> None:
    """With phones that err by fifteen metres, as they do under the open sky."""
    assert told(houses(100, *reading, seed=seed, noise=15, wrong=20)) == reading


def test_the_share_is_that_of_the_households_which_say_so() -> None:
    """Of a hundred, the ten whose photos are wrong say something else, or this by chance."""
    found = detect(TABLE, houses(100, "bd09", noise=5, wrong=10))
    assert found is not None
    assert 90 <= found.share <= 95


# ------------------------------------------------------------------------------------------------ not certain


def test_too_few_places_say_nothing() -> None:
    """Twenty are enough, nineteen are not."""
    assert told(houses(PLACES - 1, "bd09")) is None
    assert told(houses(PLACES, "bd09")) == ("bd09", "wgs84")


def test_one_settlement_has_one_voice() -> None:
    """A hundred households on one spot, whose photos were all taken at its gate, are no datum."""
    gate, random = Position(35.59, 100.75), Random(1)
    door = from_wgs84(gate, "gcj02")
    assert told([(near(door, random, 10), near(gate, random, 10)) for _ in range(100)]) is None


@given(st.integers(0, 10_000), st.sampled_from(READINGS))
def test_phones_that_err_by_more_than_a_shift_say_nothing_wrong(seed: int, reading: tuple[str, str]) -> None:
    """A position from the nearest mast is off by half a kilometre."""
    assert told(houses(200, *reading, seed=seed, noise=500)) in (reading, None)


def test_records_of_several_datums_are_of_none() -> None:
    """Half in one and half in another leave every datum possible."""
    assert told(houses(40, "bd09", seed=1) + houses(40, seed=2)) is None


def test_photos_of_the_village_office_are_no_datum() -> None:
    """All from one spot, far from every house."""
    office = Position(35.7, 100.9)
    assert told([(recorded, office) for recorded, _ in houses(100)]) is None


def test_another_country_has_no_shift_to_tell() -> None:
    """Every datum is the same there, and none is certain."""
    abroad = [(Position(48 + at / 100, 2.0), Position(48 + at / 100, 2.0)) for at in range(40)]
    assert told(abroad) is None


# ------------------------------------------------------------------------------------------------ exchanged


@given(st.floats(3, 54), st.floats(73, 135))
def test_an_exchange_is_certain_anywhere_in_china(latitude: float, longitude: float) -> None:
    """It is put right, and a right position is left alone."""
    meant, exchanged = Position(latitude, longitude), Position(longitude, latitude)
    assert (is_swapped(exchanged), put_right(exchanged)) == (True, meant)
    assert (is_swapped(meant), put_right(meant)) == (False, meant)


@pytest.mark.parametrize("position", [(95.0, 100.5), (35.5, 190.0), (float("nan"), 100.5), (35.5, float("nan"))])
def test_what_is_no_place_is_none(position: tuple[float, float]) -> None:
    """Out of range, or no number."""
    assert put_right(Position(*position)) is None


@pytest.mark.parametrize(
    ("exchanged", "right", "share"),
    [(18, 2, 90), (20, 0, 100), (19, 0, None), (17, 3, None), (0, 20, None), (0, 0, None)],
)
def test_a_table_is_exchanged_where_nine_in_ten_of_twenty_are(exchanged: int, right: int, share: int | None) -> None:
    """Fewer, or a smaller share, are faults of their rows."""
    positions = [Position(100.74, 35.58)] * exchanged + [Position(35.58, 100.74)] * right
    found = find_exchanged(TABLE, positions)
    assert (found.share if found else None) == share
