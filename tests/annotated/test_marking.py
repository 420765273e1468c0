"""Marks laid into a workbook's own parts: what is not marked stays as it is, to the byte."""

import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.adapters.xlsx_guard import inspect_workbook
from housing_guarantee.annotated.marking import marked
from housing_guarantee.annotated.marks import Mark, Note
from housing_guarantee.annotated.splices import Splice, Strange, spliced
from housing_guarantee.annotated.wording import Say
from tests.programs import program

MOMENT = datetime(2020, 6, 13, 12, tzinfo=UTC)
RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Parts = dict[str, bytes]


def note(kind: str = "error", message: str = "等级为D") -> Note:
    """Give what one finding says."""
    return Note(kind, "appraised.grade-unsafe", "错误", "卓玛 1", message, "核实", "县")


def mark(data: bytes, tmp_path: Path, *places: tuple[str, int, str | None], **options: Any) -> bytes:
    """Mark these places, and give the copy, which the guard of reading lets pass."""
    marks = [(sheet, Mark(sheet, row, column, [note(**options)])) for sheet, row, column in places]
    marked(data, marks, Say("zh")).save(tmp_path / "copy.xlsx", MOMENT)
    copy = (tmp_path / "copy.xlsx").read_bytes()
    inspect_workbook(copy)
    return copy


def parts(data: bytes) -> Parts:
    """Give the parts of a package by their names."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(own: Mapping[str, bytes]) -> bytes:
    """Make a package of parts."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in own.items():
            archive.writestr(name, data)
    return file.getvalue()


def rich(tmp_path: Path) -> bytes:
    """Write a workbook with all that an office puts into one."""
    Image.new("RGB", (9, 9), "red").save(tmp_path / "seal.png")
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page, other = book.add_worksheet("登记"), book.add_worksheet("图")
        page.write_row(0, 0, ["户", "等级", "面积", "合计"], book.add_format({"bold": True}))
        percent = book.add_format({"num_format": "0.00%", "border": 1, "font_color": "#123456"})
        for row in range(1, 9):
            page.write_row(row, 0, [f"户{row}", "A级"])
            page.write_number(row, 2, row / 8, percent)
            page.write_formula(row, 3, f"=C{row + 1}*2", None, row / 4)
        page.write_comment("A3", "村里的话", {"author": "村干部"})
        page.insert_image("G2", str(tmp_path / "seal.png"))
        page.insert_textbox("G9", "只供内部使用")
        page.conditional_format("C2:C9", {"type": "data_bar"})
        page.add_table("A1:D9", {"columns": [{"header": head} for head in ("户", "等级", "面积", "合计")]})
        page.data_validation("B2:B9", {"validate": "list", "source": ["A级", "B级"]})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=登记!$C$2:$C$9"})
        other.insert_chart("B2", chart)
        other.print_area("A1:B2")
        book.define_name("图!own", "=图!$A$1")
        page.activate()
    own = parts(file.getvalue())
    return packed({**own, "xl/customThing/what.bin": b"\x00\x01never heard of"})


def test_everything_that_an_office_puts_into_a_workbook_stays(tmp_path: Path) -> None:
    """Chart, picture, text box, table, data bar and unknown part are copied to the byte; results stay with formulas."""
    data = rich(tmp_path)
    copy = mark(data, tmp_path, ("登记", 3, "B"), ("登记", 4, "C"))
    before, after = parts(data), parts(copy)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet3.xml"}
    one, other = (
        re.sub(rb'(<c r="(?:B3|C4)"[^>]*?) s="[0-9]+"', rb"\1", own["xl/worksheets/sheet1.xml"])
        for own in (before, after)
    )
    assert one.replace(b'tabSelected="1"', b'tabSelected="0"') == other
    page = openpyxl.load_workbook(BytesIO(copy), data_only=True)["登记"]
    assert [page[f"D{row}"].value for row in range(2, 10)] == [row / 4 for row in range(1, 9)]
    cell, was = page["C4"], openpyxl.load_workbook(BytesIO(data))["登记"]["C4"]
    assert [repr(getattr(cell, name)) for name in _KEPT] == [repr(getattr(was, name)) for name in _KEPT]
    assert cell.fill.fgColor.rgb == RED


def test_names_of_one_sheet_stay_with_it(tmp_path: Path) -> None:
    """They count sheets by their order, which has one more before it now."""
    copy = openpyxl.load_workbook(BytesIO(mark(rich(tmp_path), tmp_path, ("登记", 3, "B"))))
    assert copy.sheetnames == ["核验问题清单", "登记", "图"]
    assert copy["图"].defined_names["own"].attr_text == "图!$A$1"
    assert copy["图"].print_area == "'图'!$A$1:$B$2"


def test_a_comment_that_was_there_stands_before_what_we_say(tmp_path: Path) -> None:
    """Its author, and other comments, stay; a cell gets no second box."""
    data = rich(tmp_path)
    copy = mark(data, tmp_path, ("登记", 3, "A"), ("登记", 4, "A"))
    page = openpyxl.load_workbook(BytesIO(copy))["登记"]
    said = "[错误] appraised.grade-unsafe  卓玛 1\n等级为D\n→ 核实（县）"
    assert (page["A3"].comment.text, page["A3"].comment.author) == (f"村里的话\n\n{said}", "村干部")
    assert (page["A4"].comment.text, page["A4"].comment.author) == (said, "housing-guarantee")
    assert parts(copy)["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 2


def bare(sheet: str, **more: str) -> bytes:
    """Write a workbook as the barest of programs does, around the XML of its one sheet."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    own = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/a.xml" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{office}"><sheets>'
        '<sheet name="表" sheetId="7" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/worksheet" Target="/xl/a.xml"/></Relationships>',
        "xl/a.xml": sheet,
        **more,
    }
    return packed({name: text.encode() for name, text in own.items()})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", [[1, 2, None], [3, None, None]]),
        ('<row r="1"/><row r="2" spans="1:3"><c r="C2"><v>4</v></c></row>', [[None] * 3, [None, None, 4]]),
        ('<row r="3"><c r="A3" t="inlineStr"><is><t>五</t></is></c></row>', [[None], [None], ["五"]]),
        ("", []),
    ],
    ids=["no references", "empty row", "missing rows", "no rows"],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_cells_are_found_or_made_however_a_program_writes_rows(
    cells: str, expected: list[list[Any]], prefix: str, tmp_path: Path
) -> None:
    """Without references, without the row, without the cell, with a prefix: the marks stand at the right cells."""
    declared = f'xmlns="{MAIN}"' if not prefix else f'xmlns:x="{MAIN}"'
    data = f"<sheetData>{cells}</sheetData>" if cells else "<sheetData/>"
    body = re.sub(r"<(/?)", rf"<\1{prefix}", data)
    copy = mark(
        bare(f"<{prefix}worksheet {declared}>{body}</{prefix}worksheet>"), tmp_path, ("表", 1, "B"), ("表", 2, "B")
    )
    page = openpyxl.load_workbook(BytesIO(copy))["表"]
    places = {c.coordinate: c.fill.fgColor.rgb for row in page.iter_rows() for c in row if c.comment}
    assert places == {"B1": RED, "B2": RED}
    values = [
        [page.cell(row, column).value for column, _ in enumerate(line, 1)] for row, line in enumerate(expected, 1)
    ]
    assert values == expected


def test_a_cell_that_is_made_looks_like_its_column(tmp_path: Path) -> None:
    """Borders and number format of the column or the row are those that an empty cell shows."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("表")
        page.set_column(1, 2, 9, book.add_format({"num_format": "0.000"}))
        page.set_row(4, None, book.add_format({"num_format": "0.0"}))
        page.write(0, 0, 1)
        page.write(4, 0, 1)
    page = openpyxl.load_workbook(BytesIO(mark(file.getvalue(), tmp_path, ("表", 1, "B"), ("表", 5, "C"))))["表"]
    assert (page["B1"].number_format, page["C5"].number_format) == ("0.000", "0.0")


def test_macros_are_left_out(tmp_path: Path) -> None:
    """The copy is a plain workbook, and its lists do not speak of a program."""
    (tmp_path / "vbaProject.bin").write_bytes(b"\xd0\xcf\x11\xe0program")
    file = BytesIO()
    with xlsxwriter.Workbook(tmp_path / "a.xlsm") as book:
        book.add_worksheet("表").write(0, 0, 1)
        book.add_vba_project(str(tmp_path / "vbaProject.bin"))
    file.write((tmp_path / "a.xlsm").read_bytes())
    after = parts(mark(file.getvalue(), tmp_path, ("表", 1, "A")))
    assert [name for name in after if "vba" in name.lower()] == []
    assert b"vba" not in (after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]).lower()
    assert b"sheet.main+xml" in after["[Content_Types].xml"]
    assert b"macroEnabled" not in after["[Content_Types].xml"]


def test_what_we_say_is_text_only(tmp_path: Path) -> None:
    """Markup, escapes and a formula in a message are shown as they are."""
    message = "=1+1</t><r> _x0041_ & \"'"
    data = rich(tmp_path)
    marks = [("登记", Mark("登记", 3, "B", [note(message=message)]))]
    marked(data, marks, Say("zh")).save(tmp_path / "copy.xlsx", MOMENT)
    (sheet, *_) = read_sheets((tmp_path / "copy.xlsx").read_bytes(), "copy.xlsx")
    assert sheet.rows[1][5] == message
    assert b"<f>" not in parts((tmp_path / "copy.xlsx").read_bytes())["xl/worksheets/sheet3.xml"]


def test_the_strict_dialect_is_kept(tmp_path: Path) -> None:
    """What is added speaks it too, in elements and in references."""
    strict = "http://purl.oclc.org/ooxml"
    own = {
        name: data.replace(MAIN.encode(), f"{strict}/spreadsheetml/main".encode()).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            f"{strict}/officeDocument/relationships".encode(),
        )
        for name, data in parts(rich(tmp_path)).items()
    }
    after = parts(mark(packed(own), tmp_path, ("登记", 3, "B"), ("图", 2, "B")))
    for name in ("xl/worksheets/sheet3.xml", "xl/comments2.xml", "xl/worksheets/_rels/sheet2.xml.rels"):
        assert strict.encode() in after[name]
        assert b"2006/main" not in after[name]
        assert b"officeDocument/2006" not in after[name]


def test_another_program_draws_the_chart_and_the_comments_of_a_copy(tmp_path: Path) -> None:
    """LibreOffice opens it, and has each comment, the picture, the chart and the text box in what it writes."""
    mark(rich(tmp_path), tmp_path, ("登记", 3, "A"), ("登记", 4, "B"), ("图", 2, "B"))
    home = f"-env:UserInstallation=file://{tmp_path / 'office'}"
    command = [program("soffice"), home, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path)]
    subprocess.run(  # noqa: S603 - our own copy
        [*command, str(tmp_path / "copy.xlsx")], check=True, capture_output=True, timeout=300
    )
    written = parts((tmp_path / "copy.ods").read_bytes())
    text = written["content.xml"].decode()
    assert [text.count(f"<{name}") for name in ("office:annotation ", "draw:object ", "table:table ")] == [3, 1, 3]
    assert "村里的话" in text
    assert "只供内部使用" in text
    assert any(name.startswith("Pictures/") for name in written)


def test_a_part_in_another_encoding_is_not_changed_by_its_bytes() -> None:
    """It is refused, and the caller makes a workbook of the values."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    own = parts(bare(sheet))
    own["xl/a.xml"] = f'<?xml version="1.0" encoding="UTF-16"?>{sheet}'.encode("utf-16")
    with pytest.raises(Strange, match="not in UTF-8"):
        marked(packed(own), [("表", Mark("表", 1, "A", [note()]))], Say("zh"))


@given(st.binary(max_size=60), st.data())
def test_splices_are_laid_in_whatever_the_blocks(data: bytes, draw: st.DataObject) -> None:
    """As if the whole part were changed at once."""
    edges = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8, unique=True)))
    splices = [Splice(a, b - a, b"<new>") for a, b in zip(edges[::2], edges[1::2], strict=False)]
    size = draw.draw(st.integers(1, 61))
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    expected, at = b"", 0
    for splice in splices:
        expected += data[at : splice.at] + splice.data
        at = splice.at + splice.length
    assert b"".join(spliced(blocks, splices)) == expected + data[at:]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.text("户级=<&>'\" \n_x0041", max_size=9),
)
GRIDS = st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=8)
PLACES = st.sets(st.tuples(st.integers(1, 9), st.sampled_from("ABCDEFG")), min_size=1, max_size=8)


@given(grid=GRIDS, places=PLACES, merging=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_two_readers_find_nothing_else_changed(
    grid: list[list[Any]], places: set[tuple[int, str]], merging: bool, tmp_path: Path
) -> None:
    """Values, formulas, number formats, fonts, borders, merged cells, widths and filters are those of the original."""
    data = _written(grid, merging)
    copy = mark(data, tmp_path, *(("表", row, column) for row, column in sorted(places)))
    before, after = (openpyxl.load_workbook(BytesIO(book))["表"] for book in (data, copy))
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert (after.auto_filter.ref, after.freeze_panes) == (before.auto_filter.ref, before.freeze_panes)
    assert {letter: d.width for letter, d in after.column_dimensions.items()} == {
        letter: d.width for letter, d in before.column_dimensions.items()
    }
    shown = {_shown(before, f"{column}{row}") for row, column in places}
    for row in range(1, 10):
        for column in "ABCDEFG":
            one, other = before[f"{column}{row}"], after[f"{column}{row}"]
            assert [repr(getattr(one, name)) for name in _KEPT] == [repr(getattr(other, name)) for name in _KEPT]
            at = one.coordinate in shown
            assert (other.fill.fgColor.rgb == RED, other.comment is not None) == (at, at)
    first, second = (calamine.CalamineWorkbook.from_filelike(BytesIO(book)) for book in (data, copy))
    one, other = (book.get_sheet_by_name("表").to_python() for book in (first, second))
    assert one == other


_KEPT = ("value", "data_type", "number_format", "font", "border", "alignment", "protection")


def _shown(page: Any, place: str) -> str:
    return next((merged.start_cell.coordinate for merged in page.merged_cells.ranges if place in merged), place)


def _written(grid: list[list[Any]], merging: bool) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("表")
        looks = [None, book.add_format({"num_format": "0.00", "border": 1}), book.add_format({"bold": True})]
        for row, values in enumerate(grid):
            for column, value in enumerate(values):
                page.write(row, column, value, looks[(row + column) % 3])
        page.write_formula(8, 6, "=SUM(A1:A8)", looks[1], 42)
        page.autofilter(0, 0, 7, 5)
        page.freeze_panes(1, 0)
        page.set_column(1, 3, 17)
        if merging:
            page.merge_range(5, 1, 6, 2, "", looks[1])
    return file.getvalue()
