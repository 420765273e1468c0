"""Changed workbooks, as offices send them: their bytes, and the XML within, which a zip's checksums do not protect.

An xlsx is read as its process reads it, guard first, and its answer is understood as the run understands it. A list
that came back goes on to what reads answers from it.
"""

import re
import struct
import zipfile
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from io import BytesIO
from random import Random
from types import SimpleNamespace

from housing_guarantee import feedback
from housing_guarantee.adapters import workbook_child, xls_facts, xlsx_guard, xlsx_sheet
from housing_guarantee.adapters.workbook import sheets_of
from housing_guarantee.adapters.workbook_child import MEMORY, answer_to
from housing_guarantee.errors import SourceError
from housing_guarantee.reports.columns import COLUMNS
from housing_guarantee.reports.tokens import row_token
from housing_guarantee.testing import xlsx
from housing_guarantee.testing.workbooks import Rows
from tests.adapters.book import raw
from tests.faults.bytewise import CHANGES, changed, with_words
from tests.faults.targets import Target, replace_in

__all__ = ["LISTS", "OLD_WORKBOOKS", "WORKBOOKS"]

_ROWS: Rows = [
    ["户编号", "户主姓名", "身份证号码", "村", "鉴定等级", "面积", "核验日期"],
    *[
        [f"10000{n:06}", f"户主{n}", f"99252519700101{n:04}", "巴塘村", "ABCD"[n % 4], 60.5 + n, "2020-06-11"]
        for n in range(12)
    ],
]
_NASTY = tuple(
    word.encode()
    for word in (
        'r="XFD1048576"', 'r="A99999999"', 'r="-1"', 'r=""', 't="s"', 't="e"', 't="str"', 't="b"', 't="inlineStr"',
        't="d"', "<v>-1</v>", "<v>99999</v>", "<v>NaN</v>", "<v>1e999</v>", "<v></v>", "<v>2958466</v>", "<v>60</v>",
        "<f>1/0</f>", "&#x1;", "&#xD800;", "_x000D_", "<!DOCTYPE x>", "<![CDATA[", "<!--",
        '<mergeCell ref="A1:XFD1048576"/>',
        '<row r="1048576">', '<dimension ref="A1"/>', 'hidden="1"', 's="9999"', 'numFmtId="14"', 'count="4294967295"',
        'xml:space="preserve"', "\ud83c".encode("utf-8", "surrogatepass").decode("latin-1"), "../../../x", "rId99",
    )
)  # fmt: skip
_NUMBER = re.compile(rb"-?[0-9]+")
_NUMBERS = (b"0", b"-1", b"1048576", b"1048577", b"16384", b"4294967296", b"9" * 20, b"1e308", b"0.1", b"2", b"7")
_TAG = re.compile(rb"<[^<>]*>")


def originals() -> list[bytes]:
    """Write a roster, by two writers; with formats, dates, formulas, merged and hidden cells; with shared texts."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n}</v></c><c r="B{n}"><v>{n}.5</v></c>'
        f'<c r="C{n}"><f>B{n}*2</f><v>{n * 2 + 1}</v></c><c r="D{n}" t="e"><v>#REF!</v></c></row>'
        for n in range(1, 9)
    )
    return [
        xlsx({"名册": _ROWS}),
        xlsx({"名册": _ROWS[:5], "说明": [["一"]]}, {"名册": ["A6:B8"]}),
        raw(rows, strings=20, after='<mergeCells count="1"><mergeCell ref="F1:G2"/></mergeCells>'),
        raw(rows, strings=20, compression=zipfile.ZIP_STORED),
        _by_openpyxl(),
    ]


def _by_openpyxl() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in _ROWS:
        sheet.append([*row, date(2020, 6, 11)])
    sheet.row_dimensions[3].hidden = True
    sheet["J2"] = "=SUM(F2:F5)"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# --------------------------------------------------------------------------------------------------------- changes


def change(data: bytes, random: Random) -> bytes:
    """Change an xlsx: one in eight times its bytes, else the XML of one or two of its parts."""
    if random.random() < 0.12:
        return changed(data, random)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    likely = [name for name in parts if "sheet" in name.lower() or "workbook" in name or "haredStrings" in name]
    for _ in range(random.choice((1, 1, 2))):
        name = random.choice(likely if random.random() < 0.8 else list(parts))
        parts[name] = _changed_xml(parts[name], random)
    file = BytesIO()
    with zipfile.ZipFile(
        file, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)), compresslevel=1
    ) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return file.getvalue()


def _changed_xml(data: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 4))):
        data = random.choice((_number, _number, _attribute, _element, _bytes))(data, random)
    return data


def _number(data: bytes, random: Random) -> bytes:
    """Put another number where one stands."""
    return _replaced(data, list(_NUMBER.finditer(data)), random, random.choice(_NUMBERS))


def _attribute(data: bytes, random: Random) -> bytes:
    """Put a nasty word within a tag."""
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    tag = random.choice(tags)
    at = random.choice((tag.start(), tag.end(), tag.end() - 1, random.randrange(tag.start(), tag.end())))
    return data[:at] + b" " + random.choice(_NASTY) + data[at:]


def _element(data: bytes, random: Random) -> bytes:
    """Double, leave out, or exchange stretches between tags."""
    borders = [tag.start() for tag in _TAG.finditer(data)]
    if len(borders) < 4:
        return data
    a, b, c = sorted(random.choices(borders, k=3))
    match random.randrange(3):
        case 0:
            return data[:a] + data[a:b] * random.choice((2, 2, 50)) + data[b:]
        case 1:
            return data[:a] + data[b:]
        case _:
            return data[:a] + data[b:c] + data[a:b] + data[c:]


def _bytes(data: bytes, random: Random) -> bytes:
    return changed(data, random, _WITH_WORDS)


_WITH_WORDS = (*CHANGES, with_words(_NASTY))


def _replaced(data: bytes, found: Sequence[re.Match[bytes]], random: Random, by: bytes) -> bytes:
    if not found:
        return data
    place = random.choice(found)
    return data[: place.start()] + by + data[place.end() :]


# --------------------------------------------------------------------------------------------------------- reading


def read(data: bytes) -> bool:
    """Read a workbook as its process does; say whether it was taken."""
    try:
        return bool(sheets_of(answer_to(data), "changed.xlsx"))
    except SourceError:
        return False


def unguard() -> None:
    """Let a workbook through to its parser unseen."""
    import python_calamine as calamine

    def unseen(data: bytes, limits: xlsx_sheet.Limits | None = None) -> xlsx_guard.Inspection:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            return xlsx_guard.Inspection({name: xlsx_sheet.SheetFacts({}, 0, 0) for name in book.sheet_names}, ())

    replace_in(workbook_child, inspect_workbook=unseen)


WORKBOOKS = Target("workbooks", originals, change, read, unguard, seconds=10, memory=MEMORY)


# ------------------------------------------------------------------------------------------------------ old workbooks


def old_originals() -> list[bytes]:
    """Write old .xls: the demo's ledger, and a roster with formulas, errors, dates and hidden rows."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for row, cells in enumerate(_ROWS):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.write(2, 7, xlwt.Formula("F2*2"))
    sheet.write(3, 7, date(2020, 6, 11), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.row(4).hidden = True
    sheet.merge(14, 15, 0, 1)
    book.add_sheet("说明").write(0, 0, "一")
    file = BytesIO()
    book.save(file)
    return [file.getvalue(), (files("housing_guarantee.demo") / "data" / "relocation-ledger.xls").read_bytes()]


def change_old(data: bytes, random: Random) -> bytes:
    """Change an .xls: its bytes, or one or two of its records, their lengths and numbers most of all."""
    if random.random() < 0.3:
        return changed(data, random)
    made = bytearray(data)
    records = _records(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        at, length = random.choice(records)
        match random.randrange(4):
            case 0:
                struct.pack_into("<H", made, at + 2, random.choice((0, 1, length + 1, 0xFFFF, 8224)))
            case 1:
                struct.pack_into("<H", made, at, random.choice(records)[0] & 0xFFFF)
            case _ if length:
                for _ in range(random.choice((1, 2, 8))):
                    made[at + 4 + random.randrange(length)] = random.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(made)


def _records(data: bytes) -> list[tuple[int, int]]:
    """Give where the records of an .xls stand in its file, as far as they lie in one stretch, and their lengths."""
    at = data.find(b"\x09\x08\x10\x00")
    found = []
    while 0 <= at < len(data) - 4:
        kind, length = struct.unpack_from("<HH", data, at)
        if not kind or at + 4 + length > len(data):
            break
        found.append((at, length))
        at += 4 + length
    return found


def unguard_old() -> None:
    """Let every error of the walk over the records through."""
    error = {"error": ZeroDivisionError}  # which the walk does not expect
    replace_in(xls_facts, struct=SimpleNamespace(**{**vars(struct), **error}))


OLD_WORKBOOKS = Target("old-workbooks", old_originals, change_old, read, unguard_old, seconds=10, memory=MEMORY)


# ------------------------------------------------------------------------------------------------ lists that came back


def lists() -> list[bytes]:
    """Write lists as they come back, in both languages: rows with a token, answers, dates, notes, gaps."""
    answers = (
        ("已整改", "换发证书", "2020-06-20", "好"),
        ("未整改", "", "6月底", ""),
        ("?", "x", 43983, ""),
        ("", "", "", "注"),
    )
    made = []
    for language in ("zh", "en"):
        header = [column.zh if language == "zh" else column.en for column in COLUMNS]
        rows: list[list[object]] = [["共8个问题" if language == "zh" else "8 findings"], list(header)]
        for number in range(7):
            told = dict(zip(("status", "measure", "done_on", "note"), answers[number % 4], strict=True))
            told |= {
                "token": row_token(f"key-{number}"),
                "number": str(number + 1),
                "household_id": f"10000{number:06}",
            }
            rows.append([told.get(column.name, "") for column in COLUMNS])
        made.append(xlsx({"全县": rows, "说明": [["怎么填"]]}))
    return made


def take(data: bytes) -> bool:
    """Read a list that came back, as far as its replies; say whether it was taken for one."""
    try:
        found = [one for sheet in sheets_of(answer_to(data), "changed.xlsx") if (one := feedback._list_of(sheet))]
    except SourceError:
        return False
    tokens = {row_token(f"key-{number}"): f"key-{number}" for number in range(7)}
    book = feedback._Book("changed.xlsx", "digest", tuple(found))
    for one in found:
        list(feedback._replies(book, one, tokens))
        feedback._gap(book, one)
    return bool(found)


LISTS = Target("lists", lists, change, take, unguard, seconds=10, memory=MEMORY)
