"""Put together households whose photos are tied by likeness or nearness, which no equal key tells.

Every tie is between two photos and rests on these alone, so the order of the case files changes nothing.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, floor, radians, sin
from typing import Any

from attrs import frozen

from housing_guarantee.campaign import LOCAL
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.geo import EARTH_RADIUS_KM, distance_km
from housing_guarantee.models import Position
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.likeness import alike, alike_in, likeness
from housing_guarantee.photos.picture import Picture
from housing_guarantee.rule import Group, Member
from housing_guarantee.whereabouts import located

__all__ = ["fronts", "local_time", "near_duplicates", "resemblance", "shown_by", "spots", "tied"]


def fronts(casefile: CaseFile) -> list[tuple[PhotoEvidence, Photo]]:
    """Give the front photos of both systems whose files are there, with their facts."""
    return [(one, one.photo) for one in casefile.photos + casefile.front_photos if one.photo]


def local_time(photo: Photo | None) -> datetime | None:
    """Give when a photo was taken, on the camera's clock, or by the satellites' in the plan's own zone."""
    if photo is None or photo.taken_at or photo.gps_time is None:
        return photo.taken_at if photo else None
    return photo.gps_time.astimezone(LOCAL).replace(tzinfo=None)


# ---------------------------------------------------------------------------------------------- likeness


def resemblance(one: Photo, other: Photo) -> float:
    """Say how alike two photos are: the same bytes need not be looked at."""
    if one.digest == other.digest:
        return 1.0
    return likeness(one.picture, other.picture) if one.picture and other.picture else 0.0


def near_duplicates(casefiles: Iterable[CaseFile], least: float) -> Iterator[Group]:
    """Give, for each photo of which other households have a likeness, a group of these households and its own.

    The key is household and slot of the photo. There is one group a photo, not one of all that hang together: a photo
    is said to be like those only that it was itself compared with, however like these are to yet others. Files of the
    same bytes are not compared.

    :param least: of the `likeness`, 0 to 1
    """
    shown: dict[str, list[tuple[CaseFile, PhotoEvidence]]] = defaultdict(list)
    pictures = {}
    for casefile in casefiles:
        for evidence, photo in fronts(casefile):
            if photo.picture and photo.digest:
                shown[photo.digest].append((casefile, evidence))
                pictures[photo.digest] = photo.picture
    digests = sorted(pictures)
    like: dict[str, list[str]] = defaultdict(list)
    for one, other in alike([pictures[digest] for digest in digests], least):
        like[digests[one]].append(digests[other])
        like[digests[other]].append(digests[one])
    for digest, others in like.items():
        rest = [pair for other in others for pair in shown[other]]
        for casefile, evidence in shown[digest]:
            tied = [pair for pair in rest if pair[0].household_id != casefile.household_id]
            if tied:
                yield Group((casefile.household_id, evidence.slot), _members([(casefile, evidence), *tied], "file"))


def shown_by(casefile: CaseFile) -> Iterator[tuple[str, Picture]]:
    """Give the pictures of the front photos, each with its file's digest."""
    for _, photo in fronts(casefile):
        if photo.picture and photo.digest:
            yield photo.digest, photo.picture


def tied(shown: Sequence[tuple[str, Picture]], part: int, settings: Any) -> Iterator[tuple[int, int]]:
    """Give the pairs of them that are alike, as far as one part of the search finds them; no file is like itself.

    :param settings: of the topic; ``same_picture`` is the least likeness
    """
    for one, other in alike_in([picture for _, picture in shown], part, settings.same_picture):
        if shown[one][0] != shown[other][0]:
            yield one, other


def _members(pairs: Iterable[tuple[CaseFile, PhotoEvidence]], *fields: str) -> tuple[Member, ...]:
    ordered = sorted(pairs, key=lambda pair: (pair[0].household_id, pair[1].slot))
    return tuple(Member(casefile, evidence.at(*fields)) for casefile, evidence in ordered)


# ---------------------------------------------------------------------------------------------- nearness


@frozen
class _Shot:
    when: datetime
    position: Position
    casefile: CaseFile
    evidence: PhotoEvidence

    @property
    def order(self) -> tuple[datetime, str, str]:
        return self.when, self.casefile.household_id, self.evidence.slot


_Cube = tuple[int, int, int]
_AROUND = tuple((x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1))


def spots(casefiles: Iterable[CaseFile], *, metres: float, minutes: float, households: int) -> Iterator[Group]:
    """Give the spots from which that many households were photographed in so short a time.

    A spot is a photo with all that were taken so near to it, from it on and so soon; spots that share a photo are one.
    Households that were moved do not count: they live side by side. The key is the day on which a spot begins.
    """
    shots = sorted((shot for casefile in casefiles for shot in _shots(casefile)), key=lambda shot: shot.order)
    cubes: dict[_Cube, list[int]] = defaultdict(list)
    for place, shot in enumerate(shots):
        cubes[_cube(shot.position, metres)].append(place)
    whose = list(range(len(shots)))
    crowded = set()
    for place in range(len(shots)):
        near = _near(place, shots, cubes, metres, timedelta(minutes=minutes))
        if len({shots[one].casefile.household_id for one in near}) >= households:
            crowded.update(near)
            for one in near:
                _join(whose, place, one)
    together: dict[int, list[_Shot]] = defaultdict(list)
    for place in sorted(crowded):
        together[_root(whose, place)].append(shots[place])
    for spot in together.values():
        yield Group(f"{spot[0].when:%Y-%m-%d}", _members(((s.casefile, s.evidence) for s in spot), "gps", "taken_at"))


def _shots(casefile: CaseFile) -> Iterator[_Shot]:
    """Give the photos of a household that say where and when, unless it was moved."""
    photos = () if casefile.is_relocated else casefile.photos + casefile.front_photos
    for evidence, position in located(casefile, photos):
        if when := local_time(evidence.photo):
            yield _Shot(when, position, casefile, evidence)


def _cube(position: Position, metres: float) -> _Cube:
    """Find the cube of space, of so many metres, that a point of the earth lies in."""
    north, east = radians(position.latitude), radians(position.longitude)
    point = (cos(north) * cos(east), cos(north) * sin(east), sin(north))
    x, y, z = (floor(EARTH_RADIUS_KM * 1000 / metres * part) for part in point)
    return x, y, z


def _near(
    place: int, shots: Sequence[_Shot], cubes: Mapping[_Cube, Sequence[int]], metres: float, soon: timedelta
) -> list[int]:
    """List the photos near one in the order of time, from it on."""
    shot = shots[place]
    x, y, z = _cube(shot.position, metres)
    near = []
    for dx, dy, dz in _AROUND:
        places = cubes.get((x + dx, y + dy, z + dz), ())
        for other in places[bisect_left(places, place) :]:
            if shots[other].when - shot.when > soon:
                break
            if distance_km(shot.position, shots[other].position) * 1000 <= metres:
                near.append(other)
    return near


def _root(whose: list[int], place: int) -> int:
    while whose[place] != place:
        whose[place] = place = whose[whose[place]]
    return place


def _join(whose: list[int], one: int, other: int) -> None:
    one, other = _root(whose, one), _root(whose, other)
    whose[max(one, other)] = min(one, other)
