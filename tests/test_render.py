"""A finding's words for whoever reads them."""

import json
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.converters import to_id_number, to_period
from housing_guarantee.definition import load_definition
from housing_guarantee.findings import Finding, Severity, Status
from housing_guarantee.masking import HOLDER, OPEN, Masking
from housing_guarantee.models import Cell, CellError, Place, Position
from housing_guarantee.render import Renderer
from housing_guarantee.rule import WARNING, Fix, Topic, Words, rule
from housing_guarantee.testing import id_number

NUMBER = id_number()
STARS = "*" * 14 + NUMBER[-4:]


@rule(
    clause="M1",
    severity=WARNING,
    message=Words(
        "{name}（{household_id}）等级{grade}，另见{others}", "{name} ({household_id}) grade {grade}, see {others}"
    ),
    fix=Fix("由{name}更正", "to be corrected by {name}", "township"),
)
def example(casefile: Any) -> None:
    """A rule with words."""


(RULE,) = Topic("topic", (example,)).build()
FINDING = Finding(
    key="topic.example/1/",
    code="topic.example",
    severity=Severity.WARNING,
    effect=None,
    status=Status.NEW,
    household_id="1",
    name="才让多杰",
    place=Place(),
    clause="M1",
    values={"grade": "C", "others": ("2", "3")},
    cells=(),
)


def renderer(language: str = "zh", masking: Masking = HOLDER) -> Renderer:
    """Make a renderer for a reader."""
    return Renderer({RULE.code: RULE}, load_definition(), language, masking)


def test_words_are_in_the_language_asked_for() -> None:
    """Message, fix and who does it are said in Chinese or in English."""
    zh, en = renderer("zh"), renderer("en")
    assert zh.message(FINDING) == "才让多杰（1）等级C，另见2、3"
    assert en.message(FINDING) == "才让多杰 (1) grade C, see 2, 3"
    assert (zh.fix(FINDING), zh.by(FINDING)) == ("由才让多杰更正", "乡镇")
    assert (en.fix(FINDING), en.by(FINDING)) == ("to be corrected by 才让多杰", "township")


def test_names_are_masked_for_whoever_may_not_see_them() -> None:
    """A head's name in a message keeps its first character for strangers."""
    assert renderer(masking=Masking()).message(FINDING) == "才***（1）等级C，另见2、3"


def test_what_was_not_given_shows_as_blank() -> None:
    """A field that the rule did not give, or gave as None, never ends a report."""
    finding = evolve(FINDING, values={"grade": None}, name=None, household_id=None)
    assert renderer().message(finding) == "（空）（（空））等级（空），另见（空）"
    assert renderer("en").message(finding) == "(blank) ((blank)) grade (blank), see (blank)"


def test_braces_in_a_cell_are_only_text() -> None:
    """What a clerk typed is never taken for a field of the message."""
    finding = evolve(FINDING, name="{grade}{0.__class__}")
    assert renderer().fix(finding) == "由{grade}{0.__class__}更正"


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("grade", True, "是", "yes"),
        ("grade", False, "否", "no"),
        ("count", 4, "4", "4"),
        ("distance_km", 3.14159, "3.14", "3.14"),
        ("distance_km", 3.0, "3", "3"),
        ("year", to_period("2017年8月"), "2017-08", "2017-08"),
        ("programme", "易地扶贫搬迁", "易地扶贫搬迁", "poverty-relief relocation (易地扶贫搬迁)"),
        ("what", "household", "整户", "the household"),
        ("what", "person", "成员", "a member"),
        ("role", "roster", "建档立卡名册", "roster"),
        ("expected", {"zh": "应为数", "en": "a number"}, "应为数", "a number"),
        ("position", Position(35.5812345, 100.7512), "35.581235, 100.751200", "35.581235, 100.751200"),
        ("number", to_id_number(NUMBER), STARS, STARS),
        ("number", float(NUMBER[:15] + "000"), "*" * 14, "*" * 14),
        ("typed", CellError("#REF!"), "#REF!", "#REF!"),
        ("others", (), "", ""),
        ("grade", "", "（空）", "(blank)"),
    ],
)
def test_values_are_said_in_the_readers_words(name: str, value: Any, zh: str, en: str) -> None:
    """Truth values, amounts, dates, lists and the plan's own words each have their form."""
    cut = 14 if isinstance(value, float) and value > 10**15 else None
    assert renderer("zh").text(name, value)[:cut] == zh
    assert renderer("en").text(name, value)[:cut] == en


def test_values_for_json_are_plain_and_masked() -> None:
    """A finding's named data stand in order, can be written as JSON, and hold no whole number of a person."""
    values = {
        "typed": f"见{NUMBER}",
        "number": to_id_number(NUMBER),
        "household_size": float(NUMBER[:15] + "000"),
        "count": 3,
        "found": int(NUMBER[:15] + "000"),
        "distance_km": 1.23456789,
        "longitude": float("nan"),
        "others": ("2", "3"),
        "taken_at": datetime.fromisoformat("2020-06-11 10:30"),
        "is_safe": False,
        "expected": {"zh": "数", "en": "number"},
        "grade": None,
    }
    shown = renderer().values(evolve(FINDING, values=values))
    assert list(shown) == sorted(values)
    text = json.dumps(shown, allow_nan=False)
    assert NUMBER[:15] not in text
    assert shown["typed"] == f"见{STARS}"
    assert (shown["number"], shown["count"], shown["distance_km"]) == (STARS, 3, 1.234568)
    assert (shown["others"], shown["is_safe"], shown["grade"]) == (["2", "3"], False, None)
    assert (shown["expected"], shown["taken_at"], shown["longitude"]) == ("数", "2020-06-11 10:30:00", "nan")


CELL = Cell("r.xlsx", "名册", 7, "E", "证件号码", "id_number", NUMBER)


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [
        (CELL, "r.xlsx [名册] E7 「证件号码」", "r.xlsx [名册] E7 (证件号码)"),
        (evolve(CELL, column=None, header=None), "r.xlsx [名册] 第7行", "r.xlsx [名册] row 7"),
        (evolve(CELL, sheet=None, row=None), "r.xlsx E 「证件号码」", "r.xlsx E (证件号码)"),
        (evolve(CELL, sheet=None, row=None, column=None, header=None), "r.xlsx", "r.xlsx"),
    ],
)
def test_a_place_is_said_as_a_clerk_looks_for_it(cell: Cell, zh: str, en: str) -> None:
    """File, sheet, cell and header, as far as there are such."""
    assert (renderer("zh").place(cell), renderer("en").place(cell)) == (zh, en)


def test_a_cell_for_json_is_masked_by_its_field() -> None:
    """A cell's value keeps the last four of a number unless everything may stand."""
    assert renderer().origin(CELL) == {
        "source": "r.xlsx",
        "sheet": "名册",
        "row": 7,
        "column": "E",
        "header": "证件号码",
        "value": STARS,
    }
    assert renderer(masking=OPEN).origin(CELL)["value"] == NUMBER


def test_a_row_of_a_database_is_named_by_its_key() -> None:
    """And the system in the reader's language; a key that is a person's number is masked like one."""
    cell = Cell("provincial/retrieval", "T_NHDA", None, None, "JDDJ", "grade", "B", "HBH=11002050026")
    assert renderer().place(cell) == "省检索系统 [T_NHDA] HBH=11002050026 「JDDJ」"
    assert renderer(language="en").place(cell) == "the retrieval system [T_NHDA] HBH=11002050026 (JDDJ)"
    assert renderer().origin(cell) == {
        "source": "provincial/retrieval",
        "sheet": "T_NHDA",
        "row": None,
        "row_key": "HBH=11002050026",
        "column": None,
        "header": "JDDJ",
        "value": "B",
    }
    numbered = evolve(cell, row_key=f"SFZH={NUMBER}")
    assert renderer().origin(numbered)["row_key"] == f"SFZH={'*' * 14}{NUMBER[-4:]}"
    assert NUMBER not in renderer().place(numbered)


def test_the_path_of_a_paper_is_masked_as_that_of_a_photo() -> None:
    """Folders of archives are named after people."""
    cell = Cell("档案/1_才让多杰/鉴定表.pdf", None, None, None, None, "document_file", "0 bytes")
    public = renderer(masking=Masking(known={"才让多杰"}))
    assert public.place(cell) == public.origin(cell)["source"] == "档案/1_才***/鉴定表.pdf"


@pytest.mark.parametrize("field", ["id_number", "grade", "household_size", "problems", "village", "year"])
@pytest.mark.parametrize("value", [NUMBER, float(NUMBER[:15] + "000"), int(NUMBER[:15] + "123")])
def test_no_cell_shows_a_number_whatever_its_type_and_column(field: str, value: Any) -> None:
    """A number in the wrong column, or kept as a number, is still masked."""
    shown = renderer().origin(evolve(CELL, field=field, value=value))["value"]
    assert set(shown[:-4]) == {"*"}
    assert len(shown) == 18


def test_a_files_own_name_is_masked_too() -> None:
    """A person's name in the name of a file or of a sheet is a name."""
    cell = Cell("核验/才让多杰.xlsx", "才让多杰", 3, "A", "等级", "grade", "C")
    public = renderer(masking=Masking(known=frozenset({"才让多杰"})))
    assert public.place(cell) == "核验/才***.xlsx [才***] A3 「等级」"
    assert (public.origin(cell)["source"], public.origin(cell)["sheet"]) == ("核验/才***.xlsx", "才***")
    assert renderer().place(cell) == "核验/才让多杰.xlsx [才让多杰] A3 「等级」"
