"""Small real photos of houses that never stood: JPEGs with Exif data as phones write it, or as it gets lost."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from housing_guarantee.demo.county import Shot

__all__ = ["jpeg_of"]

_GPS, _EXIF = 0x8825, 0x8769
_PHONES = (("HUAWEI", "JEF-AN00"), ("Xiaomi", "Redmi Note 8"), ("OPPO", "PCAM10"), ("vivo", "V1938CT"))


def jpeg_of(shot: Shot, seed: int) -> bytes:
    """Draw a house, and write its Exif data in the state that the shot is in."""
    random = Random(seed)
    if shot.state == "text":
        return "照片上传失败，请重试".encode()
    data = _draw(random, None if shot.state == "no exif" else _exif(shot, random), after_icc=shot.style == "after icc")
    return data[: len(data) * 2 // 3] if shot.state == "truncated" else data


def _draw(random: Random, exif: Any, *, after_icc: bool) -> bytes:
    from PIL import Image, ImageDraw

    sky, wall, roof = (tuple(random.randrange(40, 240) for _ in range(3)) for _ in range(3))
    image = Image.new("RGB", (64, 48), sky)
    draw = ImageDraw.Draw(image)
    left, top = random.randrange(4, 16), random.randrange(16, 24)
    draw.rectangle((left, top, left + random.randrange(30, 44), 44), fill=wall)
    draw.polygon(((left - 3, top), (left + 20, top - random.randrange(6, 12)), (left + 46, top)), fill=roof)
    for _ in range(3):
        x = random.randrange(left + 2, left + 28)
        draw.rectangle((x, top + 8, x + 4, top + 15), fill=(random.randrange(256),) * 3)
    file = BytesIO()
    more = {"icc_profile": bytes(random.randrange(256) for _ in range(64)) * 96} if after_icc else {}
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


def _exif(shot: Shot, random: Random) -> Any:
    from PIL import Image

    exif = Image.Exif()
    if shot.style == "big endian":
        exif.endian = ">"
    exif[271], exif[272] = random.choice(_PHONES)
    inner = exif.get_ifd(_EXIF)
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
