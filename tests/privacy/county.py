"""The demo county made as bad as a real one, and who is in it, as its own files tell.

Who is in it is read here without the program under test, so that what it fails to understand is looked for as well.
"""

import csv
import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import python_calamine

from housing_guarantee.demo import write_county

from .searching import People

PASSWORD, ACCOUNT = "kou-ling-7Q9x", "zhu_ren_lu_2020"
ADDRESS = f"postgresql://{ACCOUNT}:{PASSWORD}@127.0.0.1:9/sheng"
APP_ACCOUNT, APP_PASSWORD = "gnx-tangxiu-007", "Tx@shouji2020"
VARIABLE = "LEAK_TEST_PROVINCIAL"
NAME, OTHER, RARE = "马贵德尕", "祁连卓玛措", "䶮𬱖㛃"  # the second also stands on the roster
NUMBER = "632599197706210052"
FORMS = (
    NUMBER, NUMBER[:6] + NUMBER[8:17], NUMBER[:17] + "x", "".join(chr(ord(c) + 0xFEE0) for c in NUMBER),
    " ".join((NUMBER[:6], NUMBER[6:14], NUMBER[14:])), "6.32599197706210E+17", NUMBER + "43", NUMBER + "43B1",
)  # fmt: skip
PHONE = "13897456021"
LEDGER, BROKEN = f"台账/{NAME}补录.csv", f"鉴定/{OTHER}.xlsx"
_NOBODY = {"说明", "合计", "小计", "备注", "姓名", "户主姓名", "户主信息", "户主", "录入人", "—", "无"}
_NAMES, _NUMBERS = re.compile("^(户主|姓名|户主姓名|录入人|HZXM)$"), re.compile("证件号|身份证|^SFZH$")
_PHONES = re.compile("电话")


def write(folder: Path) -> People:
    """Write the county, and say who is in it."""
    write_county(folder, seed=7, households=320)
    (folder / "truth.json").unlink()
    _ring_up(folder / "名册/塔秀乡名册.csv")
    _write_ledger(folder / LEDGER)
    (folder / BROKEN).write_bytes(b"")
    with (folder / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write(_MORE)
    return _people(folder)


_MORE = f"""
[[sources]]
role = "ledger"
adapter = "excel"
path = "{LEDGER}"
programme = "农村危房改造"

[[sources]]
role = "appraisals"
adapter = "excel"
path = "{BROKEN}"

[[sources]]
role = "provincial"
adapter = "provincial"
url_env = "{VARIABLE}"

[[waivers]]
code = "photo-gps.position-absent"
area_code = "632525"
reason = "{OTHER}（{PHONE}）称无信号"
approved_by = "{NAME}"
expires = 2020-06-30
"""


def _ring_up(roster: Path) -> None:
    """Give every household of a roster a phone, and one of them another head."""
    rows = list(csv.reader(io.StringIO(roster.read_bytes().decode("gb18030"))))
    at = rows[0].index("联系电话")
    for number, row in enumerate(rows[1:], 1):
        row[at] = f"139{number * 7919 % 10**8:08}"
    rows[5][rows[0].index("户主姓名")] = OTHER
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    roster.write_bytes(text.getvalue().encode("gb18030"))


def _write_ledger(path: Path) -> None:
    """Write a ledger with every form of a number, names that slid into other columns, and an account."""
    header = "档案编号,户主姓名,身份证号,乡镇,村,年度,改造方式,备注,账号,密码"
    rows = [
        f"补{at},{NAME},{form},茫曲镇,塔哇村,2017,{OTHER},{OTHER}电话{PHONE}代{form}签字,{APP_ACCOUNT},{APP_PASSWORD}"
        for at, form in enumerate(FORMS)
    ]
    rows += [
        f"{NUMBER},{RARE},,茫曲镇,{NAME},2017年{OTHER},翻建,,,",
        f"补90,{NUMBER},{NAME},茫曲镇,{NUMBER},{NAME},翻建,,,",
        f"补91,{NAME},{NUMBER},茫曲镇,塔哇村,二〇一七{PHONE},翻建,,,",
    ]
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8-sig")


# ------------------------------------------------------------------------------------------------ who is in it


def _people(folder: Path) -> People:
    names, numbers, phones = {NAME, OTHER, RARE}, {NUMBER}, {PHONE}
    for rows in _tables(folder):
        for column in zip(*_even(rows), strict=True):
            head = [str(cell).strip() for cell in column[:6]]
            values = {str(cell).strip() for cell in column}
            if any(map(_NAMES.search, head)) and "与户主关系" not in head:
                names |= {one for one in values if 2 <= len(one) <= 10 and one not in _NOBODY and not one[0].isascii()}
            if any(map(_NUMBERS.search, head)):
                numbers |= {one for one in values if one[:1].isdigit()}
            if any(map(_PHONES.search, head)):
                phones |= {one for one in values if len(one) == 11}
    accounts = frozenset({PASSWORD, ACCOUNT, APP_ACCOUNT, APP_PASSWORD})
    return People(frozenset(names), frozenset(number[:15] for number in numbers), frozenset(phones), accounts)


def _even(rows: Sequence[Sequence[Any]]) -> Iterable[list[Any]]:
    width = max(map(len, rows), default=0)
    return ([*row, *[""] * (width - len(row))] for row in rows)


def _tables(folder: Path) -> Iterator[Sequence[Sequence[Any]]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix in (".xlsx", ".xls") and path.stat().st_size:
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names if name != "数据字典"]
            yield from ([list(row) for row in sheet.to_python()] for sheet in sheets)
        elif path.suffix == ".csv":
            yield _csv(path.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (_csv(archive.read(name)) for name in archive.namelist() if name.endswith(".csv"))
        elif path.suffix == ".sqlite":
            yield from _database(path)


def _csv(data: bytes) -> list[Sequence[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return [[cell.strip('="') for cell in row] for row in csv.reader(io.StringIO(text))]


def _database(path: Path) -> Iterator[list[Sequence[Any]]]:
    database = sqlite3.connect(path)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = database.execute(f"SELECT * FROM {table}")  # noqa: S608 - the county's own tables
        yield [[column[0] for column in rows.description], *rows.fetchall()]
    database.close()


def copy(folder: Path, to: Path) -> None:
    """Copy the files of a county that has not been checked."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("out", "workspace*", "交回", "campaign.toml"))
