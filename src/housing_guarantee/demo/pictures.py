"""Small real photos of houses that never stood: JPEGs with Exif data as phones write it, or as it gets lost."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from housing_guarantee.demo.county import Shot
from housing_guarantee.demo.drawing import LOOKS, draw_front

__all__ = ["jpeg_of"]

_GPS, _EXIF = 0x8825, 0x8769


def jpeg_of(shot: Shot) -> bytes:
    """Draw a house, and write its Exif data in the state that the shot is in."""
    if shot.state == "text":
        return "照片上传失败，请重试".encode()
    data = _drawn(shot, Random(shot.scene))
    return data[: len(data) * 2 // 3] if shot.state == "truncated" else data


def _drawn(shot: Shot, random: Random) -> bytes:
    from PIL import Image

    exif = None if shot.state == "no exif" else _exif(shot)
    front = draw_front(random)
    image = LOOKS[shot.look](front.resize((front.width * 2, front.height * 2), Image.Resampling.NEAREST), random)
    after_icc = shot.style == "after icc"
    file = BytesIO()
    more = {"icc_profile": random.randbytes(6144)} if after_icc else {}
    image.save(file, "JPEG", quality=60, **({"exif": exif.tobytes()} if exif else {}), **more)
    data = file.getvalue()
    return _icc_first(data) if after_icc and exif else data


def _icc_first(data: bytes) -> bytes:
    """Put the Exif segment behind the colour profile, as some phones do."""
    at, parts = 2, []
    while data[at : at + 1] == b"\xff" and 0xE0 <= data[at + 1] <= 0xEF:
        length = int.from_bytes(data[at + 2 : at + 4], "big") + 2
        parts.append(data[at : at + length])
        at += length
    parts.sort(key=lambda part: part[1] == 0xE1)
    return data[:2] + b"".join(parts) + data[at:]


def _exif(shot: Shot) -> Any:
    from PIL import Image

    exif = Image.Exif()
    if shot.style == "big endian":
        exif.endian = ">"
    exif[271], exif[272], serial = shot.phone
    if shot.software:
        exif[305] = shot.software
    inner = exif.get_ifd(_EXIF)
    inner[0xA431] = serial
    inner[0x9003] = f"{shot.taken:%Y:%m:%d %H:%M:%S}"
    inner[0x9011] = "+08:00"
    if shot.state != "no gps":
        exif.get_ifd(_GPS).update(_position(shot))
    return exif


def _position(shot: Shot) -> dict[int, Any]:
    from PIL.TiffImagePlugin import IFDRational

    utc: datetime = shot.gps_time or shot.taken - timedelta(hours=8)
    north, east = shot.position
    if shot.state == "swapped":
        north, east = east, north
    if shot.state == "impossible":
        north = 91.5
    clock = {7: (float(utc.hour), float(utc.minute), float(utc.second)), 29: f"{utc:%Y:%m:%d}"}
    if shot.state == "zeroed":
        return {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}
    if shot.state == "zero by zero":
        nothing = (IFDRational(0, 0),) * 3
        return {1: "N", 2: nothing, 3: "E", 4: nothing}
    refs = {} if shot.style == "no refs" else {1: "N", 3: "E"}
    return {**refs, 2: _degrees(north), 4: _degrees(east), **clock}


def _degrees(value: float) -> tuple[Any, Any, Any]:
    from PIL.TiffImagePlugin import IFDRational

    minutes, seconds = divmod(round(value * 3600 * 10000), 60 * 10000)
    degrees, minutes = divmod(minutes, 60)
    return (IFDRational(degrees, 1), IFDRational(minutes, 1), IFDRational(seconds, 10000))
