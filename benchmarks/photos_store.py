"""What it costs to read photos behind probes, and to read them again: milliseconds a photo, and the run's own memory.

    python benchmarks/photos_store.py [--photos 2000 20000 100000] [--rounds 3] [--megapixels 0] [--ways cold warm]

JPEGs with Exif are written first and not counted: small ones, or of so many megapixels. Each way reads the same files,
one way after the other in each round; the table gives the median of the rounds. "in process" is the reader without a
wall, "probe" the same behind one probe, "probes" behind one a core, "cold" the same with an empty cache, "warm" a
second run with the cache of the first. CPU is that of the run and of its probes together, which other programs disturb
less than the clock: what "probe" takes more of it than "in process" is the cost of containment. Memory is what the run
holds at its peak beyond what it held before: the names of all photos, and the facts of those under way.
"""

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from io import BytesIO
from math import nan
from pathlib import Path
from statistics import median
from time import perf_counter

WAYS = ("in process", "probe", "probes", "cold", "warm")


def write(folder: Path, count: int, megapixels: int) -> None:
    """Write photos that differ in their last bytes."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "HUAWEI", "JEF-AN00"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 34.0, 48.0), 3: "E", 4: (100.0, 45.0, 0.0)})
    file = BytesIO()
    picture = Image.effect_noise((160, 120), 60)
    if megapixels:
        side = round((megapixels * 1_000_000 / 12) ** 0.5)
        picture = Image.effect_noise((side, side * 3 // 4), 60).resize((side * 4, side * 3))
    picture.convert("RGB").save(file, "JPEG", exif=exif, quality=90)
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.getvalue() + number.to_bytes(4, "big"))


def read(folder: Path, way: str) -> tuple[float, float, float]:
    """Read every photo in one way, and keep none: seconds, seconds of CPU, megabytes beyond those of before."""
    from housing_guarantee.photos.cache import PhotoCache
    from housing_guarantee.photos.folder import open_photos
    from housing_guarantee.photos.probes import Probes
    from housing_guarantee.photos.reader import read_photos

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    store = open_photos(folder)
    if way == "in process":
        good = all(store.read(name).gps == "ok" for name in store.names())
    elif way in ("probe", "probes"):
        with Probes(1 if way == "probe" else None) as probes:
            good = all(photo.gps == "ok" for photo in probes.read(store.places()))
    else:
        cache = folder.with_name("cache.sqlite")
        if way == "cold":
            cache.unlink(missing_ok=True)
        with Probes() as probes, PhotoCache(cache) as known:
            good = all(photo.gps == "ok" for photo in read_photos(store.places(), probes, known))
    assert good
    seconds = perf_counter() - start
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return seconds, cpu, (usages[0].ru_maxrss - before) / 1000


def main() -> None:
    """Measure every size in processes of their own, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, nargs="+", default=[2_000, 20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megapixels", type=int, default=0)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--read", nargs=2, metavar=("FOLDER", "WAY"))
    arguments = parser.parse_args()
    if arguments.read:
        print(*read(Path(arguments.read[0]), arguments.read[1]))
        return
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in ("exifread", "Pillow")))
    print(f"{'photos':>8} {'way':>11} {'s':>8} {'ms each':>8} {'CPU ms':>8} {'of cold':>8} {'MB':>7} {'KB each':>8}")
    for count in arguments.photos:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "photos")
            folder.mkdir()
            write(folder, count, arguments.megapixels)
            _wait_until_settled()
            rounds = {way: [] for way in arguments.ways}
            for _ in range(arguments.rounds):
                for way in arguments.ways:
                    command = [sys.executable, __file__, "--read", str(folder), way]
                    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                    rounds[way].append(tuple(map(float, found)))
            cold = median(seconds for seconds, _, _ in rounds.get("cold", [(nan, 0, 0)]))
            for way in arguments.ways:
                seconds, cpu, memory = (median(column) for column in zip(*rounds[way], strict=True))
                each, held = seconds / count * 1000, memory * 1000 / count
                times = f"{seconds:>8.2f} {each:>8.3f} {cpu / count * 1000:>8.3f} {seconds / cold:>8.1%}"
                print(f"{count:>8} {way:>11} {times} {memory:>7.0f} {held:>8.2f}")


def _wait_until_settled() -> None:
    from time import sleep

    from housing_guarantee.photos.places import SETTLED_NS

    sleep(SETTLED_NS / 1e9 + 0.1)  # a file that has just changed is opened again


if __name__ == "__main__":
    main()
