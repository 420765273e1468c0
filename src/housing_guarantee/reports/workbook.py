"""Workbooks that lose nothing in silence: text stays text, and a cell that cannot be written whole is an error.

The same cells give the same bytes. Everything is put together in memory, because temporary files of a run that was
killed would leave names lying about.
"""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from housing_guarantee.errors import HousingGuaranteeError

__all__ = ["LONGEST_STEM", "Book", "Sheet", "WorkbookError", "clean", "cut", "unique_name"]

LONGEST_TEXT = 32_000
"""UTF-16 units of a cell's text; Excel itself ends at 32,767, and the mark of a cut needs room."""
LONGEST_TITLE = 31
"""UTF-16 units of a sheet's name."""
LONGEST_STEM = 60
"""UTF-16 units of a file's name without its ending; a file system counts bytes, three of them a Chinese character."""
CUT_MARK = "…… [截断 · cut off]"

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\"<>|\x00-\x1f]")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class WorkbookError(HousingGuaranteeError, OSError):
    """A workbook could not be written whole, and is therefore not written at all."""


def clean(text: str) -> str:
    """Replace what no workbook can hold (control characters, lone surrogates) by the replacement character �."""
    text = _UNWRITABLE.sub("\ufffd", re.sub(r"\r\n?", "\n", text))
    if text.startswith("<r>") and text.endswith("</r>"):  # XlsxWriter would write it as markup, unescaped
        text = "＜" + text[1:]
    return text


def cut(text: str, longest: int, mark: str = "") -> str:
    """Shorten a text to so many UTF-16 units, with a mark behind it where it was shortened."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * longest].decode("utf-16-le", "ignore") + mark


def unique_name(text: str, taken: set[str], longest: int = LONGEST_TITLE) -> str:
    """Make a name that sheets and files can bear and that is not taken yet, and take it."""
    plain = _NOT_IN_NAMES.sub("_", clean(text)).strip(". ") or "_"
    name, number = cut(plain, longest), 1
    while _same(name) in taken:
        number += 1
        ending = f" {number}"
        name = cut(plain, longest - len(ending)) + ending
    taken.add(_same(name))
    return name


def _same(name: str) -> str:
    """Give what two names share that Excel or a file system may hold for one."""
    return unicodedata.normalize("NFKC", name).casefold()


class Book:
    """One workbook while it is written; leaving the block writes the file, unless an error ends the block.

    :param created: aware; the only date inside the file
    """

    def __init__(self, path: Path, title: str, created: datetime) -> None:
        import xlsxwriter

        self._book = xlsxwriter.Workbook(path, _OPTIONS)
        self._book.set_properties({"title": clean(title), "created": created.astimezone(UTC).replace(tzinfo=None)})
        self._titles = {"history"}  # a name that Excel keeps for itself

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        if kind is not None:
            return
        try:
            self._book.close()
        except XlsxWriterException as failure:
            raise WorkbookError(f"a workbook could not be written: {failure}") from failure

    def format(self, **properties: Any) -> Any:
        """Give a cell format."""
        return self._book.add_format(properties)

    def sheet(self, title: str) -> "Sheet":
        """Add a sheet; its name is made of the title."""
        name = unique_name(title, self._titles)
        return Sheet(name, self._book.add_worksheet(name))


class Sheet:
    """One sheet; rows and columns count from 0.

    :param layout: XlsxWriter's own worksheet, for widths, panes, printing and protection
    """

    def __init__(self, name: str, layout: Any) -> None:
        self.name = name
        self.layout = layout

    def text(self, row: int, column: int, text: str, cell_format: Any = None) -> None:
        """Write a text as it is, whatever it begins with; an empty one leaves a blank cell of that format.

        :raises WorkbookError: the cell was not written, or not whole
        """
        text = cut(clean(text), LONGEST_TEXT, CUT_MARK)
        if text:
            self._check(self.layout.write_string(row, column, text, cell_format), row, column)
        elif cell_format is not None:
            self._check(self.layout.write_blank(row, column, None, cell_format), row, column)

    def number(self, row: int, column: int, number: int, cell_format: Any = None) -> None:
        """Write a whole number.

        :raises WorkbookError: the cell was not written
        """
        self._check(self.layout.write_number(row, column, number, cell_format), row, column)

    def link(self, row: int, column: int, text: str, target: str, cell_format: Any = None) -> None:
        """Write a text that leads to the sheet of this name.

        :raises WorkbookError: the cell was not written, or not whole
        """
        place = f"internal:'{target}'!A1"
        self._check(self.layout.write_url(row, column, place, cell_format, clean(text)), row, column)

    def choices(self, first: int, last: int, column: int, validation: dict[str, Any]) -> None:
        """Let the cells of a column, from row to row inclusive, hold only what the validation allows.

        :raises WorkbookError: it was not accepted
        """
        self._check(self.layout.data_validation(first, column, last, column, validation), first, column)

    def _check(self, code: int, row: int, column: int) -> None:
        if code != 0:
            place = f"row {row + 1}, column {column + 1}"
            raise WorkbookError(f"a workbook could not be written whole: sheet {self.name!r}, {place} (code {code})")
