"""Datums against published figures; areas against a winding number and a measured plane."""

import json
from itertools import pairwise
from math import atan2, cos, pi, radians, sin
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from housing_guarantee.errors import CampaignError
from housing_guarantee.geo import Area, Polygon, distance_km, from_wgs84, read_areas, to_wgs84
from housing_guarantee.models import Position

SEAT = Position(35.58, 100.75)
SQUARE = [[100.0, 35.0], [101.0, 35.0], [101.0, 36.0], [100.0, 36.0], [100.0, 35.0]]
HOLE = [[100.4, 35.4], [100.6, 35.4], [100.6, 35.6], [100.4, 35.6], [100.4, 35.4]]
EXCLAVE = [[102.0, 35.0], [102.2, 35.0], [102.2, 35.2], [102.0, 35.0]]


def feature(code: Any = "632525", name: Any = "贵南县", **geometry: Any) -> dict[str, Any]:
    """Build a feature; without a geometry it is a square with a hole, and an exclave."""
    geometry = geometry or {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [EXCLAVE]]}
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


def write(path: Path, document: Any) -> Path:
    """Write a document as GeoJSON."""
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


# ----------------------------------------------------------------------------------------------------- datums


@pytest.mark.parametrize(
    ("datum", "north", "east", "metres"),
    [("wgs84", 0.0, 0.0, 0), ("gcj02", -0.000444, 0.001536, 148), ("bd09", 0.005307, 0.008124, 943)],
)
def test_a_datum_shifts_as_three_other_programs_shift(datum: str, north: float, east: float, metres: float) -> None:
    """At 35.58 N 100.75 E the shift is the one that eviltransform, gcoord and coord-convert agree on."""
    shifted = from_wgs84(SEAT, datum)
    assert shifted.latitude - SEAT.latitude == pytest.approx(north, abs=1e-6)
    assert shifted.longitude - SEAT.longitude == pytest.approx(east, abs=1e-6)
    assert distance_km(SEAT, shifted) * 1000 == pytest.approx(metres, abs=2)


@given(st.floats(4, 53), st.floats(74, 134), st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_a_position_survives_the_way_there_and_back(latitude: float, longitude: float, datum: str) -> None:
    """Anywhere in China, shifting and shifting back errs by less than 1e-7 degrees."""
    back = to_wgs84(from_wgs84(Position(latitude, longitude), datum), datum)
    assert back.latitude == pytest.approx(latitude, abs=1e-7)
    assert back.longitude == pytest.approx(longitude, abs=1e-7)


def test_maps_of_other_countries_are_not_shifted() -> None:
    """Outside of China every datum is WGS-84."""
    assert from_wgs84(Position(48.85, 2.35), "bd09") == Position(48.85, 2.35)
    assert to_wgs84(Position(48.85, 2.35), "gcj02") == Position(48.85, 2.35)


def test_an_unknown_datum_is_refused() -> None:
    """A misspelt datum is never taken for WGS-84."""
    with pytest.raises(ValueError, match="unknown datum 'wgs-84', expected one of wgs84, gcj02, bd09"):
        to_wgs84(SEAT, "wgs-84")
    with pytest.raises(ValueError, match="unknown datum"):
        from_wgs84(SEAT, "")


def test_a_degree_has_the_length_of_a_degree() -> None:
    """One degree of latitude is 111.195 km; the antipode is half of the way round."""
    assert distance_km(Position(35, 100), Position(36, 100)) == pytest.approx(111.195, abs=0.001)
    assert distance_km(Position(10, 20), Position(-10, -160)) == pytest.approx(20015.1, abs=0.1)
    assert distance_km(SEAT, SEAT) == 0.0


# ------------------------------------------------------------------------------------------------------ areas


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [
        (35.2, 100.2, True),
        (35.5, 100.5, False),  # in the hole
        (35.05, 102.15, True),  # in the exclave
        (35.15, 102.05, False),  # in the exclave's bounding box, not in the exclave
        (35.5, 101.5, False),  # between the parts
        (36.5, 100.5, False),
    ],
)
def test_an_area_is_its_parts_without_its_holes(
    tmp_path: Path, latitude: float, longitude: float, inside: bool
) -> None:
    """A point belongs to the area if any part holds it, and no point of a hole does."""
    (area,) = read_areas(write(tmp_path / "area.geojson", feature()), "wgs84")
    position = Position(latitude, longitude)
    assert area.contains(position) is inside
    assert (area.distance_km(position) == 0.0) is inside


def test_outside_is_measured_to_the_nearest_border(tmp_path: Path) -> None:
    """The distance is that to an edge, to a corner, or to the rim of a hole, whichever is nearest."""
    (area,) = read_areas(write(tmp_path / "area.geojson", feature()), "wgs84")
    assert area.distance_km(Position(36.2, 100.5)) == pytest.approx(0.2 * 111.195, rel=0.001)
    assert area.distance_km(Position(35.5, 99.8)) == pytest.approx(
        distance_km(Position(35.5, 99.8), Position(35.5, 100.0)), rel=0.001
    )
    assert area.distance_km(Position(36.1, 101.1)) == pytest.approx(
        distance_km(Position(36.1, 101.1), Position(36.0, 101.0)), rel=0.001
    )
    assert area.distance_km(Position(35.45, 100.5)) == pytest.approx(0.05 * 111.195, rel=0.001)


@given(st.floats(0, 2 * pi), st.floats(1, 50), st.floats(5, 52))
def test_the_distance_is_right_within_half_a_percent(bearing: float, km: float, latitude: float) -> None:
    """A point so many kilometres beside a hamlet is measured so far from it, anywhere in China."""
    hamlet = Position(latitude, 104.0)
    ring = tuple((104.0 + 1e-6 * x, latitude + 1e-6 * y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 0)))
    away = Position(
        latitude + km * sin(bearing) / 111.195,
        104.0 + km * cos(bearing) / (111.195 * cos(radians(latitude))),
    )
    area = Area("632525100200", "村", (Polygon((ring,)),))
    assert area.distance_km(away) == pytest.approx(distance_km(away, hamlet), rel=0.005)


def winds_around(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    """Count how often a ring winds around a point, by its angles."""
    angles = [atan2(b - y, a - x) for a, b in ring]
    turns = [(after - before + pi) % (2 * pi) - pi for before, after in pairwise(angles)]
    return abs(sum(turns)) > pi


def beside(area: Area, position: Position) -> bool:
    """Say whether the position lies within a millimetre of the border, where both answers are right."""
    nudged = [Position(position.latitude + d, position.longitude + e) for d in (-1e-8, 1e-8) for e in (-1e-8, 1e-8)]
    return len({area.contains(near) for near in nudged}) > 1


@given(
    st.lists(st.floats(0, 2 * pi), min_size=3, max_size=60, unique=True),
    st.floats(-1.2, 1.2),
    st.floats(-1.2, 1.2),
)
def test_inside_agrees_with_the_winding_number(turns: list[float], x: float, y: float) -> None:
    """On random convex polygons the even-odd answer is the winding number's, away from the border itself."""
    ring = [(100 + cos(turn), 35 + sin(turn)) for turn in sorted(turns)]
    area = Area("632525", "县", (Polygon(((*ring, ring[0]),)),))
    position = Position(35 + y, 100 + x)
    assume(not beside(area, position))
    assert area.contains(position) == winds_around([*ring, ring[0]], 100 + x, 35 + y)


@st.composite
def counties(draw: st.DrawFn) -> Area:
    """Draw a county of jagged parts, some with holes; parts may lie anywhere, apart or one inside the other's hole."""
    parts: list[Polygon] = []
    for at in range(draw(st.integers(1, 3))):
        middle = 100.0 + 1.5 * at, 35.0 + draw(st.floats(-0.5, 0.5))
        corners = draw(st.integers(3, 90))
        outer = [draw(st.floats(0.2, 0.7)) for _ in range(corners)]
        rings = [jagged(middle, outer)]
        if draw(st.booleans()):
            rings.append(
                jagged(middle, [radius * draw(st.floats(0.2, 0.4)) for radius in outer[:: draw(st.integers(1, 3))]])
            )
        parts.append(Polygon(tuple(rings)))
    return Area("632525", "县", tuple(parts))


def jagged(middle: tuple[float, float], radii: list[float]) -> tuple[tuple[float, float], ...]:
    """Make a ring around a point, a corner for each radius in degrees."""
    turns = [2 * pi * at / len(radii) for at in range(len(radii))]
    ring = [(middle[0] + r * cos(turn), middle[1] + r * sin(turn)) for r, turn in zip(radii, turns, strict=True)]
    return (*ring, ring[0])


def crosses(area: Area, x: float, y: float) -> bool:
    """Say whether a point lies inside by the textbook: count the edges of all rings that a ray to the east meets."""
    inside = False
    for polygon in area.polygons:
        hits = 0
        for ring in polygon.rings:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > y) != (y2 > y) and x1 + (y - y1) * (x2 - x1) / (y2 - y1) > x:
                    hits += 1
        inside = inside or hits % 2 == 1
    return inside


def measured(area: Area, position: Position) -> float:
    """Measure the great-circle distance to a border edge by edge, closing in on each one's nearest point by thirds."""

    def on(edge: tuple[tuple[float, float], tuple[float, float]], part: float) -> float:
        (x1, y1), (x2, y2) = edge
        return distance_km(position, Position(y1 + (y2 - y1) * part, x1 + (x2 - x1) * part))

    found = []
    for edge in (edge for polygon in area.polygons for ring in polygon.rings for edge in pairwise(ring)):
        low, high = 0.0, 1.0
        for _ in range(40):
            third = (high - low) / 3
            if on(edge, low + third) < on(edge, high - third):
                high -= third
            else:
                low += third
        found.append(on(edge, low))
    return min(found)


anywhere = st.builds(Position, st.floats(34, 36), st.floats(99, 105))


@given(counties(), anywhere)
def test_inside_is_what_the_textbook_says(area: Area, position: Position) -> None:
    """Whatever the parts and holes, away from the border itself."""
    assume(not beside(area, position))
    assert area.contains(position) == crosses(area, position.longitude, position.latitude)


@settings(max_examples=40, deadline=None)
@given(counties(), anywhere)
def test_the_distance_is_that_of_every_edge_by_itself(area: Area, position: Position) -> None:
    """Outside, in a hole, or near an exclave: the nearest edge is never passed over."""
    assume(not area.contains(position))
    expected = measured(area, position)
    assume(expected < 50)
    assert area.distance_km(position) == pytest.approx(expected, rel=0.005, abs=0.001)


# ---------------------------------------------------------------------------------------------------- GeoJSON


def test_a_file_of_another_datum_is_kept_in_wgs84(tmp_path: Path) -> None:
    """A GCJ-02 border is shifted back point by point."""
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    (area,) = read_areas(write(tmp_path / "area.geojson", feature(**polygon)), "gcj02")
    expected = to_wgs84(Position(35.0, 100.0), "gcj02")
    assert area.polygons[0].rings[0][0] == (expected.longitude, expected.latitude)


def test_county_townships_and_villages_stand_in_one_file(tmp_path: Path) -> None:
    """Features keep the order of the file; a code typed as a number and a byte order mark do no harm."""
    collection = {
        "type": "FeatureCollection",
        "features": [feature(), feature(632525100, "茫曲镇 "), feature("632525100200", "村")],
    }
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(collection), encoding="utf-8-sig")
    assert [(area.code, area.name) for area in read_areas(path, "wgs84")] == [
        ("632525", "贵南县"),
        ("632525100", "茫曲镇"),
        ("632525100200", "村"),
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "expected a GeoJSON FeatureCollection with features, or a Feature"),
        ({"type": "Polygon", "coordinates": [SQUARE]}, "expected a GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection", "features": []}, "expected a GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection", "features": [feature(), 7]}, "feature 2: it has no properties"),
        (
            {"type": "FeatureCollection", "features": [feature(), feature()]},
            "feature 2: the code 632525 stands",
        ),
        (feature(code="63252"), "feature 1: its property code must have 6, 9 or 12 digits"),
        (feature(code="６３２５２５"), "feature 1: its property code must"),
        (feature(name=None), "feature 1: its property name is missing"),
        ({**feature(), "geometry": None}, "feature 1: it has no geometry"),
        (feature(type="Point", coordinates=[100, 35]), "feature 1: its geometry must be a Polygon or Multi"),
        (feature(type="Polygon", coordinates=[]), "feature 1: a polygon of it has no coordinates"),
        (feature(type="Polygon", coordinates=[SQUARE[:-1]]), "feature 1: a ring must have at least 4 points"),
        (feature(type="Polygon", coordinates=[[["a", 1]]]), "feature 1: a point must be two numbers"),
        (
            feature(type="Polygon", coordinates=[[[35, 100]]]),
            "feature 1: the point [35, 100] is not on the earth",
        ),
        (
            feature(type="Polygon", coordinates=[[[float("nan"), 35]]]),
            "feature 1: the point [nan, 35] is not",
        ),
    ],
)
def test_anything_wrong_is_one_line_with_file_and_feature(tmp_path: Path, document: Any, problem: str) -> None:
    """Each fault of an area file is told in one line that names the file and the feature."""
    with pytest.raises(CampaignError) as caught:
        read_areas(write(tmp_path / "area.geojson", document), "wgs84")
    assert str(caught.value).startswith(f"area.geojson: {problem}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "area.geojson: Expecting"),
        (b"\xff\xfe", "area.geojson: 'utf-8' codec"),
        (b"[" * 100_000, "area.geojson: nested too deeply to be GeoJSON"),
    ],
)
def test_what_is_no_json_is_a_campaign_error(tmp_path: Path, content: bytes, problem: str) -> None:
    """A file that is not JSON, not UTF-8, or a bomb of brackets is refused by name."""
    path = tmp_path / "area.geojson"
    path.write_bytes(content)
    with pytest.raises(CampaignError, match=problem):
        read_areas(path, "wgs84")


def test_a_missing_file_and_a_misspelt_datum_are_campaign_errors(tmp_path: Path) -> None:
    """The operator reads one line, whatever is wrong with the file or its datum."""
    with pytest.raises(CampaignError, match=r"area\.geojson: cannot be read \(No such file or directory\)"):
        read_areas(tmp_path / "area.geojson", "wgs84")
    with pytest.raises(CampaignError, match=r"area\.geojson: unknown datum 'gps'"):
        read_areas(write(tmp_path / "area.geojson", feature()), "gps")
