"""The comments of a sheet: a part with their words, and a drawing with the box of each, as Excel keeps them.

Comments that the sheet has already stay, their words and boxes too; what is said of their cells stands behind.
"""

import re
from collections.abc import Mapping

from housing_guarantee.annotated.book import Book
from housing_guarantee.annotated.package import Package
from housing_guarantee.annotated.sheet import Place, SheetScan, place_name
from housing_guarantee.annotated.splices import Scan, Splice, Strange, spliced, text_of
from housing_guarantee.reports.workbook import LONGEST_TEXT, cut

__all__ = ["comment"]

_AUTHOR = "housing-guarantee"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="{}"><authors></authors><commentList></commentList></comments>'
)
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
_DRAWING = f'<xml{_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{}}"/></o:shapelayout></xml>'
_BOX = (
    '<v:shapetype{declared} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape{declared} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59pt;'
    'margin-top:2pt;width:340px;height:{height}px;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_IDS = re.compile(rb'idmap[^>]*\bdata\s*=\s*["\']([0-9, ]+)')
_SHAPES = re.compile(rb"_x0000_s([0-9]+)")
_ROOT = re.compile(rb"<xml[^>]*>")


def comment(package: Package, book: Book, part: str, scan: SheetScan, texts: Mapping[Place, str]) -> None:
    """Write the comments of a sheet that was followed, and note where it refers to them.

    :param texts: clean
    """
    relations = package.relations(part)
    had = next((relation.target for relation in relations.values() if relation.kind == "comments"), None)
    own = had or package.add("xl/comments{}.xml", _EMPTY.format(book.namespace).encode(), _COMMENTS_TYPE)
    writer = _Writer({place_name(place): text for place, text in texts.items()})
    data = package.read(own)
    writer.over([data])
    package.change(own, b"".join(spliced([data], writer.splices)))
    if had is None:
        book.relate(part, "comments", own)
    drawn = {place: text for place, text in texts.items() if place_name(place) not in writer.met}
    _draw(package, book, part, scan, drawn)


def _draw(package: Package, book: Book, part: str, scan: SheetScan, texts: Mapping[Place, str]) -> None:
    """Add the boxes to the sheet's drawing, or to a new one."""
    if scan.notes is None:
        block = 1 + max((int(number) for number in _blocks(package)), default=0)
        drawing = package.add("xl/drawings/vmlDrawing{}.vml", _DRAWING.format(block).encode(), _DRAWING_TYPE)
        link = book.relate(part, "vmlDrawing", drawing)
        element = f'<{scan.prefix}legacyDrawing xmlns:r="{book.references}" r:id="{link}"/>'
        scan.splices.append(Splice(scan.notes_at, 0, element.encode()))
        scan.splices.sort()
    else:
        relation = package.relations(part).get(scan.notes)
        if relation is None or relation.target not in package:
            raise Strange("the drawing of a sheet's comments is not there")
        drawing = relation.target
    package.change(drawing, _with_boxes(package.read(drawing), texts))


def _blocks(package: Package) -> set[bytes]:
    """Give the thousands that the numbers of boxes begin with in all drawings."""
    found = (_IDS.findall(package.read(name)) for name in package.names(".vml"))
    return {number for ids in found for several in ids for number in several.replace(b" ", b"").split(b",") if number}


def _with_boxes(data: bytes, texts: Mapping[Place, str]) -> bytes:
    """Put the boxes behind the last shape. Such a drawing need not be XML: Excel leaves lines in it open."""
    end, root = data.rfind(b"</xml>"), _ROOT.search(data)
    if end < 0 or root is None:
        raise Strange("the drawing of a sheet's comments is written in an unusual way")
    declared = "" if all(f"xmlns:{prefix}=".encode() in root[0] for prefix in _NAMESPACES) else _DECLARED
    ids = _IDS.search(data)
    last = max([1024 * int(ids[1].split(b",")[0]) if ids else 1024, *map(int, _SHAPES.findall(data))])
    shapes = [] if b'"_x0000_t202"' in data else [_BOX.format(declared=declared)]
    for number, ((row, column), text) in enumerate(texts.items(), last + 1):
        height = 60 + 18 * min(20, text.count("\n") + len(text) // 24)
        shapes.append(_SHAPE.format(declared=declared, number=number, height=height, row=row - 1, column=column - 1))
    return data[:end] + "".join(shapes).encode() + data[end:]


class _Writer(Scan):
    """Adds comments to a list of them.

    :param texts: by the cell's name
    :ivar met: the cells that have a comment already, behind which the new words stand
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.met: set[str] = set()
        self._texts = texts
        self._authors = 0
        self._cell = ""
        self._plain = False  # within a text without runs
        self._length = 0
        self._parser.CharacterDataHandler = self._characters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in ("authors", "commentList") and self.tag().endswith(b"/>"):
            raise Strange("a list of comments is written in an unusual way")
        if name == "author":
            self._authors += 1
        elif name == "comment":
            self._cell, self._length = attributes.get("ref", "").replace("$", ""), 0
        elif self._cell in self._texts:
            if name == "text" and self.tag().endswith(b"/>"):
                raise Strange("a comment without words")
            if self.depth == 5 and self._plain:
                raise Strange("a comment is written in an unusual way")
            if name == "t" and self.depth == 5:
                self._plain = True
                self.insert(f"<{self.prefix}r>")

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "authors":
            self.insert(f"<{self.prefix}author>{_AUTHOR}</{self.prefix}author>")
        elif name == "commentList":
            self.insert("".join(self._new(cell, text) for cell, text in self._texts.items() if cell not in self.met))
        elif name == "text" and self._cell in self._texts:
            self._behind()
        elif name == "comment":
            self._cell = ""

    def _behind(self) -> None:
        """Put the new words behind those that are there, as a run of their own; words alone become one too."""
        closing = f"</{self.prefix}r>" if self._plain else ""
        text = cut("\n\n" + self._texts[self._cell], max(0, LONGEST_TEXT - self._length))
        self.insert(closing + self._named(f"<:r>{text_of(text)}</:r>"))
        self.met.add(self._cell)
        self._plain = False

    def _new(self, cell: str, text: str) -> str:
        run = f"<:r>{text_of(cut(text, LONGEST_TEXT))}</:r>"
        return self._named(f'<:comment ref="{cell}" authorId="{self._authors}"><:text>{run}</:text></:comment>')

    def _named(self, text: str) -> str:
        return text.replace("<:", f"<{self.prefix}").replace("</:", f"</{self.prefix}")

    def _characters(self, text: str) -> None:
        self._length += 2 * len(text)  # at most
