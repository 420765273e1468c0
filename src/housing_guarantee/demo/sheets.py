"""Writes sheets as offices lay them out: titles over the table, merged cells, two-row headers."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

__all__ = ["ZIPPED", "SheetWriter", "csv_text", "workbook"]

ZIPPED = (2020, 6, 13, 0, 0, 0)
"""The time of everything in a zip."""
_MADE = datetime(2020, 6, 13)  # noqa: DTZ001 - the same in every file, so that the same seed gives the same bytes


class SheetWriter:
    """Writes one sheet from the top, and knows where it is."""

    def __init__(self, book: Any, name: str) -> None:
        self._sheet = book.add_worksheet(name)
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._bold = book.add_format({"bold": True, "align": "center"})
        self.row = 0

    def title(self, text: str, width: int) -> None:
        """Write a line that is merged over the table."""
        self._sheet.merge_range(self.row, 0, self.row, width - 1, text, self._bold)
        self.row += 1

    def write(self, cells: Sequence[Any]) -> int:
        """Write a row of cells, and give its number as a spreadsheet shows it."""
        for column, value in enumerate(cells):
            self._cell(self.row, column, value)
        self.row += 1
        return self.row

    def merge_down(self, first: int, column: int, text: str) -> None:
        """Merge a column from a row (from 0) down to the last one written."""
        if self.row - 1 > first:
            self._sheet.merge_range(first, column, self.row - 1, column, text)
        else:
            self._sheet.write_string(first, column, text)

    def merge_header(self, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Write a header of two rows: groups over their columns, and single columns over both rows."""
        column = 0
        for group, headers in groups:
            if not headers:
                self._sheet.merge_range(self.row, column, self.row + 1, column, group, self._bold)
                column += 1
                continue
            self._sheet.merge_range(self.row, column, self.row, column + len(headers) - 1, group, self._bold)
            for header in headers:
                self._sheet.write_string(self.row + 1, column, header, self._bold)
                column += 1
        self.row += 2

    def hide(self) -> None:
        """Hide the sheet."""
        self._sheet.hide()

    def _cell(self, row: int, column: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            self._sheet.write_datetime(row, column, value, self._time)
        elif isinstance(value, date):
            self._sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, (int, float)):
            self._sheet.write_number(row, column, value)
        else:
            self._sheet.write_string(row, column, str(value))


def workbook(path: Path) -> Any:
    """Begin a workbook."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": _MADE})
    return book


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Give rows as delimited text."""
    file = StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([["" if cell is None else cell for cell in row] for row in rows])
    return file.getvalue()
