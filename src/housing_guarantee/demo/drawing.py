"""Draw houses that never stood, each its own, and make of a picture what careless or dishonest hands make of it."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

__all__ = ["LOOKS", "SIZE", "draw_front"]

SIZE = (320, 240)
"""Pixels drawn; a photo has twice as many each way."""

Colour = tuple[int, int, int]


def draw_front(random: Random, size: tuple[int, int] = SIZE, plan: Random | None = None) -> Any:
    """Draw the whole front of a house under a sky, on ground with things on it; a Pillow image.

    :param plan: what the house is like and where one stands before it, but for a step; the houses of a row share it
    """
    from PIL import Image, ImageDraw

    width, height = size
    plan = plan or random
    step = random.gauss(0, 0.004)
    horizon = (plan.uniform(0.45, 0.65) + step) * height
    image = _sky(random, size)
    draw = ImageDraw.Draw(image)
    for _ in range(random.randrange(3)):
        tops = [(width * step / 8, horizon - random.uniform(0.02, 0.2) * height) for step in range(9)]
        draw.polygon([(0, horizon), *tops, (width, horizon)], fill=_colour(random, 70, 170))
    draw.rectangle((0, horizon, width, height), fill=_colour(random, 50, 125))
    for _ in range(random.randrange(5)):
        _thing(draw, random, size, horizon, random.uniform(0.03, 0.1))
    base = horizon + (plan.uniform(0.05, 0.16) + random.gauss(0, 0.004)) * height
    _house(draw, plan, size, base)
    for _ in range(random.randrange(2, 8)):
        _thing(draw, random, size, random.uniform(base, height), random.uniform(0.01, 0.06))
    return Image.blend(image, _grain(random, size), 0.12)


def _colour(random: Random, low: int, high: int) -> Colour:
    grey = random.randrange(low, high)
    red, green, blue = (max(0, min(255, grey + random.randrange(-30, 31))) for _ in range(3))
    return red, green, blue


def _noise(random: Random, cells: tuple[int, int], size: tuple[int, int]) -> Any:
    from PIL import Image

    return Image.frombytes("L", cells, random.randbytes(cells[0] * cells[1])).resize(size)


def _sky(random: Random, size: tuple[int, int]) -> Any:
    """Brighter towards the ground, with clouds."""
    from PIL import Image

    small = (160, 120)
    above, below = _colour(random, 130, 210), _colour(random, 200, 250)
    plain = Image.composite(Image.new("RGB", small, below), Image.new("RGB", small, above), _slope(small))
    clouds = Image.blend(_noise(random, (7, 5), small), _noise(random, (24, 18), small), 0.35)
    return Image.blend(plain, clouds.convert("RGB"), random.uniform(0.1, 0.3)).resize(size)


def _slope(size: tuple[int, int]) -> Any:
    from PIL import Image

    return Image.linear_gradient("L").resize(size)


def _grain(random: Random, size: tuple[int, int]) -> Any:
    from PIL import Image

    coarse, fine = _noise(random, (40, 30), (160, 120)), _noise(random, (160, 120), (160, 120))
    return Image.blend(coarse, fine, 0.5).resize(size).convert("RGB")


def _house(draw: Any, random: Random, size: tuple[int, int], base: float) -> None:
    """A wall with a roof, a door and some windows."""
    width, height = size
    middle, half = random.uniform(0.4, 0.6) * width, random.uniform(0.18, 0.34) * width
    left, right, top = middle - half, middle + half, base - random.uniform(0.2, 0.36) * height
    wall, roof, frame = _colour(random, 110, 235), _colour(random, 40, 170), _colour(random, 60, 220)
    draw.rectangle((left, top, right, base), fill=wall)
    ridge, eaves = top - random.uniform(0.03, 0.16) * height, 0.03 * width
    inset = random.choice((0.0, 0.4, 1.0)) * half
    draw.polygon(((left - eaves, top), (left + inset, ridge), (right - inset, ridge), (right + eaves, top)), fill=roof)
    count = random.randrange(2, 6)
    for place in range(count):
        x = left + 2 * half * (place + random.uniform(0.2, 0.4)) / count
        pane = (x, top + (base - top) * 0.25, x + half / count, top + (base - top) * random.uniform(0.55, 0.7))
        draw.rectangle(pane, fill=_colour(random, 30, 110), outline=frame, width=max(1, width // 200))
    door = left + 2 * half * random.uniform(0.05, 0.85)
    draw.rectangle((door, top + (base - top) * 0.35, door + 0.2 * half, base), fill=_colour(random, 40, 160))


def _thing(draw: Any, random: Random, size: tuple[int, int], ground: float, part: float) -> None:
    """A tree, a heap or a pole, standing on the ground."""
    x, tall = random.random() * size[0], part * size[1]
    colour = _colour(random, 30, 210)
    kind = random.randrange(3)
    if kind == 0:
        draw.ellipse((x - tall, ground - 2.5 * tall, x + tall, ground), fill=colour)
    elif kind == 1:
        draw.rectangle((x - tall, ground - 1.5 * tall, x + 2 * tall, ground), fill=colour)
    else:
        draw.line((x, ground, x + random.uniform(-1, 1) * tall, ground - 6 * tall), fill=colour, width=size[0] // 160)


# ---------------------------------------------------------------------------------------------- looks


def _cropped(image: Any, random: Random) -> Any:
    """A tenth cut off, as somebody does who hopes that it is another picture then."""
    width, height = image.size
    return image.crop((width // 20, height // 20, width - width // 20, height - height // 20)).resize(image.size)


def _on_paper(image: Any, random: Random) -> Any:
    """A print on a desk, photographed a little askew."""
    from PIL import Image

    width, height = image.size
    print_ = Image.new("RGB", (width * 3 // 4, height * 3 // 4), (236, 234, 228))
    print_.paste(image.resize((width * 7 // 10, height * 7 // 10)), (width // 40, height // 40))
    desk = Image.blend(Image.new("RGB", image.size, _colour(random, 60, 190)), _grain(random, image.size), 0.03)
    turned = print_.convert("RGBA").rotate(random.uniform(-3, 3), Image.Resampling.BILINEAR, expand=True)
    desk.paste(turned, ((width - turned.width) // 2, (height - turned.height) // 2), turned)
    return desk


def _on_screen(image: Any, random: Random) -> Any:
    """A screen's lines beating with the camera's, all over the picture."""
    from PIL import Image, ImageChops

    period = random.randrange(7, 14)
    wave = [max(0, min(255, 128 + (24 if at % period < period / 2 else -24))) for at in range(image.width)]
    line = Image.frombytes("L", (image.width, 1), bytes(wave)).resize(image.size)
    return ImageChops.add(image, line.convert("RGB"), offset=-128)


def _wall(image: Any, random: Random) -> Any:
    """Nothing but a wall."""
    from PIL import Image

    return Image.blend(Image.new("RGB", image.size, _colour(random, 110, 220)), _grain(random, image.size), 0.15)


def _upright_strip(image: Any, random: Random) -> Any:
    """The door and what is above it, out of a picture on its side."""
    large = image.resize((image.width * 2, image.height * 2))
    return large.crop((large.width // 2 - 180, 0, large.width // 2 + 180, large.height))


def _out_of_focus(image: Any, random: Random) -> Any:
    from PIL import ImageFilter

    return image.filter(ImageFilter.GaussianBlur(image.width / 40))


LOOKS: Mapping[str, Callable[[Any, Random], Any]] = {
    "whole": lambda image, random: image,
    "cropped": _cropped,
    "small": lambda image, random: image.resize(SIZE),
    "paper": _on_paper,
    "screen": _on_screen,
    "wall": _wall,
    "strip": _upright_strip,
    "out of focus": _out_of_focus,
    "dark": lambda image, random: image.point(lambda level: level // 6),
}
"""What becomes of a picture."""
