"""How rows become records, and what one bad cell costs."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.definition import load_definition
from housing_guarantee.models import (
    Appraisal,
    BadRow,
    CellError,
    LedgerEntry,
    Place,
    Position,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.records import ROLES, Reader, Record, fields_of
from housing_guarantee.testing.strategies import cells

READER = Reader(load_definition())


def read_rows(role: str, *rows: Mapping[str, Any], reader: Reader = READER) -> list[Record | BadRow]:
    """Read rows of cells by field, the first of which stands in row 2."""
    names = dict.fromkeys(name for row in rows for name in row)
    table = Table("file.xlsx", "表", role, dict.fromkeys(names, "A"), {name: name for name in names})
    return list(reader.read(table, list(enumerate(rows, 2))))


def verification(reader: Reader = READER, **cells: Any) -> Verification:
    """Read one row of the export that can be read."""
    (record,) = read_rows("verifications", {"household_id": "1", **cells}, reader=reader)
    assert isinstance(record, Verification)
    return record


def refused(role: str, **cells: Any) -> BadRow:
    """Read one row that cannot be read."""
    (record,) = read_rows(role, cells)
    assert isinstance(record, BadRow)
    return record


# ------------------------------------------------------------------------------------------------ rows


def test_a_bad_cell_costs_its_row_only() -> None:
    """The row with the bad cell says which and what was expected; its neighbours are read."""
    good, bad, last = read_rows(
        "roster",
        {"household_id": "1", "village": "塔哇村", "household_size": "4"},
        {"household_id": "2", "village": "塔哇村", "household_size": "四"},
        {"household_id": "3", "village": "塔哇村", "household_size": None},
    )
    assert isinstance(good, RosterRow)
    assert isinstance(last, RosterRow)
    assert isinstance(bad, BadRow)
    assert (good.household_size, last.household_size) == (4, None)
    assert (bad.field, bad.household_id, bad.place) == ("household_size", "2", Place("", "塔哇村"))
    assert bad.expected == {"zh": "应为整数（人）", "en": "a whole number of persons"}
    assert [cell.row for cell in bad.at("household_size")] == [3]


def test_a_bad_row_keeps_who_it_names() -> None:
    """Number and name of the row tell whose it is, where it bears no household number."""
    row = refused("ledger", head_name="才让", id_number="632525199001011", year="某年")
    assert (row.household_id, row.head_name) == (None, "才让")
    assert row.id_number is not None
    assert "才让" not in repr(row)


def test_the_first_bad_cell_of_a_row_is_named() -> None:
    """A row with two bad cells is one bad row."""
    bad = refused("appraisals", household_id="1", grade="良", appraised_on="去年")
    assert bad.field == "grade"


@pytest.mark.parametrize("name", ["household_id", "village", "grade", "phone"])
def test_a_failed_formula_costs_its_row(name: str) -> None:
    """An error value is no text, in whatever column it stands, and no village's name either."""
    bad = refused("roster", **{"household_id": "1", "village": "塔哇村", name: CellError("#REF!")})
    assert (bad.field, "#REF!" in bad.expected["zh"]) == (name, True)
    assert (bad.household_id, bad.place.village) == (
        None if name == "household_id" else "1",
        "" if name == "village" else "塔哇村",
    )


def test_a_record_points_at_its_cells() -> None:
    """A record knows the cell of each field as it was typed, and where the table has no such column, the row."""
    record = verification(grade="Ａ级")
    with_grade, without = record.at("grade", "programme")
    assert (with_grade.source, with_grade.sheet, with_grade.row) == ("file.xlsx", "表", 2)
    assert (with_grade.column, with_grade.value) == ("A", "Ａ级")
    assert (without.row, without.column, without.value) == (2, None, None)
    assert (record.has("grade"), record.has("programme")) == (True, False)


def test_each_role_has_its_fields() -> None:
    """The fields of a role are those of its record, with its place, and without what is derived."""
    assert {role: set(fields_of(role)) & {"position", "method", "origin", "place"} for role in ROLES} == {
        role: set() for role in ROLES
    }
    assert {"longitude", "latitude", "coordinates", "village"} <= set(fields_of("verifications"))
    assert "longitude" not in fields_of("ledger")


def test_a_constant_stands_in_no_column() -> None:
    """A fact of the whole source is read like a cell, and points at the row without a column."""
    table = Table("f.xls", None, "ledger", {"head_name": "B", "programme": None}, {"head_name": "户主"})
    (record,) = READER.read(table, [(5, {"head_name": "才让", "programme": "农村危房改造"})])
    assert isinstance(record, LedgerEntry)
    assert record.programme == "农村危房改造"
    (cell,) = record.at("programme")
    assert (cell.row, cell.column, cell.header) == (5, None, None)


@given(st.data(), st.sampled_from(sorted(ROLES)))
def test_no_cell_ends_the_run(data: st.DataObject, role: str) -> None:
    """Whatever stands in the cells, every row is a record or a bad row of its number."""
    row = st.fixed_dictionaries(dict.fromkeys(fields_of(role), cells()))
    rows = data.draw(st.lists(row, min_size=1, max_size=2))
    answers = read_rows(role, *rows)
    assert [answer.origin.row for answer in answers] == list(range(2, 2 + len(rows)))


# ------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("name", "typed", "answer"),
    [
        ("is_safe", "是", True),
        ("is_safe", "安全", True),
        ("is_safe", "不安全", False),
        ("is_safe", "√", True),
        ("is_safe", "×", False),
        ("is_safe", 1, True),
        ("is_safe", 0.0, False),
        ("is_safe", True, True),
        ("is_safe", "　", None),
        ("type_changed", "无变化", False),
        ("became_dangerous", "正常", False),
        ("became_dangerous", "未变危、返危", False),
        ("became_dangerous", "返危", True),
        ("is_current_dwelling", "不在此居住", False),
        ("visited", "电话核验", False),
        ("visited", "ｙ", True),
    ],
)
def test_answers_are_yes_or_no_in_the_words_of_their_question(name: str, typed: Any, answer: bool | None) -> None:
    """What means yes depends on the question; a blank is no answer."""
    assert getattr(verification(**{name: typed}), name) is answer


@pytest.mark.parametrize("typed", ["基本是", "2", "安全吗", "①"])
def test_an_answer_that_is_neither_is_refused(typed: str) -> None:
    """Nothing is guessed from a word that merely holds a yes."""
    assert refused("verifications", household_id="1", is_safe=typed).field == "is_safe"


def test_a_sources_own_coding_goes_first() -> None:
    """A source in which 0 is yes and 1 is no says so; other words keep their meaning."""
    reader = Reader(load_definition(), {"is_safe": {"0": True, "1": False, "基本是": "是"}, "grade": {"良": "B级"}})
    typed = [0, "0", 0.0, 1, "１", "基本是", "否"]
    answers = [verification(reader, is_safe=cell).is_safe for cell in typed]
    assert answers == [True, True, True, False, False, True, False]
    assert verification(reader, grade="良").grade == "B"
    assert verification(reader, visited="0").visited is False


@pytest.mark.parametrize(
    ("typed", "grade"),
    [
        ("A级", "A"),
        ("ａ", "A"),
        ("Ｂ 级", "B"),
        ("B级（原C级）", "B"),
        ("C级局部危房", "C"),
        ("一级危房", "D"),
        ("二级危房", "C"),
        ("三级危房", "B"),
        ("经鉴定为B级", "B"),
        ("整栋危房", "D"),
        ("无房户", "无房"),
        ("未鉴定", None),
        ("/", None),
        ("", None),
    ],
)
def test_grades_are_letters(typed: str, grade: str | None) -> None:
    """A grade is a letter with or without 级, or the older words for it."""
    assert verification(grade=typed).grade == grade


@pytest.mark.parametrize("typed", ["E级", "A、B级", "C/D", "C级改造后为A级", "Class 1", "良好", "①"])
def test_what_is_not_one_grade_is_refused(typed: str) -> None:
    """Two grades are not the first of them."""
    assert refused("verifications", household_id="1", grade=typed).field == "grade"


@pytest.mark.parametrize(
    ("typed", "guarantee_type"),
    [
        ("鉴定安全", "鉴定安全"),
        ("原住房安全", "鉴定安全"),
        ("鉴定安全（2013年危房改造）", "鉴定安全"),
        ("易地扶贫搬迁", "改造安全"),
        ("避险搬迁", "改造安全"),
        ("投亲靠友", "保障安全"),
        ("鉴定安全/改造安全", None),
        ("危房改造、公租房", None),
        ("安全", None),
        ("", None),
    ],
)
def test_a_type_is_one_of_three_or_none(typed: str, guarantee_type: str | None) -> None:
    """The types' own names go before other words; several, or none, are no type."""
    assert verification(guarantee_type=typed).guarantee_type == guarantee_type


@pytest.mark.parametrize(
    ("cells", "programme", "method"),
    [
        ({"programme": "危改"}, "农村危房改造", None),
        ({"programme": "异地搬迁"}, "易地扶贫搬迁", None),
        ({"programme": "2017年地质灾害搬迁"}, "避险搬迁", None),
        ({"programme": None, "guarantee_detail": "D级新建"}, "农村危房改造", None),
        ({"guarantee_detail": "租住亲戚家"}, None, "租赁闲置农房"),
        ({"guarantee_detail": "互助幸福院"}, None, "幸福大院"),
        ({"guarantee_detail": "公租房、借住"}, None, None),
        ({"guarantee_detail": "其他"}, None, None),
    ],
)
def test_programme_and_method_come_from_the_detail_too(
    cells: dict[str, Any], programme: str | None, method: str | None
) -> None:
    """The app keeps both in one free cell; a programme's own column goes first."""
    record = verification(**cells)
    assert (record.programme, record.method) == (programme, method)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("已整改", "已整改"),
        ("整改完成", "已整改"),
        ("已整改（6月20日）", "已整改"),
        ("整改中", "未整改"),
        (" ", None),
    ],
)
def test_rectification_is_done_or_not(typed: str, status: str | None) -> None:
    """The words of both states are known, with a remark behind them."""
    assert verification(rectify_status=typed).rectify_status == status


@pytest.mark.parametrize("typed", ["预计7月完成", "没有完成", "问题是屋顶漏水", "未整改到位"])
def test_what_merely_holds_a_word_of_done_is_refused(typed: str) -> None:
    """A plan, a denial or a description is not taken for a rectification."""
    assert refused("verifications", household_id="1", rectify_status=typed).field == "rectify_status"


@pytest.mark.parametrize(
    ("typed", "problems"),
    [("无", None), ("未发现问题。", None), ("—", None), ("0", None), (0, None), ("屋顶漏水", "屋顶漏水")],
)
def test_nothing_has_many_words(typed: Any, problems: str | None) -> None:
    """无 and its kin in a column of problems are no problem."""
    assert verification(problems=typed).problems == problems


@pytest.mark.parametrize("typed", ["/", "／", "—", "－", " -- ", "\\"])
@pytest.mark.parametrize(
    "name",
    [
        "rectify_status",
        "rectified_on",
        "is_safe",
        "household_size",
        "policy_year",
        "grade",
        "id_number",
        "recorder_role",
    ],
)
def test_a_mark_for_nothing_to_say_is_a_blank_cell(name: str, typed: str) -> None:
    """A stroke or a dash costs no row: whatever asks for a value finds none."""
    assert getattr(verification(READER, **{name: typed}), name) is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("rectify_status", "无"),
        ("rectify_status", "无需整改（无问题）"),
        ("rectified_on", "无"),
        ("policy_year", "暂无"),
        ("lease_until", "没有"),
        ("id_number", "无"),
    ],
)
def test_none_is_no_value_where_it_answers_nothing(name: str, typed: str) -> None:
    """无 in a column of dates, numbers or states says that there is none."""
    assert getattr(verification(READER, **{name: typed}), name) is None


def test_a_sources_own_coding_goes_before_marks_too() -> None:
    """Where a source writes a stroke for yes, a stroke is yes."""
    coded = Reader(load_definition(), {"is_safe": {"/": True}})
    assert verification(coded, is_safe="/").is_safe is True


@pytest.mark.parametrize("typed", ["无", "/"])
def test_no_photo_is_not_a_photo_of_that_name(typed: str) -> None:
    """A cell that says that there is no photo names none."""
    assert verification(photos=typed).photos == ()


@pytest.mark.parametrize(
    ("typed", "role"), [("驻村第一书记", "第一书记"), ("工作队员", "扶贫工作队员"), ("村支书", "村支书"), (None, None)]
)
def test_a_recorders_role_is_the_plans_word_or_as_typed(typed: str | None, role: str | None) -> None:
    """A role that the plan does not name stays as it was typed, because rules speak of it."""
    assert verification(recorder_role=typed).recorder_role == role


# ------------------------------------------------------------------------------------------------ positions


@pytest.mark.parametrize(
    "cells",
    [
        {"longitude": "100.75", "latitude": 35.5},
        {"coordinates": "100.75,35.5"},
        {"coordinates": "35.5，100.75", "longitude": 1, "latitude": 2},
        {"coordinates": None, "longitude": "东经100°45′", "latitude": "北纬35°30′"},
    ],
)
def test_a_position_stands_in_two_columns_or_one(cells: dict[str, Any]) -> None:
    """One column with both goes before two columns with one each."""
    assert verification(**cells).position == Position(35.5, 100.75)


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"longitude": "100.75"},
        {"longitude": "100.75", "latitude": None},
        {"longitude": 0, "latitude": 0.0},
        {"coordinates": "0,0"},
    ],
)
def test_half_a_position_or_the_null_island_is_none(cells: dict[str, Any]) -> None:
    """A device that has no fix writes zeros."""
    assert verification(**cells).position is None


def test_an_unreadable_position_is_kept_as_not_a_number() -> None:
    """It is evidence about the position, and no fault of the row."""
    position = verification(coordinates="不详").position
    assert position is not None
    assert (str(position.latitude), str(position.longitude)) == ("nan", "nan")


def test_a_record_without_photos_has_none() -> None:
    """No column, a blank cell and a list of files are all tuples of names."""
    photos = [verification().photos, verification(photos=None).photos, verification(photos="a.jpg；b.jpg").photos]
    assert photos == [(), (), ("a.jpg", "b.jpg")]


def test_an_appraisal_is_read_with_its_codes_and_dates() -> None:
    """Codes lose blanks and quotes, and places are shared by the rows of a village."""
    rows = read_rows(
        "appraisals",
        {"report_no": "'JD-01", "area_code": 632525100210.0, "grade": "B", "appraised_on": "2020.3"},
        {"report_no": "JD-02", "area_code": 632525100210.0, "grade": "B", "appraised_on": 2020},
    )
    one, other = (row for row in rows if isinstance(row, Appraisal))
    assert (one.report_no, one.place.area_code, one.grade) == ("JD-01", "632525100210", "B")
    assert (str(one.appraised_on), str(other.appraised_on)) == ("2020-03", "2020")
    assert one.place is other.place


def test_a_roster_row_without_a_household_number_is_a_bad_row() -> None:
    """Rows that name no household belong to nobody; they never become one household together."""
    bad = refused("roster", household_id=" ", head_name="才让")
    assert (bad.field, bad.household_id, bad.expected["zh"]) == ("household_id", None, "应填写户编号")
    assert verification(household_id=None).household_id is None
