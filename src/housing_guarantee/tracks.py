"""Follow a phone from photo to photo, and find where it was faster than any road."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import frozen

from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.clusters import local_time
from housing_guarantee.geo import distance_km
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.models import Position
from housing_guarantee.photos.facts import Photo
from housing_guarantee.whereabouts import located

__all__ = ["Jump", "Phone", "Stop", "by_photo", "jumps", "stops"]

Phone = tuple[str, str | None, str | None, str | None]
"""Recorder, make, model, and serial number where the phone writes one."""


@frozen
class Stop:
    """A photo on the way of a phone."""

    phone: Phone
    household_id: str
    evidence: PhotoEvidence
    photo: Photo
    position: Position
    when: datetime

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other."""
        return self.household_id, self.evidence.slot


@frozen
class Jump:
    """Two photos taken one after the other, too far apart for the hours between them."""

    kilometres: float
    hours: float
    one: Stop
    other: Stop

    @property
    def order(self) -> tuple[float, tuple[str, str]]:
        """Sort by speed."""
        return self.kilometres / (self.hours or 1e-9), self.other.key


def stops(casefile: CaseFile) -> Iterator[Stop]:
    """Give the app's photos that say by which phone, where and when; the provincial system names no recorder."""
    recorder = normalise_name(casefile.record.recorder or "") if casefile.verifications else ""
    for evidence, position in located(casefile, casefile.photos) if recorder else ():
        photo = evidence.photo
        if photo and (photo.make or photo.model) and (when := local_time(photo)):
            phone = (recorder, photo.make, photo.model, photo.serial)
            yield Stop(phone, casefile.household_id, evidence, photo, position, when)


def jumps(track: Sequence[Stop], *, kilometres: float, speed: float, since: int) -> list[Jump]:
    """Find where the phone went over so many kilometres, faster than so many an hour; each jump is given both ways.

    :param since: the year before which a clock is one that was set back, and says nothing
    """
    way = sorted((stop for stop in track if stop.when.year >= since), key=lambda stop: (stop.when, stop.key))
    found = []
    for one, other in pairwise(way):
        distance, hours = _kilometres(one, other), _hours(one, other)
        if distance > kilometres and distance > speed * hours:
            found += [Jump(distance, hours, one, other), Jump(distance, hours, other, one)]
    return found


def by_photo(found: Iterable[Jump]) -> Iterable[list[Jump]]:
    """Give the jumps of each photo."""
    of_photo: dict[tuple[str, str], list[Jump]] = defaultdict(list)
    for jump in found:
        of_photo[jump.one.key].append(jump)
    return of_photo.values()


def _kilometres(one: Stop, other: Stop) -> float:
    """Measure how far apart two photos were taken at least, as both phones say by how much they may be off."""
    off = (one.photo.error_m or 0.0) + (other.photo.error_m or 0.0)
    return distance_km(one.position, other.position) - off / 1000


def _hours(one: Stop, other: Stop) -> float:
    """Measure the time between two photos by the camera's clock or the satellites', whichever leaves more."""
    a, b = one.photo, other.photo
    gaps = [abs(b.gps_time - a.gps_time)] if a.gps_time and b.gps_time else []
    if not gaps or (a.taken_at and b.taken_at):
        gaps.append(abs(other.when - one.when))
    return max(gaps) / timedelta(hours=1)
