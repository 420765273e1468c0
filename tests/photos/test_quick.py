"""The quick way: as little as the tags need, and never another answer for it."""

import random
import struct
from pathlib import Path

import pytest
from attrs import evolve

from housing_guarantee.models import Position
from housing_guarantee.photos import exif, read_photo, reading
from housing_guarantee.photos.facts import BYTES_AT_MOST, HEADS, read_head
from housing_guarantee.testing.exif import (
    EXIF_POINTER,
    GPS_POINTER,
    GUINAN,
    LATITUDE,
    MAKE,
    TAKEN,
    jpeg,
    picture,
    pointer,
    segment,
    tiff,
)

GUINAN_JPEG = jpeg(tiff(exif={TAKEN: "2020:06:11 10:32:05"}, gps=GUINAN))
TWO_POSITIONS = [segment(0xE1, b"Exif\0\0" + tiff(gps={**GUINAN, LATITUDE: ((36, 1), (0, 1), (0, 1))}))]
PADDING = [segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000))]


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Note what the second reader is asked to read."""
    asked: list[bytes] = []
    original = exif.read_with_pillow

    def noting(data: bytes) -> exif.Opinion | None:
        asked.append(data)
        return original(data)

    monkeypatch.setattr(reading, "read_with_pillow", noting)
    return asked


@pytest.mark.parametrize(
    "data",
    [
        GUINAN_JPEG,
        jpeg(tiff(gps=GUINAN, order=">"), PADDING),
        jpeg(tiff(gps=GUINAN), PADDING * 3),
        jpeg(tiff(gps=GUINAN), PADDING * 20),
        jpeg(tiff()),
        jpeg(tiff(gps=GUINAN), TWO_POSITIONS),
        jpeg(tiff({GPS_POINTER: pointer(8, "<")})),
        jpeg(),
        picture("PNG", exif=tiff(gps=GUINAN)),
        picture("WEBP", exif=tiff(gps=GUINAN)),
        picture("TIFF", exif=tiff(gps=GUINAN)),
        picture("MPO", exif=tiff(gps=GUINAN)),
        b"",
        b"no picture",
        jpeg()[:300],
    ],
)
def test_the_quick_way_has_the_same_facts(tmp_path: Path, data: bytes) -> None:
    """Of whole files all is the same but the digest, from a path and from bytes."""
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    expected = evolve(read_photo(path), digest="")
    assert read_photo(path, whole=False) == expected
    assert read_photo(str(path), whole=False) == expected
    assert read_photo(data, "a.jpg", whole=False) == expected


def test_a_plain_position_needs_no_second_reader(second: list[bytes]) -> None:
    """The whole way hears two readers on every photo, the quick way one."""
    assert read_photo(GUINAN_JPEG, whole=False).position == Position(35.58, 100.75)
    assert second == []
    assert read_photo(GUINAN_JPEG).position == Position(35.58, 100.75)
    assert second == [GUINAN_JPEG]


@pytest.mark.parametrize(
    ("data", "gps"),
    [
        (jpeg(), "no_exif"),
        (jpeg(tiff()), "absent"),
        (jpeg(tiff(gps={**GUINAN, LATITUDE: ((0, 0),) * 3})), "zeroed"),
        (jpeg(tiff(gps={**GUINAN, LATITUDE: ((91, 1), (0, 1), (0, 1))})), "impossible"),
        (jpeg(tiff(gps={**GUINAN, LATITUDE: (12, 3, struct.pack("<3d", 35, 34, 48))})), "ok"),  # no rationals
        (jpeg(tiff({MAKE: "x", EXIF_POINTER: pointer(60_000, "<")}, gps=GUINAN)), "ok"),  # a directory is lost
        (jpeg(tiff({MAKE: "x", 0x9999: (7, 9, struct.pack("<I", 60_000))}, gps=GUINAN)), "ok"),  # a value is
        (jpeg(tiff(gps=GUINAN), [segment(0xE1, b"Exif\0\0" + tiff(gps=GUINAN))]), "ok"),  # twice
        (GUINAN_JPEG.replace(b"Exif\0\0", b"Exif\0\1"), "unreadable"),
    ],
)
def test_what_is_missing_or_odd_is_asked_twice(second: list[bytes], data: bytes, gps: str) -> None:
    """Before anything is called missing, and wherever a block leaves a choice, the second reader is heard."""
    assert read_photo(data, whole=False).gps == gps
    assert len(second) == 1


def test_only_the_head_of_a_jpeg_is_read(tmp_path: Path) -> None:
    """Picture data that is cut short or replaced by noise makes no difference; the whole way sees the cut."""
    path = tmp_path / "a.jpg"
    scan = GUINAN_JPEG.index(b"\xff\xda")
    path.write_bytes(GUINAN_JPEG[: scan + 2] + b"\xff\xd9" + random.Random(1).randbytes(500_000))
    quick = read_photo(path, whole=False)
    assert (quick.gps, quick.digest, quick.size) == ("ok", "", scan + 4 + 500_000)
    path.write_bytes(GUINAN_JPEG[: scan + 2])
    assert read_photo(path, whole=False).gps == "ok"
    assert read_photo(path).problem == "truncated"


@pytest.mark.parametrize(("segments", "most"), [(0, HEADS[0]), (2, HEADS[1]), (20, 5_000_000)])
def test_a_head_is_read_in_steps(tmp_path: Path, segments: int, most: int) -> None:
    """A head of one segment costs 64 KB, one of some segments a million bytes; only beyond that all is read."""
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(tiff(gps=GUINAN), PADDING * segments) + bytes(3_000_000))
    with path.open("rb", buffering=0) as file:
        data, container = read_head(file)
        assert file.tell() == len(data) == min(most, path.stat().st_size)
    assert container.problem is None


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    """Neither way opens what is over the limit."""
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.write(GUINAN_JPEG)
        file.truncate(BYTES_AT_MOST + 1)
    assert (read_photo(path, whole=False).problem, read_photo(path).problem) == ("too large", "too large")
    assert read_photo(bytes(BYTES_AT_MOST + 1), whole=False).problem == "too large"


def test_a_missing_file_is_an_error_of_the_caller(tmp_path: Path) -> None:
    """There is no photo to tell facts of."""
    with pytest.raises(FileNotFoundError):
        read_photo(tmp_path / "none.jpg", whole=False)
