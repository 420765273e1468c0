"""What the pixels of a photo tell: fingerprints by which the same picture is found again, and how it was taken.

A picture is decoded in grey, upright, within bounds, a JPEG at the least size that is enough. Nothing is kept of it but
a raster of 32 by 32 grey levels, which shows that there is a house and not whose, and what was measured.
"""

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from io import BytesIO
from operator import mul
from typing import Any, TypeVar

from attrs import field, frozen

from housing_guarantee.photos.exif import FORMATS, READER_FAULTS
from housing_guarantee.photos.fingerprints import RASTER, fingerprints

__all__ = ["Picture", "drafted", "look_at", "undisturbed"]

T = TypeVar("T")

PIXELS_AT_MOST = 50_000_000
"""Of what is decoded whole; a JPEG is decoded at a fraction, so that Pillow's own limit (179 million) is enough."""

_DRAFTED = ("JPEG", "MPO")  # several JPEGs in one file, as some phones write them, are an MPO
_LEAST_SIDE, _LONG_SIDE = 256, 512  # pixels at which scores are taken, whatever the camera
_PLAIN = 3.0  # grey levels by which cells differ from their surroundings; below it there is nothing to recognise
_UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # Exif's orientation → Pillow's way of turning
_CENTRE, _LONGEST_PERIOD, _FAINT = 192, 24, 8  # pixels; pixels; quarters of a grey level
_LEVELS, _SQUARES = range(256), tuple(level * level for level in range(256))
_TOP, _MIDDLE, _BOTTOM = (0, 0, 64, 12), (0, 22, 64, 42), (0, 52, 64, 64)


@frozen
class Picture:
    """What was seen in one picture.

    :param width, height: pixels, upright
    :param raster: 32 by 32 grey levels, a byte each, row by row from the top left
    :param fingerprints: 63 bits of each of `WINDOWS`, the whole first; none of a picture so plain (a wall, the sky,
        darkness) that they would be any other's too
    :param sharpness: fine edges by coarse ones, which blurring takes away; 0 where there are none
    :param light: mean grey level, 0 to 255
    :param border: how evenly a margin runs along its sides, 0 to 1
    :param pattern: how regularly one fine pattern repeats all over it, 0 to 1
    :param sameness: how evenly light and busy it is from top to bottom, 0 to 1
    """

    width: int
    height: int
    raster: int = field(repr=False)
    fingerprints: tuple[int, ...] = field(repr=False)
    sharpness: float
    light: float
    border: float
    pattern: float
    sameness: float


def look_at(data: bytes) -> Picture | None:
    """Look at a picture: JPEG, PNG, WebP, TIFF, and HEIC where pillow-heif is installed; of several frames the first.

    None where its pixels cannot be decoded, or not within bounds; nothing is raised whatever the bytes.
    """
    return undisturbed(lambda: _picture(*_decode(data)))


def undisturbed(work: Callable[[], T]) -> T | None:
    """Do something with a picture; None where its pixels cannot be decoded, or not within bounds."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they speak of sizes and of damage, which is judged here
            return work()
    except (*READER_FAULTS, RuntimeError, ImportError, Image.DecompressionBombError):
        return None


def _decode(data: bytes) -> tuple[Any, int, int]:
    """Decode to grey, upright: the picture at a scale that is enough, and its width and height in full."""
    grey, width, height, turn = drafted(data, "L", _LEAST_SIDE)
    if (factor := max(grey.size) // _LONG_SIDE) > 1:
        grey = grey.reduce(factor)
    if turn is None:
        return grey, width, height
    return grey.transpose(turn), *((height, width) if turn in (2, 4, 5, 6) else (width, height))


def drafted(data: bytes, mode: str, side: int) -> tuple[Any, int, int, int | None]:
    """Decode within bounds: the picture, its full width and height, and how Pillow must turn it to stand upright.

    :param side: pixels that are enough; a JPEG is decoded at no more than twice that, where it can be

    Raises whatever Pillow raises, as it is called only where everything of that is caught.
    """
    image = _open(data)
    width, height = image.size
    if image.format in _DRAFTED:
        image.draft(mode, (side, side))
    elif width * height > PIXELS_AT_MOST:
        raise ValueError("too many pixels")
    turn = _UPRIGHT.get(_orientation(image))
    return image.convert(mode), width, height, turn


def _open(data: bytes) -> Any:
    from PIL import Image

    if data[4:8] == b"ftyp":
        heif = import_module("pillow_heif").open_heif(BytesIO(data))
        if heif.size[0] * heif.size[1] > PIXELS_AT_MOST:
            raise ValueError("too many pixels")
        return heif.to_pillow()
    return Image.open(BytesIO(data), formats=FORMATS)


def _orientation(image: Any) -> int:
    """Give the Exif orientation; what is wrong with Exif data is judged elsewhere, and turns no picture."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except READER_FAULTS:
        return 1


def _picture(grey: Any, width: int, height: int) -> Picture:
    from PIL import Image

    raster = grey.resize((RASTER, RASTER), Image.Resampling.BOX)
    plain = _deviation(_residual(raster, 3)) < _PLAIN
    return Picture(
        width=width,
        height=height,
        raster=int.from_bytes(raster.tobytes(), "big"),
        fingerprints=() if plain else fingerprints(raster),
        sharpness=_sharpness(grey),
        light=round(_mean(grey), 1),
        border=_border(grey),
        pattern=_pattern(grey),
        sameness=_sameness(grey),
    )


# ---------------------------------------------------------------------------------------------- scores


def _residual(grey: Any, radius: int) -> list[int]:
    """Give each cell's difference from the mean of its surroundings."""
    from PIL import ImageFilter

    return [a - b for a, b in zip(grey.tobytes(), grey.filter(ImageFilter.BoxBlur(radius)).tobytes(), strict=True)]


def _deviation(values: list[int]) -> float:
    return float((sum(map(mul, values, values)) / len(values)) ** 0.5)


def _mean(grey: Any) -> float:
    return float(sum(map(mul, grey.histogram(), _LEVELS)) / (grey.width * grey.height))


def _spread(grey: Any) -> float:
    """Give the standard deviation of the grey levels."""
    counts, size = grey.histogram(), grey.width * grey.height
    squares = sum(map(mul, counts, _SQUARES)) - sum(map(mul, counts, _LEVELS)) ** 2 / size
    return float((squares / size) ** 0.5)


def _sharpness(grey: Any) -> float:
    """Compare how much is lost by a narrow blur with what is lost by a wider one; contrast falls out."""
    from PIL import Image, ImageChops, ImageFilter

    small = grey.resize((_LEAST_SIDE, _LEAST_SIDE), Image.Resampling.BOX)
    fine, coarse = (_mean(ImageChops.difference(small, small.filter(ImageFilter.BoxBlur(r)))) for r in (1, 4))
    return round(fine / coarse, 3) if coarse > 1 else 0.0


def _border(grey: Any) -> float:
    """Say how even the least even but one of the four margins is beside what it encloses."""
    from PIL import Image

    side, depth = 128, 4
    small = grey.resize((side, side), Image.Resampling.BOX)
    margins = ((0, 0, side, depth), (0, side - depth, side, side), (0, 0, depth, side), (side - depth, 0, side, side))
    inner = _spread(small.crop((side // 8, side // 8, side * 7 // 8, side * 7 // 8)))
    uneven = sorted(_spread(small.crop(margin)) for margin in margins)[2]
    return round(max(0.0, 1 - 4 * uneven / inner), 3) if inner > _PLAIN else 0.0


def _pattern(grey: Any) -> float:
    """Say how regularly a fine pattern repeats in three of the four quarters, along the rows or along the columns."""
    from PIL import Image, ImageChops, ImageFilter

    left, top = (max(0, (length - _CENTRE) // 2) for length in grey.size)
    centre = grey.crop((left, top, left + _CENTRE, top + _CENTRE))
    fine = ImageChops.subtract(centre, centre.filter(ImageFilter.BoxBlur(8)), scale=0.25, offset=128)
    both = Image.new("L", (_CENTRE, 2 * _CENTRE))
    both.paste(fine, (0, 0))
    both.paste(fine.transpose(Image.Transpose.TRANSPOSE), (0, _CENTRE))
    along = _repeats(both)
    return round(max(sorted(along[:4])[1], sorted(along[4:])[1]), 3)


def _repeats(fine: Any) -> list[float]:
    """Shift a picture along its rows: by its period a pattern meets itself, and by half of it its reverse.

    What is not regular differs from itself as much by the one as by the other. Each part of it is said, left and right
    from the top.
    """
    from PIL import ImageChops

    kept, high = _CENTRE - _LONGEST_PERIOD, fine.height
    still = fine.crop((0, 0, kept, high))
    shifted = (fine.crop((by, 0, by + kept, high)) for by in range(1, _LONGEST_PERIOD + 1))
    part = (kept // 2, _CENTRE // 2)
    parts = [ImageChops.difference(still, one).reduce(part).tobytes() for one in shifted]
    return [_regular(apart) for apart in zip(*parts, strict=True)]


def _regular(apart: Sequence[int]) -> float:
    """Compare the difference by a period with that by half of it, for the period that tells most."""
    halves = (max(apart[period // 2 - 1 : (period + 1) // 2]) for period in range(4, len(apart) + 1))
    return max(1 - whole / half if half > _FAINT else 0.0 for whole, half in zip(apart[3:], halves, strict=True))


def _sameness(grey: Any) -> float:
    """Say how evenly light and busy it is from top to bottom: a wall is, and sky, house and ground are not."""
    from PIL import Image, ImageChops, ImageFilter

    small = grey.resize((64, 64), Image.Resampling.BOX)
    busy = ImageChops.difference(small, small.filter(ImageFilter.BoxBlur(2)))
    top, bottom = (_mean(small.crop(strip)) for strip in (_TOP, _BOTTOM))
    above, middle = (_mean(busy.crop(strip)) for strip in (_TOP, _MIDDLE))
    spread = _spread(small.reduce(8))
    even = max(0.0, 1 - max(abs(top - bottom), spread) / 48)
    return round(even * min(1.0, above / middle if middle else 1.0), 3)
