"""Headers as offices type them, the fields they mean, and the rows below that are data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.adapters.grid import CellError, Sheet
from housing_guarantee.adapters.header import HeaderMatch, data_rows, find_header, normalise_header, role_synonyms
from housing_guarantee.data import read_toml
from housing_guarantee.errors import SourceError
from housing_guarantee.records import fields_of

ROLES = ("roster", "verifications", "ledger", "appraisals")
Rows = list[tuple[Any, ...]]


def match(
    *rows: tuple[Any, ...],
    role: str = "roster",
    given: dict[str, str] | None = None,
    merged: tuple[tuple[int, int, int, int], ...] = (),
) -> HeaderMatch | None:
    """Find the header of a sheet of these rows."""
    return find_header(Sheet("名册", list(rows), merged), role_synonyms(role), given or {})


def columns(*rows: tuple[Any, ...], **options: Any) -> dict[str, int]:
    """Find the header, and give field → column."""
    found = match(*rows, **options)
    assert found is not None
    return dict(found.columns)


def refusal(*rows: tuple[Any, ...], **options: Any) -> SourceError:
    """Have a header refused."""
    with pytest.raises(SourceError) as caught:
        match(*rows, **options)
    return caught.value


# ------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("户 主 姓 名", "户主姓名"),
        ("身份证\n号码", "身份证号码"),
        ("住房面积（㎡）", "住房面积"),
        ("住房面积(平方米)", "住房面积"),
        ("补助金额【元】", "补助金额"),
        ("※户主姓名＊：", "户主姓名"),
        ("\ufeff户\u200b编\u202d号　", "户编号"),
        ("户ＩＤ", "户id"),
        ("ＧＰＳ", "gps"),
        ("（元）", "(元)"),
        ("", ""),
    ],
)
def test_headers_are_compared_without_what_offices_add(typed: str, normal: str) -> None:
    """Width, blanks, invisible characters, units and marks make no other header."""
    assert normalise_header(typed) == normal


@given(st.text(max_size=12))
def test_a_normal_header_stays_as_it_is(text: str) -> None:
    """What remains holds no blank and no mark that would be dropped from it in another header."""
    assert not set(normalise_header(text)) & set(" \t\n\u3000\u200b※*:")


@pytest.mark.parametrize("role", ROLES)
def test_every_field_of_a_role_has_headers(role: str) -> None:
    """Every field that a role may have, and no other, is found by some header, its own name included."""
    synonyms = role_synonyms(role)

    assert tuple(synonyms) == fields_of(role)
    assert {field for field, words in synonyms.items() if len(words) < 2 or words[-1] != field} == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_listed_header_means_a_field_of_its_role(role: str) -> None:
    """No list stands under a name that no field has."""
    assert set(read_toml("headers.toml")[role]) <= set(fields_of(role))


def test_a_rosters_own_field_names_are_headers() -> None:
    """A file that another program wrote may bear the canonical names."""
    assert columns(("household_id", "head_name", "head_id_number")) == {
        "household_id": 0,
        "head_name": 1,
        "head_id_number": 2,
    }


# ------------------------------------------------------------------------------------------------ where it stands


def test_the_header_is_found_below_titles_and_units() -> None:
    """Titles, units and blank rows above the header are passed over."""
    found = match(("贵南县农户名册",), (), ("填报单位：茫曲镇", None, "单位：户、人"), ("序号", "户编号", "户主姓名"))

    assert found == HeaderMatch(
        3,
        3,
        {"household_id": 1, "head_name": 2},
        {"household_id": "户编号", "head_name": "户主姓名"},
        ("序号",),
        typed={0: "序号", 1: "户编号", 2: "户主姓名"},
    )


@pytest.mark.parametrize(("blank", "found"), [(14, True), (15, False)])
def test_only_the_first_rows_are_looked_at(blank: int, found: bool) -> None:
    """A header may stand in row 15, but no lower."""
    assert (match(*[()] * blank, ("户编号", "户主姓名")) is not None) == found


def test_one_field_alone_is_no_header() -> None:
    """A single word that happens to be a header is none."""
    assert match(("备注说明", "户编号"), ("1", "2")) is None


def test_one_field_is_enough_where_the_campaign_names_it() -> None:
    """All headers that the campaign gives make a header, be it one."""
    assert columns(("编码", "其他"), given={"household_id": "编码"}) == {"household_id": 0}


def test_rows_of_different_length_are_no_trouble() -> None:
    """Blanks at the end of a row may be missing."""
    assert columns((), ("标题",), ("户编号", "户主姓名", "行政村"), ("1",)) == {
        "household_id": 0,
        "head_name": 1,
        "village": 2,
    }


def test_numbers_and_errors_in_the_header_mean_nothing() -> None:
    """Only text can be a header."""
    assert columns((2017.0, "户编号", CellError("#REF!"), "户主姓名", None)) == {"household_id": 1, "head_name": 3}


# ------------------------------------------------------------------------------------------------ two rows

TWO_ROWS: Rows = [
    ("茫曲镇名册", None, None, None, None, None, None),
    ("序号", "户主信息", None, "家庭成员", None, "与户主关系", "行政村"),
    (None, "姓名", "证件号码", "姓名", "证件号码", None, None),
]
TWO_ROWS_MERGED = ((0, 0, 0, 6), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5), (1, 6, 2, 6))


def test_two_rows_under_merged_groups_are_joined() -> None:
    """姓名 under 户主信息 is the head's and under 家庭成员 the member's; a cell merged downward is one header."""
    found = match(*TWO_ROWS, merged=TWO_ROWS_MERGED)

    assert found is not None
    assert (found.first_row, found.last_row) == (1, 2)
    assert found.columns == {
        "head_name": 1,
        "head_id_number": 2,
        "member_name": 3,
        "member_id_number": 4,
        "relation": 5,
        "village": 6,
    }
    assert found.headers["head_id_number"] == "户主信息/证件号码"
    assert found.unused == ("序号",)


def test_a_group_whose_lower_headers_are_unknown_is_header_to_its_last_row() -> None:
    """The lower row of a header is never taken for data, though no field stands in it."""
    rows: Rows = [
        ("户主姓名", "行政村", "集中安置户", None),
        (None, None, "房屋质量是否达标", "是否交付"),
        ("才让", "塔哇村", "是", "是"),
    ]
    sheet = Sheet("台账", rows, ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)))
    found = find_header(sheet, role_synonyms("ledger"), {})

    assert found is not None
    assert (found.first_row, found.last_row) == (0, 1)
    assert data_rows(sheet, found) == ([(3, rows[2])], {})


def test_a_merged_title_is_no_part_of_the_header() -> None:
    """A title merged over the header leaves the headers as typed."""
    found = match(("户主信息登记表", None), ("户编号", "户主姓名"), merged=((0, 0, 0, 1),))

    assert found is not None
    assert (found.first_row, found.last_row) == (1, 1)
    assert found.headers == {"household_id": "户编号", "head_name": "户主姓名"}


def test_a_unit_in_the_lower_row_is_dropped() -> None:
    """住房面积 over （㎡） is 住房面积."""
    assert columns(("户编号", "住房面积"), (None, "（㎡）"), merged=((0, 0, 1, 0),)) == {
        "household_id": 0,
        "dwelling_area": 1,
    }


# ------------------------------------------------------------------------------------------------ which field


def test_a_general_number_is_the_members_in_a_row_per_person() -> None:
    """证件号码 beside 姓名 and 与户主关系 is that person's."""
    assert columns(("户编号", "姓名", "证件号码", "与户主关系", "户主证件号码")) == {
        "household_id": 0,
        "member_name": 1,
        "member_id_number": 2,
        "relation": 3,
        "head_id_number": 4,
    }


def test_a_general_number_is_the_heads_in_a_row_per_household() -> None:
    """证件号码 in a roster without persons is the head's."""
    assert columns(("户编号", "户主姓名", "证件号码")) == {"household_id": 0, "head_name": 1, "head_id_number": 2}


@pytest.mark.parametrize("role", ["verifications", "ledger", "appraisals"])
def test_outside_the_roster_a_name_and_a_number_are_the_heads(role: str) -> None:
    """A row is a household there, so 姓名 and 身份证号码 mean its head."""
    assert columns(("姓名", "身份证号码"), role=role) == {"head_name": 0, "id_number": 1}


def test_the_heads_number_goes_before_a_general_one() -> None:
    """户主证件号码 is preferred, wherever it stands."""
    found = match(("身份证号", "户主证件号码", "户主姓名"), role="ledger")

    assert found is not None
    assert found.columns == {"id_number": 1, "head_name": 2}
    assert found.unused == ("身份证号",)


def test_of_two_synonyms_the_better_one_is_taken() -> None:
    """The order of synonyms decides, not the order of columns."""
    found = match(("户主", "户编号", "户主姓名"))

    assert found is not None
    assert found.columns == {"household_id": 1, "head_name": 2}
    assert found.unused == ("户主",)


def test_the_same_header_means_what_its_role_says() -> None:
    """贫困户类型 is the poverty type of a roster and the target group of a ledger."""
    assert columns(("户编号", "贫困户类型"))["poverty_type"] == 1
    assert columns(("姓名", "贫困户类型"), role="ledger")["target_group"] == 1


def test_a_header_that_could_be_two_fields_is_said() -> None:
    """It goes to the first field that is free, and the account tells."""
    synonyms = {"household_id": ["户编号"], "programme": ["项目", "改造项目"], "mode": ["改造方式", "改造项目"]}
    sheet = Sheet(None, [("户编号", "改造项目", "项目")])
    found = find_header(sheet, synonyms, {})

    assert found is not None
    assert found.columns == {"household_id": 0, "programme": 2, "mode": 1}
    assert found.shared == ("改造项目",)


def test_coordinates_may_stand_in_one_column() -> None:
    """经纬度 is both in one."""
    assert columns(("户编号", "经纬度"), role="verifications") == {"household_id": 0, "coordinates": 1}


def test_what_the_campaign_names_goes_before_every_synonym() -> None:
    """A given header is taken for its field even where a synonym of it, or of another field, stands beside."""
    assert columns(("户编号", "编 号", "户主姓名"), given={"household_id": "编号"}) == {
        "household_id": 1,
        "head_name": 2,
    }
    assert columns(("户编号", "户主姓名"), given={"phone": "户主姓名"}) == {"household_id": 0, "phone": 1}


def test_a_named_header_that_is_not_there_is_an_error_with_the_nearest() -> None:
    """The error says what stands there instead, and in which row."""
    error = refusal(("标题",), ("户编号", "户主姓名", "村"), given={"household_id": "住户编号"})

    assert "'住户编号'" in error.problem
    assert "'户编号'" in error.problem
    assert (error.sheet, error.row) == ("名册", 2)


def test_a_header_that_stands_twice_is_an_error_naming_both_columns() -> None:
    """Nobody can tell which of two equal columns is meant."""
    error = refusal(("户编号", "户主姓名", "户 主 姓 名"))

    assert "B and C" in error.problem
    assert (error.sheet, error.row, error.column) == ("名册", 1, "C")


def test_a_header_of_no_field_may_stand_twice() -> None:
    """What is not read cannot be confused."""
    assert columns(("户编号", "户主姓名", "备注", "备注")) == {"household_id": 0, "head_name": 1}


def test_equal_headers_under_different_groups_are_two() -> None:
    """姓名 of the head and 姓名 of the member are no double."""
    assert columns(*TWO_ROWS, merged=TWO_ROWS_MERGED)["member_name"] == 3


# ------------------------------------------------------------------------------------------------ rows

HEADER = ("序号", "乡镇", "行政村", "户编号", "户主姓名", "备注")
ROW = (1, "茫曲镇", "塔哇村", "10000000001", "才让多杰", None)


def rows_below(*rows: tuple[Any, ...], merged: tuple[tuple[int, int, int, int], ...] = ()) -> tuple[Any, Any]:
    """Give the rows of data below the header."""
    sheet = Sheet("名册", [HEADER, *rows], merged)
    found = find_header(sheet, role_synonyms("roster"), {})
    assert found is not None
    return data_rows(sheet, found)


def test_rows_bear_the_number_that_a_spreadsheet_shows() -> None:
    """The first row below a header in row 1 is row 2."""
    assert rows_below(ROW, (), ROW) == ([(2, ROW), (4, ROW)], {"blank": 1})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, "　", "\u200b"), "blank"),
        ((7,), "blank"),
        (("36",), "blank"),
        ((None, "合计", None, None, None, 12), "total"),
        (("合  计", None, None, None, "12户"), "total"),
        (("小计：", None, None, 35.0), "total"),
        ((None, "茫曲镇小计", None, None, 35.0), "total"),
        ((None, None, None, "总计", "总计"), "total"),
        ((None, None, None, "茫曲镇合计"), "total"),
        (("填表人：某某", None, None, "审核人：某某"), "footer"),
        (("填 表 人", None, "某某"), "footer"),
        (("注：本表一式两份",), "footer"),
        (("注1、面积为建筑面积",), "footer"),
        (("说明:此表由乡镇填写",), "footer"),
        (("单位负责人（签字）：", None, None, None, "某某"), "footer"),
        ((None, None, None, None, "联系电话：0974"), "footer"),
        (HEADER, "repeated header"),
        ((None, None, None, "户编号", "户主姓名"), "repeated header"),
    ],
)
def test_what_is_no_record_is_left_out_by_its_reason(row: tuple[Any, ...], reason: str) -> None:
    """Blank rows, totals, footers and repeated headers are counted, each as what it is."""
    assert rows_below(ROW, row) == ([(2, ROW)], {reason: 1})


@pytest.mark.parametrize(
    "row",
    [
        (1, "茫曲镇", "塔哇村", "10000000001", "合计", None),
        (1, None, None, None, "张合计", None),
        ("小计", None, None, "10000000001", None, None),
        (None, None, None, "10000000001", "说明", None),
        ("说明", None, None, "10000000001", "才让", None),
        (1, None, None, "户编号", "才让", None),
        (None, "合计乡", None, None, "才让", None),
        (None, None, None, CellError("#REF!"), "才让", None),
        (None, None, None, None, None, "只有备注"),
    ],
)
def test_a_row_that_names_a_household_is_never_left_out(row: tuple[Any, ...]) -> None:
    """Whatever word stands in it, a row with a number or a name of its own is data."""
    assert rows_below(row) == ([(2, row)], {})


def test_a_row_that_numbers_the_columns_is_header() -> None:
    """Forms number their columns right below the header; further down such a row would be data."""
    numbers = (1, 2, 3, 4, 5, 6)

    assert rows_below(numbers, ROW) == ([(3, ROW)], {"repeated header": 1})
    assert rows_below(ROW, numbers) == ([(2, ROW), (3, numbers)], {})


def test_vertically_merged_cells_are_filled_down_within_their_range() -> None:
    """A village's name written once holds for every row it is merged over, and for no other."""
    rows = rows_below(
        (1, "茫曲镇", "塔哇村", "1000000001", "甲"),
        (2, None, None, "1000000002", "乙"),
        (3, None, None, "1000000003", "丙"),
        merged=((1, 1, 3, 1), (1, 2, 2, 2)),
    )

    assert [cells[1:3] for _, cells in rows[0]] == [("茫曲镇", "塔哇村"), ("茫曲镇", "塔哇村"), ("茫曲镇", None)]


def test_a_merge_does_not_make_a_blank_row_data() -> None:
    """A row with nothing of its own is blank, and a subtotal under a merged village is a subtotal."""
    rows = rows_below(
        (1, "茫曲镇", "塔哇村", "1000000001", "甲"),
        (None,),
        (None, None, None, "小计", 1.0),
        merged=((1, 1, 3, 1), (1, 2, 3, 2)),
    )

    assert rows == ([(2, (1, "茫曲镇", "塔哇村", "1000000001", "甲"))], {"blank": 1, "total": 1})


def test_a_merge_beyond_the_sheet_is_no_trouble() -> None:
    """Ranges that reach below the last row or right of the last column fill what there is."""
    rows = rows_below(ROW, (2,), merged=((1, 1, 9, 1), (1, 40, 9, 40)))

    assert rows == ([(2, ROW)], {"blank": 1})


CELLS = st.sampled_from([None, "", " ", "合计", "注：", "户编号", "姓名", 1, 35.0, "才让", "10000000001"])


@given(st.lists(st.lists(CELLS, max_size=6).map(tuple), max_size=12))
def test_every_row_is_either_data_or_counted(rows: list[tuple[Any, ...]]) -> None:
    """No row is lost, and none whose household number and name are both there is left out."""
    kept, left_out = rows_below(*rows)

    assert len(kept) + sum(left_out.values()) == len(rows)
    numbers = {number for number, _ in kept}
    for number, row in enumerate(rows, 2):
        if len(row) > 4 and row[3] == "10000000001" and row[4] == "才让":
            assert number in numbers
