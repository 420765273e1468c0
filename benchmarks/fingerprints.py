"""What fingerprints cost: beside imagehash on photos of 3 to 12 megapixels, and to search among half a million.

    pip install imagehash && python benchmarks/fingerprints.py [--pictures 50000 500000] [--search]

The photos are drawn, with a sensor's noise, and lie in memory. `imagehash` gives one fingerprint of the whole, and here
there are seventeen, the raster and the scores; so it is measured with one, and with the same seventeen windows. The
half million are fingerprints of drawn houses, a quarter of their bits changed for each, and 1,000 are cut copies. Times
are of the processor, so that a busy machine counts for less. `--search` leaves imagehash out.
"""

import argparse
import platform
import resource
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from io import BytesIO
from random import Random
from statistics import median

from attrs import evolve
from PIL import Image

from housing_guarantee.demo.drawing import draw_front
from housing_guarantee.photos.fingerprints import RASTER, WINDOWS
from housing_guarantee.photos.likeness import alike
from housing_guarantee.photos.picture import Picture, look_at

SIZES = ((2048, 1536), (3264, 2448), (4000, 3000))
POOL, COPIES = 2_000, 1_000


def photo(random: Random, size: tuple[int, int]) -> bytes:
    """Draw a photo, noisy as a phone's."""
    noise = Image.frombytes("RGB", (1024, 768), random.randbytes(1024 * 768 * 3)).resize(size)
    file = BytesIO()
    Image.blend(draw_front(random, size), noise, 0.06).save(file, "JPEG", quality=90)
    return file.getvalue()


def seconds(function: Callable[[bytes], object], photos: Sequence[bytes]) -> float:
    """Time one photo, the median of several."""
    taken = []
    for data in photos:
        started = time.process_time()
        function(data)
        taken.append(time.process_time() - started)
    return median(taken)


def beside_imagehash() -> None:
    """Print what one photo costs."""
    import imagehash

    def windows(data: bytes) -> None:
        image = Image.open(BytesIO(data)).convert("L")
        for left, top, right, bottom in WINDOWS:
            box = (image.width * left, image.height * top, image.width * right, image.height * bottom)
            imagehash.phash(image.crop(tuple(map(round, box))))

    rivals: dict[str, Callable[[bytes], object]] = {
        "look_at": look_at,
        "imagehash.dhash, the whole": lambda data: imagehash.dhash(Image.open(BytesIO(data))),
        "imagehash.phash, the whole": lambda data: imagehash.phash(Image.open(BytesIO(data))),
        "imagehash.whash, the whole": lambda data: imagehash.whash(Image.open(BytesIO(data))),
        "imagehash.phash, 17 windows": windows,
    }
    print(f"{'ms a photo':<30}" + "".join(f"{w * h / 1e6:>8.1f} MP {'':>5}" for w, h in SIZES))
    photos = {size: [photo(Random(number), size) for number in range(5)] for size in SIZES}
    base = {size: seconds(look_at, photos[size]) for size in SIZES}
    for name, function in rivals.items():
        taken = base if function is look_at else {size: seconds(function, photos[size]) for size in SIZES}
        print(f"{name:<30}" + "".join(f"{taken[s] * 1000:>8.1f} {taken[s] / base[s]:>6.1f} x " for s in SIZES))


def crowd(count: int) -> list[Picture]:
    """Make so many pictures, the last of them cut copies of the first."""
    drawn = []
    for number in range(POOL):
        file = BytesIO()
        draw_front(Random(number)).save(file, "JPEG", quality=85)
        picture = look_at(file.getvalue())
        assert picture is not None
        drawn.append(picture)
    random = Random(1)
    pictures = []
    for number in range(count - COPIES):
        changed = sum(1 << bit for bit in random.sample(range(63), 16))
        model = drawn[number % POOL]
        raster = int.from_bytes(random.randbytes(RASTER * RASTER), "big")
        pictures.append(evolve(model, fingerprints=tuple(b ^ changed for b in model.fingerprints), raster=raster))
    for number in range(COPIES):
        window = random.randrange(len(WINDOWS))
        whole = pictures[number].fingerprints[window] ^ 1 << random.randrange(63) ^ 1 << random.randrange(63)
        pictures.append(evolve(pictures[number], fingerprints=(whole, *pictures[number].fingerprints[1:])))
    return pictures


def search(count: int) -> None:
    """Print what a search costs: memory is what the largest one so far took."""
    pictures = crowd(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    found = alike(pictures, 0.95)
    taken = time.process_time() - started
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    copies = sum(other - one == count - COPIES for one, other in found)
    print(f"{count} pictures: {taken:.0f} s, {more:.0f} MB more than the {before / 1024:.0f} MB with the pictures;")
    print(f"{copies} of {COPIES} copies whose raster is the whole's, {len(found) - copies} other pairs", flush=True)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, nargs="+", default=[50_000, 500_000])
    parser.add_argument("--search", action="store_true")
    arguments = parser.parse_args()
    names = ("pillow",) if arguments.search else ("pillow", "imagehash")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names), flush=True)
    if not arguments.search:
        beside_imagehash()
    for count in arguments.pictures:
        search(count)


if __name__ == "__main__":
    main()
