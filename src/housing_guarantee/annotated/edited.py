"""A workbook marked in its own parts: the marked cells' formats and comments, and the list before the first sheet.

Charts, shapes, pictures, tables, conditional formats and the results that are stored with formulas are never read, and
so never lost.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

from housing_guarantee.annotated.listing import list_sheet
from housing_guarantee.annotated.marks import GRAVITY, Kind, Mark
from housing_guarantee.annotated.notes import write_notes
from housing_guarantee.annotated.parts import (
    MAIN,
    OFFICE,
    Change,
    Element,
    Package,
    Relation,
    UneditableError,
    attribute,
    elements,
    spliced,
)
from housing_guarantee.annotated.sheets import Place, SheetPart, deselected, place_of
from housing_guarantee.annotated.styles import Styles
from housing_guarantee.annotated.wording import Say, comment, lines
from housing_guarantee.reports.workbook import unique_name

__all__ = ["EditedCopy"]

_BOOK = "xl/workbook.xml"
_BOOK_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SHEET_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_LINKS = (f"{OFFICE}/worksheet", f"{OFFICE}/chartsheet")
_REFUSED = ("_xmlsignatures/", "xl/revisions/", "xl/vbaproject", "xl/macrosheets/")


class EditedCopy:
    """The copy of an xlsx.

    :raises UneditableError: it is written as it cannot be edited safely
    """

    ending = ".xlsx"

    def __init__(self, data: bytes) -> None:
        self._package = Package(ZipFile(BytesIO(data)))
        self._book = _Book(self._package)
        self._styles_part = self._book.part("styles")
        self._styles = Styles(self._package.read(self._styles_part))

    def mark(self, marks: Sequence[Mark], say: Say) -> None:
        """Fill and comment the cells, and put the list before the first sheet.

        :raises UneditableError: a sheet is written as it cannot be edited safely
        """
        title = unique_name(say("list"), {name.casefold() for name in self._book.sheets})
        worksheets = self._book.worksheets()
        placed = [(mark.sheet if mark.sheet and mark.sheet in worksheets else worksheets[0], mark) for mark in marks]
        by_sheet: dict[str, list[Mark]] = {}
        for name, mark in placed:
            by_sheet.setdefault(name, []).append(mark)
        for name, part in self._book.parts().items():
            self._package.replace(part, self._marked(part, by_sheet.get(name, []), say, title))
        listed = list_sheet(list(lines(placed, say)), say, self._styles)
        self._book.add_first(title, self._package.add("xl/worksheets/sheet{}.xml", listed, _SHEET_KIND))
        self._package.replace(self._styles_part, self._styles.written())

    def _marked(self, part: str, marks: Sequence[Mark], say: Say, title: str) -> bytes:
        """Give a sheet with its marks, and with its tab unselected: what is typed goes into every selected sheet."""
        data = self._package.read(part)
        if not marks:
            return deselected(data) if b"tabSelected" in data else data
        sheet = SheetPart(data)
        sheet.deselect()
        kinds, texts = _gathered(sheet, marks, say, title)
        sheet.restyle(kinds, self._styles.filled)
        write_notes(self._package, part, sheet, texts)
        return sheet.written()

    def save(self, path: Path, moment: datetime) -> None:
        """Write the copy; the only moment in it is the run's, so that the same run gives the same bytes.

        :param moment: aware
        """
        self._package.save(path, moment)


def _gathered(
    sheet: SheetPart, marks: Sequence[Mark], say: Say, title: str
) -> tuple[Mapping[Place, Kind], Mapping[Place, str]]:
    """Give how the cells of a sheet are filled, by the gravest of their marks, and what is said of them."""
    places = [place_of(f"{mark.column or 'A'}{mark.row}") for mark in marks]
    anchors = sheet.anchors(places)
    kinds: dict[Place, Kind] = {}
    texts: dict[Place, list[str]] = {}
    for place, mark in zip(places, marks, strict=True):
        anchor = anchors[place]
        kinds[anchor] = min(kinds.get(anchor, mark.kind), mark.kind, key=GRAVITY.__getitem__)
        texts.setdefault(anchor, []).append(comment(mark, say, title))
    return kinds, {place: "\n\n".join(said) for place, said in texts.items()}


class _Book:
    """``workbook.xml``: the order of the sheets, and what refers to it."""

    def __init__(self, package: Package) -> None:
        self._package = package
        if any(name.lower().startswith(_REFUSED) for name in package.names()) or package.kind(_BOOK) != _BOOK_KIND:
            raise UneditableError
        self._data = package.read(_BOOK)
        self._elements = elements(self._data, 3)
        if self._elements[0].name != "workbook" or self._elements[0].attributes.get("xmlns") != MAIN:
            raise UneditableError
        self._relations = {relation.id: relation for relation in package.relations(_BOOK)}
        self.sheets = {element.attributes.get("name", ""): element for element in self._at("sheets", "sheet")}
        """The sheets' elements, by name."""

    def part(self, kind: str) -> str:
        """Give the one part of a kind.

        :raises UneditableError: there is none, or several
        """
        found = [r.target for r in self._relations.values() if r.kind == f"{OFFICE}/{kind}" and r.inside]
        if len(found) != 1:
            raise UneditableError
        return found[0]

    def parts(self) -> Mapping[str, str]:
        """Give the parts of the sheets, by name; of sheets of cells and of charts.

        :raises UneditableError: one of the sheets is nothing of that
        """
        return {name: self._relation(element).target for name, element in self.sheets.items()}

    def worksheets(self) -> list[str]:
        """List the sheets that have cells.

        :raises UneditableError: none has
        """
        found = [name for name, element in self.sheets.items() if self._relation(element).kind == _SHEET_LINKS[0]]
        if not found:
            raise UneditableError
        return found

    def _relation(self, sheet: Element) -> Relation:
        own = next((value for key, value in sheet.attributes.items() if key.endswith(":id")), "")
        relation = self._relations.get(own)
        if relation is None or not relation.inside or relation.kind not in _SHEET_LINKS:
            raise UneditableError
        return relation

    def add_first(self, title: str, part: str) -> None:
        """Put a sheet before all others and show it; what counts the sheets goes on meaning those it meant."""
        relation = self._package.relate(_BOOK, f"{OFFICE}/worksheet", part)
        number = max(int(element.attributes.get("sheetId", 0)) for element in self.sheets.values()) + 1
        (sheets,) = self._at("sheets")
        own = f'<sheet xmlns:r="{OFFICE}" name={quoteattr(title)} sheetId="{number}" r:id="{relation}"/>'
        changes: list[Change] = [(sheets.inner, sheets.inner, own.encode())]
        for name in self._at("definedNames", "definedName"):
            if local := name.attributes.get("localSheetId"):
                changes.append(self._retag(name, {"localSheetId": str(int(local) + 1)}))
        for view in self._at("bookViews", "workbookView"):
            changes.append(self._retag(view, {"activeTab": None, "firstSheet": None}))
        self._package.replace(_BOOK, spliced(self._data, changes))

    def _retag(self, element: Element, attributes: Mapping[str, str | None]) -> Change:
        tag = self._data[element.start : element.inner]
        for name, value in attributes.items():
            tag = attribute(tag, name, value)
        return element.start, element.inner, tag

    def _at(self, *path: str) -> list[Element]:
        return [element for element in self._elements if element.path[1:] == path]
