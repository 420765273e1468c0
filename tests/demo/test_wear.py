"""The demo county's ledgers are damaged in every way, and everybody's row is still theirs."""

from random import Random

from housing_guarantee.converters import to_id_number
from housing_guarantee.demo.county import build
from housing_guarantee.demo.wear import wear
from housing_guarantee.linkage.names import NameMatch, match_names
from housing_guarantee.models import IdKind


def test_the_ledgers_carry_every_kind_of_damage() -> None:
    """Numbers of every kind, names in every likeness, villages missing and of yesterday, another member, strangers."""
    county = build(2020, 2193)
    wear(county, Random(1))
    rows = [(house, row) for house in county.houses for row in house.ledger]
    numbers = [to_id_number(row["id_number"]) for _, row in rows]
    names = {match_names(row["head_name"], house.head.name) for house, row in rows}
    villages = {row["village"] for house, row in rows if row["village"].strip()[:2] != house.village.name[:2]}

    assert {number.kind for number in numbers if number} == set(IdKind)
    assert {NameMatch.RENDERING, NameMatch.SHORTENED, NameMatch.UNWRITTEN, NameMatch.SOUND} <= names
    assert any(row["head_name"] == house.people[1].name for house, row in rows if len(house.people) > 1)
    assert "" in villages
    assert any("大队" in village for village in villages)
    assert {"", IdKind.MASKED.value} <= {
        number.kind.value if (number := to_id_number(row["id_number"])) else "" for row in county.strangers
    }


def test_a_planted_household_is_left_alone() -> None:
    """A household with a fault of its own keeps its row as it is, so that the fault is what is found."""
    county, untouched = build(7, 300), build(7, 300)
    for house in county.houses:
        house.planted.append("ledger.year-differs")
    wear(county, Random(1))
    assert [house.ledger for house in county.houses] == [house.ledger for house in untouched.houses]
