"""The folder or zip archive that a county's photos come in, and the name by which the export calls each.

An archive is read member by member and never unpacked, so a name in it can lead nowhere. Names that a Chinese
Windows wrote in its own code page are put right, and a file that cannot be read is a fact about that photo.
"""

import os
import re
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile, ZipInfo

from attrs import field, frozen

from housing_guarantee.errors import SourceError
from housing_guarantee.photos.facts import BYTES_AT_MOST, Photo, read_photo, unreadable

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic"})
MEMBERS_AT_MOST = 100_000

_LEFT_BEHIND = frozenset({"__macosx", "thumbs.db", "desktop.ini", "@eadir"})  # by systems, not by people
_BLOCK = 65_536
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800  # bits of a member's flags
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_MEMBER_FAULTS = (  # what a damaged or unusual member makes zipfile and its decompressors raise
    BadZipFile,  # also a wrong checksum
    EOFError,
    LZMAError,
    OSError,
    RuntimeError,  # encrypted, or an unknown method
    ValueError,
    struct.error,
    zlib.error,
)


@frozen
class PhotoStore:
    """The photos of one source, by name.

    :param source: the folder or archive as it is called in messages
    :param left_out: files not taken, counted by reason: ``hidden``, ``not an image``, ``same name twice``
    """

    source: str
    left_out: Mapping[str, int]
    _readers: Mapping[str, Callable[[], Photo]] = field(repr=False)
    _by_base: Mapping[str, tuple[str, ...]] = field(repr=False)

    def names(self) -> list[str]:
        """List the photos as relative paths with forward slashes, sorted."""
        return sorted(self._readers)

    def find(self, name: str) -> str | None:
        """Find the photo that a cell of the export names; None if there is none or more than one fits.

        An exact relative path wins; else the file name decides, whatever the case, and among equal file names
        the one that shares most folders with what was written. Drives and addresses in front are dropped.
        """
        wanted = _parts(_without_address(name))
        if not wanted:
            return None
        if (exact := "/".join(wanted)) in self._readers:
            return exact
        folded = [_fold(part) for part in wanted]
        shared = {
            candidate: _shared_tail(folded, [_fold(part) for part in candidate.split("/")])
            for candidate in self._by_base.get(folded[-1], ())
        }
        best = [candidate for candidate, length in shared.items() if length == max(shared.values())]
        return best[0] if len(best) == 1 else None

    def read(self, name: str) -> Photo:
        """Read the facts of a photo that :meth:`names` or :meth:`find` gave; its faults are facts too.

        :raises KeyError: for any other name
        """
        return self._readers[name]()


def open_photos(path: Path) -> PhotoStore:
    """Open a folder (with all below it) or a zip archive of photos.

    The archive stays open as long as the store lives; a worker process opens its own store.

    :raises SourceError: if there is none, it is damaged or encrypted, or it has over 100,000 members
    """
    source = path.name or str(path)
    if not path.exists():
        raise SourceError(source, "there is no such folder or zip file", zh="没有这个文件夹或压缩包")
    files = _folder_files(path, source) if path.is_dir() else _archive_files(path, source)
    return _store(source, files)


def _store(source: str, files: Iterable[tuple[str, Callable[[], Photo]]]) -> PhotoStore:
    """Keep what is a photo by its suffix, and count what is left out."""
    left_out: Counter[str] = Counter()
    readers: dict[str, Callable[[], Photo]] = {}
    by_base: defaultdict[str, list[str]] = defaultdict(list)
    for name, reader in files:
        parts = name.split("/")
        if any(part.startswith(".") or part.lower() in _LEFT_BEHIND for part in parts):
            left_out["hidden"] += 1
        elif PurePosixPath(name).suffix.lower() not in SUFFIXES:
            left_out["not an image"] += 1
        elif name in readers:
            left_out["same name twice"] += 1
        else:
            readers[name] = reader
            by_base[_fold(parts[-1])].append(name)
    return PhotoStore(source, dict(left_out), readers, {base: tuple(names) for base, names in by_base.items()})


# --------------------------------------------------------------------------------------------------- folders


def _folder_files(root: Path, source: str) -> Iterator[tuple[str, Callable[[], Photo]]]:
    """List regular files below a folder; links to other folders are not followed."""

    def refuse(error: OSError) -> None:  # what lies in there would else be held for missing
        raise SourceError(source, "a folder in it cannot be read", zh="其中有文件夹无法读取") from error

    for folder, _, files in os.walk(root, onerror=refuse):
        for file in files:
            path = Path(folder, file)
            if path.is_file():
                name = _readable(path.relative_to(root).as_posix())
                yield name, _FileReader(path, name)


def _readable(name: str) -> str:
    """Put right a name whose bytes are not UTF-8: they came from a Chinese Windows."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name


@frozen
class _FileReader:
    path: Path
    name: str

    def __call__(self) -> Photo:
        try:
            return read_photo(self.path, self.name)
        except OSError:
            return unreadable(self.name, "cannot be read")


# --------------------------------------------------------------------------------------------------- archives


def _archive_files(path: Path, source: str) -> Iterator[tuple[str, Callable[[], Photo]]]:
    """List the members of a zip archive."""
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise SourceError(
            source, "not a folder and not a sound zip file", zh="不是文件夹，也不是完好的压缩包"
        ) from error
    members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    if len(members) > MEMBERS_AT_MOST:
        raise SourceError(
            source,
            f"over {MEMBERS_AT_MOST} files in the archive",
            zh=f"压缩包内文件超过{MEMBERS_AT_MOST}个",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise SourceError(source, "the archive is encrypted; send it without a password", zh="压缩包已加密，请去掉密码")
    decode = _name_decoder(members)
    for member in members:
        name = "/".join(_parts(decode(member)))
        yield name, _MemberReader(archive, member, name)


def _name_decoder(members: list[ZipInfo]) -> Callable[[ZipInfo], str]:
    """Choose the encoding of names that do not say theirs: one program wrote all, in UTF-8 or GB 18030.

    zipfile takes them for the code page of an American PC, which loses nothing, so the bytes can be had back.
    The original name is asked, as a second byte of a character may be a backslash in a code page of Windows.
    """
    unsaid = [member.orig_filename.encode("cp437") for member in members if not member.flag_bits & _UTF8_NAME]
    encoding = "cp437"
    for candidate in ("utf-8", "gb18030"):
        if _decodes(unsaid, candidate):
            encoding = candidate
            break

    def decode(member: ZipInfo) -> str:
        if member.flag_bits & _UTF8_NAME:
            return member.orig_filename
        return member.orig_filename.encode("cp437").decode(encoding)

    return decode


def _decodes(names: list[bytes], encoding: str) -> bool:
    try:
        for name in names:
            name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


@frozen
class _MemberReader:
    archive: ZipFile = field(repr=False)
    member: ZipInfo = field(repr=False)
    name: str

    def __call__(self) -> Photo:
        """Count what really comes out: the size in the directory of an archive may lie."""
        data = bytearray()
        try:
            with self.archive.open(self.member) as file:
                while block := file.read(_BLOCK):
                    data += block
                    if len(data) > BYTES_AT_MOST:
                        return unreadable(self.name, "too large", len(data))
        except _MEMBER_FAULTS:
            return unreadable(self.name, "cannot be read", len(data))
        return read_photo(bytes(data), self.name)


# ----------------------------------------------------------------------------------------------------- names


def _parts(name: str) -> list[str]:
    """Split a path of either system; drives, roots and steps upward fall away."""
    pieces = name.partition("\0")[0].replace("\\", "/").split("/")
    return [piece.strip() for piece in pieces if piece.strip() not in ("", ".", "..") and not piece.endswith(":")]


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
