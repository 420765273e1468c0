"""Which township and village a place is; a code or a name that is not given is filled in where only one is possible."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from attrs import frozen

from housing_guarantee.models import Place

__all__ = ["Unit", "completed", "township_of", "village_of"]


@frozen(order=True)
class Unit:
    """A township or a village: its code (9 or 12 digits) and its name; empty strings for what nobody says."""

    code: str
    name: str


def township_of(place: Place) -> Unit:
    """Give the township as the place says it."""
    return Unit(_code(place, 9), place.township)


def village_of(place: Place) -> Unit:
    """Give the village as the place says it."""
    return Unit(_code(place, 12), place.village)


def completed(units: Sequence[Unit]) -> list[Unit]:
    """Fill in a code or a name that is not given, where the other units leave only one possible."""
    codes = _known((unit.name, unit.code) for unit in units)
    names = _known((unit.code, unit.name) for unit in units)
    return [Unit(unit.code or codes.get(unit.name, ""), unit.name or names.get(unit.code, "")) for unit in units]


def _known(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give the one partner of each that has only one."""
    partners: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        if one and other:
            partners[one].add(other)
    return {one: min(others) for one, others in partners.items() if len(others) == 1}


def _code(place: Place, digits: int) -> str:
    found = re.match(f"[0-9]{{{digits}}}", place.area_code)
    return found[0] if found else ""
