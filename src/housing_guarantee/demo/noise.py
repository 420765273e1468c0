"""A roster and a ledger of it with known truth, damaged at one of three levels: what linkage is measured against.

Names are as common as in a county where a few name parts make most names: three persons in four share theirs with
another of the county, and one in ten with another of the village. Ledger rows are of households of the roster, under
its head, a former head who died and left no trace on the roster, or another member; and of strangers, some of whom
bear a registered neighbour's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from attrs import field, frozen

from housing_guarantee.converters import to_id_number, to_text
from housing_guarantee.data import read_csv, read_toml
from housing_guarantee.demo.damage import NAMES, NUMBERS, PLACES, Damage
from housing_guarantee.demo.people import AREA, identity_number
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import Household, LedgerEntry, Origin, Place, RosterRow, Table
from housing_guarantee.roster import households_of

__all__ = ["LEVELS", "Level", "Noisy", "Row", "noisy"]

Shares = Mapping[str, float]
_COUNTY = 6  # digits of its code


@frozen
class Level:
    """How often what is damaged, in hundredths.

    :param subjects: whose name and number a row bears: the head's, a member's, a dead former head's
    :param strangers: share of the ledger's rows that are of nobody on the roster
    """

    numbers: Shares
    names: Shares
    places: Shares
    subjects: Shares
    strangers: float = 40


LEVELS: Mapping[str, Level] = {
    "easy": Level(
        numbers={"exact": 84, "written": 4, "missing": 3, "float": 1, "cut": 2, "wrong-digit": 1,
                 "exchanged": 0.5, "dropped": 0.5, "fifteen": 1.5, "masked": 1.5, "twenty": 1},
        names={"exact": 95, "rendering": 2.5, "sound": 1.2, "shortened": 0.3, "restyled": 0.8, "unwritten": 0.2},
        places={"exact": 98.5, "missing": 0.8, "former": 0.7},
        subjects={"head": 96.5, "member": 2, "dead": 1.5},
    ),
    "realistic": Level(
        numbers={"exact": 60, "written": 10, "missing": 10, "float": 3, "cut": 5, "wrong-digit": 2,
                 "exchanged": 1.5, "dropped": 0.5, "fifteen": 3, "masked": 3, "twenty": 2},
        names={"exact": 88, "rendering": 5.5, "sound": 3.5, "shortened": 1, "restyled": 1.5, "unwritten": 0.5},
        places={"exact": 96, "missing": 2, "former": 2},
        subjects={"head": 92, "member": 4.5, "dead": 3.5},
    ),
    "hard": Level(
        numbers={"exact": 32, "written": 12, "missing": 20, "float": 6, "cut": 8, "shown": 2, "wrong-digit": 4,
                 "exchanged": 3, "dropped": 1, "fifteen": 5, "masked": 5, "twenty": 2},
        names={"exact": 76, "rendering": 11, "sound": 7, "shortened": 2, "restyled": 3, "unwritten": 1},
        places={"exact": 90, "missing": 4, "former": 6},
        subjects={"head": 86, "member": 7.5, "dead": 6.5},
    ),
}  # fmt: skip


@frozen
class Row:
    """A ledger row with the truth about it.

    :param household_id: whose it is; None: a stranger's
    :param kinds: what was done to ``number``, ``name`` and ``place``, and the ``subject``
    :param typed: number, name, township and village as typed
    """

    entry: LedgerEntry
    household_id: str | None
    kinds: Mapping[str, str]
    typed: tuple[Any, str, str, str] = field(repr=False)

    @property
    def can_be_linked(self) -> bool:
        """Whether a household is there to be found, and a trace that leads to it."""
        return self.household_id is not None and self.kinds["subject"] != "dead"


@frozen
class Noisy:
    """A roster, and a ledger with the truth about each row."""

    households: tuple[Household, ...]
    rows: tuple[Row, ...]


@frozen
class _Someone:
    name: str
    number: str


def noisy(
    seed: int, level: str | Level = "realistic", *, households: int = 2193, linked: float = 0.5, counties: int = 1
) -> Noisy:
    """Draw a roster and a ledger.

    :param households: of each county
    :param counties: where there are several, each has a code: its people's numbers begin with it, and its ledger's rows
        name it
    :param linked: share of the households that have a ledger row; two in a hundred of these have a second
    """
    random = Random(seed)
    chosen = LEVELS[level] if isinstance(level, str) else level
    villages = [place for county in range(counties) for place in _villages(county, coded=counties > 1)]
    drawer = _Drawer(random, chosen)
    roster_rows: list[RosterRow] = []
    homes: list[tuple[str, Place, list[_Someone]]] = []
    for number in range(households * counties):
        place = villages[number * len(villages) // (households * counties)]
        home = (str(10_000_000_001 + number), place, drawer.family(place))
        homes.append(home)
        roster_rows += _roster_rows(*home, len(roster_rows))
    found, _ = households_of(roster_rows, (), Gazetteer({}, {}))
    ledger = list(_ledger(drawer, random, homes, linked))
    random.shuffle(ledger)
    return Noisy(tuple(found), tuple(drawer.row(at, *one) for at, one in enumerate(ledger, 2)))


def _villages(county: int, *, coded: bool) -> Iterator[Place]:
    """Give the villages; further counties have townships and codes of their own, and villages of the same names."""
    mark = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(county)) if county else ""
    townships = {row["code"]: row["name"] for row in read_csv("divisions.csv")}
    for row in read_csv("divisions.csv"):
        if row["level"] == "village" and row["name"].endswith("村"):
            township = townships[row["code"][:9]]
            code = f"{int(AREA) + county}{row['code'][_COUNTY:]}" if coded else ""
            yield Place(f"{township[:-1]}{mark}{township[-1]}", row["name"], code)


_ROSTER = Table("roster.xlsx", "名册", "roster", {}, {})
_LEDGER = Table("ledger.xlsx", "台账", "ledger", {}, {})
_RELATIONS = ("户主", "配偶", "之子", "之女", "之父", "之母", "之孙子")


def _roster_rows(household_id: str, place: Place, family: Sequence[_Someone], before: int) -> Iterator[RosterRow]:
    for at, one in enumerate(family):
        origin = Origin(_ROSTER, before + at + 2, {})
        yield RosterRow(
            origin,
            place,
            household_id,
            person_id=f"{household_id}{at + 1:02d}",
            member_name=one.name,
            member_id_number=to_id_number(one.number),
            relation=_RELATIONS[at],
        )


_Drawn = tuple[_Someone, Place, str | None, str]
"""Who, where, whose household, and what they are in it."""


def _ledger(
    drawer: "_Drawer", random: Random, homes: Sequence[tuple[str, Place, list[_Someone]]], linked: float
) -> Iterator[_Drawn]:
    """Draw whose rows the ledger has."""
    rows = 0
    for household_id, place, family in homes:
        if random.random() >= linked:
            continue
        for _ in range(2 if random.random() < 0.02 else 1):
            subject = drawer.kind(drawer.level.subjects)
            if subject == "member" and len(family) < 2:
                subject = "head"
            member, dead = family[min(1, len(family) - 1)], drawer.someone(0, place)
            someone = {"head": family[0], "member": member, "dead": dead}[subject]
            rows += 1
            yield someone, place, household_id, subject
    for _ in range(round(rows * drawer.level.strangers / (100 - drawer.level.strangers))):
        _, place, family = random.choice(homes)
        stranger = drawer.someone(0, place)
        if random.random() < 0.02:  # of a registered neighbour's name
            stranger = _Someone(family[0].name, stranger.number)
        yield stranger, place, None, "stranger"


def _falling(stock: Sequence[str]) -> list[float]:
    """Give cumulative weights by rank: the first are common, the last are rare."""
    return list(accumulate(1 / (rank + 6) for rank in range(len(stock))))


class _Drawer:
    """Draws persons, families and damaged rows."""

    def __init__(self, random: Random, level: Level) -> None:
        self._random = random
        self.level = level
        parts: Mapping[str, list[str]] = {name: text.split() for name, text in read_toml("name-parts.toml").items()}
        self._parts: Mapping[str, tuple[list[str], list[float]]] = {
            name: (stock, _falling(stock)) for name, stock in parts.items()
        }
        self._numbers: set[str] = set()

    def kind(self, shares: Shares) -> str:
        """Choose a kind by its share."""
        return self._random.choices(list(shares), list(shares.values()))[0]

    def family(self, home: Place) -> list[_Someone]:
        """Draw a household, the head first."""
        size = self._random.choices((1, 2, 3, 4, 5, 6, 7), (6, 10, 16, 26, 22, 13, 7))[0]
        surname = self._part("surnames") if self._random.random() < 0.25 else ""
        return [self.someone(place, home, surname if place != 1 else None) for place in range(size)]

    def someone(self, place: int, home: Place, surname: str | None = None) -> _Someone:
        """Draw a person at this place of a family.

        :param home: where the number was given
        :param surname: the family's; empty: a Tibetan name, which has none; None: either
        """
        random = self._random
        if surname is None:
            surname = self._part("surnames") if random.random() < 0.25 else ""
        name = self._name(surname)
        first = random.randrange(1985, 2018) if place in (2, 3, 6) else random.randrange(1935, 1990)
        while True:
            born = date(first, 1, 1) + timedelta(days=random.randrange(365))
            order = min(int(random.expovariate(1 / 90)), 498)
            number = identity_number(order, born, male=place % 2 == 0, area=home.area_code[:_COUNTY] or AREA)
            if number not in self._numbers:
                self._numbers.add(number)
                return _Someone(name, number)

    def _name(self, surname: str) -> str:
        if surname:
            return surname + "".join(self._part("given") for _ in range(self._random.choice((1, 2, 2, 2))))
        first = self._part("first")
        return first if self._random.random() < 0.15 else first + self._part("second")

    def _part(self, name: str) -> str:
        stock, weights = self._parts[name]
        return self._random.choices(stock, cum_weights=weights)[0]

    def row(self, number: int, who: _Someone, place: Place, household_id: str | None, subject: str) -> Row:
        """Type a person's row, damaged."""
        kinds = {"subject": subject}
        kinds["number"], id_number = self._typed(self.level.numbers, NUMBERS, who.number)
        kinds["name"], name = self._typed(self.level.names, NAMES, who.name)
        kinds["place"], village = self._typed(self.level.places, PLACES, place.village)
        raw = {"id_number": id_number, "head_name": name}
        entry = LedgerEntry(
            Origin(_LEDGER, number, raw),
            Place(place.township, village, place.area_code[:_COUNTY]),
            file_no=f"{number:06d}",
            head_name=to_text(name),
            id_number=to_id_number(id_number),
        )
        return Row(entry, household_id, kinds, (id_number, name, place.township, village))

    def _typed(self, shares: Shares, damages: Mapping[str, Damage], value: str) -> tuple[str, Any]:
        """Draw a kind of damage and what it makes of a value; one that the value cannot have gives way to another."""
        kind = self.kind(shares)
        typed = damages[kind](value, self._random)
        while typed is None:
            kind = self.kind({kind: share for kind, share in shares.items() if kind not in ("exact", "missing")})
            typed = damages[kind](value, self._random)
        return kind, typed
