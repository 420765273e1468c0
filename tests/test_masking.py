"""What may be shown of a person."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.masking import BLIND, HOLDER, OPEN, Kind, Masking, kind_of
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.testing import id_number

PUBLIC = Masking(known=frozenset({"才让", "才让多杰", "王建国"}))
NUMBER = id_number()
FORMS = [
    NUMBER,
    NUMBER[:6] + NUMBER[8:17],
    NUMBER + "43",
    NUMBER + "43B1",
    NUMBER[:17] + "X",
    NUMBER[:17] + "x",
    NUMBER[:6] + "********" + NUMBER[14:],
    NUMBER[:6] + "XXXXXXXX" + NUMBER[14:],
    NUMBER[:15],
    f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
    " ".join(NUMBER),
    NUMBER.replace("1965", "\u200b1965\u200b"),
    "".join(chr(ord(c) + 0xFEE0) for c in NUMBER),
    "6.32525196501010E+17",
    "6.3252519650101e17",
    "6.32525E+17",
]
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in "0123456789")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("masking", [PUBLIC, HOLDER])
@pytest.mark.parametrize("name", ["id_number", "number", "problems", "typed", "grade", "relation", "household_size"])
def test_only_the_last_four_of_a_number_stand(form: str, masking: Masking, name: str) -> None:
    """In its own column, in free text or in the wrong column, a number of any form keeps its last four characters."""
    assert masking.show(name, form) == "*" * (len(form) - 4) + form[-4:]


def test_numbers_are_found_inside_free_text() -> None:
    """The words around a number stay, and each number keeps its last four."""
    text = f"户主身份证{NUMBER}，妻{id_number(2)}。"
    assert HOLDER.show("problems", text) == f"户主身份证{'*' * 14}{NUMBER[-4:]}，妻{'*' * 14}{id_number(2)[-4:]}。"


def test_a_number_in_a_column_of_names_is_masked_for_the_holder_too() -> None:
    """Whoever may see names may not see numbers, wherever they stand."""
    assert HOLDER.show("head_name", f"才让多杰{NUMBER}") == f"才让多杰{'*' * 14}{NUMBER[-4:]}"
    assert HOLDER.show("phone", NUMBER) == "*" * 14 + NUMBER[-4:]


@pytest.mark.parametrize(("typed", "shown"), [("1234", "****"), ("12345", "*2345"), ("", "")])
def test_a_short_number_is_hidden(typed: str, shown: str) -> None:
    """What is no longer than what may stand does not stand."""
    assert PUBLIC.show("id_number", typed) == shown


@pytest.mark.parametrize(("name", "shown"), [("才让多杰", "才***"), ("王明", "王*"), ("马", "*"), ("", "")])
def test_a_name_keeps_its_first_character(name: str, shown: str) -> None:
    """A masked name tells neighbours apart and strangers nothing."""
    assert PUBLIC.show("head_name", name) == shown
    assert HOLDER.show("head_name", name) == name


def test_known_names_are_masked_inside_free_text() -> None:
    """The longest known name counts, and what is nobody's name stays."""
    assert PUBLIC.show("problems", "才让多杰借住王建国家，才让亦在") == "才***借住王**家，才*亦在"
    assert PUBLIC.show("guarantee_detail", "投亲靠友：才让") == "投亲靠友：才*"
    assert HOLDER.show("problems", "才让多杰借住王建国家") == "才让多杰借住王建国家"


def test_phones_are_masked_for_whoever_may_not_see_names() -> None:
    """A phone names a person as a name does, in its column and in free text."""
    assert PUBLIC.show("phone", "13800000000") == "*******0000"
    assert PUBLIC.show("problems", "电话13800000000转") == "电话*******0000转"
    assert HOLDER.show("phone", "13800000000") == "13800000000"


@pytest.mark.parametrize("name", ["household_id", "file_no", "person_id", "area_code"])
def test_codes_stand(name: str) -> None:
    """A household is found by its number, however long it is."""
    assert PUBLIC.show(name, "6325251002010000123") == "6325251002010000123"


def test_amounts_and_dates_stand() -> None:
    """What is no person's is not masked."""
    shown = {name: PUBLIC.show(name, text) for name, text in PLAIN.items()}
    assert shown == PLAIN


PLAIN = {"verified_on": "2020-06-11 10:30:00", "grade": "A级", "year": "2017", "coordinates": "100.7512,35.5812"}


def test_nothing_is_masked_where_all_may_stand() -> None:
    """The open masking gives every text back."""
    assert OPEN.show("id_number", NUMBER) == NUMBER
    assert OPEN.show("problems", f"才让 {NUMBER}") == f"才让 {NUMBER}"


def test_values_for_json_are_masked_by_what_they_hold() -> None:
    """An amount stays a number, a person's number becomes masked text, and nothing stays nothing."""
    assert [PUBLIC.value("count", 4), PUBLIC.value("count", None), PUBLIC.value("number", None)] == [4, None, None]
    assert PUBLIC.value("number", 632525650101001) == "***********1001"


@given(st.text("0123456789Xx* 。才让E+.\u200b" + WIDE, max_size=60))
def test_no_long_number_survives(text: str) -> None:
    """Whatever the text, no run of fifteen digits is left, nor of fourteen."""
    for masking in (PUBLIC, HOLDER):
        assert not re.search(rf"[0-9{WIDE}]{{14,}}", masking.show("problems", text))


@given(st.text("0123456789Xx* 。王建国明", max_size=40), st.sampled_from([PUBLIC.show, HOLDER.show]))
def test_masking_keeps_the_length_and_is_done_once(text: str, show: Callable[[str, str], str]) -> None:
    """A mask stands where the text stood, and masking again changes no more of a person."""
    once = show("problems", text)
    assert len(once) == len(text)
    assert all(a in (b, "*") for a, b in zip(once, text, strict=True))


def test_every_field_of_a_person_is_known_to_masking() -> None:
    """Each field that bears a name, a number or a phone is masked as such."""
    fields = {name for role in ROLES for name in fields_of(role)}
    assert {name for name in fields if kind_of(name) is Kind.NUMBER} == {n for n in fields if n.endswith("id_number")}
    named = {"head_name", "member_name", "recorder", "appraiser"}
    assert {name for name in fields if kind_of(name) is Kind.NAME} == named
    assert {name for name in fields if kind_of(name) is Kind.PHONE} == {"phone"}


def test_a_name_in_the_wrong_column_is_masked() -> None:
    """Whoever skips a column puts the name where a grade or a number should stand."""
    assert PUBLIC.show("grade", "才让多杰") == "才***"
    assert PUBLIC.show("id_number", "才让多杰太") == "*" * 5
    assert PUBLIC.show("id_number", "632525王建国") == "*****5***"
    assert HOLDER.show("grade", "才让多杰") == "才让多杰"


@pytest.mark.parametrize("typed", [NUMBER, NUMBER[:6] + NUMBER[8:17], NUMBER + "43"])
def test_a_persons_number_is_no_code(typed: str) -> None:
    """An identity number in a column of household numbers is masked as what it is."""
    for masking in (PUBLIC, HOLDER):
        assert masking.show("household_id", typed) == "*" * (len(typed) - 4) + typed[-4:]
    assert OPEN.show("household_id", typed) == typed


def test_a_name_or_a_phone_behind_a_year_is_masked() -> None:
    """A longer name within a plain word; one of two characters may be a village's, and stands."""
    assert PUBLIC.show("year", "2017年才让多杰") == "2017年才***"
    assert PUBLIC.show("year", "二〇一七13897456021") == "二〇一七*******6021"
    assert PUBLIC.show("village", "才让村") == "才让村"
    assert PUBLIC.show("longitude", "100.13897456021") == "100.13897456021"


def test_who_knows_no_names_shows_the_first_character_of_each_word() -> None:
    """A command that reads no source cannot tell a name from any other word."""
    assert BLIND.show("photo", "台账/马贵德尕补录2017.csv") == "台*/马*****2017.csv"
    assert BLIND.show("village", "塔哇村") == "塔哇村"


def test_accounts_are_shown_to_nobody() -> None:
    """Not even their length, and not with --unmask either."""
    for masking in (PUBLIC, HOLDER, OPEN, BLIND):
        assert [masking.show("password", "Tx@shouji2020"), masking.show("account", "")] == ["******", ""]
