"""Photos by hand: as a phone takes them, or TIFF blocks entry by entry, in either byte order, and what carries them."""

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

Entries = Mapping[int, Any]

MAKE, MODEL, ORIENTATION, SOFTWARE = 0x010F, 0x0110, 0x0112, 0x0131
TAKEN, OFFSET, SERIAL = 0x9003, 0x9011, 0xA431
EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
CLOCK, DIRECTION, DATE, ERROR = 7, 0x11, 0x1D, 0x1F

NORTH = ((35, 1), (34, 1), (48, 1))  # 35.58
EAST = ((100, 1), (45, 1), (0, 1))  # 100.75
GUINAN: Entries = {LATITUDE_REF: "N", LATITUDE: NORTH, LONGITUDE_REF: "E", LONGITUDE: EAST}


def encode(value: Any, order: str) -> tuple[int, int, bytes]:
    """Encode a text, a number, rationals, or a raw (type, count, bytes) as type, count and bytes."""
    if isinstance(value, str):
        return 2, len(value.encode()) + 1, value.encode() + b"\0"
    if isinstance(value, int):
        return 3, 1, struct.pack(order + "H", value)
    if isinstance(value, tuple) and isinstance(value[-1], bytes):
        kind, count, body = value
        return kind, count, body
    return 5, len(value), b"".join(struct.pack(order + "II", *pair) for pair in value)


def directory(entries: Entries, start: int, order: str, following: int = 0) -> bytes:
    """Lay out one directory at an offset, its long values behind it."""
    body, values = b"", b""
    behind = start + 2 + 12 * len(entries) + 4
    for tag in sorted(entries):
        kind, count, raw = encode(entries[tag], order)
        if len(raw) > 4:
            place = struct.pack(order + "I", behind + len(values))
            values += raw
        else:
            place = raw.ljust(4, b"\0")
        body += struct.pack(order + "HHI", tag, kind, count) + place
    head = struct.pack(order + "H", len(entries))
    return head + body + struct.pack(order + "I", following) + values


def pointer(offset: int, order: str) -> tuple[int, int, bytes]:
    """Make the value of an entry that points at a directory."""
    return 4, 1, struct.pack(order + "I", offset)


def tiff(
    image: Entries | None = None, exif: Entries | None = None, gps: Entries | None = None, order: str = "<"
) -> bytes:
    """Build a TIFF block of an image directory and, where given, an Exif and a GPS directory."""
    first = dict(image or {MAKE: "HUAWEI", MODEL: "ELE-AL00"})
    subs = {tag: found for tag, found in ((EXIF_POINTER, exif), (GPS_POINTER, gps)) if found is not None}
    first.update({tag: pointer(0, order) for tag in subs})
    offset = 8 + len(directory(first, 8, order))
    tail = b""
    for tag, entries in subs.items():
        first[tag] = pointer(offset + len(tail), order)
        tail += directory(entries, offset + len(tail), order)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "I", 8) + directory(first, 8, order) + tail


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Make a small picture without any metadata."""
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(file, kind, **options)
    return file.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    """Wrap a body as a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(block: bytes | None = None, before: Sequence[bytes] = (), **options: Any) -> bytes:
    """Make a JPEG with some segments and then an Exif segment of this block behind its first marker."""
    plain = picture("JPEG", **options)
    segments = [*before, *([segment(0xE1, b"Exif\0\0" + block)] if block is not None else [])]
    return plain[:2] + b"".join(segments) + plain[2:]


# ------------------------------------------------------------------------------------------------ as a phone does


def photo_file(
    *,
    taken: datetime | None = datetime(2020, 6, 11, 10, 30),  # noqa: DTZ001 - a phone writes local time without a zone
    position: tuple[float, float] | None = (35.58, 100.75),
    phone: tuple[str, str] = ("HUAWEI", "ELE-AL00"),
    software: str | None = None,
    size: tuple[int, int] = (64, 48),
) -> bytes:
    """Make a JPEG with the Exif data that a phone writes in UTC+8.

    :param taken: local time, or None where the phone noted none
    :param position: degrees north and east in WGS-84, or None where GPS was off
    :param phone: its maker and its model
    :param software: the program that wrote the file last
    """
    image = {MAKE: phone[0], MODEL: phone[1], **({SOFTWARE: software} if software else {})}
    exif = {TAKEN: f"{taken:%Y:%m:%d %H:%M:%S}", OFFSET: "+08:00"} if taken else {}
    return jpeg(tiff(image, exif, _position(position, taken) if position else None), size=size)


def _position(position: tuple[float, float], taken: datetime | None) -> Entries:
    north, east = position
    entries = {
        LATITUDE_REF: "N" if north >= 0 else "S",
        LATITUDE: _rationals(north),
        LONGITUDE_REF: "E" if east >= 0 else "W",
        LONGITUDE: _rationals(east),
    }
    if taken is None:
        return entries
    utc = taken - timedelta(hours=8)
    return {**entries, CLOCK: ((utc.hour, 1), (utc.minute, 1), (utc.second, 1)), DATE: f"{utc:%Y:%m:%d}"}


def _rationals(degrees: float) -> tuple[tuple[int, int], ...]:
    minutes, seconds = divmod(round(abs(degrees) * 3600 * 10000), 60 * 10000)
    return (minutes // 60, 1), (minutes % 60, 1), (seconds, 10000)
