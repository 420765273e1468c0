"""What a visit that nobody made leaves in the photos: one picture for two homes, one spot for many, a part, a blur."""

from datetime import timedelta
from typing import Any

from attrs import evolve

from housing_guarantee.demo.archives import filed_scene
from housing_guarantee.demo.county import House
from housing_guarantee.demo.fault import Faults, Site, another_phone, archive_scanned
from housing_guarantee.geo import distance_km
from housing_guarantee.models import Position

__all__ = ["fault"]

fault = Faults()


def stays(house: House) -> bool:
    """Say whether nobody was moved, and the position stands in the photo alone."""
    return house.in_package and not house.is_moved


def same_village(house: House, other: House) -> bool:
    """Say whether two households are neighbours."""
    return house.village == other.village


def far_away(house: House, other: House) -> bool:
    """Say whether no phone can be at both within minutes."""
    return distance_km(Position(*house.shots[0].position), Position(*other.shots[0].position)) > 15


# ------------------------------------------------------------------------------------------------ two households


@fault("photo-forensics.shared-file", "contradicted", where=stays, beside=same_village, source="photo", pair=True)
def shared_file(house: House, site: Site) -> None:
    """A neighbour's photo was uploaded for this household too."""
    house.shots[0] = evolve(site.other.shots[0], name=house.shots[0].name)


def _picture_of(house: House, other: House, look: str) -> None:
    house.shots[0].scene, house.shots[0].look = other.shots[0].scene, look


@fault("photo-forensics.near-duplicate", "contradicted", source="photo", pair=True)
def near_duplicate(house: House, site: Site) -> None:
    """Another household's picture, cut and saved again, passes for this one's."""
    _picture_of(house, site.other, "cropped")


@fault("photo-forensics.near-duplicate", "contradicted", source="photo", pair=True, copies=1)
def saved_again(house: House, site: Site) -> None:
    """Another household's picture, written again with other Exif data, passes for this one's."""
    _picture_of(house, site.other, "whole")


@fault("photo-forensics.impossible-travel", "proved", beside=far_away, source="photo", pair=True, copies=1)
def impossible_travel(house: House, site: Site) -> None:
    """One phone took photos in two places within a minute."""
    one, other = house.shots[0], site.other.shots[0]
    one.phone = other.phone = another_phone(house)
    other.taken = one.taken + timedelta(minutes=1)
    site.other.record["recorder"] = house.record["recorder"]


@fault("photo-forensics.copied-from-archive", "contradicted", where=archive_scanned, source="photo", copies=1)
def copied_from_archive(house: House, site: Site) -> None:
    """The app's photo was taken of the picture in the archive."""
    house.shots[0].scene = filed_scene(house)


# ------------------------------------------------------------------------------------------------ what is to be seen


def look(code: str, kind: str, **more: Any) -> None:
    """Register a fault of what a picture shows."""

    def plant(house: House, site: Site) -> None:
        house.shots[0].look = kind

    fault(f"photo-forensics.{code}", "proved", source="photo", **more)(plant)


look("looks-rephotographed", "paper")
look("looks-rephotographed", "screen", copies=1)
look("not-whole-front", "small", copies=1)
look("not-whole-front", "strip", copies=1)
look("not-whole-front", "wall", copies=1)
look("blurred", "out of focus")
look("blurred", "dark", copies=1)


@fault("photo-forensics.edited", "proved", source="photo")
def edited(house: House, site: Site) -> None:
    """The photo was written by a program for touching up pictures."""
    house.shots[0].software = "Adobe Photoshop CC 2019 (Windows)"
