"""What goes wrong with the front photos that the retrieval system holds: as with the app's, each system by itself."""

from datetime import timedelta
from typing import Any

from attrs import evolve

from housing_guarantee.demo.archives import filed_scene
from housing_guarantee.demo.county import House
from housing_guarantee.demo.fault import Faults, Site, archive_scanned, front_seen, in_workbook
from housing_guarantee.demo.geography import NORTH

__all__ = ["fault"]

fault = Faults()


def unplaced(house: House) -> bool:
    """Say whether the front photo is known, and the app recorded no coordinates that could speak against it."""
    return house.front_seen and house.in_package


def stays(house: House) -> bool:
    """Say whether nobody was moved, besides."""
    return unplaced(house) and not house.is_moved


def front(code: str, verdict: str, *, where: Any = front_seen, **changed: Any) -> None:
    """Register a fault that is something of the front photo alone."""

    def plant(house: House, site: Site) -> None:
        house.front = evolve(house.front, **changed)

    fault(code, verdict, where=where, source="front", copies=1)(plant)


def moved(code: str, verdict: str, north: float, **more: Any) -> None:
    """Register a fault that is where the front photo was taken."""
    front(code, verdict, position=(north, 100.8), **more)


# ------------------------------------------------------------------------------------------------ where and when

front("photo-gps.unreadable", "unproven", state="truncated")
front("photo-gps.unreadable", "unproven", state="text")
front("photo-gps.exif-stripped", "unproven", where=unplaced, state="no exif")
front("photo-gps.position-absent", "unproven", where=unplaced, state="no gps")
front("photo-gps.position-zeroed", "unproven", state="zeroed")
front("photo-gps.position-zeroed", "unproven", state="zero by zero")
front("photo-gps.position-impossible", "unproven", state="impossible")
front("photo-gps.position-impossible", "unproven", state="swapped")
moved("photo-gps.outside-county", "contradicted", NORTH + 0.18)
moved("photo-gps.outside-county", "proved", NORTH + 0.027, where=unplaced)
moved("photo-gps.outside-township", "proved", 36.0, where=stays)


@fault(
    "photo-gps.far-from-record",
    "contradicted",
    where=lambda house: house.front_seen and in_workbook(house),
    source="front",
    copies=1,
)
def far_from_record(house: House, site: Site) -> None:
    """The front photo was taken three kilometres from where the app was."""
    north, east = house.front.position
    house.front.position = (north, east + 0.033)


@fault("photo-gps.clock-disagrees", "proved", where=front_seen, source="front", copies=1)
def clock_disagrees(house: House, site: Site) -> None:
    """The satellites' clock and the camera's are two hours apart."""
    house.front.gps_time = house.front.taken - timedelta(hours=10)


# ------------------------------------------------------------------------------------------------ what is to be seen

front("photo-forensics.looks-rephotographed", "proved", look="paper")
front("photo-forensics.looks-rephotographed", "proved", look="screen")
front("photo-forensics.not-whole-front", "proved", look="small")
front("photo-forensics.not-whole-front", "proved", look="strip")
front("photo-forensics.not-whole-front", "proved", look="wall")
front("photo-forensics.blurred", "proved", look="out of focus")
front("photo-forensics.blurred", "proved", look="dark")
front("photo-forensics.edited", "proved", software="Adobe Photoshop CC 2019 (Windows)")


def near(house: House, other: House) -> bool:
    """Say whether two households live so near to one another that one position would do for both."""
    return house.village == other.village and front_seen(other)


@fault(
    "photo-forensics.shared-file",
    "contradicted",
    where=unplaced,
    beside=near,
    source="front",
    pair=True,
    copies=1,
)
def shared_front(house: House, site: Site) -> None:
    """A neighbour's front photo was uploaded for this household too."""
    house.front = evolve(site.other.front, name=house.front.name)


@fault("photo-forensics.near-duplicate", "contradicted", where=front_seen, beside=lambda h, o: o.front_seen,
       source="front", pair=True, copies=1)  # fmt: skip
def front_saved_again(house: House, site: Site) -> None:
    """Another household's front photo, cut and saved again, passes for this one's."""
    house.front.scene, house.front.look = site.other.front.scene, "cropped"


@fault("photo-forensics.copied-from-archive", "contradicted", where=archive_scanned, source="front", copies=1)
def copied_from_archive(house: House, site: Site) -> None:
    """The front photo is the very file of the archive."""
    house.front.scene = filed_scene(house)


@fault("photo-forensics.copied-from-archive", "contradicted", where=archive_scanned, source="front", copies=1)
def cut_from_archive(house: House, site: Site) -> None:
    """The front photo is the picture of the archive, cut and saved again."""
    house.front.scene, house.front.look = filed_scene(house), "cropped"
