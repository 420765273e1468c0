"""Photos of iPhones: HEIC files, written here by a real encoder."""

from datetime import datetime
from hashlib import sha256

import pillow_heif
import pytest

from housing_guarantee.models import Position
from housing_guarantee.photos import read_photo
from housing_guarantee.testing.exif import GPS_POINTER, GUINAN, MAKE, TAKEN, picture, pointer, tiff

pillow_heif.register_heif_opener()


def heic(exif: bytes | None = None) -> bytes:
    """Make a HEIC file."""
    return picture("HEIF", exif=exif) if exif else picture("HEIF")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_heic_photo_tells_what_a_jpeg_does(order: str, whole: bool) -> None:
    """Position, time, maker, size and digest."""
    data = heic(tiff({MAKE: "Apple"}, {TAKEN: "2020:06:11 10:32:05"}, GUINAN, order))
    photo = read_photo(data, whole=whole)
    assert (photo.gps, photo.position, photo.gps_source) == ("ok", Position(35.58, 100.75), "exif")
    assert (photo.taken_at, photo.make) == (datetime(2020, 6, 11, 10, 32, 5), "Apple")  # noqa: DTZ001
    assert (photo.width, photo.height) == (64, 48)
    assert photo.digest == (sha256(data).hexdigest() if whole else "")


def test_a_heic_photo_may_have_no_position() -> None:
    """Without Exif, and with Exif but without a position, are told apart."""
    assert read_photo(heic()).gps == "no_exif"
    assert read_photo(heic(tiff({MAKE: "Apple"}))).gps == "absent"


def test_a_damaged_heic_photo_says_so() -> None:
    """A loop in its Exif, and a file cut short."""
    assert read_photo(heic(tiff({GPS_POINTER: pointer(8, "<")}))).problem == "hostile exif"
    assert read_photo(heic(tiff(gps=GUINAN))[:-1]).problem == "truncated"
