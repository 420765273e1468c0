"""Where a sheet's part changes for its marks: cells get a format, and its comments are referred to."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache

from housing_guarantee.adapters.grid import column_letters
from housing_guarantee.annotated.splices import Scan, Strange, with_attributes

__all__ = ["Place", "Selected", "SheetScan", "column_number", "first_of_merged", "place_name"]

Place = tuple[int, int]
"""Row and column, both from 1."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_YES = ("1", "true")
_BEYOND = 1 << 30  # more than there are rows or columns
_BEFORE_NOTES = frozenset({
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing",
})  # fmt: skip
"""What stands before ``legacyDrawing`` in a sheet (ECMA-376 part 1, CT_Worksheet)."""


@cache
def column_number(letters: str) -> int:
    """Give a column's number, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def place_name(place: Place) -> str:
    """Give a place as ``B3``."""
    return f"{column_letters(place[1] - 1)}{place[0]}"


def _place(reference: str) -> Place:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Strange("a reference to a cell is unusual")
    return int(found[2]), column_number(found[1])


def first_of_merged(blocks: Iterable[bytes], places: Iterable[Place]) -> Mapping[Place, Place]:
    """Give for each place itself, or the first of the merged cells that it is part of: only that one shows anything."""
    scan = _Merged()
    scan.over(blocks)
    ordered = sorted(places)
    firsts = {place: place for place in ordered}
    for reference in scan.ranges:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        for place in ordered[bisect_left(ordered, (top, 0)) : bisect_right(ordered, (bottom, right))]:
            if left <= place[1] <= right:
                firsts[place] = (top, left)
    return firsts


class _Merged(Scan):
    def __init__(self) -> None:
        super().__init__()
        self.ranges: list[str] = []

    def begin(self, _: str, __: dict[str, str]) -> None:
        self.follow(self.start, None)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("mergeCell"):
            self.ranges.append(attributes.get("ref", ""))


class _Reached(Exception):  # noqa: N818 - says that the rest is not needed
    pass


class Selected(Scan):
    """Takes the selection off a sheet that has no marks, of which only the head is read."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Stop at the cells."""
        if tag.endswith("sheetData"):
            raise _Reached
        _deselect(self, tag, attributes)

    def over(self, blocks: Iterable[bytes]) -> Scan:
        """Follow the head of the sheet."""
        with suppress(_Reached):
            super().over(blocks)
        return self


def _deselect(scan: Scan, name: str, attributes: Mapping[str, str]) -> None:
    """Of two selected sheets, what is typed into one goes into the other too."""
    if name.endswith("sheetView") and attributes.get("tabSelected") in _YES:
        tag = scan.tag()
        scan.rewrite(tag, with_attributes(tag, tabSelected="0"))


class SheetScan(Scan):
    """Notes every change of one sheet, whose rows and cells stand in order, as the guard of reading saw.

    :param wanted: the places to be marked
    :param style: what gives a format for a cell's own one, at a place
    :ivar notes: the id under which the sheet refers to the drawing of its comments, where it does
    :ivar notes_at: where it is to refer to it otherwise
    """

    def __init__(self, wanted: Iterable[Place], style: Callable[[int, Place], int]) -> None:
        super().__init__()
        self.notes: str | None = None
        self.notes_at = 0
        self._style = style
        self._rows: dict[int, list[int]] = {}
        for row, column in sorted(wanted, reverse=True):
            self._rows.setdefault(row, []).append(column)
        self._waiting = list(self._rows)  # the next one is the last of the list; so are a row's columns
        self._row = self._column = 0
        self._columns: list[int] = []  # still to be marked in this row
        self._row_style: int | None = None
        self._widths: list[tuple[int, int, int]] = []
        self._data_tag, self._row_tag, self._cell = "sheetData", "row", "c"
        self._was_before = False

    def begin(self, tag: str, _: dict[str, str]) -> None:
        """Take the root, which must be that of a worksheet."""
        if tag.rpartition(":")[2] != "worksheet":
            raise Strange("a sheet is none of cells")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take what stands before or behind the cells."""
        name = tag.rpartition(":")[2]
        if self.depth == 2:
            self._open_section(name, tag, attributes)
        elif name == "col" and "style" in attributes:
            self._widths.append((int(attributes["min"]), int(attributes["max"]), int(attributes["style"])))
        else:
            _deselect(self, name, attributes)

    def end(self, _: str) -> None:
        """Note where the sheet ends, if nothing stands behind the drawing of its comments."""
        if self.depth == 1 and self._was_before:
            self.notes_at = self.at

    def _start_in_data(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self._cell:
            if self._columns:
                self._open_cell(attributes)
        elif tag == self._row_tag:
            self._open_row(attributes)

    def _end_in_data(self, tag: str) -> None:
        """Write what a row or the sheet had not, before it ends."""
        if tag == self._row_tag:
            if self._columns:
                self.insert(self._missing_cells(_BEYOND))
        elif tag == self._data_tag:
            if self._waiting:
                self.insert(self._missing_rows(_BEYOND))
            self.follow_again()

    def _open_section(self, name: str, tag: str, attributes: dict[str, str]) -> None:
        if self._was_before:
            self.notes_at = self.at
        self._was_before = name in _BEFORE_NOTES
        if name == "legacyDrawing":
            self.notes = next((value for key, value in attributes.items() if key.endswith(":id")), None)
        elif name == "sheetData":
            prefix = tag.removesuffix(name)
            self._data_tag, self._row_tag, self._cell = tag, f"{prefix}row", f"{prefix}c"
            self.follow(self._start_in_data, self._end_in_data)
            if self.tag().endswith(b"/>"):
                self.fill_empty(self._missing_rows(_BEYOND))

    def _open_row(self, attributes: dict[str, str]) -> None:
        row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if self._waiting and self._waiting[-1] < row:
            self.insert(self._missing_rows(row))
        self._row, self._column = row, 0
        if not self._waiting or self._waiting[-1] != row:
            return
        self._columns = self._rows[self._waiting.pop()]
        own = attributes.get("customFormat") in _YES and "s" in attributes
        self._row_style = int(attributes["s"]) if own else None
        if self.tag().endswith(b"/>"):
            self.fill_empty(self._missing_cells(_BEYOND))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = _place(reference)[1] if reference else self._column + 1
        if self._columns[-1] < self._column:
            self.insert(self._missing_cells(self._column))
        if self._columns and self._columns[-1] == self._column:
            place = (self._row, self._columns.pop())
            tag = self.tag()
            self.rewrite(tag, with_attributes(tag, s=str(self._style(int(attributes.get("s", "0")), place))))

    def _missing_rows(self, before: int) -> str:
        """Write the rows that the sheet has not, up to one that it has."""
        rows = []
        while self._waiting and self._waiting[-1] < before:
            self._row, self._row_style = self._waiting.pop(), None
            self._columns = self._rows[self._row]
            cells = self._missing_cells(_BEYOND)
            rows.append(f'<{self._row_tag} r="{self._row}">{cells}</{self._row_tag}>')
        return "".join(rows)

    def _missing_cells(self, before: int) -> str:
        """Write the cells that the row has not, up to one that it has, in the format of the row or the column."""
        cells = []
        while self._columns and self._columns[-1] < before:
            place = (self._row, self._columns.pop())
            base = self._row_style
            if base is None:
                base = next((style for first, last, style in self._widths if first <= place[1] <= last), 0)
            cells.append(f'<{self._cell} r="{place_name(place)}" s="{self._style(base, place)}"/>')
        return "".join(cells)
