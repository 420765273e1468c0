"""Workbooks in which text stays text, and that are whole or not there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from housing_guarantee.reports.workbook import CUT_MARK, Book, WorkbookError, clean, cut, unique_name

CREATED = datetime(2020, 6, 13, 12, tzinfo=UTC)


def written(path: Path, *texts: str) -> list[object]:
    """Write texts down a column, and read them back with another program's reader."""
    with Book(path, "title", CREATED) as book:
        sheet = book.sheet("one")
        for row, text in enumerate(texts):
            sheet.text(row, 0, text)
    cells = [row[0] for row in load_workbook(path)["one"].iter_rows()]
    assert {cell.data_type for cell in cells} <= {"s"}
    assert not any(cell.hyperlink for cell in cells)
    return [cell.value for cell in cells]


def test_text_stays_text(tmp_path: Path) -> None:
    """Nothing becomes a formula, a number, a link or markup."""
    texts = ["=1+1", "{=A1}", "+1", "-1", "@SUM(A1)", "007", "1E5", "http://a.example/", "internal:A1", "<b>&amp;"]
    assert written(tmp_path / "a.xlsx", *texts) == texts


def test_markup_of_rich_text_is_written_as_text(tmp_path: Path) -> None:
    """A text that looks like a workbook's own markup neither vanishes nor breaks the file."""
    assert written(tmp_path / "a.xlsx", "<r><t>x</t></r>", "<r></si></r>") == ["＜r><t>x</t></r>", "＜r></si></r>"]


def test_what_no_workbook_can_hold_is_replaced_visibly(tmp_path: Path) -> None:
    """Control characters and lone surrogates show as �; a line break of any kind is one line break."""
    texts = written(tmp_path / "a.xlsx", "a\x00b", "\ud800", "c\x85d\ufffe", "x\r\ny\rz", "_x0041_")
    assert texts == ["a\ufffdb", "\ufffd", "c\ufffdd\ufffd", "x\ny\nz", "_x0041_"]


def test_a_long_text_is_cut_with_a_mark(tmp_path: Path) -> None:
    """What a cell cannot hold ends in a mark, counted as a spreadsheet counts: a rare character is two units."""
    assert written(tmp_path / "a.xlsx", "长" * 32_000, "长" * 32_001, "𠀀" * 16_001) == [
        "长" * 32_000,
        "长" * 32_000 + CUT_MARK,
        "𠀀" * 16_000 + CUT_MARK,
    ]


def test_a_cell_beyond_the_sheet_is_an_error(tmp_path: Path) -> None:
    """A cell that the writer would drop in silence ends the workbook, and its text is not told."""
    path = tmp_path / "a.xlsx"
    told = r"sheet 'one', row 1048577, column 1 \(code -1\)"
    with pytest.raises(WorkbookError, match=told) as error, Book(path, "title", CREATED) as book:
        book.sheet("one").text(1_048_576, 0, "才让多杰")
    assert "才让" not in str(error.value)
    assert not path.exists()


def test_a_workbook_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A fault of the disk is told as what it is, for whoever gives the file its place to name it."""
    with pytest.raises(IsADirectoryError), Book(tmp_path, "t", CREATED) as book:
        book.sheet("one")


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["塔哇村", "塔哇村"], ["塔哇村", "塔哇村 2"]),
        (["a/b", "a:b", "A?B"], ["a_b", "a_b 2", "A_B 3"]),
        (["[x]*\\", "'x'", "", " . "], ["_x___", "_x_", "_", "_ 2"]),
        (["Ａ", "a"], ["Ａ", "a 2"]),
        (["长" * 40, "长" * 40], ["长" * 31, "长" * 29 + " 2"]),
        (["𠀀" * 20], ["𠀀" * 15]),
        (["a\nb\ud800"], ["a_b\ufffd"]),
    ],
)
def test_names_of_sheets_are_unique_and_allowed(texts: list[str], names: list[str]) -> None:
    """A name is no longer than a tab's, holds nothing forbidden, and differs by more than case or width."""
    taken: set[str] = set()
    assert [unique_name(text, taken) for text in texts] == names


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_names_make_different_ones(texts: list[str]) -> None:
    """Whatever the titles, no two names are the same, none is empty and none is too long."""
    taken: set[str] = set()
    names = [unique_name(text, taken) for text in texts]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) <= 62 for name in names)


@given(st.text(), st.integers(0, 20))
def test_a_cut_text_begins_as_the_whole(text: str, longest: int) -> None:
    """A cut never splits a character and never lengthens the text."""
    short = cut(clean(text), longest)
    assert clean(text).startswith(short)
    assert len(short.encode("utf-16-le")) <= 2 * longest


def test_a_sheet_called_history_gets_another_name(tmp_path: Path) -> None:
    """Excel keeps that name for itself."""
    with Book(tmp_path / "a.xlsx", "title", CREATED) as book:
        assert book.sheet("History").name == "History 2"
