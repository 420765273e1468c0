"""The sheets of a file that an office sent, by what it holds and not by what it is called.

Workbooks are parsed in a process of their own, with limits of memory and time: whatever happens to it becomes one
clear fault of the source. An xlsx that is called .xls, or a csv that is called .xlsx, is read as what it is.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from housing_guarantee.adapters.delimited import read_delimited
from housing_guarantee.adapters.grid import CellError, Sheet, Value
from housing_guarantee.containment import command_of, end, start
from housing_guarantee.errors import SourceError
from housing_guarantee.limits import Limits, as_argument

__all__ = ["read_sheets"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "EncryptedPackage": ("it is password protected: save it without a password", "工作簿有密码，请取消密码后另存"),
    "WordDocument": ("its content is a Word document; save its table as xlsx", "内容是 Word 文档，请将表格另存为 xlsx"),
}
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
}
_WEB_PAGES = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<style", b"<?xml", b"<!--", b"mime-version:")
_TYPES: Mapping[str, Callable[[Any], Value]] = {
    "error": CellError,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def read_sheets(data: bytes, name: str, limits: Limits | None = None) -> list[Sheet]:
    """Read every worksheet of an xlsx, xlsm or xls, or the one sheet of a delimited file.

    :param name: the file as errors are to name it
    :raises SourceError: it is empty, protected, damaged, hostile, over a budget, or no table at all
    """
    limits = limits or Limits()
    _refuse_size(data, name, limits.file_bytes)
    if data.startswith(_OLE):
        for stream, (problem, zh) in _OLE_STREAMS.items():
            if stream.encode("utf-16-le") in data:
                raise SourceError(name, problem, zh=zh)
    if data.startswith((_OLE, *_ZIPS)):
        return _sheets(_ask_child(data, name, limits), name)
    _refuse_other_kinds(data, name)
    return [read_delimited(data, name, limits)]


def _refuse_size(data: bytes, name: str, most: int) -> None:
    if len(data) > most:
        megabytes = most // 1_000_000
        raise SourceError(name, f"it is larger than {megabytes} MB", zh=f"文件超过{megabytes}MB，请拆分后重试")
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise SourceError(name, "it is empty; ask for it again", zh="文件是空的，请重新索取")


def _refuse_other_kinds(data: bytes, name: str) -> None:
    for sign, kind in _OTHERS.items():
        if data.startswith(sign):
            raise SourceError(
                name, f"its content is {kind}; send it as xlsx or csv", zh=f"内容是 {kind}，请提供 xlsx 或 csv"
            )
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGES):
        raise SourceError(
            name,
            "its content is a web page or XML; open it in Excel and save it as xlsx",
            zh="内容是网页或 XML，请用 Excel 打开后另存为 xlsx",
        )


# ------------------------------------------------------------------------------------------------ the child


def _ask_child(data: bytes, name: str, limits: Limits) -> Mapping[str, Any]:
    seconds = limits.seconds
    with start(command_of("housing_guarantee.adapters.workbook_child", as_argument(limits))) as child:
        try:
            answer, _ = child.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise SourceError(
                name, f"reading it took more than {seconds} s", zh=f"读取超过{seconds}秒，请用 Excel 另存后重试"
            ) from error
        finally:
            end(child)
    if child.returncode != 0:
        raise SourceError(
            name,
            f"the process that read it ended (code {child.returncode}): it is damaged or needs too much memory; "
            "save it again as xlsx",
            zh="读取时异常中止：文件已损坏或占用内存过大，请用 Excel 另存为 xlsx",
        )
    found: Mapping[str, Any] = json.loads(answer, object_hook=_value)
    return found


def _sheets(answer: Mapping[str, Any], name: str) -> list[Sheet]:
    if "refused" in answer:
        raise SourceError(name, **answer["refused"])
    return [
        Sheet(
            name=sheet["name"],
            rows=[tuple(row) for row in sheet["rows"]],
            merged=tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in sheet["merged"]),
            visible=sheet["visible"],
            hidden_rows=sheet["hidden_rows"],
            notes=tuple(_notes(sheet)),
        )
        for sheet in answer["sheets"]
    ]


def _notes(sheet: Mapping[str, Any]) -> list[str]:
    hidden = [f"{sheet['hidden_rows']} hidden rows were read"] if sheet["hidden_rows"] else []
    return [*sheet["notes"], *hidden]


def _value(found: dict[str, Any]) -> Any:
    """Give back a cell that JSON has no word for; every other dictionary of the answer has several keys."""
    if len(found) != 1:
        return found
    ((kind, content),) = found.items()
    return _TYPES[kind](content) if kind in _TYPES else found
