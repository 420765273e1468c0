"""The faults that offices make, one small function each, planted into a household that is otherwise in order.

A fault changes what is typed or photographed, never what is true; its name is the code under which it must be found.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from attrs import frozen

from housing_guarantee.demo.county import NORTH, County, House, Shot, ledger_row
from housing_guarantee.demo.people import identity_number

__all__ = ["FAULTS", "NOTICES", "Fault"]

APPRAISED, RENOVATED, ACCOMMODATED = "鉴定安全", "改造安全", "保障安全"
NOTICES = ("ledger.not-checkable",)
"""What is said of households that are in order."""

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
    :param source: which file holds the cell at fault: ``record``, ``roster``, ``ledger``, ``appraisal``, ``photo``
    :param pair: whether the second household is found at fault too
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


FAULTS: list[Fault] = []


def fault(
    code: str,
    verdict: str = "unproven",
    *,
    where: Callable[[House], bool] = lambda house: True,
    also: tuple[str, ...] = (),
    source: str = "record",
    field: str = "",
    pair: bool = False,
    copies: int = 2,
) -> Callable[[Plant], Plant]:
    """Register a fault under its code."""

    def register(plant: Plant) -> Plant:
        FAULTS.append(Fault(code, plant, where, verdict, also, source, field, pair, copies))
        return plant

    return register


def _is(kind: str) -> Callable[[House], bool]:
    return lambda house: house.kind == kind


def _in_ledger(house: House) -> bool:
    return house.kind == RENOVATED and bool(house.ledger) and house.ledger[0]["book"] != "xls"


def _in_no_old_book(house: House) -> bool:
    """Say whether a renovated household's ledger rows can be changed: the old workbook's cannot."""
    return house.kind == RENOVATED and all(row["book"] != "xls" for row in house.ledger)


def _in_workbook(house: House) -> bool:
    return not house.in_package


def _plain_photo(house: House) -> bool:
    """Say whether the position stands in the photo alone, and nobody was moved."""
    return house.in_package and house.kind != RENOVATED


def set_record(code: str, field: str, value: Any, verdict: str = "unproven", **more: Any) -> None:
    """Register a fault that is one wrong cell of the app's record."""

    def plant(house: House, site: Site) -> None:
        house.record[field] = value

    fault(code, verdict, field=field, **more)(plant)


# ------------------------------------------------------------------------------------------------ intake, roster

set_record("intake.row-unreadable", "grade", "E级", where=_is(APPRAISED))
set_record("intake.row-unreadable", "verified_on", "2020年13月", copies=1)
set_record("roster.household-not-verified", "status", "未核验", "not_verified", copies=1)
set_record("roster.member-not-covered", "household_size", 19)


@fault("intake.id-damaged", where=lambda h: _in_workbook(h) and not h.head.number.endswith("X"), field="id_number")
def id_damaged(house: House, site: Site) -> None:
    """The app's workbook holds the number as a number."""
    house.record["id_number"] = int(house.head.number)


@fault("roster.household-not-verified", "not_verified", source="roster")
def not_verified(house: House, site: Site) -> None:
    """The app has no record of the household."""
    house.recorded = False


@fault("roster.verified-twice", "contradicted", where=_is(APPRAISED), copies=1)
def verified_twice(house: House, site: Site) -> None:
    """Two records of one household say different things."""
    house.more_records.append(
        house.record
        | {
            "guarantee_type": "保障安全",
            "guarantee_detail": "投亲靠友",
            "verified_on": house.record["verified_on"] - timedelta(hours=1),
        }
    )


@fault("roster.verified-twice", "proved", copies=1)
def verified_again(house: House, site: Site) -> None:
    """The same record was sent twice."""
    house.more_records.append(dict(house.record))


@fault("roster.other-village", "contradicted", field="village")
def other_village(house: House, site: Site) -> None:
    """Filed under another village of the township."""
    house.record["village"] = "东让村" if house.village.name != "东让村" else "德茫村"


@fault("roster.listed-twice", "proved", where=lambda h: h.listed_by_person, source="roster")
def listed_twice(house: House, site: Site) -> None:
    """The last person of the household stands on the roster twice."""
    house.repeated = True


# ------------------------------------------------------------------------------------------------ identity


@fault("identity.number-invalid", field="id_number")
def number_invalid(house: House, site: Site) -> None:
    """One digit of the number is wrong, and the check digit tells."""
    number = house.head.number
    house.record["id_number"] = number[:12] + str((int(number[12]) + 1) % 10) + number[13:]


@fault("identity.number-differs", "contradicted", field="id_number")
def number_differs(house: House, site: Site) -> None:
    """The record bears a right number of nobody."""
    house.record["id_number"] = identity_number(site.random.randrange(499), date(1920, 1, 1), male=True)
    house.record["head_name"] = house.head.name


@fault("identity.name-differs", "proved", field="head_name")
def name_differs(house: House, site: Site) -> None:
    """The record bears another name with the right number."""
    house.record["head_name"] = "欧阳丹青"


@fault(
    "identity.number-shared",
    "contradicted",
    where=lambda h: h.listed_by_person and len(h.people) > 2,
    source="roster",
    pair=True,
    also=("roster.member-not-covered",),
    copies=1,
)
def number_shared(house: House, site: Site) -> None:
    """A member's number stands with a member of another household too."""
    house.people[-1].typed = site.other.people[-1].number


@fault("identity.head-changed", "proved", where=lambda h: h.listed_by_person and len(h.people) > 2, field="head_name")
def head_changed(house: House, site: Site) -> None:
    """The record names the spouse as head."""
    house.record |= {"head_name": house.people[1].name, "id_number": house.people[1].number}


# ------------------------------------------------------------------------------------------------ the three types

set_record("guarantee.type-missing", "guarantee_type", "")
set_record("guarantee.type-ambiguous", "guarantee_type", "鉴定安全/改造安全", where=_is(APPRAISED))
set_record("guarantee.type-ambiguous", "guarantee_type", "安全", where=_is(APPRAISED), copies=1)
set_record("guarantee.type-changed", "type_changed", "是", "proved")
set_record("guarantee.not-current-dwelling", "is_current_dwelling", "否", "contradicted")
set_record("guarantee.not-visited", "visited", "否")
set_record("appraised.grade-missing", "grade", "", where=_is(APPRAISED))
set_record("appraised.belongs-to-renovated", "policy_year", "2017", "contradicted", where=_is(APPRAISED))
set_record("appraised.dated-after-verification", "appraised_on", "2020-06-25", "proved", where=_is(APPRAISED))
MOVED = ("photo-gps.outside-township",)  # who may have been moved to the county seat, and is no longer known to be
set_record("renovated.programme-missing", "programme", "", where=_is(RENOVATED), also=MOVED)
set_record("renovated.programme-unknown", "programme", "其他政策", where=_is(RENOVATED), also=MOVED)
set_record("renovated.year-missing", "policy_year", "", where=_is(RENOVATED))
set_record("accommodated.method-missing", "guarantee_detail", "", where=_is(ACCOMMODATED))
set_record("accommodated.method-unknown", "guarantee_detail", "自有住房", where=_is(ACCOMMODATED))
set_record("accommodated.lease-expired", "lease_until", "2020-01-31", where=_is(ACCOMMODATED))


@fault("appraised.grade-unsafe", "contradicted", where=_is(APPRAISED), field="grade", copies=3)
def grade_unsafe(house: House, site: Site) -> None:
    """The record and the appraisal list agree on a grade that is not safe."""
    grade = ("C级", "D级", "无房")[len([1 for h in site.county.houses if "appraised.grade-unsafe" in h.planted]) % 3]
    house.record["grade"] = grade
    if house.appraisal:
        house.appraisal["grade"] = grade


@fault("appraised.grade-differs", "contradicted", where=_is(APPRAISED), source="appraisal", field="grade")
def grade_differs(house: House, site: Site) -> None:
    """The appraisal list says C."""
    if house.appraisal:
        house.appraisal["grade"] = "C级（局部危房）"


@fault("appraised.not-on-appraisal-list", where=_is(APPRAISED))
def not_on_appraisal_list(house: House, site: Site) -> None:
    """The appraisal list does not hold the household."""
    house.appraisal = None


@fault("renovated.before-policy-year", "contradicted", where=_in_no_old_book, field="policy_year")
def before_policy_year(house: House, site: Site) -> None:
    """Renovated in 2014, and rightly in no ledger of the later years."""
    house.record["policy_year"] = "2014"
    house.ledger.clear()


@fault("renovated.after-verification", "contradicted", where=_in_no_old_book, field="policy_year")
def after_verification(house: House, site: Site) -> None:
    """Said to be finished two months after the visit."""
    house.record["policy_year"] = "2020年8月"
    house.ledger.clear()


@fault("renovated.not-completed", where=_in_ledger, source="ledger", field="progress")
def not_completed(house: House, site: Site) -> None:
    """The ledger says that the works, or the move, are not done."""
    house.ledger[0] |= {
        "progress": "在建" if house.ledger[0]["book"] == "农村危房改造" else "否",
        "completed_on": "",
        "accepted_on": "",
    }


# ------------------------------------------------------------------------------------------------ ledger


@fault("ledger.entry-missing", where=_in_ledger)
def entry_missing(house: House, site: Site) -> None:
    """No ledger holds the household."""
    house.ledger.clear()


@fault("ledger.year-differs", "contradicted", where=_in_ledger, source="ledger", field="year")
def year_differs(house: House, site: Site) -> None:
    """The ledger's year is one off."""
    year = int(house.ledger[0]["year"])
    house.ledger[0]["year"] = str(year - 1 if year > 2016 else 2017)


@fault("ledger.programme-differs", "contradicted", where=_in_ledger, also=MOVED, field="programme")
def programme_differs(house: House, site: Site) -> None:
    """Recorded under the other of the two programmes."""
    programme = house.record["programme"]
    house.record["programme"] = "农村危房改造" if programme == "易地扶贫搬迁" else "易地扶贫搬迁"


@fault("ledger.type-disagrees", "contradicted", where=_is(APPRAISED))
def type_disagrees(house: House, site: Site) -> None:
    """Appraised safe, yet in the renovation ledger of 2017."""
    house.ledger.append(ledger_row(house, "农村危房改造", 2017, site.random))


@fault("ledger.type-disagrees", "proved", where=_is(ACCOMMODATED), copies=1)
def accommodated_in_ledger(house: House, site: Site) -> None:
    """Accommodated, and in the renovation ledger: public rental was paid from it too."""
    house.ledger.append(ledger_row(house, "农村危房改造", 2017, site.random))


@fault("ledger.match-uncertain", where=_in_ledger, source="ledger", field="id_number")
def match_uncertain(house: House, site: Site) -> None:
    """The ledger row has the name and the village, and no number."""
    house.ledger[0]["id_number"] = ""


@fault("ledger.entry-used-twice", "contradicted", where=_in_ledger, also=MOVED, pair=True, copies=1)
def entry_used_twice(house: House, site: Site) -> None:
    """A person confirmed one ledger row for two households."""
    other = site.other
    other.record |= {"programme": house.record["programme"], "policy_year": house.ledger[0]["year"]}
    other.ledger.clear()
    for number in (house.household_id, other.household_id):
        site.county.links.append(
            {"book": house.ledger[0]["book"], "file_no": house.ledger[0]["file_no"], "household_id": number}
        )


@fault("ledger.subsidised-twice", "proved", where=_in_ledger)
def subsidised_twice(house: House, site: Site) -> None:
    """The household stands in both ledgers, each time agreeing in the year."""
    programme = "农村危房改造" if house.ledger[0]["book"] == "易地扶贫搬迁" else "易地扶贫搬迁"
    year = int(house.ledger[0]["year"])
    house.ledger.append(ledger_row(house, programme, year, site.random))


# ------------------------------------------------------------------------------------------------ safety

set_record("safety.answer-missing", "became_dangerous", "")
set_record("safety.unsafe", "is_safe", "否", "contradicted", copies=1)
set_record("safety.unsafe", "became_dangerous", "是", "contradicted", copies=1)


@fault("safety.problem-open", field="problems")
def problem_open(house: House, site: Site) -> None:
    """A problem is written down, and not rectified."""
    house.record |= {"problems": "院墙未硬化", "rectify_status": "未整改"}


@fault("safety.hazard-denied", "contradicted", also=("safety.problem-open", "safety.problem-overdue"), field="problems")
def hazard_denied(house: House, site: Site) -> None:
    """A crack in a bearing wall is written down, and the house called safe."""
    house.record |= {"problems": "承重墙有裂缝", "rectify_status": "未整改"}


@fault("safety.rectified-without-proof", "proved", field="rectify_status")
def rectified_without_proof(house: House, site: Site) -> None:
    """Said to be rectified, and nothing shows it."""
    house.record |= {"problems": "院墙未硬化", "rectify_status": "已整改", "rectification": "", "rectified_on": ""}


# ------------------------------------------------------------------------------------------------ photos


def shoot(code: str, state: str, verdict: str = "unproven", **more: Any) -> None:
    """Register a fault of the photo's file."""

    def plant(house: House, site: Site) -> None:
        house.shots[0].state = state

    fault(code, verdict, source="photo", **more)(plant)


shoot("photo-gps.file-missing", "no file")
shoot("photo-gps.unreadable", "truncated")
shoot("photo-gps.unreadable", "text", copies=1)
shoot("photo-gps.exif-stripped", "no exif", where=_plain_photo)
shoot("photo-gps.position-absent", "no gps", where=_plain_photo)
shoot("photo-gps.position-zeroed", "zeroed")
shoot("photo-gps.position-zeroed", "zero by zero", copies=1)
shoot("photo-gps.position-impossible", "impossible", copies=1)
shoot("photo-gps.position-impossible", "swapped", copies=1)


@fault("photo-gps.photo-missing", field="photos")
def photo_missing(house: House, site: Site) -> None:
    """The record names no photo, and none bears the household's number."""
    house.record["photos"] = ""
    house.shots.clear()


def _move(house: House, north: float) -> None:
    house.shots[0].position = (north, 100.8)
    house.record |= {"latitude": f"{north:.6f}", "longitude": "100.800000"}


@fault("photo-gps.outside-county", "contradicted", source="photo")
def outside_county(house: House, site: Site) -> None:
    """Photographed twenty kilometres outside the county."""
    _move(house, NORTH + 0.18)


@fault("photo-gps.outside-county", "proved", source="photo", copies=1)
def near_county(house: House, site: Site) -> None:
    """Photographed three kilometres outside the county, where a border may be drawn wrongly."""
    _move(house, NORTH + 0.027)


@fault("photo-gps.outside-township", "proved", where=lambda h: h.kind != RENOVATED, source="photo")
def outside_township(house: House, site: Site) -> None:
    """Photographed in another township, by somebody who was never moved."""
    north = 35.45 if house.township.code in ("632525200", "632525202", "632525203") else 36.0
    _move(house, north)


@fault("photo-gps.far-from-record", "contradicted", where=_in_workbook, source="photo")
def far_from_record(house: House, site: Site) -> None:
    """The app recorded a place three kilometres from where the photo was taken."""
    house.record["latitude"] = f"{house.shots[0].position[0] + 0.03:.6f}"


@fault("photo-gps.taken-outside-window", "proved", source="photo")
def taken_outside_window(house: House, site: Site) -> None:
    """The photo is of last winter."""
    house.shots[0].taken = house.shots[0].taken.replace(year=2019, month=12)


@fault("photo-gps.clock-disagrees", "proved", source="photo")
def clock_disagrees(house: House, site: Site) -> None:
    """The satellites' clock and the camera's are two hours apart."""
    shot: Shot = house.shots[0]
    shot.gps_time = shot.taken - timedelta(hours=10)


# ------------------------------------------------------------------------------------------------ schedule

set_record("schedule.outside-window", "verified_on", "2020-06-08", "proved")
set_record(
    "schedule.in-the-future",
    "verified_on",
    "2020-06-20 10:00",
    also=("schedule.recorded-before-visit", "photo-gps.taken-outside-window"),
)
set_record("schedule.recorder-role", "recorder_role", "村主任", "proved")


@fault("schedule.recorded-before-visit", "proved", field="recorded_on")
def recorded_before_visit(house: House, site: Site) -> None:
    """Entered a day before the visit."""
    house.record["recorded_on"] = house.record["verified_on"] - timedelta(days=1)
