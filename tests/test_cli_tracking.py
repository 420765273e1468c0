"""status, diff, feedback and audit as an operator reads them, in both languages."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from housing_guarantee.cli import _run

from .test_feedback import NUMBERS, county, edited, fill

Screen = pytest.CaptureFixture[str]


@pytest.fixture
def campaign(tmp_path: Path, capsys: Screen) -> Path:
    """Check twice, the second time with one household corrected and two claimed."""
    path = county(tmp_path, dict.fromkeys(NUMBERS[:5], "D"))
    _run(["check", str(path)])
    lists = tmp_path / "out" / "rectification" / "all.xlsx"
    for row in (4, 5, 6):
        _run(["feedback", str(path), str(edited(lists, fill("全县", row), f"{row}.xlsx"))])
    county(tmp_path, dict.fromkeys(NUMBERS[1:5], "D"))
    _run(["check", str(path)])
    capsys.readouterr()
    return path


def shown(capsys: Screen, *arguments: object) -> list[str]:
    """Run a command, and give the lines it prints."""
    capsys.readouterr()
    _run([*map(str, arguments)])
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_status_counts_by_township(campaign: Path, capsys: Screen) -> None:
    """The table, the deadline, and the trend from check to check."""
    lines = shown(capsys, "status", campaign)
    assert [line.split() for line in lines if "茫曲镇" in line or "合计" in line or "乡镇" in line] == [
        ["乡镇", "待核验", "未解决", "再现", "异议", "已申报", "仍在", "逾期", "已关闭", "豁免"],
        ["茫曲镇", "·", "2", "·", "·", "·", "2", "·", "1", "·"],
        ["合计", "·", "2", "·", "·", "·", "2", "·", "1", "·"],
    ]
    assert lines[-3:] == [
        "整改期限 2020-06-30: 还有17天",
        "第1次核查 2020-06-13T20:00  new 5",
        "第2次核查 2020-06-13T20:00  claimed 2  closed 1  open 2",
    ]


def test_status_goes_down_to_villages(campaign: Path, capsys: Screen) -> None:
    """With --villages a row each, in English where asked."""
    lines = shown(capsys, "status", campaign, "--villages", "--lang", "en")
    assert [line.split()[:3] for line in lines if "村" in line] == [
        ["茫曲镇", "加土乎村", "·"],
        ["茫曲镇", "塔哇村", "·"],
    ]
    assert "deadline 2020-06-30: 17 days left" in lines


def test_status_as_data_is_exact(campaign: Path, capsys: Screen) -> None:
    """Past the deadline everything unresolved is overdue, and an area is that area alone."""
    text = campaign.read_text(encoding="utf-8").replace("as_of = 2020-06-13", "as_of = 2020-07-02")
    campaign.write_text(text, encoding="utf-8")
    found = json.loads("\n".join(shown(capsys, "status", campaign, "--json")))
    assert (found["days_left"], found["total"]["overdue"], found["total"]["still_there"]) == (-2, 4, 2)
    assert [(unit["name"], unit["closed"]) for unit in found["villages"]] == [
        ("茫曲镇 加土乎村", 1),
        ("茫曲镇 塔哇村", 0),
    ]
    other = json.loads("\n".join(shown(capsys, "status", campaign, "--json", "--area", "632525101")))
    assert (other["total"]["open"], other["townships"]) == (0, [])


def test_status_and_diff_before_any_check(tmp_path: Path, capsys: Screen) -> None:
    """There is nothing to tell, and no workspace is made."""
    path = county(tmp_path, {})
    assert shown(capsys, "status", path)[-1] == "尚未核查"
    assert shown(capsys, "diff", path) == ["尚未核查"]
    assert shown(capsys, "audit", "verify", path) == ["0条操作记录完整；末条封印 -"]
    assert not (tmp_path / "workspace.sqlite").exists()


def test_diff_names_what_changed(campaign: Path, capsys: Screen) -> None:
    """Since the check before, or since a given one."""
    assert shown(capsys, "diff", campaign, "--lang", "en") == [
        "after check 1, up to 2:",
        "",
        "claimed, but still there (2)",
        f"  {NUMBERS[1]:<14} 茫曲镇 加土乎村  appraised.grade-unsafe",
        f"  {NUMBERS[2]:<14} 茫曲镇 加土乎村  appraised.grade-unsafe",
        "",
        "closed (1)",
        f"  {NUMBERS[0]:<14} 茫曲镇 加土乎村  appraised.grade-unsafe",
    ]
    assert shown(capsys, "diff", campaign, "--since", 2) == ["第2次核查之后，至第2次：", "没有变化"]
    assert _run(["diff", str(campaign), "--since", "3"]) == 2


def test_feedback_says_every_row_that_was_not_taken(campaign: Path, capsys: Screen) -> None:
    """Counts first, then place and reason, then what is missing, then files that are none."""
    lists = campaign.parent / "out" / "rectification" / "all.xlsx"

    def edit(book: object) -> None:
        sheet = book["全县"]  # type: ignore[index]
        fill("全县", 4, status="有异议")(book)
        fill("全县", 5, status="差不多了")(book)
        sheet.delete_rows(6)

    path = edited(lists, edit, "交回.xlsx")
    lines = shown(capsys, "feedback", campaign, path, campaign.parent / "没有.xlsx", "--lang", "en")
    assert lines == [
        "     1  earlier claim withdrawn",
        "     1  not filled in",
        "     1  the status is none of the choices",
        "",
        f"{path} [全县] row 4: earlier claim withdrawn (before: rectified)",
        f"{path} [全县] row 5: the status is none of the choices",
        f"{path} [全县]: 1 rows are missing (no. 3)",
        f"[!] {campaign.parent / '没有.xlsx'}: there is no such file",
    ]
    assert _run(["feedback", str(campaign), str(path), str(campaign.parent / "没有.xlsx")]) == 3
    assert _run(["feedback", str(campaign), str(path)]) == 1


def test_audit_verify_lists_and_finds_a_change(campaign: Path, capsys: Screen) -> None:
    """The trail of the fixture holds; with one entry changed behind the program's back it does not."""
    listed = shown(capsys, "audit", "verify", campaign, "--entries")
    assert [line.split()[3] for line in listed[:-1]] == ["check", "feedback", "feedback", "feedback", "check"]
    assert listed[-1].startswith("5条操作记录完整")
    with closing(sqlite3.connect(campaign.parent / "workspace.sqlite")) as database, database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET details = '{}' WHERE number = 2")
    assert shown(capsys, "audit", "verify", campaign, "--lang", "en") == ["[!] from entry 2 on the trail does not hold"]
    found = json.loads("\n".join(shown(capsys, "audit", "verify", campaign, "--json")))
    assert (found["whole"], found["broken_at"], found["entries"]) == (False, 2, 5)
    assert _run(["audit", "verify", str(campaign)]) == 1


def test_a_workspace_that_cannot_be_used_is_one_line(campaign: Path, capsys: Screen) -> None:
    """Exit code 3, the file's name, and what to do."""
    (campaign.parent / "workspace.sqlite").write_bytes(b"no database" * 100)
    for command in ("check", "status", "diff"):
        capsys.readouterr()
        assert _run([command, str(campaign)]) == 3
        (line,) = [one for one in capsys.readouterr().err.splitlines() if "error" in one]
        assert line == (
            f"错误 · error: {campaign.parent / 'workspace.sqlite'}: "
            "it is damaged; put back a copy, or begin another one by another path"
        )


def test_every_key_of_their_json_is_documented(campaign: Path, capsys: Screen) -> None:
    """Whoever reads what status, diff and feedback print finds each key on the page."""
    page = (Path(__file__).parents[1] / "docs/reference/commands.md").read_text(encoding="utf-8")
    files = sorted((campaign.parent / "out" / "rectification").glob("*.xlsx"))
    for command in (["status"], ["diff"], ["feedback", *files]):
        told = json.loads("\n".join(shown(capsys, command[0], campaign, *command[1:], "--json")))
        keys = {*told, *told.get("total", {}), *(key for row in told.get("rows", ()) for key in row)}
        assert sorted(key for key in keys - {"code", "name", "file", "sheet", "row"} if f"`{key}`" not in page) == []
