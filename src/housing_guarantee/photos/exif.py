"""Read the tags of a photo with two readers that know nothing of each other.

exifread gives the numbers of all tags that are wanted, and Pillow is heard on the position. Both answers take one
form, so that they can be compared: texts, and numbers as they stand in the file, a pair of numerator and
denominator each, because 0/0 is what a phone writes that has no fix.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from importlib import import_module
from io import BytesIO
from math import isfinite
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class
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
    StructError,
)

FIELDS: Mapping[str, Mapping[int, str]] = {  # directory → tag → name, Exif 2.32; no tag stands in two of them
    "Image": {
        0x010F: "Make",
        0x0110: "Model",
        0x0112: "Orientation",
        0x0131: "Software",
    },
    "EXIF": {
        0x9003: "DateTimeOriginal",
        0x9004: "DateTimeDigitized",
        0x9011: "OffsetTimeOriginal",
        0x9012: "OffsetTimeDigitized",
        0xA431: "BodySerialNumber",
    },
    "GPS": {
        0x0001: "GPSLatitudeRef",
        0x0002: "GPSLatitude",
        0x0003: "GPSLongitudeRef",
        0x0004: "GPSLongitude",
        0x0007: "GPSTimeStamp",
        0x0011: "GPSImgDirection",
        0x001D: "GPSDateStamp",
        0x001F: "GPSHPositioningError",
    },
}
POSITION = frozenset({0x0002, 0x0004})
_NAMES = {tag: name for tags in FIELDS.values() for tag, name in tags.items()}
_NAMED = {tag: (name, None) for tag, name in _NAMES.items()}  # as the walker wants it: no words for values
_NUMBERS = {  # byte order and whether signed → length → how to read such a number
    (order, signed): {
        length: Struct(sign + (letter if signed else letter.upper())).unpack_from
        for length, letter in ((1, "b"), (2, "h"), (4, "i"))
    }
    for order, sign in (("I", "<"), ("M", ">"))
    for signed in (False, True)
}

# never all formats: an EPS named .jpg would start Ghostscript (MPO is opened as a JPEG)
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")


@frozen
class Opinion:
    """What the second reader says: the GPS tags, the size of the picture, and the XMP packet, unread."""

    tags: Tags
    width: int
    height: int
    xmp: bytes = b""


def read_with_exifread(texts: Mapping[int, bytes], numbers: bytes) -> Tags | None:
    """Read what the budget has picked of a block; None if the reader gives up.

    :param texts: the bytes of texts by their tags, which need no reader
    :param numbers: a TIFF block of one directory
    """
    try:
        found = _walker()(numbers).tags.values()
        tags: dict[str, Value] = {_NAMES[tag.tag]: _normal(tag.values) for tag in found}
    except READER_FAULTS:
        return None
    for tag, text in texts.items():
        tags[_NAMES[tag]] = _text(text)
    return tags


def read_with_pillow(data: bytes) -> Opinion | None:
    """Read the GPS tags of a whole file, headers only and no pixel; None if the reader gives up."""
    Image = _pillow()  # noqa: N806 - the name by which everybody knows it
    try:
        with _hushed(), Image.open(BytesIO(data), formats=FORMATS) as image:
            return Opinion(_pillow_tags(image.getexif()), image.width, image.height, _packet(image))
    except (*READER_FAULTS, Image.DecompressionBombError):
        return None


def read_heic(data: bytes) -> tuple[bytes | None, Opinion] | None:
    """Find the TIFF block of a HEIC file and read it with the second reader; None if that gives up.

    :raises ImportError: if pillow-heif is not installed
    """
    Image = _pillow()  # noqa: N806
    heif = import_module("pillow_heif")
    try:
        with _hushed():
            image = heif.open_heif(BytesIO(data))
            block = image.info.get("exif") or b""
            exif = Image.Exif()
            exif.load(block)
            block = block[6:] if block.startswith(b"Exif\0") else block
            width, height = image.size
            return block or None, Opinion(_pillow_tags(exif), width, height, _packet(image))
    except (*READER_FAULTS, RuntimeError):
        return None


@contextmanager
def _hushed() -> Iterator[None]:
    """Silence a reader's warnings: they speak of sizes and of damage, which is judged here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@cache
def _walker() -> Callable[[bytes], Any]:
    """Import exifread, and let its walker read numbers from one bytes object, which is twice as fast as a file."""
    from exifread.core.exif_header import ExifHeader

    _quiet("exifread")

    class Walker(ExifHeader):
        """The walker of exifread on a block of one directory, which stands behind the header."""

        def __init__(self, block: bytes) -> None:
            order = chr(block[0])
            super().__init__(BytesIO(block), order, 0, 0, strict=False, detailed=False)
            self._block = block
            self._signed, self._unsigned = _NUMBERS[order, True], _NUMBERS[order, False]
            self.dump_ifd(8, "", tag_dict=_NAMED)

        def s2n(self, offset: int, length: int, signed: bool = False) -> int:
            """Read a number; unlike the original, beyond the end is an error instead of zero."""
            readers = self._signed if signed else self._unsigned
            number: int = readers[length](self._block, offset)[0]
            return number

        def _get_printable_for_field(self, *_: Any) -> tuple[str, bool]:
            """Leave out the words for a value, which take as long as the value."""
            return "", False

    return Walker


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
    return {name: _normal(found[tag]) for tag, name in FIELDS["GPS"].items() if tag in found}


def _packet(image: Any) -> bytes:
    packet = image.info.get("xmp") or b""
    return packet.encode() if isinstance(packet, str) else bytes(packet)


def _normal(value: Any) -> Value:
    """Bring a reader's value to the common form."""
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, str):
        return value.partition("\0")[0].strip()
    return tuple(map(_rational, value if isinstance(value, (list, tuple)) else (value,)))


def _text(value: bytes) -> str:
    """Decode a text up to its first zero; phones of the country write UTF-8 or GB 18030."""
    value = value.partition(b"\0")[0]
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("gb18030", errors="replace").strip()


def _rational(number: Any) -> Rational:
    if isinstance(number, Fraction):
        return number.as_integer_ratio()
    if isinstance(number, tuple):  # exifread wraps floating-point values once more
        (number,) = number
    if isinstance(number, float):
        return number.as_integer_ratio() if isfinite(number) else (0, 0)
    return int(number.numerator), int(number.denominator)
