"""The directory of a zip archive of photos: what it holds, under which names, and whether it may be unpacked at all.

An archive is read member by member and never unpacked to disk, so a name in it can lead nowhere.
"""

import stat
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import crc32

from attrs import frozen

from housing_guarantee.errors import SourceError
from housing_guarantee.photos.places import Member, Place, Stamp

__all__ = ["ArchiveLimits", "name_decoder", "path_parts", "places_in_archive"]

_ENCRYPTED, _UTF8_NAME = 0x1, 0x800  # bits of a member's flags
_UNICODE_PATH = 0x7075  # of the extra field in which Info-ZIP writes a name in UTF-8 beside the old one


@frozen
class ArchiveLimits:
    """What an archive of photos may say of itself; what it says of each member is what is unpacked at most.

    All are our own: a county of 2,193 households with a dozen photos of 3 MB each sends 80 GB, and photos are
    compressed already.
    """

    members: int = 100_000
    """Files in it."""

    unpacked: int = 200_000_000_000
    """Bytes of all of them together."""

    ratio: int = 100
    """How many times larger than the archive they may be together; one of nothing but zeros gets to 1,000."""

    ordinary: int = 200_000_000
    """Bytes that they may be together whatever the archive's size: a few blank scans are no bomb."""


def places_in_archive(path: Path, source: str, limits: ArchiveLimits, left_out: Counter[str]) -> Iterator[Place]:
    """Give the members of a zip archive, in its order; links and devices are counted as left out, and lead nowhere.

    :raises SourceError: it is no sound zip, is encrypted, or holds or unpacks to too much
    """
    try:
        stamp = Stamp.of(path.stat())
        with ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    except (BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise SourceError(
            source, "not a folder and not a sound zip file", zh="不是文件夹，也不是完好的压缩包"
        ) from error
    _refuse_excess(members, stamp.size, source, limits)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise SourceError(source, "the archive is encrypted; send it without a password", zh="压缩包已加密，请去掉密码")
    decode = name_decoder(members)
    for found in members:
        if not _is_file(found):
            left_out["link or device"] += 1
            continue
        member = Member(found.header_offset, found.compress_size, found.file_size, found.compress_type, found.CRC)
        yield Place("/".join(path_parts(decode(found))), str(path), stamp, member)


def _refuse_excess(members: list[ZipInfo], size: int, source: str, limits: ArchiveLimits) -> None:
    """Refuse what would unpack to too much, before anything is unpacked."""
    if len(members) > limits.members:
        most = limits.members
        raise SourceError(source, f"over {most} files in the archive", zh=f"压缩包内文件超过{most}个")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked or unpacked > max(limits.ordinary, limits.ratio * size):
        megabytes = unpacked // 1_000_000
        raise SourceError(
            source,
            f"it would unpack to {megabytes} MB, too much for its size",
            zh=f"解压后达{megabytes}MB，与文件大小不符，请重新打包",
        )
    if sum(member.compress_size for member in members) > size:  # several share one stretch of the file
        raise SourceError(source, "its files lie over one another; pack it again", zh="压缩包结构异常，请重新打包")


def _is_file(member: ZipInfo) -> bool:
    """Say whether a member is a plain file, as far as a Unix that packed it has noted."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind in (0, stat.S_IFREG)


def path_parts(name: str) -> list[str]:
    """Split a path of either system; drives, roots and steps upward fall away."""
    pieces = name.partition("\0")[0].replace("\\", "/").split("/")
    return [piece.strip() for piece in pieces if piece.strip() not in ("", ".", "..") and not piece.endswith(":")]


def name_decoder(members: list[ZipInfo]) -> Callable[[ZipInfo], str]:
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
        written = member.orig_filename.encode("cp437")
        return _unicode_path(member.extra, written) or written.decode(encoding)

    return decode


def _unicode_path(extra: bytes, written: bytes) -> str | None:
    """Give the name that Info-ZIP wrote beside the old one, where it belongs to it still; nothing is raised."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and field[:1] == b"\1" and field[1:5] == struct.pack("<I", crc32(written)):
            return field[5:].decode("utf-8", "replace")
    return None


def _decodes(names: list[bytes], encoding: str) -> bool:
    try:
        for name in names:
            name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
