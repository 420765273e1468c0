"""Changed zip archives of photos: their directory, their members, their sizes and names."""

import os
import re
import struct
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

from housing_guarantee.errors import SourceError
from housing_guarantee.photos import archive, places
from housing_guarantee.photos.folder import open_photos
from housing_guarantee.photos.places import Unreadable, fetch
from tests.faults import photos
from tests.faults.bytewise import changed
from tests.faults.targets import Target, replace_in

__all__ = ["ARCHIVES"]


def originals() -> list[bytes]:
    """Pack photos: stored and packed, in folders, with names in two encodings."""
    pictures = photos.originals()[:4]
    made = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = BytesIO()
        with zipfile.ZipFile(file, "w", method) as zipped:
            for number, name in enumerate(("塔秀乡/户主1.jpg", "b/10000000002.PNG", "c.webp", "读我.txt")):
                zipped.writestr(name, pictures[number][:3000])
            zipped.writestr("zeros.jpg", bytes(200_000))
        made.append(file.getvalue())
    return made


def change(data: bytes, random: Random) -> bytes:
    """Change an archive: its bytes, or numbers and names in its directory and in front of its members."""
    if random.random() < 0.3:
        return changed(data, random)
    made = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        mark = random.choice((b"PK\1\2", b"PK\1\2", b"PK\3\4", b"PK\5\6"))
        spots = [found.start() for found in re.finditer(re.escape(mark), data)]
        if not spots:
            continue
        at = random.choice(spots) + random.randrange(4, 46 if mark == b"PK\1\2" else 22)
        wide = random.choice(("<H", "<I"))
        if at + 4 <= len(made):
            numbers = (
                (0, 1, 8, 9, 12, 14, 0x7FFF, 0xFFFF) if wide == "<H" else (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, len(data))
            )
            struct.pack_into(wide, made, at, random.choice(numbers))
    return bytes(made)


def read(data: bytes) -> bool:
    """Open an archive and have the bytes of every photo in it, as the run and its probes do."""
    path = Path(tempfile.gettempdir()) / f"hg-fault-{os.getpid()}.zip"
    path.write_bytes(data)
    try:
        store = open_photos(path)
        for place in store.places():
            try:
                fetch(place.path, place.member)
            except Unreadable:
                continue
        store.find("塔秀乡/户主1.jpg")
    except SourceError:
        return False
    finally:
        path.unlink()
    return True


def unguard() -> None:
    """Let every error of zipfile and its decompressors through, whatever the sizes."""
    replace_in(places, _MEMBER_FAULTS=())
    replace_in(archive, _refuse_excess=lambda *_: None)


ARCHIVES = Target("archives", originals, change, read, unguard, seconds=5)
