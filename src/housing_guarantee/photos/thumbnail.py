"""Small copies of photos for people to look at: upright, and with nothing in them but the picture."""

from io import BytesIO

from housing_guarantee.photos.picture import drafted, undisturbed

__all__ = ["SIDE", "thumbnail"]

SIDE = 800
"""Pixels of the longer side: enough to tell a whole front from a part of one."""
_QUALITY = 72


def thumbnail(data: bytes) -> bytes | None:
    """Make a JPEG of at most `SIDE` pixels, without the Exif data, the comment and the colour profile of its photo.

    None where its pixels cannot be decoded, or not within bounds; nothing is raised whatever the bytes.
    """
    return undisturbed(lambda: _made(data))


def _made(data: bytes) -> bytes:
    image, _, _, turn = drafted(data, "RGB", SIDE)
    image.thumbnail((SIDE, SIDE))
    upright = image if turn is None else image.transpose(turn)
    upright.info = {}  # of which Pillow would write the comment
    written = BytesIO()
    upright.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
