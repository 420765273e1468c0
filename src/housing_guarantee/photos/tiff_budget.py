"""Walk the directories of an Exif block before a reader may, and refuse what would cost it minutes or memory.

An Exif block is a TIFF file: directories (IFD) of entries that point at values and at further directories.
A directory that points at itself, or a value of four billion bytes, keeps a reader busy for minutes: such a
block is refused. A directory that lies outside of the block makes it read noise: that one alone is cut off.
"""

import struct

from attrs import define, field, frozen

ENTRIES_AT_MOST = 400
DIRECTORIES_AT_MOST = 12
VALUE_BYTES_AT_MOST = 1_000_000
ALL_BYTES_AT_MOST = 4_000_000

GPS_POINTER = 0x8825
_POINTERS = frozenset({0x8769, GPS_POINTER, 0xA005})  # Exif, GPS, interoperability
_POINTER_TYPES = frozenset({4, 13})  # LONG, IFD
# bytes of a value by its type, TIFF 6.0 and its supplements
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)


@frozen
class Checked:
    """A block that a reader may be given, or the reason why not.

    :param block: the block, without the directories that lie outside of it
    :param problem: ``hostile exif`` or ``damaged exif``; None where the block may be read
    :param gps_lost: the GPS directory was one of those cut off
    """

    block: bytes
    problem: str | None = None
    gps_lost: bool = False


class _OverBudget(Exception):  # noqa: N818 - a signal within this module, not an error of a caller
    """The walk met a loop, or more than a camera would ever write."""


def check(block: bytes) -> Checked:
    """Walk every directory of a TIFF block, in either byte order; nothing is raised whatever the bytes."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Checked(block, "damaged exif")
    walk = _Walk(block, order)
    (first,) = struct.unpack_from(order + "I", block, 4)
    try:
        if not walk.visit(first, frozenset()):
            return Checked(block, "damaged exif")
    except _OverBudget:
        return Checked(block, "hostile exif")
    return Checked(walk.without_cut(), gps_lost=walk.gps_lost)


@define
class _Walk:
    """The state of one walk: what was spent, and what is to be cut off."""

    block: bytes
    order: str
    entries: int = 0
    directories: int = 0
    spent: int = 0
    gps_lost: bool = False
    cuts: list[tuple[int, int]] = field(factory=list)  # position and length of what is to be blanked

    def visit(self, start: int, path: frozenset[int]) -> bool:
        """Walk the directory at an offset and all it leads to; False if it does not lie within the block."""
        if start in path:
            raise _OverBudget
        if start < 8 or start + 2 > len(self.block):
            return False
        (count,) = struct.unpack_from(self.order + "H", self.block, start)
        end = start + 2 + 12 * count
        if end > len(self.block):
            return False
        self.entries += count
        self.directories += 1
        if self.entries > ENTRIES_AT_MOST or self.directories > DIRECTORIES_AT_MOST:
            raise _OverBudget
        path |= {start}
        for position in range(start + 2, end, 12):
            self._enter(position, path)
        self._follow(end, path)
        return True

    def _enter(self, position: int, path: frozenset[int]) -> None:
        """Account for one entry, and walk on where it is a pointer."""
        tag, kind, count, value = struct.unpack_from(self.order + "HHII", self.block, position)
        size = count * _SIZES[kind] if kind < len(_SIZES) else 0
        self.spent += size
        if size > VALUE_BYTES_AT_MOST or self.spent > ALL_BYTES_AT_MOST:
            raise _OverBudget
        if tag not in _POINTERS:
            return
        if kind not in _POINTER_TYPES or count != 1 or not self.visit(value, path):
            self.cuts.append((position, 12))
            self.gps_lost |= tag == GPS_POINTER and value != 0  # a pointer of zero says that there is none

    def _follow(self, position: int, path: frozenset[int]) -> None:
        """Walk on to the next directory of the chain, whose pointer a few cameras leave out."""
        if position + 4 > len(self.block):
            return
        (following,) = struct.unpack_from(self.order + "I", self.block, position)
        if following and not self.visit(following, path):
            self.cuts.append((position, 4))

    def without_cut(self) -> bytes:
        """Blank the pointers that lead outside of the block."""
        if not self.cuts:
            return self.block
        whole = bytearray(self.block)
        for position, length in self.cuts:
            whole[position : position + length] = bytes(length)
        return bytes(whole)
