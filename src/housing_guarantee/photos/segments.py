"""Find the Exif block of a photo wherever it stands, and see whether the file is whole.

The common reader looks for Exif in the first 4,000 bytes only, so that a colour profile or an XMP packet in
front of it, as real phones write them, makes a photo with GPS look as if it had none: a false accusation.
Here the container is walked segment by segment to its end marker, without decoding a pixel.
"""

import re
import struct
from collections.abc import Callable, Iterator

from attrs import frozen

STEPS_AT_MOST = 100_000  # segments or chunks: a photo of 60 MB has some thousands

_JPEG_MARKER = re.compile(rb"\xff([\x01\xc0-\xcf\xd8-\xef\xfe])")  # neither stuffing, fill nor a restart marker
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE, _APP1 = 0xDA, 0xD9, 0xE1
_WITHOUT_LENGTH = frozenset({0x01, 0xD8})
_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@frozen
class Container:
    """What the outside of an image file tells.

    :param kind: ``jpeg``, ``png``, ``webp``, ``tiff``, ``heic``, or empty for anything else
    :param exif: the TIFF block of each Exif segment, in the order of the file
    :param odd: an Exif segment is not marked as the standard has it, so that another reader may not see it
    :param problem: ``empty``, ``not an image`` or ``truncated``, or None for a whole file
    """

    kind: str = ""
    exif: tuple[bytes, ...] = ()
    width: int | None = None
    height: int | None = None
    problem: str | None = None
    odd: bool = False


def open_container(data: bytes) -> Container:
    """Recognise a file by its first bytes and walk it to its end; nothing is raised whatever the bytes."""
    return _open(data, _walk_jpeg)


def open_head(data: bytes) -> Container:
    """Walk a JPEG as far as its picture data only; any other file has its tags anywhere, and is walked to its end.

    A JPEG of which too little was read is ``truncated``.
    """
    return _open(data, _walk_jpeg_head)


def is_jpeg(data: bytes) -> bool:
    """Say whether a file begins as a JPEG does."""
    return data.startswith(b"\xff\xd8")


def _open(data: bytes, walk_jpeg: Callable[[bytes], Container]) -> Container:
    if not data:
        return Container(problem="empty")
    try:
        if is_jpeg(data):
            return walk_jpeg(data)
        for matches, walk in _WALKS:
            if matches(data):
                return walk(data)
    except struct.error:  # a length or a size was cut off
        return Container(problem="truncated")
    return Container(problem="not an image")


def _walk_jpeg(data: bytes, head: bool = False) -> Container:
    """Walk markers to the end of the image; what stands behind it (a second picture, a zip) is not asked."""
    exif: list[bytes] = []
    height = width = None
    scanned, odd, position = False, False, 2
    for _ in range(STEPS_AT_MOST):
        if not (found := _JPEG_MARKER.search(data, position)):
            return Container("jpeg", problem="truncated")
        marker, position = found[1][0], found.end()
        if marker == _END_OF_IMAGE or (head and marker == _START_OF_SCAN):
            problem = None if width and (scanned or marker == _START_OF_SCAN) else "not an image"
            return Container("jpeg", tuple(exif), width, height, problem, odd)
        if marker in _WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack_from(">H", data, position)
        if marker == _APP1 and data.startswith(b"Exif\0", position + 2):
            exif.append(data[position + 8 : position + length])
            odd = odd or not data.startswith(b"\0", position + 7)
        elif marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, position + 3)
        scanned = scanned or marker == _START_OF_SCAN
        position += length
    return Container("jpeg", problem="not an image")


def _walk_jpeg_head(data: bytes) -> Container:
    return _walk_jpeg(data, head=True)


def _walk_png(data: bytes) -> Container:
    exif: list[bytes] = []
    width, height = struct.unpack_from(">II", data, 16)
    for kind, body in _chunks(data, 8, ">I4s", trailer=4):
        if kind == b"eXIf":
            exif.append(body)
        if kind == b"IEND":
            return Container("png", tuple(map(_bare, exif)), width, height)
    return Container("png", problem="truncated")


def _walk_webp(data: bytes) -> Container:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data):
        return Container("webp", problem="truncated")
    exif = [body for kind, body in _chunks(data[: length + 8], 12, "<4sI", trailer=0) if kind == b"EXIF"]
    return Container("webp", tuple(map(_bare, exif)))


def _walk_tiff(data: bytes) -> Container:
    return Container("tiff", (data,))


def _walk_heic(data: bytes) -> Container:
    """Add up the boxes: a file cut in its middle still opens without an error."""
    position = 0
    for _ in range(STEPS_AT_MOST):
        if position == len(data):
            return Container("heic")
        (length,) = struct.unpack_from(">I", data, position)
        if length == 0:  # reaches to the end of the file
            return Container("heic")
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, position + 8)
        if length < 8 or position + length > len(data):
            return Container("heic", problem="truncated")
        position += length
    return Container("heic", problem="not an image")


def _chunks(data: bytes, position: int, header: str, trailer: int) -> Iterator[tuple[bytes, bytes]]:
    """Walk the chunks of a PNG or a RIFF file that stand in it whole."""
    for _ in range(STEPS_AT_MOST):
        if position + 8 > len(data):
            return
        first, second = struct.unpack_from(header, data, position)
        kind, length = (first, second) if isinstance(first, bytes) else (second, first)
        start, position = position + 8, position + 8 + length + trailer
        if position > len(data):
            return
        yield kind, data[start : start + length]
        position += length % 2 if trailer == 0 else 0  # RIFF pads to an even length


def _bare(block: bytes) -> bytes:
    """Drop the prefix that belongs in a JPEG only and that some programs write elsewhere too."""
    return block[6:] if block.startswith(b"Exif\0") else block


_WALKS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Container]], ...] = (
    (lambda data: data.startswith(_PNG), _walk_png),
    (lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _walk_webp),
    (lambda data: data.startswith((b"II*\0", b"MM\0*")), _walk_tiff),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS, _walk_heic),
)
