"""Real lists, handed out by a check, changed by a spreadsheet's user, and taken back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import _run
from housing_guarantee.feedback import Feedback, Gap, take_back
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace

from .test_cli import CAMPAIGN, ROSTER

HEAD = "户编号,保障方式,鉴定等级,住房是否安全,核验时间,照片\n"
NUMBERS = [f"1000000000{number}" for number in range(1, 7)]
STATUS, MEASURE, DONE_ON, NOTE = 16, 17, 18, 20
Edit = Callable[[Any], None]
Said = Callable[..., tuple[int, Any]]


def county(folder: Path, grades: dict[str, str]) -> Path:
    """Write a county of six households in two villages, each with a grade."""
    rows = "".join(f"{n},才让多杰,,3,茫曲镇,{'加土乎村' if n < NUMBERS[3] else '塔哇村'}\n" for n in NUMBERS)
    (folder / "roster.csv").write_text(ROSTER + rows, encoding="utf-8")
    records = "".join(f"{n},鉴定安全,{grades.get(n, 'A')}级,是,2020-06-11,a.jpg\n" for n in NUMBERS)
    (folder / "records.csv").write_text(HEAD + records, encoding="utf-8")
    text = CAMPAIGN.replace("planned_households = 2", "planned_households = 6")
    (folder / "campaign.toml").write_text(text + '\n[rules]\nselect = ["appraised.*"]\n', encoding="utf-8")
    return folder / "campaign.toml"


@pytest.fixture
def handed_out(tmp_path: Path) -> Path:
    """Check a county with five D grades, and give the folder of its lists."""
    campaign = county(tmp_path, dict.fromkeys(NUMBERS[:5], "D"))
    assert _run(["check", str(campaign)]) == 1
    return tmp_path / "out" / "rectification"


def edited(path: Path, edit: Edit, name: str = "") -> Path:
    """Change a list as its user does, and save it, under another name where one is given."""
    book = openpyxl.load_workbook(path)
    edit(book)
    target = path.with_name(name) if name else path
    book.save(target)
    return target


def fill(sheet: str, row: int, status: str = "已整改", **cells: Any) -> Edit:
    """Fill in a row."""

    def edit(book: Any) -> None:
        book[sheet].cell(row, STATUS).value = status
        for name, value in cells.items():
            book[sheet].cell(row, {"measure": MEASURE, "done_on": DONE_ON, "note": NOTE}[name]).value = value

    return edit


def back(folder: Path, *files: Path) -> Feedback:
    """Take lists back."""
    return take_back(load_campaign(folder.parent.parent / "campaign.toml"), files)


def outcomes(feedback: Feedback) -> list[tuple[str, int, str]]:
    """Give what became of every row that is not blank: sheet, row, outcome."""
    decisions = feedback.taken.decisions
    return [(d.reply.sheet, d.reply.row, d.why.value) for d in decisions if d.why.value != "blank"]


def states(folder: Path) -> dict[str, str]:
    """Give the state of each household's finding of grade D."""
    lives = Workspace.of(load_campaign(folder.parent.parent / "campaign.toml")).read(Journal.lives, {})
    return {str(life.household_id): life.state.value for life in lives.values() if life.code.endswith("grade-unsafe")}


def test_a_filled_in_row_is_a_claim(handed_out: Path) -> None:
    """With measure, date and note, beside the file's digest; the other rows are blank."""
    path = edited(handed_out / "all.xlsx", fill("全县", 4, measure="加固", done_on="2020年6月20日", note="见照片"))
    feedback = back(handed_out, path)
    assert outcomes(feedback) == [("全县", 4, "claimed")]
    assert states(handed_out) == {NUMBERS[0]: "claimed", **dict.fromkeys(NUMBERS[1:5], "new")}
    (given,) = Workspace.of(load_campaign(handed_out.parent.parent / "campaign.toml")).read(Journal.answers, ())
    assert given.said[1:] == ("加固", "2020-06-20", "见照片")
    assert given.file == feedback.digests[str(path)]
    assert (len(feedback.taken.decisions), feedback.gaps, feedback.problems) == (5, (), ())


def test_the_same_file_twice_changes_nothing(handed_out: Path) -> None:
    """The workspace is the same, byte by byte of what it tells."""
    path = edited(handed_out / "all.xlsx", fill("全县", 4))
    back(handed_out, path)
    workspace = Workspace.of(load_campaign(handed_out.parent.parent / "campaign.toml"))
    look = lambda journal: (journal.lives(), journal.happenings(), journal.answers(), journal.audit())  # noqa: E731
    before = workspace.read(look, None)
    assert outcomes(back(handed_out, path)) == [("全县", 4, "unchanged")]
    assert workspace.read(look, None) == before


def _sorted_backwards(book: Any) -> None:
    sheet = book["全县"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    for at, row in enumerate(reversed(rows), 4):
        for column, value in enumerate(row, 1):
            sheet.cell(at, column).value = value


def _renamed(book: Any) -> None:
    book["全县"].title = "我村的"


def _with_more_columns_and_lines(book: Any) -> None:
    book["全县"].insert_cols(1, 2)
    book["全县"].insert_rows(1, 3)
    book["全县"]["A1"] = "上报单位：塔哇村"


def _without_the_token_s_header(book: Any) -> None:
    book["全县"]["A3"] = "不要动"


def _filtered(book: Any) -> None:
    book["全县"].row_dimensions[4].hidden = True


def _copied(book: Any) -> None:
    book.copy_worksheet(book["全县"])


def _small_letters(book: Any) -> None:
    cell = book["全县"]["A4"]
    cell.value = f" {cell.value.lower()} "


@pytest.mark.parametrize(
    "turn",
    [
        _sorted_backwards,
        _renamed,
        _with_more_columns_and_lines,
        _without_the_token_s_header,
        _filtered,
        _copied,
        _small_letters,
    ],
)
def test_a_row_is_told_however_the_list_was_turned(turn: Edit, handed_out: Path) -> None:
    """Sorted, renamed, widened, filtered, copied: the claim is the first household's."""

    def edit(book: Any) -> None:
        fill("全县", 4)(book)
        turn(book)

    feedback = back(handed_out, edited(handed_out / "all.xlsx", edit, "交回 修改.xlsx"))
    assert sorted(why for _, _, why in outcomes(feedback) if why != "repeated") == ["claimed"]
    assert [number for number, state in states(handed_out).items() if state == "claimed"] == [NUMBERS[0]]
    assert feedback.gaps == ()


def test_what_cannot_be_taken_is_said_by_its_place(handed_out: Path) -> None:
    """An inserted row, a tampered token, one of elsewhere, one that was moved, a word, a date: each by name."""

    def edit(book: Any) -> None:
        sheet = book["全县"]
        tokens = [sheet.cell(row, 1).value for row in range(4, 9)]
        sheet["A4"] = tokens[0][:3] + ("0" if tokens[0][3] != "0" else "1") + tokens[0][4:]
        sheet["A5"] = "DCDF6BFA2F8F-G"
        sheet["A6"] = tokens[4]
        fill("全县", 6)(book)
        fill("全县", 7, status="差不多了")(book)
        fill("全县", 8, done_on="雨停以后")(book)
        fill("全县", 9)(book)
        sheet.cell(10, MEASURE).value = "新发现一户"

    feedback = back(handed_out, edited(handed_out / "all.xlsx", edit))
    assert outcomes(feedback) == [
        ("全县", 4, "damaged token"),
        ("全县", 5, "unknown token"),
        ("全县", 6, "token of another row"),
        ("全县", 7, "unknown word"),
        ("全县", 8, "bad date"),
        ("全县", 9, "no token"),
        ("全县", 10, "no token"),
    ]
    assert set(states(handed_out).values()) == {"new"}


def test_something_written_without_a_status_is_said(handed_out: Path) -> None:
    """A note alone is no answer, and is not dropped in silence."""

    def edit(book: Any) -> None:
        book["全县"].cell(4, NOTE).value = "已经修好了"

    assert outcomes(back(handed_out, edited(handed_out / "all.xlsx", edit))) == [("全县", 4, "no answer")]


def test_deleted_rows_are_said_by_their_numbers(handed_out: Path) -> None:
    """The list tells how many it was handed out with, also when it was sorted."""

    def edit(book: Any) -> None:
        book["全县"].delete_rows(5)
        book["全县"].delete_rows(6)

    path = edited(handed_out / "all.xlsx", edit)
    assert back(handed_out, path).gaps == (Gap(str(path), "全县", 2, (2, 4)),)


def test_two_villages_that_disagree_are_both_named(handed_out: Path) -> None:
    """Nothing of the row is taken; what else they say is."""
    one = edited(handed_out / "all.xlsx", fill("全县", 4), "甲.xlsx")

    def edit(book: Any) -> None:
        fill("全县", 4, status="无法整改")(book)
        fill("全县", 5)(book)

    other = edited(handed_out / "all.xlsx", edit, "乙.xlsx")
    feedback = back(handed_out, one, other)
    assert outcomes(feedback) == [("全县", 4, "conflict"), ("全县", 5, "claimed"), ("全县", 4, "conflict")]
    assert states(handed_out)[NUMBERS[0]] == "new"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", "甲,乙\n1,2\n".encode()])
def test_a_file_that_is_no_list_is_said_and_the_others_are_taken(content: bytes, handed_out: Path) -> None:
    """Empty, a PDF, another table: one line each."""
    other = handed_out / "别的.xlsx"
    other.write_bytes(content)
    feedback = back(handed_out, other, edited(handed_out / "all.xlsx", fill("全县", 4)))
    assert (len(feedback.problems), outcomes(feedback)) == (1, [("全县", 4, "claimed")])
    assert str(other) in feedback.problems[0]["zh"]


def test_a_list_without_its_status_column_is_said(handed_out: Path) -> None:
    """Its rows are not taken for blank ones."""

    def edit(book: Any) -> None:
        fill("全县", 4)(book)
        book["全县"].cell(3, STATUS).value = "我填的"

    feedback = back(handed_out, edited(handed_out / "all.xlsx", edit))
    assert (feedback.taken.decisions, len(feedback.problems)) == ((), 1)
    assert "整改状态" in feedback.problems[0]["zh"]


def test_before_any_check_every_token_is_unknown(handed_out: Path) -> None:
    """A list of another county, or of a lost workspace, is refused row by row, and makes no workspace."""
    path = edited(handed_out / "all.xlsx", fill("全县", 4))
    (handed_out.parent.parent / "workspace.sqlite").unlink()
    assert {why for _, _, why in outcomes(back(handed_out, path))} == {"unknown token"}
    assert not (handed_out.parent.parent / "workspace.sqlite").exists()


# ------------------------------------------------------------------------------------------------ the circle


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Give a function that runs a command with --json, and gives its exit code and answer."""

    def run(*arguments: object) -> tuple[int, Any]:
        capsys.readouterr()
        code = _run([*map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_the_circle_from_found_to_closed_and_back(handed_out: Path, said: Said) -> None:
    """Check, hand out, fill in, feed back, check newer data: closed, claimed but still there, and come back."""
    folder = handed_out.parent.parent
    campaign = folder / "campaign.toml"

    def edit(book: Any) -> None:
        for row in (4, 5):
            fill("全县", row, done_on="2020-06-20")(book)

    code, answer = said("feedback", campaign, edited(handed_out / "all.xlsx", edit, "交回.xlsx"))
    assert (code, answer["counts"]) == (0, {"blank": 3, "claimed": 2})

    county(folder, dict.fromkeys(NUMBERS[1:5], "D"))  # the first household's grade was corrected
    code, summary = said("check", campaign, "--fail-on", "never")
    assert summary["tracking"]["changes"] == {"closed": 1, "still there": 1}
    assert (summary["tracking"]["states"], summary["tracking"]["still_there"]) == (
        {"claimed": 1, "closed": 1, "open": 3},
        1,
    )
    sheet = openpyxl.load_workbook(handed_out / "all.xlsx")["全县"]
    assert [sheet.cell(row, 15).value for row in (4, 5)] == ["已申报整改 2020-06-20，复核仍存在", "未解决"]

    _, difference = said("diff", campaign)
    assert {event: [life["household_id"] for life in lives] for event, lives in difference["events"].items()} == {
        "closed": [NUMBERS[0]],
        "still there": [NUMBERS[1]],
    }
    county(folder, dict.fromkeys(NUMBERS[:4], "D"))
    assert said("check", campaign, "--fail-on", "new")[0] == 1  # what comes back is news
    assert said("check", campaign, "--fail-on", "new")[0] == 1  # the same input, the same answer
    assert states(handed_out)[NUMBERS[0]] == "reopened"
    _, difference = said("diff", campaign, "--since", 0)
    assert {event: len(lives) for event, lives in difference["events"].items()} == {"found": 4}
    county(folder, {})
    assert said("check", campaign, "--fail-on", "new")[0] == 0
    _, status = said("status", campaign)
    assert (status["total"]["closed"], status["total"]["open"], len(status["runs"])) == (5, 0, 4)


def test_the_same_workspace_state_gives_the_same_bytes(handed_out: Path) -> None:
    """Twice the same check writes the same files, lists included, also after claims and with closed findings."""
    folder = handed_out.parent.parent
    back(handed_out, edited(handed_out / "all.xlsx", fill("全县", 4), "交回.xlsx"))
    (handed_out / "交回.xlsx").unlink()
    county(folder, dict.fromkeys(NUMBERS[:4], "D"))
    _run(["check", str(folder / "campaign.toml")])
    first = {path.relative_to(folder): path.read_bytes() for path in sorted((folder / "out").rglob("*.*"))}
    shutil.rmtree(folder / "out")
    _run(["check", str(folder / "campaign.toml")])
    assert {path.relative_to(folder): path.read_bytes() for path in sorted((folder / "out").rglob("*.*"))} == first


def test_a_check_of_one_village_closes_nothing_elsewhere(handed_out: Path, said: Said) -> None:
    """With --area less is reported, and no less is judged."""
    folder = handed_out.parent.parent
    county(folder, dict.fromkeys(NUMBERS[:4], "D"))
    _, summary = said("check", folder / "campaign.toml", "--area", "632525100200", "--fail-on", "never")
    assert (summary["findings"], summary["tracking"]["states"]) == (3, {"open": 3})
    assert sorted(states(handed_out).values()) == ["closed", "open", "open", "open", "open"]


def test_a_source_that_cannot_be_read_closes_nothing(handed_out: Path) -> None:
    """The findings stay as they were, and status tells that they were kept."""
    folder = handed_out.parent.parent
    (folder / "records.csv").write_bytes(b"%PDF-1.4")
    assert _run(["check", str(folder / "campaign.toml")]) == 3
    assert states(handed_out) == dict.fromkeys(NUMBERS[:5], "new")


def test_explain_changes_nothing(handed_out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It looks into the workspace, shows the state, and records no run."""
    folder = handed_out.parent.parent
    back(handed_out, edited(handed_out / "all.xlsx", fill("全县", 4)))
    before = (folder / "workspace.sqlite").read_bytes()
    _run(["explain", str(folder / "campaign.toml"), NUMBERS[0]])
    assert "已申报整改" in capsys.readouterr().out
    assert (folder / "workspace.sqlite").read_bytes() == before


# ------------------------------------------------------------------------------------------------ ledger rows

LEDGER = "档案编号,户主姓名,户主身份证号,乡镇,行政村,项目类别,年度,竣工日期\n"
SOURCE = '\n[[sources]]\nrole = "ledger"\nadapter = "excel"\npath = "ledger.csv"\n'


def renovated(folder: Path, word: str = "") -> Path:
    """Write a county of two households of one name, one of them renovated, and a ledger row with that name alone."""
    rows = "".join(f"{n},才让多杰,,3,茫曲镇,加土乎村\n" for n in NUMBERS[:2])
    (folder / "roster.csv").write_text(ROSTER + rows, encoding="utf-8")
    head = "户编号,保障方式,改造项目,改造年度,住房是否安全,核验时间\n"
    records = "".join(f"{n},改造安全,农村危房改造,2017,是,2020-06-11\n" for n in NUMBERS[:2])
    (folder / "records.csv").write_text(head + records, encoding="utf-8")
    row = "2017-0031,才让多杰,,茫曲镇,加土乎村,农村危房改造,2017,2017-09-01\n"
    (folder / "ledger.csv").write_text(LEDGER + row, encoding="utf-8")
    text = CAMPAIGN + SOURCE + word + '\n[rules]\nselect = ["ledger.*"]\n'
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    return folder / "campaign.toml"


def ledger_states(campaign: Path) -> dict[tuple[str, str], str]:
    """Give the state of what is said of the ledger, by household and code."""
    lives = Workspace.of(load_campaign(campaign)).read(Journal.lives, {})
    return {(str(life.household_id), life.code.partition(".")[2]): life.state.value for life in lives.values()}


@pytest.fixture
def denied(tmp_path: Path) -> Path:
    """Check, let the first household deny the row, and check again."""
    campaign = renovated(tmp_path)
    assert _run(["check", str(campaign)]) == 0
    assert ledger_states(campaign) == {(number, "match-uncertain"): "new" for number in NUMBERS[:2]}
    lists = tmp_path / "out" / "rectification"
    rows = list(openpyxl.load_workbook(lists / "all.xlsx")["全县"].iter_rows(values_only=True))
    row = next(at for at, cells in enumerate(rows, 1) if NUMBERS[0] in cells)
    path = edited(lists / "all.xlsx", fill("全县", row, "不是本户"), "交回.xlsx")
    assert outcomes(back(lists, path)) == [("全县", row, "noted")]
    assert _run(["check", str(campaign)]) == 1
    return campaign


def test_a_denial_reaches_the_linkage_of_the_next_check(denied: Path) -> None:
    """不是本户: the row is no candidate of that household any more, which is now missing from the ledger."""
    assert ledger_states(denied) == {
        (NUMBERS[0], "match-uncertain"): "closed",
        (NUMBERS[0], "entry-missing"): "new",
        (NUMBERS[1], "match-uncertain"): "open",
    }


def test_the_campaign_s_word_goes_before_a_denial(denied: Path) -> None:
    """[[links]] gives the row to whoever denied it."""
    word = f'\n[[links]]\nsource = "ledger.csv"\nfile_no = "2017-0031"\nhousehold_id = "{NUMBERS[0]}"\n'
    campaign = renovated(denied.parent, word)
    _run(["check", str(campaign)])
    assert ledger_states(campaign)[NUMBERS[0], "entry-missing"] == "closed"


def test_what_a_list_said_of_a_household_that_has_left_stops_no_check(denied: Path) -> None:
    """Only what stands in the campaign file is for the operator to put right."""
    roster = (denied.parent / "roster.csv").read_text(encoding="utf-8").splitlines()
    (denied.parent / "roster.csv").write_text("\n".join(roster[:1] + roster[2:]) + "\n", encoding="utf-8")
    assert _run(["check", str(denied)]) in (0, 1)


@pytest.mark.parametrize(
    ("source", "household", "said"),
    [
        ("ledgr.csv", NUMBERS[0], "[[links]] no. 1: source 'ledgr.csv' is no source; did you mean 'ledger.csv'?"),
        ("ledger.csv", "10000000009", "[[links]] no. 1: its household_id is not on the roster"),
    ],
)
def test_a_link_that_names_nothing_is_an_error(
    source: str, household: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped word would settle nothing, in silence; nothing is judged until it is put right."""
    word = f'\n[[links]]\nsource = "{source}"\nfile_no = "2017-0031"\nhousehold_id = "{household}"\n'
    assert _run(["check", str(renovated(tmp_path, word))]) == 2
    assert f"campaign.toml: {said}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_roster_that_cannot_be_read_makes_no_link_wrong(tmp_path: Path) -> None:
    """Who is on it cannot be told then."""
    word = f'\n[[links]]\nsource = "ledger.csv"\nfile_no = "2017-0031"\nhousehold_id = "{NUMBERS[0]}"\n'
    campaign = renovated(tmp_path, word)
    (tmp_path / "roster.csv").unlink()
    assert _run(["check", str(campaign)]) == 3
