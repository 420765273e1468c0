"""Pick the few entries that are wanted out of an Exif block, within a budget, before any reader may touch it.

An Exif block is a TIFF file: directories (IFD) of entries that point at values and at further directories. A
directory that points at itself, or a value of four billion bytes, keeps a reader busy for minutes. So the
directories are walked here first. Texts are cut out as they stand; for the numbers, of which there are many kinds,
the reader is given a small block of its own with nothing in it but the wanted entries and their values: it meets
no loop, no MakerNote and no thumbnail, and has little to do.
"""

import struct
from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

from housing_guarantee.photos.exif import FIELDS, POSITION

ENTRIES_AT_MOST = 400
DIRECTORIES_AT_MOST = 12
VALUE_BYTES_AT_MOST = 65_535  # of a wanted value
NUMBERS_AT_MOST = 1_000_000  # bytes of one value of numbers, of which each takes a reader 32 bytes
ALL_BYTES_AT_MOST = 4_000_000  # of values, beyond what the block could hold if none of them overlapped

EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825
_POINTERS: Mapping[int, str] = {EXIF_POINTER: "EXIF", GPS_POINTER: "GPS"}
_POINTER_TYPES = frozenset({4, 13})  # LONG, IFD
_BYTES, _TEXT, _RATIONAL = frozenset({1, 2, 7}), 2, 5  # BYTE, ASCII, UNDEFINED
# bytes of a value by its type, TIFF 6.0 and its supplements
_SIZES = bytes((0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)).ljust(65_536, b"\0")


_Found = dict[int, tuple[bytes, bytes]]  # tag → its entry (none for a text), and its value unless the entry has it


@frozen
class Wanted:
    """What is wanted of a block, with one position at most.

    :param texts: the texts by their tags, as they stand in the block
    :param numbers: a small TIFF block of one directory with all other entries
    """

    texts: Mapping[int, bytes]
    numbers: bytes


@frozen
class Picked:
    """What a reader may be given of a block, or the reason why nothing.

    :param parts: one for each GPS directory of the block, so more than one only where a block has several positions
    :param problem: ``hostile exif`` or ``damaged exif``; None where the parts may be read
    :param gps_lost: a GPS directory or a coordinate lies outside of the block
    :param odd: the block is not as a camera writes it, so that another reader may see it differently
    """

    parts: tuple[Wanted, ...] = ()
    problem: str | None = None
    gps_lost: bool = False
    odd: bool = False


class _OverBudget(Exception):  # noqa: N818 - a signal within this module, not an error of a caller
    """The walk met a loop, or more than a camera would ever write."""


def pick(block: bytes) -> Picked:
    """Walk the image, Exif and GPS directories of a TIFF block, in either byte order; nothing is raised."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Picked(problem="damaged exif")
    walk = _Walk(block, order)
    (first,) = struct.unpack_from(order + "I", block, 4)
    try:
        if not walk.visit(first, "Image", frozenset()):
            return Picked(problem="damaged exif")
    except _OverBudget:
        return Picked(problem="hostile exif")
    return Picked(tuple(walk.parts()), gps_lost=walk.gps_lost, odd=walk.odd)


@define
class _Walk:
    """The state of one walk: what was spent, and what is wanted of it."""

    block: bytes
    order: str
    entries: int = 0
    directories: int = 0
    spent: int = 0
    gps_lost: bool = False
    odd: bool = False
    found: _Found = field(factory=dict)
    gps: dict[int, _Found] = field(factory=dict)  # by where the directory stands

    def visit(self, start: int, name: str, path: frozenset[int]) -> bool:
        """Walk the directory at an offset and those it leads to; False if it does not lie within the block."""
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
        for tag, value in self._collect(start + 2, end, name):
            if not self.visit(value, _POINTERS[tag], path | {start}):
                self.odd = True
                self.gps_lost |= tag == GPS_POINTER and value != 0  # a pointer of zero says that there is none
        return True

    def _collect(self, start: int, end: int, name: str) -> list[tuple[int, int]]:
        """Keep the wanted entries of a directory, and give its pointers."""
        wanted, found, pointers = FIELDS[name], self.found, []
        if name == "GPS":
            found = self.gps.setdefault(start, {})
        position, spent = start, 0
        for tag, kind, count, value in struct.iter_unpack(self.order + "HHII", self.block[start:end]):
            size = count * _SIZES[kind]
            if size > 4:  # else the value stands in the entry
                beyond = value + size > len(self.block)
                spent += len(self.block) if beyond else size
                self.odd |= beyond
                if size > NUMBERS_AT_MOST and not beyond and kind not in _BYTES:
                    raise _OverBudget
            if tag in wanted:
                self.odd |= tag in found or (tag in POSITION and kind != _RATIONAL)
                self._take(found, position, tag, kind, size, value)
            elif tag in _POINTERS and name != "GPS":
                sound = kind in _POINTER_TYPES and count == 1
                pointers.append((tag, value if sound else len(self.block) if count else 0))
            position += 12
        self.spent += spent
        if self.spent > ALL_BYTES_AT_MOST + len(self.block):
            raise _OverBudget
        return pointers

    def _take(self, found: _Found, position: int, tag: int, kind: int, size: int, value: int) -> None:
        """Keep a wanted entry with its value, unless that lies outside of the block."""
        if size <= 4:
            value = position + 8
        if not 0 < size <= VALUE_BYTES_AT_MOST or value + size > len(self.block):
            blank = self.block[position + 4 : position + 8] == bytes(4)  # a count of zero
            self.odd |= not blank
            self.gps_lost |= tag in POSITION and not blank
        elif kind == _TEXT:
            found[tag] = b"", self.block[value : value + size]
        elif size <= 4:
            found[tag] = self.block[position : position + 12], b""
        else:
            found[tag] = self.block[position : position + 8], self.block[value : value + size]

    def parts(self) -> Iterator[Wanted]:
        """Put together what is wanted for each GPS directory, or for none."""
        for gps in self.gps.values() or ({},):
            found = {**self.found, **gps}
            texts = {tag: value for tag, (entry, value) in found.items() if not entry}
            yield Wanted(texts, self._lay_out([item for item in found.values() if item[0]]))

    def _lay_out(self, found: list[tuple[bytes, bytes]]) -> bytes:
        """Put entries into one directory, and their values behind it."""
        behind = 8 + 2 + 12 * len(found) + 4
        parts = [self.block[:4], struct.pack(self.order + "IH", 8, len(found))]
        for entry, value in found:
            parts.append(entry)
            if value:
                parts.append(struct.pack(self.order + "I", behind))
                behind += len(value)
        parts.append(bytes(4))
        parts += [value for _, value in found]
        return b"".join(parts)
