"""What a photo file tells about a house: where and when it was taken, with what, and which bytes it is.

No pixel is decoded. Whatever the bytes are, the answer is a :class:`Photo` whose GPS has one of six named
outcomes, and nothing is called missing before a second reader has looked too. There are two ways to read: whole
(digest, integrity, both readers always), and the head alone, which is quick.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import FileIO
from os import fstat
from os.path import basename
from pathlib import Path
from typing import Any

from attrs import field, frozen

from housing_guarantee.models import Cell, Position
from housing_guarantee.photos.exif import Tags, Value
from housing_guarantee.photos.picture import Picture
from housing_guarantee.photos.reading import Reading, read
from housing_guarantee.photos.segments import Container, is_jpeg, open_container, open_head

BYTES_AT_MOST = 60_000_000
HEADS = (65_536, 1_000_000)  # bytes of a JPEG to read at first, and then: one segment has 64 KB, a panorama many

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
_OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"([0-9]{4})[:/-]([0-9]{2})[:/-]([0-9]{2})")


@frozen
class Photo:
    """The facts of one photo file.

    :param name: the file as its folder or archive names it; it may hold a person's name
    :param digest: SHA-256 of the bytes in hexadecimal; empty where they were not read whole
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
    :param gps_text: the values as they stand in the file, where they are no position
    :param gps_source: where it stands: ``exif``, or ``xmp`` where only a program's note has it; None without one
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
    gps_source: str | None = None
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


def read_photo(source: str | Path | bytes, name: str = "", *, whole: bool = True) -> Photo:
    """Read the facts of a photo: JPEG, PNG, WebP, TIFF, and HEIC where pillow-heif is installed.

    :param source: a path, or the bytes themselves
    :param name: how the photo is called in what is said about it; by default the file's own name
    :param whole: read every byte, for the digest and to see whether the file is complete, and hear two readers on
        every photo. Without it a JPEG is read as far as its picture data, the second reader is heard only where the
        first finds no plain position, and ``digest`` is empty. No position is missed and none is made up that way;
        a file cut short after its head is not noticed.
    :raises OSError: if there is no such file or it may not be read; nothing else, whatever the bytes
    """
    if not whole:
        return _read_quickly(source, name)
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


def _read_quickly(source: str | Path | bytes, name: str) -> Photo:
    """Read as little of a photo as its tags need."""
    if isinstance(source, bytes):
        size, data, container = len(source), source, open_head(source[: BYTES_AT_MOST + 1])
    else:
        name = name or basename(source)  # noqa: PTH119 - making a Path takes a tenth of the time of a photo
        with open(source, "rb", buffering=0) as file:  # noqa: PTH123
            size = fstat(file.fileno()).st_size
            data, container = read_head(file)
    if size > BYTES_AT_MOST:
        return unreadable(name, "too large", size)
    if container.problem:
        return unreadable(name, container.problem, size)
    return _photo(name, "", size, read(container, data, both=False))


def read_head(file: FileIO) -> tuple[bytes, Container]:
    """Read a JPEG as far as its picture data, and any other file whole."""
    data = b""
    for most in HEADS:
        data += file.read(most - len(data))
        if not is_jpeg(data):
            break
        container = open_head(data)
        if container.problem != "truncated":
            return data, container
    while more := file.read(BYTES_AT_MOST + 1 - len(data)):
        data += more
    return data, open_head(data)


def _photo(name: str, digest: str, size: int, reading: Reading) -> Photo:
    tags, fix = reading.tags, reading.fix
    taken_at, offset = _taken(tags)
    return Photo(
        name=name,
        digest=digest,
        size=size,
        gps=fix.gps,
        position=fix.position,
        swapped=fix.swapped,
        problem=reading.problem,
        taken_at=taken_at,
        offset=offset,
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
        gps_source=fix.source if fix.position or fix.text else None,
    )


def _taken(tags: Tags) -> tuple[datetime | None, str | None]:
    """Give the first clock that was set, of the shot or of its digitising, with the zone written for that clock."""
    for moment in ("Original", "Digitized"):
        if taken_at := _date_time(tags.get(f"DateTime{moment}")):
            offset = tags.get(f"OffsetTime{moment}")
            return taken_at, offset if isinstance(offset, str) and _OFFSET.fullmatch(offset) else None
    return None, None


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
