"""Files that offices send become sheets by what they hold, and whatever a reader suffers stays in its own process."""

import os
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from time import sleep
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from housing_guarantee.adapters.grid import CellError, Sheet, column_letters
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.errors import SourceError
from housing_guarantee.limits import Limits
from housing_guarantee.testing import xlsx
from tests.adapters.book import archive, raw

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS: list[list[Any]] = [["户编号", "户主姓名"], ["10000000001", "才让多杰"], ["10000000002", "扎西卓玛"]]
ID_AS_NUMBER = 632525198001017611
MOMENT = datetime.fromisoformat("2017-08-01T09:30")  # a cell knows no zone
SAVED = [tuple(row) for row in ROWS]
_SPACES = ("spreadsheetml/2006/main", "officeDocument/2006/relationships")


def problem(data: bytes, name: str = "名册.xlsx", limits: Limits | None = None) -> SourceError:
    """Have a file refused; the refusal names it and says the same in both languages, in one line each."""
    with pytest.raises(SourceError) as caught:
        read_sheets(data, name, limits)
    error = caught.value
    assert error.source == name
    assert error.zh != error.problem
    assert "\n" not in error.text("zh") + error.text("en")
    return error


def xls(rows: list[list[Any]], *, hidden: bool = False) -> bytes:
    """Write the old kind of workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    if hidden:
        book.add_sheet("隐藏").visibility = 1
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# ------------------------------------------------------------------------------------------------ kinds of files


def test_an_xlsx_gives_its_cells() -> None:
    """Rows come out as they were written, row 1 first."""
    assert read_sheets(xlsx({"名册": ROWS}), "名册.xlsx") == [Sheet("名册", SAVED)]


def test_an_xlsx_of_another_writer_gives_its_cells() -> None:
    """A workbook that openpyxl wrote reads like one that Excel wrote."""
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    file = BytesIO()
    book.save(file)

    (sheet,) = read_sheets(file.getvalue(), "名册.xlsx")

    assert sheet.rows == SAVED


@pytest.mark.parametrize("name", ["名册.xls", "名册.xlsx", "名册.csv"])
def test_an_xls_is_read_whatever_it_is_called(name: str) -> None:
    """The old kind of workbook is known by its content."""
    assert read_sheets(xls(ROWS), name)[0].rows == SAVED


def test_a_delimited_file_called_xlsx_is_read() -> None:
    """Text is text, whatever its suffix says."""
    data = "户编号,户主姓名\n10000000001,才让多杰\n".encode("gb18030")

    assert read_sheets(data, "名册.xlsx") == [Sheet(None, SAVED[:2])]


def test_macros_are_not_run_but_said() -> None:
    """An xlsm is read like an xlsx, with a note."""
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    (sheet,) = read_sheets(raw(row, parts={"xl/vbaProject.bin": b"x"}), "名册.xlsm")

    assert sheet.rows == [(1.0,)]
    assert sheet.notes == ("it holds macros; none was run",)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (bytes(4096), "empty"),
        (b"%PDF-1.4 ...", "PDF"),
        (b"\xff\xd8\xff\xe0....", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"Rar!\x1a\x07", "RAR"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', "web page"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "web page"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web page"),
        (archive({"照片/1.jpg": b"x"}), "zip archive"),
        (archive({}), "zip archive"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "Word"),
        (OLE + bytes(4096), "cannot be parsed"),
        (xlsx({"名册": ROWS})[:-30], "damaged"),
        (xls(ROWS)[:1500], "cannot be parsed"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(data: bytes, word: str) -> None:
    """The refusal says what the file is, or what is wrong with it."""
    assert word in problem(data).problem


def test_a_file_over_the_budget_is_refused() -> None:
    """Nothing of over 100 MB is read at all."""
    assert "100 MB" in problem(b"a" * 100_000_001).problem


# ------------------------------------------------------------------------------------------------ cells


def test_cells_keep_their_types() -> None:
    """A number stays a number, even one that was an identity number, and a date stays a date."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        day, moment, clock, span = (
            book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[hh]:mm")
        )
        sheet.write_number(0, 0, ID_AS_NUMBER)
        sheet.write_number(0, 1, 4)
        sheet.write_string(0, 2, "632525198001017611")
        sheet.write_boolean(0, 3, True)
        sheet.write_datetime(0, 4, date(2017, 8, 1), day)
        sheet.write_datetime(0, 5, MOMENT, moment)
        sheet.write_number(0, 6, 0.5, clock)
        sheet.write_number(0, 7, 1.5, span)
        sheet.write_string(0, 8, "\u200b全　角\n")

    (row,) = read_sheets(file.getvalue(), "名册.xlsx")[0].rows

    assert row == (
        float(ID_AS_NUMBER),
        4.0,
        "632525198001017611",
        True,
        date(2017, 8, 1),
        MOMENT,
        time(12, 0),
        timedelta(days=1, hours=12),
        "\u200b全　角\n",
    )
    assert [type(cell) for cell in row[:4]] == [float, float, str, bool]


def test_errors_and_missing_results_are_no_blanks() -> None:
    """Where the parser gives an empty cell, the sheet says what stands there, even beyond the last value."""
    data = raw(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><v>1</v></c></row>'
        '<row r="3"><c r="D3"><f>A1+1</f></c></row>'
    )

    assert read_sheets(data, "台账.xlsx")[0].rows == [
        (CellError("#REF!"), 1.0),
        (),
        (None, None, None, CellError("no cached value")),
    ]


def test_rows_and_columns_are_those_a_clerk_sees() -> None:
    """A sheet whose first value stands in C3 has two blank rows and two blank columns before it."""
    data = raw('<row r="3"><c r="C3"><v>7</v></c></row>')

    assert read_sheets(data, "名册.xlsx")[0].rows == [(), (), (None, None, 7.0)]


def test_a_lying_dimension_loses_no_row() -> None:
    """A sheet that declares A1 alone, as some writers do, is read to its end."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>0</v></c></row>' for n in (1, 2, 3))

    assert read_sheets(raw(rows), "名册.xlsx")[0].rows == [(1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]


def test_a_giant_is_refused_by_its_cell() -> None:
    """What would abort the parser becomes one clear line that names the cell."""
    error = problem(raw('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))

    assert (error.sheet, error.row, error.column) == ("名册", 1048576, "XFD")


# ------------------------------------------------------------------------------------------------ sheets


def test_sheets_say_what_a_clerk_does_not_see() -> None:
    """Hidden sheets and hidden rows are marked; chart sheets are no sheets of cells."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        shown, chart, hidden, very = (
            book.add_worksheet("名册"),
            book.add_chartsheet("图"),
            book.add_worksheet("旧表"),
            book.add_worksheet("底表"),
        )
        line = book.add_chart({"type": "line"})
        line.add_series({"values": "=名册!$A$1:$A$2"})
        chart.set_chart(line)
        shown.write_column(0, 0, [1, 2, 3])
        shown.set_row(1, None, None, {"hidden": True})
        hidden.write(0, 0, "旧")
        hidden.hide()
        very.very_hidden()

    sheets = read_sheets(file.getvalue(), "名册.xlsx")

    assert [(sheet.name, sheet.visible, sheet.hidden_rows, len(sheet.rows)) for sheet in sheets] == [
        ("名册", True, 1, 3),
        ("旧表", False, 0, 1),
        ("底表", False, 0, 0),
    ]
    assert sheets[0].notes == ("1 hidden rows were read",)


def test_a_hidden_sheet_of_an_xls_is_marked() -> None:
    """Visibility is known in the old kind too."""
    assert [(sheet.name, sheet.visible) for sheet in read_sheets(xls(ROWS, hidden=True), "名册.xls")] == [
        ("名册", True),
        ("隐藏", False),
    ]


def test_merged_ranges_are_given_from_0() -> None:
    """A merged range is first row, first column, last row, last column."""
    data = xlsx({"名册": [["户主信息", None], ["姓名", "证件号码"]]}, {"名册": ["A1:B1"]})

    (sheet,) = read_sheets(data, "名册.xlsx")

    assert sheet.rows[0] == ("户主信息",)
    assert sheet.merged == ((0, 0, 0, 1),)


def test_merged_ranges_of_an_xls_are_given_too() -> None:
    """The old kind tells its merged ranges as well."""
    book = xlwt.Workbook()
    book.add_sheet("名册").write_merge(3, 5, 0, 0, "加土乎村")
    file = BytesIO()
    book.save(file)

    assert read_sheets(file.getvalue(), "名册.xls")[0].merged == ((3, 0, 5, 0),)


# ------------------------------------------------------------------------------------------------ the child


def test_a_reader_that_dies_is_a_fault_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is killed becomes one line, and nothing else ends."""
    child = tmp_path / "python"
    child.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    child.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(child))

    assert "code -9" in problem(xlsx({"名册": ROWS})).problem


def test_a_reader_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When time is up the child and what it started are killed."""
    child, mark = tmp_path / "python", tmp_path / "pid"
    child.write_text(f"#!/bin/sh\nsleep 60 & echo $! > {mark}\nwait\n", encoding="utf-8")
    child.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(child))

    assert "more than 0.3 s" in problem(xlsx({"名册": ROWS}), limits=Limits(seconds=0.3)).problem
    assert ends(int(mark.read_text(encoding="utf-8")))


def ends(process: int) -> bool:
    """Wait up to five seconds for a process to be gone, or dead and not yet collected."""
    state = Path(f"/proc/{process}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text(encoding="utf-8").split()[2] == "Z":
            return True
        sleep(0.05)
    return False


def test_a_reader_out_of_memory_is_a_fault_of_the_source() -> None:
    """The child holds itself to its limit of memory, and its end becomes one line."""
    data = xlsx({"名册": [["字" * 100 + str(n)] for n in range(20_000)]})
    assert len(read_sheets(data, "名册.xlsx")[0].rows) == 20_000

    assert "memory" in problem(data, limits=Limits(memory=44 << 20)).problem


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(rows=2), "row 2 or column"),
        (Limits(parts=3), "more than 3 parts"),
        (Limits(file_bytes=1000), "larger than 0 MB"),
    ],
)
def test_the_limits_reach_the_process_that_reads(limits: Limits, words: str) -> None:
    """They are those of the campaign, whatever the defaults are."""
    assert words in problem(xlsx({"名册": ROWS}), limits=limits).problem


def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file called json.py beside the county's workbooks is none of the reader's."""
    (tmp_path / "json.py").write_text("raise SystemExit(7)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert read_sheets(xlsx({"名册": ROWS}), "名册.xlsx")[0].rows == SAVED


def test_a_reader_starts_with_little() -> None:
    """The child imports neither our classes nor any heavy package before it parses."""
    import subprocess

    code = "import sys, housing_guarantee.adapters.workbook_child; print(sorted(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own module
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert not {"attr", "attrs", "cattrs", "click", "python_calamine"} & set(eval(done.stdout))  # noqa: S307


def test_columns_have_letters() -> None:
    """A column's letters are those a spreadsheet shows."""
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


# ------------------------------------------------------------------------------------------------ odd, and protected


def styled(row: str, properties: str = "") -> bytes:
    """Write a workbook in which the cells of style 1 are dates."""
    main, links = (f"http://schemas.openxmlformats.org/{part}" for part in _SPACES)
    look = (
        f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{links}">{properties}<sheets>'
        '<sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return raw(f'<row r="1">{row}</row>', parts={"xl/styles.xml": look, "xl/workbook.xml": book})


DATES = '<c r="A1" s="1"><v>43000</v></c><c r="B1" s="1"><v>61</v></c><c r="C1" s="1"><v>-5</v></c>'


@pytest.mark.parametrize(
    ("properties", "days"),
    [
        ("", (date(2017, 9, 22), date(1900, 3, 1))),
        ('<workbookPr date1904="1"/>', (date(2021, 9, 23), date(1904, 3, 2))),
    ],
    ids=["1900", "1904"],
)
def test_a_date_is_counted_from_the_year_that_its_workbook_says(properties: str, days: tuple[date, date]) -> None:
    """A Mac's workbook counts from 1904; a day before the first is no date."""
    (row,) = read_sheets(styled(DATES, properties), "名册.xlsx")[0].rows

    assert row[:2] == days
    assert not isinstance(row[2], date)


def test_styles_that_other_writers_leave_bare_cost_nothing() -> None:
    """A fill without a pattern, over which some readers refuse the whole workbook, is no fault of the data."""
    assert read_sheets(styled('<c r="A1" t="inlineStr"><is><t>才让</t></is></c>'), "名册.xlsx")[0].rows == [("才让",)]


def test_what_is_no_number_in_a_cell_of_numbers_is_handed_on_as_it_stands() -> None:
    """NaN, infinity and words arrive as what they are, for the converters to refuse."""
    cells = '<c r="A1"><v>NaN</v></c><c r="B1"><v>inf</v></c><c r="C1"><v>abc</v></c>'

    (row,) = read_sheets(raw(f'<row r="1">{cells}</row>'), "名册.xlsx")[0].rows

    assert [str(cell) for cell in row] == ["nan", "inf", "abc"]


def protected_xls() -> bytes:
    """Write an old workbook with the record in it that says that what follows is encrypted."""
    data = bytearray(xls(ROWS))
    begin = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")  # where the workbook's own records begin
    second = begin + 4 + int.from_bytes(data[begin + 2 : begin + 4], "little")
    data[second : second + 2] = b"\x2f\x00"
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), protected_xls()],
    ids=["xlsx", "xls"],
)
def test_a_protected_workbook_says_what_to_do(data: bytes) -> None:
    """Of either kind: save it without its password."""
    error = problem(data)

    assert error.problem == "it is password protected: save it without a password"
    assert error.zh == "工作簿有密码，请取消密码后另存"
