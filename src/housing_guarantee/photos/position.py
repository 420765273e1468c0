"""Judge the position that a photo carries: a place on the earth, or in which way it is none.

Phones and programs write a position in many broken ways, and each means something else for the household:
zeros are what a gallery leaves behind, a latitude of 100 is a swap, and only a plain number is a place.
"""

from math import isclose

from attrs import frozen

from housing_guarantee.models import Position
from housing_guarantee.photos.exif import Tags, Value

CHINA_LATITUDES, CHINA_LONGITUDES = (3.0, 54.0), (73.0, 135.0)  # degrees; the ranges do not overlap
SAME_POSITION = 1e-5  # degrees, about one metre: what two readers may differ by


@frozen
class Fix:
    """The outcome for one photo.

    :param gps: ``ok``, ``no_exif``, ``absent``, ``zeroed``, ``impossible`` or ``unreadable``
    :param swapped: the numbers are a place in China once latitude and longitude are exchanged
    :param text: the values as they stand in the file
    """

    gps: str
    position: Position | None = None
    swapped: bool = False
    text: str | None = None

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
    position is none. Degrees, minutes or seconds that are no number are impossible, but 0/0 alone is zeroed.
    """
    latitude, longitude = tags.get("GPSLatitude"), tags.get("GPSLongitude")
    if not latitude or not longitude:
        return Fix("absent")
    text = f"{_shown(tags, 'GPSLatitude')}, {_shown(tags, 'GPSLongitude')}"
    if _unset(latitude) or _unset(longitude) or (_zero(latitude) and _zero(longitude)):
        return Fix("zeroed", text=text)
    north = _degrees(latitude, tags.get("GPSLatitudeRef", ""), "N", "S")
    east = _degrees(longitude, tags.get("GPSLongitudeRef", ""), "E", "W")
    if north is None or east is None:
        return Fix("impossible", swapped=_swapped(latitude, longitude), text=text)
    if _swapped(latitude, longitude) or abs(north) > 90 or abs(east) > 180:
        return Fix("impossible", swapped=_swapped(latitude, longitude), text=text)
    return Fix("ok", Position(north, east), text=text)


def _unset(value: Value) -> bool:
    """Say whether every number is 0/0: no fix at all."""
    return not isinstance(value, str) and all(number == (0, 0) for number in value)


def _zero(value: Value) -> bool:
    return not isinstance(value, str) and all(numerator == 0 for numerator, _ in value)


def _number(value: Value) -> float | None:
    """Add up degrees, minutes and seconds; None where they are not three sound numbers."""
    if isinstance(value, str) or len(value) != 3 or any(denominator == 0 for _, denominator in value):
        return None
    degrees, minutes, seconds = (numerator / denominator for numerator, denominator in value)
    if min(degrees, minutes, seconds) < 0 or minutes >= 60 or seconds >= 60:
        return None
    return (degrees * 3600 + minutes * 60 + seconds) / 3600  # rounded once, so that 35°34′48″ is 35.58


def _degrees(value: Value, reference: Value, positive: str, negative: str) -> float | None:
    """Give a signed number of degrees; None where the number or its reference is not sound."""
    number = _number(value)
    letter = reference.upper() if isinstance(reference, str) else "?"
    if number is None or letter not in ("", positive, negative):
        return None
    return -number if letter == negative else number


def _swapped(latitude: Value, longitude: Value) -> bool:
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None:
        return False
    return _within(north, CHINA_LONGITUDES) and _within(east, CHINA_LATITUDES)


def _within(number: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= number <= bounds[1]


def _shown(tags: Tags, name: str) -> str:
    """Write a value as it stands in the file, such as ``35/1 34/1 48/1 N``."""
    value, reference = tags[name], tags.get(f"{name}Ref", "")
    shown = value if isinstance(value, str) else " ".join(f"{top}/{bottom}" for top, bottom in value)
    return f"{shown} {reference}".strip() if isinstance(reference, str) else shown
