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

from housing_guarantee.casefiles import PhotoEvidence
from housing_guarantee.clusters import spots
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
    "turned for good, or mirrored": lambda image, random: jpeg(
        ImageChops.offset(image, 0).transpose(
            random.choice((Image.Transpose.ROTATE_90, Image.Transpose.FLIP_LEFT_RIGHT))
        )
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
    table = speckled(random, random.randrange(60, 190), 0.05).resize((width * 5 // 4, height * 5 // 4))
    part = random.uniform(0.7, 0.9)
    print_ = Image.new("RGB", (round(width * part), round(height * part)), (random.randrange(225, 250),) * 3)
    margin = random.randrange(0, width // 20)
    print_.paste(image.resize((print_.width - 2 * margin, print_.height - 2 * margin)), (margin, margin))
    table.paste(print_, ((table.width - print_.width) // 2, (table.height - print_.height) // 2))
    left, top = width // 8, height // 8
    corners = ((left, top), (left, top + height), (left + width, top + height), (left + width, top))
    quad = [value + random.uniform(-skew, skew) * width for corner in corners for value in corner]
    return table.transform(SIZE, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)


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


# ---------------------------------------------------------------------------------------------- pictures


def looked(data: bytes) -> Picture:
    """Look at a picture that can be decoded."""
    picture = look_at(data)
    assert picture is not None
    return picture


def house(task: tuple[int, int]) -> tuple[Picture, dict[str, float], dict[str, list[tuple[str, bool]]]]:
    """Draw one house, and judge everything that was done to its picture."""
    seed, number = task
    image = draw_front(Random(f"{seed} {number}"), SIZE)
    picture = looked(jpeg(image))
    same = {name: likeness(picture, looked(change(image, Random(f"{name} {number}")))) for name, change in SAME.items()}
    said = {
        rule: [
            (name, judged(rule, looked(change(image, Random(f"{name} {number}")))))
            for name, change in (("a whole front", lambda image, random: jpeg(image)), *cases)
        ]
        for rule, cases in LOOKS.items()
    }
    return picture, same, said


def judged(rule: str, picture: Picture) -> bool:
    """Ask a rule of a household whose one photo it is."""
    return bool(getattr(rules, rule)(OneShot(picture), SETTINGS))


class OneShot:
    """As much of a case file as the rules of one photo look at."""

    front_photos = ()

    def __init__(self, picture: Picture) -> None:
        self.photos = (PhotoEvidence("photo", Photo("photo", "0" * 64, 1, "ok", picture=picture), (), "photo1"),)


def row_of_houses(task: tuple[int, int]) -> list[Picture]:
    """Photograph four houses of one design from the same side, each under its own sky and with its own things."""
    seed, number = task
    plan = f"{seed} row {number}"
    return [looked(jpeg(draw_front(Random(f"{plan} {place}"), SIZE, Random(plan)))) for place in range(4)]


def pictures(seed: int, houses: int, pool: Any) -> None:
    """Print what the rules of pictures found."""
    results = pool.map(house, [(seed, number) for number in range(houses)], 4)
    strangers = alike([picture for picture, _, _ in results], SETTINGS.same_picture)
    rows = pool.map(row_of_houses, [(seed, number) for number in range(houses // 2)], 4)
    in_rows = sum(len(alike(row, SETTINGS.same_picture)) for row in rows)
    print("\n| near-duplicate, copied-from-archive | found |\n|---|---|")
    for name in SAME:
        print(f"| {name} | {share([same[name] >= SETTINGS.same_picture for _, same, _ in results])} |")
    pairs = houses * (houses - 1) // 2
    print(f"| *wrongly:* pairs of different houses | {len(strangers)} of {pairs} |")
    print(f"| *wrongly:* pairs of equal houses of a row | {in_rows} of {len(rows) * 6} |")
    for rule in LOOKS:
        print(f"\n| {rule.replace('_', '-')} | found |\n|---|---|")
        for place, (name, _) in enumerate(results[0][2][rule]):
            wrong = "*wrongly:* " if place == 0 else ""
            print(f"| {wrong}{name} | {share([said[rule][place][1] for _, _, said in results])} |")


def share(found: Iterable[bool]) -> str:
    """Say how many of how many."""
    found = list(found)
    return f"{sum(found) / len(found):.1%} of {len(found)}"


# ---------------------------------------------------------------------------------------------- places

START = datetime(2020, 6, 11, 8)  # noqa: DTZ001 - a camera's clock


def moved(position: Position, north: float, east: float) -> Position:
    """Go so many metres."""
    degree = 111_195.0
    return Position(position.latitude + north / degree, position.longitude + east / degree / cos(radians(35.5)))


def household(number: int, position: Position, when: datetime, system: str = "app") -> Any:
    """Make as much of a case file as the rules of places look at."""
    photo = Photo(f"{number}.jpg", f"{number:064}", 1, "ok", position, taken_at=when, make="HUAWEI", model="JEF-AN00")
    return Placed(f"{number:06}", (PhotoEvidence(photo.name, photo, (), "photo1", system),))


class Placed:
    """A household of which only the photos are known."""

    front_photos, verifications, is_relocated = (), (), False

    def __init__(self, household_id: str, photos: tuple[PhotoEvidence, ...]) -> None:
        self.household_id, self.photos = household_id, photos


def crowded(households: list[Any]) -> int:
    """Count the households that one-spot accuses."""
    found = spots(
        households,
        metres=SETTINGS.spot_metres,
        minutes=SETTINGS.spot_minutes,
        households=SETTINGS.spot_households,
    )
    return sum(len({member.casefile.household_id for member in group.members}) for group in found)


def from_one_spot(random: Random, households: int, noise: float, minutes: float) -> list[Any]:
    """Photograph households from one place, each after so many minutes; every position errs."""
    here = Position(35.5 + random.random() / 10, 100.7)
    return [
        household(
            n, moved(here, random.gauss(0, noise), random.gauss(0, noise)), START + n * timedelta(minutes=minutes)
        )
        for n in range(households)
    ]


def walk(random: Random, households: int, apart: float, noise: float, minutes: float) -> list[Any]:
    """Go from house to house along a row."""
    here = Position(35.5 + random.random() / 10, 100.7)
    return [
        household(
            n,
            moved(here, n * apart + random.gauss(0, noise), random.gauss(0, noise)),
            START + n * timedelta(minutes=minutes * random.uniform(0.8, 1.3)),
        )
        for n in range(households)
    ]


def places(seed: int) -> None:
    """Print what one-spot found: the share of households accused, over 200 groups."""
    random = Random(seed)
    print("\n| one-spot (a position errs by σ) | σ 3 m | σ 8 m | σ 15 m | σ 30 m |\n|---|---|---|---|---|")
    cases: dict[str, Callable[[float], list[Any]]] = {
        "8 households from one spot, 1 minute each": lambda s: from_one_spot(random, 8, s / 1.4, 1),
        "20 households from one spot, 1 minute each": lambda s: from_one_spot(random, 20, s / 1.4, 1),
        "*wrongly:* houses 10 m apart, 5 minutes each": lambda s: walk(random, 20, 10, s / 1.4, 5),
        "*wrongly:* houses 15 m apart, 3 minutes each": lambda s: walk(random, 20, 15, s / 1.4, 3),
        "*wrongly:* houses 30 m apart, 3 minutes each": lambda s: walk(random, 20, 30, s / 1.4, 3),
        "*wrongly:* houses 60 m apart, 2 minutes each": lambda s: walk(random, 20, 60, s / 1.4, 2),
    }
    for name, make in cases.items():
        shares = []
        for noise in (3, 8, 15, 30):
            groups = [make(noise) for _ in range(200)]
            shares.append(f"{sum(map(crowded, groups)) / sum(map(len, groups)):.1%}")
        print(f"| {name} | {' | '.join(shares)} |")


def drive(random: Random, kmh: float, noise: float, legs: int) -> list[Stop]:
    """Drive from village to village, as the crow flies at such a speed, stopping for 5 to 20 minutes."""
    here, when, way = Position(35.5, 100.7), START, []
    for number in range(legs):
        seen = moved(here, random.gauss(0, noise), random.gauss(0, noise))
        way.append(stop(number, seen, when))
        far = random.uniform(0.05, 25)
        here = moved(here, far * 1000 * random.choice((-1, 1)), 0)
        when += timedelta(hours=far / kmh, minutes=random.uniform(5, 20))
    return way


def stop(number: int, position: Position, when: datetime) -> Stop:
    """Make one photo of a phone."""
    evidence = household(number, position, when).photos[0]
    return Stop(("recorder", "HUAWEI", "JEF-AN00", None), f"{number:06}", evidence, evidence.photo, position, when)


def jumped(way: list[Stop]) -> int:
    """Count the photos that impossible-travel accuses."""
    found = jumps(way, kilometres=SETTINGS.travel_km, speed=SETTINGS.travel_kmh, since=START.year)
    return len({jump.one.key for jump in found})


def two_phones(random: Random, kilometres: float, minutes: float) -> list[Stop]:
    """Upload under one phone what was taken in two places."""
    here = Position(35.5, 100.7)
    there = moved(here, kilometres * 1000, 0)
    return [stop(0, here, START), stop(1, there, START + timedelta(minutes=minutes))]


def travels(seed: int) -> None:
    """Print what impossible-travel found."""
    random = Random(seed)
    print("\n| impossible-travel | photos accused |\n|---|---|")
    cases: dict[str, Callable[[], list[Stop]]] = {
        "two places 3 km apart within a minute": lambda: two_phones(random, 3, 1),
        "two places 10 km apart at one time": lambda: two_phones(random, 10, 0),
        "two places 30 km apart within 10 minutes": lambda: two_phones(random, 30, 10),
        "two places 900 m apart at one time": lambda: two_phones(random, 0.9, 0),
        "two places 15 km apart within 10 minutes": lambda: two_phones(random, 15, 10),
        "*wrongly:* driven at 60 km/h, positions err by 30 m": lambda: drive(random, 60, 30, 30),
        "*wrongly:* driven at 100 km/h, positions err by 30 m": lambda: drive(random, 100, 30, 30),
        "*wrongly:* walked 5 km/h, positions err by 100 m": lambda: drive(random, 5, 100, 30),
    }
    for name, make in cases.items():
        ways = [make() for _ in range(200)]
        print(f"| {name} | {sum(map(jumped, ways)) / sum(map(len, ways)):.1%} |")


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--houses", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, Pillow {version('pillow')}, {asked.houses} houses, seed {asked.seed}")
    with Pool() as pool:
        pictures(asked.seed, asked.houses, pool)
    places(asked.seed)
    travels(asked.seed)


if __name__ == "__main__":
    main()
