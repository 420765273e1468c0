"""A workbook as the parts of a zip: what is changed, added and left out, and everything else as it is."""

import posixpath
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from housing_guarantee.annotated.splices import Scan, Splice, Strange, attribute, last_child, spliced, with_attributes

__all__ = ["Package", "Relation"]

_BLOCK = 1 << 16
_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELATIONS}"></Relationships>'
)
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = ("vbaproject.bin", "vbaprojectsignature.bin", "vbaprojectsignatureagile.bin", "vbaprojectsignaturev3.bin")
_SIGNATURES = "_xmlsignatures/"  # of what is signed, not of a copy that says more
_Stamp = tuple[int, int, int, int, int, int]


class Relation(NamedTuple):
    """What a part refers to.

    :param kind: the last word of its type, as ``comments``
    :param target: the other part, or what an outer reference says
    """

    kind: str
    target: str


class Package:
    """The parts of one workbook, by their names in lower case, without a slash before them."""

    def __init__(self, data: bytes) -> None:
        self._zip = ZipFile(BytesIO(data))
        self._members = {_plain(member.filename): member for member in self._zip.infolist()}
        self._changed: dict[str, bytes] = {}
        self._spliced: dict[str, list[Splice]] = {}
        self._added: dict[str, str] = {}
        self._dropped = {name for name in self._members if name.endswith(_MACROS) or name.startswith(_SIGNATURES)}

    def __contains__(self, part: str) -> bool:
        return part in self._members or part in self._changed

    def names(self, ending: str) -> list[str]:
        """List the parts whose names end so."""
        return [name for name in (*self._members, *self._added) if name.endswith(ending)]

    def blocks(self, part: str) -> Iterator[bytes]:
        """Unpack a part as it was, block by block.

        :raises Strange: there is none of this name
        """
        if part not in self._members:
            raise Strange(f"there is no part {part}")
        with self._zip.open(self._members[part]) as file:
            while block := file.read(_BLOCK):
                yield block

    def read(self, part: str) -> bytes:
        """Give a part as it is to be."""
        return self._changed[part] if part in self._changed else b"".join(self.blocks(part))

    def change(self, part: str, data: bytes) -> None:
        """Give a part another content."""
        self._changed[part] = data

    def splice(self, part: str, splices: list[Splice]) -> None:
        """Lay splices into a part when it is copied.

        :raises Strange: two sheets are one part
        """
        if part in self._spliced:
            raise Strange("two sheets are one part")
        if splices:
            self._spliced[part] = splices

    def add(self, pattern: str, data: bytes, content_type: str) -> str:
        """Add a part whose name is the pattern with the first free number, and give its name."""
        number = 1
        while _plain(pattern.format(number)) in self:
            number += 1
        name = pattern.format(number)
        self._added[_plain(name)] = name
        self.change(_plain(name), data)
        override = f"<:Override PartName={attribute('/' + name)} ContentType={attribute(content_type)}/>"
        self.change(_plain(_TYPES), last_child(self.read(_plain(_TYPES)), override))
        return _plain(name)

    def relations(self, part: str) -> dict[str, Relation]:
        """Give what a part refers to, by the references' ids."""
        own = _relations_of(part)
        if own not in self:
            return {}
        found = _Relations(posixpath.dirname(part))
        found.over([self.read(own)])
        return found.relations

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another one.

        :param kind: the whole type
        :returns: the reference's id
        """
        own, taken = _relations_of(part), self.relations(part)
        number = next(number for number in range(1, len(taken) + 2) if f"marks{number}" not in taken)
        if own not in self:
            folder, base = posixpath.split(part)
            self._added[own] = f"{folder}/_rels/{base}.rels"
            self.change(own, _EMPTY.encode())
        name = self._added.get(target) or self._members[target].filename
        entry = f'<:Relationship Id="marks{number}" Type={attribute(kind)} Target={attribute("/" + name.lstrip("/"))}/>'
        self.change(own, last_child(self.read(own), entry))
        return f"marks{number}"

    def save(self, path: Path, moment: datetime) -> None:
        """Write the workbook; the parts bear one moment, and a program in it is left out."""
        self._be_plain_workbook()
        stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for name, member in self._members.items():
                if name not in self._dropped:
                    _write(archive, member.filename, member.compress_type, stamp, self._copy(name))
            for name, shown in self._added.items():
                _write(archive, shown, ZIP_DEFLATED, stamp, [self._changed[name]])

    def _copy(self, part: str) -> Iterable[bytes]:
        if part in self._spliced:
            return spliced(self.blocks(part), self._spliced[part])
        return [self._changed[part]] if part in self._changed else self.blocks(part)

    def _be_plain_workbook(self) -> None:
        """Say in the lists of the package what is left out: else it is called damaged."""
        types = _plain(_TYPES)
        for part in (types, *(name for name in self._members if name.endswith(".rels") and self._dropped)):
            folder = "" if part == types else posixpath.dirname(posixpath.dirname(part))
            scan = _Lists(folder, self._dropped)
            data = self.read(part)
            if splices := scan.over([data]).splices:
                self.change(part, b"".join(spliced([data], splices)))


def _write(archive: ZipFile, name: str, method: int, stamp: _Stamp, blocks: Iterable[bytes]) -> None:
    info = ZipInfo(name, stamp)
    info.compress_type = method
    with archive.open(info, "w", force_zip64=False) as file:
        for block in blocks:
            file.write(block)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _resolved(folder: str, target: str) -> str:
    return _plain(posixpath.normpath(posixpath.join("/" + folder, target.replace("\\", "/"))))


class _Relations(Scan):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self.relations: dict[str, Relation] = {}
        self._folder = folder

    def start(self, _: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") != "External":
            target = _resolved(self._folder, target)
        self.relations[attributes.get("Id", "")] = Relation(kind, target)


class _Lists(Scan):
    """Takes what is left out off a list of parts or of references, and calls the workbook one without a program."""

    def __init__(self, folder: str, dropped: set[str]) -> None:
        super().__init__()
        self._folder = folder
        self._dropped = dropped

    def start(self, _: str, attributes: dict[str, str]) -> None:
        content_type = attributes.get("ContentType", "")
        place = attributes.get("PartName") or attributes.get("Target") or ""
        tag = self.tag()
        if place and attributes.get("TargetMode") != "External" and _resolved(self._folder, place) in self._dropped:
            if not tag.endswith(b"/>"):
                raise Strange("a list of parts is written in an unusual way")
            self.rewrite(tag, b"")
        elif content_type.endswith((".macroEnabled.main+xml", ".template.main+xml")):
            self.rewrite(tag, with_attributes(tag, ContentType=_WORKBOOK_TYPE))
        elif content_type == "application/vnd.ms-office.vbaProject":  # what else ends in .bin is none either
            self.rewrite(tag, with_attributes(tag, ContentType="application/octet-stream"))
