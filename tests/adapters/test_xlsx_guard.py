"""What is refused before a parser sees it, and what is noted because a parser would lose it."""

import time
import zipfile
from io import BytesIO

import pytest

from housing_guarantee.adapters.xlsx_guard import inspect_workbook
from housing_guarantee.adapters.xlsx_sheet import Refused
from housing_guarantee.limits import Limits
from housing_guarantee.testing import xlsx
from tests.adapters.book import archive, raw

A1 = '<row r="1"><c r="A1"><v>1</v></c></row>'


def refusal(data: bytes, limits: Limits | None = None) -> Refused:
    """Have a workbook refused."""
    with pytest.raises(Refused) as caught:
        inspect_workbook(data, limits)
    return caught.value


def place(refused: Refused) -> tuple[str | None, int | None, str | None]:
    """Say where a refusal points."""
    return refused.sheet, refused.row, refused.column


def cells(*contents: str) -> str:
    """Write one row of cells."""
    return f'<row r="1">{"".join(contents)}</row>'


# ------------------------------------------------------------------------------------------------ extent


@pytest.mark.parametrize(("cell", "row", "column"), [("XFD1048576", 1048576, "XFD"), ("A200001", 200001, "A")])
def test_a_value_far_away_is_refused_by_its_cell(cell: str, row: int, column: str) -> None:
    """A sparse giant, which aborts its parser, is refused and the cell named."""
    data = raw(A1 + f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>')

    assert place(refusal(data)) == ("名册", row, column)


def test_formats_far_away_are_no_values() -> None:
    """Cells that are only formatted, to the very end of the sheet, do no harm."""
    data = raw(A1 + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')

    assert inspect_workbook(data).sheets["名册"].area == 1


@pytest.mark.parametrize("row", ["1048577", "99999999", "0", "-1", "x", "9" * 40])
def test_a_row_that_no_spreadsheet_has_is_refused(row: str) -> None:
    """Row numbers beyond the last, and what is no number, are refused."""
    assert place(refusal(raw(f'<row r="{row}"/>')))[0] == "名册"


@pytest.mark.parametrize("cell", ["ZZZZ1", "XFE1", "a1", "A2", "1", "A0", "$A$1", ""])
def test_a_reference_that_is_no_cell_of_its_row_is_refused(cell: str) -> None:
    """A cell must be called by its own row and by a column that there is."""
    refused = refusal(raw(cells(f'<c r="{cell}"><v>1</v></c>')))

    assert (refused.sheet, refused.row) == ("名册", 1)


def test_rows_and_cells_may_leave_out_their_references() -> None:
    """Rows and cells without a reference follow one another."""
    data = raw('<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row><c t="e"><v>#REF!</v></c></row>')

    assert inspect_workbook(data).sheets["名册"].errors == {(0, 1): "#N/A", (1, 0): "#REF!"}


def test_sheets_together_may_not_span_more_than_the_area() -> None:
    """Many cells with nothing between them are refused, though each stands within bounds."""
    data = raw('<row r="10"><c r="J10"><v>1</v></c></row>')

    assert inspect_workbook(data, Limits(area=100)).sheets["名册"].area == 100
    assert place(refusal(data, Limits(area=99))) == ("名册", None, None)


# ------------------------------------------------------------------------------------------------ order


@pytest.mark.parametrize(("first", "second"), [(3, 1), (2, 2)])
def test_rows_repeated_or_out_of_order_are_refused(first: int, second: int) -> None:
    """Parsers drop one of two such rows without a word."""
    assert place(refusal(raw(f'<row r="{first}"/><row r="{second}"/>'))) == ("名册", second, None)


@pytest.mark.parametrize(("first", "second"), [("B1", "A1"), ("B1", "B1")])
def test_cells_repeated_or_out_of_order_are_refused(first: str, second: str) -> None:
    """Parsers keep one of two such cells without a word."""
    refused = refusal(raw(cells(f'<c r="{first}"><v>1</v></c><c r="{second}"><v>2</v></c>')))

    assert place(refused) == ("名册", 1, second[0])


# ------------------------------------------------------------------------------------------------ merges


@pytest.mark.parametrize("cells", ["A1:XFD1048576", "A1:Z20000"])
def test_a_huge_merge_is_refused(cells: str) -> None:
    """A merged range of over 100,000 cells is refused by its first cell."""
    data = raw(A1, after=f'<mergeCells><mergeCell ref="{cells}"/></mergeCells>')

    assert place(refusal(data)) == ("名册", 1, "A")


def test_merges_are_counted_together() -> None:
    """Two ranges of half the budget each fit; one cell more does not."""
    merges = '<mergeCell ref="A1:B25"/><mergeCell ref="C1:D25"/>'
    limits = Limits(merged_cells=100, merged_down=2)

    assert inspect_workbook(raw(A1, after=merges + '<mergeCell ref="F1:F2"/>'), limits).sheets
    assert place(refusal(raw(A1, after=merges + '<mergeCell ref="E7:F7"/>'), limits)) == ("名册", 7, "E")
    assert place(refusal(raw(A1, after=merges + '<mergeCell ref="F1:F3"/>'), limits)) == ("名册", 1, "F")


def test_villages_merged_down_a_province_s_roster_are_no_huge_merge() -> None:
    """A roster of 150,000 rows may name township and village once for all of theirs."""
    merges = '<mergeCell ref="A2:A150000"/><mergeCell ref="B2:B150000"/>'

    assert inspect_workbook(raw(A1, after=f"<mergeCells>{merges}</mergeCells>")).sheets


def test_a_merge_of_no_range_is_refused() -> None:
    """A merged range that cannot be read is refused."""
    assert place(refusal(raw(A1, after='<mergeCell ref="nonsense"/>'))) == ("名册", None, None)


# ------------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize("index", ["-1", "2", "99999999999", "x", ""])
def test_a_shared_text_that_is_not_there_is_refused(index: str) -> None:
    """A parser would put another text, perhaps another person's, in its place."""
    refused = refusal(raw(cells(f'<c r="A1" t="s"><v>{index}</v></c>'), strings=2))

    assert place(refused) == ("名册", 1, "A")


def test_shared_texts_that_are_there_pass() -> None:
    """The first and the last of the shared texts are within range."""
    row = cells('<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="s"><v> 1 </v></c>', '<c r="C1" t="s"/>')

    assert inspect_workbook(raw(row, strings=2)).sheets["名册"].errors == {}


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A1" t="e"><v>anything at all</v></c>', "#ERROR!"),
        ('<c r="A1"><f>B1</f></c>', "no cached value"),
        ('<c r="A1"><f>B1</f><v></v></c>', "no cached value"),
        ('<c r="A1"><f>B1</f><v/></c>', "no cached value"),
    ],
)
def test_errors_and_formulas_without_result_are_noted(cell: str, error: str) -> None:
    """What the parser gives as an empty cell is noted as what it is."""
    assert inspect_workbook(raw(cells(cell))).sheets["名册"].errors == {(0, 0): error}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"><f>B1</f><v>0</v></c>',
        '<c r="A1" t="str"><f>B1</f><v></v></c>',
        '<c r="A1" t="inlineStr"><is><t>字</t></is></c>',
        '<c r="A1" s="3"/>',
    ],
)
def test_what_has_a_result_is_no_error(cell: str) -> None:
    """A formula with its result, even an empty text, and an empty cell are no errors."""
    assert inspect_workbook(raw(cells(cell))).sheets["名册"].errors == {}


def test_a_formula_behind_the_rows_is_no_cell() -> None:
    """The formula of a validation list does not taint the last cell."""
    after = '<extLst><ext xmlns:xm="m"><xm:f>名册!A1</xm:f></ext></extLst>'

    assert inspect_workbook(raw(A1, after=after)).sheets["名册"].errors == {}


def test_hidden_rows_with_values_are_counted() -> None:
    """A hidden row without values hides nothing."""
    data = raw(
        A1
        + '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="true"><c r="A3"><v>1</v></c></row>'
        + '<row r="4" hidden="1"><c r="A4" s="1"/></row>'
    )

    assert inspect_workbook(data).sheets["名册"].hidden_rows == 2


def test_prefixed_xml_is_read_like_any_other() -> None:
    """A writer that gives every element a prefix is followed, and none can hide a cell behind one."""
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )

    assert place(refusal(raw(parts={"xl/worksheets/sheet1.xml": sheet}))) == ("名册", 1048576, "XFD")


def test_a_sheet_that_no_relation_names_is_looked_at_too() -> None:
    """What a part holds is told by its root, so that a parser with another idea of the relations meets no surprise."""
    sheet = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'

    assert place(refusal(raw(A1, parts={"xl/other.xml": sheet}))) == (None, 1048576, "XFD")


# ------------------------------------------------------------------------------------------------ the archive


PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
)


@pytest.mark.parametrize("part", PARTS)
def test_a_document_type_is_refused_in_every_part(part: str) -> None:
    """No entity is ever expanded and no file fetched, whichever part declares it."""
    hostile = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'

    assert "document type" in refusal(raw(A1, parts={part: hostile})).problem


def test_broken_xml_is_refused_by_its_part() -> None:
    """The part that is no XML is named."""
    assert "xl/styles.xml" in refusal(raw(A1, parts={"xl/styles.xml": "<a><b></a>"})).problem


@pytest.mark.parametrize("content", [b" " * 30_000_000, b"<si><t>" + b"a" * 30_000_000])
def test_a_part_that_swells_is_refused_at_once(content: bytes) -> None:
    """A part that unpacks to over 200 times its size is refused before it is unpacked."""
    data = raw(A1, parts={"xl/sharedStrings.xml": b"<sst>" + content})
    started = time.process_time()

    assert "unpacks" in refusal(data).problem
    assert time.process_time() - started < 1


def test_what_is_unpacked_is_counted_over_all_parts() -> None:
    """Parts that stay below every ratio are refused together."""
    data = raw(A1, parts={f"xl/media/{n}.bin": bytes(1000) for n in range(10)})

    assert inspect_workbook(data, Limits(unpacked_bytes=20_000)).sheets
    assert "unpacks" in refusal(data, Limits(unpacked_bytes=10_000)).problem


def test_too_many_parts_are_refused() -> None:
    """The parts are counted in the directory."""
    data = raw(A1, parts={f"xl/media/{n}.bin": b"" for n in range(10)})

    assert "parts" in refusal(data, Limits(parts=15)).problem
    assert inspect_workbook(data, Limits(parts=16)).sheets


def test_a_large_file_is_refused_unopened() -> None:
    """The size of the file itself is a budget."""
    assert "larger" in refusal(raw(A1), Limits(file_bytes=100)).problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    """Readers differ in which of two parts they take."""
    file = BytesIO(raw(A1))
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr("xl/Worksheets/sheet1.xml", "<worksheet/>")

    assert "share a name" in refusal(file.getvalue()).problem


def test_sheets_of_one_name_are_refused() -> None:
    """Whatever was noted of a sheet must belong to that sheet."""
    book = '<workbook><sheets><sheet name="甲"/><sheet name="甲"/></sheets></workbook>'

    assert place(refusal(raw(A1, parts={"xl/workbook.xml": book})))[0] == "甲"


def test_a_damaged_archive_is_refused_wherever_it_was_cut() -> None:
    """A file that was cut short never gives half of its rows."""
    data = xlsx({"名册": [["户编号", "姓名"]] + [[str(n), "才让"] for n in range(50)]})

    for length in range(0, len(data) - 1, 64):
        assert refusal(data[:length]).problem


def test_a_workbook_within_an_archive_that_lost_its_end_is_refused() -> None:
    """The end of the workbook is taken for the archive's, whose other files would be missing without a word."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:  # stored, as an app packs what is packed already
        zipped.writestr("照片/1.jpg", b"x" * 50)
        zipped.writestr("核验导出.xlsx", raw(A1))
        zipped.writestr("照片/2.jpg", b"x" * 50)

    assert "cut short" in refusal(file.getvalue()[:-100]).problem


def test_a_changed_byte_of_packed_data_is_refused() -> None:
    """The checksum of every part is compared."""
    data = raw(A1, compression=zipfile.ZIP_STORED)
    changed = data.replace(b"<v>1</v>", b"<v>2</v>")

    assert changed != data
    assert "damaged" in refusal(changed).problem


def test_an_unusual_packing_is_refused() -> None:
    """Office programs store or deflate."""
    assert "packed" in refusal(raw(A1, compression=zipfile.ZIP_BZIP2)).problem


def test_an_encrypted_part_is_refused() -> None:
    """A part that is marked as encrypted asks for a password."""
    data = bytearray(raw(A1))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert "password" in refusal(bytes(data)).problem


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("xl/workbook.bin", "xlsb"),
        ("content.xml", "OpenDocument"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("照片/1.jpg", "zip archive"),
    ],
)
def test_another_kind_of_zip_is_called_by_its_name(part: str, kind: str) -> None:
    """The refusal says what the file is."""
    assert kind in refusal(archive({part: b"x"})).problem


def test_macros_and_links_to_other_workbooks_are_noted() -> None:
    """Neither is followed; both are told."""
    parts: dict[str, bytes | str] = {
        "xl/vbaProject.bin": b"macro",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
    }

    notes = inspect_workbook(raw(A1, parts=parts)).notes

    assert [note.split(";")[0] for note in notes] == ["it holds macros", "it refers to other workbooks"]


def test_an_ordinary_workbook_passes() -> None:
    """Every sheet is known by its name, and nothing is noted."""
    inspection = inspect_workbook(xlsx({"名册": [["户编号"], ["1"]], "台账": [["姓名", "年度"]]}))

    assert {name: facts.area for name, facts in inspection.sheets.items()} == {"名册": 2, "台账": 2}
    assert inspection.notes == ()
