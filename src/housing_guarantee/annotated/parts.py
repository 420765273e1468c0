"""The parts of an xlsx package: what refers to what, and the package written again with what was changed.

Parts that nothing touched go into the copy byte for byte. XML is never built up in memory as a tree: a part is looked
through once by expat, which says where its elements stand, and the new bytes are laid between the old ones.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile, ZipInfo

from attrs import frozen

__all__ = [
    "MAIN",
    "OFFICE",
    "Change",
    "Element",
    "Package",
    "Relation",
    "UneditableError",
    "attribute",
    "elements",
    "ending",
    "spliced",
]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_-]+)["']""")


Change = tuple[int, int, bytes]
"""Start and end offset of what is replaced, and by what."""


class UneditableError(Exception):
    """The workbook is written as it cannot be edited safely in place."""


@frozen
class Element:
    """Where an element of a part stands.

    :param path: the names of the elements that it is in, outermost first, and its own
    :param start: offset of its start tag
    :param inner: offset behind its start tag; the same as ``end`` of an element without content
    :param close: offset of its end tag; ``end`` of an element without content
    """

    path: tuple[str, ...]
    attributes: Mapping[str, str]
    start: int
    inner: int
    close: int
    end: int

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1]


@frozen
class Relation:
    """What a part refers to; the target is a part's name, or stands outside the package."""

    id: str
    kind: str
    target: str
    inside: bool


def elements(data: bytes, depth: int) -> list[Element]:
    """List the elements of a part, down to so many levels, by their start.

    :raises UneditableError: it is not plain UTF-8 XML
    """
    _refuse_unusual(data)
    found: dict[int, Element] = {}
    open_: list[tuple[str, Mapping[str, str], int]] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        open_.append((name, attributes, parser.CurrentByteIndex))

    def end(_: str) -> None:
        if len(open_) <= depth:
            path = tuple(name for name, _, _ in open_)
            _, attributes, at = open_[-1]
            found[at] = _element(data, path, attributes, at, parser.CurrentByteIndex)
        open_.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UneditableError from error
    return [found[at] for at in sorted(found)]


def _element(data: bytes, path: tuple[str, ...], attributes: Mapping[str, str], start: int, close: int) -> Element:
    inner = _tag_end(data, start)
    if data.endswith(b"/>", start, inner):
        return Element(path, attributes, start, inner, inner, inner)
    return Element(path, attributes, start, inner, close, data.index(b">", close) + 1)


_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


def _tag_end(data: bytes, start: int) -> int:
    """Give the offset behind the start tag that stands here."""
    tag = _TAG.match(data, start)
    if tag is None:
        raise UneditableError
    return tag.end()


def _refuse_unusual(data: bytes) -> None:
    """Comments and CDATA may hold what looks like an element; other encodings have other bytes."""
    declared = _DECLARED.match(data)
    if b"<!" in data or data.find(b"<?", 5) >= 0 or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise UneditableError


def attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Set an attribute of a start tag, or remove it."""
    tag = re.sub(rf"""\s{re.escape(name)}\s*=\s*("[^"]*"|'[^']*')""".encode(), b"", tag, count=1)
    if value is None:
        return tag
    behind = re.match(rb"<[^\s/>]+", tag)
    if behind is None:
        raise UneditableError
    return tag[: behind.end()] + f" {name}={quoteattr(value)}".encode() + tag[behind.end() :]


def spliced(data: bytes, changes: Iterable[Change]) -> bytes:
    """Lay bytes in the places of others; insertions at one place keep their order."""
    result, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        if start < at:
            raise UneditableError
        result += [data[at:start], new]
        at = end
    return b"".join([*result, data[at:]])


class Package:
    """An xlsx whose parts are read, replaced and added by name."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self._changed: dict[str, bytes] = {}
        self._types: list[tuple[str, str]] = []

    def __contains__(self, name: str) -> bool:
        return name in self._members or name in self._changed

    def names(self) -> list[str]:
        """List the parts, in the order of the copy."""
        return [*self._members, *(name for name in self._changed if name not in self._members)]

    def read(self, name: str) -> bytes:
        """Give a part as it is by now.

        :raises UneditableError: there is none of this name
        """
        if name in self._changed:
            return self._changed[name]
        if name not in self._members:
            raise UneditableError
        return self._archive.read(self._members[name])

    def replace(self, name: str, data: bytes) -> None:
        """Put another content in the place of a part."""
        self._changed[name] = data

    def add(self, pattern: str, data: bytes, kind: str) -> str:
        """Add a part under the next free number, and give its name.

        :param pattern: of the name, as ``xl/comments{}.xml``
        :param kind: content type
        """
        taken = {name.lower() for name in self.names()}
        number = next(n for n in range(1, len(taken) + 2) if pattern.format(n).lower() not in taken)
        name = pattern.format(number)
        self._changed[name] = data
        self._types.append((name, kind))
        return name

    def kind(self, name: str) -> str:
        """Give the content type that is declared for a part; nothing where only its ending has one."""
        wanted = f"/{name}".lower()
        for element in elements(self.read(_TYPES), 2):
            if element.attributes.get("PartName", "").lower() == wanted:
                return element.attributes.get("ContentType", "")
        return ""

    def relations(self, name: str) -> list[Relation]:
        """List what a part refers to."""
        place = _relations_of(name)
        if place not in self:
            return []
        folder = posixpath.dirname(name)
        found = []
        for element in elements(self.read(place), 2):
            if element.name == "Relationship":
                given = element.attributes
                target = posixpath.normpath(posixpath.join("/", folder, given.get("Target", "")))[1:]
                found.append(
                    Relation(given.get("Id", ""), given.get("Type", ""), target, given.get("TargetMode") != "External")
                )
        return found

    def relate(self, name: str, kind: str, target: str) -> str:
        """Let a part refer to another, and give the id of the relation."""
        place = _relations_of(name)
        taken = {relation.id.lower() for relation in self.relations(name)}
        own = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rid{n}" not in taken)
        new = f'<Relationship Id="{own}" Type={quoteattr(kind)} Target={quoteattr("/" + target)}/>'.encode()
        start = f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode()
        self.replace(place, _inside(self.read(place) if place in self else start, "Relationships", new))
        return own

    def save(self, path: Path, moment: datetime) -> None:
        """Write the package; every part bears the moment."""
        self._declare()
        when = moment.replace(tzinfo=None).timetuple()[:6]
        with ZipFile(path, "w") as written:
            for name in self.names():
                info = ZipInfo(name, when)
                known = self._members.get(name)
                info.compress_type = known.compress_type if known else 8
                written.writestr(info, self.read(name))

    def _declare(self) -> None:
        new = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in self._types)
        self.replace(_TYPES, _inside(self.read(_TYPES), "Types", new.encode()))
        self._types = []


def _relations_of(name: str) -> str:
    folder, own = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{own}.rels")


def _inside(data: bytes, name: str, new: bytes) -> bytes:
    """Lay bytes at the end of a part's root element, whose name has no prefix."""
    root = elements(data, 1)[0]
    if root.name != name:
        raise UneditableError
    return spliced(data, [ending(data, root, new)])


def ending(data: bytes, element: Element, new: bytes) -> Change:
    """Give the change that lays bytes at the end of an element, which may have been empty."""
    if element.inner < element.end:
        return element.close, element.close, new
    tag = data[element.start : element.end]
    if not tag.endswith(b"/>"):
        raise UneditableError
    return element.start, element.end, tag[:-2] + b">" + new + f"</{element.name}>".encode()
