"""Change photos at random, thousands of times, and see that each ends in facts or in a named reason.

    python benchmarks/photos_mutants.py [--count 20000] [--seed 2020] [--seconds 2] [--megabytes 100] [--folder PHOTOS]

The originals are small photos of every format, made here; a folder of real ones may be added. They are cut short, have
bits flipped, directories led back to themselves, counts and offsets made huge, segments swapped, doubled and left out.
Each is read whole and by its head, in this process. The run fails if anything is raised, a photo takes longer than the
seconds, or the process grows by more than the megabytes; if an answer is not one of the named ones; and if the quick
way has a position that the whole way contradicts, or calls a position missing that the whole way found.
"""

import argparse
import resource
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from math import isclose
from pathlib import Path
from random import Random

from attrs import define, field
from PIL import Image

import housing_guarantee as hg

OUTCOMES = frozenset({"ok", "no_exif", "absent", "zeroed", "impossible", "unreadable"})
PROBLEMS = frozenset({"empty", "not an image", "truncated", "hostile exif", "damaged exif", "readers disagree"})
MISSING = frozenset({"no_exif", "absent"})


# ------------------------------------------------------------------------------------------------------ originals


def originals() -> list[bytes]:
    """Make photos with a position in every format, in both byte orders; HEIC where its library is installed."""
    made = []
    for endian in "<>":
        exif = Image.Exif()
        exif.endian = endian
        exif[0x010F], exif[0x0110], exif[0x0112] = "HUAWEI", "ELE-AL00", 1
        exif.get_ifd(0x8769).update({0x9003: "2020:06:11 10:32:05", 0x9011: "+08:00", 0x927C: b"maker" * 40})
        exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 34.0, 48.0), 3: "E", 4: (100.0, 45.0, 0.0)})
        made += [_save(kind, exif) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "MPO")]
    try:
        import pillow_heif
    except ImportError:
        print("pillow-heif is not installed: no HEIC among the originals")
        return made
    pillow_heif.register_heif_opener()
    return [*made, _save("HEIF", exif)]


def _save(kind: str, exif: Image.Exif) -> bytes:
    file = BytesIO()
    more = {"icc_profile": bytes(600)} if kind == "JPEG" else {}
    Image.effect_noise((96, 72), 40).convert("RGB").save(file, kind, exif=exif.tobytes(), **more)
    return file.getvalue()


# -------------------------------------------------------------------------------------------------------- mutants


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def _flip(data: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        data[random.randrange(min(len(data), random.choice((600, len(data)))))] ^= 1 << random.randrange(8)


def _entry(data: bytearray, random: Random) -> tuple[str, int] | None:
    """Choose an entry of the first directory of a TIFF block: its byte order, and where it stands."""
    for mark, order in ((b"II*\0", "<"), (b"MM\0*", ">")):
        start = data.find(mark)
        if start >= 0 and start + 10 < len(data):
            place = start + struct.unpack_from(order + "I", data, start + 4)[0]
            if place + 2 < len(data) and (count := struct.unpack_from(order + "H", data, place)[0]):
                place += 2 + 12 * random.randrange(min(count, 40))
                return (order, place) if place + 12 <= len(data) else None
    return None


def _loop(data: bytearray, random: Random) -> None:
    """Lead a directory back to the first one, or anywhere."""
    if found := _entry(data, random):
        order, place = found
        tag, target = random.choice((0x8769, 0x8825, 0xA005, 0x014A)), random.choice((8, 8, random.randrange(2000)))
        struct.pack_into(order + "HHII", data, place, tag, random.choice((4, 13)), 1, target)


def _huge(data: bytearray, random: Random) -> None:
    """Make the count of an entry huge, or lay its value outside of the block."""
    if found := _entry(data, random):
        order, place = found
        number = random.choice((0xFFFFFFFF, 0x7FFFFFFF, 1 << 24, 70_000, 0))
        struct.pack_into(order + "I", data, place + random.choice((4, 8)), number)


def _count(data: bytearray, random: Random) -> None:
    """Put huge or small lengths anywhere."""
    place = random.randrange(max(1, len(data) - 4))
    data[place : place + 4] = random.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\xff\xff"))


def _swap(data: bytearray, random: Random) -> None:
    """Exchange, double or leave out pieces, most of all the segments of a JPEG."""
    borders = _segments(bytes(data)) or sorted(random.randrange(len(data)) for _ in range(4))
    pieces = [bytes(data[a:b]) for a, b in zip([0, *borders], [*borders, len(data)], strict=True)]
    one, other = random.randrange(len(pieces)), random.randrange(len(pieces))
    match random.randrange(3):
        case 0:
            pieces[one], pieces[other] = pieces[other], pieces[one]
        case 1:
            pieces.insert(one, pieces[other])
        case _:
            del pieces[one]
    data[:] = b"".join(pieces)


def _segments(data: bytes) -> list[int]:
    """Give where the segments of a JPEG begin, as far as its picture data."""
    borders, place = [], 2
    while data.startswith(b"\xff\xd8") and place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        borders.append(place)
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return borders


def _noise(data: bytearray, random: Random) -> None:
    place = random.randrange(len(data))
    data[place : place + 40] = random.randbytes(random.randrange(80))


CHANGES: tuple[Callable[[bytearray, Random], None], ...] = (_cut, _flip, _loop, _huge, _count, _swap, _noise)


def mutants(seeds: list[bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give changed photos and the names of the changes; the same for the same seed."""
    random = Random(seed)
    for number in range(count):
        data = bytearray(random.choice(seeds))
        changes = [CHANGES[number % len(CHANGES)], *random.choices(CHANGES[1:], k=random.choice((0, 0, 0, 1, 2)))]
        for change in changes:
            if data:
                change(data, random)
        yield " ".join(change.__name__.strip("_") for change in changes), bytes(data)


# --------------------------------------------------------------------------------------------------------- judging


@define
class Account:
    """What came of the mutants so far."""

    outcomes: Counter[str] = field(factory=Counter)
    faults: list[str] = field(factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def read(self, changes: str, data: bytes) -> None:
        """Read one photo in both ways, and judge the answers."""
        started = time.perf_counter()
        try:
            whole, quick = hg.read_photo(data), hg.read_photo(data, whole=False)
        except Exception as error:
            self.faults.append(f"{changes}: {type(error).__name__}")
            return
        self.slowest = max(self.slowest, (time.perf_counter() - started, f"{changes}, {data[:12]!r}"))
        self.outcomes[whole.problem or whole.gps] += 1
        self.faults += [f"{changes}: {fault}" for fault in (*unsound(whole), *unsound(quick), *contrary(whole, quick))]


def unsound(photo: hg.Photo) -> Iterator[str]:
    """Say what no answer may be."""
    if photo.gps not in OUTCOMES:
        yield f"gps is {photo.gps}"
    if (photo.gps == "ok") != (photo.position is not None):
        yield f"{photo.gps}, but the position is {photo.position}"
    if (photo.gps == "unreadable") != (photo.problem in PROBLEMS):
        yield f"{photo.gps}, but the problem is {photo.problem}"


def contrary(whole: hg.Photo, quick: hg.Photo) -> Iterator[str]:
    """Say where the quick way accuses a photo that the whole way acquits, or vouches for one that it contradicts."""
    if whole.gps == "ok" and quick.gps in MISSING:
        yield "the quick way missed a position"
    if whole.problem == "readers disagree" and quick.gps == "ok":
        yield "the quick way has a position that the second reader contradicts"
    one, other = whole.position, quick.position
    if one and other and not (isclose(one.latitude, other.latitude) and isclose(one.longitude, other.longitude)):
        yield "the two ways have different positions"


def main() -> None:
    """Read the mutants, and print the account."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--megabytes", type=float, default=100.0)
    parser.add_argument("--folder", type=Path, help="real photos of up to 1 MB as further originals")
    arguments = parser.parse_args()
    seeds = originals()
    real = sorted(arguments.folder.rglob("*")) if arguments.folder else []
    seeds += [path.read_bytes() for path in real if path.is_file() and 0 < path.stat().st_size < 1_000_000]
    account = Account()
    for data in seeds:  # the readers are imported and the originals are in memory before growth is measured
        hg.read_photo(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for changes, data in mutants(seeds, arguments.count, arguments.seed):
        account.read(changes, data)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{arguments.count} mutants of {len(seeds)} originals, seed {arguments.seed}")
    for outcome, count in account.outcomes.most_common():
        print(f"{count:>8}  {outcome}")
    seconds, slowest = account.slowest
    print(f"slowest {seconds * 1000:.0f} ms for both ways ({slowest})")
    print(f"the process grew by {grown:.1f} MB over the {before / 1024:.0f} MB of readers and originals")
    if seconds > arguments.seconds:
        account.faults.append(f"a photo took {seconds:.1f} s")
    if grown > arguments.megabytes:
        account.faults.append(f"the process grew by {grown:.0f} MB")
    print("\n".join(account.faults[:20]) or "no fault")
    sys.exit(bool(account.faults))


if __name__ == "__main__":
    main()
