"""What a photo's position and clocks say about a house."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.geo import Area, Polygon, from_wgs84
from housing_guarantee.models import Position
from housing_guarantee.rule import WARNING, Breach, Proof
from housing_guarantee.rules import photo_gps
from tests.rules.build import ask, campaign, casefile, photo, verification

SETTINGS = photo_gps.Settings()
HERE = Position(35.5, 100.5)
NORTH_KM = 1 / 111.195  # degrees of latitude to a kilometre
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


def beside(position: Position | tuple[Any, Any], *photos: dict[str, Any], **fields: Any) -> CaseFile:
    """Make the case file of a record with coordinates and photos."""
    if isinstance(position, Position):
        position = position.longitude, position.latitude
    record = verification(longitude=position[0], latitude=position[1], **fields)
    return casefile(record, photos=[photo(record, f"photo{at}", **facts) for at, facts in enumerate(photos, 1)])


def said(function: Any, subject: CaseFile, where: Campaign = COUNTY) -> Any:
    """Ask a rule with the topic's own settings."""
    return ask(function, subject, SETTINGS, where)


# ------------------------------------------------------------------------------------------------ is there a photo


def test_a_record_without_photos_is_said_where_photos_were_asked() -> None:
    """They were asked where there is a column for them or a source of them."""
    subject = casefile({"photos": None})
    assert said(photo_gps.photo_missing, subject) == Breach(subject.record.at("photos"))
    lacking = casefile({"lacking": ["photos"]})
    assert said(photo_gps.photo_missing, lacking) is None
    assert said(photo_gps.photo_missing, casefile({"lacking": ["photos"]}, roles=["photos"])) is not None
    assert said(photo_gps.photo_missing, casefile(photos=[located()])) is None


def test_a_photo_without_its_file_is_said_at_the_record() -> None:
    """Each has the slot of its photo."""
    subject = casefile(photos=[{"missing": True}])
    breach = Breach(subject.record.at("photos"), {"photo": "front.jpg"}, slot="photo1")
    assert said(photo_gps.file_missing, subject) == [breach]
    assert said(photo_gps.file_missing, casefile(photos=[located()])) == []


def test_an_unreadable_photo_is_said_with_its_reason() -> None:
    """The file itself is shown."""
    subject = casefile(photos=[{"gps": "unreadable", "problem": "truncated"}])
    breach = Breach(subject.photos[0].at("file"), {"photo": "front.jpg", "reason": "truncated"}, slot="photo1")
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
    breach = Breach(subject.photos[0].at("gps"), {"photo": "front.jpg"}, slot="photo1")
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


def test_coordinates_beside_no_readable_photo_prove_nothing() -> None:
    """A photo is asked for, whatever the record says."""
    assert said(photo_gps.outside_county, beside(HERE, {"gps": "unreadable"})) == []
    assert said(photo_gps.outside_county, beside(HERE, {"missing": True})) == []
    assert said(photo_gps.outside_county, beside(HERE)) == []


@pytest.mark.parametrize(("swapped", "reason"), [(True, "swapped"), (False, "out-of-range")])
def test_an_impossible_position_of_a_photo_is_named(swapped: bool, reason: str) -> None:
    """Exchanged numbers are named as such."""
    subject = casefile(photos=[{"gps": "impossible", "swapped": swapped, "gps_text": "100/1 N, 35/1 E"}])
    values = {"typed": "100/1 N, 35/1 E", "reason": reason}
    assert said(photo_gps.position_impossible, subject) == [Breach(subject.photos[0].at("gps"), values, slot="photo1")]


@pytest.mark.parametrize("typed", [(100.5, 95.0), ("不详", 35.5), (190.0, 35.5)])
def test_impossible_coordinates_of_a_record_are_named_as_typed(typed: tuple[Any, Any]) -> None:
    """They are said instead of the photo's lack, and silently passed over where the photo has a position."""
    subject = beside(typed, {"gps": "no_exif"})
    values = {"typed": f"{typed[0]}, {typed[1]}", "reason": "out-of-range"}
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


def test_a_photo_far_outside_the_county_contradicts() -> None:
    """More than five kilometres are no error of a border."""
    subject = casefile(photos=[located(north_of_county(6))])
    assert said(photo_gps.outside_county, subject) == [
        Breach(subject.photos[0].at("gps"), {"distance_km": 6.0}, slot="photo1")
    ]


def test_a_photo_just_outside_the_county_is_mentioned() -> None:
    """Between one and five kilometres the photo still counts; within one nothing is said."""
    subject = casefile(photos=[located(north_of_county(3))])
    cells = subject.photos[0].at("gps")
    breach = Breach(cells, {"distance_km": 3.0}, slot="photo1", severity=WARNING, effect=None)
    assert said(photo_gps.outside_county, subject) == [Proof(cells), breach]
    near = casefile(photos=[located(north_of_county(0.9))])
    assert said(photo_gps.outside_county, near) == [Proof(near.photos[0].at("gps"))]


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
    assert breach.values == {"photo": "front.jpg", "distance_km": 11.12}
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


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_a_photo_is_near_the_record_in_whatever_datum(datum: str) -> None:
    """A shift of the map is no distance."""
    assert said(photo_gps.far_from_record, beside(from_wgs84(HERE, datum), located())) == []


def test_a_photo_far_from_the_record_contradicts() -> None:
    """The photo's position is at fault, and the record's is shown beside it."""
    subject = beside(Position(35.53, 100.5), located())
    (breach,) = said(photo_gps.far_from_record, subject)
    assert breach.cells == subject.photos[0].at("gps") + subject.record.at("longitude", "latitude")
    assert (breach.values["photo"], breach.slot) == ("front.jpg", "photo1")
    assert 2 < breach.values["distance_km"] < 3.4


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


@pytest.mark.parametrize("taken", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)])  # noqa: DTZ001
def test_a_clock_at_the_end_of_time_is_only_outside(taken: datetime) -> None:
    """What a camera may hold never ends a run."""
    subject = casefile(photos=[{"taken_at": taken, "gps_time": datetime(2020, 6, 11, 2, 30, tzinfo=UTC)}])
    assert len(said(photo_gps.taken_outside_window, subject)) == 1
    assert len(said(photo_gps.clock_disagrees, subject)) == 1


@pytest.mark.parametrize(
    ("minutes", "offset", "found"),
    [(0, None, None), (30, None, None), (31, None, 31), (-31, None, 31), (480, "+00:00", None), (0, "+00:00", 480)],
)
def test_the_clocks_of_a_photo_are_compared(minutes: int, offset: str | None, found: int | None) -> None:
    """The camera's is of the plan's zone unless it says another; half an hour is allowed."""
    gps_time = datetime(2020, 6, 11, 2, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    subject = casefile(photos=[{"taken_at": TAKEN, "gps_time": gps_time, "offset": offset}])
    cells = subject.photos[0].at("gps_time", "taken_at")
    expected = [] if found is None else [Breach(cells, {"photo": "front.jpg", "minutes": found}, slot="photo1")]
    assert said(photo_gps.clock_disagrees, subject) == expected


def test_a_photo_with_one_clock_has_none_to_disagree() -> None:
    """Both are needed."""
    assert said(photo_gps.clock_disagrees, casefile(photos=[{"taken_at": TAKEN}])) == []


def test_an_unreadable_zone_is_the_plans_own() -> None:
    """A camera may write anything there."""
    facts = {"taken_at": TAKEN, "gps_time": datetime(2020, 6, 11, 2, 30, tzinfo=UTC), "offset": "+99:99"}
    assert said(photo_gps.clock_disagrees, casefile(photos=[facts])) == []
