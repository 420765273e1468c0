"""The sheets of a file that an office sent, by what it holds and not by what it is called.

Workbooks are parsed in a process of their own, with limits; whatever happens to it becomes one clear fault of the
source. A name that ends in .xls and holds an xlsx, or a csv that was called .xlsx, is read as what it is.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from housing_guarantee.adapters.delimited import read_delimited
from housing_guarantee.adapters.grid import CellError, Sheet, Value
from housing_guarantee.errors import SourceError

__all__ = ["SECONDS", "read_sheets"]

SECONDS = 60
"""How long a workbook may take."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
}


def read_sheets(data: bytes, name: str) -> list[Sheet]:
    """Read every sheet of a workbook or delimited file.

    :raises SourceError: it is empty, protected, damaged, or no table at all
    """
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not data.strip():
        raise SourceError(name, "the file is empty; ask for it again", zh="文件是空的，请重新索取")
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise SourceError(
            name, "it is protected by a password; save it without one", zh="工作簿有密码，请取消密码后另存"
        )
    if data.startswith((_OLE, b"PK\x03\x04")):
        return _in_child(data, name)
    for sign, kind in _OTHERS.items():
        if data.startswith(sign):
            raise _not_a_table(name, kind)
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise _not_a_table(name, "HTML/XML")
    return [read_delimited(data, name)]


def _not_a_table(name: str, kind: str) -> SourceError:
    return SourceError(
        name, f"its content is {kind}; save it as xlsx or csv", zh=f"内容是 {kind}，请另存为 xlsx 或 csv"
    )


def _in_child(data: bytes, name: str) -> list[Sheet]:
    child = subprocess.Popen(
        [sys.executable, "-m", "housing_guarantee.adapters.workbook_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        answer, _ = child.communicate(data, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        _kill(child)
        raise SourceError(
            name, f"reading it took over {SECONDS} s; save it again with Excel", zh=f"读取超过{SECONDS}秒，请另存后重试"
        ) from error
    if child.returncode != 0:
        raise SourceError(
            name, "it ended the process that parsed it; save it again with Excel", zh="解析时异常中止，请用 Excel 另存"
        )
    return _sheets(json.loads(answer, object_hook=_value), name)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()


def _sheets(answer: Mapping[str, Any], name: str) -> list[Sheet]:
    if "refused" in answer:
        refusal = answer["refused"]
        place = refusal["part"] and refusal["part"].rpartition("/")[2]
        raise SourceError(name, refusal["en"], zh=refusal["zh"], sheet=place, column=refusal["cell"])
    return [
        Sheet(
            name=sheet["name"],
            rows=[tuple(row) for row in sheet["rows"]],
            merged=tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in sheet["merged"]),
            visible=sheet["visible"],
            hidden_rows=sheet["hidden_rows"],
            notes=tuple(sheet["notes"]) + ((f"{sheet['hidden_rows']} hidden rows",) if sheet["hidden_rows"] else ()),
        )
        for sheet in answer["sheets"]
    ]


def _value(found: dict[str, Any]) -> Any:
    """Give back a cell that JSON has no word for."""
    if len(found) != 1:
        return found
    ((kind, text),) = found.items()
    value: Value
    if kind == "e":
        value = CellError(text)
    elif kind == "datetime":
        value = datetime.fromisoformat(text)
    elif kind == "date":
        value = date.fromisoformat(text)
    elif kind == "time":
        value = time.fromisoformat(text)
    elif kind == "timedelta":
        value = timedelta(seconds=text)
    else:
        return found
    return value
