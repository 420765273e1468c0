"""A position that stands in XMP only: read, and never taken for one that a camera wrote."""

from typing import Any

import pillow_heif
import pytest
from PIL.PngImagePlugin import PngInfo

from housing_guarantee.models import Position
from housing_guarantee.photos import read_photo
from housing_guarantee.photos.xmp import position_tags
from housing_guarantee.testing.exif import GUINAN, LATITUDE, TAKEN, jpeg, picture, segment, tiff

AS_ATTRIBUTES = b"""<x:xmpmeta><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/"
  exif:GPSLatitude="35,34.8N" exif:GPSLongitude='100,45,0E'/></x:xmpmeta>"""
AS_ELEMENTS = b"""<x:xmpmeta><rdf:Description>
  <exif:GPSLatitude>35,34,48N</exif:GPSLatitude><exif:GPSLongitude>100,45.0E</exif:GPSLongitude></x:xmpmeta>"""


def xmp(packet: bytes) -> bytes:
    """Wrap a packet as a JPEG has it."""
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("packet", [AS_ATTRIBUTES, AS_ELEMENTS])
@pytest.mark.parametrize("block", [None, tiff(), tiff(exif={TAKEN: "2020:06:11 10:32:05"}, gps={})])
def test_a_position_in_xmp_alone_is_a_position(block: bytes | None, packet: bytes, whole: bool) -> None:
    """Without one in Exif it counts, and says where it came from: to call it missing would accuse wrongly."""
    photo = read_photo(jpeg(block, [xmp(packet)]), whole=whole)
    assert (photo.gps, photo.position, photo.gps_source) == ("ok", Position(35.58, 100.75), "xmp")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "HEIF"])
def test_other_formats_have_xmp_too(kind: str) -> None:
    """The packet is found in every format that carries one."""
    pillow_heif.register_heif_opener()
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", AS_ATTRIBUTES.decode())
    others: dict[str, dict[str, Any]] = {"TIFF": {"tiffinfo": {700: AS_ATTRIBUTES}}, "PNG": {"pnginfo": info}}
    options = others.get(kind, {"xmp": AS_ATTRIBUTES})
    assert read_photo(picture(kind, **options)).gps_source == "xmp"


def test_exif_has_the_last_word() -> None:
    """Where Exif has a position, or zeros instead of one, XMP is not asked."""
    other = [xmp(AS_ATTRIBUTES.replace(b"35,34.8N", b"36,0.0N"))]
    photo = read_photo(jpeg(tiff(gps=GUINAN), other))
    assert (photo.position, photo.gps_source) == (Position(35.58, 100.75), "exif")
    zeroed = read_photo(jpeg(tiff(gps={**GUINAN, LATITUDE: ((0, 0),) * 3}), other))
    assert (zeroed.gps, zeroed.gps_source) == ("zeroed", "exif")


def test_exif_inside_of_xmp_is_no_exif() -> None:
    """Extended XMP may hold the bytes of an Exif block: it is a copy by a program."""
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"Exif\0\0" + tiff(gps=GUINAN)
    photo = read_photo(jpeg(None, [segment(0xE1, extended)]))
    assert (photo.gps, photo.gps_source) == ("no_exif", None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "gps"),
    [
        (b"35,34.8S", b"100,45.0W", "ok"),
        (b"100,45.0N", b"35,34.8E", "impossible"),
        (b"0,0,0N", b"0,0,0E", "zeroed"),
        (b"35.58", b"100.75", "impossible"),
        (b"", b"100,45.0E", "absent"),
    ],
)
def test_what_xmp_says_is_judged_like_exif(latitude: bytes, longitude: bytes, gps: str) -> None:
    """South and west, a swap, zeros, other notations, and half a position."""
    packet = AS_ATTRIBUTES.replace(b"35,34.8N", latitude).replace(b"100,45,0E", longitude)
    photo = read_photo(jpeg(tiff(), [xmp(packet)]))
    assert (photo.gps, photo.problem) == (gps, None)


def test_numbers_are_kept_as_written() -> None:
    """No digit is rounded on the way to the tags."""
    packet = b'exif:GPSLatitude="35,34.123456N" exif:GPSLongitude="100,45,7.5W"'
    assert position_tags(packet) == {
        "GPSLatitude": ((35, 1), (34_123_456, 1_000_000), (0, 1)),
        "GPSLatitudeRef": "N",
        "GPSLongitude": ((100, 1), (45, 1), (75, 10)),
        "GPSLongitudeRef": "W",
    }
    assert position_tags(packet + b" " * 1_000_000 + b"exif:GPSLatitude" * 10_000) == position_tags(packet)
