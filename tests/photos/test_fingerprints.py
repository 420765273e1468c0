"""Fingerprints are what a plain cosine transform says, window by window and wave by wave."""

from math import cos, pi
from random import Random
from typing import Any

import pytest
from PIL import Image

from housing_guarantee.demo.drawing import draw_front
from housing_guarantee.photos.fingerprints import PIECES, RASTER, WINDOWS, Window, fingerprints

RASTERS = {
    **{f"front {seed}": draw_front(Random(seed)).convert("L").resize((RASTER, RASTER)) for seed in range(5)},
    **{f"noise {seed}": Image.frombytes("L", (RASTER, RASTER), Random(seed).randbytes(RASTER**2)) for seed in range(5)},
    "black and white": Image.frombytes("L", (RASTER, RASTER), (bytes(16) + b"\xff" * 16) * RASTER),
    "white": Image.new("L", (RASTER, RASTER), 255),
    "black": Image.new("L", (RASTER, RASTER)),
}


def plainly(raster: Any, window: Window) -> int:
    """Transform one window by the definition, in whole numbers, and deal the waves out in turn."""
    box = tuple(RASTER * edge for edge in window)
    seen = raster.resize((12, 12), Image.Resampling.BILINEAR, box=box)
    wave = [[round(1024 * cos(pi * (2 * x + 1) * slow / 24)) for x in range(12)] for slow in range(8)]
    strength = [
        sum(wave[across][x] * wave[down][y] * seen.getpixel((x, y)) for x in range(12) for y in range(12))
        for across in range(8)
        for down in range(8)
    ][1:]
    median = sorted(strength)[31]
    dealt = [one for piece in range(PIECES) for one in strength[piece::PIECES]]
    return sum((one > median) << 62 - place for place, one in enumerate(dealt))


@pytest.mark.parametrize("raster", RASTERS.values(), ids=list(RASTERS))
def test_each_window_has_the_bits_of_its_own_transform(raster: Any) -> None:
    """Though all are transformed at once, none touches another, whatever their signs and sizes."""
    assert fingerprints(raster) == tuple(plainly(raster, window) for window in WINDOWS)
