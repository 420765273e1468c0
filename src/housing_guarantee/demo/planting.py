"""Plant the faults of a county, each in households of its own, so that whatever is found is found for one reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from housing_guarantee.demo import faults_fronts, faults_photos, faults_pictures, faults_records, faults_systems
from housing_guarantee.demo.county import County, House
from housing_guarantee.demo.fault import Fault, Site, another_phone

__all__ = ["TOPICS", "UNEXPECTED", "Plants", "crowd_of_fronts", "plant", "plant_beside", "plant_these"]

_FAULTS = tuple(
    fault
    for file in (faults_records, faults_photos, faults_pictures, faults_fronts, faults_systems)
    for fault in file.fault.all
)
TOPICS = tuple(dict.fromkeys(fault.code.partition(".")[0] for fault in _FAULTS))
"""Those that have faults to plant."""
UNEXPECTED = "19999999903"
"""The household that only the retrieval system knows."""

_PACE, _CROWD = 25, 6

Plants = list[tuple[Fault, House]]


def plant(county: County, topics: Sequence[str], random: Random, *, tainted: bool) -> Plants:
    """Plant each fault in households of its own, those first that few households can have.

    :param tainted: whether a whole source is wrong, in which some faults cannot be told
    """
    asked = [fault for fault in _FAULTS if fault.code.partition(".")[0] in topics]
    return plant_these([fault for fault in asked if not (fault.alone and tainted)], county, random)


def plant_these(faults: Sequence[Fault], county: County, random: Random) -> Plants:
    """Plant these faults, each as often as it says."""
    wanted = [fault for fault in faults for _ in range(fault.copies)]
    choices = {fault.plant: [house for house in county.houses if fault.where(house)] for fault in wanted}
    planted: Plants = []
    for fault in sorted(wanted, key=lambda fault: len(choices[fault.plant])):
        free = [house for house in choices[fault.plant] if not house.planted and house.shots]
        house, other = _two(free, fault, random)
        fault.plant(house, Site(county, random, other))
        for one in (house, other) if fault.pair else (house,):
            one.planted.append(fault.code)
            planted.append((fault, one))
    return planted


def _two(free: list[House], fault: Fault, random: Random) -> tuple[House, House]:
    """Choose a household and a second one that fit the fault."""
    for house in random.sample(free, len(free)):
        others = [other for other in free if other is not house and fault.beside(house, other)]
        if others:
            return house, random.choice(others)
    raise ValueError(f"no two households are left for {fault.code}")


def plant_beside(county: County, random: Random) -> Plants:
    """Plant what needs many households or none: an impossible pace, a crowd, strangers, a stranger's bad row."""
    pace = Fault(
        "schedule.pace-impossible", lambda house, site: None, lambda house: True, "proved", field="verified_on"
    )
    planted: Plants = []
    hurried = random.sample([house for house in county.houses if not house.planted], _PACE)
    for place, house in enumerate(hurried):
        visited = datetime(2020, 6, 12, 15) + timedelta(minutes=2 * place)  # noqa: DTZ001 - local time
        house.record |= {"recorder": "杨占林", "verified_on": visited, "recorded_on": visited + timedelta(minutes=1)}
        house.shots[0].taken = visited
        house.planted.append(pace.code)
        planted.append((pace, house))
    planted += _crowd(county, random)
    record = next(house.record for house in county.houses if not house.planted and not house.in_package)
    for number in ("19999999901", "19999999902"):
        county.extra_records.append(record | {"household_id": number, "photos": ""})
    county.unexpected.append(
        {"household_id": UNEXPECTED, "head_name": "东智才郎", "guarantee_type": "鉴定安全", "grade": "B级"}
    )
    stranger = next(row for row in county.strangers if row["book"] == "农村危房改造")
    stranger["completed_on"] = "2017年13月"
    county.unrecorded.append(next(r["file_no"] for r in reversed(county.strangers) if r["book"] == stranger["book"]))
    return planted


def _crowd(county: County, random: Random) -> Plants:
    """Photograph households of one township from one spot, one after another, as if they had been called together."""
    free = [house for house in county.houses if not house.planted and not house.is_moved]
    neighbours = [[house for house in free if house.township == one.township] for one in free]
    called = random.sample(random.choice([own for own in neighbours if len(own) >= _CROWD]), _CROWD)
    north, east = called[0].position
    for house in called:
        house.front.position = (north, east)
        house.record |= {"latitude": f"{north:.6f}", "longitude": f"{east:.6f}"}
    return _from_one_spot(called, "photo", random)


def crowd_of_fronts(county: County, random: Random) -> Plants:
    """Photograph front photos from one spot, of households whose records hold no coordinates that speak against it."""
    free = [house for house in county.houses if not house.planted and faults_fronts.stays(house)]
    called = random.sample(free, _CROWD)
    return _from_one_spot(called, "front", random)


def _from_one_spot(called: Sequence[House], source: str, random: Random) -> Plants:
    """Take the photos of one system from where the first household's house is, one after another."""
    crowd = Fault("photo-forensics.one-spot", lambda house, site: None, lambda house: True, "proved", source=source)
    north, east = called[0].position
    for place, house in enumerate(called):
        shot = house.shots[0] if source == "photo" else house.front
        shot.position = (north + random.uniform(-4e-5, 4e-5), east + random.uniform(-4e-5, 4e-5))
        shot.taken = datetime(2020, 6, 12, 18) + timedelta(minutes=2 * place)  # noqa: DTZ001 - local time
        shot.phone = another_phone(house)
        house.planted.append(crowd.code)
    return [(crowd, house) for house in called]
