"""What is known of Guinan County, read from the plugin's data files, which name their sources."""

import csv
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from attrs import frozen

from housing_guarantee.geo import Area, Polygon
from housing_guarantee.linkage.places import normalise_township, normalise_village

__all__ = ["Division", "Villages", "areas", "facts", "villages"]


@frozen
class Division:
    """A village or community of the county.

    :param kind: ``village``, ``community`` or ``other``
    :param in_2019, in_2020: whether the tables of 2019-10-31 and of 2020-06-30 have its code
    """

    code: str
    township: str
    name: str
    kind: str
    in_2019: bool
    in_2020: bool

    @property
    def village(self) -> str:
        """Its name as it compares."""
        return normalise_village(self.name)


@frozen
class Villages:
    """The divisions of the county, by township and by name."""

    all: tuple[Division, ...]
    by_code: Mapping[str, Division]
    by_township: Mapping[str, frozenset[str]]
    repeated: frozenset[str]

    @classmethod
    def of(cls, divisions: Sequence[Division]) -> "Villages":
        """Sort them."""
        townships = sorted({normalise_township(one.township) for one in divisions})
        names = Counter(one.village for one in divisions if one.kind == "village")
        return cls(
            tuple(divisions),
            {one.code: one for one in divisions},
            {
                name: frozenset(one.village for one in divisions if normalise_township(one.township) == name)
                for name in townships
            },
            frozenset(name for name, count in names.items() if count > 1),
        )


def _read(name: str) -> str:
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")


@cache
def facts() -> Mapping[str, Any]:
    """Give the county's facts."""
    return tomllib.loads(_read("facts.toml"))


@cache
def villages() -> Villages:
    """Give the county's villages and communities."""
    lines = [line for line in _read("divisions.csv").splitlines() if not line.startswith("#")]
    return Villages.of(
        [
            Division(
                row["code"], row["township"], row["name"], row["kind"], bool(row["2019-10-31"]), bool(row["2020-06-30"])
            )
            for row in csv.DictReader(lines)
        ]
    )


def areas() -> tuple[Area, ...]:
    """Give the boxes around both parts of the county as its area.

    What lies outside the boxes lies outside the county; what lies inside may still be a neighbour's. So they accuse
    nobody wrongly, and a campaign that names a file with the border itself is judged by that instead.
    """
    boxes = facts()["parts"].values()
    polygons = tuple(Polygon((_ring(*box),)) for box in boxes)
    return (Area(facts()["county_code"], facts()["name"], polygons),)


def _ring(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return (west, south), (east, south), (east, north), (west, north), (west, south)
