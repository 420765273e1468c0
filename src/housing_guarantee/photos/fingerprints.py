"""Fingerprints by which the same picture is found again: of each of its windows, which slow waves are strong in it.

All windows are transformed at once. An integer holds a number of each of them, 64 bits apart, so that one
multiplication by a cosine is one of all; the sums are exact.
"""

import sys
from array import array
from functools import cache
from itertools import product
from math import cos, pi
from operator import itemgetter, mul
from typing import Any

__all__ = ["PIECES", "RASTER", "WINDOWS", "Window", "fingerprints"]

Window = tuple[float, float, float, float]  # left, top, right, bottom, as parts of width and height

RASTER = 32
"""Cells of the raster, across and down."""

_RANGES = ((0.0, 1.0), (0.0, 0.9), (0.05, 0.95), (0.1, 1.0))
WINDOWS = (*((x0, y0, x1, y1) for (x0, x1), (y0, y1) in product(_RANGES, _RANGES)), (0.1, 0.1, 0.9, 0.9))
"""Parts of a picture: the whole, and what is left when a tenth is cut off one side or another, or each."""

PIECES = 7
"""Of nine bits each, that a fingerprint is made of."""

_SAMPLES, _WAVES = 12, 8
_COSINES = tuple(
    tuple(round(1024 * cos(pi * (2 * x + 1) * wave / (2 * _SAMPLES))) for x in range(_SAMPLES))
    for wave in range(_WAVES)
)
_SLOW = [down * _WAVES + across for across in range(_WAVES) for down in range(_WAVES)][1:]  # the first is the light
_dealt = itemgetter(*(wave for piece in range(PIECES) for wave in _SLOW[piece::PIECES]))
"""Deals out the waves in turn, so that each piece holds slow ones and fast ones."""


def fingerprints(raster: Any) -> tuple[int, ...]:
    """Take the 63 slowest waves of each window (its cosine transform), and say of each whether it is above the median.

    :param raster: a grey Pillow image
    """
    seen = b"".join(_samples(raster, window) for window in WINDOWS)
    strengths = memoryview(_waves(_waves(array("q", list(seen)).tobytes()))).cast("q").tolist()
    return tuple(_bits(_dealt(strengths[window :: len(WINDOWS)])) for window in range(len(WINDOWS)))


def _samples(raster: Any, window: Window) -> bytes:
    from PIL import Image

    box = tuple(RASTER * edge for edge in window)
    view: bytes = raster.resize((_SAMPLES, _SAMPLES), Image.Resampling.BILINEAR, box=box).tobytes()
    return view


def _waves(numbers: bytes) -> bytes:
    """Transform along the last axis of an array of 64-bit numbers, and make the waves its first axis."""
    samples = memoryview(numbers).cast("q")
    count = len(samples) // _SAMPLES
    signs = _signs(count)
    packed = [
        (int.from_bytes(samples[at::_SAMPLES].tobytes(), sys.byteorder) ^ signs) - signs for at in range(_SAMPLES)
    ]
    sums = (sum(map(mul, wave, packed)) for wave in _COSINES)
    return b"".join(((one + signs) ^ signs).to_bytes(8 * count, sys.byteorder) for one in sums)


@cache
def _signs(count: int) -> int:
    """Give the sign bits of so many numbers: by them one goes from their sum to two's complement and back."""
    return sum(1 << 64 * place + 63 for place in range(count))


def _bits(strengths: tuple[int, ...]) -> int:
    median = sorted(strengths)[len(strengths) // 2]
    return int("".join(["1" if strength > median else "0" for strength in strengths]), 2)
