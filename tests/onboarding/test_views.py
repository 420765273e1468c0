"""How a sheet is understood: which role, which columns, how surely, and what is never guessed."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.header import Certainty, certainty_of, find_header, role_synonyms
from housing_guarantee.onboarding.content import Known
from housing_guarantee.onboarding.views import View, views_of
from housing_guarantee.records import ROLES
from housing_guarantee.testing import id_number

FILE_ROLES = tuple(role for role in ROLES if role != "provincial")
Rows = Sequence[Sequence[Any]]


def best(*rows: Sequence[Any], known: Known | None = None) -> View:
    """Understand a sheet of these rows."""
    return views_of(Sheet("表", [tuple(row) for row in rows]), tuple(ROLES), known or Known())[0]


def numbers(count: int) -> list[str]:
    """Give identity numbers that are nobody's."""
    return [id_number(order) for order in range(1, count + 1)]


# ------------------------------------------------------------------------------------------------ certainty


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        ("户编号", Certainty.EXACT),
        (" 户 编 号※", Certainty.NORMALISED),
        ("基本信息/户编号", Certainty.NORMALISED),
        ("农户编码号", None),
    ],
)
def test_a_header_is_exact_normalised_or_no_synonym(header: str, sure: Certainty | None) -> None:
    """Blanks, marks and a joined header make no difference to what it means, only to how it is typed."""
    assert certainty_of(header, role_synonyms("roster")["household_id"]) == sure


def test_a_longer_header_that_ends_in_a_synonym_is_partly_understood() -> None:
    """It has to be named in the campaign file, because check takes synonyms alone."""
    view = best(("户编号", "农户户主姓名", "家庭人口数"), ("10000000001", "甲", 3))

    assert (view.role, dict(view.given)) == ("roster", {"head_name": "农户户主姓名"})
    assert view.certainty["head_name"] is Certainty.PARTLY


@pytest.mark.parametrize("header", ["房屋结构类型", "户主身份证号码是否正确", "完工日期"])
def test_what_only_holds_a_synonym_is_not_understood(header: str) -> None:
    """类型 ends many headers, what begins like a field asks about it, and 开工日期 is another day than 完工日期."""
    view = best(("档案编号", "户主姓名", "年度", header), ("1", "甲", "2017", "砖木"))

    assert header in view.match.unused
    assert dict(view.given) == {}


def test_a_resemblance_that_the_cells_deny_is_dropped() -> None:
    """A date's header over cells that are no dates means something else."""
    rows = [("10000000001", "A级", f"第{n}组") for n in range(5)]
    view = best(("户编号", "鉴定等级", "住房是否安全", "本次核验时间"), *[(a, b, "是", c) for a, b, c in rows])

    assert view.role == "verifications"
    assert "verified_on" not in view.certainty


# ------------------------------------------------------------------------------------------------ by content


def test_cells_tell_a_column_whose_header_says_nothing() -> None:
    """Identity numbers, grades, types and places are like nothing else."""
    rows = [(10_000 + n, number, "A级", "鉴定安全", "茫曲镇") for n, number in enumerate(numbers(5))]
    view = best(("A1", "SFZH", "JDDJ", "BZFS", "XZ"), *rows)

    assert {name: view.match.headers[name] for name in view.given} == {
        "id_number": "SFZH",
        "grade": "JDDJ",
        "guarantee_type": "BZFS",
        "township": "XZ",
    }
    assert set(view.certainty.values()) == {Certainty.CONTENT}


def test_two_columns_that_may_be_a_field_are_both_left_alone() -> None:
    """Whose number is whose cannot be told by the cells."""
    ids = numbers(8)
    view = best(("户编号", "户主姓名", "甲", "乙"), *[(n, "某", ids[n], ids[n + 4]) for n in range(4)])

    assert dict(view.given) == {}


def test_household_numbers_are_told_by_the_households_of_other_files() -> None:
    """Ten digits may be anything; those of the roster are households' numbers."""
    rows = [(f"1000000000{n}", "是", "2020-06-11") for n in range(5)]
    header = ("编码", "住房是否安全", "核验时间")

    unknown = best(header, *rows)
    known = best(header, *rows, known=Known(frozenset(row[0] for row in rows[:3])))

    assert "household_id" not in unknown.certainty
    assert known.certainty["household_id"] is Certainty.CONTENT


def test_a_sheet_without_a_header_has_none() -> None:
    """A row of data is never taken for a header: it is somebody's."""
    rows = [(f"1000000000{n}", "才让", number, "A级") for n, number in enumerate(numbers(6))]

    assert views_of(Sheet("表", [*rows]), tuple(ROLES), Known()) == []


# ------------------------------------------------------------------------------------------------ roles


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, dict[str, str], Sheet]:
    """Draw a sheet of a role: any of its fields' headers, in any order, at any height."""
    role = draw(st.sampled_from(FILE_ROLES))
    words = {name: draw(st.sampled_from(found)) for name, found in role_synonyms(role).items()}
    order = draw(st.permutations(sorted(words)))
    above = draw(st.integers(0, 14))
    return role, words, Sheet("表", [*[()] * above, tuple(words[name] for name in order), ("甲",) * len(order)])


@given(sheets())
def test_a_whole_table_of_a_role_is_that_role(drawn: tuple[str, dict[str, str], Sheet]) -> None:
    """Whatever synonyms its headers are, in whatever order and however low, unless one of them stands twice."""
    role, words, sheet = drawn
    found = views_of(sheet, FILE_ROLES, Known())[0]

    assert found.role == role
    assert found.match.first_row == len(sheet.rows) - 2
    assert set(found.match.headers.values()) <= set(words.values())


@given(sheets(), st.sampled_from(FILE_ROLES))
def test_what_is_proposed_is_what_check_finds(drawn: tuple[str, dict[str, str], Sheet], role: str) -> None:
    """Told the headers that are given, the reader of check finds the same columns."""
    _, _, sheet = drawn
    for view in views_of(sheet, [role], Known()):
        if view.problem is None:
            again = find_header(sheet, role_synonyms(role), view.given)
            assert again is not None
            assert again.columns == view.match.columns


def test_a_list_of_names_is_no_ledger() -> None:
    """A name and a village could be anything."""
    view = best(("姓名", "行政村", "联系电话"), ("甲", "塔哇村", "1"))

    assert [one.role for one in views_of(view.sheet, tuple(ROLES), Known()) if one.is_likely] == []


def test_a_header_that_stands_twice_is_a_problem_of_the_right_role() -> None:
    """It is still known what the table is, and which column to rename."""
    view = best(("户编号", "住房是否安全", "核验时间", "照片", "照片"), ("1", "是", "2020-06-11", "a.jpg", "b.jpg"))

    assert (view.role, view.is_usable) == ("verifications", False)
    assert view.problem is not None
    assert view.problem.problem == "the header '照片' stands over the columns D and E; keep one, or rename the other"


def test_a_merged_header_over_two_columns_is_a_problem_too() -> None:
    """What the table is, is known all the same: it must not be taken for another role's."""
    rows: list[tuple[Any, ...]] = [
        ("户编号", "户主信息", None, "照片", None, "是否安全"),
        (None, "姓名", "证件号码", None, None, None),
        ("1", "甲", "1", "a.jpg", "b.jpg", "是"),
    ]
    sheet = Sheet("表", rows, ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 1, 5)))

    found = views_of(sheet, tuple(ROLES), Known())[0]

    assert (found.role, found.is_usable) == ("verifications", False)
