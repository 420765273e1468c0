"""The process in which a stranger's workbook is parsed: bytes come in, JSON goes out, and a crash stays here.

It imports as little as it can, because one is started for every workbook. JSON and not pickle, so that whatever takes
this process over cannot reach the one that asked.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from housing_guarantee.adapters.xls_facts import look_through_xls
from housing_guarantee.adapters.xlsx_guard import Inspection, inspect_workbook
from housing_guarantee.adapters.xlsx_sheet import Refused, SheetFacts
from housing_guarantee.containment import confine
from housing_guarantee.limits import Limits, from_argument

__all__ = ["main"]


def main(arguments: Sequence[str]) -> None:
    """Write the sheets of the workbook on standard input as JSON, or why it is refused.

    :param arguments: the limits that it is held to
    """
    limits = from_argument(arguments[0])
    confine(limits.memory)
    try:
        answer: dict[str, Any] = {"sheets": list(_sheets(sys.stdin.buffer.read(), limits))}
    except Refused as refused:
        place = {"sheet": refused.sheet, "row": refused.row, "column": refused.column}
        answer = {"refused": {"problem": refused.problem, "zh": refused.zh, **place}}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, default=_tagged).encode())


def _sheets(data: bytes, limits: Limits) -> Iterator[dict[str, Any]]:
    """Read every worksheet; what the parser loses stands in its place.

    :raises Refused: the guard or the parser will not have the workbook
    """
    inspection = inspect_workbook(data, limits) if data.startswith(b"PK") else None
    facts = None if inspection else look_through_xls(data)  # first: of a protected one the parser knows no kind
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            inspection = inspection or _inspect_xls(facts, book.sheet_names)
            for index, about in enumerate(book.sheets_metadata):
                if about.typ == calamine.SheetTypeEnum.WorkSheet:
                    visible = about.visible == calamine.SheetVisibleEnum.Visible
                    yield {**_sheet(book.get_sheet_by_index(index), inspection, limits), "visible": visible}
    except calamine.PasswordError as error:
        raise Refused(
            "it is password protected: save it without a password", "工作簿有密码，请取消密码后另存"
        ) from error
    except calamine.CalamineError as error:
        raise Refused("it cannot be parsed; save it again as xlsx", "无法解析，请用 Excel 另存为 xlsx") from error


def _inspect_xls(facts: list[SheetFacts] | None, names: list[str]) -> Inspection:
    if facts is None or len(facts) != len(names):
        note = "cells with errors could not be told from blank ones; save it as xlsx"
        return Inspection(dict.fromkeys(names, SheetFacts({}, 0, 0)), (note,))
    return Inspection(dict(zip(names, facts, strict=True)), ())


def _sheet(sheet: Any, inspection: Inspection, limits: Limits) -> dict[str, Any]:
    if sheet.total_height > limits.rows or sheet.total_width > limits.columns:
        raise Refused(
            f"it spans more than {limits.rows} rows or {limits.columns} columns",
            f"超过{limits.rows}行或{limits.columns}列，请删除远处的误填内容",
            sheet=sheet.name,
        )
    seen = inspection.sheets.get(sheet.name)
    if seen is None:
        raise Refused("the list of sheets is wrong; save it again as xlsx", "工作表清单有误，请另存", sheet=sheet.name)
    rows = [_trimmed(row) for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), code in seen.errors.items():
        _put(rows, row, column, {"error": code})
    return {
        "name": sheet.name,
        "rows": rows,
        "merged": [[*first, *last] for first, last in sheet.merged_cell_ranges or ()],
        "hidden_rows": seen.hidden_rows,
        "notes": inspection.notes,
    }


def _trimmed(row: list[Any]) -> list[Any]:
    """Give a row with None for what is blank, and without the blanks at its end."""
    while row and row[-1] == "":
        row.pop()
    return [None if cell == "" else cell for cell in row]


def _put(rows: list[list[Any]], row: int, column: int, value: Any) -> None:
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = value


def _tagged(value: object) -> dict[str, Any]:
    """Write what JSON has no word for as a dictionary of one."""
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
