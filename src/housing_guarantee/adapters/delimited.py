"""Delimited files as systems export them: UTF-8 with or without a mark, GBK or GB18030, comma, tab or semicolon.

The encoding is never guessed: a mark, else strict UTF-8, else strict GB18030. A file that mixes the two is refused,
because GB18030 reads most UTF-8 as other characters without complaint.
"""

import csv
import re
from io import StringIO

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.errors import SourceError

__all__ = ["read_delimited"]

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WRAPPED = re.compile(r'="(.*)"')


def read_delimited(data: bytes, name: str) -> Sheet:
    """Read a delimited file as one sheet without a name; every cell is text.

    :raises SourceError: its encoding is neither, it holds NUL, or a quote is never closed
    """
    text = _decode(data, name)
    if "\0" in text:
        raise SourceError(name, "it holds NUL bytes; export it again as csv", zh="含有空字节，不是文本表格，请重新导出")
    rows: list[tuple[str, ...]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            rows.append(tuple(_unwrap(cell) for cell in row))
    except csv.Error as error:
        raise SourceError(
            name,
            f"line {reader.line_num}: a quote is not closed",
            zh=f"第{reader.line_num}行引号不成对",
            row=reader.line_num,
        ) from error
    return Sheet(None, [*rows])


def _decode(data: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if not line.isascii()]
    strange = [number for number, line in lines if _is_utf8(line)]
    if len(strange) * 20 > len(lines):  # of pure GBK lines, one in thousands happens to be UTF-8 too
        raise SourceError(
            name,
            f"it mixes UTF-8 and GBK (line {strange[0]})",
            zh=f"混用了 UTF-8 和 GBK 编码（第{strange[0]}行）",
            row=strange[0],
        )
    return _strictly(data, "gb18030", name)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            name, "its encoding is neither UTF-8 nor GB18030; export it again", zh="编码既非 UTF-8 也非 GBK，请重新导出"
        ) from error


def _delimiter(text: str) -> str:
    """Choose what stands most often in the first lines."""
    head = "\n".join(text.splitlines()[:15])
    return max((",", "\t", ";"), key=head.count)


def _unwrap(cell: str) -> str:
    """Drop what programs put round a long number to keep it text."""
    found = _WRAPPED.fullmatch(cell)
    return found[1] if found else cell.removeprefix("'")
