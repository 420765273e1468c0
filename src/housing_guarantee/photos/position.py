"""Judge the position that a photo carries: a place on the earth, or in which way it is none.

Phones and programs write a position in many broken ways, and each means something else for the household:
zeros are what a gallery leaves behind, a latitude of 100 is a swap, and only a plain number is a place.
"""

from math import isclose

from attrs import frozen

from housing_guarantee.models import Position
from housing_guarantee.photos.exif import Rational, Tags, Value

CHINA_LATITUDES, CHINA_LONGITUDES = (3.0, 54.0), (73.0, 135.0)  # degrees; the ranges do not overlap
_NONE, _NOUGHT = (0, 0), (0, 1)
SAME_POSITION = 1e-5  # degrees, about one metre: what two readers may differ by


@frozen
class Fix:
    """The outcome for one photo.

    :param gps: ``ok``, ``no_exif``, ``absent``, ``zeroed``, ``impossible`` or ``unreadable``
    :param swapped: the numbers are a place in China once latitude and longitude are exchanged
    :param text: the values as they stand in the file, where they are no position
    :param source: ``exif``, or ``xmp`` for a position that a program wrote and no camera
    """

    gps: str
    position: Position | None = None
    swapped: bool = False
    text: str | None = None
    source: str = "exif"

    def agrees(self, other: "Fix") -> bool:
        """Say whether two readers found the same."""
        if self.position is None or other.position is None:
            return self.gps == other.gps
        return isclose(self.position.latitude, other.position.latitude, abs_tol=SAME_POSITION) and isclose(
            self.position.longitude, other.position.longitude, abs_tol=SAME_POSITION
        )


def locate(tags: Tags) -> Fix:
    """Judge the GPS tags of one reader (WGS-84, as Exif has it).

    A missing or blank reference means north and east, as resizers drop it and China lies there. Half a
    position is none. Degrees, minutes or seconds that are no number are impossible, but 0/0 alone is zeroed, and
    0/0 seconds behind minutes with a fraction are seconds that were not needed.
    """
    latitude, longitude = tags.get("GPSLatitude"), tags.get("GPSLongitude")
    if not latitude or not longitude:
        return Fix("absent")
    if _unset(latitude) or _unset(longitude) or (_zero(latitude) and _zero(longitude)):
        return Fix("zeroed", text=as_text(tags))
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None:
        return Fix("impossible", text=as_text(tags))
    if _within(north, CHINA_LONGITUDES) and _within(east, CHINA_LATITUDES):
        return Fix("impossible", swapped=True, text=as_text(tags))
    north_sign = _sign(tags.get("GPSLatitudeRef", ""), "N", "S")
    east_sign = _sign(tags.get("GPSLongitudeRef", ""), "E", "W")
    if not north_sign or not east_sign or north > 90 or east > 180:
        return Fix("impossible", text=as_text(tags))
    return Fix("ok", Position(north_sign * north, east_sign * east))


def as_text(tags: Tags) -> str | None:
    """Write both values as they stand in the file, such as ``35/1 34/1 48/1 N``; None unless both are there."""
    if not tags.get("GPSLatitude") or not tags.get("GPSLongitude"):
        return None
    return f"{_shown(tags, 'GPSLatitude')}, {_shown(tags, 'GPSLongitude')}"


def _unset(value: Value) -> bool:
    """Say whether every number is 0/0: no fix at all."""
    return not isinstance(value, str) and all(number == _NONE for number in value)


def _zero(value: Value) -> bool:
    return not isinstance(value, str) and all(numerator == 0 for numerator, _ in value)


def _number(value: Value) -> float | None:
    """Add up degrees, minutes and seconds; None where they are not three sound numbers."""
    if isinstance(value, str) or len(value) != 3:
        return None
    degrees, minutes, seconds = _without_unused(value)
    if not (degrees[1] and minutes[1] and seconds[1]):
        return None
    numbers = degrees[0] / degrees[1], minutes[0] / minutes[1], seconds[0] / seconds[1]
    if min(numbers) < 0 or numbers[1] >= 60 or numbers[2] >= 60:
        return None
    return (numbers[0] * 3600 + numbers[1] * 60 + numbers[2]) / 3600  # rounded once, so that 35°34′48″ is 35.58


def _without_unused(value: tuple[Rational, ...]) -> tuple[Rational, ...]:
    """Take 0/0 for nought behind a number with a fraction: some cameras fill the places that they do not use so."""
    degrees, minutes, seconds = value
    if minutes == seconds == _NONE and _has_fraction(degrees):
        return degrees, _NOUGHT, _NOUGHT
    if seconds == _NONE and _has_fraction(minutes):
        return degrees, minutes, _NOUGHT
    return value


def _has_fraction(number: Rational) -> bool:
    return number[1] != 0 and number[0] % number[1] != 0


def _sign(reference: Value, positive: str, negative: str) -> int:
    """Give the sign that a reference means; 0 where it is none."""
    letter = reference.upper() if isinstance(reference, str) else "?"
    return {"": 1, positive: 1, negative: -1}.get(letter, 0)


def _within(number: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= number <= bounds[1]


def _shown(tags: Tags, name: str) -> str:
    value, reference = tags[name], tags.get(f"{name}Ref", "")
    shown = value if isinstance(value, str) else " ".join(f"{top}/{bottom}" for top, bottom in value)
    return f"{shown} {reference}".strip() if isinstance(reference, str) else shown
