"""A copy of a workbook as openpyxl has it: of an xls or csv, and of an xlsx that is too strange to be edited in place.

Not kept of such an xlsx are shapes and form controls, which openpyxl does not read, and the results that were stored
with formulas: whatever opens the copy calculates them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from housing_guarantee.adapters.grid import CellError, column_letters
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.annotated.marks import Mark
from housing_guarantee.annotated.wording import (
    AUTHOR,
    COLUMNS,
    FILLS,
    Line,
    Say,
    comment,
    lines,
    shortened,
    size,
)
from housing_guarantee.limits import Limits
from housing_guarantee.reports.workbook import clean, unique_name

__all__ = ["RebuiltCopy"]

_MACROS = "xl/vbaProject.bin"
_WIDEST = 60  # characters of a column that a csv does not say the width of


class RebuiltCopy:
    """The copy of a workbook as openpyxl has it, or of an xls or csv.

    :param name: the original's
    :param limits: of what is read of a stranger's file
    """

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.ending = ".xlsx"
        if not data.startswith(b"PK"):
            self._book = _made_of(data, name, limits)
            return
        with ZipFile(BytesIO(data)) as archive:
            macros = _MACROS in archive.namelist()
        try:
            self._book, self.ending = _opened(data, macros), ".xlsm" if macros else ".xlsx"
        except Exception:  # it raises whatever comes up, also over styles that other programs write
            self._book = _made_of(data, name, limits)

    def mark(self, marks: Sequence[Mark], say: Say) -> None:
        """Fill and comment the cells, and put the list before the first sheet."""
        title = unique_name(say("list"), {name.casefold() for name in self._book.sheetnames})
        placed = [(self._page(mark), mark) for mark in marks]
        for page, mark in placed:
            _mark(page, mark, say, title)
        _list(self._book, title, lines([(page.title, mark) for page, mark in placed], say), say)

    def save(self, path: Path, moment: datetime) -> None:
        """Write the copy; the only moment in it is the run's, so that the same run gives the same bytes.

        :param moment: aware
        """
        from openpyxl.writer.excel import ExcelWriter

        stamp = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.properties.modified = stamp
        if self._book.properties.creator == "":  # made here
            self._book.properties.created = stamp
        with _Dated(path, moment) as archive:
            ExcelWriter(self._book, archive).save()

    def _page(self, mark: Mark) -> Any:
        """Give the mark's sheet; a csv has one, without a name."""
        return self._book[mark.sheet] if mark.sheet in self._book.sheetnames else self._book.worksheets[0]


def _opened(data: bytes, macros: bool) -> Any:
    import openpyxl

    return openpyxl.load_workbook(BytesIO(data), rich_text=True, keep_vba=macros)


def _made_of(data: bytes, name: str, limits: Limits) -> Any:
    """Lay the cells of an xls or csv into a new workbook, each at its own place."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = ""
    taken: set[str] = set()
    for sheet in read_sheets(data, name, limits):
        page = book.create_sheet(unique_name(sheet.name or Path(name).stem, taken))
        page.sheet_state = "visible" if sheet.visible else "hidden"
        widths: dict[int, int] = {}
        for row, cells in enumerate(sheet.rows, 1):
            for column, value in enumerate(cells, 1):
                if value is not None:
                    _fill(page.cell(row, column), value)
                    widths[column] = min(_WIDEST, max(widths.get(column, 0), _width(str(value))))
        for column, width in widths.items():
            page.column_dimensions[column_letters(column - 1)].width = width + 2
        for first_row, first_column, last_row, last_column in sheet.merged:
            page.merge_cells(None, first_row + 1, first_column + 1, last_row + 1, last_column + 1)
    return book


def _fill(cell: Any, value: Any) -> None:
    """Write a value; text stays text, whatever it begins with, and is shown as it was typed."""
    if isinstance(value, (str, CellError)):
        cell.value = clean(str(value))
        cell.data_type, cell.number_format = "s", "@"
    else:
        cell.value = value


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _mark(page: Any, mark: Mark, say: Say, title: str) -> None:
    """Fill the cell and write what is said of it into its comment, behind any comment that was there."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = _anchor(page, f"{mark.column or 'A'}{mark.row}")
    cell.fill = PatternFill("solid", fgColor=FILLS[mark.kind])
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    text = shortened(before + comment(mark, say, title))
    width, height = size(text)
    cell.comment = Comment(text, AUTHOR, width=width, height=height)


def _anchor(page: Any, place: str) -> Any:
    """Give the cell, or the first of the merged cells that it is part of: only that one shows anything."""
    cell = page[place]
    for merged in page.merged_cells.ranges:
        if place in merged:
            return page.cell(merged.min_row, merged.min_col)
    return cell


def _list(book: Any, title: str, listed: Iterable[Line], say: Say) -> None:
    """Add the first sheet: every mark with a link to its cell."""
    from openpyxl.styles import Font
    from openpyxl.worksheet.properties import PageSetupProperties

    page = book.create_sheet(title, 0)
    page.append([say(column) for column in COLUMNS])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", COLUMNS.values(), strict=True):
        page.column_dimensions[letter].width = width
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for number, line in enumerate(listed, 2):
        _line(page, number, line)
    page.auto_filter.ref = page.dimensions
    book.active = 0
    for other in book.worksheets:  # two sheets that are both selected would be typed into at once
        other.sheet_view.tabSelected = other is page


def _line(page: Any, number: int, line: Line) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    for column, text in enumerate(line.texts, 1):
        cell = page.cell(number, column, text)
        cell.data_type = "s"  # text stays text, whatever it begins with
        cell.alignment = Alignment(wrap_text=column in (6, 7), vertical="top")
    link = page.cell(number, 2)
    link.hyperlink = Hyperlink(ref=link.coordinate, location=line.location)
    link.font = Font(color="FF0563C1", underline="single")
    page.cell(number, 3).fill = PatternFill("solid", fgColor=FILLS[line.kind])


class _Dated(ZipFile):
    """A zip whose parts bear one moment."""

    def __init__(self, path: Path, moment: datetime) -> None:
        super().__init__(path, "w", ZIP_DEFLATED)
        self._moment = moment.replace(tzinfo=None).timetuple()[:6]

    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        """Write one part."""
        info = ZipInfo(name.filename if isinstance(name, ZipInfo) else name, self._moment)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)

    def write(self, file: Any, name: Any = None, *_: Any) -> None:
        """Write one part that openpyxl laid in a file."""
        self.writestr(name or str(file), Path(file).read_bytes())
