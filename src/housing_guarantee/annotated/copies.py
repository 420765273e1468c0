"""A copy of a workbook as openpyxl has it: an xlsx with everything that it keeps, or an xlsx made of an xls or csv.

Not kept are shapes and form controls, which openpyxl does not read, and the results that were stored with formulas:
whatever opens the copy calculates them.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from housing_guarantee.adapters.app_export import is_package, tables_of
from housing_guarantee.adapters.grid import CellError, column_letters
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.errors import OutputError
from housing_guarantee.limits import Limits
from housing_guarantee.reports.workbook import clean, unique_name
from housing_guarantee.source import Account

__all__ = ["copy_of", "originals", "save"]

_MACROS = "xl/vbaProject.bin"
_WIDEST = 60  # characters of a column that a csv does not say the width of


def originals(account: Account) -> Iterator[tuple[str, bytes]]:
    """Give the workbooks of a source, each by the name that its cells bear.

    :raises OutputError: the file is no longer the one that was read
    """
    source = account.source
    if is_package(source.path):
        yield from ((f"{source.name}/{member}", data) for member, data in tables_of(source))
        return
    data, digest = read_file(source.path, source.name)
    if digest != account.digest:
        raise OutputError(
            f"{source.name}: 核验期间文件已改动，请重新核验 · it changed while it was checked: check again"
        )
    yield source.name, data


def copy_of(data: bytes, name: str, limits: Limits) -> tuple[Any, str]:
    """Open a workbook to be marked, and give the ending of the copy's name.

    One that openpyxl will not have, though it could be read, is answered with its cells alone.
    """
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as archive:
            macros = _MACROS in archive.namelist()
        with suppress(Exception):  # it raises whatever comes up, also over styles that other programs write
            return _opened(data, macros), _ending(name, ".xlsm" if macros else ".xlsx")
        return _made_of(data, name, limits), _ending(name, ".xlsx")
    return _made_of(data, name, limits), ".xlsx"


def _opened(data: bytes, macros: bool) -> Any:
    import openpyxl

    return openpyxl.load_workbook(BytesIO(data), rich_text=True, keep_vba=macros)


def _ending(name: str, ending: str) -> str:
    return "" if name.lower().endswith(ending) else ending


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


def save(book: Any, path: Path, moment: datetime) -> None:
    """Write the copy; the only moment in it is the run's, so that the same run gives the same bytes.

    :param moment: aware
    """
    from openpyxl.writer.excel import ExcelWriter

    stamp = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.modified = stamp
    if book.properties.creator == "":  # made here
        book.properties.created = stamp
    with _Dated(path, moment) as archive:
        ExcelWriter(book, archive).save()


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
