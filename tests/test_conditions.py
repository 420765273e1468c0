"""The language of local rules: what it understands, what it answers, and how it tells a fault."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.conditions import LONGEST, MOST_PARTS, ConditionError, FieldKind, parse_condition
from housing_guarantee.converters import to_period

FIELDS = {
    "size": FieldKind.NUMBER,
    "area": FieldKind.NUMBER,
    "grade": FieldKind.TEXT,
    "roster.grade": FieldKind.TEXT,
    "problems": FieldKind.TEXT,
    "year": FieldKind.DATE,
    "safe": FieldKind.ANSWER,
    "name": FieldKind.PERSONAL,
}


def holds(text: str, **values: Any) -> bool | None:
    """Ask a condition of these values; a field named with a dot is given with two underscores."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return parse_condition(text, FIELDS).holds(named)


@pytest.mark.parametrize(
    ("text", "values", "answer"),
    [
        ("size > 0 and area / size < 9", {"size": 4, "area": 35.9}, True),
        ("size > 0 and area / size < 9", {"size": 4, "area": 36}, False),
        ("area - -size * 2 == 10 + size", {"size": 4, "area": 6}, True),
        ("1 < size <= 4", {"size": 4}, True),
        ("1 < size <= 4", {"size": 5}, False),
        ('grade in ["C", "D"]', {"grade": "D"}, True),
        ('grade not in ["C", "D"]', {"grade": "A"}, True),
        ("grade != roster.grade", {"grade": "A", "roster__grade": "B"}, True),
        ('"裂缝" in problems', {"problems": "墙体裂缝"}, True),
        ("not safe", {"safe": False}, True),
        ("safe == False", {"safe": False}, True),
        ("missing(name)", {"name": None}, True),
        ("missing(grade) or not safe", {"grade": "A", "safe": True}, False),
    ],
)
def test_a_condition_is_answered(text: str, values: dict[str, Any], answer: bool) -> None:
    """Numbers, texts, answers and lists are compared as written."""
    assert holds(text, **values) is answer


@pytest.mark.parametrize(
    ("text", "year", "answer"),
    [
        ("year < 2016", "2015年12月", True),
        ("year < 2016", "2016", False),
        ("year < 2016", "2015-2016", False),
        ("year >= 2016", "2016年1月", True),
        ("year == 2017", "2017.8", True),
        ("year != 2017", "2018", True),
        ('year > "2020-06-13"', "2020-06-14", True),
        ('year <= "2020-06-13"', "2020-06-13 18:30", True),
    ],
)
def test_dates_are_compared_as_exactly_as_they_were_written(text: str, year: str, answer: bool) -> None:
    """A year stands for every day of it, so that nothing earlier or later is claimed than was written."""
    assert holds(text, year=to_period(year)) is answer


@pytest.mark.parametrize(
    ("text", "values", "answer"),
    [
        ("area < 9", {}, None),
        ("area / size < 9", {"area": 30, "size": 0}, None),
        ("not area < 9", {}, None),
        ("area < 9 and safe", {"safe": False}, False),
        ("area < 9 and safe", {"safe": True}, None),
        ("area < 9 or safe", {"safe": True}, True),
        ("area < 9 or safe", {"safe": False}, None),
        ("1 < area < 9", {}, None),
        ('grade in ["C"]', {}, None),
        ("year < 2016", {}, None),
    ],
)
def test_a_blank_leaves_open_what_depends_on_it(text: str, values: dict[str, Any], answer: bool | None) -> None:
    """What no blank can change is answered; a blank is neither yes nor no."""
    assert holds(text, **values) is answer


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("size >", 7, "not a condition"),
        ("", 1, "not a condition"),
        ("sise > 0", 1, "there is no field 'sise'"),
        ("safe and sise > 0", 10, "there is no field 'sise'"),
        ("size", 1, "a condition is yes or no; this is a number"),
        ("size > grade", 8, "a number cannot be compared so with a text"),
        ('grade > "B"', 9, "a text cannot be compared so with a text"),
        ('"裂缝" in problems and size', 22, "a condition is yes or no; this is a number"),
        ('year < "去年"', 8, "beside a date stands a date, a year"),
        ("year < size", 8, "beside a date stands a date, a year"),
        ('name == "才让"', 1, "name is personal; only missing(name) can be asked"),
        ("size ** 9 > 1", 1, "only + - * / are understood"),
        ("len(grade) > 1", 1, "the only question is missing(field)"),
        ("missing(1)", 1, "the only question is missing(field)"),
        ("safe is True", 9, "not part of the language"),
        ("[size] == 1", 1, "a list holds only numbers and texts"),
        ("safe if size > 1 else safe", 1, "not part of the language"),
        ("(lambda: safe)()", 1, "the only question is missing(field)"),
        ("grade.__class__ == 1", 1, "there is no field 'grade.__class__'"),
        ("area + grade > 1", 8, "a number is needed; this is a text"),
        ("missing(grade) or None", 19, "not a number, a text, True or False"),
        ("safe == 1\0", 11, "not a condition"),
    ],
)
def test_a_fault_is_told_with_its_column(text: str, column: int, problem: str) -> None:
    """The column counts characters from 1, as an editor shows it."""
    with pytest.raises(ConditionError) as caught:
        parse_condition(text, FIELDS)
    assert str(caught.value).startswith(f"column {column}: {problem}")
    assert caught.value.column == column


@pytest.mark.parametrize(
    "text",
    [
        "safe or " * LONGEST + "safe",
        "(" * 400 + "safe" + ")" * 400,
        " and ".join(["safe"] * MOST_PARTS),
        "-" * 900 + "1",
    ],
)
def test_what_no_person_can_read_is_refused(text: str) -> None:
    """A condition has an end, whatever it nests."""
    with pytest.raises(ConditionError):
        parse_condition(text, FIELDS)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Nothing but a condition or its fault comes of a text."""
    try:
        condition = parse_condition(text, FIELDS)
    except ConditionError:
        return
    assert condition.holds({}) in (True, False, None)


def test_the_fields_read_are_listed_once() -> None:
    """In the order of their first mention."""
    assert parse_condition("safe and size > 0 and not safe", FIELDS).names == ("safe", "size")
