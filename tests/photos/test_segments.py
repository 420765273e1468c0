"""The walk from segment to segment, whatever stands between the first marker and the Exif."""

import struct
from itertools import permutations
from typing import Any

import pytest

from housing_guarantee.photos.segments import Container, open_container
from housing_guarantee.testing.exif import GUINAN, jpeg, picture, segment, tiff

BLOCK = tiff(gps=GUINAN)
SEGMENTS = {
    "jfif": segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
    "xmp": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"\xff\xd9 " * 20_000),
    "icc": segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000)),
    "exif": segment(0xE1, b"Exif\0\0" + BLOCK),
}


@pytest.mark.parametrize("order", list(permutations(SEGMENTS)), ids=" ".join)
def test_the_exif_is_found_wherever_it_stands(order: tuple[str, ...]) -> None:
    """In every order of JFIF, XMP, ICC and Exif the block is the same, whatever markers the others hold."""
    found = open_container(jpeg(before=[SEGMENTS[name] for name in order]))
    assert found == Container("jpeg", (BLOCK,), 64, 48)


def test_fill_bytes_between_segments_are_skipped() -> None:
    """Any number of 0xFF may stand before a marker."""
    found = open_container(jpeg(before=[b"\xff" * 7 + SEGMENTS["exif"]]))
    assert (found.exif, found.problem) == ((BLOCK,), None)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 100}, {"restart_marker_blocks": 1}])
def test_scans_of_every_kind_are_walked_to_the_end(options: dict[str, Any]) -> None:
    """Several scans, stuffed bytes and restart markers do not end a picture; a cut before the end shows."""
    data = jpeg(BLOCK, size=(160, 120), **options)
    assert open_container(data + b"\xff\xd8 and a zip").problem is None
    assert open_container(data[:-2]).problem == "truncated"
    assert open_container(data[: len(data) // 2]).problem == "truncated"


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_chunks_of_png_and_webp_give_the_bare_block(prefix: bytes) -> None:
    """Some programs write the prefix of a JPEG there too."""
    data = picture("PNG")
    chunk = struct.pack(">I", len(prefix + BLOCK)) + b"eXIf" + prefix + BLOCK + bytes(4)
    assert open_container(data[:33] + chunk + data[33:]) == Container("png", (BLOCK,), 64, 48)
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 9) + bytes(10)  # an odd length, padded
    body += b"EXIF" + struct.pack("<I", len(prefix + BLOCK)) + prefix + BLOCK
    assert open_container(b"RIFF" + struct.pack("<I", len(body)) + body) == Container("webp", (BLOCK,))


def test_millions_of_empty_segments_are_no_photo() -> None:
    """A file of nothing but markers is given up at once."""
    assert open_container(b"\xff\xd8" * 1_000_000).problem == "not an image"
    assert open_container(
        struct.pack(">I4s", 16, b"ftyp") + b"heic\0\0\0\0" + struct.pack(">I4s", 8, b"free") * 200_000
    ) == (Container("heic", problem="not an image"))


def test_a_heic_file_is_as_long_as_its_boxes() -> None:
    """A box of 64-bit size counts, one of size zero reaches to the end, and one that is cut shows."""
    head = struct.pack(">I4s", 16, b"ftyp") + b"heic\0\0\0\0"
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + bytes(4)
    assert open_container(head + large) == Container("heic")
    assert open_container(head + struct.pack(">I4s", 0, b"mdat") + bytes(9)) == Container("heic")
    assert open_container((head + large)[:-1]).problem == "truncated"
    assert open_container(head + struct.pack(">I4sQ", 1, b"mdat", 0)).problem == "truncated"
