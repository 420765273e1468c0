"""What is asked about the answers, the problems and their rectification."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.campaign import LOCAL
from housing_guarantee.data import read_toml
from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import safety as rules
from housing_guarantee.testing import accommodated, ask, campaign, casefile, verification

CRACK = "东墙裂缝"
LAST_MINUTE = campaign(as_of=datetime(2020, 6, 30, 23, 59, tzinfo=LOCAL))
TOO_LATE = campaign(as_of=datetime(2020, 7, 1, tzinfo=LOCAL))
HAZARDS = read_toml("hazards.toml")

# ------------------------------------------------------------------------------------------------ answers


def test_each_question_without_an_answer_is_said() -> None:
    """One breach a question, under the header that the export gives it."""
    subject = casefile({"is_safe": None, "became_dangerous": ""})
    assert ask(rules.answer_missing, subject) == [
        Breach(subject.record.at(name), {"column": f"列 {name}"}, slot=name) for name in ("is_safe", "became_dangerous")
    ]
    assert ask(rules.answer_missing, casefile()) == []


def test_a_question_that_the_export_does_not_ask() -> None:
    """Where there is no column nobody could answer, and the rest can still prove that the house was verified."""
    record = verification(lacking=rules.QUESTIONS)
    assert ask(rules.answer_missing, casefile(record)) == []
    assert ask(rules.unsafe, casefile(record)) == Proof(record.at("guarantee_type", "problems"))


def test_a_safe_house_is_verified() -> None:
    """Every answer is given, none is bad, and no problem is open."""
    subject = casefile()
    cells = subject.record.at("guarantee_type", "is_safe", "became_dangerous", "problems")
    assert ask(rules.unsafe, subject) == Proof(cells)


@pytest.mark.parametrize(
    "fields", [{"is_safe": None}, {"type_changed": None}, {"guarantee_type": None}, {"problems": CRACK}]
)
def test_what_is_not_said_is_not_verified(fields: dict[str, Any]) -> None:
    """A missing answer, a missing type or an open problem leaves the house without proof, though not unsafe."""
    assert ask(rules.unsafe, casefile(fields)) is None


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"is_safe": "不安全"}, ["is_safe"]),
        ({"became_dangerous": "返危"}, ["became_dangerous"]),
        ({"is_safe": "否", "became_dangerous": "是"}, ["is_safe", "became_dangerous"]),
    ],
)
def test_an_unsafe_house_contradicts_its_guarantee(fields: dict[str, Any], at: list[str]) -> None:
    """The answers at fault come first, then the type that they contradict."""
    subject = casefile(accommodated(**fields))
    cells = subject.record.at(*at, "guarantee_type")
    assert ask(rules.unsafe, subject) == Breach(cells, {"guarantee_type": "保障安全"})


# ------------------------------------------------------------------------------------------------ problems


def test_a_problem_is_open_until_the_last_day_and_then_overdue() -> None:
    """30 June is the last day; from 1 July the same problem is overdue instead."""
    subject = casefile({"problems": CRACK, "rectify_status": "正在整改"})
    cells = subject.record.at("problems", "rectify_status")
    assert ask(rules.problem_open, subject, campaign=LAST_MINUTE) == Breach(cells, {"problem": CRACK})
    assert ask(rules.problem_overdue, subject, campaign=LAST_MINUTE) is None
    overdue = Breach(cells, {"problem": CRACK, "date": "2020-06-30"})
    assert ask(rules.problem_overdue, subject, campaign=TOO_LATE) == overdue
    assert ask(rules.problem_open, subject, campaign=TOO_LATE) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"problems": "无"},
        {"problems": None, "rectify_status": "未整改"},
        {"problems": CRACK, "rectify_status": "已整改"},
        {"problems": CRACK, "rectification": "整改完成"},
        {"problems": CRACK, "rectified_on": "2020-06-12"},
        {"problems": "无安全隐患"},
    ],
)
def test_no_problem_or_a_rectified_one_is_not_open(fields: dict[str, Any]) -> None:
    """Nothing is open where there is no problem, or its status, date or description says that it is done."""
    subject = casefile(fields)
    assert ask(rules.problem_open, subject) is None
    assert ask(rules.problem_overdue, subject, campaign=TOO_LATE) is None
    assert ask(rules.hazard_denied, subject) is None


def test_a_status_goes_before_a_date() -> None:
    """A date of rectification beside 未整改 is a plan, not a fact."""
    subject = casefile({"problems": CRACK, "rectify_status": "未整改", "rectified_on": "2020-06-28"})
    assert ask(rules.problem_open, subject) is not None


def test_a_hazard_that_the_record_denies() -> None:
    """A crack, open, and the house said to be safe."""
    subject = casefile({"problems": CRACK})
    cells = subject.record.at("is_safe", "problems")
    assert ask(rules.hazard_denied, subject) == Breach(cells, {"problem": CRACK})


@pytest.mark.parametrize(
    "fields",
    [
        {"problems": CRACK, "is_safe": "否"},
        {"problems": "无厕所"},
        {"problems": CRACK, "rectification": "已用水泥修补"},
    ],
)
def test_a_problem_that_denies_no_hazard(fields: dict[str, Any]) -> None:
    """The house is said to be unsafe, or the problem is no hazard, or something was done about it."""
    assert ask(rules.hazard_denied, casefile(fields)) is None


@pytest.mark.parametrize("fields", [{}, {"rectification": "已完成"}])
def test_rectified_without_anything_to_show(fields: dict[str, Any]) -> None:
    """Neither a date nor more than the bare word."""
    subject = casefile({"problems": CRACK, "rectify_status": "已整改", **fields})
    cells = subject.record.at("rectify_status", "rectified_on", "rectification")
    assert ask(rules.rectified_without_proof, subject) == Breach(cells)


@pytest.mark.parametrize(
    "fields",
    [{"rectify_status": None}, {"rectified_on": "2020-06-12"}, {"rectification": "更换檩条两根"}],
)
def test_rectified_with_a_date_or_a_description(fields: dict[str, Any]) -> None:
    """Either shows it, and who does not say so need not show it."""
    subject = casefile({"problems": CRACK, "rectify_status": "已整改", **fields})
    assert ask(rules.rectified_without_proof, subject) is None


# ------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    "text",
    [
        "未发现明显问题",
        "房屋未见裂缝",
        "无裂缝、倾斜、漏雨",
        "裂缝：无；倾斜：无",
        "房屋安全，无隐患。",
        "主体结构完好",
    ],
)
def test_texts_that_only_deny(text: str) -> None:
    """Every clause denies something or says that all is well."""
    assert rules.is_denial(text)
    assert not rules.names_hazard(text)


@pytest.mark.parametrize(
    "text",
    ["墙体裂缝未处理", "无圈梁致墙体裂缝", "无法修复裂缝", "无裂缝，屋面漏雨", "裂缝无变化", "洪水淹没后墙体开裂"],
)
def test_texts_that_name_a_hazard(text: str) -> None:
    """A denial elsewhere in the text, or of something else, takes no hazard away."""
    assert rules.names_hazard(text)
    assert not rules.is_denial(text)


@pytest.mark.parametrize("text", ["有", "是", "无厕所", "住房不安全", "影响安全", "存在安全隐患", "墙体、屋面"])
def test_texts_of_a_problem_without_a_hazard(text: str) -> None:
    """What is not surely a denial is a problem."""
    assert not rules.is_denial(text)
    assert not rules.names_hazard(text)


@given(
    st.sampled_from(HAZARDS["denials"]),
    st.lists(st.sampled_from(HAZARDS["hazards"]), min_size=1, max_size=4),
    st.sampled_from(HAZARDS["hazards"]),
)
def test_a_denied_list_denies_all_of_it_and_nothing_more(denial: str, denied: list[str], named: str) -> None:
    """A denial reaches to the end of its list, and not into the next clause."""
    text = denial + "、".join(denied)
    assert rules.is_denial(text)
    assert not rules.names_hazard(text)
    assert rules.names_hazard(f"{text}，{named}")
    assert not rules.is_denial(f"{text}，{named}")
