"""From a folder to a campaign file: what is found out, asked, said to be a guess, or left aside."""

import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.campaign import load_campaign
from housing_guarantee.errors import CampaignError
from housing_guarantee.onboarding import Start, start
from housing_guarantee.onboarding.campaign_text import campaign_text
from housing_guarantee.onboarding.facts import Fact
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.onboarding.questions import Question
from housing_guarantee.plugins import equip
from housing_guarantee.reading import readings_of
from housing_guarantee.rule import Words
from housing_guarantee.testing import id_number, xlsx

ROSTER = ["户编号", "户主姓名", "户主证件号码", "家庭人口数", "乡镇", "行政村"]
RECORDS = ["户编号", "保障方式", "鉴定等级", "住房是否安全", "核验时间"]
LEDGER = ["档案编号", "户主姓名", "身份证号码", "建设方式"]


def household(number: int) -> str:
    """Give a household's number."""
    return str(10_000_000_000 + number)


def roster(count: int = 4, first: int = 1) -> list[list[Any]]:
    """Give the rows of a roster, with its header."""
    numbers = range(first, first + count)
    return [ROSTER, *([household(n), f"甲{n}", id_number(n), 3, "茫曲镇", "塔哇村"] for n in numbers)]


def records(count: int = 4, day: str = "2020-06-11", yes: str = "是") -> list[list[Any]]:
    """Give the rows of an export, with its header."""
    return [RECORDS, *([household(n), "鉴定安全", "A级", yes, day] for n in range(1, count + 1))]


def ledger(count: int = 3, first: int = 1) -> list[list[Any]]:
    """Give the rows of a ledger, with its header."""
    return [LEDGER, *([f"档{n}", f"甲{n}", id_number(n), "修缮加固"] for n in range(first, first + count))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county's folder with a roster of four households."""
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": roster()}))
    return tmp_path


def sources(begun: Start) -> list[dict[str, Any]]:
    """Read the sources that were written."""
    found: list[dict[str, Any]] = tomllib.loads(begun.text)["sources"]
    return found


def accepted(begun: Start, folder: Path) -> Start:
    """Write the campaign, and have it accepted as check accepts it."""
    (folder / "campaign.toml").write_text(begun.text, encoding="utf-8")
    readings_of(load_campaign(folder / "campaign.toml"), equip())
    return begun


def answers(*given: str) -> Callable[[Question], str]:
    """Give these answers in turn, and then what is proposed."""
    left = list(given)
    return lambda question: left.pop(0) if left else question.default


# ------------------------------------------------------------------------------------------------ the folder


def test_a_roster_alone_is_a_campaign(folder: Path) -> None:
    """One file is enough to begin; what the plan says is taken from the plan."""
    begun = accepted(start(folder), folder)

    assert sources(begun) == [{"role": "roster", "adapter": "excel", "path": "名册.xlsx"}]
    assert {key: fact.value for key, fact in begun.facts.items() if key not in ("name", "window", "rectify_by")} == {
        "county_code": "632525",
        "planned_households": 4,
        "policy_year": 2016,
        "ledger_years": [2016, 2018],
    }
    assert {key for key, fact in begun.facts.items() if fact.is_guess} == {
        "county_code",
        "planned_households",
        "window",
        "rectify_by",
    }


@pytest.mark.parametrize(
    "files", [{}, {"说明.txt": "请各乡镇于周五前报送".encode()}, {"台账.xlsx": xlsx({"台账": ledger()})}]
)
def test_a_folder_without_a_roster_is_no_campaign(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Nothing could be judged, so nothing is proposed, and what is needed is named."""
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    with pytest.raises(CampaignError, match="none of its files is a roster"):
        start(tmp_path)


def test_a_campaign_file_that_is_there_stops_everything(folder: Path) -> None:
    """Before any file is looked at."""
    (folder / "campaign.toml").write_text("mine", encoding="utf-8")

    with pytest.raises(CampaignError, match="it is there already"):
        start(folder)


def test_rubbish_is_left_aside_with_its_reason(folder: Path) -> None:
    """Files of no bytes, of other kinds, damaged, or locked end nothing; those called tables are faults."""
    rubbish = {
        "空.csv": b"",
        "坏.xlsx": xlsx({"a": roster()})[:900],
        "坏.zip": b"PK\x03\x04nothing",
        "锁.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "坏.sqlite": b"SQLite format 3\0" + b"\xff" * 200,
        "混.csv": "户编号\n".encode() + "户主姓名才让\n".encode("gbk"),
        "通知.wps.bak": os.urandom(500),
        "网页.xls": b"<html><table></table></html>",
        "坏.geojson": b"{",
        ".hidden.xlsx": b"x",
        "~$名册.xlsx": b"x",
        "Thumbs.db": b"x",
    }
    for name, content in rubbish.items():
        (folder / name).write_bytes(content)
    (folder / "空文件夹").mkdir()
    (folder / "圈").symlink_to(folder)

    begun = accepted(start(folder), folder)

    assert [source["path"] for source in sources(begun)] == ["名册.xlsx"]
    assert {name for name, _ in begun.aside} == rubbish.keys() - {".hidden.xlsx", "~$名册.xlsx", "Thumbs.db"}
    assert sorted(look.name for look in begun.faults) == sorted(
        ["坏.sqlite", "坏.xlsx", "坏.zip", "混.csv", "空.csv", "网页.xls", "锁.xls"]
    )


def test_outputs_of_earlier_runs_are_no_sources(folder: Path) -> None:
    """Neither reports nor a workspace are taken for files of the county."""
    (folder / "out/rectification").mkdir(parents=True)
    (folder / "out/manifest.json").write_text("{}", encoding="utf-8")
    shutil.copy(folder / "名册.xlsx", folder / "out/rectification/all.xlsx")
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as database:
        for name in ("workspace", "runs", "findings"):
            database.execute(f"CREATE TABLE {name} (id)")

    begun = start(folder)

    assert [source["path"] for source in sources(begun)] == ["名册.xlsx"]
    assert begun.aside == ()


def test_a_folder_named_by_a_date_or_a_village_code_is_looked_through(tmp_path: Path) -> None:
    """A long number is a household's only where mostly papers and pictures lie below it."""
    for inside, first in (("20200613 报送", 1), ("632525100201", 9)):
        (tmp_path / inside).mkdir()
        (tmp_path / inside / "名册.xlsx").write_bytes(xlsx({"名册": roster(3, first)}))

    assert [s["path"] for s in sources(start(tmp_path))] == ["20200613 报送/名册.xlsx", "632525100201/名册.xlsx"]


def test_a_table_among_a_household_s_papers_is_a_paper(folder: Path) -> None:
    """An archive of scanned papers stays one thing, whatever else a household handed in."""
    for number in (1, 2):
        own = folder / f"一户一档/{household(number)} 甲"
        own.mkdir(parents=True)
        for name in ("身份证.jpg", "鉴定表.pdf", "人口.xlsx"):
            (own / name).write_bytes(xlsx({"名册": roster()}))

    assert [(s["role"], s["path"]) for s in sources(start(folder))] == [
        ("roster", "名册.xlsx"),
        ("archive", "一户一档"),
    ]


def test_pictures_beside_tables_are_said_to_be_there(folder: Path) -> None:
    """They would take the tables into the photos' folder; nothing is passed over in silence."""
    (folder / "a.jpg").write_bytes(b"x")

    assert [why.en for _, why in start(folder).aside] == [
        "1 pictures or papers lie beside tables: move them into a folder of their own"
    ]


def test_a_name_that_is_no_utf_8_is_to_be_changed(folder: Path) -> None:
    """No campaign file can name it; it is said what it is called."""
    (folder / os.fsdecode("核验.xlsx".encode("gbk"))).write_bytes(xlsx({"a": records()}))

    begun = accepted(start(folder), folder)

    assert [(name, why.en) for name, why in begun.aside] == [("核验.xlsx", "its name is no UTF-8: rename it")]


def test_the_same_folder_gives_the_same_file(folder: Path) -> None:
    """Byte by byte."""
    (folder / "台账.xlsx").write_bytes(xlsx({"2016年": ledger(), "2017年": ledger(first=9)}))

    assert start(folder).text == start(folder).text


# ------------------------------------------------------------------------------------------------ tables


def test_a_sheet_a_year_says_the_year(folder: Path) -> None:
    """Where no column does; a sheet is then a source of its own, and the programme is read off the file's name."""
    (folder / "危房改造台账.xlsx").write_bytes(xlsx({"2016年": ledger(), "2017年": ledger(first=9)}))

    begun = accepted(start(folder), folder)

    assert [(s["sheet"], s["year"], s["programme"]) for s in sources(begun)[1:]] == [
        ("2016年", "2016", "农村危房改造"),
        ("2017年", "2017", "农村危房改造"),
    ]
    assert begun.text.count('year = "2016"  # ？按文件名或工作表名推测') == 1


def test_a_sheet_a_township_says_the_township(tmp_path: Path) -> None:
    """Where no column does."""
    rows = {name: [row[:4] for row in roster(3, first)] for name, first in (("茫曲镇", 1), ("沙沟乡", 9))}
    (tmp_path / "名册.xlsx").write_bytes(xlsx(rows))

    begun = accepted(start(tmp_path), tmp_path)

    assert [(s["sheet"], s["township"]) for s in sources(begun)] == [("茫曲镇", "茫曲镇"), ("沙沟乡", "沙沟乡")]


def test_sheets_that_are_read_alike_are_one_source(tmp_path: Path) -> None:
    """A cover and a hidden sheet are no part of it."""
    sheets = {"封面": [["贵南县"]], "一": roster(3), "二": roster(3, 9)}
    (tmp_path / "名册.xlsx").write_bytes(xlsx(sheets))

    assert sources(start(tmp_path)) == [{"role": "roster", "adapter": "excel", "path": "名册.xlsx"}]


def test_sheets_of_several_roles_are_sources_of_their_own(tmp_path: Path) -> None:
    """A roster could be read as a ledger too, so the ledger's sheet is named; the others need no name."""
    appraisals = [["报告编号", "户主姓名", "鉴定结论"], ["1", "甲1", "A级"], ["2", "甲2", "B级"]]
    (tmp_path / "全部.xlsx").write_bytes(xlsx({"名册": roster(), "台账": ledger(), "鉴定": appraisals}))

    begun = accepted(start(tmp_path), tmp_path)

    assert [(s["role"], s.get("sheet")) for s in sources(begun)] == [
        ("roster", None),
        ("ledger", "台账"),
        ("appraisals", None),
    ]


def test_a_copy_is_written_as_a_comment(folder: Path) -> None:
    """Of two files with the same rows the longer is taken, and the other can be uncommented instead."""
    (folder / "名册（修改）.xlsx").write_bytes(xlsx({"名册": roster(5)}))

    begun = accepted(start(folder), folder)

    assert [source["path"] for source in sources(begun)] == ["名册（修改）.xlsx"]
    assert begun.facts["planned_households"].value == 5
    assert '# path = "名册.xlsx"' in begun.text.splitlines()


def test_which_of_two_copies_is_right_can_be_asked(folder: Path) -> None:
    """The operator's answer goes before the longer file."""
    (folder / "名册（修改）.xlsx").write_bytes(xlsx({"名册": roster(5)}))

    begun = accepted(start(folder, "zh", answers("名册.xlsx [名册]")), folder)

    assert [source["path"] for source in sources(begun)] == ["名册.xlsx"]
    assert begun.facts["planned_households"].value == 4


def test_a_summary_of_all_sheets_is_not_counted_twice(tmp_path: Path) -> None:
    """The sheet of the whole county holds what the townships' sheets hold."""
    sheets = {"全县": roster(6), "茫曲镇": roster(3), "沙沟乡": roster(3, 4)}
    (tmp_path / "名册.xlsx").write_bytes(xlsx(sheets))

    begun = accepted(start(tmp_path), tmp_path)

    assert [(s["sheet"]) for s in sources(begun)] == ["全县"]
    assert begun.text.count("与 名册.xlsx [全县] 内容重复") == 2


def test_serial_numbers_that_begin_again_make_no_copy(folder: Path) -> None:
    """Two years whose file numbers both run from 1 hold other households."""
    years = {
        "2016年": ledger(4),
        "2017年": [LEDGER, *([f"档{n}", f"乙{n}", id_number(n + 9), "D"] for n in range(1, 5))],
    }
    (folder / "危改台账.xlsx").write_bytes(xlsx(years))

    begun = accepted(start(folder), folder)

    assert [source.get("sheet") for source in sources(begun)[1:]] == ["2016年", "2017年"]


def test_a_column_that_is_guessed_is_named_and_said_to_be_a_guess(tmp_path: Path) -> None:
    """The file says of each such column by what it was guessed."""
    header = ["户编号", "农户户主姓名", "SFZH"]
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": [header, *(row[:3] for row in roster()[1:])]}))

    begun = accepted(start(tmp_path), tmp_path)

    assert sources(begun)[0]["columns"] == {"head_name": "农户户主姓名", "head_id_number": "SFZH"}
    assert 'head_name = "农户户主姓名"  # ？表头近似' in begun.text.splitlines()
    assert 'head_id_number = "SFZH"  # ？按内容' in begun.text.splitlines()


# ------------------------------------------------------------------------------------------------ facts


def test_zero_and_one_are_asked_about_and_never_guessed(folder: Path) -> None:
    """Some exports have 0 for safe; unasked, the line that says so is there to be uncommented."""
    (folder / "核验.xlsx").write_bytes(xlsx({"a": records(yes="0")}))
    coding = {"is_safe": {"0": True, "1": False}}

    assert "values" not in sources(start(folder))[1]
    assert '# values = { is_safe = { "0" = true, "1" = false } }' in start(folder).text.splitlines()
    assert sources(start(folder, "zh", answers("0")))[1]["values"] == coding
    assert "values" not in start(folder, "zh", answers("1")).text


@pytest.mark.parametrize(
    ("day", "window"),
    [("2020-06-11", ["2020-06-10", "2020-06-13"]), ("2021-05-06", ["2021-05-06", "2021-05-06"])],
)
def test_the_window_is_the_plan_s_or_that_of_the_records(folder: Path, day: str, window: list[str]) -> None:
    """A day too few would accuse every record of that day."""
    (folder / "核验.xlsx").write_bytes(xlsx({"a": records(day=day)}))

    facts = start(folder).facts

    assert [value.isoformat() for value in facts["window"].value] == window
    assert facts["window"].is_guess


def test_what_no_file_says_is_asked(tmp_path: Path) -> None:
    """The county's code, the days and the deadline; nobody asked, they stand there as guesses."""
    rows = [row[:4] for row in roster()]
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": rows}))
    asked = answers("632524", "2021-05-06", "2021-05-09", "2021-06-15")

    told, silent = start(tmp_path, "zh", asked).facts, accepted(start(tmp_path), tmp_path).facts

    assert [str(told[key].value) for key in ("county_code", "rectify_by")] == ["632524", "2021-06-15"]
    assert [value.isoformat() for value in told["window"].value] == ["2021-05-06", "2021-05-09"]
    assert {key for key, fact in told.items() if fact.is_guess} == {"name", "planned_households"}
    assert (silent["county_code"].value, silent["county_code"].is_guess) == ("000000", True)


def test_the_code_is_read_off_area_codes(tmp_path: Path) -> None:
    """The first six digits of nine in ten rows."""
    rows = [[*row[:2], "632524100201"] for row in roster()[1:]]
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": [["户编号", "户主姓名", "村编码"], *rows]}))

    code = start(tmp_path).facts["county_code"]

    assert (code.value, code.source.en) == ("632524", "from the area codes: 4 of 4 rows")


# ------------------------------------------------------------------------------------------------ the text

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=20)


@given(TEXT, TEXT, TEXT, st.sampled_from(["zh", "en"]))
def test_any_name_comes_back_as_it_was(path: str, sheet: str, header: str, language: str) -> None:
    """Whatever a file, a sheet or a header is called, the file says just that, and nothing else."""
    note = Words(f"{path}\n[x]", f"{header}\n[x]")
    source = Proposed("roster", "excel", path, sheet=sheet, constants={"village": header}, notes=(note,))
    facts = {"name": Fact(header, note, is_guess=True)}
    copy = Proposed("roster", "excel", path, notes=(note,), copy_of=sheet)

    found = tomllib.loads(campaign_text(facts, [source, copy], [(path, note)], language))

    assert found["campaign"]["name"] == header
    assert found["sources"] == [{"role": "roster", "adapter": "excel", "path": path, "sheet": sheet, "village": header}]
    assert found.keys() == {"schema", "campaign", "workspace", "sources"}
