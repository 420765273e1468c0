"""Look through an old xls for what its parser loses: cells with errors, and rows that are hidden.

The parser gives an empty cell for ``#REF!``, as if nothing had been typed. So the records of the workbook's stream
are walked once more, and only these are noted. Layouts: [MS-CFB] for the container, [MS-XLS] for the records. Nothing
but the standard library is used: this runs in a child that is started for every workbook.
"""

import struct
from collections.abc import Iterator

from housing_guarantee.adapters.xlsx_sheet import Refused, SheetFacts

__all__ = ["look_through_xls"]

_END = 0xFFFFFFFA  # sector numbers from here on are marks: end of chain, free, unused
_SHORT = 109  # entries of the table of tables that stand in the header
_BOF, _EOF, _BOUND_SHEET, _FILE_PASS = 0x0809, 0x000A, 0x0085, 0x002F
_ROW, _FORMULA, _ERROR_OR_BOOLEAN, _SEVERAL_NUMBERS = 0x0208, 0x0006, 0x0205, 0x00BD
_VALUES = frozenset({_FORMULA, _ERROR_OR_BOOLEAN, _SEVERAL_NUMBERS, 0x0203, 0x0204, 0x027E, 0x00FD})
_DIMENSIONS, _MOST_ROWS, _MOST_COLUMNS = 0x0200, 65_536, 256
_SHARED_TEXTS, _SHORTEST_TEXT = 0x00FC, 3  # bytes
_HIDDEN = 0x20
_CODES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def look_through_xls(data: bytes) -> list[SheetFacts]:
    """Give what was seen of every sheet, in the workbook's order.

    :raises Refused: the workbook is encrypted, says that it is larger than it can be, or cannot be walked to its end:
        a parser would loop over it, ask for all memory, or leave out in silence what lies behind the damage
    """
    try:
        stream = _Container(data).workbook()
        return [_facts(stream, begin) for begin in _sheets(stream)]
    except (struct.error, LookupError) as error:
        raise Refused(
            "it is damaged or no workbook; save it as xlsx", "文件已损坏或不是工作簿，请另存为 xlsx"
        ) from error


class _Container:
    """A compound file: sectors, chained by tables of their successors."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        sector_shift, short_shift = struct.unpack_from("<HH", data, 30)
        if sector_shift not in (9, 12) or short_shift != 6:
            raise LookupError("sectors of a size that is never used")
        self._size = 1 << sector_shift
        self._next = self._table()
        self._directory = self._chain(struct.unpack_from("<I", data, 48)[0])

    def workbook(self) -> bytes:
        """Give the stream of the workbook's records."""
        entries = [self._directory[at : at + 128] for at in range(0, len(self._directory) - 127, 128)]
        streams = {entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)]: entry for entry in reversed(entries)}
        entry = streams.get("Workbook".encode("utf-16-le")) or streams["Book".encode("utf-16-le")]
        first, length = struct.unpack_from("<II", entry, 116)
        if length >= struct.unpack_from("<I", self._data, 56)[0]:
            return self._chain(first)[:length]
        return self._short_chain(first, entries[0])[:length]

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._size
        return self._data[begin : begin + self._size].ljust(self._size, b"\0")  # the last may be cut short

    def _table(self) -> list[int]:
        """Read which sector follows which."""
        tables = list(struct.unpack_from(f"<{_SHORT}I", self._data, 76))
        further = struct.unpack_from("<I", self._data, 68)[0]
        for _ in range(len(self._data) // self._size):
            if further >= _END:
                break
            *more, further = struct.unpack(f"<{self._size // 4}I", self._sector(further))
            tables += more
        return [
            number
            for table in tables
            if table < _END
            for number in struct.unpack(f"<{self._size // 4}I", self._sector(table))
        ]

    def _chain(self, number: int) -> bytes:
        return b"".join(self._sector(found) for found in _follow(number, self._next))

    def _short_chain(self, number: int, root: bytes) -> bytes:
        """Read a small stream, whose short sectors stand in the stream of the root."""
        table = self._chain(struct.unpack_from("<I", self._data, 60)[0])
        following = list(struct.unpack(f"<{len(table) // 4}I", table))
        room = self._chain(struct.unpack_from("<I", root, 116)[0])
        return b"".join(room[found * 64 : found * 64 + 64] for found in _follow(number, following))


def _follow(number: int, following: list[int]) -> Iterator[int]:
    """Follow a chain; one that is longer than its table goes round."""
    for _ in following:
        if number >= _END:
            return
        yield number
        number = following[number]
    if number < _END:
        raise LookupError("a chain of sectors goes round")


# ------------------------------------------------------------------------------------------------ records


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Give every record of a substream as its kind and where its content begins, without what is nested in it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if kind in (_DIMENSIONS, _SHARED_TEXTS):
            _refuse_excess(stream, kind, at + 4, length)
        if depth == 0:
            return
        if depth == 1:
            yield kind, at + 4
        at += 4 + length


def _refuse_excess(stream: bytes, kind: int, at: int, length: int) -> None:
    """Refuse a sheet or a list of texts that says it is larger than it can be: a parser asks for the memory at once."""
    if kind == _DIMENSIONS:
        first_row, last_row, first, last = struct.unpack_from("<IIHH" if length == 14 else "<4H", stream, at)
        excess = not (first_row <= last_row <= _MOST_ROWS and first <= last <= _MOST_COLUMNS)
    else:
        excess = struct.unpack_from("<I", stream, at + 4)[0] * _SHORTEST_TEXT > len(stream)
    if excess:
        raise Refused("it says that it holds more than it can; save it again as xlsx", "文件内容异常，请另存为 xlsx")


def _sheets(stream: bytes) -> list[int]:
    """List where the sheets begin."""
    begins = []
    for kind, at in _records(stream, 0):
        if kind == _FILE_PASS:
            raise Refused("it is password protected: save it without a password", "工作簿有密码，请取消密码后另存")
        if kind == _BOUND_SHEET:
            begins.append(struct.unpack_from("<I", stream, at)[0])
    if not begins:
        raise LookupError("no sheet")
    return begins


def _facts(stream: bytes, begin: int) -> SheetFacts:
    errors: dict[tuple[int, int], str] = {}
    hidden: set[int] = set()
    filled: set[int] = set()
    width = 0
    for kind, at in _records(stream, begin):
        if kind in _VALUES:
            row, column = struct.unpack_from("<HH", stream, at)
            filled.add(row)
            width = max(width, column + 1)
            code = _error(stream, kind, at)
            if code is not None:
                errors[row, column] = _CODES.get(code, "#ERROR!")
        elif kind == _ROW and stream[at + 12] & _HIDDEN:
            hidden.add(struct.unpack_from("<H", stream, at)[0])
    return SheetFacts(errors, len(hidden & filled), (max(filled, default=-1) + 1) * width)


def _error(stream: bytes, kind: int, at: int) -> int | None:
    """Give the code of an error that a cell holds, or that its formula ended in."""
    if kind == _ERROR_OR_BOOLEAN and stream[at + 7] == 1:
        return stream[at + 6]
    if kind == _FORMULA and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
        return stream[at + 8]
    return None
