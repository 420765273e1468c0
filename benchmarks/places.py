"""What it costs to place photos in a county of some thousand border points, and to tell a source's datum.

    python benchmarks/places.py [--photos 100000] [--points 3000]

The county is made up: one jagged part with a hole, and an exclave of an eighth of the points. The photos lie anywhere
in its box. CPU microseconds a photo, in one process.
"""

import argparse
import platform
import time
from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random
from typing import Any

from housing_guarantee.datums import detect
from housing_guarantee.geo import Area, Point, Polygon, from_wgs84
from housing_guarantee.models import Position, Table


def ring(random: Random, middle: Point, radius: float, points: int) -> tuple[Point, ...]:
    """Make a jagged ring, by waves of many lengths."""
    waves = [(count, random.uniform(0, 2 * pi)) for count in range(2, 60)]
    turns = [2 * pi * at / points for at in range(points)]
    radii = [radius * (1 + 0.1 * sum(sin(n * turn + at) / n for n, at in waves)) for turn in turns]
    corners = [(middle[0] + 1.2 * r * cos(t), middle[1] + r * sin(t)) for r, t in zip(radii, turns, strict=True)]
    return (*corners, corners[0])


def county(points: int) -> Area:
    """Make a county with a hole and an exclave."""
    random = Random(1)
    main = Polygon((ring(random, (100.85, 35.75), 0.38, points), ring(random, (100.9, 35.75), 0.05, points // 16)))
    return Area("632525", "县", (main, Polygon((ring(random, (101.45, 35.2), 0.06, points // 8),))))


def microseconds(function: Callable[..., Any], cases: Sequence[Any]) -> float:
    """Time a function over its cases, once."""
    function(cases[0])  # the border is cut up at the first question
    started = time.process_time()
    for case in cases:
        function(case)
    return (time.process_time() - started) / len(cases) * 1e6


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=3000)
    options = parser.parse_args()
    random, area = Random(2), county(options.points)
    anywhere = [Position(random.uniform(35.1, 36.2), random.uniform(100.3, 101.6)) for _ in range(options.photos)]
    inside = [position for position in anywhere if area.contains(position)]
    outside = [position for position in anywhere if not area.contains(position)]
    pairs = [(from_wgs84(position, "gcj02"), position) for position in anywhere]
    started = time.process_time()
    detect(Table("export.xlsx", None, "verifications", {}, {}), pairs)
    told = (time.process_time() - started) / len(pairs) * 1e6
    print(f"Python {platform.python_version()}, {len(anywhere)} photos, {options.points} points")
    print(f"{'inside?':<36}{microseconds(area.contains, anywhere):8.1f} µs")
    print(f"{'how far outside? (those inside)':<36}{microseconds(area.distance_km, inside):8.1f} µs")
    print(f"{'how far outside? (those outside)':<36}{microseconds(area.distance_km, outside):8.1f} µs")
    print(f"{'which datum? (a pair)':<36}{told:8.1f} µs")


if __name__ == "__main__":
    main()
