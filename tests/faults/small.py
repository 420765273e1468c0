"""A small county that uses every kind of output: lists, marked copies, the page, and photos that are kept in mind."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from random import Random

from tests.faults import photos
from tests.test_feedback import NUMBERS, county

__all__ = ["change", "files_of", "make", "twin_of"]


def make(folder: Path, *, pictures: int = 0) -> Path:
    """Write the county, and give its campaign file; its moment is fixed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = county(folder, dict.fromkeys(NUMBERS[:3], "D"))
    if pictures:
        store, random = folder / "photos", Random(7)
        store.mkdir()
        originals = photos.originals()
        for number in range(pictures):
            data = bytearray(originals[number % len(originals)])
            data += random.randbytes(16)  # so that each is another file
            (store / f"{NUMBERS[number % len(NUMBERS)]}-{number}.jpg").write_bytes(data)
        records = folder / "records.csv"
        records.write_text(records.read_text(encoding="utf-8").replace("a.jpg", ""), encoding="utf-8")
        text = path.read_text(encoding="utf-8").replace(
            'select = ["appraised.*"]', 'select = ["appraised.*", "photo-gps.*"]'
        )
        source = '[[sources]]\nrole = "photos"\nadapter = "photo_files"\npath = "photos"\n\n[rules]'
        path.write_text(text.replace("[rules]", source), encoding="utf-8")
    return path


def change(campaign: Path) -> None:
    """Change what the records say, so that another check writes other files."""
    records = campaign.with_name("records.csv")
    text = records.read_text(encoding="utf-8")
    records.write_text(text.replace("D级", "C级", 2).replace("A级", "D级", 1), encoding="utf-8")


def twin_of(campaign: Path, folder: Path) -> Path:
    """Copy a county with all that it has, its files' times included."""
    shutil.copytree(campaign.parent, folder)
    return folder / campaign.name


def files_of(campaign: Path) -> Mapping[str, bytes]:
    """Give every file of the output folder."""
    folder = campaign.with_name("out")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
