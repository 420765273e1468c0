"""Compare position and time with exiftool, file by file, on real photos.

    python benchmarks/photos_real.py FOLDER

Needs exiftool, and pillow-heif for HEIC. FOLDER is a set of photos as cameras wrote them, gathered by yourself, since
nobody may publish the photos of others: a county's own, or the sample images that the projects around Exif keep for
their tests, such as ``t/images`` of exiftool, ``metadata-extractor-images`` and ``exif-samples`` (clone or unpack them
into one folder; sub-folders are read too).

Every file that exiftool reads is compared: its position from Exif, or else from XMP, and its DateTimeOriginal, or else
CreateDate, of Exif. What differs is explained by a reason that the two answers themselves show, file by file, and a
difference that no reason explains makes the run fail.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from math import isclose
from pathlib import Path
from typing import Any

import housing_guarantee as hg

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"})
TAGS = (
    "IFD0:Make",
    "GPS:all",
    "ExifIFD:DateTimeOriginal",
    "ExifIFD:CreateDate",
    "XMP-exif:all",
    "FileType",
    "Error",
    "Warning",
)
NEARLY = 1e-6  # degrees, a tenth of a metre
FORMATS = frozenset({"JPEG", "PNG", "WEBP", "Extended WEBP", "TIFF", "HEIC", "HEIF"})

Answer = dict[str, Any]


def ask_exiftool(folder: Path) -> list[Answer]:
    """Let exiftool read every photo below a folder."""
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    command = ["exiftool", "-j", "-G1", "-n", "-q", "-q", *(f"-{tag}" for tag in TAGS), "-@", "-"]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True)
    answers: list[Answer] = json.loads(done.stdout)
    return answers


def position_of(answer: Answer) -> tuple[float, float] | None:
    """Give the position that exiftool read, with the signs that its references mean."""
    for group in ("GPS", "XMP-exif"):
        north, east = answer.get(f"{group}:GPSLatitude"), answer.get(f"{group}:GPSLongitude")
        if isinstance(north, (int, float)) and isinstance(east, (int, float)):
            south = str(answer.get(f"{group}:GPSLatitudeRef", "")).upper() == "S"
            west = str(answer.get(f"{group}:GPSLongitudeRef", "")).upper() == "W"
            return (-north if south else north), (-east if west else east)
    return None


def explain_position(answer: Answer, photo: hg.Photo) -> str | None:
    """Say why the positions differ: an empty text where they do not, None where nothing explains it."""
    theirs, ours = position_of(answer), photo.position
    if theirs and ours:
        return "" if all(map(_nearly, theirs, (ours.latitude, ours.longitude))) else None
    if theirs is None and ours is None:
        return ""
    reasons = {
        "zeros are a place for exiftool and none here": photo.gps == "zeroed" and theirs == (0, 0),
        "a position outside of the earth": photo.gps == "impossible",
        "the two readers disagree, so neither is believed": photo.problem == "readers disagree",
        "the file is damaged, and refused with a reason": photo.gps == "unreadable" and photo.problem is not None,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def explain_time(answer: Answer, photo: hg.Photo) -> str | None:
    """Say why the times differ, likewise."""
    written = [str(answer.get(f"ExifIFD:{name}") or "") for name in ("DateTimeOriginal", "CreateDate")]
    ours = photo.taken_at.strftime("%Y:%m:%d %H:%M:%S") if photo.taken_at else ""
    theirs = next((text for text in written if text), "")
    if theirs[:19] == ours:
        return ""
    reasons = {
        "a clock that was never set is no time here": not ours and not any(map(_is_set, written)),
        "the first clock is no time, so the second counts here": bool(ours) and written[1][:19] == ours,
        "the file is damaged, and refused with a reason": photo.gps == "unreadable",
        "the file is damaged, and exiftool gives up earlier": "Error reading" in str(answer.get("ExifTool:Warning")),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_set(text: str) -> bool:
    return any(letter in "123456789" for letter in text)


def _nearly(one: float, other: float) -> bool:
    return isclose(one, other, abs_tol=NEARLY)


def compare(answer: Answer, path: Path, account: Counter[str]) -> list[str]:
    """Compare one file, count what came of it, and give what differs."""
    if "ExifTool:Error" in answer:
        account["not read by exiftool"] += 1
        return []
    if answer.get("File:FileType") not in FORMATS:
        account["of a format that is not read here, though the suffix says so"] += 1
        return []
    quick, whole = hg.read_photo(path, whole=False), hg.read_photo(path)
    named = "IFD0:Make" in answer
    account["compared"] += 1
    account["with a position"] += position_of(answer) is not None
    account["from a camera that names its maker"] += named
    account["cut short or damaged behind the head, as the whole way says"] += bool(whole.problem and not quick.problem)
    differences = []
    for what, why in (("position", explain_position(answer, quick)), ("time", explain_time(answer, quick))):
        account[f"{what} equal"] += why == ""
        account[f"{what} equal, of those that name their maker"] += why == "" and named
        if why != "":
            account[f"{what} explained" if why else f"{what} UNEXPLAINED"] += 1
            differences.append(f"{what}: {why or 'UNEXPLAINED'}")
    return differences


def main() -> None:
    """Compare every file, and print the differences and an account."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    if not shutil.which("exiftool"):
        sys.exit("exiftool is not installed")
    account: Counter[str] = Counter()
    makers: set[str] = set()
    for answer in ask_exiftool(folder):
        path = Path(answer["SourceFile"])
        makers.add(str(answer.get("IFD0:Make", "")).strip().upper())
        for difference in compare(answer, path, account):
            print(f"{path.relative_to(folder)}: {difference}")
    print(f"{len(makers - {''}):>6}  makers")
    for name, count in account.items():
        print(f"{count:>6}  {name}")
    sys.exit(any("UNEXPLAINED" in name for name in account))


if __name__ == "__main__":
    main()
