"""What is noted of an old xls because its parser would lose it."""

import struct
from io import BytesIO

import pytest
import xlwt

from housing_guarantee.adapters.grid import CellError
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.adapters.xls_facts import look_through_xls
from housing_guarantee.adapters.xlsx_sheet import Refused


def saved(book: xlwt.Workbook) -> bytes:
    """Write a workbook."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def faulty(rows: int) -> bytes:
    """Write a ledger with errors and hidden rows; only many rows make it a stream of its own."""
    book = xlwt.Workbook()
    ledger = book.add_sheet("台账")
    for row in range(rows):
        ledger.write(row, 0, f"2017-{row:04}")
    ledger.row(1).set_cell_error(1, "#REF!")
    ledger.row(2).set_cell_error(2, 0x2A)
    ledger.row(2).set_cell_boolean(3, True)
    ledger.row(3).hidden = True
    ledger.row(rows + 5).hidden = True  # hides nothing
    book.add_sheet("空表")
    return saved(book)


@pytest.mark.parametrize("rows", [5, 2000])
def test_errors_and_hidden_rows_are_noted_by_sheet(rows: int) -> None:
    """A truth value is no error, and a hidden row without values hides nothing, in small files and large ones."""
    facts = look_through_xls(faulty(rows))

    assert facts is not None
    assert [(sheet.errors, sheet.hidden_rows) for sheet in facts] == [({(1, 1): "#REF!", (2, 2): "#N/A"}, 1), ({}, 0)]


def test_errors_are_no_blanks_in_the_sheet() -> None:
    """The sheet holds the error where the parser gives an empty cell."""
    ledger, empty = read_sheets(faulty(5), "台账.xls")

    assert ledger.rows[1:3] == [
        ("2017-0001", CellError("#REF!")),
        ("2017-0002", None, CellError("#N/A"), True),
    ]
    assert ledger.notes == ("1 hidden rows were read",)
    assert empty.rows == []


@pytest.mark.parametrize("length", range(0, 20_000, 997))
def test_what_is_cut_short_is_refused(length: int) -> None:
    """Its parser would give the rows that are left as if they were all."""
    with pytest.raises(Refused, match="damaged or no workbook"):
        look_through_xls(faulty(2000)[:length])


def test_a_chain_that_goes_round_is_refused() -> None:
    """A table in which every sector follows itself holds neither the reader nor the parser behind it."""
    data = bytearray(faulty(2000))
    table = 512 * (int.from_bytes(data[76:80], "little") + 1)
    for sector in range(128):
        data[table + 4 * sector : table + 4 * sector + 4] = sector.to_bytes(4, "little")

    with pytest.raises(Refused, match="damaged or no workbook"):
        look_through_xls(bytes(data))


@pytest.mark.parametrize("extent", [(0, 65537, 0, 1), (0, 1, 0, 257), (2, 1, 0, 1), (0, 1, 2, 1)])
def test_a_sheet_that_says_it_is_larger_than_it_can_be_is_refused(extent: tuple[int, int, int, int]) -> None:
    """A parser would ask at once for the memory of what is said, and abort."""
    data = bytearray(faulty(5))
    struct.pack_into("<IIHH", data, data.index(b"\x00\x02\x0e\x00") + 4, *extent)

    with pytest.raises(Refused, match="holds more than it can"):
        look_through_xls(bytes(data))
