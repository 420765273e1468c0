"""Damage the ledgers' rows as other offices' hands and spreadsheets do, while every row still leads to its household.

A row bears one damage, of its number, its name or its place, so that what is left names the household without doubt.
What leaves a doubt, a number missing or a former head who died, is a planted fault (`faults_records.py`).
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random
from typing import Any

from housing_guarantee.demo.county import County, House
from housing_guarantee.demo.damage import NAMES, NUMBERS, PLACES, Damage

__all__ = ["wear"]

_EVERY = 3  # every third row is damaged
_BOOK = "农村危房改造"  # the workbook, in which a number may stand in a cell of numbers
_AS_NUMBERS = ("float", "cut")
_DOUBTFUL = ("exact", "missing", "shown")
_NOBODYS = ("孙青山", "朱万寿", "宋孝先", "乔元发", "史忠义", "白虎庆")
"""Names that the county's stock of parts does not make: a person would have to ask whose any other is."""

Row = dict[str, Any]


def wear(county: County, random: Random) -> None:
    """Damage rows of households that have no fault, and of strangers, each kind of damage in its turn."""
    kinds = cycle(_kinds())
    for house in county.houses:
        rows = [row for row in house.ledger if row["book"] != "xls" and not house.planted]
        for row in rows:
            if random.randrange(_EVERY) == 0:
                _damage(row, house, kinds, random)
    _wear_strangers(county, random)


def _kinds() -> Iterator[tuple[str, str, Damage]]:
    """List the kinds of damage: the field, the kind, and what does it."""
    for field, damages in (("id_number", NUMBERS), ("head_name", NAMES), ("village", PLACES)):
        yield from ((field, kind, damage) for kind, damage in damages.items() if kind not in _DOUBTFUL)
    yield ("village", "missing", PLACES["missing"])
    yield ("member", "member", lambda value, random: value)


def _damage(row: Row, house: House, kinds: Iterator[tuple[str, str, Damage]], random: Random) -> None:
    """Give the row the next kind of damage that it can have."""
    for field, kind, damage in kinds:
        if kind in _AS_NUMBERS and row["book"] != _BOOK:
            continue
        if field == "member":
            if len(house.people) > 1 and house.listed_by_person:
                row |= {"head_name": house.people[1].name, "id_number": house.people[1].number}
                return
            continue
        typed = damage(house.head.number if field == "id_number" else row[field], random)
        if typed is not None:
            row[field] = typed
            return


def _wear_strangers(county: County, random: Random) -> None:
    """Take the number from some strangers, whose names then are nobody's of the roster, and damage others'."""
    damages: list[Callable[[str, Random], Any]] = [NUMBERS[kind] for kind in ("masked", "wrong-digit", "fifteen")]
    for row in county.strangers:
        chance = random.random()
        if chance < 0.1:
            row |= {"head_name": random.choice(_NOBODYS), "id_number": ""}
        elif chance < 0.2 and len(number := "".join(row["id_number"].split()).upper()) == 18:
            row["id_number"] = random.choice(damages)(number, random) or number
