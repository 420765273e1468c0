"""The folder or zip archive that a county's photos come in, and the name by which the export calls each.

Names that a Chinese Windows wrote in its own code page are put right, and a file that cannot be read is a fact
about that photo.
"""

import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from attrs import evolve, field, frozen

from housing_guarantee.errors import SourceError
from housing_guarantee.photos.archive import ArchiveLimits, path_parts, places_in_archive
from housing_guarantee.photos.facts import Photo, read_photo, unreadable
from housing_guarantee.photos.picture import look_at
from housing_guarantee.photos.places import Place, Stamp, Unreadable, fetch

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif", ".hif")
)
"""By which a file is taken for a photo; what it is in truth is told by its bytes."""

_ARCHIVES = frozenset({".zip", ".rar", ".7z"})
_LEFT_BEHIND = frozenset({"__macosx", "thumbs.db", "desktop.ini", "@eadir"})  # by systems, not by people
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*")


@frozen
class PhotoStore:
    """The photos of one source, by name.

    :param source: the folder or archive as it is called in messages
    :param left_out: files not taken, counted by reason: ``hidden``, ``not an image``, ``archive inside``,
        ``link or device``, ``same name twice`` (of equal ones one is taken, of different ones none)
    """

    source: str
    left_out: Mapping[str, int]
    _places: Mapping[str, Place] = field(repr=False)
    _by_base: Mapping[str, tuple[str, ...]] = field(repr=False)

    def names(self) -> list[str]:
        """List the photos as relative paths with forward slashes, sorted."""
        return sorted(self._places)

    def places(self) -> Iterator[Place]:
        """Say where the bytes of each photo lie, in the order of their names."""
        return (self._places[name] for name in self.names())

    def find(self, name: str) -> str | None:
        """Find the photo that a cell of the export names; None if there is none or more than one fits.

        An exact relative path wins; else the file name decides, whatever the case, and among equal file names
        the one that shares most folders with what was written. Drives and addresses in front are dropped.
        """
        wanted = path_parts(_without_address(name))
        if not wanted:
            return None
        if (exact := "/".join(wanted)) in self._places:
            return exact
        folded = [_fold(part) for part in wanted]
        shared = {
            candidate: _shared_tail(folded, [_fold(part) for part in candidate.split("/")])
            for candidate in self._by_base.get(folded[-1], ())
        }
        best = [candidate for candidate, length in shared.items() if length == max(shared.values())]
        return best[0] if len(best) == 1 else None

    def read(self, name: str) -> Photo:
        """Read the facts of a photo in this process and look at its pixels; its faults are facts too.

        :param name: as :meth:`names` or :meth:`find` gave it
        :raises KeyError: for any other name
        """
        place = self._places[name]
        try:
            data = fetch(place.path, place.member)
        except Unreadable as fault:
            return unreadable(name, fault.problem, fault.size)
        return evolve(read_photo(data, name), picture=look_at(data))


def open_photos(path: Path, limits: ArchiveLimits | None = None) -> PhotoStore:
    """Open a folder (with all below it) or a zip archive of photos; nothing of it is read yet but the names.

    :param limits: of an archive
    :raises SourceError: there is none, a folder cannot be read, or the archive is damaged, encrypted or too large
    """
    source = path.name or str(path)
    if not path.exists():
        raise SourceError(source, "there is no such folder or zip file", zh="没有这个文件夹或压缩包")
    if path.is_dir():
        return _store(source, _places_in_folder(path, source), Counter())
    left_out: Counter[str] = Counter()
    return _store(source, places_in_archive(path, source, limits or ArchiveLimits(), left_out), left_out)


def _store(source: str, found: Iterable[Place], left_out: Counter[str]) -> PhotoStore:
    """Keep what is a photo by its suffix, and count what is left out."""
    places: dict[str, Place] = {}
    doubtful: set[str] = set()
    for place in found:
        if reason := _reason_against(place.name):
            left_out[reason] += 1
        elif place.name in places:
            left_out["same name twice"] += 1
            if not _equal(place, places[place.name]):
                doubtful.add(place.name)
        else:
            places[place.name] = place
    for name in doubtful:  # which of them the export means, nobody can say
        del places[name]
        left_out["same name twice"] += 1
    by_base: defaultdict[str, list[str]] = defaultdict(list)
    for name in places:
        by_base[_fold(name.rpartition("/")[2])].append(name)
    return PhotoStore(source, dict(left_out), places, {base: tuple(names) for base, names in by_base.items()})


def _equal(one: Place, other: Place) -> bool:
    """Say whether two members of an archive have the same bytes, as its directory tells."""
    if one.member is None or other.member is None:
        return False
    return (one.member.size, one.member.checksum) == (other.member.size, other.member.checksum)


def _reason_against(name: str) -> str | None:
    """Say why a file is not taken for a photo; an archive within is never opened, however deep it lies."""
    if any(part.startswith(".") or part.lower() in _LEFT_BEHIND for part in name.split("/")):
        return "hidden"
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in SUFFIXES:
        return None
    return "archive inside" if suffix in _ARCHIVES else "not an image"


def _places_in_folder(root: Path, source: str) -> Iterator[Place]:
    """List regular files below a folder, in one order on every system; links to other folders are not followed."""

    def refuse(error: OSError) -> None:  # what lies in there would else be held for missing
        raise SourceError(source, "a folder in it cannot be read", zh="其中有文件夹无法读取") from error

    for folder, folders, files in os.walk(root, onerror=refuse):
        folders.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)  # noqa: PTH118 - a hundred thousand paths weigh less as texts
            if (stamp := _stamp(path)) is not None:
                yield Place(_readable(os.path.relpath(path, root).replace(os.sep, "/")), path, stamp)


def _stamp(path: str) -> Stamp | None:
    """Give a file's stamp, None for a pipe or a device; what leads nowhere has one, and is found out when read."""
    try:
        found = os.stat(path)  # noqa: PTH116 - for speed
    except OSError:
        return Stamp(0, 0, settled=False)
    return Stamp.of(found) if stat.S_ISREG(found.st_mode) else None


def _readable(name: str) -> str:
    """Put right a name whose bytes are not UTF-8: they came from a Chinese Windows."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name


# ----------------------------------------------------------------------------------------------------- names


def _without_address(name: str) -> str:
    """Drop scheme, host and query of a web address."""
    path, found = _ADDRESS.subn("", name.strip())
    return unquote(path.partition("?")[0]) if found else path


def _fold(part: str) -> str:
    return normalize("NFC", part).strip().casefold()


def _shared_tail(one: list[str], other: list[str]) -> int:
    """Count the equal parts at the ends of two paths."""
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count
