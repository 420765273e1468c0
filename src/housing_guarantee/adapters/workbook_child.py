"""The process in which a stranger's workbook is parsed: bytes come in, JSON goes out, and a crash stays here.

It imports as little as it can, because one is started for every workbook.
"""

import json
import posixpath
import sys
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from housing_guarantee.adapters.xlsx_guard import Look, Refused, look

__all__ = ["MEMORY", "main"]

MEMORY = 2 << 30
"""Bytes that the process may ask for."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def main() -> None:
    """Read a workbook from standard input, and write its sheets or the reason against it as JSON."""
    _confine()
    answer: dict[str, Any]
    try:
        answer = {"sheets": _sheets(sys.stdin.buffer.read())}
    except Refused as refusal:
        answer = {"refused": {"zh": refusal.zh, "en": refusal.en, "part": refusal.part, "cell": refusal.cell}}
    sys.stdout.buffer.write(json.dumps(answer, default=_plain).encode("ascii"))


def _confine() -> None:
    """Limit memory and leave no core behind, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets(data: bytes) -> list[dict[str, Any]]:
    looks: Mapping[str, Look] = {}
    parts: Mapping[str, str] = {}
    notes: list[str] = []
    if data.startswith(b"PK"):
        looks, notes = look(data)
        parts = _parts_of_sheets(data)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return [
            _sheet(book.get_sheet_by_name(about.name), about.visible == SheetVisibleEnum.Visible,
                   looks.get(parts.get(about.name, ""), Look()), notes)
            for about in book.sheets_metadata
            if about.typ == SheetTypeEnum.WorkSheet
        ]  # fmt: skip
    except PasswordError as error:
        raise Refused("工作簿有密码，请取消密码后另存", "it is protected by a password; save it without one") from error
    except (CalamineError, ValueError, OSError) as error:
        raise Refused("工作簿无法解析，请用 Excel 另存为 xlsx", "it cannot be parsed; save it again as xlsx") from error


def _sheet(sheet: Any, visible: bool, seen: Look, notes: list[str]) -> dict[str, Any]:
    rows = sheet.to_python(skip_empty_area=False)
    for (row, column), fault in seen.faults.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = {"e": fault}
    merged = sheet.merged_cell_ranges or []
    return {
        "name": sheet.name,
        "rows": rows,
        "merged": [[*first, *last] for first, last in merged],
        "visible": visible,
        "hidden_rows": seen.hidden_rows,
        "notes": notes,
    }


def _parts_of_sheets(data: bytes) -> dict[str, str]:
    """Say which part holds which sheet; a workbook that does not say it is left to the parser."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - no DTD passed the guard
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        except (KeyError, ElementTree.ParseError):
            return {}
    targets = {link.get("Id"): str(link.get("Target", "")) for link in links}
    return {
        str(sheet.get("name")): posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_RELATION), "")))[1:]
        for sheet in book.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet")
    }


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, (datetime, date, time)):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
