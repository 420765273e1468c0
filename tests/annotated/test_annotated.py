"""The county's own workbooks with the faulty cells marked, read back beside the originals."""

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
import xlwt
from attrs import evolve
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

import housing_guarantee as hg
from housing_guarantee.annotated.report import Annotated
from housing_guarantee.errors import OutputError
from housing_guarantee.findings import Status
from housing_guarantee.report import Result
from housing_guarantee.testing import id_number

CAMPAIGN = """
schema = 1
[campaign]
name = "示例"
county_code = "632525"
planned_households = 2
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.csv"
[[sources]]
role = "verifications"
adapter = "excel"
path = "{path}"
"""
HEADER = ("户编号", "姓名", "证件号码", "保障方式", "鉴定等级", "是否安全", "是否现居住住房", "是否入户")
FIRST, SECOND = "10000000001", "10000000002"
UNSAFE = (FIRST, "才让多杰", id_number(1), "鉴定安全", "D级", "是", "是", "是")
FINE = (SECOND, "卓玛", id_number(2), "鉴定安全", "A级", "是", "是", "是")
RED, BLUE = "FFFFC7CE", "FFDDEBF7"
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Give what checks a campaign of a roster and this file of verifications."""
    roster = [("户编号", "户主姓名", "户主证件号码"), UNSAFE[:3], FINE[:3]]
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(roster)

    def checking(path: str, rules: Iterable[str] = ("appraised.grade-unsafe",)) -> Result:
        select = "".join(f'"{rule}", ' for rule in rules)
        text = f"{CAMPAIGN.format(path=path)}[rules]\nselect = [{select}]\n"
        (tmp_path / "campaign.toml").write_text(text, encoding="utf-8")
        return hg.run(hg.load_campaign(tmp_path / "campaign.toml"))

    return checking


def workbook(path: Path) -> None:
    """Write a workbook as offices keep them: title, formats, formula, filter, choices, a note, a hidden sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "核验 记录"
    page.append(["核验登记表"])
    page.merge_cells("A1:H1")
    page.append(HEADER)
    page.append([*UNSAFE, 12.5, "=I3*2"])
    page.append([*FINE, 30, "=I4*2"])
    page["A2"].font, page["A1"].alignment = Font(bold=True, color="FF112233"), Alignment(horizontal="center")
    page["I3"].number_format, page["B3"].fill = "0.00", PatternFill("solid", fgColor="FF00FF00")
    page["E3"].font, page["E3"].comment = Font(italic=True), Comment("村里说已修", "村干部")
    page.auto_filter.ref, page.freeze_panes = "A2:H4", "B3"
    page.column_dimensions["B"].width, page.column_dimensions["C"].hidden = 33, True
    page.conditional_formatting.add("I3:I4", CellIsRule(operator="lessThan", formula=["20"], font=Font(bold=True)))
    choice = DataValidation(type="list", formula1='"是,否"')
    choice.add("F3:F4")
    page.add_data_validation(choice)
    book.defined_names["等级"] = DefinedName("等级", attr_text="'核验 记录'!$E$3:$E$4")
    notes = book.create_sheet("说明")
    notes["B2"] = "只供内部使用"
    notes.sheet_state = "hidden"
    book.save(path)


def cells(page: Any) -> dict[str, tuple[Any, ...]]:
    """Give everything of every cell that holds something or looks like something, but its fill and comment."""
    return {
        cell.coordinate: (
            cell.value,
            cell.data_type,
            cell.number_format,
            *map(repr, (cell.font, cell.border, cell.alignment)),
        )
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None or cell.has_style
    }


def marked(page: Any) -> dict[str, str]:
    """Give the fill of every cell that bears a comment."""
    return {cell.coordinate: cell.fill.fgColor.rgb for row in page.iter_rows() for cell in row if cell.comment}


def test_only_the_faulty_cell_differs_from_the_original(check: Check, tmp_path: Path) -> None:
    """It is filled and commented; every other cell, sheet, formula, filter, width and choice is as it was."""
    workbook(tmp_path / "visits.xlsx")
    (path,) = Annotated().write(check("visits.xlsx"), tmp_path / "out")
    assert path == tmp_path / "out" / "annotated" / "visits.xlsx"
    before, after = openpyxl.load_workbook(tmp_path / "visits.xlsx"), openpyxl.load_workbook(path)
    assert after.sheetnames == ["核验问题清单", "核验 记录", "说明"]
    for name in before.sheetnames:
        one, other = before[name], after[name]
        assert cells(one) == cells(other)
        assert (one.auto_filter.ref, one.freeze_panes, one.merged_cells.ranges, one.sheet_state) == (
            *(other.auto_filter.ref, other.freeze_panes, other.merged_cells.ranges, other.sheet_state),
        )
        assert {letter: (d.width, d.hidden) for letter, d in one.column_dimensions.items()} == {
            letter: (d.width, d.hidden) for letter, d in other.column_dimensions.items()
        }
        assert len(one.conditional_formatting) == len(other.conditional_formatting)
        assert [v.formula1 for v in one.data_validations.dataValidation] == [
            v.formula1 for v in other.data_validations.dataValidation
        ]
    assert after.defined_names["等级"].attr_text == "'核验 记录'!$E$3:$E$4"
    page = after["核验 记录"]
    assert marked(page) == {"E3": RED}
    assert page["B3"].fill.fgColor.rgb == "FF00FF00"
    assert page["E3"].comment.text == (
        "村里说已修\n\n[错误] appraised.grade-unsafe  才让多杰 10000000001\n"
        "鉴定安全，但等级为D，不是A级或B级\n→ 核实等级；确为C、D级或无房的，改造或另行保障后重新核验（县）"
    )


def test_a_chart_and_a_stored_result_stay(check: Check, tmp_path: Path) -> None:
    """What no reader of ours understands is copied byte for byte."""
    with xlsxwriter.Workbook(tmp_path / "visits.xlsx") as book:
        page = book.add_worksheet("核验")
        for number, row in enumerate((HEADER, UNSAFE, FINE)):
            page.write_row(number, 0, row)
        page.write_formula("I2", "=1+1", None, 2)
        page.insert_textbox("K1", "盖章处")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=核验!$I$2:$I$3"})
        page.insert_chart("K9", chart)
    (path,) = Annotated().write(check("visits.xlsx"), tmp_path / "out")
    with ZipFile(tmp_path / "visits.xlsx") as before, ZipFile(path) as after:
        for name in ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/sharedStrings.xml"):
            assert before.read(name) == after.read(name)
    copy = openpyxl.load_workbook(path, data_only=True)["核验"]
    assert (copy["I2"].value, marked(copy)) == (2, {"E2": RED})


def test_the_first_sheet_lists_every_mark_with_a_link(check: Check, tmp_path: Path) -> None:
    """Sheet, cell, mark, household, code, problem, what to do and who; the link leads to the cell."""
    workbook(tmp_path / "visits.xlsx")
    (path,) = Annotated().write(check("visits.xlsx"), tmp_path)
    page = openpyxl.load_workbook(path).worksheets[0]
    header, row = page.iter_rows(values_only=True)
    assert header == ("工作表", "单元格", "标记", "户", "问题代码", "问题", "怎么改", "由谁")
    assert row[:5] == ("核验 记录", "E3", "错误", "才让多杰 10000000001", "appraised.grade-unsafe")
    assert page["B2"].hyperlink.location == "'核验 记录'!E3"


def test_only_the_list_is_selected(check: Check, tmp_path: Path) -> None:
    """Of two selected sheets, what is typed into one goes into the other too."""
    workbook(tmp_path / "visits.xlsx")
    (path,) = Annotated().write(check("visits.xlsx"), tmp_path)
    assert [page.sheet_view.tabSelected for page in openpyxl.load_workbook(path)] == [True, False, False]


def test_what_a_cell_was_compared_with_is_marked_as_such(check: Check, tmp_path: Path) -> None:
    """The roster's cell and the record's both show that they differ; only one of them is at fault."""
    with (tmp_path / "visits.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, (FIRST, "才让多杰", id_number(9), *UNSAFE[3:]), FINE])
    result = check("visits.csv", ["identity.number-differs"])
    paths = {path.name: openpyxl.load_workbook(path).worksheets[1] for path in Annotated().write(result, tmp_path)}
    assert marked(paths["visits.csv.xlsx"]) == {"C2": RED}
    assert marked(paths["roster.csv.xlsx"]) == {"C2": BLUE}


def test_a_csv_is_answered_with_an_xlsx_in_which_text_is_text(check: Check, tmp_path: Path) -> None:
    """Each cell at its place, whatever it begins with."""
    rows = [HEADER, UNSAFE, (SECOND, "=1+1", *FINE[2:])]
    with (tmp_path / "visits.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    (path,) = Annotated().write(check("visits.csv"), tmp_path)
    assert path.name == "visits.csv.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["visits"]
    assert [book["核验问题清单"][place].value for place in ("A2", "B2")] == ["visits", "E2"]
    assert list(page.iter_rows(values_only=True)) == rows
    assert page["B3"].data_type == "s"


def test_an_old_xls_is_answered_with_an_xlsx(check: Check, tmp_path: Path) -> None:
    """With its sheets, its merged cells and its values."""
    book = xlwt.Workbook()
    page = book.add_sheet("核验")
    page.write_merge(0, 0, 0, 7, "登记表")
    for number, row in enumerate((HEADER, UNSAFE, FINE), 1):
        for column, text in enumerate(row):
            page.write(number, column, text)
    book.save(str(tmp_path / "visits.xls"))
    (path,) = Annotated().write(check("visits.xls"), tmp_path)
    assert path.name == "visits.xls.xlsx"
    copy = openpyxl.load_workbook(path)["核验"]
    assert list(copy.iter_rows(min_row=2, values_only=True)) == [HEADER, UNSAFE, FINE]
    assert [str(merged) for merged in copy.merged_cells.ranges] == ["A1:H1"]
    assert marked(copy) == {"E3": RED}


def test_a_table_inside_a_package_is_answered_by_its_name_in_it(check: Check, tmp_path: Path) -> None:
    """The app's export may be a zip of a workbook and photos."""
    workbook(tmp_path / "visits.xlsx")
    with ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(tmp_path / "visits.xlsx", "表/visits.xlsx")
    campaign = check("visits.xlsx").campaign
    (tmp_path / "campaign.toml").write_text(
        campaign.path.read_text(encoding="utf-8").replace(
            '"excel"\npath = "visits.xlsx"', '"app_export"\npath = "export.zip"'
        ),
        encoding="utf-8",
    )
    (path,) = Annotated().write(hg.run(hg.load_campaign(campaign.path)), tmp_path)
    assert path == tmp_path / "annotated" / "export.zip" / "表" / "visits.xlsx"


def test_a_workbook_that_is_put_right_loses_its_copy(check: Check, tmp_path: Path) -> None:
    """A copy of an earlier run would still show the fault; other files in the folder are left alone."""
    workbook(tmp_path / "visits.xlsx")
    (path,) = Annotated().write(check("visits.xlsx"), tmp_path)
    other = path.with_name("note.txt")
    other.write_text("own", encoding="utf-8")
    book = openpyxl.load_workbook(tmp_path / "visits.xlsx")
    book["核验 记录"]["E3"] = "A级"
    book.save(tmp_path / "visits.xlsx")
    assert Annotated().write(check("visits.xlsx"), tmp_path) == []
    assert (path.exists(), other.exists()) == (False, True)


def test_a_workbook_that_the_copying_library_refuses_is_answered_with_its_cells(check: Check, tmp_path: Path) -> None:
    """A fill without a pattern, as other writers leave it, ends neither the run nor the marking."""
    workbook(tmp_path / "made.xlsx")
    with ZipFile(tmp_path / "made.xlsx") as made, ZipFile(tmp_path / "visits.xlsx", "w") as bare:
        for part in made.namelist():
            data = made.read(part)
            bare.writestr(part, re.sub(rb"<fill>.*?</fill>", b"<fill/>", data) if part == "xl/styles.xml" else data)
    with pytest.raises(TypeError):
        openpyxl.load_workbook(tmp_path / "visits.xlsx")

    (path,) = Annotated().write(check("visits.xlsx"), tmp_path / "out")

    page = openpyxl.load_workbook(path)["核验 记录"]
    assert (path.name, page["E3"].value, marked(page)) == ("visits.xlsx", "D级", {"E3": RED})


def test_an_original_that_changed_meanwhile_is_not_marked(check: Check, tmp_path: Path) -> None:
    """The marks might stand at other cells than those that were read."""
    workbook(tmp_path / "visits.xlsx")
    result = check("visits.xlsx")
    with (tmp_path / "visits.xlsx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(OutputError, match=r"visits\.xlsx: .*it changed while it was checked"):
        Annotated().write(result, tmp_path)


def test_a_copy_never_leaves_the_folder(check: Check, tmp_path: Path) -> None:
    """Wherever the campaign file looks for the source."""
    (tmp_path / "in").mkdir()
    workbook(tmp_path / "visits.xlsx")
    result = check("in/../visits.xlsx")
    (path,) = Annotated().write(result, tmp_path / "out")
    assert path == tmp_path / "out" / "annotated" / "in" / "visits.xlsx"


def test_the_same_run_gives_the_same_bytes(check: Check, tmp_path: Path) -> None:
    """The only moment inside is the run's."""
    workbook(tmp_path / "visits.xlsx")
    result = check("visits.xlsx")
    first, second = (Annotated().write(result, tmp_path / name)[0].read_bytes() for name in ("a", "b"))
    assert first == second
    with ZipFile(tmp_path / "a" / "annotated" / "visits.xlsx") as archive:
        assert {info.date_time for info in archive.infolist()} == {(2020, 6, 13, 20, 0, 0)}


def test_what_is_waived_or_a_mere_notice_is_not_marked(check: Check, tmp_path: Path) -> None:
    """The copy shows what is to be put right."""
    workbook(tmp_path / "visits.xlsx")
    result = check("visits.xlsx")
    waived = tuple(evolve(finding, status=Status.WAIVED) for finding in result.findings)
    result.outcome = evolve(result.outcome, findings=waived)
    assert Annotated().write(result, tmp_path) == []
