"""Workbooks for tests, written as an office program does."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

__all__ = ["Rows", "xlsx"]

Rows = list[list[Any]]


def xlsx(sheets: Mapping[str, Rows], merged: Mapping[str, list[str]] | None = None) -> bytes:
    """Write a workbook of sheets by name, each a list of rows of cells.

    :param merged: by sheet, the ranges that are merged; an empty text in one stays away
    """
    import xlsxwriter

    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for cells in (merged or {}).get(name, []):
                sheet.merge_range(cells, "")
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
    return file.getvalue()
