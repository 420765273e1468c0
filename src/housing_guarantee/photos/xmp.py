"""Find a position in the XMP packet of a photo, where programs write it that place photos on a map afterwards.

XMP names the same two properties as Exif does, as text: ``35,34.8N`` or ``35,34,48N``. Nothing else is taken from
there: a camera writes Exif. The packet comes from strangers, so it is searched and never parsed as XML.
"""

import re

from housing_guarantee.photos.exif import Rational, Tags, Value

_PROPERTY = r"""\bexif:%s(?:\s*=\s*["']([^"'<>]{1,60})["']|\s*>([^<>]{1,60})<)"""
_LATITUDE = re.compile((_PROPERTY % "GPSLatitude").encode())
_LONGITUDE = re.compile((_PROPERTY % "GPSLongitude").encode())
_COORDINATE = re.compile(r"([0-9]{1,3}),([0-9]{1,2}(?:\.[0-9]{1,9})?)(?:,([0-9]{1,2}(?:\.[0-9]{1,9})?))?([NSEW])")


def position_tags(packet: bytes) -> Tags:
    """Give the position of a packet as the tags that Exif would have; empty where it has not both coordinates."""
    latitude, longitude = _LATITUDE.search(packet), _LONGITUDE.search(packet)
    if not latitude or not longitude:
        return {}
    north, north_reference = _coordinate(latitude)
    east, east_reference = _coordinate(longitude)
    return {
        "GPSLatitude": north,
        "GPSLatitudeRef": north_reference,
        "GPSLongitude": east,
        "GPSLongitudeRef": east_reference,
    }


def _coordinate(found: re.Match[bytes]) -> tuple[Value, str]:
    """Split a coordinate into degrees, minutes and seconds; what is none stays a text."""
    text = (found[1] or found[2]).decode("utf-8", errors="replace").strip()
    if not (parts := _COORDINATE.fullmatch(text)):
        return text, ""
    return tuple(_rational(part or "0") for part in parts.groups()[:3]), parts[4]


def _rational(text: str) -> Rational:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction), 10 ** len(fraction)
