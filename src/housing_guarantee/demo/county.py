"""A county as it would be if every office had typed everything rightly.

Facts are drawn from a seed: villages, households, persons, houses, and what each source says of them. Faults are
planted afterwards (`faults.py`), and files written from the result (`files.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.data import read_csv
from housing_guarantee.demo.geography import position_of
from housing_guarantee.demo.people import AREA, Names, identity_number

__all__ = ["COUNTY", "RESETTLED", "County", "House", "Person", "Shot", "Unit", "build"]

COUNTY = "632525"
RESETTLED = "632525203208"
"""巴塘新村: its relocated households are the same whatever the seed: an old workbook in the package lists them."""

_FIRST = 10_000_000_000
_RESETTLED_HOUSES = 20
_RESETTLED_SEED = 632525
_WINDOW = datetime(2020, 6, 10, 8)  # noqa: DTZ001 - local time, as phones show it
_ROLES = ("第一书记", "扶贫工作队员", "驻村干部")
_RELATIONS = ("配偶", "之子", "之女", "之父", "之母", "之儿媳", "之孙子")
_PROGRAMMES = ("农村危房改造",) * 11 + ("易地扶贫搬迁",) * 7 + ("生态移民", "水库移民")
_MODES = ("原址翻建", "修缮加固", "异地新建", "房屋置换")
_PHONES = (("HUAWEI", "JEF-AN00"), ("Xiaomi", "Redmi Note 8"), ("OPPO", "PCAM10"), ("vivo", "V1938CT"))
_METHODS = ("集体公租房", "幸福大院", "租赁闲置农房", "投亲靠友")


@frozen
class Unit:
    """A township or village."""

    code: str
    name: str


@define
class Person:
    """One person; ``number`` is the 18 digits, ``typed`` what the roster's cell holds."""

    person_id: str
    name: str
    number: str
    relation: str
    typed: Any = None


@define
class Shot:
    """A photo: where and when it was taken, and what became of its file.

    :param phone: make, model and serial number
    :param scene: what is to be seen: a seed
    :param look: what became of the picture, one of `drawing.LOOKS`
    :param state: ``ok``, or what is wrong with the file or its Exif data
    """

    name: str
    position: tuple[float, float]
    taken: datetime
    phone: tuple[str, str, str]
    scene: int = 0
    look: str = "whole"
    software: str | None = None
    state: str = "ok"
    gps_time: datetime | None = None
    style: str = "plain"


@define
class House:
    """One household, its house, and what every source says of it (field → what is typed).

    :param front: the photo that the retrieval system holds
    :param papers: what the archive holds; ``spoilt`` says of which only the name is left (``lost``, ``empty``)
    :param archive: ``ok``, ``none`` or ``empty folder``
    :param indexed, system: what the archive's index, and the retrieval system, say otherwise than they should
    """

    household_id: str
    township: Unit
    village: Unit
    kind: str
    people: list[Person]
    position: tuple[float, float]
    record: dict[str, Any]
    shots: list[Shot]
    ledger: list[dict[str, Any]] = field(factory=list)
    appraisal: dict[str, Any] | None = None
    more_records: list[dict[str, Any]] = field(factory=list)
    recorded: bool = True
    size: int = 0
    repeated: bool = False
    front: Shot = field(init=False)
    papers: list[str] = field(factory=list)
    archive: str = "ok"
    spoilt: dict[str, str] = field(factory=dict)
    indexed: dict[str, Any] = field(factory=dict)
    system: dict[str, Any] = field(factory=dict)
    retrieved: bool = True
    renovation_recorded: bool = True
    planted: list[str] = field(factory=list)

    @property
    def head(self) -> Person:
        """The head of the household."""
        return self.people[0]

    @property
    def is_moved(self) -> bool:
        """Whether the household lives where it was moved to."""
        return self.record.get("programme") not in (None, "农村危房改造")

    @property
    def listed_by_person(self) -> bool:
        """Whether the roster has a row for every person of it."""
        return self.township.code != "632525203"

    @property
    def front_seen(self) -> bool:
        """Whether the front photos of its township were handed out with the retrieval system's rows."""
        return self.archive_scanned or self.in_package

    @property
    def archive_scanned(self) -> bool:
        """Whether its township scanned the papers; the others sent an index."""
        return self.township.code == "632525203"

    @property
    def in_package(self) -> bool:
        """Whether the app's zip holds its record, which has no coordinates."""
        return self.township.code == "632525100"


@define
class County:
    """Everything that is written into files."""

    seed: int
    houses: list[House]
    strangers: list[dict[str, Any]] = field(factory=list)
    extra_records: list[dict[str, Any]] = field(factory=list)
    links: list[dict[str, Any]] = field(factory=list)
    unexpected: list[dict[str, Any]] = field(factory=list)
    unrecorded: list[str] = field(factory=list)
    planned: int = 0
    as_of: str = "2020-06-13T20:00:00+08:00"


def build(seed: int, households: int, *, area: str = AREA, first: int = _FIRST) -> County:
    """Draw a county of so many households over all its villages.

    :param area: six digits with which the identity numbers of its people begin
    :param first: what the numbers of its households are counted from; they take eleven digits
    """
    random = Random(seed)
    villages = [Unit(row["code"], row["name"]) for row in read_csv("divisions.csv") if _is_village(row)]
    townships = {row["code"]: Unit(row["code"], row["name"]) for row in read_csv("divisions.csv")}
    makers: dict[str, _Maker] = {}
    houses: list[House] = []
    order = {village.code: index for index, village in enumerate(villages)}
    for village in _spread(villages, households, random):
        resettled = village.code == RESETTLED
        if village.code not in makers:
            source = Random(_RESETTLED_SEED) if resettled else random
            makers[village.code] = _Maker(
                source, townships[village.code[:9]], village, order[village.code], area, first
            )
        houses.append(makers[village.code].house(resettled=resettled))
    for house in houses:
        for shot in house.shots:
            shot.scene += seed
    county = County(seed, houses, planned=len(houses))
    county.strangers = _strangers(random, houses, area)
    return county


def _is_village(row: dict[str, str]) -> bool:
    return row["level"] == "village" and row["code"][9:12] >= "200" and row["name"].endswith("村")


def _spread(villages: Sequence[Unit], households: int, random: Random) -> Iterable[Unit]:
    """Give each village its households together, the resettled one always as many."""
    others = [village for village in villages if village.code != RESETTLED]
    counts = dict.fromkeys((village.code for village in others), (households - _RESETTLED_HOUSES) // len(others))
    for village in random.sample(others, households - _RESETTLED_HOUSES - sum(counts.values())):
        counts[village.code] += 1
    for village in villages:
        yield from [village] * counts.get(village.code, _RESETTLED_HOUSES)


class _Maker:
    """Makes the households of one village."""

    def __init__(self, random: Random, township: Unit, village: Unit, index: int, area: str, first: int) -> None:
        self._random = random
        self._area, self._first = area, first
        self._index = index
        self._township, self._village = township, village
        self._names = Names(random)
        self._numbers: set[str] = set()
        self._made = 0
        self._recorders: list[str] = []

    def house(self, *, resettled: bool) -> House:
        """Make one household with everything that the sources say of it."""
        random = self._random
        household_id = f"{self._first + int(self._village.code[6:]) * 10_000 + self._made + 1}"
        people = self._people(household_id)
        kind = "改造安全" if resettled else random.choices(("鉴定安全", "改造安全", "保障安全"), (50, 42, 8))[0]
        position = position_of(self._township.code, self._village.code, random)
        house = House(household_id, self._township, self._village, kind, people, position, {}, [], size=len(people))
        house.record = self._record(house)
        if resettled or kind == "改造安全":
            self._renovate(house, resettled=resettled)
        elif kind == "鉴定安全":
            self._appraise(house)
        else:
            self._accommodate(house)
        house.shots = [self._shot(house)]
        house.record["photos"] = house.shots[0].name.rpartition("/")[2]
        self._made += 1
        return house

    def _people(self, household_id: str) -> list[Person]:
        random = self._random
        people = []
        for place in range(random.choices((1, 2, 3, 4, 5, 6, 7), (6, 10, 16, 26, 22, 13, 7))[0]):
            relation = "户主" if place == 0 else _RELATIONS[place - 1]
            year = (
                random.randrange(1940, 1990)
                if place < 2 or relation in ("之父", "之母")
                else random.randrange(1985, 2016)
            )
            number = self._number(date(year, 1, 1) + timedelta(days=random.randrange(365)), place % 2 == 0)
            people.append(
                Person(f"{household_id}{place + 1:02d}", self._names.one(self._village.code), number, relation, number)
            )
        return people

    def _number(self, born: date, male: bool) -> str:
        """Make a number nobody has: the villages share no order codes, and within one the days differ."""
        serial = self._index * 6 + self._made % 6
        while True:
            number = identity_number(serial, born, male=male, area=self._area)
            if number not in self._numbers:
                self._numbers.add(number)
                return number
            born += timedelta(days=1)

    def _record(self, house: House) -> dict[str, Any]:
        random = self._random
        visit = self._made % 66  # one team visits 22 homes a day, and a large village has several
        day, slot = divmod(visit, 22)
        if visit == 0:
            self._recorders = [self._names.one(self._village.code) for _ in _ROLES]
        verified = _WINDOW + timedelta(days=day, minutes=25 * slot + random.randrange(10))
        role = self._made % 3
        return {
            "household_id": house.household_id,
            "head_name": house.head.name,
            "id_number": _written(house.head.number, random),
            "household_size": len(house.people),
            "township": house.township.name,
            "village": house.village.name,
            "guarantee_type": house.kind,
            "is_safe": "是",
            "type_changed": "否",
            "became_dangerous": "否",
            "is_current_dwelling": "是",
            "visited": "是",
            "problems": random.choice(("无", "", "未发现问题", "—")),
            "recorder": self._recorders[role],
            "recorder_role": _ROLES[role],
            "verified_on": verified,
            "recorded_on": verified + timedelta(minutes=random.randrange(20, 90)),
            "longitude": f"{house.position[1]:.6f}",
            "latitude": f"{house.position[0]:.6f}",
            "status": "已核验",
        }

    def _appraise(self, house: House) -> None:
        random = self._random
        grade = random.choice(("A", "A", "B"))
        appraised = date(2019, 10, 1) + timedelta(days=random.randrange(200))
        house.record |= {"grade": random.choice((f"{grade}级", grade)), "appraised_on": appraised}
        if random.random() < 0.3:
            house.record["policy_year"] = f"{random.randrange(2010, 2016)}年"
        house.appraisal = {
            "report_no": f"GN{house.household_id[1:]}",
            "head_name": house.head.name,
            "id_number": house.head.number,
            "township": house.township.name,
            "village": house.village.name,
            "grade": random.choice((f"{grade}级", f"{grade}级（基本安全）", chr(ord(grade) + 0xFEE0))),
            "appraised_on": random.choice(
                (
                    appraised,
                    f"{appraised:%Y.}{appraised.month}.{appraised.day}",
                    f"{appraised.year}年{appraised.month}月",
                )
            ),
            "appraiser": "县住建局鉴定组",
        }

    def _renovate(self, house: House, *, resettled: bool) -> None:
        random = self._random
        programme = "易地扶贫搬迁" if resettled else random.choice(_PROGRAMMES)
        year = random.choice((2016, 2017, 2018)) if resettled or random.random() < 0.85 else random.choice((2019, 2020))
        if programme == "易地扶贫搬迁" and not resettled and random.random() < 0.3:
            house.position = (35.59 + random.uniform(-0.004, 0.004), 100.75 + random.uniform(-0.004, 0.004))
            house.record |= {"longitude": f"{house.position[1]:.6f}", "latitude": f"{house.position[0]:.6f}"}
        house.record |= {
            "programme": programme,
            "policy_year": random.choice((f"{year}", f"{year}年")) if year < 2020 else "2019",
        }
        if year <= 2018 and programme in ("农村危房改造", "易地扶贫搬迁"):
            house.ledger.append(ledger_row(house, programme, year, random))

    def _accommodate(self, house: House) -> None:
        method = self._random.choice(_METHODS)
        house.record["guarantee_detail"] = method
        if method == "租赁闲置农房":
            house.record["lease_until"] = "2021-12-31"

    def _shot(self, house: House) -> Shot:
        random = self._random
        north, east = house.position
        where = (north + random.uniform(-4e-4, 4e-4), east + random.uniform(-4e-4, 4e-4))
        name = f"照片/{house.village.name}/{house.household_id}_{house.head.name}.jpg"
        if house.in_package:
            name = f"photos/{house.household_id}.jpg"
        taken = house.record["verified_on"] + timedelta(minutes=random.randrange(2, 9), seconds=random.randrange(60))
        style = random.choices(("plain", "no refs", "after icc", "big endian"), (90, 4, 3, 3))[0]
        return Shot(name, where, taken, self._phone(house), int(house.household_id), style=style)

    def _phone(self, house: House) -> tuple[str, str, str]:
        """Give the recorder's phone; those who were moved are visited where they live now, by somebody there."""
        role = self._made % 3
        if house.is_moved:
            return (*_PHONES[role], f"M{house.household_id}")
        make, model = _PHONES[(self._index + role) % len(_PHONES)]
        return make, model, f"S{self._village.code}{self._made // 66}{role}"


def ledger_row(house: House, programme: str, year: int, random: Random) -> dict[str, Any]:
    """Make the ledger row of a household's renovation or relocation."""
    done = date(year, random.randrange(6, 12), random.randrange(1, 28))
    return {
        "book": "xls" if house.village.code == RESETTLED else programme,
        "file_no": f"{year}-{house.household_id[1:]}",
        "head_name": house.head.name,
        "id_number": _written(house.head.number, random),
        "township": house.township.name,
        "village": house.village.name,
        "mode": random.choice(_MODES),
        "year": str(year),
        "completed_on": done,
        "accepted_on": done + timedelta(days=20),
        "progress": "竣工已验收" if programme == "农村危房改造" else "是",
        "place": "县城安置点",
    }


def _written(number: str, random: Random) -> str:
    """Write a number as another office would: another form of the same."""
    forms = [number] * 12 + [number.lower(), f" {number} ", number[:6] + " " + number[6:], number + "41"]
    if number[6:8] == "19":
        forms.append(number[:6] + number[8:17])
    return random.choice(forms)


def _strangers(random: Random, houses: Sequence[House], area: str) -> list[dict[str, Any]]:
    """Make ledger rows of ordinary households, which are on no roster: about two for every three of the others."""
    rows = sum(len(house.ledger) for house in houses)
    names = Names(random)
    strangers = []
    for serial in range(rows * 2 // 3):
        house = random.choice(houses)
        programme, year = random.choice(("农村危房改造", "易地扶贫搬迁")), random.choice((2016, 2017, 2018))
        born = date(random.randrange(1930, 1940), 1, 1) + timedelta(days=serial % 365)
        row = ledger_row(house, programme, year, random)
        row |= {
            "book": programme,
            "file_no": f"{year}-S{serial:05d}",
            "head_name": names.one(f"stranger {house.village.code}"),
            "id_number": identity_number(serial, born, male=True, area=area),
        }
        row["number"] = row["id_number"]
        strangers.append(row)
    return strangers
