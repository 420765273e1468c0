"""What the photo rules find, and whom they accuse wrongly, on generated cases: precision and recall, as tables.

    python benchmarks/photos_forensics.py [--houses 200] [--seed 1]

Houses are drawn, each its own, and photographed at 1280 by 960; each case says what was done to the picture. The rules
themselves judge case files that are built of the photos, with the settings of the topic.
"""

import argparse
import platform
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from importlib.metadata import version
from io import BytesIO
from math import cos, radians
from multiprocessing import Pool
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from housing_guarantee.clusters import near_duplicates, spots
from housing_guarantee.demo.drawing import draw_front
from housing_guarantee.models import Position
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.likeness import alike, likeness
from housing_guarantee.photos.picture import Picture, look_at
from housing_guarantee.rules import photo_forensics as rules
from housing_guarantee.tracks import Stop, jumps

SIZE = (1280, 960)
SETTINGS = rules.Settings()
Change = Callable[[Any, Random], bytes]


def jpeg(image: Any, quality: int = 85, orientation: int | None = None) -> bytes:
    """Encode a picture."""
    file = BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    image.save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()


def cut(image: Any, left: float, top: float, right: float, bottom: float) -> Any:
    """Cut a part out, in parts of width and height."""
    width, height = image.size
    return image.crop((round(width * left), round(height * top), round(width * right), round(height * bottom)))


def written_upon(image: Any) -> Any:
    """Stamp date and a name on it, as apps do."""
    image = image.copy()
    draw, (width, height) = ImageDraw.Draw(image), image.size
    draw.text((width * 0.55, height * 0.89), "2020-06-11 10:32:05", fill=(255, 200, 0), font_size=height // 18)
    draw.text((width * 0.03, height * 0.03), "WATERMARK", fill=(255, 255, 255), font_size=height // 14)
    return image


def smaller(image: Any) -> Any:
    """Make it a quarter as wide and as high."""
    return image.resize((image.width // 4, image.height // 4))


def shifted_tenth(image: Any, random: Random) -> Any:
    """Cut a tenth off the width and off the height, at any place."""
    x, y = random.uniform(0, 0.1), random.uniform(0, 0.1)
    return cut(image, x, y, x + 0.9, y + 0.9)


SAME: dict[str, Change] = {
    "encoded again, quality 30": lambda image, random: jpeg(image, 30),
    "encoded again, quality 90": lambda image, random: jpeg(image, 90),
    "a quarter as wide and high": lambda image, random: jpeg(smaller(image), 75),
    "5 % cut off each side": lambda image, random: jpeg(cut(image, 0.05, 0.05, 0.95, 0.95)),
    "10 % cut off one side": lambda image, random: jpeg(cut(image, 0, random.choice((0, 0.1)), 0.9, 1)),
    "10 % cut off each side": lambda image, random: jpeg(cut(image, 0.1, 0.1, 0.9, 0.9)),
    "10 % of width and height cut off anywhere": lambda image, random: jpeg(shifted_tenth(image, random)),
    "15 % cut off each side": lambda image, random: jpeg(cut(image, 0.15, 0.15, 0.85, 0.85)),
    "30 % darker or brighter": lambda image, random: jpeg(
        ImageEnhance.Brightness(image).enhance(random.choice((0.7, 1.3)))
    ),
    "date and watermark written on it": lambda image, random: jpeg(written_upon(image)),
    "turned, with the Exif orientation that turns it back": lambda image, random: jpeg(
        image.transpose(Image.Transpose.ROTATE_90), orientation=6
    ),
    "turned for good, or mirrored": lambda image, random: jpeg(ImageChops.offset(image, 0).transpose(
        random.choice((Image.Transpose.ROTATE_90, Image.Transpose.FLIP_LEFT_RIGHT)))
    ),
    "cut anywhere, written on, brighter, a quarter, quality 50": lambda image, random: jpeg(
        ImageEnhance.Brightness(smaller(written_upon(shifted_tenth(image, random)))).enhance(1.15), 50
    ),
    "printed, the print photographed askew": lambda image, random: jpeg(on_paper(image, random, 0.03)),
}


def speckled(random: Random, grey: int, strength: float) -> Any:
    """Make a table or a wall."""
    noise = Image.frombytes("L", (320, 240), random.randbytes(320 * 240)).resize(SIZE)
    plain = Image.new("RGB", SIZE, tuple(grey + random.randrange(-12, 13) for _ in range(3)))
    return Image.blend(plain, noise.convert("RGB"), strength)


def on_paper(image: Any, random: Random, skew: float) -> Any:
    """Photograph a print that lies on a table: its margin, the table around it, the camera askew."""
    width, height = SIZE
    table = speckled(random, random.randrange(60, 190), 0.05)
    part = random.uniform(0.7, 0.9)
    print_ = Image.new("RGB", (round(width * part), round(height * part)), (random.randrange(225, 250),) * 3)
    margin = random.randrange(0, width // 20)
    print_.paste(image.resize((print_.width - 2 * margin, print_.height - 2 * margin)), (margin, margin))
    table.paste(print_, ((width - print_.width) // 2, (height - print_.height) // 2))
    corners = ((0, 0), (0, height), (width, height), (width, 0))
    quad = [value + random.uniform(-skew, skew) * width for corner in corners for value in corner]
    return table.transform(SIZE, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR, fillcolor=(90, 90, 90))


def glare(image: Any, random: Random) -> Any:
    """Let a lamp shine on the paper."""
    x, y, r = (random.uniform(0.2, 0.8) * SIZE[0], random.uniform(0.2, 0.8) * SIZE[1], SIZE[0] // 6)
    spot = Image.new("L", SIZE, 0)
    ImageDraw.Draw(spot).ellipse((x - r, y - r, x + r, y + r), fill=200)
    return Image.composite(Image.new("RGB", SIZE, (255, 255, 255)), image, spot.filter(ImageFilter.GaussianBlur(60)))


def screen(image: Any, random: Random, strength: int) -> Any:
    """Lay the beat of a screen's lines over it, at any angle, of a period of 10 to 40 pixels."""
    period, side = random.uniform(10, 40), 2 * SIZE[0]
    row = bytes(128 + round(strength * (2 * abs((at % period) / period * 2 - 1) - 1)) for at in range(side))
    lines = Image.frombytes("L", (side, 1), row).resize((side, side)).rotate(random.uniform(0, 180))
    left, top = (side - SIZE[0]) // 2, (side - SIZE[1]) // 2
    lines = lines.crop((left, top, left + SIZE[0], top + SIZE[1]))
    return ImageChops.add(image, lines.convert("RGB"), offset=-128)


def detail(image: Any, random: Random) -> Any:
    """Photograph a door or window from near."""
    x, y, part = random.uniform(0.35, 0.5), random.uniform(0.4, 0.5), random.uniform(0.12, 0.2)
    return cut(image, x, y, x + part, y + part).resize(SIZE, Image.Resampling.BICUBIC)


def night(image: Any, share: float) -> Any:
    """Leave so much of the light."""
    return ImageEnhance.Brightness(image).enhance(share)


LOOKS: dict[str, tuple[tuple[str, Change], ...]] = {
    "looks_rephotographed": (
        ("print on a table, straight", lambda i, r: jpeg(on_paper(i, r, 0.0))),
        ("print on a table, askew", lambda i, r: jpeg(on_paper(i, r, 0.03))),
        ("print on a table, glare on it", lambda i, r: jpeg(glare(on_paper(i, r, 0.02), r))),
        ("print that fills the photo, glare on it", lambda i, r: jpeg(glare(i, r))),
        ("screen, strong moiré", lambda i, r: jpeg(screen(i, r, 20))),
        ("screen, faint moiré", lambda i, r: jpeg(screen(i, r, 8))),
    ),
    "not_whole_front": (
        ("under 640 pixels", lambda i, r: jpeg(i.resize((480, 360)))),
        ("upright strip", lambda i, r: jpeg(cut(i, 0.4, 0, 0.7, 1))),
        ("a wall and nothing else", lambda i, r: jpeg(speckled(r, r.randrange(100, 220), 0.15))),
        ("door or window from near", lambda i, r: jpeg(detail(i, r))),
        ("half of the house, sky and ground with it", lambda i, r: jpeg(cut(i, 0.5, 0, 1, 1))),
    ),
    "blurred": (
        ("blurred by 0.4 % of its width", lambda i, r: jpeg(i.filter(ImageFilter.GaussianBlur(5)))),
        ("blurred by 1 % of its width", lambda i, r: jpeg(i.filter(ImageFilter.GaussianBlur(13)))),
        ("blurred by 2.5 % of its width", lambda i, r: jpeg(i.filter(ImageFilter.GaussianBlur(32)))),
        ("a fifth of the light", lambda i, r: jpeg(night(i, 0.2))),
        ("a third of the light", lambda i, r: jpeg(night(i, 0.33))),
    ),
}
