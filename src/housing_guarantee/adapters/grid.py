"""A sheet as it stands in a file, before anybody says what it means."""

from datetime import date, datetime, time, timedelta

from attrs import frozen

from housing_guarantee.models import CellError

__all__ = ["CellError", "Sheet", "Value", "column_letters"]

Value = str | int | float | bool | datetime | date | time | timedelta | CellError | None


@frozen
class Sheet:
    """One sheet, or one delimited file.

    :param rows: the first is row 1 and begins in column A, as a spreadsheet shows them
    :param merged: ranges as (first row, first column, last row, last column), from 0, inclusive
    :param notes: what was seen beside the cells, such as hidden rows
    :param cut: the last row has no line end, so that it may have been cut off
    """

    name: str | None
    rows: list[tuple[Value, ...]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    visible: bool = True
    hidden_rows: int = 0
    notes: tuple[str, ...] = ()
    cut: bool = False


def column_letters(index: int) -> str:
    """Give a column's letters, from its number counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
