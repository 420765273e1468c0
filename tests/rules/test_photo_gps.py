"""What a photo's position and clocks say about a house."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.datums import Datums, Exchanged
from housing_guarantee.findings import State, Verdict
from housing_guarantee.geo import Area, Polygon, distance_km, from_wgs84
from housing_guarantee.masking import OPEN
from housing_guarantee.models import Position
from housing_guarantee.render import Renderer
from housing_guarantee.reviews import Look, Review
from housing_guarantee.rule import WARNING, Breach, Proof
from housing_guarantee.rules import photo_gps
from housing_guarantee.runner import check
from housing_guarantee.testing import ask, campaign, casefile, photo, verification

SETTINGS = photo_gps.Settings()
HERE = Position(35.5, 100.5)
NORTH_KM = 1 / 111.195  # degrees of latitude to a kilometre
APP_PHOTO = {"system": "app", "photo": "front.jpg"}
TAKEN = datetime(2020, 6, 11, 10, 30)  # noqa: DTZ001


def square(code: str, top: float = 36.0) -> Area:
    """Make an area of one degree around the usual position, up to a latitude."""
    ring = ((100.0, 35.0), (101.0, 35.0), (101.0, top), (100.0, top), (100.0, 35.0))
    return Area(code, "某地", (Polygon((ring,)),))


COUNTY = campaign(areas=(square("632525"),))


def north_of_county(km: float) -> Position:
    """Give a place this far north of the county."""
    return Position(36.0 + km * NORTH_KM, 100.5)


def located(position: Position = HERE, **fields: Any) -> dict[str, Any]:
    """Give the facts of a photo with a position."""
    return {"gps": "ok", "position": position, **fields}


def beside(
    position: Position | tuple[Any, Any],
    *photos: dict[str, Any],
    front_photos: Iterable[dict[str, Any]] = (),
    **fields: Any,
) -> CaseFile:
    """Make the case file of a record with coordinates and photos."""
    if isinstance(position, Position):
        position = position.longitude, position.latitude
    record = verification(longitude=position[0], latitude=position[1], **fields)
    album = [photo(record, f"photo{at}", **facts) for at, facts in enumerate(photos, 1)]
    return casefile(record, photos=album, front_photos=front_photos)


def read_in(datum: str, subject: CaseFile, photos: str = "wgs84") -> CaseFile:
    """Give the case file with the datum of its record's source, and of the photos beside it, known."""
    table = subject.record.origin.table
    known = {(table.source, table.sheet): Datums(table, datum, photos, share=100)}
    return evolve(subject, given=evolve(subject.given, datums=known))


def said(function: Any, subject: CaseFile, where: Campaign = COUNTY) -> Any:
    """Ask a rule with the topic's own settings."""
    return ask(function, subject, SETTINGS, where)


# ------------------------------------------------------------------------------------------------ is there a photo


def test_a_record_without_photos_is_said_where_photos_were_asked() -> None:
    """They were asked where there is a column for them or a source of them."""
    subject = casefile({"photos": None})
    assert said(photo_gps.photo_missing, subject) == Breach(subject.record.at("photos"), {"reason": "no-photo"})
    lacking = casefile({"lacking": ["photos"]})
    assert said(photo_gps.photo_missing, lacking) is None
    assert said(photo_gps.photo_missing, casefile({"lacking": ["photos"]}, roles=["photos"])) is not None
    assert said(photo_gps.photo_missing, casefile(photos=[located()])) is None


def test_a_photo_without_its_file_is_said_at_the_record() -> None:
    """Each has the slot of its photo."""
    subject = casefile(photos=[{"missing": True}])
    breach = Breach(subject.record.at("photos"), APP_PHOTO, slot="photo1")
    assert said(photo_gps.file_missing, subject) == [breach]
    assert said(photo_gps.file_missing, casefile(photos=[located()])) == []


def test_an_unreadable_photo_is_said_with_its_reason() -> None:
    """The file itself is shown."""
    subject = casefile(photos=[{"gps": "unreadable", "problem": "truncated"}])
    breach = Breach(subject.photos[0].at("file"), {**APP_PHOTO, "reason": "truncated"}, slot="photo1")
    assert said(photo_gps.unreadable, subject) == [breach]
    assert said(photo_gps.unreadable, casefile(photos=[{"gps": "absent"}])) == []


# ------------------------------------------------------------------------------------------------ is there a position

LACKING = {
    "no_exif": photo_gps.exif_stripped,
    "absent": photo_gps.position_absent,
    "zeroed": photo_gps.position_zeroed,
}


@pytest.mark.parametrize("gps", LACKING)
def test_each_way_to_lack_a_position_has_its_own_rule(gps: str) -> None:
    """Exactly one rule speaks, at the photo, and nothing is proved."""
    subject = casefile(photos=[{"gps": gps}])
    breach = Breach(subject.photos[0].at("gps"), APP_PHOTO, slot="photo1")
    assert {name: said(rule, subject) for name, rule in LACKING.items() if said(rule, subject)} == {gps: [breach]}
    assert said(photo_gps.outside_county, subject) == []


@pytest.mark.parametrize("gps", LACKING)
def test_one_photo_with_a_position_is_enough(gps: str) -> None:
    """The plan asks for one; one of another county does not count."""
    assert said(LACKING[gps], casefile(photos=[{"gps": gps}, located()])) == []
    assert len(said(LACKING[gps], casefile(photos=[{"gps": gps}, located(north_of_county(9))]))) == 1


@pytest.mark.parametrize("gps", ["no_exif", "absent"])
def test_the_records_own_coordinates_make_up_for_the_photos(gps: str) -> None:
    """They prove the place beside a photo that can be read."""
    subject = beside(HERE, {"gps": gps})
    assert said(LACKING[gps], subject) == []
    cells = subject.record.at("longitude", "latitude") + subject.photos[0].at("file")
    assert said(photo_gps.outside_county, subject) == [Proof(cells)]


def test_coordinates_beside_a_named_photo_count_where_no_photos_were_given() -> None:
    """An export without its pictures shows that there is a photo, and where; no file is missing."""
    record = verification(longitude="100.75", latitude="35.58", photos="1.jpg")
    evidence = PhotoEvidence("1.jpg", None, record.at("photos"), "photo1")
    subject = evolve(casefile(record), photos=(evidence,))
    (proof,) = ask(photo_gps.outside_county, subject, photo_gps.Settings())
    assert proof == Proof(record.at("longitude", "latitude", "photos"))
    given = evolve(subject, given=evolve(subject.given, roles=subject.given.roles | {"photos"}))
    assert ask(photo_gps.outside_county, given, photo_gps.Settings()) == []


def test_coordinates_beside_no_readable_photo_prove_nothing() -> None:
    """A photo is asked for, whatever the record says."""
    assert said(photo_gps.outside_county, beside(HERE, {"gps": "unreadable"})) == []
    assert said(photo_gps.outside_county, beside(HERE, {"missing": True})) == []
    assert said(photo_gps.outside_county, beside(HERE)) == []


@pytest.mark.parametrize(("swapped", "reason"), [(True, "swapped"), (False, "out-of-range")])
def test_an_impossible_position_of_a_photo_is_named(swapped: bool, reason: str) -> None:
    """Exchanged numbers are named as such."""
    subject = casefile(photos=[{"gps": "impossible", "swapped": swapped, "gps_text": "100/1 N, 35/1 E"}])
    values = {**APP_PHOTO, "typed": "100/1 N, 35/1 E", "reason": reason}
    assert said(photo_gps.position_impossible, subject) == [Breach(subject.photos[0].at("gps"), values, slot="photo1")]


def test_a_record_exchanged_alone_is_named_and_a_whole_table_is_not_said_of_its_households() -> None:
    """One record typed the wrong way round is that household's fault; a whole export is said once, of the source."""
    subject = beside((35.5, 100.5), {"gps": "absent"})
    values = {"system": "app", "typed": "35.5, 100.5", "reason": "swapped"}
    breach = Breach(subject.record.at("longitude", "latitude"), values, slot="record")
    assert said(photo_gps.position_impossible, subject) == [breach]
    table = subject.record.origin.table
    throughout = evolve(subject, given=evolve(subject.given, exchanged={table.key: Exchanged(table, 95)}))
    assert said(photo_gps.position_impossible, throughout) == []


@pytest.mark.parametrize("typed", [(100.5, 95.0), ("不详", 35.5), (190.0, 35.5)])
def test_impossible_coordinates_of_a_record_are_named_as_typed(typed: tuple[Any, Any]) -> None:
    """They are said instead of the photo's lack, and silently passed over where the photo has a position."""
    subject = beside(typed, {"gps": "no_exif"})
    values = {"system": "app", "typed": f"{typed[0]}, {typed[1]}", "reason": "out-of-range"}
    breach = Breach(subject.record.at("longitude", "latitude"), values, slot="record")
    assert said(photo_gps.position_impossible, subject) == [breach]
    assert said(photo_gps.exif_stripped, subject) == []
    assert said(photo_gps.outside_county, subject) == []
    assert said(photo_gps.position_impossible, beside(typed, located())) == []


def test_exchanged_coordinates_of_a_record_are_put_right() -> None:
    """In China the exchange is certain, and it is said of the source, not of each household."""
    subject = beside((HERE.latitude, HERE.longitude), located())
    assert said(photo_gps.position_impossible, subject) == []
    assert said(photo_gps.far_from_record, subject) == []
    assert len(said(photo_gps.outside_county, beside((35.5, 100.5), {"gps": "absent"}))) == 1


def test_a_cell_with_both_coordinates_is_shown_instead() -> None:
    """An export may have one column for both."""
    subject = casefile({"coordinates": "北纬95.0, 东经100.5"}, photos=[{"gps": "absent"}])
    (breach,) = said(photo_gps.position_impossible, subject)
    assert breach.cells == subject.record.at("coordinates")


# ------------------------------------------------------------------------------------------------ is it the right place


def test_a_photo_in_the_county_is_the_proof() -> None:
    """So is one anywhere on earth where no area of the county was given."""
    subject = casefile(photos=[located()])
    assert said(photo_gps.outside_county, subject) == [Proof(subject.photos[0].at("gps"))]
    far = casefile(photos=[located(Position(0.0, 0.0))])
    assert said(photo_gps.outside_county, far, campaign()) == [Proof(far.photos[0].at("gps"))]


@pytest.mark.parametrize(("km", "found"), [(0.9999, 0), (1.0001, 1), (4.9999, 1), (5.0001, 2)])
def test_outside_the_county_five_kilometres_contradict_and_one_is_mentioned(km: float, found: int) -> None:
    """Up to five kilometres the photo still counts, and up to one nothing is said: a border may be drawn wrongly."""
    subject = casefile(photos=[located(north_of_county(km))])
    cells = subject.photos[0].at("gps")
    breach = Breach(cells, {**APP_PHOTO, "distance_km": round(km, 2)}, slot="photo1")
    mentioned = evolve(breach, severity=WARNING, effect=None)
    assert said(photo_gps.outside_county, subject) == [[Proof(cells)], [Proof(cells), mentioned], [breach]][found]


def test_the_limits_themselves_are_inside() -> None:
    """More than five kilometres, and more than one, says the catalogue: the exact distance is not more."""
    subject = casefile(photos=[located(north_of_county(3))])
    km = COUNTY.areas[0].distance_km(north_of_county(3))
    assert photo_gps.outside_county(subject, COUNTY, photo_gps.Settings(border_km=km)) == [
        Proof(subject.photos[0].at("gps"))
    ]
    proof, mentioned = photo_gps.outside_county(subject, COUNTY, photo_gps.Settings(outside_county_km=km))
    assert (type(proof), type(mentioned)) == (Proof, Breach)
    near = read_in("wgs84", beside(north(3), located()))
    km = distance_km(north(3), HERE)
    assert photo_gps.far_from_record(near, COUNTY, photo_gps.Settings(far_from_record_km=km)) == []


def test_the_records_coordinates_are_judged_where_the_photos_have_none() -> None:
    """Another datum may bring them nearer; where a photo has a position, they are only compared with it."""
    subject = beside(north_of_county(9), {"gps": "absent"})
    (breach,) = said(photo_gps.outside_county, subject)
    assert breach.slot == "record"
    assert 8 < breach.values["distance_km"] < 9
    assert [type(answer) for answer in said(photo_gps.outside_county, beside(north_of_county(9), located()))] == [Proof]


TOWNSHIP = campaign(areas=(square("632525"), square("632525100", top=35.4)))


def test_a_photo_outside_the_township_is_mentioned() -> None:
    """The distance is given in kilometres."""
    subject = casefile(photos=[located(Position(35.5, 100.5))])
    (breach,) = said(photo_gps.outside_township, subject, TOWNSHIP)
    assert breach.values == {**APP_PHOTO, "distance_km": 11.12}
    assert said(photo_gps.outside_township, casefile(photos=[located(Position(35.3, 100.5))]), TOWNSHIP) == []


def test_nobody_is_outside_a_township_who_moved_or_is_farther_away() -> None:
    """Relocated households live elsewhere; a photo of another county is said as that; an unknown area says nothing."""
    photos = [located()]
    moved = {"guarantee_type": "改造安全", "programme": "易地扶贫搬迁"}
    assert said(photo_gps.outside_township, casefile(moved, photos=photos), TOWNSHIP) == []
    assert said(photo_gps.outside_township, casefile({}, {"relocated": "是"}, photos=photos), TOWNSHIP) == []
    far = [located(north_of_county(2))]
    assert said(photo_gps.outside_township, casefile(photos=far), TOWNSHIP) == []
    assert said(photo_gps.outside_township, casefile(photos=photos), COUNTY) == []
    renovated = {**moved, "programme": "农村危房改造"}
    assert len(said(photo_gps.outside_township, casefile(renovated, photos=photos), TOWNSHIP)) == 1


every_datum = pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])


@every_datum
def test_a_photo_is_near_the_record_in_whatever_datum(datum: str) -> None:
    """A shift of the map is no distance."""
    assert said(photo_gps.far_from_record, beside(from_wgs84(HERE, datum), located())) == []


def north(km: float, datum: str = "wgs84") -> Position:
    """Give the coordinates, in some datum, of a place this far north of the usual one."""
    return from_wgs84(Position(HERE.latitude + km * NORTH_KM, HERE.longitude), datum)


@every_datum
@pytest.mark.parametrize(("km", "is_found"), [(0.9999, False), (1.0001, True)])
def test_a_photo_over_a_kilometre_from_the_record_contradicts(datum: str, km: float, is_found: bool) -> None:
    """Measured in the datum of the record's source, where that is known; the record is shown beside the photo."""
    subject = read_in(datum, beside(north(km, datum), located()))
    cells = subject.photos[0].at("gps") + subject.record.at("longitude", "latitude")
    breach = Breach(cells, {**APP_PHOTO, "distance_km": 1.0}, slot="photo1")
    assert said(photo_gps.far_from_record, subject) == ([breach] if is_found else [])


def test_a_photo_far_from_the_record_in_every_datum_contradicts_where_none_is_known() -> None:
    """The kindest reading is taken: half a kilometre in BD-09 is over one as WGS-84."""
    record = north(0.5, "bd09")
    assert said(photo_gps.far_from_record, beside(record, located())) == []
    (breach,) = said(photo_gps.far_from_record, read_in("wgs84", beside(record, located())))
    assert breach.values["distance_km"] == round(distance_km(record, HERE), 2) == 1.3
    (breach,) = said(photo_gps.far_from_record, beside(north(1.0001, "bd09"), located()))
    assert breach.values["distance_km"] == 1.0


def test_one_phone_of_another_datum_than_its_source_is_no_liar() -> None:
    """A record that meets its photo in another datum is of that one, though its source is of WGS-84."""
    stray, off = north(0.15, "bd09"), north(0.25, "bd09")
    assert distance_km(stray, HERE) > 1
    assert said(photo_gps.far_from_record, read_in("wgs84", beside(stray, located()))) == []
    assert len(said(photo_gps.far_from_record, read_in("wgs84", beside(off, located())))) == 1


@every_datum
def test_the_records_coordinates_are_outside_the_county_in_their_own_datum(datum: str) -> None:
    """Where the datum is known no other is tried, however kind."""
    subject = read_in(datum, beside(from_wgs84(north_of_county(5.3), datum), {"gps": "absent"}))
    (breach,) = said(photo_gps.outside_county, subject)
    assert (breach.slot, breach.values) == ("record", {"system": "app", "distance_km": 5.3})


@every_datum
def test_photos_that_a_chinese_map_has_shifted_are_put_right(datum: str) -> None:
    """Where that is known of the photos beside a source; those of the provincial system are of other phones."""
    shifted = located(from_wgs84(HERE, datum))
    subject = read_in("wgs84", beside(north(0.999), shifted), photos=datum)
    assert said(photo_gps.far_from_record, subject) == []
    at_border = located(from_wgs84(north_of_county(5.01), datum))
    app = read_in("wgs84", casefile(photos=[at_border]), photos=datum)
    front = read_in("wgs84", casefile(front_photos=[at_border]), photos=datum)
    assert said(photo_gps.outside_county, app)[0].values["distance_km"] == 5.01
    stands = COUNTY.areas[0].distance_km(at_border["position"])
    assert said(photo_gps.outside_county, front)[0].values["distance_km"] == round(stands, 2)


def test_a_photo_of_another_county_is_not_also_far_from_the_record() -> None:
    """One cause is one finding; and without coordinates there is nothing to be far from."""
    assert said(photo_gps.far_from_record, beside(HERE, located(north_of_county(9)))) == []
    assert said(photo_gps.far_from_record, casefile(photos=[located()])) == []


# ------------------------------------------------------------------------------------------------ is it the right time


@pytest.mark.parametrize("taken", [datetime(2020, 6, 9, 23, 59, 59), datetime(2020, 6, 14)])  # noqa: DTZ001
def test_a_photo_taken_outside_the_campaign_is_mentioned(taken: datetime) -> None:
    """Moment and days are given."""
    subject = casefile(photos=[{"taken_at": taken}])
    (breach,) = said(photo_gps.taken_outside_window, subject)
    assert breach.cells == subject.photos[0].at("taken_at")
    assert str(breach.values["date"]) == f"{taken:%Y-%m-%d %H:%M}"
    assert breach.values["window"] == "2020-06-10～2020-06-13"


@pytest.mark.parametrize("taken", [datetime(2020, 6, 10), datetime(2020, 6, 13, 23, 59, 59), None])  # noqa: DTZ001
def test_a_photo_of_the_campaigns_days_is_in_order(taken: datetime | None) -> None:
    """Both days at the ends are inside; a camera without a clock says nothing."""
    assert said(photo_gps.taken_outside_window, casefile(photos=[{"taken_at": taken}])) == []


@pytest.mark.parametrize(
    ("taken", "offset", "shown"),
    [
        (datetime(2020, 6, 9, 15, 59, 59), "+00:00", "2020-06-09 23:59"),  # noqa: DTZ001
        (datetime(2020, 6, 9, 16), "+00:00", None),  # noqa: DTZ001
        (datetime(2020, 6, 13, 15, 59, 59), "+00:00", None),  # noqa: DTZ001
        (datetime(2020, 6, 13, 16), "+00:00", "2020-06-14 00:00"),  # noqa: DTZ001
        (datetime(2020, 6, 13, 23, 59, 59), "+08:00", None),  # noqa: DTZ001
        (datetime(2020, 6, 14, 0, 59), "+09:00", None),  # noqa: DTZ001
        (datetime(2020, 6, 13, 23), "zone", None),  # noqa: DTZ001
    ],
)
def test_the_campaigns_days_are_those_of_the_plans_own_zone(taken: datetime, offset: str, shown: str | None) -> None:
    """A phone that is set to another zone and says so is read in its own."""
    subject = casefile(photos=[{"taken_at": taken, "offset": offset}])
    found = said(photo_gps.taken_outside_window, subject)
    assert [str(breach.values["date"]) for breach in found] == ([shown] if shown else [])
    assert [breach.cells for breach in found] == ([subject.photos[0].at("taken_at", "offset")] if shown else [])


@pytest.mark.parametrize("taken", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)])  # noqa: DTZ001
@pytest.mark.parametrize("offset", [None, "+14:00", "-12:00"])
def test_a_clock_at_the_end_of_time_is_only_outside(taken: datetime, offset: str | None) -> None:
    """What a camera may hold never ends a run."""
    gps_time = datetime(2020, 6, 11, 2, 30, tzinfo=UTC)
    subject = casefile(photos=[{"taken_at": taken, "gps_time": gps_time, "offset": offset}])
    assert len(said(photo_gps.taken_outside_window, subject)) == 1
    assert len(said(photo_gps.clock_disagrees, subject)) == 1


@pytest.mark.parametrize(
    ("minutes", "offset", "found"),
    [
        (0, None, None),
        (30, None, None),
        (-30, None, None),
        (30 + 1 / 60, None, 31),
        (31, None, 31),
        (-31, None, 31),
        (480, "+00:00", None),
        (0, "+00:00", 480),
    ],
)
def test_the_clocks_of_a_photo_are_compared(minutes: float, offset: str | None, found: int | None) -> None:
    """The camera's is of the plan's zone unless it says another; half an hour is allowed."""
    gps_time = datetime(2020, 6, 11, 2, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    subject = casefile(photos=[{"taken_at": TAKEN, "gps_time": gps_time, "offset": offset}])
    cells = subject.photos[0].at("gps_time", "taken_at")
    expected = [] if found is None else [Breach(cells, {**APP_PHOTO, "minutes": found}, slot="photo1")]
    assert said(photo_gps.clock_disagrees, subject) == expected


def test_a_photo_with_one_clock_has_none_to_disagree() -> None:
    """Both are needed."""
    assert said(photo_gps.clock_disagrees, casefile(photos=[{"taken_at": TAKEN}])) == []


def test_an_unreadable_zone_is_the_plans_own() -> None:
    """A camera may write anything there."""
    facts = {"taken_at": TAKEN, "gps_time": datetime(2020, 6, 11, 2, 30, tzinfo=UTC), "offset": "+99:99"}
    assert said(photo_gps.clock_disagrees, casefile(photos=[facts])) == []


# ------------------------------------------------------------------------------------------------ the other system

FAULTY: dict[str, dict[str, Any]] = {
    "photo-gps.unreadable": {"gps": "unreadable", "problem": "truncated"},
    "photo-gps.exif-stripped": {"gps": "no_exif"},
    "photo-gps.position-absent": {"gps": "absent"},
    "photo-gps.position-zeroed": {"gps": "zeroed"},
    "photo-gps.position-impossible": {"gps": "impossible", "swapped": True, "gps_text": "100/1 N, 35/1 E"},
    "photo-gps.outside-county": located(north_of_county(6)),
    "photo-gps.outside-township": located(Position(35.5, 100.5)),
    "photo-gps.far-from-record": located(Position(35.3, 100.5)),
    "photo-gps.clock-disagrees": located(
        Position(35.2, 100.5), taken_at=TAKEN, gps_time=datetime(2020, 6, 11, tzinfo=UTC)
    ),
}
RULES = {rule.code: rule for rule in photo_gps.register_rules()[0].build()}


def breaches(subject: CaseFile) -> dict[str, list[Breach]]:
    """Ask every rule of the topic, and give the breaches by code."""
    answers = {code: said(rule.function, subject, TOWNSHIP) for code, rule in RULES.items()}
    listed = {code: [a] if isinstance(a, Breach) else list(a or ()) for code, a in answers.items()}
    found = {code: [a for a in given if isinstance(a, Breach)] for code, given in listed.items()}
    return {code: given for code, given in found.items() if given}


@pytest.mark.parametrize("code", FAULTY)
def test_a_front_photo_of_the_provincial_system_is_judged_beside_the_apps(code: str) -> None:
    """Under its own clause and slot, though the app's own photo is in order; and the app's under the rule's clause."""
    right, faulty = located(Position(35.2, 100.5)), FAULTY[code]
    at = (100.5, 35.2) if code == "photo-gps.far-from-record" else (None, None)
    found = breaches(beside(at, right, front_photos=[faulty]))
    assert {code: [(b.clause, b.slot, b.values["system"]) for b in bs] for code, bs in found.items()} == {
        code: [("R3", "provincial1", "provincial")]
    }
    assert RULES[code].also_clause == "R3"
    found = breaches(beside(at, faulty, front_photos=[right]))
    assert [(b.clause, b.slot, b.values["system"]) for b in found[code]] == [(None, "photo1", "app")]


def test_what_is_asked_of_the_app_alone_is_not_asked_of_the_provincial_system() -> None:
    """Whether there is a photo, and whether its file is there, is asked elsewhere; and it may be an earlier one."""
    app_alone = {"photo-gps.photo-missing", "photo-gps.file-missing", "photo-gps.taken-outside-window"}
    earlier = datetime(2019, 5, 1, 10)  # noqa: DTZ001
    photos: list[dict[str, Any]] = [{"missing": True}, located(Position(35.2, 100.5), taken_at=earlier)]
    assert breaches(beside((None, None), located(Position(35.2, 100.5)), front_photos=photos)) == {}
    assert {code for code, rule in RULES.items() if rule.also_clause is None} == app_alone
    assert set(breaches(beside((None, None), front_photos=[located(Position(35.2, 100.5))]))) == {
        "photo-gps.photo-missing"
    }


@pytest.mark.parametrize("code", sorted(set(FAULTY) - {"photo-gps.far-from-record"}))
def test_a_front_photo_is_judged_before_the_app_has_a_record(code: str) -> None:
    """Townships look through the provincial system in any case; what the app has not recorded has no place."""
    subject = casefile(records=(), front_photos=[FAULTY[code]], roles=["photos"])
    asked = {c: rule for c, rule in RULES.items() if not rule.recorded}
    found = {c: said(rule.function, subject, TOWNSHIP) for c, rule in asked.items()}
    assert [c for c, answer in found.items() if answer] == [code]
    assert set(asked) == set(FAULTY)


def test_a_front_photo_proves_nothing_for_the_apps() -> None:
    """V3 asks for the app's own photo; nor does the app's make up for the provincial system's."""
    inside = located(Position(35.2, 100.5))
    assert said(photo_gps.outside_county, casefile(front_photos=[inside])) == []
    subject = casefile(photos=[{"gps": "zeroed"}], front_photos=[inside])
    assert [b.slot for b in said(photo_gps.position_zeroed, subject)] == ["photo1"]
    both = casefile(photos=[{"gps": "zeroed"}], front_photos=[{"gps": "zeroed"}])
    assert [b.slot for b in said(photo_gps.position_zeroed, both)] == ["photo1", "provincial1"]


def test_the_records_coordinates_make_up_for_both_systems() -> None:
    """The house is found by them, whoever took the photo; they are still proof only beside the app's."""
    subject = beside(HERE, {"gps": "no_exif"}, front_photos=[{"gps": "no_exif"}])
    assert said(photo_gps.exif_stripped, subject) == []
    alone = beside(HERE, front_photos=[{"gps": "no_exif"}])
    assert said(photo_gps.outside_county, alone) == []


def test_a_relocated_household_is_judged_against_the_county_in_both_systems() -> None:
    """Neither its township nor its old village matters, and the county still does."""
    moved = {"guarantee_type": "改造安全", "programme": "生态移民"}
    away, gone = located(Position(35.9, 100.5)), located(north_of_county(6))
    assert breaches(casefile(moved, photos=[away], front_photos=[away])) == {}
    found = breaches(casefile(moved, photos=[gone], front_photos=[gone]))
    assert {code: [b.slot for b in bs] for code, bs in found.items()} == {
        "photo-gps.outside-county": ["photo1", "provincial1"]
    }


def test_the_area_of_a_village_accuses_nobody() -> None:
    """No rule asks for it: a house may stand beside its village."""
    village = campaign(areas=(square("632525"), square("632525100201", top=35.1)))
    subject = casefile(photos=[located()], front_photos=[located()])
    assert said(photo_gps.outside_township, subject, village) == []
    assert [type(answer) for answer in said(photo_gps.outside_county, subject, village)] == [Proof]


def test_the_words_say_which_system_the_photo_stands_in() -> None:
    """In both languages; and both photos' findings are open at once, each under its own key and clause."""
    subject = casefile(photos=[{"gps": "zeroed"}], front_photos=[{"gps": "zeroed"}])
    outcome = check([subject], COUNTY)
    found = [finding for finding in outcome.findings if finding.code == "photo-gps.position-zeroed"]
    assert [(f.key.rpartition("/")[2], f.clause, f.requirement) for f in found] == [
        ("photo1", "V3", "photo"),
        ("provincial1", "R3", "provincial"),
    ]
    for language, words in (("zh", ("核验APP", "省检索系统")), ("en", ("app", "provincial system"))):
        renderer = Renderer(RULES, COUNTY.definition, language, OPEN)
        assert [word in renderer.message(f) for f, word in zip(found, words, strict=True)] == [True, True]


def test_a_front_photo_leaves_the_requirement_of_the_apps_photo_alone() -> None:
    """It weighs on the verdict, and stands against the requirement of the provincial system."""
    subject = casefile(photos=[located()], provincial=[{}], front_photos=[{"gps": "zeroed"}])
    (household,) = check([subject], COUNTY).households
    states = {link.requirement.name: (link.state, link.codes) for link in household.requirements}
    assert states["photo"] == (State.MET, ())
    assert states["provincial"] == (State.UNMET, ("photo-gps.position-zeroed",))
    assert household.verdict is Verdict.UNPROVEN


# ------------------------------------------------------------------------------------------------ what a person saw


def reviewed(look: Look, **fields: Any) -> CaseFile:
    """Make the case file of a household whose one photo, taken at the usual place, a person has looked at."""
    record = verification()
    evidence = photo(record, **located(), digest="d" * 64)
    review = Review(record.household_id or "", "d" * 64, look, "审看人甲", "2020-06-14T09:00:00.000+08:00")
    return evolve(casefile(record, roles=["photos"], **fields), photos=(evolve(evidence, review=review),))


def test_a_photo_of_another_house_is_no_photo_of_this_one() -> None:
    """It proves no position, and the finding points at the cell that names it and at who looked."""
    subject = reviewed(Look.OTHER_HOUSE)

    missing = ask(photo_gps.photo_missing, subject)

    assert isinstance(missing, Breach)
    assert missing.values == {"reason": "other-house"}
    assert [cell.value for cell in missing.cells][-2:] == ["审看人甲", "other-house 2020-06-14 09:00"]
    assert [one for one in ask(photo_gps.outside_county, subject, SETTINGS, COUNTY) if isinstance(one, Proof)] == []


def test_a_photo_that_a_person_called_whole_proves_its_place_with_their_word() -> None:
    """The proof names who looked, beside the position."""
    (proof,) = ask(photo_gps.outside_county, reviewed(Look.WHOLE), SETTINGS, COUNTY)

    assert isinstance(proof, Proof)
    assert [cell.value for cell in proof.cells][-2:] == ["审看人甲", "whole-front 2020-06-14 09:00"]
