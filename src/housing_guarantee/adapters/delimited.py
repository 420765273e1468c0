"""Read delimited files as systems export them: UTF-8 with or without a mark, GB18030, comma, tab or semicolon.

The encoding is never guessed: a byte order mark, else strict UTF-8, else strict GB18030. GB18030 reads much UTF-8 as
other characters without complaint, so a file that mixes the two is refused.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.errors import SourceError
from housing_guarantee.limits import Limits

__all__ = ["encoding_of", "read_delimited"]

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = (",", "\t", ";")
_HEADER_LINES = 15
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)


def read_delimited(data: bytes, name: str, limits: Limits | None = None) -> Sheet:
    """Read a delimited file as one sheet without a name; every cell is text, or None where it is empty.

    :raises SourceError: its encoding is mixed or unknown, it holds NUL, it is too large, a quote is not closed, or
        its lines do not end alike
    """
    limits = limits or Limits()
    text = _decode(data, name)
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise SourceError(name, "it is no text: it holds NUL", zh="含有空字符，不是文本表格，请重新导出", row=row)
    return Sheet(None, list(_rows(text, name, limits)), cut=not text.endswith(("\n", "\r")))


def _rows(text: str, name: str, limits: Limits) -> Iterator[tuple[Value, ...]]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if not lines.end_alike():
                problem = "this line does not end as those before it do: a line break within a cell was not quoted"
                raise SourceError(name, problem, zh="此行的换行符与前面各行不同，单元格内的换行应加引号", row=number)
            if number > limits.rows or len(cells) > limits.columns:
                problem = f"it holds more than {limits.rows} rows or {limits.columns} columns"
                raise SourceError(
                    name, problem, zh=f"超过{limits.rows}行或{limits.columns}列，请拆分后重试", row=number
                )
            yield tuple(_unwrap(cell) or None for cell in cells)
    except csv.Error as error:
        raise SourceError(
            name,
            f"near line {reader.line_num} a quote is not closed or a cell is too long ({error})",
            zh=f"第{reader.line_num}行附近引号不成对或单元格过长",
            row=reader.line_num,
        ) from error


class _Lines:
    """The lines of a text, and whether those that end a row end as the first one does.

    A bare carriage return within a cell would else begin a row, and both halves would be read as rows of their own.
    """

    def __init__(self, text: str) -> None:
        self._file = StringIO(text, newline="")
        self._line = ""
        self._bare: bool | None = None

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self._line = line
            yield line

    def end_alike(self) -> bool:
        """Look at the line that was taken last, which ended a row."""
        bare = self._line.endswith("\r")
        if bare or self._line.endswith("\n"):
            self._bare = bare if self._bare is None else self._bare
            return self._bare == bare
        return True


# ------------------------------------------------------------------------------------------------ encoding


def encoding_of(data: bytes) -> str:
    """Say in which encoding a delimited file is read."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    return marked or ("utf-8" if _is(data, "utf-8") else "gb18030")


def _decode(data: bytes, name: str) -> str:
    encoding = encoding_of(data)
    if encoding == "gb18030":
        _refuse_mixture(data, name)
    return _strictly(data, encoding, name)


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            name,
            "its text is neither UTF-8 nor GB18030 from this line on; export it again as xlsx or UTF-8 csv",
            zh="从此行起既非 UTF-8 也非 GB18030 编码，请重新导出为 xlsx 或 UTF-8 的 csv",
            row=data.count(b"\n", 0, error.start) + 1,
        ) from error


def _refuse_mixture(data: bytes, name: str) -> None:
    """Refuse a file that is no UTF-8 as a whole and yet has lines that are, and name one of the fewer."""
    utf8: list[int] = []
    others: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.isascii():
            (utf8 if _is_utf8_chinese(line) else others).append(number)
    if utf8:
        raise SourceError(
            name,
            "it mixes UTF-8 and GBK text, and this line differs from most; export it again in one encoding",
            zh="混用了 UTF-8 与 GBK 编码，此行与多数行不同，请用同一编码重新导出",
            row=min(utf8, others, key=len)[0] if others else utf8[0],
        )


def _is_utf8_chinese(line: bytes) -> bool:
    """Say whether a line is surely UTF-8; GBK that passes for it by chance gives Latin or Greek, or one character."""
    if not _is(line, "utf-8"):
        return False
    typed = [character for character in line.decode("utf-8") if not character.isascii()]
    return len(typed) > 1 and all(character >= "\u2000" for character in typed)


# ------------------------------------------------------------------------------------------------ cells


def _delimiter(text: str) -> str:
    """Choose what cuts most of the first lines into equally many fields; lists inside a cell do not."""
    head = "\n".join(text[:100_000].splitlines()[:_HEADER_LINES])
    return max(_DELIMITERS, key=lambda delimiter: _evenness(head, delimiter))


def _evenness(head: str, delimiter: str) -> tuple[int, int]:
    widths = Counter(len(cells) for cells in csv.reader(StringIO(head, newline=""), delimiter=delimiter))
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _unwrap(cell: str) -> str:
    """Take off what programs put round a long number to keep it text: ``="…"``, a tab, an apostrophe."""
    text = cell.strip("\t")
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped[1] if wrapped else text.removeprefix("'")
