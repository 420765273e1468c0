"""Changed photos: of every format, cut short, led round in circles, with counts made huge and segments exchanged.

Each is read whole and by its head. If the quick way has a position that the whole way contradicts, or calls one
missing that the whole way found, the two disagree; and a position that is accepted is asked of Pillow once more.
"""

import struct
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from math import isclose, isnan
from random import Random
from typing import Any

from PIL import Image

import housing_guarantee as hg
from housing_guarantee.photos import exif, picture, reading
from housing_guarantee.photos.facts import photo_of
from housing_guarantee.photos.picture import look_at
from housing_guarantee.photos.probe import MEMORY
from tests.faults.targets import Disagreement, Target, replace_in

__all__ = ["PHOTOS", "PIXELS"]

_OUTCOMES = frozenset({"ok", "no_exif", "absent", "zeroed", "impossible", "unreadable"})
_PROBLEMS = frozenset({"empty", "not an image", "truncated", "hostile exif", "damaged exif", "readers disagree"})
_MISSING = frozenset({"no_exif", "absent"})
_DEGREES = 1e-7  # by which two readers may differ: a centimetre


# ------------------------------------------------------------------------------------------------------ originals


def originals() -> list[bytes]:
    """Make photos with a position in every format, in both byte orders."""
    made = []
    for endian in "<>":
        exif = Image.Exif()
        exif.endian = endian
        exif[0x010F], exif[0x0110], exif[0x0112] = "HUAWEI", "ELE-AL00", 1
        exif.get_ifd(0x8769).update({0x9003: "2020:06:11 10:32:05", 0x9011: "+08:00", 0x927C: b"maker" * 40})
        exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 34.0, 48.0), 3: "E", 4: (100.0, 45.0, 0.0)})
        made += [_save(kind, exif) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "MPO")]
    import pillow_heif

    pillow_heif.register_heif_opener()
    return [*made, _save("HEIF", exif)]


def _save(kind: str, exif: Image.Exif) -> bytes:
    file = BytesIO()
    more = {"icc_profile": bytes(600)} if kind == "JPEG" else {}
    Image.effect_noise((96, 72), 40).convert("RGB").save(file, kind, exif=exif.tobytes(), **more)
    return file.getvalue()


# -------------------------------------------------------------------------------------------------------- mutants


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def _flip(data: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        data[random.randrange(min(len(data), random.choice((600, len(data)))))] ^= 1 << random.randrange(8)


def _entry(data: bytearray, random: Random) -> tuple[str, int] | None:
    """Choose an entry of the first directory of a TIFF block: its byte order, and where it stands."""
    for mark, order in ((b"II*\0", "<"), (b"MM\0*", ">")):
        start = data.find(mark)
        if start >= 0 and start + 10 < len(data):
            place = start + struct.unpack_from(order + "I", data, start + 4)[0]
            if place + 2 < len(data) and (count := struct.unpack_from(order + "H", data, place)[0]):
                place += 2 + 12 * random.randrange(min(count, 40))
                return (order, place) if place + 12 <= len(data) else None
    return None


def _loop(data: bytearray, random: Random) -> None:
    """Lead a directory back to the first one, or anywhere."""
    if found := _entry(data, random):
        order, place = found
        tag, target = random.choice((0x8769, 0x8825, 0xA005, 0x014A)), random.choice((8, 8, random.randrange(2000)))
        struct.pack_into(order + "HHII", data, place, tag, random.choice((4, 13)), 1, target)


def _huge(data: bytearray, random: Random) -> None:
    """Make the count of an entry huge, or lay its value outside of the block."""
    if found := _entry(data, random):
        order, place = found
        number = random.choice((0xFFFFFFFF, 0x7FFFFFFF, 1 << 24, 70_000, 0))
        struct.pack_into(order + "I", data, place + random.choice((4, 8)), number)


def _count(data: bytearray, random: Random) -> None:
    """Put huge or small lengths anywhere."""
    place = random.randrange(max(1, len(data) - 4))
    data[place : place + 4] = random.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\xff\xff"))


def _swap(data: bytearray, random: Random) -> None:
    """Exchange, double or leave out pieces, most of all the segments of a JPEG."""
    borders = _segments(bytes(data)) or sorted(random.randrange(len(data)) for _ in range(4))
    pieces = [bytes(data[a:b]) for a, b in zip([0, *borders], [*borders, len(data)], strict=True)]
    one, other = random.randrange(len(pieces)), random.randrange(len(pieces))
    match random.randrange(3):
        case 0:
            pieces[one], pieces[other] = pieces[other], pieces[one]
        case 1:
            pieces.insert(one, pieces[other])
        case _:
            del pieces[one]
    data[:] = b"".join(pieces)


def _segments(data: bytes) -> list[int]:
    """Give where the segments of a JPEG begin, as far as its picture data."""
    borders, place = [], 2
    while data.startswith(b"\xff\xd8") and place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        borders.append(place)
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return borders


def _noise(data: bytearray, random: Random) -> None:
    place = random.randrange(len(data))
    data[place : place + 40] = random.randbytes(random.randrange(80))


CHANGES: tuple[Callable[[bytearray, Random], None], ...] = (_cut, _flip, _loop, _huge, _count, _swap, _noise)


def change(data: bytes, random: Random) -> bytes:
    """Change a photo in one to three ways."""
    changed = bytearray(data)
    for how in (random.choice(CHANGES), *random.choices(CHANGES[1:], k=random.choice((0, 0, 0, 1, 2)))):
        if changed:
            how(changed, random)
    return bytes(changed)


# --------------------------------------------------------------------------------------------------------- judging


def read(data: bytes) -> bool:
    """Read the tags of a photo in both ways; say whether it has a position.

    :raises Disagreement: the two ways differ, or Pillow has another position
    """
    whole, quick = photo_of(data, sha256(data).hexdigest()), hg.read_photo(data, whole=False)
    for fault in (*unsound(whole), *unsound(quick), *contrary(whole, quick), *denied(whole, data)):
        raise Disagreement(fault)
    return whole.gps == "ok"


def unsound(photo: hg.Photo) -> Iterator[str]:
    """Say what no answer may be."""
    if photo.gps not in _OUTCOMES:
        yield f"gps is {photo.gps}"
    if (photo.gps == "ok") != (photo.position is not None):
        yield f"{photo.gps}, but the position is {photo.position}"
    if (photo.gps == "unreadable") != (photo.problem in _PROBLEMS):
        yield f"{photo.gps}, but the problem is {photo.problem}"


def contrary(whole: hg.Photo, quick: hg.Photo) -> Iterator[str]:
    """Say where the quick way accuses a photo that the whole way acquits, or vouches for one that it contradicts."""
    if whole.gps == "ok" and quick.gps in _MISSING:
        yield "the quick way missed a position"
    if whole.problem == "readers disagree" and quick.gps == "ok":
        yield "the quick way has a position that the second reader contradicts"
    one, other = whole.position, quick.position
    if one and other and not (isclose(one.latitude, other.latitude) and isclose(one.longitude, other.longitude)):
        yield "the two ways have different positions"


def denied(photo: hg.Photo, data: bytes) -> Iterator[str]:
    """Say where a position is not what Pillow alone makes of the file; one of XMP is read by one reader only."""
    if photo.position is None or photo.gps_source != "exif":
        return
    tags = _pillow_exif(data).get_ifd(0x8825)
    latitude, longitude = _degrees(tags[2], tags.get(1)), _degrees(tags[4], tags.get(3))
    if max(abs(photo.position.latitude - latitude), abs(photo.position.longitude - longitude)) > _DEGREES:
        yield "Pillow has another position"


def _pillow_exif(data: bytes) -> Image.Exif:
    if data[4:8] != b"ftyp":
        with Image.open(BytesIO(data)) as image:
            return image.getexif()
    import pillow_heif

    exif = Image.Exif()
    exif.load(pillow_heif.open_heif(BytesIO(data)).info["exif"])
    return exif


def _degrees(parts: tuple[Any, Any, Any], reference: Any) -> float:
    """Add up degrees, minutes, and seconds; those that are 0/0 were not needed."""
    degrees, minutes, seconds = map(float, parts)
    number = degrees + minutes / 60 + (0.0 if isnan(seconds) else seconds / 3600)
    return -number if str(reference or "").strip("\0 ").upper() in ("S", "W") else number


def unguard() -> None:
    """Hand what stands in a file to the reader as it is: without a budget, and with every error let through."""

    def first_on(block: bytes) -> list[Any]:
        exif._walker()(block)
        return []

    replace_in(reading, _first_on=first_on)


def look(data: bytes) -> bool:
    """Look at the pixels of a photo; say whether they could be decoded."""
    return look_at(data) is not None


def unguard_pixels() -> None:
    """Let every error of the decoder through."""
    replace_in(picture, READER_FAULTS=(), PIXELS_AT_MOST=1 << 60)


PHOTOS = Target("photos", originals, change, read, unguard, seconds=2.5, memory=MEMORY)
PIXELS = Target("pixels", originals, change, look, unguard_pixels, seconds=10, memory=MEMORY)
