"""Datums, distances, areas: where a point lies, and in whose land.

Chinese maps shift every point by some hundred metres (GCJ-02, and BD-09 on top of it), so a position is only
worth comparing once its datum is known; here everything is kept in WGS-84. Areas come from GeoJSON: a county
has several parts, an exclave, holes, and fills about half of its bounding box, so the border itself is asked.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from math import asin, atan2, cos, hypot, inf, pi, radians, sin, sqrt
from pathlib import Path
from typing import Any

from attrs import field, frozen

from housing_guarantee.errors import CampaignError
from housing_guarantee.models import Position

DATUMS = ("wgs84", "gcj02", "bd09")
EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)
EDGES_TOGETHER = 32  # edges that share a box; a county has some thousands, and half as many or twice are slower
CODE_LENGTHS = (6, 9, 12)  # county, township, village: GB/T 2260 and the statistical codes built on it

Point = tuple[float, float]  # longitude, latitude: the order of GeoJSON
Ring = tuple[Point, ...]
Edge = tuple[float, float, float, float]  # longitude and latitude of both ends
Box = tuple[float, float, float, float]  # west, south, east, north

# ----------------------------------------------------------------------------------------------------- datums

_KRASOVSKY_AXIS = 6378245.0  # metres: the ellipsoid on which the published GCJ-02 formula is written
_KRASOVSKY_ECCENTRICITY = 0.00669342162296594323  # squared
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)  # the box outside of which maps are not shifted
_BAIDU = pi * 3000 / 180


def from_wgs84(position: Position, datum: str) -> Position:
    """Give a WGS-84 position in another datum (``wgs84``, ``gcj02`` or ``bd09``), in degrees.

    :raises ValueError: for any other datum
    """
    _check_datum(datum)
    if datum == "wgs84" or not _in_box((position.longitude, position.latitude), _SHIFTED):
        return position
    shifted = _to_gcj02(position)
    return _to_bd09(shifted) if datum == "bd09" else shifted


def to_wgs84(position: Position, datum: str) -> Position:
    """Give in WGS-84 a position of some datum; a round trip errs by less than 1e-7 degrees.

    The shift has no inverse in closed form: it is found by moving a guess until its shift meets the position.

    :raises ValueError: for an unknown datum
    """
    _check_datum(datum)
    if datum == "wgs84" or not _in_box((position.longitude, position.latitude), _SHIFTED):
        return position
    guess = position
    for _ in range(10):
        met = from_wgs84(guess, datum)
        north, east = position.latitude - met.latitude, position.longitude - met.longitude
        guess = Position(guess.latitude + north, guess.longitude + east)
        if abs(north) < 1e-10 and abs(east) < 1e-10:
            break
    return guess


def _check_datum(datum: str) -> None:
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}, expected one of {', '.join(DATUMS)}")


def _to_gcj02(position: Position) -> Position:
    """Apply the published shift of the Chinese maps; about 150 m in Qinghai."""
    x, y = position.longitude - 105.0, position.latitude - 35.0
    both = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    waves = both + 20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves * 2 / 3
    waves = both + 20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves * 2 / 3
    latitude = radians(position.latitude)
    magic = 1 - _KRASOVSKY_ECCENTRICITY * sin(latitude) ** 2
    meridian = _KRASOVSKY_AXIS * (1 - _KRASOVSKY_ECCENTRICITY) / magic**1.5
    parallel = _KRASOVSKY_AXIS / sqrt(magic) * cos(latitude)
    return Position(
        position.latitude + north * 180 / (meridian * pi),
        position.longitude + east * 180 / (parallel * pi),
    )


def _to_bd09(position: Position) -> Position:
    """Apply the shift that one map service adds to GCJ-02; about 900 m in all."""
    x, y = position.longitude, position.latitude
    radius = hypot(x, y) + 0.00002 * sin(y * _BAIDU)
    angle = atan2(y, x) + 0.000003 * cos(x * _BAIDU)
    return Position(radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065)


# -------------------------------------------------------------------------------------------------- distances


def distance_km(a: Position, b: Position) -> float:
    """Measure the great-circle distance of two positions of one datum, in kilometres (haversine)."""
    south, north = radians(a.latitude), radians(b.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half)))


# ------------------------------------------------------------------------------------------------------ areas


def _in_box(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _box(points: Iterable[Point]) -> Box:
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


@frozen
class Polygon:
    """One part of an area: its border and the borders of its holes, closed, in WGS-84 degrees."""

    rings: tuple[Ring, ...] = field(repr=False)

    @cached_property
    def box(self) -> Box:
        """Tell west, south, east and north of the border."""
        return _box(self.rings[0])

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """List every edge of every ring."""
        return tuple((*a, *b) for ring in self.rings for a, b in pairwise(ring))

    @cached_property
    def stretches(self) -> tuple[tuple[Box, tuple[Edge, ...]], ...]:
        """Cut the border into short stretches, each with its box, so that far ones need no looking at."""
        edges = self.edges
        cuts = (edges[at : at + EDGES_TOGETHER] for at in range(0, len(edges), EDGES_TOGETHER))
        return tuple((_box(point for edge in cut for point in (edge[:2], edge[2:])), cut) for cut in cuts)

    @cached_property
    def _strips(self) -> tuple[tuple[float, ...], tuple[tuple[Edge, ...], ...]]:
        """Sort the edges into strips of latitude, so that a point meets a few of them and not thousands."""
        _, south, _, north = self.box
        count = min(256, len(self.edges) // 16 + 1)
        starts = tuple(south + (north - south) * i / count for i in range(count))
        strips: list[list[Edge]] = [[] for _ in starts]
        for edge in self.edges:
            low, high = sorted((edge[1], edge[3]))
            first, last = (max(0, bisect_right(starts, latitude) - 1) for latitude in (low, high))
            for strip in strips[first : last + 1]:
                strip.append(edge)
        return starts, tuple(map(tuple, strips))

    def contains(self, position: Position) -> bool:
        """Say whether the position lies inside the border and in no hole (even-odd rule)."""
        x, y = position.longitude, position.latitude
        if not _in_box((x, y), self.box):
            return False
        starts, strips = self._strips
        inside = False
        for x1, y1, x2, y2 in strips[max(0, bisect_right(starts, y) - 1)]:
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        return inside


@frozen
class Area:
    """A county, township or village on the map, in WGS-84.

    :param code: 6 digits for a county, 9 for a township, 12 for a village
    """

    code: str
    name: str
    polygons: tuple[Polygon, ...]

    def contains(self, position: Position) -> bool:
        """Say whether one of the area's parts contains the position (WGS-84)."""
        return any(polygon.contains(position) for polygon in self.polygons)

    def distance_km(self, position: Position) -> float:
        """Measure how far outside the area the position (WGS-84) lies, in kilometres; 0.0 inside.

        The nearest point of the border is sought on a plane that touches the earth at the position, which is
        accurate to about 0.5 % within 50 km and errs more the farther the area is.
        """
        if self.contains(position):
            return 0.0
        east = cos(radians(position.latitude)) or 1e-12
        stretches = [stretch for polygon in self.polygons for stretch in polygon.stretches]
        least = sorted((_least(box, position, east), at) for at, (box, _) in enumerate(stretches))
        nearest = (inf, 0.0, 0.0)
        for bound, at in least:
            if bound > nearest[0]:
                break
            nearest = min(nearest, *(_nearest(edge, position, east) for edge in stretches[at][1]))
        _, x, y = nearest
        return distance_km(position, Position(position.latitude + y, position.longitude + x / east))


def _least(box: Box, position: Position, east: float) -> float:
    """Give the squared distance below which nothing in a box can lie, measured as in `_nearest`."""
    west, south, right, north = box
    x = max(west - position.longitude, 0.0, position.longitude - right) * east
    y = max(south - position.latitude, 0.0, position.latitude - north)
    return x * x + y * y


def _nearest(edge: Edge, position: Position, east: float) -> tuple[float, float, float]:
    """Find the point of an edge nearest to the position: squared distance, then x and y seen from there.

    All in degrees of latitude, of which a degree of longitude is the part ``east``.
    """
    x1, y1 = (edge[0] - position.longitude) * east, edge[1] - position.latitude
    dx, dy = (edge[2] - edge[0]) * east, edge[3] - edge[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(x1 * dx + y1 * dy) / length)) if length else 0.0
    x, y = x1 + along * dx, y1 + along * dy
    return x * x + y * y, x, y


# ---------------------------------------------------------------------------------------------------- GeoJSON


def read_areas(path: Path, datum: str) -> tuple[Area, ...]:
    """Read areas from a GeoJSON FeatureCollection or Feature (RFC 7946), in the order of the file.

    Each feature is a Polygon or MultiPolygon with the properties ``code`` (6, 9 or 12 digits) and ``name``.

    :param datum: the datum of the file's coordinates: ``wgs84``, ``gcj02`` or ``bd09``
    :raises CampaignError: if the file cannot be read or a feature is wrong; the message names both
    """
    try:
        _check_datum(datum)
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        areas = tuple(_areas(document, datum))
    except OSError as error:
        raise CampaignError(f"{path.name}: cannot be read ({error.strerror})", zh=f"{path.name}：无法读取") from error
    except RecursionError as error:
        raise CampaignError(
            f"{path.name}: nested too deeply to be GeoJSON", zh=f"{path.name}：不是 GeoJSON，嵌套过深"
        ) from error
    except ValueError as error:
        raise CampaignError(f"{path.name}: {error}", zh=f"{path.name}：区划边界文件有误（{error}）") from error
    return areas


def _areas(document: Any, datum: str) -> Iterator[Area]:
    kind = document.get("type") if isinstance(document, dict) else None
    features = [document] if kind == "Feature" else None
    if kind == "FeatureCollection":
        features = document.get("features")
    if not isinstance(features, list) or not features:
        raise ValueError("expected a GeoJSON FeatureCollection with features, or a Feature")
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        try:
            area = _area(feature, datum)
            if area.code in seen:
                raise ValueError(f"the code {area.code} stands in an earlier feature too")
        except ValueError as error:
            raise ValueError(f"feature {number}: {error}") from error
        seen.add(area.code)
        yield area


def _area(feature: Any, datum: str) -> Area:
    properties = _member(feature, "properties")
    code, name = str(properties.get("code", "")), properties.get("name")
    if not (code.isascii() and code.isdecimal() and len(code) in CODE_LENGTHS):
        raise ValueError("its property code must have 6, 9 or 12 digits")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("its property name is missing")
    geometry = _member(feature, "geometry")
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        coordinates = [coordinates]
    elif geometry.get("type") != "MultiPolygon":
        raise ValueError("its geometry must be a Polygon or MultiPolygon")
    polygons = tuple(
        Polygon(tuple(_ring(ring, datum) for ring in _items(rings, "polygon")))
        for rings in _items(coordinates, "geometry")
    )
    return Area(code, name.strip(), polygons)


def _member(feature: Any, name: str) -> dict[str, Any]:
    found = feature.get(name) if isinstance(feature, dict) else None
    if not isinstance(found, dict):
        raise ValueError(f"it has no {name}")
    return found


def _items(value: Any, what: str) -> Iterable[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"a {what} of it has no coordinates")
    return value


def _ring(ring: Any, datum: str) -> Ring:
    points = tuple(_point(pair, datum) for pair in _items(ring, "ring"))
    if len(points) < 4 or points[0] != points[-1]:
        raise ValueError("a ring must have at least 4 points, the last equal to the first")
    return points


def _point(pair: Any, datum: str) -> Point:
    if not isinstance(pair, list) or any(type(number) not in (int, float) for number in pair):
        raise ValueError("a point must be two numbers, longitude first")
    if len(pair) < 2 or not (abs(pair[0]) <= 180 and abs(pair[1]) <= 90):
        raise ValueError(f"the point {pair} is not on the earth (longitude comes first)")
    longitude, latitude = map(float, pair[:2])
    position = to_wgs84(Position(latitude, longitude), datum)
    return position.longitude, position.latitude
