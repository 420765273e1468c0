"""A look into an xlsx before anything parses it: sizes, references, and what a parser would lose.

A workbook of two kilobytes can make a parser ask for half a terabyte and abort. The directory of the archive is
counted first; then every sheet's XML passes an expat reader, which keeps nothing but what must be known: cells that
hold an error or a formula without its result, hidden rows, and macros or links that stand beside the data.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat

from attrs import define, field, frozen

__all__ = ["Limits", "Look", "Refused", "look"]

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_BLOCK = 1 << 16


@frozen
class Limits:
    """How large a workbook may be; the defaults are far above any county's."""

    file_bytes: int = 100_000_000
    unpacked_bytes: int = 300_000_000
    parts: int = 2_000
    ratio: int = 200
    rows: int = 200_000
    columns: int = 512
    merged_cells: int = 100_000


class Refused(ValueError):  # noqa: N818 - the file is at fault
    """A workbook that is not parsed, with the reason in both languages and the place in it."""

    def __init__(self, zh: str, en: str, part: str | None = None, cell: str | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.part, self.cell = zh, en, part, cell


@define
class Look:
    """What was seen of one sheet's XML."""

    faults: dict[tuple[int, int], str] = field(factory=dict)
    hidden_rows: int = 0


def look(data: bytes, limits: Limits | None = None) -> tuple[dict[str, Look], list[str]]:
    """Look at every part, and give what was seen of each sheet's part, and notes on the workbook.

    :raises Refused: a part is too large, broken, or would hurt its parser
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise Refused("文件超过100MB", "it is larger than 100 MB")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _look(archive, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        raise Refused("文件已损坏，请重新保存或索取", "the workbook is damaged; ask for it again") from error


def _look(archive: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, Look], list[str]]:
    members = archive.infolist()
    if len(members) > limits.parts:
        raise Refused("工作簿内文件过多", f"it has over {limits.parts} parts")
    if len({member.filename for member in members}) != len(members):
        raise Refused("工作簿内有重名文件", "two of its parts have one name")
    budget = [limits.unpacked_bytes]
    seen: dict[str, Look] = {}
    strings = 0
    for member in sorted(members, key=lambda m: not m.filename.endswith("sharedStrings.xml")):
        name = member.filename
        if not name.lower().endswith((".xml", ".rels")):
            _count(archive, member, budget, limits)
            continue
        reader = _Part(name, limits, strings)
        with archive.open(member) as file:
            reader.feed(_blocks(file, member, budget, limits))
        if name.endswith("sharedStrings.xml"):
            strings = reader.strings
        if "/worksheets/" in name:
            seen[name] = reader.seen
    names = {member.filename.lower() for member in members}
    notes = [
        note
        for sign, note in (("vbaproject.bin", "macros (not run)"), ("externallinks/", "external links (not followed)"))
        if any(sign in name for name in names)
    ]
    return seen, notes


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: list[int], limits: Limits) -> None:
    with archive.open(member) as file:
        for _ in _blocks(file, member, budget, limits):
            pass


def _blocks(file: IO[bytes], member: zipfile.ZipInfo, budget: list[int], limits: Limits) -> Iterator[bytes]:
    """Unpack block by block, counting what really comes out: the size in the directory may lie."""
    size = 0
    while block := file.read(_BLOCK):
        size += len(block)
        budget[0] -= len(block)
        if budget[0] < 0 or (size > 1_000_000 and size > limits.ratio * max(member.compress_size, 1)):
            raise Refused("解压后过大，疑似压缩炸弹", "it unpacks to far more than a workbook holds", member.filename)
        yield block


class _Part:
    """Reads one part's XML, keeping only what must be known."""

    def __init__(self, name: str, limits: Limits, strings: int) -> None:
        self.seen = Look()
        self.strings = 0
        self._name, self._limits, self._known = name, limits, strings
        self._row, self._column, self._merged = 0, -1, 0
        self._kind = ""
        self._formula = self._value = self._in_value = False
        self._text = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype
        if "/worksheets/" in name:
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._characters
        elif name.endswith("sharedStrings.xml"):
            self._parser.StartElementHandler = self._string

    def feed(self, blocks: Iterator[bytes]) -> None:
        """Read all of it."""
        try:
            for block in blocks:
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused("工作簿内容损坏", "its XML is broken", self._name) from error

    def _doctype(self, *_: Any) -> None:
        raise Refused("工作簿含有外部定义（DTD）", "it declares a document type, which no workbook does", self._name)

    def _string(self, tag: str, attributes: dict[str, str]) -> None:
        self.strings += tag.endswith(" si")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(" ")[2]
        if kind == "c":
            self._cell(attributes)
        elif kind == "v":
            self._value, self._in_value, self._text = True, True, ""
        elif kind == "f":
            self._formula = True
        elif kind == "row":
            self._start_row(attributes)
        elif kind == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _start_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row = self._row + 1 if given is None else int(given) if given.isascii() and given.isdigit() else 0
        if row <= self._row:
            raise Refused("行号重复或颠倒", "its rows are repeated or out of order", self._name, given)
        if row > self._limits.rows:
            raise Refused(f"行号超过{self._limits.rows}", f"a row lies beyond {self._limits.rows}", self._name, given)
        self._row, self._column = row, -1
        self.seen.hidden_rows += attributes.get("hidden") in ("1", "true")

    def _cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        self._formula = self._value = False
        given = attributes.get("r")
        row, column = (self._row, self._column + 1) if given is None else self._place(given)
        if row != self._row or column <= self._column:
            raise Refused("单元格重复或颠倒", "its cells are repeated or out of order", self._name, given)
        if column >= self._limits.columns:
            raise Refused("列数过多", f"a cell lies beyond column {self._limits.columns}", self._name, given)
        self._column = column

    def _place(self, reference: str) -> tuple[int, int]:
        found = _REFERENCE.fullmatch(reference)
        if not found:
            raise Refused("单元格引用错误", "a cell reference is none", self._name, reference[:12])
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return int(found[2]), column - 1

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (r1, c1), (r2, c2) = self._place(first), self._place(last or first)
        self._merged += (abs(r2 - r1) + 1) * (abs(c2 - c1) + 1)
        if self._merged > self._limits.merged_cells:
            raise Refused("合并单元格过大", "its merged cells are too many", self._name, reference)

    def _characters(self, text: str) -> None:
        if self._in_value and self._kind in ("s", "e"):
            self._text += text

    def _end(self, tag: str) -> None:
        kind = tag.rpartition(" ")[2]
        if kind == "v":
            self._in_value = False
        elif kind == "c":
            place = (self._row - 1, self._column)
            if self._kind == "e":
                self.seen.faults[place] = self._text or "#ERROR"
            elif self._formula and not self._value:
                self.seen.faults[place] = "no stored result"
            elif self._kind == "s" and self._value:
                self._check_string()

    def _check_string(self) -> None:
        text = self._text.strip()
        if not (text.isascii() and text.isdigit() and int(text) < self._known):
            raise Refused("共享字符串索引错误", "a cell names a text that is not there", self._name)
