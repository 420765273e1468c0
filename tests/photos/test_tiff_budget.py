"""What the budget lets through, what it cuts off, and what it refuses."""

import struct
import time

import pytest

from housing_guarantee.photos import read_photo
from housing_guarantee.photos.tiff_budget import Checked, check
from tests.photos.exif_builder import GPS_POINTER, GUINAN, MAKE, SOFTWARE, directory, jpeg, pointer, tiff

HEAD = b"II*\0\x08\0\0\0"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_camera_s_block_passes_untouched(order: str) -> None:
    """In both byte orders a sound block comes out as it went in."""
    block = tiff(exif={0x9003: "2020:06:11 10:32:05"}, gps=GUINAN, order=order)
    assert check(block) == Checked(block)


@pytest.mark.parametrize(
    "block",
    [
        HEAD + struct.pack("<H", 401) + bytes(12 * 401 + 4),  # entries
        tiff({GPS_POINTER: pointer(8, "<")}),  # a directory that points at itself
        HEAD + directory({MAKE: "x"}, 8, "<", following=8),  # a chain that bites its tail
        tiff({0x927C: (7, 2**32 - 1, bytes(8))}),  # a value of four billion bytes
        tiff({tag: (2, 1_000_000, bytes(8)) for tag in range(0x100, 0x105)}),  # five of a million
        HEAD + b"".join(directory({}, 8 + 6 * i, "<", following=14 + 6 * i) for i in range(13)),  # a long chain
        HEAD + struct.pack("<H", 400) + struct.pack("<HHII", GPS_POINTER, 4, 1, 8) * 400,  # each at its own start
    ],
)
def test_what_no_camera_writes_is_refused_at_once(block: bytes) -> None:
    """Each bomb is refused before any reader sees it, and in no time."""
    began = time.perf_counter()
    assert check(block).problem == "hostile exif"
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
    assert check(block).problem == "damaged exif"


def test_a_directory_outside_of_the_block_is_cut_off_alone() -> None:
    """The rest of the block is still read; a lost GPS directory is told apart from a lost thumbnail."""
    lost = check(tiff({SOFTWARE: "x", GPS_POINTER: pointer(50_000, "<")}))
    assert (lost.problem, lost.gps_lost) == (None, True)
    assert struct.pack("<HHII", GPS_POINTER, 4, 1, 50_000) not in lost.block
    chained = check(HEAD + directory({MAKE: "x"}, 8, "<", following=50_000))
    assert (chained.problem, chained.gps_lost) == (None, False)
    assert chained.block == HEAD + directory({MAKE: "x"}, 8, "<")


def test_a_pointer_of_the_wrong_type_is_cut_off() -> None:
    """A pointer must be one number of 32 bits."""
    assert check(tiff({GPS_POINTER: (3, 1, struct.pack("<H", 8))})).gps_lost


def test_a_directory_may_be_pointed_at_twice() -> None:
    """Only a directory that leads back to itself is a loop."""
    block = tiff(exif={GPS_POINTER: pointer(8, "<")}, gps=GUINAN)
    assert check(block).problem == "hostile exif"
    gps = directory(GUINAN, 38, "<")
    first = directory({0x8769: pointer(38 + len(gps), "<"), GPS_POINTER: pointer(38, "<")}, 8, "<")
    twice = HEAD + first + gps + directory({GPS_POINTER: pointer(38, "<")}, 38 + len(gps), "<")
    assert check(twice) == Checked(twice)
    assert read_photo(jpeg(twice)).gps == "ok"
