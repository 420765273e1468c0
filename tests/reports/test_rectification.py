"""The workbooks to work through, read back with another program's reader."""

from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from housing_guarantee.findings import Severity, Status, Verdict
from housing_guarantee.models import Place
from housing_guarantee.plugins import equip
from housing_guarantee.report import Result
from housing_guarantee.reports.columns import read_answer, say_answer
from housing_guarantee.reports.rectification import Rectification, is_row_token, row_token
from housing_guarantee.reports.shares import in_parts
from housing_guarantee.testing import id_number
from housing_guarantee.tracking.lives import Answer, Event, Life
from housing_guarantee.tracking.tracker import Tracked

from .conftest import AWAY, HERE, NEXT, RULES, MakeResult, casefile, cell, finding, household

NUMBER = id_number()
STARS = "*" * 14 + NUMBER[-4:]
HEADERS = [
    *("行标识", "序号", "户编号", "户主", "证件号码", "村", "组", "级别", "问题代码", "问题", "所在位置", "怎么办"),
    *("责任层级", "期限", "目前情况", "整改状态", "整改措施", "完成日期", "填报人", "备注"),
    *("核验坐标（纬度，经度）", "照片核对"),
]
WAIVED = Status.WAIVED
MIXED = (
    finding("1", HERE),
    finding("2", HERE, severity=Severity.WARNING, key="w2"),
    finding("3", NEXT),
    finding("3", NEXT, status=WAIVED, key="x3"),
    finding("4", AWAY, severity=Severity.INFO),
)
HOMES = (
    household("1", HERE),
    household("2", HERE, Verdict.PROVED),
    household("3", NEXT, Verdict.UNPROVEN),
    household("4", AWAY, Verdict.NOT_VERIFIED),
)


def write(result: Result, folder: Path) -> dict[str, Any]:
    """Write the report, and read every workbook back by its file's name."""
    paths = Rectification().write(result, folder)
    assert sorted(paths) == sorted((folder / "rectification").glob("*.xlsx"))
    return {path.stem: load_workbook(path) for path in paths}


def rows(sheet: Any, first: int = 4) -> list[list[Any]]:
    """Give the cells of a sheet from a row on."""
    return [list(row) for row in sheet.iter_rows(min_row=first, values_only=True)]


def totals(book: Any) -> list[list[Any]]:
    """Give the table of the overview, header and all."""
    table = [row for row in rows(book.worksheets[0], 1) if row[1] is not None]
    assert len(table[0]) == 11
    return table


# ------------------------------------------------------------------------------------------------ rows


def test_a_row_is_one_finding(result: MakeResult, tmp_path: Path) -> None:
    """Who, what, where, what to do, by whom and by when; then columns to fill in."""
    book = write(result(finding(), casefiles=(casefile(),)), tmp_path)["632525100-茫曲镇"]
    assert book.sheetnames == ["说明", "加土乎村"]
    assert rows(book["加土乎村"], 1) == [
        ["住房安全有保障核验 · 加土乎村", *[None] * 21],
        ["1个问题（错误1，提醒0），涉及1户 · 内部资料 不得公开", *[None] * 21],
        HEADERS,
        [
            row_token("appraised.grade-unsafe/1/"),
            *(1, "1", "才让多杰", STARS, "加土乎村", "二社", "错误", "appraised.grade-unsafe", "等级C：墙体开裂"),
            *("核验.xlsx [核验] H3 「鉴定等级」", "由才让多杰家重新鉴定", "乡镇", "2020-06-30", "新发现", *[None] * 7),
        ],
    ]


def test_the_list_speaks_english_too(result: MakeResult, tmp_path: Path) -> None:
    """Headers, phrases and choices follow the language of the run."""
    books = write(result(finding(), finding(None, Place(), key="n"), language="en"), tmp_path)
    assert set(books) == {"632525100-茫曲镇", "other", "all"}
    assert books["other"].sheetnames == ["about", "no village"]
    assert books["all"].sheetnames == ["about", "county"]
    sheet = books["all"]["county"]
    assert sheet["A2"].value == "2 findings (2 errors, 0 warnings) in 1 households · Internal: not for publication"
    assert [sheet["A3"].value, sheet["P3"].value] == ["row token", "status"]
    assert sheet["J4"].value == "grade C: 墙体开裂"
    assert (
        sheet.data_validations.dataValidation[0].formula1 == '"open,in progress,rectified,disputed,cannot be rectified"'
    )


def test_only_some_places_are_named(result: MakeResult, tmp_path: Path) -> None:
    """Of many cells three are named, each once, and how many there are."""
    cells = [cell(row) for row in (3, 3, 4, 5, 6, 7)]
    sheet = write(result(finding(cells=tuple(cells)), finding("2", cells=tuple(cells[:4]))), tmp_path)["all"]["全县"]
    lines = [f"核验.xlsx [核验] H{row} 「鉴定等级」" for row in (3, 4, 5)]
    assert sheet["K4"].value == "\n".join([*lines, "……等5处"])
    assert sheet["K5"].value == "\n".join(lines)


def test_typed_text_stays_text(result: MakeResult, tmp_path: Path) -> None:
    """What an office typed never becomes a formula, a number or a link."""
    typed = finding("007", name="=HYPERLINK(1)", values={"grade": "=1+1", "remark": "\x01"})
    sheet = write(result(typed), tmp_path)["all"]["全县"]
    assert [sheet[place].value for place in ("C4", "D4", "J4")] == ["007", "=HYPERLINK(1)", "等级=1+1：\ufffd"]
    assert {sheet[place].data_type for place in ("C4", "D4", "J4")} == {"s"}


def test_a_very_long_message_is_cut_with_a_mark(result: MakeResult, tmp_path: Path) -> None:
    """It does not end the workbook, and it does not end in silence."""
    typed = finding(values={"grade": "C", "remark": "长" * 40_000})
    text = write(result(typed), tmp_path)["all"]["全县"]["J4"].value
    assert text == "等级C：" + "长" * 31_996 + "…… [截断 · cut off]"


# ------------------------------------------------------------------------------------------------ who may see what


def test_a_number_is_masked_and_a_name_is_not(result: MakeResult, tmp_path: Path) -> None:
    """No identity number stands anywhere in any file, in whatever field it was typed."""
    place = Place("茫曲镇", f"加土乎村{NUMBER}", "")
    typed = finding(values={"grade": "C", "remark": f"户主{NUMBER}"}, place=place)
    Rectification().write(result(typed, casefiles=(casefile(group=NUMBER),)), tmp_path)
    text = "".join(content(path) for path in (tmp_path / "rectification").iterdir())
    assert NUMBER not in text
    assert "才让多杰" in text
    assert f"户主{STARS}" in text


def test_unmasked_only_when_asked(result: MakeResult, tmp_path: Path) -> None:
    """The number stands whole where the operator wants it."""
    sheet = write(result(finding(), casefiles=(casefile(),), unmask=True), tmp_path)["all"]["全县"]
    assert sheet["E4"].value == NUMBER


def test_names_stand_on_lists_alone(result: MakeResult, tmp_path: Path) -> None:
    """Neither overview, properties, tab nor file name holds a person's name."""
    (path, _) = Rectification().write(result(finding(), casefiles=(casefile(),), households=HOMES), tmp_path)
    with ZipFile(path) as parts:
        holding = {name for name in parts.namelist() if "才让多杰" in parts.read(name).decode()}
    assert holding == {"xl/sharedStrings.xml"}
    assert "才让多杰" not in str(rows(load_workbook(path)["说明"], 1))
    assert path.stat().st_mode & 0o077 == 0


def content(path: Path) -> str:
    """Give every part of a workbook, and its name, as text."""
    with ZipFile(path) as parts:
        return path.name + "".join(parts.read(name).decode() for name in parts.namelist())


# ------------------------------------------------------------------------------------------------ books and sheets


def test_one_book_a_township_and_one_sheet_a_village(result: MakeResult, tmp_path: Path) -> None:
    """Notices have no row; what is waived stands apart; the county has everything on one sheet."""
    books = write(result(*MIXED, households=HOMES), tmp_path)
    assert {name: book.sheetnames for name, book in books.items()} == {
        "632525100-茫曲镇": ["说明", "加土乎村", "达玉村", "已豁免"],
        "all": ["说明", "全县", "已豁免"],
    }
    tokens = {name: [row[0] for row in rows(books["all"][name])] for name in ("全县", "已豁免")}
    assert tokens == {
        "全县": [row_token(one.key) for one in MIXED[:3]],
        "已豁免": [row_token("x3")],
    }


def test_totals_are_exact(result: MakeResult, tmp_path: Path) -> None:
    """Villages without findings count as well, and the rows add up to the last one."""
    books = write(result(*MIXED, households=HOMES), tmp_path)
    header = ["村", "户数", "问题数", "错误", "提醒", "已豁免", "已证明", "证据相反", "证据不足", "未核验", "无法核对"]
    here, following = [2, 2, 1, 1, 0, 1, 1, 0, 0, 0], [1, 1, 1, 0, 1, 0, 0, 1, 0, 0]
    both, away = [3, 3, 2, 1, 1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert totals(books["632525100-茫曲镇"]) == [
        header,
        ["加土乎村", *here],
        ["达玉村", *following],
        ["合计", *both],
    ]
    assert totals(books["all"]) == [
        header,
        ["茫曲镇 加土乎村", *here],
        ["茫曲镇 达玉村", *following],
        ["森多镇 塔哇村", *away],
        ["合计", *(one + other for one, other in zip(both, away, strict=True))],
    ]


def test_the_overview_says_what_to_do_and_leads_to_every_list(result: MakeResult, tmp_path: Path) -> None:
    """Name, date, deadline and warning on top; each list is linked once."""
    book = write(result(*MIXED, households=HOMES), tmp_path)["632525100-茫曲镇"]
    lines = [row[0] for row in rows(book["说明"], 1)]
    assert lines[:3] == ["住房安全有保障核验", "内部资料 不得公开", "核查时间：2020-06-13 20:00；整改期限：2020-06-30"]
    links = [(c.value, c.hyperlink.location) for (c,) in book["说明"].iter_rows(max_col=1) if c.hyperlink]
    assert links == [("加土乎村", "'加土乎村'!A1"), ("达玉村", "'达玉村'!A1"), ("已豁免", "'已豁免'!A1")]


def test_villages_of_one_name_have_a_sheet_each(result: MakeResult, tmp_path: Path) -> None:
    """Tabs are unique, short and without forbidden characters; the link leads to the right one."""
    places = [
        Place("茫曲镇", "塔哇村", "632525100201"),
        Place("茫曲镇", "塔哇村", "632525100202"),
        Place("茫曲镇", "说明", "632525100203"),
        Place("茫曲镇", "已豁免", "632525100204"),
        Place("茫曲镇", "[东]/西:" + "长" * 30, "632525100205"),
    ]
    findings = [finding(str(at), place) for at, place in enumerate(places)]
    book = write(result(*findings, finding("9", places[0], status=WAIVED)), tmp_path)["632525100-茫曲镇"]
    names = ["塔哇村", "塔哇村 2", "说明 2", "已豁免", "_东__西_" + "长" * 25]
    assert book.sheetnames == ["说明", *names, "已豁免 2"]
    assert [rows(book[name])[0][2] for name in (*names, "已豁免 2")] == ["0", "1", "2", "3", "4", "9"]
    links = [c.hyperlink.location for (c,) in book["说明"].iter_rows(max_col=1) if c.hyperlink]
    assert links == [f"'{name}'!A1" for name in (*names, "已豁免 2")]


@pytest.mark.parametrize(
    ("places", "stems"),
    [
        ([Place("茫曲镇", "甲村")], {"茫曲镇"}),
        ([Place()], {"其他"}),
        ([Place("", "", "632525100201")], {"632525100-其他"}),
        ([Place("茫曲镇", "甲村", "6325"), Place("茫曲镇", "甲村")], {"茫曲镇"}),
        ([HERE, Place("茫曲镇", "达玉村")], {"632525100-茫曲镇"}),
        ([HERE, Place("", "", "632525100")], {"632525100-茫曲镇"}),
        ([HERE, Place("森多镇", "", "632525100")], {"632525100-茫曲镇", "632525100-森多镇"}),
        ([Place("a/b"), Place("A:B"), Place("all"), Place("../..")], {"A_B", "a_b 2", "all 2", "_"}),
    ],
)
def test_no_township_is_lost(places: list[Place], stems: set[str], result: MakeResult, tmp_path: Path) -> None:
    """Every finding is in the book of its township and in the county's, whatever the township is called."""
    findings = [finding(str(at), place) for at, place in enumerate(places)]
    books = write(result(*findings), tmp_path)
    assert set(books) == {*stems, "all"}
    kept = [row[2] for stem in stems for sheet in books[stem].worksheets[1:] for row in rows(sheet)]
    assert sorted(kept) == [row[2] for row in rows(books["all"]["全县"])] == [one.household_id for one in findings]


def test_nothing_to_rectify_is_said_as_well(result: MakeResult, tmp_path: Path) -> None:
    """The county's book is there with its totals, and with an empty list."""
    books = write(result(households=HOMES), tmp_path)
    assert set(books) == {"all"}
    assert totals(books["all"])[-1] == ["合计", 4, 0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert rows(books["all"]["全县"], 3) == [HEADERS]


def test_a_list_too_long_for_one_sheet_goes_on() -> None:
    """No row is left out where a list is divided, and an empty list is one."""
    assert [list(part) for part in in_parts([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert [list(part) for part in in_parts([1, 2], 2)] == [[1, 2]]
    assert list(in_parts("", 2)) == [""]


def test_a_list_on_several_sheets_is_linked_whole(
    result: MakeResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a sheet holds two rows, five findings of a village stand on three, numbered, and all are linked."""
    monkeypatch.setattr("housing_guarantee.reports.pages._MOST_ROWS", 2)
    book = write(result(*(finding(str(at)) for at in range(5))), tmp_path)["632525100-茫曲镇"]
    names = ["加土乎村", "加土乎村 2", "加土乎村 3"]
    assert book.sheetnames == ["说明", *names]
    assert [row[2] for name in names for row in rows(book[name])] == ["0", "1", "2", "3", "4"]
    links = [c.hyperlink.location for (c,) in book["说明"].iter_rows(max_col=1) if c.hyperlink]
    assert links == [f"'{name}'!A1" for name in names]


# ------------------------------------------------------------------------------------------------ to fill in


def test_what_is_filled_in_is_open_and_the_rest_is_locked(result: MakeResult, tmp_path: Path) -> None:
    """Protection is on without a password; filtering, sorting and column widths are left."""
    sheet = write(result(finding(), finding("2")), tmp_path)["all"]["全县"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not any((sheet.protection.sort, sheet.protection.autoFilter, sheet.protection.formatColumns))
    for row in sheet.iter_rows(min_row=3):
        locked = [c.protection.locked for c in row]
        assert locked == ([True] * 22 if row[0].row == 3 else [True] * 15 + [False] * 5 + [True] * 2)


def test_status_is_chosen_and_the_date_is_a_date(result: MakeResult, tmp_path: Path) -> None:
    """A drop-down and a date that is not before the campaign, on every row."""
    sheet = write(result(finding(), finding("2")), tmp_path)["all"]["全县"]
    status, done_on = sheet.data_validations.dataValidation
    assert (status.type, str(status.sqref), status.formula1) == (
        "list",
        "P4:P5",
        '"未整改,整改中,已整改,有异议,无法整改"',
    )
    first = (date(2020, 6, 10) - date(1899, 12, 30)).days
    assert (done_on.type, str(done_on.sqref), done_on.operator) == ("date", "R4:R5", "greaterThanOrEqual")
    assert done_on.formula1 == str(first)
    assert sheet["R4"].number_format == "yyyy-mm-dd"


def test_a_list_can_be_read_and_printed(result: MakeResult, tmp_path: Path) -> None:
    """Filter, frozen header, wrapped text, a colour for each severity, and A4 pages one wide with a header."""
    warning = finding("2", severity=Severity.WARNING)
    sheet = write(result(finding(), warning), tmp_path)["all"]["全县"]
    assert sheet.auto_filter.ref == "A3:V5"
    assert sheet.freeze_panes == "E4"
    assert sheet["J4"].alignment.wrap_text
    assert [sheet[place].fill.start_color.rgb for place in ("H4", "H5")] == ["FFF8D7DA", "FFFFF3CD"]
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


MATCH = finding("5", key="m", code="ledger.match-uncertain")


def test_a_ledger_row_that_may_be_the_household_s_is_asked_about(result: MakeResult, tmp_path: Path) -> None:
    """Its drop-down asks whether it is, and the rows around it keep theirs."""
    rules = {**RULES, MATCH.code: RULES["appraised.grade-unsafe"]}
    made = result(finding("1"), MATCH, finding("2"), finding("3"), rules=rules)
    sheet = write(made, tmp_path)["all"]["全县"]
    choices = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"}
    usual = '"未整改,整改中,已整改,有异议,无法整改"'
    assert choices == {"P4": usual, "P5": '"整改中,是本户,不是本户"', "P6:P7": usual}


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({}, "未解决", "open"),
        ({"state": Status.REOPENED, "event": Event.RETURNED}, "再次出现", "reopened"),
        ({"state": Status.REOPENED, "event": Event.DANGER_RETURNED}, "再次出现（返危）", "the danger came back"),
        (
            {"state": Status.CLAIMED, "event": Event.CLAIMED, "answer": Answer.RECTIFIED, "answered_on": "2020-06-20"},
            "已申报整改 2020-06-20，待复核",
            "claimed 2020-06-20, to be checked",
        ),
        (
            {"state": Status.CLAIMED, "event": Event.STILL_THERE, "answer": Answer.RECTIFIED},
            "已申报整改，复核仍存在",
            "claimed, but still there",
        ),
        ({"answer": Answer.DISPUTED}, "未解决（上次答复：有异议）", "open (last answer: disputed)"),
    ],
)
def test_a_row_says_how_it_stands(changes: Any, zh: str, en: str, result: MakeResult, tmp_path: Path) -> None:
    """Since an earlier list: claimed, still there, come back, or what somebody answered."""
    one = finding()
    life = evolve(Life(one.key, one.code, one.severity, "1", HERE, Status.OPEN, Event.SEEN_AGAIN, 2, 1, 2), **changes)
    for language, text in (("zh", zh), ("en", en)):
        tracked = Tracked(2, {one.key: life}, {})
        made = result(evolve(one, status=life.state), tracked=tracked, language=language)
        (_, sheet) = write(made, tmp_path / language)["all"].worksheets
        assert sheet["O4"].value == text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_choice_is_understood_when_it_comes_back(language: str) -> None:
    """In either language, and other words that mean the same."""
    assert [read_answer(f" {say_answer(answer, language)} ") for answer in Answer] == list(Answer)
    assert [read_answer(word) for word in ("整改完成", "正在整改", "大概", "")] == [
        Answer.RECTIFIED,
        Answer.OPEN,
        None,
        None,
    ]


# ------------------------------------------------------------------------------------------------ files


def test_the_same_run_gives_the_same_bytes(result: MakeResult, tmp_path: Path) -> None:
    """Nothing in a workbook says when it was written: its dates are those of the run, in UTC."""
    made = [Rectification().write(result(*MIXED, households=HOMES), tmp_path / name) for name in ("one", "two")]
    assert [path.read_bytes() for path in made[0]] == [path.read_bytes() for path in made[1]]
    with ZipFile(made[0][0]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = load_workbook(made[0][0]).properties
    assert str(properties.created) == str(properties.modified) == "2020-06-13 12:00:00"


def test_an_old_list_survives_a_failing_write(result: MakeResult, tmp_path: Path) -> None:
    """A report that fails halfway leaves the earlier one as it was, and nothing beside it."""
    old = {path: path.read_bytes() for path in Rectification().write(result(finding()), tmp_path)}
    with pytest.raises(KeyError):
        Rectification().write(result(finding(), finding("2"), rules={}), tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "rectification").iterdir()} == old


def test_a_township_with_nothing_left_loses_its_list(result: MakeResult, tmp_path: Path) -> None:
    """Its list of an earlier run would mislead; files that are not this run's own are left alone."""
    Rectification().write(result(finding(), finding("4", AWAY), finding(None, Place())), tmp_path)
    folder = tmp_path / "rectification"
    (folder / "茫曲镇 已填.xlsx").write_bytes(b"sent back")
    Rectification().write(result(finding(), households=HOMES[:3]), tmp_path)
    names = {"632525100-茫曲镇.xlsx", "632525102-森多镇.xlsx", "all.xlsx", "茫曲镇 已填.xlsx"}
    assert {path.name for path in folder.iterdir()} == names
    Rectification().write(result(households=HOMES), tmp_path)
    assert {path.name for path in folder.iterdir()} == {"all.xlsx", "茫曲镇 已填.xlsx"}


def test_the_report_is_registered() -> None:
    """It is among the reports that every run writes."""
    assert "rectification" in [report.name for report in equip().reports]


# ------------------------------------------------------------------------------------------------ tokens


def test_a_token_is_the_same_tomorrow() -> None:
    """It is made from the key alone, and holds none of it."""
    assert row_token("appraised.grade-unsafe/1/") == "DCDF6BFA2F8F-G"
    assert row_token("\ud800") != row_token("\ud801")


@given(st.text(), st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHX- "))
def test_a_typing_error_in_a_token_shows(key: str, place: int, typed: str) -> None:
    """A token is known however it is capitalised; with one wrong character it is none."""
    token = row_token(key)
    assert is_row_token(f" {token.lower()} ")
    if token[place] != typed:
        assert not is_row_token(token[:place] + typed + token[place + 1 :])


@given(st.text(), st.integers(0, 12))
def test_exchanged_characters_in_a_token_show(key: str, place: int) -> None:
    """Two neighbours that changed places make it none."""
    token = row_token(key)
    exchanged = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    assert is_row_token(exchanged) == (exchanged == token)


@pytest.mark.parametrize("text", ["", "-", "DCDF6BFA2F8F", "DCDF6BFA2F8F-", "DCDF6BFA2F8F-00", "ＤCDF6BFA2F8F-G"])
def test_other_texts_are_no_tokens(text: str) -> None:
    """What is cut short, too long or of other characters is not taken for a token."""
    assert not is_row_token(text)
