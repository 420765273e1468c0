"""Read the tags of a photo with two readers that know nothing of each other.

exifread gives all tags, and Pillow is heard on the position. Both answers take one form, so that they can be
compared: texts, and numbers as they stand in the file, a pair of numerator and denominator each, because 0/0 is
what a phone writes that has no fix.
"""

import logging
import struct
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from math import isfinite
from types import ModuleType
from typing import Any

from attrs import frozen

Rational = tuple[int, int]  # numerator, denominator
Value = str | tuple[Rational, ...]
Tags = Mapping[str, Value]

# what damaged files make the readers raise, found by changing millions of files; MemoryError is not among
# them: the budget prevents it, and a machine without memory must not look like a photo without GPS
READER_FAULTS = (
    ArithmeticError,  # 0/0 as a number
    AssertionError,  # format checks
    AttributeError,  # a list where a number was expected, and the reverse
    EOFError,
    LookupError,  # a value cut short
    NotImplementedError,
    OSError,  # Pillow: no image, truncated
    SyntaxError,  # Pillow: broken TIFF
    TypeError,
    ValueError,  # also of texts that cannot be decoded
    struct.error,
)

# never all formats: an EPS named .jpg would start Ghostscript (MPO is opened as a JPEG)
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")

_FIELDS: Mapping[tuple[str, int], str] = {  # directory and tag → name, Exif 2.32
    ("Image", 0x010F): "Make",
    ("Image", 0x0110): "Model",
    ("Image", 0x0112): "Orientation",
    ("Image", 0x0131): "Software",
    ("EXIF", 0x9003): "DateTimeOriginal",
    ("EXIF", 0x9004): "DateTimeDigitized",
    ("EXIF", 0x9011): "OffsetTimeOriginal",
    ("EXIF", 0xA431): "BodySerialNumber",
    ("GPS", 0x0001): "GPSLatitudeRef",
    ("GPS", 0x0002): "GPSLatitude",
    ("GPS", 0x0003): "GPSLongitudeRef",
    ("GPS", 0x0004): "GPSLongitude",
    ("GPS", 0x0007): "GPSTimeStamp",
    ("GPS", 0x0011): "GPSImgDirection",
    ("GPS", 0x001D): "GPSDateStamp",
    ("GPS", 0x001F): "GPSHPositioningError",
}


@frozen
class Opinion:
    """What the second reader says: the GPS tags, and the size of the picture."""

    tags: Tags
    width: int
    height: int


def read_with_exifread(block: bytes) -> Tags | None:
    """Read the tags of a TIFF block that the budget has passed; None if the reader gives up."""
    try:
        found = _exifread().process_file(BytesIO(block), details=False, extract_thumbnail=False)
        return {
            _FIELDS[place]: _normal(tag.values)
            for key, tag in found.items()
            if (place := (key.partition(" ")[0], tag.tag)) in _FIELDS
        }
    except READER_FAULTS:
        return None


def read_with_pillow(data: bytes) -> Opinion | None:
    """Read the GPS tags of a whole file, headers only and no pixel; None if the reader gives up."""
    Image = _pillow()  # noqa: N806 - the name by which everybody knows it
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they speak of sizes and of damage, which is judged here
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                return Opinion(_pillow_tags(image.getexif()), image.width, image.height)
    except (*READER_FAULTS, Image.DecompressionBombError):
        return None


def read_heic(data: bytes) -> tuple[bytes | None, Opinion] | None:
    """Find the TIFF block of a HEIC file and read it with the second reader; None if that gives up.

    :raises ImportError: if pillow-heif is not installed
    """
    Image = _pillow()  # noqa: N806
    heif = import_module("pillow_heif")
    try:
        image = heif.open_heif(BytesIO(data))
        block = image.info.get("exif") or b""
        exif = Image.Exif()
        exif.load(block)
        block = block[6:] if block.startswith(b"Exif\0") else block
        return block or None, Opinion(_pillow_tags(exif), *image.size)
    except (*READER_FAULTS, RuntimeError):
        return None


@cache
def _exifread() -> ModuleType:
    """Import exifread."""
    import exifread

    _quiet("exifread")
    return exifread


@cache
def _pillow() -> ModuleType:
    """Import Pillow's module of images."""
    from PIL import Image

    _quiet("PIL")
    return Image


def _quiet(logger: str) -> None:
    """Keep what a reader logs about damaged files off the console; other handlers still get it."""
    logging.getLogger(logger).addHandler(logging.NullHandler())


def _pillow_tags(exif: Any) -> Tags:
    found = exif.get_ifd(0x8825)
    return {_FIELDS[place]: _normal(found[tag]) for tag in found if (place := ("GPS", tag)) in _FIELDS}


def _normal(value: Any) -> Value:
    """Bring a reader's value to the common form."""
    if isinstance(value, bytes):  # exifread keeps what is not UTF-8; phones of the country write GB 18030
        value = value.decode("gb18030", errors="replace")
    if isinstance(value, str):
        return value.partition("\0")[0].strip()
    return tuple(map(_rational, value if isinstance(value, (list, tuple)) else (value,)))


def _rational(number: Any) -> Rational:
    if isinstance(number, tuple):  # exifread wraps floating-point values once more
        (number,) = number
    if isinstance(number, float):
        return number.as_integer_ratio() if isfinite(number) else (0, 0)
    return int(number.numerator), int(number.denominator)
