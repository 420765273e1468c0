"""Look through an xlsx before anything parses it: budgets, references, and what a parser would lose.

Two kilobytes of xlsx can make a parser ask for half a terabyte and abort. So every part is unpacked and counted
first, and its XML passes expat, which refuses what no office program writes and notes cells that hold an error or a
formula without its result. Nothing but the standard library is used: this runs in a child that is started for
every workbook.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

from housing_guarantee.adapters.xlsx_sheet import Refused, SheetFacts, SheetReader
from housing_guarantee.limits import Limits

__all__ = ["Inspection", "inspect_workbook"]

_BLOCK = 1 << 16
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeDecodeError)
_OTHER_ZIPS = (
    ("xl/workbook.bin", "an xlsb workbook", "xlsb 工作簿"),
    ("content.xml", "an OpenDocument file", "OpenDocument 文件"),
    ("word/document.xml", "a Word document", "Word 文档"),
    ("ppt/presentation.xml", "a PowerPoint file", "PPT 文件"),
)


class Inspection(NamedTuple):
    """What was seen of a workbook: its worksheets by name, and what stands beside the data."""

    sheets: dict[str, SheetFacts]
    notes: tuple[str, ...]


def inspect_workbook(data: bytes, limits: Limits | None = None) -> Inspection:
    """Look through every part of an xlsx or xlsm.

    :raises Refused: it is damaged, protected, over a budget, no workbook, or written to hurt its reader
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise Refused(f"it is larger than {limits.file_bytes // 1_000_000} MB", "文件过大，请拆分后重试")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _Package(archive, limits).inspect()
    except _DAMAGED as error:
        raise Refused("it is damaged or cut short; ask for it again", "文件已损坏或不完整，请重新索取") from error


def _plain(name: str) -> str:
    """Give a part's name as readers compare it."""
    return name.replace("\\", "/").lstrip("/").lower()


class _Package:
    """One walk over the parts: what is known so far, and what is left of the budgets."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self.limits = limits
        self.strings = 0
        self.sheet_links: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self._archive = archive
        self._unpacked = 0
        self._area = 0
        self._facts: dict[str, SheetFacts] = {}

    def inspect(self) -> Inspection:
        """Unpack and count every part, the sheets last: what they refer to is known by then."""
        members = self._archive.infolist()
        names = {_plain(member.filename) for member in members}
        self._check_directory(members, names)
        for member in sorted(members, key=lambda member: _turn(_plain(member.filename))):
            self._read(member)
        sheets = {
            name: self._facts[part]
            for name, link in self.sheet_links.items()
            if (part := _resolve(self.targets.get(link, ""))) in self._facts
        }
        return Inspection(sheets, tuple(_notes(names)))

    def _check_directory(self, members: list[zipfile.ZipInfo], names: set[str]) -> None:
        if "xl/workbook.xml" not in names:
            raise _no_workbook(names)
        if min(member.header_offset for member in members) > 0:  # it lies within an archive that lost its end
            raise Refused("it is damaged or cut short; ask for it again", "文件已损坏或不完整，请重新索取")
        if len(members) > self.limits.parts:
            raise Refused(f"it has more than {self.limits.parts} parts", "工作簿内部件过多，请用 Excel 另存")
        if len(names) < len(members) or len({member.header_offset for member in members}) < len(members):
            raise Refused("two of its parts share a name or a place", "工作簿内部件重复，请用 Excel 另存")
        if any(member.flag_bits & 1 for member in members):
            raise Refused("it is password protected: save it without a password", "工作簿有密码，请取消密码后另存")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise Refused("it is packed as no office program packs", "压缩方式不常见，请用 Excel 另存")

    def _read(self, member: zipfile.ZipInfo) -> None:
        name = _plain(member.filename)
        blocks = self._blocks(member)
        if not name.endswith((".xml", ".rels")):
            for _ in blocks:
                pass
            return
        part = _Part(self, name)
        try:
            for block in blocks:
                part.parser.Parse(block, False)
            part.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused(
                f"its part {name} is no valid XML (line {error.lineno})", "工作簿内容已损坏，请用 Excel 另存"
            ) from error
        if part.sheet is not None:
            self._keep(name, part.sheet.facts())

    def _keep(self, name: str, facts: SheetFacts) -> None:
        self._facts[name] = facts
        self._area += facts.area
        if self._area > self.limits.area:
            raise Refused(
                "its sheets span too many cells", "工作表范围过大，请删除远处的误填内容", sheet=self.sheet_of(name)
            )

    def _blocks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack block by block, counting what really comes out: the directory may lie."""
        size = 0
        limits = self.limits
        with self._archive.open(member) as file:
            while block := file.read(_BLOCK):
                size += len(block)
                self._unpacked += len(block)
                bloated = size > limits.ratio_from and size > limits.ratio * member.compress_size
                if bloated or self._unpacked > limits.unpacked_bytes:
                    raise Refused("it unpacks to far more than a workbook holds", "解压后过大，疑似压缩炸弹")
                yield block

    def sheet_of(self, part: str) -> str | None:
        """Give the name of the sheet that a part holds."""
        names = (name for name, link in self.sheet_links.items() if _resolve(self.targets.get(link, "")) == part)
        return next(names, None)


def _turn(name: str) -> int:
    return 0 if name == "xl/workbook.xml" or name.endswith(".rels") else 2 if "sheet" in name else 1


def _resolve(target: str) -> str:
    return _plain(posixpath.normpath(posixpath.join("/xl", target.replace("\\", "/"))))


def _notes(names: set[str]) -> Iterator[str]:
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        yield "it holds macros; none was run"
    if any(name.startswith("xl/externallinks/") for name in names):
        yield "it refers to other workbooks; the values stored in this one were used"


def _no_workbook(names: set[str]) -> Refused:
    for part, kind, kind_zh in _OTHER_ZIPS:
        if part in names:
            return Refused(f"its content is {kind}; save it as xlsx", f"内容是{kind_zh}，请另存为 xlsx")
    return Refused(
        "its content is a zip archive without a workbook; unpack it first", "内容是压缩包而不是工作簿，请先解压"
    )


class _Part:
    """An expat parser of one part, which is read as what its root says: no relation can hide a sheet."""

    def __init__(self, package: _Package, name: str) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._root
        self.sheet: SheetReader | None = None
        self._package = package
        self._name = name

    def _doctype(self, *_: Any) -> NoReturn:
        raise Refused(
            f"its part {self._name} declares a document type, which no office program does",
            "工作簿含有外部定义（DTD），请用 Excel 另存",
        )

    def _root(self, tag: str, _: dict[str, str]) -> None:
        parser, local = self.parser, tag.rpartition(":")[2]
        parser.StartElementHandler = None
        if local == "worksheet":
            package = self._package
            self.sheet = SheetReader(package.sheet_of(self._name), package.strings, package.limits)
            parser.StartElementHandler = self.sheet.start
            parser.EndElementHandler = self.sheet.end
            parser.CharacterDataHandler = self.sheet.characters
        elif local == "sst":
            parser.StartElementHandler = self._string
        elif self._name == "xl/workbook.xml":
            parser.StartElementHandler = self._sheet_entry
        elif self._name == "xl/_rels/workbook.xml.rels":
            parser.StartElementHandler = self._relationship

    def _string(self, tag: str, _: dict[str, str]) -> None:
        self._package.strings += tag.rpartition(":")[2] == "si"

    def _sheet_entry(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            name = attributes.get("name", "")
            if name in self._package.sheet_links:
                raise Refused("two of its sheets have one name", "工作表重名，请用 Excel 另存", sheet=name)
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self._package.sheet_links[name] = link

    def _relationship(self, _: str, attributes: dict[str, str]) -> None:
        self._package.targets[attributes.get("Id", "")] = attributes.get("Target", "")
