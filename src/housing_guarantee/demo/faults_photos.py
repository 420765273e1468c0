"""What goes wrong with photos: taken elsewhere or at another time, or robbed of their Exif data on the way."""

from datetime import timedelta
from typing import Any

from housing_guarantee.demo.county import House
from housing_guarantee.demo.fault import (
    RENOVATED,
    Faults,
    Site,
    another_phone,
    front_unseen,
    in_workbook,
    plain_photo,
)
from housing_guarantee.demo.geography import NORTH

__all__ = ["fault"]

fault = Faults()


# ------------------------------------------------------------------------------------------------ photos


def shoot(code: str, state: str, verdict: str = "unproven", **more: Any) -> None:
    """Register a fault of the photo's file."""

    def plant(house: House, site: Site) -> None:
        house.shots[0].state = state

    fault(code, verdict, **{"source": "photo", **more})(plant)


shoot("photo-gps.file-missing", "no file", source="record", field="photos")
shoot("photo-gps.unreadable", "truncated")
shoot("photo-gps.unreadable", "text", copies=1)
shoot("photo-gps.exif-stripped", "no exif", where=plain_photo)
shoot("photo-gps.position-absent", "no gps", where=plain_photo)
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
    house.shots[0].phone = another_phone(house)
    house.record |= {"latitude": f"{north:.6f}", "longitude": "100.800000"}


@fault("photo-gps.outside-county", "contradicted", where=front_unseen, source="photo")
def outside_county(house: House, site: Site) -> None:
    """Photographed twenty kilometres outside the county."""
    _move(house, NORTH + 0.18)


@fault("photo-gps.outside-county", "proved", where=front_unseen, source="photo", copies=1)
def near_county(house: House, site: Site) -> None:
    """Photographed three kilometres outside the county, where a border may be drawn wrongly."""
    _move(house, NORTH + 0.027)


@fault(
    "photo-gps.outside-township",
    "proved",
    where=lambda h: h.kind != RENOVATED and front_unseen(h),
    source="photo",
)
def outside_township(house: House, site: Site) -> None:
    """Photographed in another township, by somebody who was never moved."""
    north = 35.45 if house.township.code in ("632525200", "632525202", "632525203") else 36.0
    _move(house, north)


@fault("photo-gps.far-from-record", "contradicted", where=front_unseen, source="photo")
def far_from_record(house: House, site: Site) -> None:
    """The app recorded a place three kilometres from where the photo was taken."""
    house.record["latitude"] = f"{house.shots[0].position[0] + 0.03:.6f}"


@fault("photo-gps.position-impossible", where=in_workbook, field="latitude", copies=1)
def record_impossible(house: House, site: Site) -> None:
    """The photo has no position, and the coordinates that the app recorded are none."""
    house.shots[0].state = "no gps"
    house.record["latitude"] = "95.000000"


@fault("photo-gps.position-impossible", where=in_workbook, field="latitude", copies=1, alone=True)
def record_swapped(house: House, site: Site) -> None:
    """The photo has no position, and somebody typed this one record's coordinates the wrong way round."""
    house.shots[0].state = "no gps"
    north, east = house.record["latitude"], house.record["longitude"]
    house.record |= {"latitude": east, "longitude": north}


@fault("photo-gps.taken-outside-window", "proved", source="photo")
def taken_outside_window(house: House, site: Site) -> None:
    """The photo is of last winter."""
    house.shots[0].taken = house.shots[0].taken.replace(year=2019, month=12)


@fault("photo-gps.clock-disagrees", "proved", source="photo")
def clock_disagrees(house: House, site: Site) -> None:
    """The satellites' clock and the camera's are two hours apart."""
    shot = house.shots[0]
    shot.gps_time = shot.taken - timedelta(hours=10)
