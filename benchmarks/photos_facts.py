"""How fast the Exif facts of photos are read, against other readers, on the same files in one run.

    python benchmarks/photos_facts.py [--photos 600] [--rounds 5] [--many 100000] [--folder FOLDER]

Needs piexif and pyexiv2 (pip) and exiftool; a reader that is not installed is said to be missing and left out. The
photos are JPEGs of 3 to 12 megapixels, as a phone writes them: 60 Exif entries, a MakerNote, a thumbnail. They are
written first, and read once by everybody to warm the cache. Counted is CPU time, user and system, with that of child
processes: from a warm cache nobody waits for anything, and a busy machine disturbs it less than the clock on the wall.
The readers take turns; medians of the rounds, and of the ratios round by round. Every reader must give the planted
position of every photo, or the run fails.
"""

import argparse
import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from importlib import import_module
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

import housing_guarantee as hg

Place = tuple[float, float]
Read = Callable[[list[str]], list[Place]]
OURS = "read_photo(whole=False)"
GOALS = {"exiftool -fast2": 25.0, "exifread": 8.0, "piexif": 1.0}


# ------------------------------------------------------------------------------------------------------ photos


def write_photos(folder: Path, count: int, random: Random) -> dict[str, Place]:
    """Write photos of twelve pictures, each photo with Exif data of its own; give the position of each."""
    pictures = [_picture(megapixels, random) for megapixels in (3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 12)]
    places = {}
    for number in range(count):
        seconds = random.randrange(360_000), random.randrange(360_000)
        block = _exif(seconds, random)
        picture = pictures[number % len(pictures)]
        path = folder / f"{number:05}.jpg"
        path.write_bytes(picture[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + picture[2:])
        places[str(path)] = (35 + seconds[0] / 360_000, 100 + seconds[1] / 360_000)
    return places


def _picture(megapixels: int, random: Random) -> bytes:
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    rough = Image.frombytes("RGB", (64, 48), random.randbytes(64 * 48 * 3)).resize((width, width * 3 // 4))
    grain = Image.effect_noise(rough.size, 12).convert("RGB")
    file = BytesIO()
    Image.blend(rough, grain, 0.2).save(file, "JPEG", quality=92)
    return file.getvalue()


def _exif(seconds: tuple[int, int], random: Random) -> bytes:
    north, east = (
        ((degrees, 1), (rest // 6000, 1), (rest % 6000, 100)) for degrees, rest in zip((35, 100), seconds, strict=True)
    )
    clock = f"2020:06:{random.randrange(10, 14)} {random.randrange(8, 19):02}:{random.randrange(60):02}:07"
    image = {
        0x0100: 4000, 0x0101: 3000, 0x010E: b"", 0x010F: b"HUAWEI", 0x0110: b"ELE-AL00", 0x0112: 1,
        0x011A: (72, 1), 0x011B: (72, 1), 0x0128: 2, 0x0131: b"ELE-AL00 10.1.0.162", 0x0132: clock.encode(),
        0x0213: 1,
    }  # fmt: skip
    exif = {
        0x829A: (1, 640), 0x829D: (180, 100), 0x8822: 2, 0x8827: 50, 0x8830: 2, 0x9000: b"0230",
        0x9003: clock.encode(), 0x9004: clock.encode(), 0x9010: b"+08:00", 0x9011: b"+08:00", 0x9012: b"+08:00",
        0x9101: b"\1\2\3\0", 0x9102: (95, 100), 0x9201: (9321, 1000), 0x9202: (169, 100), 0x9203: (0, 1),
        0x9204: (0, 1), 0x9205: (169, 100), 0x9206: (0, 1), 0x9207: 5, 0x9208: 1, 0x9209: 24, 0x920A: (5580, 1000),
        0x927C: random.randbytes(2048), 0x9290: b"071930", 0x9291: b"071930", 0x9292: b"071930", 0xA000: b"0100",
        0xA001: 1, 0xA002: 4000, 0xA003: 3000, 0xA217: 2, 0xA300: b"\3", 0xA301: b"\1", 0xA401: 1, 0xA402: 0,
        0xA403: 0, 0xA404: (100, 100), 0xA405: 27, 0xA406: 0, 0xA407: 0, 0xA408: 0, 0xA409: 0, 0xA40A: 0, 0xA40C: 0,
    }  # fmt: skip
    gps = {
        0: (2, 2, 0, 0), 1: b"N", 2: north, 3: b"E", 4: east, 5: 0, 6: (3100, 1), 7: ((2, 1), (32, 1), (3, 1)),
        0x1B: b"CELLID", 0x1D: clock[:10].encode(),
    }  # fmt: skip
    thumbnail = BytesIO()
    Image.frombytes("RGB", (64, 48), random.randbytes(64 * 48 * 3)).resize((512, 384)).save(thumbnail, "JPEG")
    first = {0x0103: 6, 0x011A: (72, 1), 0x011B: (72, 1), 0x0128: 2}
    whole = {"0th": image, "Exif": exif, "GPS": gps, "1st": first, "thumbnail": thumbnail.getvalue()}
    written: bytes = import_module("piexif").dump(whole)
    return written


# ----------------------------------------------------------------------------------------------------- readers


def _degrees(value: Iterable[Any]) -> float:
    degrees, minutes, seconds = (part[0] / part[1] if isinstance(part, tuple) else float(part) for part in value)
    return degrees + minutes / 60 + seconds / 3600


def with_quick_read(paths: list[str]) -> list[Place]:
    """Read with this library: the Exif facts alone."""
    return [_place(hg.read_photo(path, whole=False)) for path in paths]


def with_whole_read(paths: list[str]) -> list[Place]:
    """Read with this library: digest, integrity and a second reader too."""
    return [_place(hg.read_photo(path)) for path in paths]


def _place(photo: hg.Photo) -> Place:
    assert photo.position is not None
    return photo.position.latitude, photo.position.longitude


def with_exiftool(paths: list[str]) -> list[Place]:
    """Read all photos in one process of exiftool, which is its fastest way, and ask it for what is needed only."""
    tags = ["-GPSLatitude", "-GPSLongitude", "-DateTimeOriginal", "-Make", "-Model", "-Software", "-Orientation"]
    command = ["exiftool", "-fast2", "-n", "-j", *tags, "-@", "-"]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True)
    return [(found["GPSLatitude"], found["GPSLongitude"]) for found in json.loads(done.stdout)]


def with_exifread(paths: list[str]) -> list[Place]:
    """Read with exifread as its documentation shows it."""
    return list(_exifread(paths))


def with_exifread_brief(paths: list[str]) -> list[Place]:
    """Read with exifread, without MakerNote and thumbnail."""
    return list(_exifread(paths, details=False, extract_thumbnail=False))


def _exifread(paths: list[str], **options: bool) -> Iterator[Place]:
    import exifread

    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - as its documentation has it
            tags = exifread.process_file(file, **options)
        yield _degrees(tags["GPS GPSLatitude"].values), _degrees(tags["GPS GPSLongitude"].values)


def with_pillow(paths: list[str]) -> list[Place]:
    """Read with Pillow's getexif, with the directories that hold time and position."""
    places = []
    for path in paths:
        with Image.open(path) as image:
            exif = image.getexif()
            exif.get_ifd(0x8769)
            gps = exif.get_ifd(0x8825)
        places.append((_degrees(gps[2]), _degrees(gps[4])))
    return places


def with_piexif(paths: list[str]) -> list[Place]:
    """Read with piexif, which is no longer kept but quick."""
    piexif = import_module("piexif")
    gps = [piexif.load(path)["GPS"] for path in paths]
    return [(_degrees(found[2]), _degrees(found[4])) for found in gps]


def with_pyexiv2(paths: list[str]) -> list[Place]:
    """Read with pyexiv2, which binds a C++ library."""
    pyexiv2 = import_module("pyexiv2")
    pyexiv2.set_log_level(4)  # it warns of what piexif wrote
    places = []
    for path in paths:
        with pyexiv2.Image(path) as image:
            exif = image.read_exif()
        north, east = (exif[f"Exif.GPSInfo.GPS{name}"].split() for name in ("Latitude", "Longitude"))
        places.append((_degrees(map(Fraction, north)), _degrees(map(Fraction, east))))
    return places


READERS: dict[str, tuple[str, Read]] = {  # name → what it needs, how to read with it
    OURS: ("", with_quick_read),
    "read_photo": ("", with_whole_read),
    "exiftool -fast2": ("exiftool", with_exiftool),
    "exifread": ("exifread", with_exifread),
    "exifread details=False": ("exifread", with_exifread_brief),
    "Pillow getexif": ("Pillow", with_pillow),
    "pyexiv2": ("pyexiv2", with_pyexiv2),
    "piexif": ("piexif", with_piexif),
}


def _version(needed: str) -> str | None:
    """Give the version of what a reader needs, or None where it is not installed."""
    if needed == "exiftool":
        found = shutil.which("exiftool")
        return subprocess.run([found, "-ver"], capture_output=True, text=True).stdout.strip() if found else None
    try:
        return version(needed or "housing-guarantee")
    except ModuleNotFoundError:
        return None


# ------------------------------------------------------------------------------------------------------- runs


def compare(places: dict[str, Place], rounds: int) -> None:
    """Let the readers take turns, and print a table."""
    paths = list(places)
    readers = {name: read for name, (needed, read) in READERS.items() if _version(needed)}
    for name, read in readers.items():  # this also warms the cache
        for path, found in zip(paths, read(paths), strict=True):
            wanted = places[path]
            if max(abs(found[0] - wanted[0]), abs(found[1] - wanted[1])) > 1e-6:
                sys.exit(f"{name} reads {found} instead of {wanted} in {path}")
    taken: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for name, read in readers.items():
            started = _cpu()
            read(paths)
            taken[name].append((_cpu() - started) / len(paths))
    print(f"{'reader':<26} {'ms a photo':>10} {'photos a s':>10} {'ratio':>7}")
    for name in READERS:
        if name not in taken:
            print(f"{name:<26} {'not installed':>10}")
            continue
        median = statistics.median(taken[name])
        ratio = statistics.median(other / ours for other, ours in zip(taken[name], taken[OURS], strict=True))
        goal = f"  goal {GOALS[name]:.0f}: {'met' if ratio >= GOALS[name] else 'MISSED'}" if name in GOALS else ""
        print(f"{name:<26} {median * 1000:>10.3f} {1 / median:>10.0f} {ratio:>7.2f}{goal}")


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def read_many(paths: list[str], count: int) -> None:
    """Read photos until there were many, and print time and memory on the way: both are to grow in a line or not."""
    step = max(1, count // 10)
    print(f"{'photos':>8} {'ms a photo':>10} {'peak MB':>8}")
    for done in range(0, count, step):
        started = time.process_time()
        for number in range(done, done + step):
            _place(hg.read_photo(paths[number % len(paths)], whole=False))
        each = (time.process_time() - started) / step
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{done + step:>8} {each * 1000:>10.3f} {peak:>8.1f}")


def main() -> None:
    """Write the photos, compare, and read many."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to write the photos; by default a folder that is removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        places = write_photos(Path(folder), arguments.photos, Random(2020))
        size = sum(Path(path).stat().st_size for path in places) / len(places) / 1e6
        needed = dict.fromkeys(needed for needed, _ in READERS.values() if needed)
        print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {_version(name)}" for name in needed))
        print(
            f"{len(places)} JPEGs of 3 to 12 megapixels, {size:.1f} MB on average; medians of {arguments.rounds} rounds"
        )
        compare(places, arguments.rounds)
        read_many(list(places), arguments.many)


if __name__ == "__main__":
    main()
