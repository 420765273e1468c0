"""What one row of a table costs, and what the account says of the rest."""

from io import BytesIO
from pathlib import Path

import openpyxl

from housing_guarantee.adapters.tables import read_tables
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.definition import load_definition
from housing_guarantee.models import BadRow, RosterRow
from housing_guarantee.source import Account, Source
from housing_guarantee.testing import xlsx

HEADER = ["户编号", "户主姓名", "村", "地址", "家庭人口数"]
FIRST, LAST = ["1", "才让", "塔哇村", "一社", "4"], ["3", "多杰", "塔哇村", "二社", "4"]
SHIFTED = ["2", "卓玛", "塔哇村", "一社", "3号", "4"]


def roster(data: bytes, sheet: str | None = None) -> tuple[list[tuple[str, str | None]], Account, list[BadRow]]:
    """Read a roster: what became of each row and whose it is, the account, and the bad rows."""
    source = Source("roster", "excel", "名册", Path("名册"), sheet=sheet)
    account = Account(source)
    rows = list(read_tables(read_sheets(data, "名册"), "名册", source, account, load_definition()))
    kinds = [(type(row).__name__, row.household_id) for row in rows if isinstance(row, (RosterRow, BadRow))]
    return kinds, account, [row for row in rows if isinstance(row, BadRow)]


def delimited(*rows: list[str]) -> bytes:
    """Write a delimited file without a quote."""
    return "\n".join(",".join(row) for row in rows).encode()


def test_an_unquoted_comma_costs_its_row_and_no_other() -> None:
    """A cell too many has shifted what stands behind it, so that row is refused, and says what would be right."""
    kinds, account, (bad,) = roster(delimited(HEADER, FIRST, SHIFTED, LAST))
    assert kinds == [("RosterRow", "1"), ("BadRow", "2"), ("RosterRow", "3")]
    assert bad.expected == {
        "zh": "本行单元格多于表头，含逗号的内容应加引号",
        "en": "as many cells as the header: quote what holds a comma",
    }
    assert (account.read, account.unreadable, account.problem) == (2, 1, None)


def test_empty_cells_behind_the_header_shift_nothing() -> None:
    """Trailing commas, which programs write, harm no row."""
    kinds, account, _ = roster(delimited(HEADER, [*FIRST, "", ""], LAST))
    assert kinds == [("RosterRow", "1"), ("RosterRow", "3")]
    assert account.unreadable == 0


def test_a_hidden_sheet_is_counted_and_read_only_where_it_is_named() -> None:
    """What a clerk does not see is not taken for the county's word, and not lost either."""
    book = openpyxl.Workbook()
    for row in ([*HEADER], [*FIRST]):
        book.active.append(row)
    hidden = book.create_sheet("旧名册")
    for row in ([*HEADER], [*LAST]):
        hidden.append(row)
    hidden.sheet_state = "veryHidden"
    book.save(file := BytesIO())

    kinds, account, _ = roster(file.getvalue())
    assert (kinds, account.left_out["hidden sheet"]) == ([("RosterRow", "1")], 2)
    assert roster(file.getvalue(), sheet="旧名册")[0] == [("RosterRow", "3")]


def test_a_remark_beside_a_workbooks_table_shifts_nothing() -> None:
    """In a workbook each cell has its own column, so a cell without a header is no fault of its row."""
    kinds, _, _ = roster(xlsx({"名册": [HEADER, FIRST, [*LAST, "外出务工"]]}))
    assert kinds == [("RosterRow", "1"), ("RosterRow", "3")]


def test_a_row_in_which_the_file_ends_is_not_read_as_if_it_were_whole() -> None:
    """A copy that broke off leaves half a cell and loses those behind it, which are not blank."""
    whole = delimited(HEADER, FIRST, LAST)
    kinds, _, (bad,) = roster(whole[: whole.rindex("二社".encode()) + 3])
    assert kinds == [("RosterRow", "1"), ("BadRow", "3")]
    assert bad.expected["en"] == "the whole row: the file ends within it, export it again"


def test_a_last_row_without_a_line_end_is_whole_where_no_cell_is_missing() -> None:
    """Many programs write no line end behind the last row, or leave trailing blanks away behind one."""
    kinds, _, _ = roster(delimited(HEADER, FIRST, LAST))
    assert kinds == [("RosterRow", "1"), ("RosterRow", "3")]
    kinds, _, _ = roster(delimited(HEADER, FIRST, LAST[:3]) + b"\n")
    assert kinds == [("RosterRow", "1"), ("RosterRow", "3")]


def test_a_footer_that_ends_the_file_is_a_footer() -> None:
    """What stands below the table is shorter than a row, and loses nothing."""
    kinds, account, _ = roster(delimited(HEADER, FIRST, LAST, ["填表人：某某"]))
    assert (kinds, account.left_out["footer"]) == ([("RosterRow", "1"), ("RosterRow", "3")], 1)
