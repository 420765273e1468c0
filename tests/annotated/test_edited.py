"""Workbooks with everything that offices put in them, marked in their own parts and read back by other readers."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font
from PIL import Image
from python_calamine import CalamineWorkbook

from housing_guarantee.annotated.edited import EditedCopy
from housing_guarantee.annotated.marks import Mark, Note
from housing_guarantee.annotated.parts import UneditableError
from housing_guarantee.annotated.wording import FILLS, Say

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")  # openpyxl, of data bars
MOMENT = datetime(2020, 6, 13, 12, 0, tzinfo=UTC)
LIST = "核验问题清单"


def mark(sheet: str, place: str, kind: str = "error", message: str = "不对") -> Mark:
    """Give a mark of one note at a cell."""
    column = place.rstrip("0123456789")
    note = Note(kind, "some.rule", kind, "卓玛 10000000001", message, "改正", "村")
    return Mark(sheet, int(place[len(column) :]), column, [note])


def said(kind: str = "错误", message: str = "不对") -> str:
    """Give the comment of such a mark."""
    return f"[{kind}] some.rule  卓玛 10000000001\n{message}\n→ 改正（村）"


def marked(data: bytes, marks: Iterable[Mark], folder: Path) -> bytes:
    """Give the marked copy of a workbook."""
    copy = EditedCopy(data)
    copy.mark(list(marks), Say("zh"))
    copy.save(folder / "copy.xlsx", MOMENT)
    return (folder / "copy.xlsx").read_bytes()


def written(fill: Callable[[Any], None]) -> bytes:
    """Give a workbook that XlsxWriter writes."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        fill(book)
    return file.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """Give the parts of a package by name."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(data: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """Give a package with some parts written otherwise; a change that changes nothing is a mistake."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, part in parts(data).items():
            new = changes[name](part) if name in changes else part
            assert name not in changes or new != part
            archive.writestr(name, new)
    return file.getvalue()


def loaded(data: bytes, **options: Any) -> Any:
    """Open a workbook."""
    return openpyxl.load_workbook(BytesIO(data), **options)


def grid(page: Any) -> dict[str, tuple[Any, ...]]:
    """Give what every cell holds and looks like, but its fill and comment."""
    return {
        cell.coordinate: (
            cell.value,
            cell.data_type,
            cell.number_format,
            *map(repr, (cell.font, cell.border, cell.alignment, cell.protection)),
            cell.hyperlink and cell.hyperlink.location,
        )
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None or cell.has_style
    }


def fills(page: Any) -> dict[str, str]:
    """Give the fill of every cell that bears a comment."""
    return {cell.coordinate: cell.fill.fgColor.rgb for row in page.iter_rows() for cell in row if cell.comment}


def office(book: Any) -> None:
    """Write what offices put in a workbook."""
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    page, hidden, chart_page = book.add_worksheet("登记 '表"), book.add_worksheet("说明"), book.add_chartsheet("图")
    page.write_row("A1", ["户编号", "面积", "人均", "日期", "等级"])
    area = book.add_format({"num_format": "0.00", "border": 1, "align": "center", "italic": True})
    for row in range(1, 6):
        page.write_row(row, 0, [f"1000000000{row}", 10 * row])
        page.write_formula(row, 2, f"=B{row + 1}/2", area, 5 * row)
        page.write_datetime(row, 3, datetime(2020, 6, row), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        page.write(row, 4, "A级")
    page.write_rich_string("F1", "备注", book.add_format({"bold": True}), "加粗")
    page.merge_range("A8:C9", "合计", area)
    page.autofilter("A1:E6")
    page.set_column("B:B", 33)
    page.set_column("D:D", 12, None, {"hidden": True})
    page.set_row(3, 40)
    page.freeze_panes(1, 0)
    page.data_validation("E2:E6", {"validate": "list", "source": ["A级", "B级"]})
    page.conditional_format("B2:B6", {"type": "data_bar", "data_bar_2010": True})
    page.conditional_format("B2:B6", {"type": "cell", "criteria": ">", "value": 30, "format": area})
    page.insert_image("H1", "p.png", {"image_data": picture})
    page.insert_textbox("H12", "盖章处")
    page.print_area("A1:E6")
    page.set_header("&L&G", {"image_left": "p.png", "image_data_left": picture})
    page.protect("", {"select_locked_cells": True})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='登记 ''表'!$B$2:$B$6", "trendline": {"type": "linear"}})
    page.insert_chart("H20", chart)
    whole = book.add_chart({"type": "pie"})
    whole.add_series({"values": "='登记 ''表'!$B$2:$B$6"})
    chart_page.set_chart(whole)
    hidden.add_table("A1:B3", {"columns": [{"header": "甲"}, {"header": "乙"}], "data": [[1, 2], [3, 4]]})
    hidden.add_sparkline("D2", {"range": "说明!A2:B2"})
    hidden.hide()
    book.define_name("等级", "='登记 ''表'!$E$2:$E$6")


PAGE = "登记 '表"


def test_what_an_office_put_in_a_workbook_stays(tmp_path: Path) -> None:
    """Charts, pictures, text boxes, tables and everything else are byte for byte what they were."""
    before = written(office)
    after = marked(before, [mark(PAGE, "C3"), mark("说明", "A3", "warning")], tmp_path)
    old, new = parts(before), parts(after)
    assert {name for name in old if old[name] != new[name]} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
        "xl/worksheets/_rels/sheet2.xml.rels",
    }
    assert set(new) - set(old) == {
        "xl/comments1.xml",
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing2.vml",  # the first holds the picture of the header
        "xl/drawings/vmlDrawing3.vml",
        "xl/worksheets/sheet3.xml",
    }


def test_a_marked_sheet_differs_in_the_marked_cell_alone(tmp_path: Path) -> None:
    """Its XML is that of the original but for one format and the element that leads to the comments."""
    before = written(office)
    old, new = (
        parts(data)["xl/worksheets/sheet1.xml"] for data in (before, marked(before, [mark(PAGE, "C3")], tmp_path))
    )
    added = (
        b'<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId4"/>'
    )
    assert new.count(added) == 1
    assert new.index(b"<drawing ") < new.index(added) < new.index(b"<legacyDrawingHF ") < new.rindex(b"<extLst>")
    again = re.sub(rb'<c s="[0-9]+" r="C3"', b'<c r="C3" s="1"', new.replace(added, b""))
    assert again == old.replace(b' tabSelected="1"', b"")


def test_every_reader_finds_the_values_the_formulas_and_the_stored_results(tmp_path: Path) -> None:
    """As openpyxl and calamine read them, on every sheet, with formats, filters, widths, choices and merged cells."""
    before = written(office)
    after = marked(before, [mark(PAGE, "C3"), mark(PAGE, "D4"), mark("说明", "A3")], tmp_path)
    for options in ({}, {"data_only": True}, {"rich_text": True}):
        one, other = loaded(before, **options), loaded(after, **options)
        assert other.sheetnames == [LIST, *one.sheetnames]
        for page in one.worksheets:
            assert grid(page) == grid(other[page.title])
            assert facts(page) == facts(other[page.title])
    assert loaded(after, data_only=True)[PAGE]["C3"].value == 10
    one, other = (CalamineWorkbook.from_filelike(BytesIO(data)) for data in (before, after))
    for name in (PAGE, "说明"):
        assert one.get_sheet_by_name(name).to_python() == other.get_sheet_by_name(name).to_python()


def facts(page: Any) -> list[Any]:
    """Give what a sheet has beside its cells."""
    return [
        page.auto_filter.ref,
        page.freeze_panes,
        page.sheet_state,
        page.print_area,
        page.protection.sheet,
        sorted(str(merged) for merged in page.merged_cells.ranges),
        {letter: (d.width, d.hidden) for letter, d in page.column_dimensions.items()},
        {row: d.height for row, d in page.row_dimensions.items()},
        [(str(r.sqref), [rule.type for rule in r.rules]) for r in page.conditional_formatting],
        [(str(v.sqref), v.formula1) for v in page.data_validations.dataValidation],
        list(page.tables),
        len(page._charts),
        len(page._images),
    ]


def test_a_sheet_of_a_chart_is_unselected_too(tmp_path: Path) -> None:
    """Of two selected sheets, what is done to one is done to the other too."""

    def fill(book: Any) -> None:
        office(book)
        book.get_worksheet_by_name("图").activate()

    before = written(fill)
    after = parts(marked(before, [mark(PAGE, "C3")], tmp_path))
    name = "xl/chartsheets/sheet1.xml"
    assert b' tabSelected="1"' in parts(before)[name]
    assert after[name] == parts(before)[name].replace(b' tabSelected="1"', b"")
    assert [part for part, data in after.items() if b"tabSelected" in data] == ["xl/worksheets/sheet3.xml"]


def test_a_filled_cell_keeps_its_own_look(tmp_path: Path) -> None:
    """Number format, font, border and alignment; the fill says how grave it is."""
    after = loaded(marked(written(office), [mark(PAGE, "C3"), mark(PAGE, "C4", "compared")], tmp_path))[PAGE]
    assert fills(after) == {"C3": FILLS["error"], "C4": FILLS["compared"]}
    for place in ("C3", "C4", "C5"):
        cell = after[place]
        assert (cell.number_format, cell.font.italic, cell.border.left.style, cell.alignment.horizontal) == (
            *("0.00", True, "thin", "center"),
        )
    assert after["C5"].fill.fill_type is None
    assert after["C3"].comment.text == said()


def test_a_missing_cell_is_added_in_its_place(tmp_path: Path) -> None:
    """Blank, and with the look that its row or its column gives it, whether its row is there or not."""

    def fill(book: Any) -> None:
        page = book.add_worksheet("表")
        percent, date = book.add_format({"num_format": "0%"}), book.add_format({"num_format": "yyyy-mm-dd"})
        page.set_column("D:E", 9, percent)
        page.set_row(3, 20, date)
        page.write("B2", "甲")
        page.write("F2", "乙")
        page.write("B6", "丙")

    before = written(fill)
    places = ["A1", "A2", "D2", "G2", "D4", "E5", "B6", "H9"]
    after = marked(before, [mark("表", place) for place in places], tmp_path)
    page = loaded(after)["表"]
    assert fills(page) == dict.fromkeys(places, FILLS["error"])
    assert [page[place].number_format for place in places] == [
        *("General", "General", "0%", "General", "yyyy-mm-dd", "0%", "General", "General"),
    ]
    assert {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.value} == {
        "B2": "甲",
        "F2": "乙",
        "B6": "丙",
    }
    sheet = parts(after)["xl/worksheets/sheet1.xml"]
    assert re.findall(rb'<row [^>]*?r="([0-9]+)"', sheet) == [b"1", b"2", b"4", b"5", b"6", b"9"]
    assert re.findall(rb'<c [^>]*?r="([A-Z]+2)"', sheet) == [b"A2", b"B2", b"D2", b"F2", b"G2"]
    assert b'<dimension ref="A1:H9"/>' in sheet


def test_a_sheet_without_cells_can_be_marked(tmp_path: Path) -> None:
    """A row may be missing that should be there."""
    after = loaded(marked(written(lambda book: book.add_worksheet("表")), [mark("表", "B2")], tmp_path))
    assert fills(after["表"]) == {"B2": FILLS["error"]}


def test_of_merged_cells_the_first_is_marked_with_all_that_is_said(tmp_path: Path) -> None:
    """By the gravest of the marks: only the first of merged cells shows anything."""
    marks = [mark(PAGE, "A8", "compared", "一"), mark(PAGE, "B9", "error", "二"), mark(PAGE, "C8", "warning", "三")]
    page = loaded(marked(written(office), marks, tmp_path))[PAGE]
    cell = page["A8"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("合计", FILLS["error"])
    assert cell.comment.text == "\n\n".join((said("与之比对", "一"), said("错误", "二"), said("提醒", "三")))


def test_comments_that_were_there_stay(tmp_path: Path) -> None:
    """With the boxes of others and the form controls; what is said of a commented cell follows its comment."""

    def fill(book: Any) -> None:
        page = book.add_worksheet("表")
        page.write_row("A1", ["甲", "乙", "丙"])
        page.write_comment("A1", "村里说已修", {"author": "村干部", "x_scale": 3})
        page.write_comment("B1", "勿动")
        page.insert_button("E5", {"caption": "按"})

    before = written(fill)
    after = marked(before, [mark("表", "A1"), mark("表", "C1")], tmp_path)
    page = loaded(after)["表"]
    assert [page[place].comment.text for place in ("A1", "B1", "C1")] == [f"村里说已修\n\n{said()}", "勿动", said()]
    assert [page[place].comment.author for place in ("A1", "C1")] == ["村干部", "housing-guarantee"]
    old, new = (parts(data)["xl/drawings/vmlDrawing1.vml"] for data in (before, after))
    assert new.startswith(old.removesuffix(b"</xml>"))
    shapes = re.findall(rb'<v:shape id="([^"]+)"', new)
    assert len(shapes) == len(set(shapes)) == 4
    assert "xl/comments2.xml" not in parts(after)


@pytest.mark.parametrize("text", ["<t>原话</t>", "<r><rPr><b/></rPr><t>原</t></r><r><t>话</t></r>"])
def test_a_comment_can_be_continued_however_it_is_written(text: str, tmp_path: Path) -> None:
    """Plain, or in runs of several fonts."""

    def fill(book: Any) -> None:
        book.add_worksheet("表").write_comment("A1", "原话")

    def rewrite(part: bytes) -> bytes:
        return re.sub(rb"<text>.*</text>", f"<text>{text}</text>".encode(), part)

    before = replaced(written(fill), {"xl/comments1.xml": rewrite})
    assert loaded(marked(before, [mark("表", "A1")], tmp_path))["表"]["A1"].comment.text == f"原话\n\n{said()}"


def test_names_of_a_sheet_go_on_meaning_that_sheet(tmp_path: Path) -> None:
    """They count the sheets, of which there is one more; the new one is shown first."""

    def fill(book: Any) -> None:
        for name in ("一", "二", "三"):
            book.add_worksheet(name).print_area("A1:B2")
        book.get_worksheet_by_name("三").activate()
        book.get_worksheet_by_name("三").set_first_sheet()

    after = loaded(marked(written(fill), [mark("二", "A1")], tmp_path))
    assert {page.title: page.print_area for page in after} == {
        LIST: "",
        **{name: f"'{name}'!$A$1:$B$2" for name in ("一", "二", "三")},
    }
    assert (after.active.title, after.views[0].firstSheet) == (LIST, 0)
    assert [bool(page.sheet_view.tabSelected) for page in after] == [True, False, False, False]


HOSTILE = ["=1+1", "+1", "@x", "a\x00b\x1f\x07", "\ud800", "<t>&amp;</t>", "_x0041_", "\ufffe", "  两头  ", "]]>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_we_say_stays_text(text: str, tmp_path: Path) -> None:
    """Whatever is in it: no formula, no markup, nothing that no XML can hold, no code of a character."""
    after = marked(written(lambda book: book.add_worksheet("表")), [mark("表", "A1", message=text)], tmp_path)
    clean = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
    cell = loaded(after)[LIST]["F2"]
    assert (cell.data_type, cell.value) == ("s", clean.replace("_x0041_", "_x005F_x0041_"))
    assert loaded(after)["表"]["A1"].comment.text == said(message=cell.value)


def test_links_lead_to_cells_of_the_workbook_alone(tmp_path: Path) -> None:
    """Whatever the sheet is called."""
    copy = marked(written(office), [mark(PAGE, "C3"), mark("说明", "A3")], tmp_path)
    relations = b"".join(part for name, part in parts(copy).items() if name.endswith(".rels"))
    page = loaded(copy)[LIST]
    assert [page[place].hyperlink.location for place in ("B2", "B3")] == ["'登记 ''表'!C3", "'说明'!A3"]
    assert b"External" not in relations


def test_the_same_marks_give_the_same_bytes(tmp_path: Path) -> None:
    """The only moment inside is the one that was given."""
    before = written(office)
    first, second = (marked(before, [mark(PAGE, "C3")], tmp_path) for _ in range(2))
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2020, 6, 13, 12, 0, 0)}


def plain(book: Any) -> None:
    """Write a small sheet."""
    page = book.add_worksheet("表")
    page.write_row("A1", ["甲", 1])
    page.write_row("A2", ["乙", 2])


SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
Part = Callable[[bytes], bytes]
STRANGE: dict[str, dict[str, Part]] = {
    "cells that do not say where they stand": {SHEET: lambda part: part.replace(b' r="B1"', b"")},
    "rows that do not say which they are": {SHEET: lambda part: re.sub(rb'<row r="1"', b"<row", part)},
    "rows out of order": {SHEET: lambda part: re.sub(rb"(<row.*?</row>)(<row.*?</row>)", rb"\2\1", part)},
    "cells out of order": {SHEET: lambda part: part.replace(b'r="B1"', b'r="A1"')},
    "a cell of another row": {SHEET: lambda part: part.replace(b'r="B1"', b'r="B7"')},
    "something beside the value": {SHEET: lambda part: part.replace(b"</v></c>", b"</v><extLst/></c>", 1)},
    "a comment of XML": {SHEET: lambda part: part.replace(b"<sheetData>", b"<sheetData><!-- <row r='1'> -->")},
    "prefixed elements": {
        SHEET: lambda part: re.sub(rb"<(/?)(?=\w)", rb"<\1x:", part).replace(b"xmlns=", b"xmlns:x="),
    },
    "the strict form of the standard": {
        BOOK: lambda part: part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"urn:strict"),
    },
    "a workbook of macros": {
        "[Content_Types].xml": lambda part: part.replace(
            b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main", b"vnd.ms-excel.sheet.macroEnabled.main"
        )
    },
    "no formats": {"xl/_rels/workbook.xml.rels": lambda part: re.sub(rb"<[^>]*/styles[^>]*>", b"", part)},
    "a format that is not there": {SHEET: lambda part: part.replace(b'<c r="B1"', b'<c r="B1" s="99"')},
}


@pytest.mark.parametrize("how", STRANGE)
def test_what_cannot_be_edited_safely_is_refused(how: str) -> None:
    """The copy is then made in another way."""
    data = replaced(written(plain), STRANGE[how])
    with pytest.raises(UneditableError):
        EditedCopy(data).mark([mark("表", "B1")], Say("zh"))


def test_a_drawing_in_other_words_is_refused() -> None:
    """Openpyxl writes one whose prefixes are not those of every office program."""
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active["A1"].comment = Comment("原话", "村干部")
    file = BytesIO()
    book.save(file)
    with pytest.raises(UneditableError):
        EditedCopy(file.getvalue()).mark([mark("表", "B1")], Say("zh"))


def test_threaded_comments_are_refused() -> None:
    """Their texts stand in two parts, of which one would say less than the other."""

    def fill(book: Any) -> None:
        book.add_worksheet("表").write_comment("A1", "原话")

    thread = b'<Relationship Id="t" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    data = replaced(written(fill), {rels: lambda part: part.replace(b"</Rel", thread + b'Target="../t.xml"/></Rel')})
    with pytest.raises(UneditableError):
        EditedCopy(data).mark([mark("表", "A1")], Say("zh"))


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=8
)
VALUES = st.one_of(TEXTS, st.integers(-(10**9), 10**9), st.booleans(), st.just('=A1&"<"'))
PLACES = st.tuples(st.integers(1, 12), st.integers(1, 30))


@settings(max_examples=60, deadline=None)
@given(
    values=st.dictionaries(PLACES, VALUES, max_size=40),
    places=st.sets(PLACES, min_size=1, max_size=12),
    styled=st.booleans(),
)
def test_whatever_is_marked_nothing_else_changes(
    tmp_path_factory: pytest.TempPathFactory, values: dict[Any, Any], places: set[Any], styled: bool
) -> None:
    """Of any sheet: the marked cells are filled and commented, and every cell holds what it held."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "表"
    for place, value in values.items():
        cell = page.cell(*place, value)
        if styled and place[0] % 2:
            cell.font, cell.number_format = Font(italic=True), "0.0"
    file = BytesIO()
    book.save(file)
    names = {page.cell(*place).coordinate for place in places}
    marks = [mark("表", name) for name in sorted(names)]
    after = loaded(marked(file.getvalue(), marks, tmp_path_factory.mktemp("copy")))
    before = loaded(file.getvalue())["表"]
    assert set(fills(after["表"])) == names
    held = grid(before)
    assert {place: what for place, what in grid(after["表"]).items() if place in held or place not in names} == held
    assert [row[0].value for row in after[LIST].iter_rows(min_row=2)] == ["表"] * len(names)
