"""Change a few places of an XML part and leave every other byte as it is.

A part is followed by expat, which builds nothing and says at which byte it stands; what is to change is noted as
splices, which are then laid in while the part is copied, block by block.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

__all__ = ["Scan", "Splice", "Strange", "attribute", "last_child", "spliced", "text_of", "with_attributes"]

_TAG = re.compile(rb"<[^\s/>]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"(\s+)([^\s=/>]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


class Strange(Exception):  # noqa: N818 - the workbook is unusual, not wrong
    """A workbook is written in a way in which it cannot be changed safely: its cells are laid into a new one."""


class Splice(NamedTuple):
    """So many bytes from a place on are replaced by others."""

    at: int
    length: int
    data: bytes


def spliced(blocks: Iterable[bytes], splices: Iterable[Splice]) -> Iterator[bytes]:
    """Copy a part with its splices laid in: these stand in order and do not overlap."""
    position, skip = 0, 0
    waiting = iter(splices)
    splice = next(waiting, None)
    for block in blocks:
        end, at = position + len(block), position
        while splice and splice.at < end:
            yield block[max(at, skip) - position : splice.at - position]
            yield splice.data
            at, skip = splice.at, splice.at + splice.length
            splice = next(waiting, None)
        yield block[max(at, skip) - position :]
        position = end
    while splice:
        yield splice.data
        splice = next(waiting, None)


class Scan:
    """One pass over a part. Subclasses say what they do at the beginning and at the end of an element.

    :ivar depth: how many elements are open, that of the event included
    :ivar prefix: what the root's name begins with, as ``x:``
    """

    def __init__(self) -> None:
        self.splices: list[Splice] = []
        self.depth = 0
        self.prefix = ""
        self.root: dict[str, str] = {}
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._first

    def over(self, blocks: Iterable[bytes]) -> "Scan":
        """Follow the whole part.

        :raises Strange: it is no XML that can be changed by its bytes
        """
        first = True
        try:
            for block in blocks:
                if first and block.startswith(_UTF_16):
                    raise Strange("a part is not in UTF-8")
                first = False
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Strange("a part is no valid XML") from error
        return self

    def follow(self, start: _Start, end: _End | None) -> None:
        """Have others take the elements from now on, who count no depth: there may be millions."""
        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end

    def follow_again(self) -> None:
        """Have elements taken as before, at the end of the one within which others took them."""
        self.depth -= 1
        self.follow(self._start, self._end)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element below the root."""

    def end(self, tag: str) -> None:
        """Take the end of an element, the root's too."""

    @property
    def at(self) -> int:
        """The byte at which the event begins; of the end of ``<a/>``, the byte behind it."""
        return self._parser.CurrentByteIndex

    def tag(self) -> bytes:
        """Give the bytes of the tag whose beginning is being taken."""
        found = _TAG.match(self._parser.GetInputContext() or b"")
        if found is None:
            raise Strange("a tag cannot be read again")
        return found[0]

    def insert(self, text: str) -> None:
        """Put a text before the event."""
        self.splices.append(Splice(self.at, 0, text.encode()))

    def rewrite(self, tag: bytes, new: bytes) -> None:
        """Put another tag in the place of the one that begins."""
        self.splices.append(Splice(self.at, len(tag), new))

    def fill_empty(self, content: str) -> bool:
        """Put a content into ``<a/>``, where the element that begins is written so, and say whether it was."""
        tag = self.tag()
        if not tag.endswith(b"/>"):
            return False
        name = tag[1:-2].split(None, 1)[0]
        self.rewrite(tag, tag[:-2].rstrip() + b">" + content.encode() + b"</" + name + b">")
        return True

    def _first(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth = 1
        self.prefix = tag[: -len(tag.rpartition(":")[2])]
        self.root = attributes
        self.follow(self._start, self._end)
        self.begin(tag, attributes)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of the root."""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self.end(tag)
        self.depth -= 1

    def _declared(self, _: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Strange(f"a part is in {encoding}")

    def _doctype(self, *_: Any) -> None:
        raise Strange("a part declares a document type")


class _LastChild(Scan):
    def __init__(self, content: str) -> None:
        super().__init__()
        self._content = content
        self._done = False

    def begin(self, _: str, __: dict[str, str]) -> None:
        self._content = self._content.replace("<:", f"<{self.prefix}")
        self._done = self.fill_empty(self._content)

    def end(self, _: str) -> None:
        if self.depth == 1 and not self._done:
            self.insert(self._content)


def last_child(data: bytes, content: str) -> bytes:
    """Put elements behind the last one of the root; ``<:name`` in them takes the root's prefix."""
    return b"".join(spliced([data], _LastChild(content).over([data]).splices))


def with_attributes(tag: bytes, **values: str) -> bytes:
    """Give a tag with these attributes; the others stand as they are."""
    wanted = {name.encode(): quoteattr(value).encode() for name, value in values.items()}
    begin = len(tag[:-1].removesuffix(b"/").split(None, 1)[0])

    def put(found: re.Match[bytes]) -> bytes:
        value = wanted.pop(found[2], found[4])
        return found[1] + found[2] + found[3] + value

    body = _ATTRIBUTE.sub(put, tag[begin:])
    added = b"".join(b" " + name + b"=" + value for name, value in wanted.items())
    ending = b"/>" if body.endswith(b"/>") else b">"
    return tag[:begin] + body[: -len(ending)].rstrip() + added + ending


def attribute(text: str) -> str:
    """Give a text as an attribute's value, with its quotes."""
    return quoteattr(_ESCAPED.sub("_x005F_", text), {"\n": "&#10;", "\t": "&#9;"})


def text_of(text: str) -> str:
    """Give a text as the element ``t`` holds it: clean already, and nothing in it is taken for an escape."""
    plain = _ESCAPED.sub("_x005F_", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<:t xml:space="preserve">{plain}</:t>'
