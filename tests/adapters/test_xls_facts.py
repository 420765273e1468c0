"""What is noted of an old xls because its parser would lose it."""

from io import BytesIO

import pytest
import xlwt

from housing_guarantee.adapters.grid import CellError
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.adapters.xls_facts import look_through_xls


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


def test_what_cannot_be_walked_is_said_to_be_unknown() -> None:
    """Cut short anywhere, or no container at all, it gives nothing rather than half of the facts."""
    data = faulty(2000)

    assert [look_through_xls(data[:length]) for length in range(0, 1500, 100)] == [None] * 15
    assert look_through_xls(b"") is None


def test_a_chain_that_goes_round_is_left() -> None:
    """A table in which every sector follows itself does not hold the reader."""
    data = bytearray(faulty(2000))
    table = 512 * (int.from_bytes(data[76:80], "little") + 1)
    for sector in range(128):
        data[table + 4 * sector : table + 4 * sector + 4] = sector.to_bytes(4, "little")

    assert look_through_xls(bytes(data)) is None
