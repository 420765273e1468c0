"""The XML of one sheet, in which cells are given another format: every other byte of it stays.

Only what stands around the cells is looked through by expat; the cells themselves, which may be many, are looked
through for the marked rows alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.sax.saxutils import quoteattr

from housing_guarantee.adapters.grid import column_letters
from housing_guarantee.annotated.marks import Kind
from housing_guarantee.annotated.parts import (
    MAIN,
    OFFICE,
    Change,
    Element,
    UneditableError,
    attribute,
    elements,
    spliced,
)

__all__ = ["Place", "SheetPart", "coordinate", "deselected", "place_of"]

Place = tuple[int, int]
"""Row and column, counted from 1."""
Restyle = Callable[[int, Kind], int]

_WITHIN = rb"""(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>"""
_ROW, _CELL = re.compile(rb"<row" + _WITHIN), re.compile(rb"<c" + _WITHIN)
_ROW_AT = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_CELL_AT = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")
_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
_BEHIND_NOTES = {
    *("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
    "mc:AlternateContent",
}


def coordinate(place: Place) -> str:
    """Write a place as a workbook does."""
    return f"{column_letters(place[1] - 1)}{place[0]}"


def place_of(text: str) -> Place:
    """Read a place.

    :raises UneditableError: it is none
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        raise UneditableError
    return int(found[2]), _column(found[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class SheetPart:
    """A sheet of plain, unprefixed XML whose rows and cells say where they stand.

    :raises UneditableError: it is written otherwise
    """

    def __init__(self, data: bytes) -> None:
        start = data.find(b"<sheetData")
        cells = data.find(b">", start) + 1
        if start < 0 or b"<!" in data:
            raise UneditableError
        empty = data.endswith(b"/>", start, cells)
        stop = cells if empty else data.find(b"</sheetData", cells)
        end = cells if empty else data.find(b">", stop) + 1
        self._cells = data[cells:stop]
        self._shell = data[:start] + b"<sheetData/>" + data[end:]
        self._elements = elements(self._shell, 3)
        self._root = self._elements[0]
        if self._root.name != "worksheet" or self._root.attributes.get("xmlns") != MAIN:
            raise UneditableError
        self._changes: list[Change] = []

    def drawing(self) -> str | None:
        """Give the id of the drawing that holds the comments' boxes."""
        for element in self._at("legacyDrawing"):
            return next((value for name, value in element.attributes.items() if name.endswith(":id")), None)
        return None

    def draw(self, relation: str) -> None:
        """Let a drawing hold the comments' boxes."""
        behind = [e.start for e in self._elements if len(e.path) == 2 and e.name in _BEHIND_NOTES]
        at = min(behind, default=self._root.close)
        self._changes.append((at, at, f'<legacyDrawing xmlns:r="{OFFICE}" r:id={quoteattr(relation)}/>'.encode()))

    def deselect(self) -> None:
        """Unselect the sheet's tab."""
        self._changes += _deselections(self._shell, self._elements)

    def anchors(self, places: Iterable[Place]) -> Mapping[Place, Place]:
        """Give for each place the first of the merged cells that it is part of: only that one shows anything."""
        ordered = sorted(set(places))
        found = {place: place for place in ordered}
        for merged in self._at("mergeCells", "mergeCell"):
            (top, left), (bottom, right) = _area(merged.attributes.get("ref", ""))
            for place in ordered[bisect_left(ordered, (top, left)) : bisect_right(ordered, (bottom, right))]:
                if left <= place[1] <= right:
                    found[place] = (top, left)
        return found

    def restyle(self, kinds: Mapping[Place, Kind], restyle: Restyle) -> None:
        """Give cells another format; those that are missing are added, blank.

        :param restyle: gives the number of the new format, from that of the old one
        """
        rows: dict[int, dict[int, Kind]] = {}
        for (row, column), kind in kinds.items():
            rows.setdefault(row, {})[column] = kind
        columns = [
            (int(e.attributes.get("min", 0)), int(e.attributes.get("max", 0)), int(e.attributes.get("style", 0)))
            for e in self._at("cols", "col")
        ]
        self._cells = _Rows(self._cells, columns, restyle).changed(rows)
        self._widen(kinds)

    def _widen(self, places: Iterable[Place]) -> None:
        """Let the sheet's dimension reach to cells that were added."""
        for dimension in self._at("dimension"):
            (top, left), (bottom, right) = _area(dimension.attributes.get("ref", ""))
            rows, columns = zip(*places, strict=True)
            first = (min(top, *rows), min(left, *columns))
            last = (max(bottom, *rows), max(right, *columns))
            if (first, last) != ((top, left), (bottom, right)):
                self._retag(dimension, "ref", f"{coordinate(first)}:{coordinate(last)}")

    def written(self) -> bytes:
        """Give the sheet with what was changed."""
        (data,) = self._at("sheetData")
        cells = b"<sheetData>" + self._cells + b"</sheetData>"
        return spliced(self._shell, [*self._changes, (data.start, data.end, cells)])

    def _at(self, *path: str) -> Iterator[Element]:
        return (element for element in self._elements if element.path[1:] == path)

    def _retag(self, element: Element, name: str, value: str | None) -> None:
        tag = self._shell[element.start : element.inner]
        self._changes.append((element.start, element.inner, attribute(tag, name, value)))


def deselected(data: bytes) -> bytes:
    """Give a sheet without marks with its tab unselected.

    :raises UneditableError: it is written as no office program writes it
    """
    if b"<sheetData" in data:
        sheet = SheetPart(data)
        sheet.deselect()
        return sheet.written()
    return spliced(data, _deselections(data, elements(data, 3)))


def _deselections(data: bytes, found: Iterable[Element]) -> list[Change]:
    return [
        (view.start, view.inner, attribute(data[view.start : view.inner], "tabSelected", None))
        for view in found
        if [name.rpartition(":")[2] for name in view.path[1:]] == ["sheetViews", "sheetView"]
    ]


def _area(text: str) -> tuple[Place, Place]:
    first, _, last = text.partition(":")
    return place_of(first), place_of(last or first)


class _Rows:
    """The rows of a sheet.

    :param columns: first and last column, and the format of the cells that are missing there
    """

    def __init__(self, data: bytes, columns: list[tuple[int, int, int]], restyle: Restyle) -> None:
        if b"<extLst" in data or b"<?" in data:
            raise UneditableError
        self._data = data
        self._columns = columns
        self._restyle = restyle

    def changed(self, wanted: Mapping[int, Mapping[int, Kind]]) -> bytes:
        """Give the rows with these cells in another format."""
        changes: list[Change] = []
        waiting, last = sorted(wanted, reverse=True), 0
        for tag in _ROW.finditer(self._data):
            number = _number(_ROW_AT, tag[0])
            if number <= last:
                raise UneditableError
            last = number
            while waiting and waiting[-1] < number:
                row = waiting.pop()
                changes.append(self._new_row(tag.start(), row, wanted[row]))
            if waiting and waiting[-1] == number:
                changes += self._in_row(tag, waiting.pop(), wanted[number])
        end = len(self._data)
        changes += [self._new_row(end, row, wanted[row]) for row in reversed(waiting)]
        return spliced(self._data, changes)

    def _new_row(self, at: int, row: int, kinds: Mapping[int, Kind]) -> Change:
        cells = b"".join(self._new_cell((row, column), kinds[column], b"") for column in sorted(kinds))
        return at, at, f'<row r="{row}">'.encode() + cells + b"</row>"

    def _new_cell(self, place: Place, kind: Kind, row: bytes) -> bytes:
        """Give a blank cell that looks as its row or its column says, but for its fill."""
        base = next((style for first, last, style in self._columns if first <= place[1] <= last), 0)
        if _CUSTOM.search(row):
            base = _style(row)
        return f'<c r="{coordinate(place)}" s="{self._restyle(base, kind)}"/>'.encode()

    def _in_row(self, tag: re.Match[bytes], row: int, kinds: Mapping[int, Kind]) -> Iterator[Change]:
        if tag[0].endswith(b"/>"):
            cells = b"".join(self._new_cell((row, column), kinds[column], tag[0]) for column in sorted(kinds))
            yield tag.start(), tag.end(), attribute(tag[0], "spans", None)[:-2] + b">" + cells + b"</row>"
            return
        end = self._data.find(b"</row", tag.end())
        missing, last = sorted(kinds, reverse=True), 0
        added: list[Change] = []
        for cell in _CELL.finditer(self._data, tag.end(), end):
            column = _number(_CELL_AT, cell[0], row)
            if column <= last:
                raise UneditableError
            last = column
            while missing and missing[-1] < column:
                before = missing.pop()
                added.append(self._added(cell.start(), (row, before), kinds[before], tag[0]))
            if missing and missing[-1] == column:
                style = self._restyle(_style(cell[0]), kinds[missing.pop()])
                yield cell.start(), cell.end(), attribute(cell[0], "s", str(style))
        added += [self._added(end, (row, column), kinds[column], tag[0]) for column in reversed(missing)]
        if added:
            yield tag.start(), tag.end(), attribute(tag[0], "spans", None)
        yield from added

    def _added(self, at: int, place: Place, kind: Kind, row: bytes) -> Change:
        return at, at, self._new_cell(place, kind, row)


def _number(pattern: re.Pattern[bytes], tag: bytes, row: int | None = None) -> int:
    """Give the number of a row, or of a column whose cell must stand in this row."""
    found = pattern.search(tag)
    if found is None or (row is not None and int(found[2]) != row):
        raise UneditableError
    return int(found[1]) if row is None else _column(found[1].decode())


def _style(tag: bytes) -> int:
    found = _STYLE.search(tag)
    return int(found[1]) if found else 0
