"""The comments of one sheet: a part that holds their texts, and a drawing that holds their boxes.

Comments that were there stay, and so do the boxes and the form controls of the drawing; what is said of a cell that has
a comment follows it.
"""

import re
from collections.abc import Iterable, Mapping

from housing_guarantee.annotated.parts import (
    MAIN,
    OFFICE,
    Change,
    Element,
    Package,
    UneditableError,
    elements,
    ending,
    spliced,
)
from housing_guarantee.annotated.sheets import Place, SheetPart, coordinate, place_of
from housing_guarantee.annotated.text import escaped
from housing_guarantee.annotated.wording import AUTHOR, shortened, size

__all__ = ["write_notes"]

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NONE = f'<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'.encode()
_EMPTY = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_BOX = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_PREFIXES = (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")
_SHAPE = re.compile(rb"_x0000_s([0-9]{1,9})\b")
_FIRST_SHAPE = 1024


def write_notes(package: Package, part: str, sheet: SheetPart, texts: Mapping[Place, str]) -> None:
    """Write comments to cells of a sheet.

    :param part: the sheet's name in the package
    :raises UneditableError: the sheet's comments are threaded, or written as no office program writes them
    """
    relations = {relation.id: relation for relation in package.relations(part)}
    if any("threadedComment" in relation.kind for relation in relations.values()):
        raise UneditableError
    old = [relation.target for relation in relations.values() if relation.kind.endswith("/comments")]
    drawing = sheet.drawing()
    if len(old) > 1 or (old and drawing is None) or (drawing is not None and drawing not in relations):
        raise UneditableError
    data, added = _commented(package.read(old[0]) if old else _NONE, texts)
    if old:
        package.replace(old[0], data)
    else:
        package.relate(part, f"{OFFICE}/comments", package.add("xl/comments{}.xml", data, _COMMENTS))
    if drawing is not None:
        target = relations[drawing].target
        package.replace(target, _drawn(package.read(target), added, texts))
        return
    target = package.add("xl/drawings/vmlDrawing{}.vml", _drawn(_EMPTY, added, texts), _DRAWING)
    sheet.draw(package.relate(part, f"{OFFICE}/vmlDrawing", target))


def _commented(data: bytes, texts: Mapping[Place, str]) -> tuple[bytes, list[Place]]:
    """Add the texts to a part of comments, and say which of them are new comments."""
    found = elements(data, 5)
    if found[0].name != "comments" or found[0].attributes.get("xmlns") != MAIN:
        raise UneditableError
    authors, comments = (_only(found, name) for name in ("authors", "commentList"))
    author = sum(element.path[1:] == ("authors", "author") for element in found)
    old = {place_of(e.attributes.get("ref", "")): e for e in found if e.path[1:] == ("commentList", "comment")}
    changes: list[Change] = []
    added, new = [], []
    for place, text in sorted(texts.items()):
        if place in old:
            changes += _continued(data, found, old[place], text)
        else:
            added.append(place)
            run = f"<text>{_run(shortened(text))}</text>"
            new.append(f'<comment ref="{coordinate(place)}" authorId="{author}">{run}</comment>')
    changes.append(ending(data, authors, f"<author>{AUTHOR}</author>".encode()))
    changes.append(ending(data, comments, "".join(new).encode()))
    return spliced(data, changes), added


def _only(found: Iterable[Element], name: str) -> Element:
    elements_ = [element for element in found if element.path[1:] == (name,)]
    if len(elements_) != 1:
        raise UneditableError
    return elements_[0]


def _continued(data: bytes, found: Iterable[Element], comment: Element, text: str) -> list[Change]:
    """Let a text follow that of a comment."""
    own = [element for element in found if comment.start < element.start < comment.close]
    texts = [element for element in own if element.path[3:] == ("text",)]
    content = [element for element in own if element.path[3:-1] == ("text",)]
    if len(texts) != 1 or any(element.name not in ("t", "r") for element in content):
        raise UneditableError
    changes: list[Change] = []
    for plain in (element for element in content if element.name == "t"):  # a text is plain, or all of it is in runs
        changes += [(plain.start, plain.start, b"<r>"), (plain.end, plain.end, b"</r>")]
    gap = "\n\n" if content else ""
    return [*changes, ending(data, texts[0], _run(shortened(gap + text)).encode())]


def _run(text: str) -> str:
    return f'<r><t xml:space="preserve">{escaped(text)}</t></r>'


def _drawn(data: bytes, places: Iterable[Place], texts: Mapping[Place, str]) -> bytes:
    """Add the boxes of these comments to a drawing."""
    end = data.rfind(b"</xml>")
    if end < 0 or not all(prefix in data for prefix in _PREFIXES):
        raise UneditableError
    first = max([_FIRST_SHAPE, *(int(number) for number in _SHAPE.findall(data))]) + 1
    kind = b"" if b'id="_x0000_t202"' in data else _BOX
    shapes = "".join(_shape(number, place, texts[place]) for number, place in enumerate(places, first))
    return data[:end] + kind + shapes.encode() + data[end:]


def _shape(number: int, place: Place, text: str) -> str:
    width, height = size(text)
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;'
        f'margin-top:1.5pt;width:{width}px;height:{height}px;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{place[0] - 1}</x:Row><x:Column>{place[1] - 1}</x:Column></x:ClientData></v:shape>"
    )
