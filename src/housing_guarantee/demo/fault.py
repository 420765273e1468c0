"""What a planted fault is, and which households can have it.

A fault changes what is typed or photographed, never what is true; its code is the one under which it must be found.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from attrs import frozen

from housing_guarantee.demo.county import County, House

__all__ = [
    "ACCOMMODATED",
    "APPRAISED",
    "RENOVATED",
    "Fault",
    "Faults",
    "Site",
    "another_phone",
    "archive_scanned",
    "front_seen",
    "front_unseen",
    "in_ledger",
    "in_no_old_book",
    "in_workbook",
    "is_type",
    "plain_photo",
]

APPRAISED, RENOVATED, ACCOMMODATED = "鉴定安全", "改造安全", "保障安全"

Plant = Callable[[House, "Site"], Any]


@frozen
class Site:
    """What a fault may need beside its household: the county, a seeded random, and a second household."""

    county: County
    random: Random
    other: House


@frozen
class Fault:
    """One way to go wrong.

    :param where: says whether a household can have it
    :param verdict: the household's verdict then
    :param also: codes that unavoidably come with it
    :param alone: whether it cannot be told in a source that is wrong throughout
    :param source: which file is at fault: ``record``, ``roster``, ``ledger``, ``appraisal``, ``archive``,
        ``photo`` (the app's), ``front`` (the retrieval system's); empty where what lacks is in none
    :param pair: whether the second household is found at fault too
    :param beside: says whether a household can be the second one
    """

    code: str
    plant: Plant
    where: Callable[[House], bool]
    verdict: str
    also: tuple[str, ...] = ()
    source: str = "record"
    field: str = ""
    pair: bool = False
    copies: int = 2
    alone: bool = False
    beside: Callable[[House, House], bool] = lambda house, other: True


class Faults:
    """The faults of one topic file, in the order written."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def __call__(
        self,
        code: str,
        verdict: str = "unproven",
        *,
        where: Callable[[House], bool] = lambda house: True,
        also: tuple[str, ...] = (),
        source: str = "record",
        field: str = "",
        pair: bool = False,
        copies: int = 2,
        alone: bool = False,
        beside: Callable[[House, House], bool] = lambda house, other: True,
    ) -> Callable[[Plant], Plant]:
        """Mark a function as the way to plant this code."""

        def mark(plant: Plant) -> Plant:
            self.all.append(Fault(code, plant, where, verdict, also, source, field, pair, copies, alone, beside))
            return plant

        return mark

    def cell(self, code: str, field: str, value: Any, verdict: str = "unproven", **more: Any) -> None:
        """Add a fault that is one wrong cell of the app's record."""

        def plant(house: House, site: Site) -> None:
            house.record[field] = value

        self(code, verdict, field=field, **more)(plant)


def is_type(kind: str) -> Callable[[House], bool]:
    """Want a household of this guarantee type."""
    return lambda house: house.kind == kind


def in_ledger(house: House) -> bool:
    """Say whether a renovated household stands in a ledger that can be changed."""
    return house.kind == RENOVATED and bool(house.ledger) and house.ledger[0]["book"] != "xls"


def in_no_old_book(house: House) -> bool:
    """Say whether a renovated household's ledger rows can be changed: the old workbook's cannot."""
    return house.kind == RENOVATED and all(row["book"] != "xls" for row in house.ledger)


def in_workbook(house: House) -> bool:
    """Say whether its record stands in the app's workbook, not in the zip."""
    return not house.in_package


def archive_scanned(house: House) -> bool:
    """Say whether its archive is a folder of scanned papers, with a photo."""
    return house.archive_scanned


def front_seen(house: House) -> bool:
    """Say whether the front photo that the retrieval system has of it was handed out."""
    return house.front_seen


def front_unseen(house: House) -> bool:
    """Say whether it was not, so that what changes the app's position or the record's contradicts no front photo."""
    return not house.front_seen


def plain_photo(house: House) -> bool:
    """Say whether the position stands in the photo alone, and nobody was moved."""
    return house.in_package and house.kind != RENOVATED


def another_phone(house: House) -> tuple[str, str, str]:
    """Give a phone that took no other photo, so that where it was tells nothing of the recorder's way."""
    make, model, _ = house.shots[0].phone
    return make, model, f"B{house.household_id}"
