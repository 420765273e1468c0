"""Where the bytes of a photo lie, in a folder or in a zip archive, and how they are had within a bound.

Everything here is small and plain, so that a hundred thousand places can be held and handed to other processes.
"""

import struct
import time
import zlib
from lzma import LZMAError
from os import stat_result
from typing import BinaryIO
from zipfile import BadZipFile, ZipExtFile, ZipInfo

from attrs import field, frozen

from housing_guarantee.photos.facts import BYTES_AT_MOST

__all__ = ["Member", "Place", "Stamp", "Unreadable", "fetch"]

SETTLED_NS = 2_000_000_000
"""A file that changed within its file system's tick, two seconds on a memory card, may change again unseen."""

_LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a member, in front of its name, its extra fields and its data
_BLOCK = 65_536
_MEMBER_FAULTS = (  # what a damaged or unusual member makes zipfile and its decompressors raise
    BadZipFile,  # also a wrong checksum
    EOFError,
    LZMAError,
    OSError,
    RuntimeError,  # an unknown method
    ValueError,
    struct.error,
    zlib.error,
)


@frozen
class Stamp:
    """What tells that a file has not changed since it was seen.

    :param changed_ns: the time of its last change, as the file system has it
    :param settled: whether that was long enough ago for a later change to show
    """

    size: int
    changed_ns: int
    settled: bool

    @classmethod
    def of(cls, found: stat_result) -> "Stamp":
        """Take it from what the system says of a file now."""
        settled = time.time_ns() - found.st_mtime_ns >= SETTLED_NS
        return cls(found.st_size, found.st_mtime_ns, settled)


@frozen
class Member:
    """Where a member of a zip archive begins, and how it was packed, as the archive's directory says."""

    offset: int
    packed: int
    size: int
    method: int
    checksum: int


@frozen
class Place:
    """One photo of a store.

    :param name: the relative path, with forward slashes, under which the store knows it
    :param path: the file, or the archive that it is a member of
    :param stamp: of that file
    """

    name: str = field(repr=False)
    path: str = field(repr=False)
    stamp: Stamp
    member: Member | None = None


class Unreadable(Exception):  # noqa: N818 - a fact about one photo, not an error of the program
    """The bytes of one photo cannot be had.

    :param problem: ``too large`` or ``cannot be read``
    :param size: bytes that it has, as far as that is known
    """

    def __init__(self, problem: str, size: int) -> None:
        super().__init__(problem)
        self.problem, self.size = problem, size


def fetch(path: str, member: Member | None = None) -> bytes:
    """Give the bytes of a file, or of a member of the archive that it is.

    :raises Unreadable: there are over 60 MB of them, or they cannot be read
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path may hold bytes that are no text
            return _whole(file) if member is None else _unpacked(file, member)
    except OSError as error:
        raise Unreadable("cannot be read", 0) from error


def _whole(file: BinaryIO) -> bytes:
    data = file.read(BYTES_AT_MOST + 1)
    if len(data) > BYTES_AT_MOST:
        raise Unreadable("too large", len(data))
    return data


def _unpacked(archive: BinaryIO, member: Member) -> bytes:
    """Unpack a member where its directory says that it lies; the directory itself is read once, by the store.

    What says that it unpacks to too much is not unpacked. What unpacks to more than it says is given up there.
    """
    if member.size > BYTES_AT_MOST:
        raise Unreadable("too large", member.size)
    data = bytearray()
    try:
        archive.seek(member.offset)
        mark, name, extra = _LOCAL_HEADER.unpack(archive.read(_LOCAL_HEADER.size))
        if mark != b"PK\3\4":
            raise BadZipFile("no member begins here")
        archive.seek(name + extra, 1)
        with ZipExtFile(archive, "r", _info(member)) as file:
            while block := file.read(_BLOCK):
                data += block
    except _MEMBER_FAULTS as error:
        raise Unreadable("cannot be read", len(data)) from error
    return bytes(data)


def _info(member: Member) -> ZipInfo:
    info = ZipInfo("photo")
    info.compress_size, info.file_size = member.packed, member.size
    info.compress_type, info.CRC = member.method, member.checksum
    return info
