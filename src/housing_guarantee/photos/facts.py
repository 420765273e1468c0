"""What a photo file tells about a house: where and when it was taken, with what, and which bytes it is.

No pixel is decoded. Whatever the bytes are, the answer is a :class:`Photo` whose GPS has one of six named
outcomes, and nothing is called missing before a second reader has looked too.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen

from housing_guarantee.models import Cell, Position
from housing_guarantee.photos.exif import Tags, Value
from housing_guarantee.photos.picture import Picture
from housing_guarantee.photos.reading import Reading, read
from housing_guarantee.photos.segments import open_container

BYTES_AT_MOST = 60_000_000

_COLUMNS = {  # field → the Exif tag that a viewer shows for it; none for the file as a whole
    "gps": "GPSLatitude",
    "position": "GPSLatitude",
    "swapped": "GPSLatitude",
    "gps_time": "GPSTimeStamp",
    "direction": "GPSImgDirection",
    "error_m": "GPSHPositioningError",
    "taken_at": "DateTimeOriginal",
    "offset": "OffsetTimeOriginal",
    "make": "Make",
    "model": "Model",
    "software": "Software",
    "serial": "BodySerialNumber",
    "orientation": "Orientation",
}
_DATE_TIME = re.compile(r"([0-9]{4})[:/-]([0-9]{2})[:/-]([0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})[:/-]([0-9]{2})[:/-]([0-9]{2})")


@frozen
class Photo:
    """The facts of one photo file.

    :param name: the file as its folder or archive names it; it may hold a person's name
    :param digest: SHA-256 of the bytes in hexadecimal; empty where they could not be read whole
    :param size: bytes
    :param gps: ``ok``, ``no_exif``, ``absent``, ``zeroed``, ``impossible`` or ``unreadable``
    :param position: WGS-84, present if and only if ``gps`` is ``ok``
    :param swapped: impossible only because latitude and longitude are exchanged (certain in China)
    :param problem: why it is unreadable: ``empty``, ``not an image``, ``truncated``, ``too large``,
        ``cannot be read``, ``hostile exif``, ``damaged exif``, ``readers disagree`` or
        ``heic support is not installed``
    :param taken_at: the camera's local clock, without a zone
    :param offset: the zone that the camera wrote beside it, such as ``+08:00``
    :param gps_time: the satellites' clock, in UTC
    :param direction: degrees from north in which the camera looked
    :param error_m: metres by which the position may be off, as the phone says
    :param gps_text: the position as it stands in the file
    :param picture: what its pixels tell, where somebody looked at them and they could be decoded
    """

    name: str = field(repr=False)
    digest: str
    size: int
    gps: str
    position: Position | None = field(default=None, repr=False)
    swapped: bool = False
    problem: str | None = None
    taken_at: datetime | None = None
    offset: str | None = None
    gps_time: datetime | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    serial: str | None = field(default=None, repr=False)
    direction: float | None = None
    error_m: float | None = None
    width: int | None = None
    height: int | None = None
    orientation: int | None = None
    gps_text: str | None = field(default=None, repr=False)
    picture: Picture | None = field(default=None, repr=False)

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point at the tags that hold these fields (``file`` for the file as a whole)."""
        return tuple(
            Cell(self.name, None, None, _COLUMNS.get(name), None, "photo", self._shown(name)) for name in fields
        )

    def _shown(self, name: str) -> str | None:
        """Give a field as short text."""
        if name in ("gps", "position", "swapped"):
            place = self.position
            return f"{place.latitude:.6f}, {place.longitude:.6f}" if place else self.gps_text
        value = self.problem if name == "file" else getattr(self, name)
        return None if value is None else str(value)


def unreadable(name: str, problem: str, size: int = 0, digest: str = "") -> Photo:
    """Make the photo that stands for a file which could not be read."""
    return Photo(name, digest, size, "unreadable", problem=problem)


def read_photo(source: str | Path | bytes, name: str = "") -> Photo:
    """Read the facts of a photo: JPEG, PNG, WebP, TIFF, and HEIC where pillow-heif is installed.

    :param source: a path, or the bytes themselves
    :param name: how the photo is called in what is said about it; by default the file's own name
    :raises OSError: if there is no such file or it may not be read; nothing else, whatever the bytes
    """
    if isinstance(source, bytes):
        data, size = source, len(source)
    else:
        with Path(source).open("rb") as file:
            data = file.read(BYTES_AT_MOST + 1)
        name, size = name or Path(source).name, len(data)
    if size > BYTES_AT_MOST:
        return unreadable(name, "too large", size)
    return photo_of(data, sha256(data).hexdigest(), name)


def photo_of(data: bytes, digest: str, name: str = "") -> Photo:
    """Read the facts of a photo of which the SHA-256 is known already."""
    container = open_container(data)
    if container.problem:
        return unreadable(name, container.problem, len(data), digest)
    return _photo(name, digest, len(data), read(container, data))


def _photo(name: str, digest: str, size: int, reading: Reading) -> Photo:
    tags, fix = reading.tags, reading.fix
    return Photo(
        name=name,
        digest=digest,
        size=size,
        gps=fix.gps,
        position=fix.position,
        swapped=fix.swapped,
        problem=reading.problem,
        taken_at=_date_time(tags.get("DateTimeOriginal")) or _date_time(tags.get("DateTimeDigitized")),
        offset=_text(tags.get("OffsetTimeOriginal")),
        gps_time=_gps_time(tags),
        make=_text(tags.get("Make")),
        model=_text(tags.get("Model")),
        software=_text(tags.get("Software")),
        serial=_text(tags.get("BodySerialNumber")),
        direction=_number(tags.get("GPSImgDirection")),
        error_m=_number(tags.get("GPSHPositioningError")),
        width=reading.width,
        height=reading.height,
        orientation=_orientation(tags.get("Orientation")),
        gps_text=fix.text,
    )


def _text(value: Value | None) -> str | None:
    return value or None if isinstance(value, str) else None


def _number(value: Value | None) -> float | None:
    if value is None or isinstance(value, str) or len(value) != 1:
        return None
    ((numerator, denominator),) = value
    return numerator / denominator if denominator else None


def _orientation(value: Value | None) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number in range(1, 9) else None


def _date_time(value: Value | None) -> datetime | None:
    """Read ``2020:06:11 10:32:05``; what a camera without a set clock writes (blanks, zeros) is None."""
    found = _DATE_TIME.match(value) if isinstance(value, str) else None
    return _datetime(*map(int, found.groups())) if found else None


def _datetime(*parts: int, **zone: Any) -> datetime | None:
    try:
        return datetime(*parts, **zone)  # type: ignore[arg-type]  # noqa: DTZ001 - a camera's clock has no zone
    except ValueError:
        return None


def _gps_time(tags: Tags) -> datetime | None:
    """Put the satellites' date and time of day together."""
    date, clock = tags.get("GPSDateStamp"), tags.get("GPSTimeStamp")
    found = _DATE.match(date) if isinstance(date, str) else None
    if not found or clock is None or isinstance(clock, str) or len(clock) != 3:
        return None
    if any(denominator == 0 for _, denominator in clock):
        return None
    day = _datetime(*map(int, found.groups()), tzinfo=UTC)
    hours, minutes, seconds = (numerator / denominator for numerator, denominator in clock)
    if day is None or not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        return None
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
