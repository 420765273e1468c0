"""``inspect``: what files are, where their headers stand, how each column is understood, and what is missing."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from housing_guarantee.cli import options
from housing_guarantee.onboarding import look_at
from housing_guarantee.onboarding.showing import look_data, masking_for

__all__ = ["command"]

_ROLES = {
    "roster": "名册", "verifications": "核验记录", "ledger": "台账", "appraisals": "鉴定名册", "archive": "一户一档",
    "photos": "照片", "provincial": "省系统",
}  # fmt: skip
_FORMS = {
    "xlsx": "xlsx 工作簿", "xls": "旧版 xls 工作簿", "csv": "文本表格", "package": "压缩包（表格和照片）",
    "photos": "照片", "archive": "一户一档文件夹", "database": "SQLite 数据库",
    "area": "区划边界", "other": "不是可用的文件",
}  # fmt: skip
_SURE = {"exact": "一致", "normalised": "规范后一致", "partly": "近似", "content": "按内容"}
_COLUMNS = {
    "column": ("列", "column"), "header": ("表头", "header"), "field": ("理解为", "understood as"),
    "certainty": ("把握", "how surely"), "filled": ("已填", "filled"), "unreadable": ("读不懂", "unreadable"),
    "samples": ("示例（已遮蔽）", "samples, masked"),
}  # fmt: skip
_NEAR = 0.5
"""Share of the likeliest role's score from which on another role is worth a line."""


@click.command("inspect")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@options.lang
@options.json_
def command(files: tuple[Path, ...], lang: str | None, as_json: bool) -> int:
    """查看文件：工作表、表头位置、各列如何理解及把握、遮蔽后的示例、缺少什么。

    Show what files and folders are: sheets, where the header is, how each column is understood and how surely, masked
    samples, and what is missing. Nothing is judged.
    """
    looks = look_at((path, path.as_posix()) for path in files)
    masking = masking_for(looks)
    data = [look_data(look, masking) for look in looks]
    if as_json:
        click.echo(json.dumps({"files": data}, ensure_ascii=False, indent=2))
    else:
        _show(data, lang or "zh")
    named = {path.as_posix() for path in files}
    return 3 if any(look.is_fault or (look.problem and look.name in named) for look in looks) else 0


def _show(data: list[dict[str, Any]], language: str) -> None:
    from rich.console import Console

    console = Console(soft_wrap=False)
    for one in data:
        for line in _file_lines(one, language):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        for sheet in one["sheets"]:
            for line in _sheet_lines(sheet, language):
                console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
            if sheet.get("columns"):
                console.print(_table(sheet["columns"], language))


def _file_lines(one: Mapping[str, Any], language: str) -> Iterator[str]:
    zh = language == "zh"
    form = _FORMS[one["form"]] if zh else one["form"]
    encoding = f" {one['encoding']}" if "encoding" in one else ""
    if not one["readable"]:
        yield f"[!] {one['problem'][language]}"
        return
    yield f"{one['file']}  {form}{encoding}"
    if "photos" in one:
        count, numbered = one["photos"]["count"], one["photos"]["with_number"]
        yield (
            f"  照片{count}张，其中{numbered}张的路径含户编号样的数字"
            if zh
            else f"  {count} photos, the paths of {numbered} hold a number that may be a household's"
        )
    if "papers" in one:
        yield f"  文书{one['papers']}份" if zh else f"  {one['papers']} papers"
    if "areas" in one:
        yield f"  {one['areas']}个区划" if zh else f"  {one['areas']} areas"


def _sheet_lines(sheet: Mapping[str, Any], language: str) -> Iterator[str]:
    zh = language == "zh"
    name = " ".join(f"[{part}]" for part in (sheet.get("member"), sheet["sheet"]) if part)
    hidden = "" if sheet["visible"] else (" 隐藏，不读取" if zh else " hidden: not read")
    if "columns" not in sheet:
        rows = sheet["filled_rows"]
        yield f"{name} {rows}行，没有认出表头{hidden}" if zh else f"{name} {rows} rows, no header recognised{hidden}"
        return
    first, last = sheet["header_rows"]
    at = str(first) if first == last else f"{first}–{last}"
    role = sheet["role"]
    said = (_ROLES[role] if zh else role) if role else ("不能确定" if zh else "not sure")
    count = sheet["data_rows"]
    yield (
        f"{name} 表头在第{at}行，数据{count}行 → {said}{hidden}"
        if zh
        else f"{name} header in row {at}, {count} rows of data → {said}{hidden}"
    )
    for note in sheet.get("notes", ()):
        yield f"  {note}"
    yield from _role_lines(sheet["roles"], language)


def _role_lines(roles: list[dict[str, Any]], language: str) -> Iterator[str]:
    """Say of the roles that a sheet may fill what they lack; unlikely ones are left to --json."""
    zh, comma = (True, "、") if language == "zh" else (False, ", ")
    for number, role in enumerate(roles):
        name = f"{_ROLES[role['role']]} {role['role']}" if zh else role["role"]
        if number and role["score"] < _NEAR * roles[0]["score"]:
            continue
        if role["problem"]:
            yield f"[!] {name}: {role['problem'][language]}"
        elif role["missing"]:
            missing = comma.join(role["missing"])
            yield f"  作{name}：缺少 {missing}" if zh else f"  as {name}: lacks {missing}"
        elif number == 0 and role["absent"]:
            absent = comma.join(role["absent"])
            yield f"  没有的列：{absent}" if zh else f"  columns it does not have: {absent}"


def _table(columns: list[dict[str, Any]], language: str) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    zh = language == "zh"
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in _COLUMNS:
        table.add_column(_COLUMNS[name][not zh], overflow="fold")
    for column in columns:
        sure = column["certainty"]
        shown = {
            **column,
            "field": column["field"] or "·",
            "certainty": (_SURE[sure] if zh else sure) if sure else "",
            "unreadable": column["unreadable"] or "",
            "samples": " | ".join(column["samples"]),
        }
        table.add_row(*(Text(str(shown[name])) for name in _COLUMNS))
    return table
