"""Every outcome that a photo's GPS can have, from real files and from blocks built by hand."""

import struct
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from housing_guarantee.models import Cell, Position
from housing_guarantee.photos import read_photo
from housing_guarantee.photos.facts import BYTES_AT_MOST
from housing_guarantee.testing.exif import (
    CLOCK,
    DATE,
    DIRECTION,
    EAST,
    ERROR,
    EXIF_POINTER,
    GPS_POINTER,
    GUINAN,
    LATITUDE,
    LATITUDE_REF,
    LONGITUDE,
    LONGITUDE_REF,
    MAKE,
    MODEL,
    NORTH,
    OFFSET,
    ORIENTATION,
    SERIAL,
    SOFTWARE,
    TAKEN,
    directory,
    jpeg,
    picture,
    pointer,
    segment,
    tiff,
)

OUTCOMES = {"ok", "no_exif", "absent", "zeroed", "impossible", "unreadable"}
PROBLEMS = {"empty", "not an image", "truncated", "hostile exif", "damaged exif", "readers disagree"}
ZERO = ((0, 1), (0, 1), (0, 1))
UNSET = ((0, 0), (0, 0), (0, 0))


def gps(**changes: Any) -> dict[int, Any]:
    """Take the position in Guinan with other tags; None takes a tag away."""
    names = {"north": LATITUDE, "east": LONGITUDE, "north_ref": LATITUDE_REF, "east_ref": LONGITUDE_REF}
    entries = {**GUINAN, **{names[name]: value for name, value in changes.items()}}
    return {tag: value for tag, value in entries.items() if value is not None}


def written_by_pillow() -> bytes:
    """Take the block of a real writer."""
    exif = Image.Exif()
    exif[MAKE] = "HUAWEI"
    exif.get_ifd(GPS_POINTER).update({1: "N", 2: (35.0, 34.0, 48.0), 3: "E", 4: (100.0, 45.0, 0.0)})
    return exif.tobytes()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_phone_photo_tells_where_when_and_with_what(tmp_path: Path, order: str) -> None:
    """All facts come out exactly, in both byte orders."""
    block = tiff(
        {MAKE: "HUAWEI", MODEL: "ELE-AL00", ORIENTATION: 6, SOFTWARE: "ELE 10.1"},
        {TAKEN: "2020:06:11 10:32:05", OFFSET: "+08:00", SERIAL: "SN-7"},
        {
            **GUINAN,
            CLOCK: ((2, 1), (32, 1), (3, 1)),
            DATE: "2020:06:11",
            DIRECTION: ((2705, 10),),
            ERROR: ((8, 1),),
        },
        order,
    )
    path = tmp_path / "front.jpg"
    path.write_bytes(jpeg(block))
    photo = read_photo(path)
    assert (photo.gps, photo.problem, photo.swapped) == ("ok", None, False)
    assert photo.position == Position(35.58, 100.75)
    assert (photo.name, photo.size, photo.digest) == (
        "front.jpg",
        path.stat().st_size,
        sha256(path.read_bytes()).hexdigest(),
    )
    assert (photo.taken_at, photo.offset) == (datetime(2020, 6, 11, 10, 32, 5), "+08:00")  # noqa: DTZ001
    assert photo.gps_time == datetime(2020, 6, 11, 2, 32, 3, tzinfo=UTC)
    assert (photo.make, photo.model, photo.software, photo.serial) == (
        "HUAWEI",
        "ELE-AL00",
        "ELE 10.1",
        "SN-7",
    )
    assert (photo.direction, photo.error_m) == (270.5, 8.0)
    assert (photo.width, photo.height, photo.orientation) == (64, 48, 6)


def test_the_exif_is_found_behind_a_colour_profile_and_xmp() -> None:
    """6 KB of ICC and 50 KB of XMP in front of the Exif do not make the photo one without GPS."""
    before = [
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(6000)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b" " * 50_000),
    ]
    assert read_photo(jpeg(tiff(gps=GUINAN), before)).position == Position(35.58, 100.75)


def test_exif_that_pillow_wrote_is_read() -> None:
    """A real writer's block gives the same position as ours."""
    photo = read_photo(picture("JPEG", exif=written_by_pillow()))
    assert (photo.gps, photo.position) == ("ok", Position(35.58, 100.75))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "MPO"])
def test_other_formats_carry_a_position_too(kind: str) -> None:
    """PNG, WebP, TIFF and MPO are read with both readers, and their size is known."""
    photo = read_photo(picture(kind, exif=written_by_pillow()))
    assert (photo.gps, photo.position, photo.width, photo.height) == ("ok", Position(35.58, 100.75), 64, 48)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_without_exif_is_no_fault_of_the_file(kind: str) -> None:
    """A messenger strips all Exif: that is its own outcome."""
    photo = read_photo(picture(kind))
    assert (photo.gps, photo.problem, photo.position) == ("no_exif", None, None)


@pytest.mark.parametrize(
    "entries", [None, {}, {0: (1, 4, b"\2\3\0\0")}, gps(north=None), gps(east=None), {DATE: "2020:06:11"}]
)
def test_exif_without_a_position_is_absent(entries: dict[int, Any] | None) -> None:
    """No GPS directory, an empty one, its version alone, or half a position: the position is absent."""
    photo = read_photo(jpeg(tiff(gps=entries)))
    assert (photo.gps, photo.problem) == ("absent", None)


@pytest.mark.parametrize(
    "entries",
    [
        gps(north=ZERO, east=ZERO),
        gps(north=UNSET, east=UNSET),
        gps(north=UNSET),
        gps(north=((0, 5), (0, 1), (0, 0)), east=ZERO),
    ],
)
def test_what_a_gallery_leaves_behind_is_zeroed(entries: dict[int, Any]) -> None:
    """Zeros and 0/0 are told apart from a missing position, and are never a place in the Atlantic."""
    photo = read_photo(jpeg(tiff(gps=entries)))
    assert (photo.gps, photo.position, photo.problem) == ("zeroed", None, None)


@pytest.mark.parametrize(
    "entries",
    [
        gps(north=((91, 1), (0, 1), (0, 1))),
        gps(east=((181, 1), (0, 1), (0, 1))),
        gps(north=((90, 1), (0, 1), (1, 100))),
        gps(north=((35, 1), (60, 1), (0, 1))),
        gps(north=((35, 1), (34, 1), (60, 1))),
        gps(north=((36, 0), (34, 1), (48, 1))),
        gps(north=((35, 1), (34, 1), (0, 0))),
        gps(north=((35, 1), (34, 1))),
        gps(north="35.58"),
        gps(north_ref="Q"),
        gps(east_ref="N"),
        gps(north=(10, 3, struct.pack("<6i", -35, 1, 34, 1, 48, 1))),
    ],
)
def test_no_place_on_the_earth_is_impossible(entries: dict[int, Any]) -> None:
    """Out of range, not a number, not three numbers, or a reference that is none."""
    photo = read_photo(jpeg(tiff(gps=entries)))
    assert (photo.gps, photo.position, photo.swapped, photo.problem) == ("impossible", None, False, None)


@pytest.mark.parametrize(
    "entries",
    [
        gps(north=EAST, east=NORTH),
        gps(north=EAST, east=NORTH, north_ref="E", east_ref="N"),
        gps(north=((80, 1), (0, 1), (0, 1)), east=((40, 1), (0, 1), (0, 1))),
    ],
)
def test_a_swap_is_named(entries: dict[int, Any]) -> None:
    """Latitude 100.75 and longitude 35.58 are Guinan the wrong way round; 80 and 40 are Xinjiang."""
    photo = read_photo(jpeg(tiff(gps=entries)))
    assert (photo.gps, photo.swapped, photo.problem) == ("impossible", True, None)


@pytest.mark.parametrize(
    ("entries", "position"),
    [
        (gps(north_ref=None, east_ref=None), Position(35.58, 100.75)),
        (gps(north_ref="", east_ref=" "), Position(35.58, 100.75)),
        (gps(north_ref="n", east_ref="e"), Position(35.58, 100.75)),
        (gps(north_ref="S", east_ref="W"), Position(-35.58, -100.75)),
        (gps(north_ref="s", east_ref="w"), Position(-35.58, -100.75)),
        (gps(north=((3558, 100), (0, 1), (0, 1))), Position(35.58, 100.75)),
        (gps(north=((35, 1), (348, 10), (0, 0))), Position(35.58, 100.75)),  # seconds not needed
        (gps(north=((3558, 100), (0, 0), (0, 0))), Position(35.58, 100.75)),
        (gps(north=ZERO), Position(0.0, 100.75)),
        (gps(north=(12, 3, struct.pack("<3d", 35, 34, 48))), Position(35.58, 100.75)),
    ],
)
def test_references_and_notations_are_honoured(entries: dict[int, Any], position: Position) -> None:
    """Missing references mean north and east; south and west count in either case; decimals are fine."""
    photo = read_photo(jpeg(tiff(gps=entries)))
    assert photo.gps == "ok"
    assert photo.position is not None
    assert photo.position.latitude == pytest.approx(position.latitude, abs=1e-12)
    assert photo.position.longitude == pytest.approx(position.longitude, abs=1e-12)


# ------------------------------------------------------------------------------------------------- unreadable


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"no picture", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n{} loop\n", "not an image"),
        (b"\xff\xd8", "truncated"),
        (b"\xff\xd8\xff\xd9", "not an image"),
        (jpeg(tiff(gps=GUINAN))[:-2], "truncated"),
        (jpeg(tiff(gps=GUINAN))[:400], "truncated"),
        (picture("PNG")[:-12], "truncated"),
        (picture("WEBP")[:-1], "truncated"),
        (jpeg(b"II*\0\x08\0\0"), "damaged exif"),
        (jpeg(b"no TIFF block"), "damaged exif"),
        (tiff(gps=GUINAN), "not an image"),  # a block of tags without a picture
        (picture("PNG")[:16] + bytes(8) + picture("PNG")[24:], "not an image"),
        (bytes(BYTES_AT_MOST + 1), "too large"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, problem: str) -> None:
    """Each kind of damage has its own short reason."""
    photo = read_photo(data, "a.jpg")
    assert (photo.gps, photo.problem, photo.position) == ("unreadable", problem, None)
    assert photo.size == len(data)


def test_what_stands_behind_the_end_of_a_jpeg_is_not_asked() -> None:
    """Phones append a second picture, a video or a trailer."""
    assert read_photo(jpeg(tiff(gps=GUINAN)) + b"\xff\xd8 a second picture, cut").gps == "ok"


def test_a_directory_that_loops_is_refused() -> None:
    """A GPS pointer at the directory it stands in would keep a reader busy for minutes."""
    block = tiff({GPS_POINTER: pointer(8, "<")})
    assert read_photo(jpeg(block)).problem == "hostile exif"


def test_a_lost_gps_directory_is_not_no_gps() -> None:
    """A pointer beyond the block spoils the position alone: the camera is still known."""
    photo = read_photo(jpeg(tiff({MAKE: "HUAWEI", GPS_POINTER: pointer(60_000, "<")})))
    assert (photo.gps, photo.problem, photo.make) == ("unreadable", "damaged exif", "HUAWEI")


def test_a_gps_pointer_of_zero_is_no_gps() -> None:
    """Some phones write the pointer and no directory when location is off."""
    assert read_photo(jpeg(tiff({MAKE: "HUAWEI", GPS_POINTER: pointer(0, "<")}))).gps == "absent"


def test_a_position_that_lies_beyond_the_block_is_not_zeroed() -> None:
    """What lies there was lost: that is neither zeros nor no position."""
    beyond = struct.pack("<I", 60_000)
    entries = {2: (5, 3, beyond), 4: (5, 3, beyond)}
    assert read_photo(jpeg(tiff(gps=entries))).problem == "damaged exif"


def test_two_gps_directories_that_disagree_are_unreadable() -> None:
    """The readers choose differently between that of the image and that of its Exif: neither is a pass."""
    start = 38
    here = directory(GUINAN, start, "<")
    there = directory(gps(north=((36, 1), (0, 1), (0, 1))), start + len(here), "<")
    exif = start + len(here) + len(there)
    first = directory({EXIF_POINTER: pointer(exif, "<"), GPS_POINTER: pointer(start, "<")}, 8, "<")
    block = b"II*\0\x08\0\0\0" + first + here + there
    block += directory({GPS_POINTER: pointer(start + len(here), "<")}, exif, "<")
    assert read_photo(jpeg(block)).problem == "readers disagree"


def test_a_position_that_only_one_reader_sees_is_unreadable() -> None:
    """A segment that is not marked as the standard has it is seen by the first reader alone: that is no proof."""
    photo = read_photo(jpeg(before=[segment(0xE1, b"Exif\0\1" + tiff(gps=GUINAN))]))
    assert (photo.gps, photo.problem, photo.position) == ("unreadable", "readers disagree", None)


def test_two_exif_segments_that_disagree_are_unreadable() -> None:
    """Which of two positions is the photo's, nobody can say."""
    other = tiff(gps=gps(north=((36, 1), (0, 1), (0, 1))))
    before = [segment(0xE1, b"Exif\0\0" + other)]
    assert read_photo(jpeg(tiff(gps=GUINAN), before)).problem == "readers disagree"


def test_heic_without_its_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A HEIC photo is no fault of the household where the reader of HEIC is not installed."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    whole = struct.pack(">I", 16) + b"ftypheic\0\0\0\0" + struct.pack(">I", 8) + b"mdat"
    assert read_photo(whole).problem == "heic support is not installed"
    assert read_photo(whole[:-3]).problem == "truncated"
    assert read_photo(struct.pack(">I", 16) + b"ftypheic\0\0\0\0" + struct.pack(">IIQ", 1, 0, 0)).gps == "unreadable"


def test_a_missing_file_is_an_error_of_the_caller(tmp_path: Path) -> None:
    """There is no photo to tell facts of."""
    with pytest.raises(FileNotFoundError):
        read_photo(tmp_path / "none.jpg")


# ------------------------------------------------------------------------------------------------------ cells


def test_a_photo_points_at_its_tags() -> None:
    """A finding can name the file and the tag, and shows the value as short text."""
    photo = read_photo(jpeg(tiff(exif={TAKEN: "2020:06:11 10:32:05"}, gps=gps(north=UNSET))), "a/front.jpg")
    assert photo.at("gps", "taken_at", "file") == (
        Cell("a/front.jpg", None, None, "GPSLatitude", None, "photo", "0/0 0/0 0/0 N, 100/1 45/1 0/1 E"),
        Cell("a/front.jpg", None, None, "DateTimeOriginal", None, "photo", "2020-06-11 10:32:05"),
        Cell("a/front.jpg", None, None, None, None, "photo", None),
    )
    assert read_photo(jpeg(tiff(gps=GUINAN)), "b.jpg").at("gps")[0].value == "35.580000, 100.750000"
    assert read_photo(b"", "c.jpg").at("file")[0].value == "empty"


def test_neither_name_nor_place_shows_in_a_trace() -> None:
    """What a log may hold of a photo names no person and no home."""
    shown = repr(read_photo(jpeg(tiff(gps=GUINAN)), "张三.jpg"))
    assert "张三" not in shown
    assert "100.75" not in shown


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2020:13:40 25:61:61", "", "yesterday"]
)
def test_a_clock_that_was_never_set_is_no_time(taken: str) -> None:
    """Zeros, blanks and dates that do not exist are None."""
    assert read_photo(jpeg(tiff(exif={TAKEN: taken}))).taken_at is None


@pytest.mark.parametrize(
    "entries",
    [
        {DATE: "2020:06:11"},
        {DATE: "2020:06:31", CLOCK: ((2, 1), (0, 1), (0, 1))},
        {DATE: "2020:06:11", CLOCK: ((24, 1), (0, 1), (0, 1))},
        {DATE: "2020:06:11", CLOCK: ((2, 1), (0, 0), (0, 1))},
        {CLOCK: ((2, 1), (0, 1), (0, 1))},
    ],
)
def test_half_a_satellite_time_is_none(entries: dict[int, Any]) -> None:
    """Date and time of day are both needed, and must exist."""
    assert read_photo(jpeg(tiff(gps={**GUINAN, **entries}))).gps_time is None


def test_a_maker_name_in_the_code_page_of_windows_is_read() -> None:
    """Watermark programs write their Chinese name in GBK."""
    name = "水印相机".encode("gbk") + b"\0"
    assert read_photo(jpeg(tiff({SOFTWARE: (2, len(name), name)}, gps=GUINAN))).software == "水印相机"


@pytest.mark.parametrize(
    ("entries", "taken", "offset"),
    [
        ({TAKEN: "2020:06:11 10:32:05", OFFSET: "+08:00"}, 10, "+08:00"),
        ({TAKEN: "2020:06:11 10:32:05", 0x9012: "+06:00"}, 10, None),
        (
            {TAKEN: "0000:00:00 00:00:00", OFFSET: "+08:00", 0x9004: "2020:06:11 11:00:00", 0x9012: "+06:00"},
            11,
            "+06:00",
        ),
        ({0x9004: "2020:06:11 11:00:00", 0x9012: "   :  "}, 11, None),
        ({TAKEN: "2020:06:11 10:32:05", OFFSET: "Z"}, 10, None),
    ],
)
def test_a_zone_belongs_to_its_clock(entries: dict[int, Any], taken: int, offset: str | None) -> None:
    """The zone of the shot is not that of its digitising, and what is no zone is none."""
    photo = read_photo(jpeg(tiff(exif=entries)))
    assert (photo.taken_at and photo.taken_at.hour, photo.offset) == (taken, offset)


# ---------------------------------------------------------------------------------------------------- mutants


SEEDS = [jpeg(tiff(exif={TAKEN: "2020:06:11 10:32:05"}, gps=GUINAN, order=order), size=(8, 8)) for order in "<>"] + [
    tiff(gps=GUINAN),
    picture("PNG", (8, 8), exif=tiff(gps=GUINAN)),
    picture("WEBP", (8, 8), exif=tiff(gps=GUINAN)),
]


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=6),
    st.integers(0, 10_000),
)
def test_damaged_bytes_end_in_a_named_outcome(seed: bytes, changes: list[tuple[int, bytes]], cut: int) -> None:
    """Whatever is changed or cut off, nothing is raised, and only a readable photo lacks a reason."""
    data = bytearray(seed)
    for place, patch in changes:
        start = place % len(data)
        data[start : start + len(patch)] = patch
    photo = read_photo(bytes(data[: cut or None]))
    assert photo.gps in OUTCOMES
    assert (photo.gps == "unreadable") == (photo.problem in PROBLEMS)
    assert (photo.gps == "ok") == (photo.position is not None)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"RIFF\0\0\0\0WEBP"]),
)
def test_noise_is_never_a_place(noise: bytes, start: bytes) -> None:
    """Random bytes behind a magic number are unreadable, or at best a picture without a position."""
    assert read_photo(start + noise).gps in {"unreadable", "absent", "no_exif"}


@given(st.binary(max_size=400), st.integers(0, 40))
def test_a_noisy_block_never_escapes(noise: bytes, count: int) -> None:
    """An Exif block whose directory is noise ends in a named outcome."""
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", count) + noise
    assert read_photo(jpeg(block, size=(8, 8))).gps in OUTCOMES


def test_a_chain_of_directories_is_followed_once() -> None:
    """The thumbnail's directory, next in the chain, changes nothing about the position."""
    block = tiff(gps=GUINAN)
    (count,) = struct.unpack_from("<H", block, 8)
    end = 10 + 12 * count
    chained = block[:end] + struct.pack("<I", len(block)) + block[end + 4 :]
    chained += directory({ORIENTATION: 1}, len(block), "<")
    assert read_photo(jpeg(chained)).position == Position(35.58, 100.75)
