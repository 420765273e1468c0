"""Delimited files of every encoding that systems export, and those that must not be guessed at."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.adapters.delimited import read_delimited
from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.errors import SourceError
from housing_guarantee.limits import Limits

HEADER = ("户编号", "户主姓名", "备注")
TEXT = "户编号,户主姓名,备注\n10000000001,才让多杰,无\n10000000002,扎西卓玛,\n"
ROWS: list[tuple[Value, ...]] = [
    HEADER,
    ("10000000001", "才让多杰", "无"),
    ("10000000002", "扎西卓玛", None),
]


def rows(data: bytes | str) -> list[tuple[Value, ...]]:
    """Read a file's rows."""
    sheet = read_delimited(data.encode() if isinstance(data, str) else data, "名册.csv")
    assert sheet == Sheet(None, sheet.rows)
    return sheet.rows


def refusal(data: bytes | str, limits: Limits | None = None) -> SourceError:
    """Have a file refused."""
    with pytest.raises(SourceError) as caught:
        read_delimited(data.encode() if isinstance(data, str) else data, "名册.csv", limits)
    assert caught.value.source == "名册.csv"
    return caught.value


# ------------------------------------------------------------------------------------------------ encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_exported_encoding_gives_the_same_text(encoding: str) -> None:
    """A mark is believed, then strict UTF-8, then strict GB18030."""
    assert rows(TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_read_in_either_order(mark: bytes) -> None:
    """The mark tells the order of the bytes."""
    assert rows(mark + TEXT.encode("utf-16-le" if mark[0] == 0xFF else "utf-16-be")) == ROWS


def test_characters_of_real_names_beyond_gbk_are_kept() -> None:
    """䶮 and 𬱖 stand in GB18030 and not in GBK."""
    assert rows("户主姓名,村\n䶮𬱖㛃,塔哇村\n".encode("gb18030"))[1] == ("䶮𬱖㛃", "塔哇村")


def test_a_middle_dot_stays_what_it_is() -> None:
    """The dot of a name is U+00B7 in GB18030."""
    assert rows("户主姓名,村\n阿依·古丽,塔哇村\n".encode("gb18030"))[1] == ("阿依·古丽", "塔哇村")


@pytest.mark.parametrize(
    ("encodings", "row"),
    [(("utf-8", "utf-8", "gbk"), 3), (("gbk", "utf-8", "gbk"), 2), (("utf-8", "gbk", "utf-8"), 2)],
)
def test_a_mixture_is_refused_by_its_odd_line(encodings: tuple[str, ...], row: int) -> None:
    """GB18030 would read the UTF-8 lines as other characters without complaint."""
    lines = TEXT.splitlines(keepends=True)
    data = b"".join(line.encode(encoding) for line, encoding in zip(lines, encodings, strict=True))

    error = refusal(data)

    assert "mixes" in error.problem
    assert error.row == row


def test_gbk_that_passes_for_utf_8_by_chance_is_no_mixture() -> None:
    """A line of GBK whose bytes happen to be UTF-8 is read as GBK."""
    chance = "模模"
    assert chance.encode("gbk").decode("utf-8") != chance

    assert rows(f"户主姓名,村\n才让,{chance}\n{chance},塔哇\n".encode("gbk"))[2] == (chance, "塔哇")


def test_bytes_that_are_no_text_are_refused_by_line() -> None:
    """What is neither encoding is not read with gaps."""
    error = refusal(b"a,b\n1,2\n\xff\xff,3\n")

    assert "neither" in error.problem
    assert error.row == 3


def test_a_mark_is_held_to_its_word() -> None:
    """A file that claims UTF-8 and is none is refused, not read as something else."""
    assert "neither" in refusal(b"\xef\xbb\xbf" + TEXT.encode("gbk")).problem


# ------------------------------------------------------------------------------------------------ delimiters


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    """Comma, tab and semicolon are told apart by the first lines."""
    assert rows(TEXT.replace(",", delimiter)) == ROWS


def test_lists_in_cells_are_no_delimiters() -> None:
    """Photo names split by semicolons outnumber the commas, but not evenly."""
    text = "户编号,照片\n1,a.jpg;b.jpg;c.jpg;d.jpg\n2,e.jpg;f.jpg\n3,\n"

    assert rows(text)[1] == ("1", "a.jpg;b.jpg;c.jpg;d.jpg")


def test_a_title_does_not_hide_the_delimiter() -> None:
    """Title lines of other shape stand above the header."""
    assert rows("贵南县；名册, 2020\n" + TEXT.replace(",", "\t"))[1] == HEADER


# ------------------------------------------------------------------------------------------------ cells


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ('="632525196501010015"', "632525196501010015"),
        ('"=""632525196501010015"""', "632525196501010015"),
        ("'632525196501010015", "632525196501010015"),
        ("\t632525196501010015", "632525196501010015"),
        ('"632525196501010015\t"', "632525196501010015"),
        ('"二人,三间"', "二人,三间"),
        ('"一\n二"', "一\n二"),
        ('""', None),
        ("NULL", "NULL"),
        ("0012", "0012"),
    ],
)
def test_what_was_put_round_a_number_is_taken_off(typed: str, value: str | None) -> None:
    """Every cell is text; only what keeps a number from a spreadsheet is taken off."""
    assert rows(f"户编号,证件号码\n1,{typed}\n")[1] == ("1", value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end: str) -> None:
    """Rows end as Unix, Windows or old Macs end them."""
    assert rows(TEXT.replace("\n", end)) == ROWS


def test_blank_lines_keep_their_row() -> None:
    """Row numbers stay those that a spreadsheet shows."""
    assert rows("a,b\n\n1,2\n") == [("a", "b"), (), ("1", "2")]


def test_nul_is_refused_by_line() -> None:
    """A file with NUL is no text."""
    assert refusal("户编号,姓名\n1,才\0让\n").row == 2


@pytest.mark.parametrize(
    ("text", "row"),
    [('a,b\n1,2\n3,"x\n4,5\n', 4), ('a,b\n"x"y,2\n', 2), ("a,b\n1," + "x" * 200_000 + "\n", 2)],
)
def test_quotes_and_cells_that_do_not_add_up_are_refused_by_line(text: str, row: int) -> None:
    """An open quote does not swallow the rows behind it."""
    assert refusal(text).row == row


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_bare_carriage_return_in_a_cell_is_refused_by_line(end: str) -> None:
    """It would make two rows of one, each with the other half of it missing."""
    assert refusal(f"户编号,备注,村{end}1,一{end}2,上\r下,塔哇{end}").row == 3


def test_a_quoted_line_break_of_another_kind_is_no_line_end() -> None:
    """Within quotes a cell may hold any line break."""
    assert rows('户编号,备注\r1,"一\n二"\r2,三\r') == [("户编号", "备注"), ("1", "一\n二"), ("2", "三")]


@pytest.mark.parametrize("limits", [Limits(rows=2), Limits(columns=2)])
def test_too_many_rows_or_columns_are_refused(limits: Limits) -> None:
    """The bounds are those of workbooks."""
    assert "more than" in refusal(TEXT, limits).problem


# ------------------------------------------------------------------------------------------------ round trip

CELL = st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=8)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=8)
)


@given(TABLE, st.sampled_from([",", "\t", ";"]), st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]))
def test_what_a_program_writes_comes_back(table: list[list[str]], delimiter: str, encoding: str) -> None:
    """Whatever is quoted as the format asks for comes back cell by cell."""
    header = [f"列{number}" for number in range(len(table[0]))]
    file = StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *table])
    data = file.getvalue().encode(encoding)
    if encoding == "gb18030" and _is_utf8(data):
        return  # such bytes are rightly read as UTF-8

    found = rows(data)

    assert found[0] == tuple(header)
    assert found[1:] == [tuple(_bare(cell) or None for cell in row) for row in table]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bare(cell: str) -> str:
    """Take off what the reader takes off."""
    if len(cell) > 2 and cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell.removeprefix("'")
