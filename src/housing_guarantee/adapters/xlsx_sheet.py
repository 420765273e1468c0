"""Follow the XML of one sheet as expat reads it: refuse what would hurt a parser, note what a parser would lose.

Rows and cells must stand in order and within bounds, merged ranges must be small, shared texts must be there. Cells
with an error, formulas without their result, and hidden rows are noted. Only the standard library is imported.
"""

import re
from functools import cache
from typing import NamedTuple

from housing_guarantee.limits import Limits

__all__ = ["NO_VALUE", "Refused", "SheetFacts", "SheetReader"]

NO_VALUE = "no cached value"
"""The code of a formula whose result the file does not hold."""

_WIDEST = 16_384  # columns of a spreadsheet, to XFD
_TALLEST = 1_048_576  # rows
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?")
_ERROR = re.compile(r"#[A-Z0-9/_?!]{1,20}")


class SheetFacts(NamedTuple):
    """What was seen of one sheet.

    :param errors: (row, column) from 0 → ``#REF!`` and the like, or `NO_VALUE`
    :param hidden_rows: rows with values that a clerk does not see
    :param area: cells of the rectangle that it spans from A1
    """

    errors: dict[tuple[int, int], str]
    hidden_rows: int
    area: int


class Refused(Exception):  # noqa: N818 - the file is at fault, not the program
    """A workbook that is not to be parsed: why, in both languages, and where."""

    def __init__(
        self, problem: str, zh: str, *, sheet: str | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.zh = zh
        self.sheet = sheet
        self.row = row
        self.column = column


@cache
def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class _Kinds(dict[str, str]):
    """Tag → tag without its prefix, looked up once."""

    def __missing__(self, tag: str) -> str:
        return self.setdefault(tag, tag.rpartition(":")[2])


class SheetReader:
    """Follows the rows and cells of one sheet and keeps nothing but what must be known.

    :param sheet: its name, where the workbook gives one
    :param strings: how many shared texts the workbook has
    """

    def __init__(self, sheet: str | None, strings: int, limits: Limits) -> None:
        self._sheet = sheet
        self._strings = strings
        self._limits = limits
        self._kinds = _Kinds()
        self._errors: dict[tuple[int, int], str] = {}
        self._hidden_rows = self._merged = self._merged_down = 0
        self._last_row = self._last_column = 0  # the extent of what holds values, counted from 1
        self._row = 0
        self._row_is_hidden = self._row_has_values = False
        self._column = -1
        self._type = ""
        self._text = ""
        self._letters = ""
        self._in_value = self._has_value = self._has_formula = False

    def facts(self) -> SheetFacts:
        """Give what was seen, once the whole part has been read."""
        return SheetFacts(self._errors, self._hidden_rows, self._last_row * self._last_column)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's begin."""
        kind = self._kinds[tag]
        if kind == "c":
            self._open_cell(attributes)
        elif kind == "v":
            self._in_value = self._has_value = True
            self._text = ""
        elif kind == "f":
            self._has_formula = True
        elif kind == "is":
            self._has_value = True
        elif kind == "row":
            self._open_row(attributes)
        elif kind == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        """Take an element's end."""
        kind = self._kinds[tag]
        if kind == "v":
            self._in_value = False
        elif kind == "c":
            self._close_cell()
        elif kind == "row":
            self._hidden_rows += self._row_is_hidden and self._row_has_values

    def characters(self, text: str) -> None:
        """Take text: no more of a value than tells an index or an error."""
        if self._in_value and len(self._text) < 32:
            self._text += text

    def _open_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        row = self._row + 1 if given is None else int(given) if _NUMBER.fullmatch(given) else 0
        if row <= self._row or row > _TALLEST:
            problem = "a row stands twice, out of order or beyond the last of a spreadsheet; save it again as xlsx"
            zh = "行重复、次序颠倒或超出表格范围，请用 Excel 另存"
            raise Refused(problem, zh, sheet=self._sheet, row=row or None)
        self._row, self._column = row, -1
        self._row_is_hidden, self._row_has_values = attributes.get("hidden") in ("1", "true"), False

    def _open_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column, self._letters = self._column + 1, ""
        if reference is not None:
            found = _REFERENCE.fullmatch(reference)
            if found is None or int(found[2]) != self._row:
                raise self._refused("in this row a cell's reference is wrong", "此行有单元格引用错误")
            self._letters = found[1]
            column = _column_index(self._letters)
        if column <= self._column or column >= _WIDEST:
            problem = "a cell stands twice, out of order or beyond the last column"
            raise self._refused(problem, "单元格重复、次序颠倒或超出表格范围")
        self._column = column
        self._type = attributes.get("t", "n")
        self._text = ""
        self._has_value = self._has_formula = False

    def _close_cell(self) -> None:
        kind, text = self._type, self._text
        if self._has_value or self._has_formula:
            self._spread()
        if kind == "s":
            index = text.strip()
            if self._has_value and not (index.isascii() and index.isdecimal() and int(index) < self._strings):
                raise self._refused("the cell names a text that is not there", "单元格引用了不存在的文本")
        elif kind == "e":
            code = text.strip()
            self._errors[self._row - 1, self._column] = code if _ERROR.fullmatch(code) else "#ERROR!"
        elif self._has_formula and not text and not (kind in ("str", "inlineStr") and self._has_value):
            self._errors[self._row - 1, self._column] = NO_VALUE  # only of a text can the result be nothing

    def _spread(self) -> None:
        """Stretch the extent over a cell that holds something; formats alone reach to the end of many sheets."""
        self._row_has_values = True
        self._last_row = self._row
        if self._column < self._last_column and self._row <= self._limits.rows:
            return
        rows, columns = self._limits.rows, self._limits.columns
        if self._row > rows or self._column >= columns:
            problem = f"a value lies beyond row {rows} or column {columns}: delete it if it is stray"
            raise self._refused(problem, f"第{rows}行或第{columns}列以外还有内容，如系误填请删除")
        self._last_column = self._column + 1

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if found is None:
            raise Refused("a merged range is wrong", "合并区域引用错误，请用 Excel 另存", sheet=self._sheet)
        first, last = _column_index(found[1]), _column_index(found[3] or found[1])
        top, bottom = int(found[2]), int(found[4] or found[2])
        width, height = abs(last - first) + 1, abs(bottom - top) + 1
        if width == 1:
            self._merged_down += height
        else:
            self._merged += width * height
        if self._merged > self._limits.merged_cells or self._merged_down > self._limits.merged_down:
            raise Refused(
                f"its merged ranges cover more than {self._limits.merged_cells} cells: unmerge them",
                "合并单元格范围过大，请取消合并",
                sheet=self._sheet,
                row=top,
                column=found[1],
            )

    def _refused(self, problem: str, zh: str) -> Refused:
        return Refused(problem, zh, sheet=self._sheet, row=self._row, column=self._letters or None)
