"""What the budget picks for the reader, what it cuts off, and what it refuses."""

import struct
import time

import pytest

from housing_guarantee.photos import read_photo
from housing_guarantee.photos.exif import read_with_exifread
from housing_guarantee.photos.tiff_budget import VALUE_BYTES_AT_MOST, Picked, Wanted, pick
from housing_guarantee.testing.exif import (
    EXIF_POINTER,
    GPS_POINTER,
    GUINAN,
    LATITUDE,
    MAKE,
    MODEL,
    SOFTWARE,
    TAKEN,
    directory,
    jpeg,
    pointer,
    tiff,
)

HEAD = b"II*\0\x08\0\0\0"


def names(picked: Picked) -> list[str]:
    """Give the names of the tags that a reader finds in the first part of what was picked."""
    (part, *_) = picked.parts
    return sorted(read_with_exifread(part.texts, part.numbers) or {})


@pytest.mark.parametrize("order", ["<", ">"])
def test_only_what_is_wanted_is_picked(order: str) -> None:
    """In both byte orders: texts as they stand, numbers in a sound block of their own, and no other byte."""
    block = tiff(
        {MAKE: "HUAWEI", MODEL: "P40", 0x010E: "a house"},
        {TAKEN: "2020:06:11 10:32:05", 0x927C: (7, 5000, bytes(5000))},
        GUINAN,
        order,
    )
    numbers = block[:4] + struct.pack(order + "I", 8) + directory({2: GUINAN[2], 4: GUINAN[4]}, 8, order)
    texts = {MAKE: b"HUAWEI\0", MODEL: b"P40\0", TAKEN: b"2020:06:11 10:32:05\0", 1: b"N\0", 3: b"E\0"}
    assert pick(block) == Picked((Wanted(texts, numbers),))
    assert read_with_exifread(texts, numbers) == {
        "GPSLatitude": ((35, 1), (34, 1), (48, 1)),
        "GPSLongitude": ((100, 1), (45, 1), (0, 1)),
        "Make": "HUAWEI",
        "Model": "P40",
        "DateTimeOriginal": "2020:06:11 10:32:05",
        "GPSLatitudeRef": "N",
        "GPSLongitudeRef": "E",
    }


@pytest.mark.parametrize(
    "block",
    [
        HEAD + struct.pack("<H", 401) + bytes(12 * 401 + 4),  # entries
        tiff({GPS_POINTER: pointer(8, "<")}),  # a directory that points at itself
        tiff({EXIF_POINTER: pointer(8, "<")}),
        tiff({tag: (2, 2**32 - 1, bytes(8)) for tag in range(0x200, 0x280)}) + bytes(50_000),  # values over values
        HEAD + struct.pack("<H", 13) + struct.pack("<HHII", GPS_POINTER, 4, 1, 170) * 13 + bytes(60),  # directories
        HEAD + struct.pack("<H", 400) + struct.pack("<HHII", GPS_POINTER, 4, 1, 8) * 400,  # each at its own start
    ],
)
def test_what_no_camera_writes_is_refused_at_once(block: bytes) -> None:
    """Each bomb is refused before any reader sees it, and in no time."""
    began = time.perf_counter()
    assert pick(block).problem == "hostile exif"
    assert read_photo(jpeg(block[:60_000])).gps == "unreadable"
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"BM*\0\x08\0\0\0\0\0",
        b"II+\0\x08\0\0\0" + bytes(20),  # BigTIFF
        b"II*\0\0\0\0\0\0\0",
        b"II*\0\xff\0\0\0\0\0",
        HEAD + struct.pack("<H", 2) + bytes(12),
    ],
)
def test_a_block_without_a_first_directory_is_damaged(block: bytes) -> None:
    """No byte order, no header, or a directory beyond the end."""
    assert pick(block).problem == "damaged exif"


@pytest.mark.parametrize(
    "entries",
    [
        {MAKE: "x", 0x927C: (7, 2**32 - 1, bytes(8))},  # a MakerNote of four billion bytes
        {MAKE: "x", SOFTWARE: (2, 2**32 - 1, bytes(8))},
        {MAKE: "x", SOFTWARE: (2, VALUE_BYTES_AT_MOST + 1, bytes(VALUE_BYTES_AT_MOST + 1))},
        {MAKE: "x", SOFTWARE: (2, 9, struct.pack("<I", 60_000))},  # outside of the block
        {MAKE: "x", SOFTWARE: (99, 9, bytes(9))},
    ],
)
def test_a_value_that_cannot_be_is_left_out_alone(entries: dict[int, object]) -> None:
    """Too long, outside of the block, or of no known type: the position beside it is still read."""
    picked = pick(tiff(entries, gps=GUINAN))
    assert picked.problem is None
    assert not picked.gps_lost
    assert names(picked) == ["GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef", "Make"]


def test_a_directory_outside_of_the_block_is_cut_off_alone() -> None:
    """The rest of the block is still read, and a lost GPS directory is told apart from a lost Exif directory."""
    lost = pick(tiff({MAKE: "x", GPS_POINTER: pointer(50_000, "<")}))
    assert (lost.problem, lost.gps_lost, lost.odd, len(lost.parts)) == (None, True, True, 1)
    exif = pick(tiff({MAKE: "x", EXIF_POINTER: pointer(50_000, "<")}))
    assert (exif.problem, exif.gps_lost, exif.odd, len(exif.parts)) == (None, False, True, 1)


@pytest.mark.parametrize("value", [(5, 3, struct.pack("<I", 60_000)), (99, 3, bytes(24))])
def test_a_coordinate_that_cannot_be_read_is_lost(value: tuple[int, int, bytes]) -> None:
    """A latitude outside of the block, or of no known type, is not the same as none."""
    assert pick(tiff(gps={**GUINAN, LATITUDE: value})).gps_lost
    photo = read_photo(jpeg(tiff(gps={**GUINAN, LATITUDE: value})))
    assert (photo.gps, photo.problem) == ("unreadable", "damaged exif")


def test_an_empty_coordinate_is_none() -> None:
    """A count of zero says that there is no value, and a pointer without one that there is no directory."""
    assert read_photo(jpeg(tiff(gps={**GUINAN, LATITUDE: (5, 0, bytes(4))}))).gps == "absent"
    assert read_photo(jpeg(tiff({MAKE: "x", GPS_POINTER: (4, 0, bytes(4))}))).gps == "absent"


def test_a_tag_that_stands_twice_is_odd() -> None:
    """The second reader is heard wherever the first had a choice."""
    entry = struct.pack("<HHI", 0x0112, 3, 1) + struct.pack("<I", 1)
    assert pick(HEAD + struct.pack("<H", 2) + entry * 2 + bytes(4)).odd
    assert not pick(HEAD + struct.pack("<H", 1) + entry + bytes(4)).odd


def test_a_pointer_of_the_wrong_type_is_cut_off() -> None:
    """A pointer must be one number of 32 bits."""
    assert pick(tiff({GPS_POINTER: (3, 1, struct.pack("<H", 8))})).gps_lost


def test_a_directory_may_be_pointed_at_twice() -> None:
    """Only a directory that leads back to itself is a loop."""
    block = tiff(exif={GPS_POINTER: pointer(8, "<")}, gps=GUINAN)
    assert pick(block).problem == "hostile exif"
    gps = directory(GUINAN, 38, "<")
    first = directory({0x8769: pointer(38 + len(gps), "<"), GPS_POINTER: pointer(38, "<")}, 8, "<")
    twice = HEAD + first + gps + directory({GPS_POINTER: pointer(38, "<")}, 38 + len(gps), "<")
    assert len(pick(twice).parts) == 1
    assert read_photo(jpeg(twice)).gps == "ok"


def test_each_gps_directory_is_picked() -> None:
    """Where a block has two positions, the reader is asked for both."""
    start = 38
    here = directory(GUINAN, start, "<")
    there = directory({**GUINAN, LATITUDE: ((36, 1), (0, 1), (0, 1))}, start + len(here), "<")
    exif = start + len(here) + len(there)
    first = directory({EXIF_POINTER: pointer(exif, "<"), GPS_POINTER: pointer(start, "<")}, 8, "<")
    block = HEAD + first + here + there + directory({GPS_POINTER: pointer(start + len(here), "<")}, exif, "<")
    found = [(read_with_exifread(part.texts, part.numbers) or {})["GPSLatitude"] for part in pick(block).parts]
    assert found == [((36, 1), (0, 1), (0, 1)), ((35, 1), (34, 1), (48, 1))]


def test_a_chain_of_directories_costs_nothing() -> None:
    """A chain that bites its tail, or leads nowhere, holds thumbnails only, and is not followed."""
    for following in (8, 50_000):
        block = HEAD + directory({MAKE: "x"}, 8, "<", following=following)
        assert pick(block).problem is None
        assert read_photo(jpeg(block)).gps == "absent"
