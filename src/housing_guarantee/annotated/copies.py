"""The workbooks of a source as they were read, and an xlsx made of what is none: of an xls, of a csv."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from housing_guarantee.adapters.app_export import is_package, tables_of
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.errors import OutputError
from housing_guarantee.reports.workbook import Book, Sheet
from housing_guarantee.source import Account

__all__ = ["made_of", "originals"]

_WIDEST = 60  # characters of a column that nobody says the width of
_FORMATS: Mapping[type, str] = {
    datetime: "yyyy-mm-dd h:mm:ss",
    date: "yyyy-mm-dd",
    time: "h:mm:ss",
    timedelta: "[hh]:mm:ss",
}


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


def made_of(data: bytes, name: str, created: datetime) -> tuple[bytes, Mapping[str | None, str]]:
    """Lay the cells of a file into a new xlsx, each at its own place; text stays text, and is shown as it was typed.

    :param created: aware
    :returns: the xlsx, and what its sheets are called by what they were called
    """
    file, names = BytesIO(), {}
    with Book(file, "", created) as book:
        formats = {kind: book.format(num_format=text) for kind, text in _FORMATS.items()}
        as_text = book.format(num_format="@")
        for sheet in read_sheets(data, name):
            page = book.sheet(sheet.name or Path(name).stem)
            names[sheet.name] = page.name
            if not sheet.visible:
                page.layout.hide()
            for top, left, bottom, right in sheet.merged:
                if (top, left) != (bottom, right):
                    page.layout.merge_range(top, left, bottom, right, "")
            _lay(sheet.rows, page, formats, as_text)
    return file.getvalue(), names


def _lay(rows: list[tuple[Any, ...]], page: Sheet, formats: Mapping[type, Any], as_text: Any) -> None:
    widths: dict[int, int] = {}
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is None:
                continue
            if type(value) in formats:
                page.layout.write_datetime(row, column, value, formats[type(value)])
            elif isinstance(value, bool):
                page.layout.write_boolean(row, column, value)
            elif isinstance(value, int | float) and math.isfinite(value):
                page.layout.write_number(row, column, value)
            else:
                page.text(row, column, str(value), as_text)
            widths[column] = min(_WIDEST, max(widths.get(column, 0), _width(str(value))))
    for column, width in widths.items():
        page.layout.set_column(column, column, width + 2)


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)
