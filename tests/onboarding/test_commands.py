"""``inspect`` and ``init`` as an operator types them, at a terminal and away from one."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.testing import xlsx

from .test_county import run_cli
from .test_start import RECORDS, records, roster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county's folder with a roster and an export that has 0 and 1."""
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": roster()}))
    (tmp_path / "核验.xlsx").write_bytes(xlsx({"a": records(yes="0")}))
    return tmp_path


def at_terminal(arguments: list[object], answers: list[str]) -> str:
    """Run the program at a terminal, and answer each question when it stands there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "housing_guarantee", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment):  # noqa: S603
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the program has ended
                break
            if answers and shown.endswith(b": "):
                os.write(ours, f"{answers.pop(0)}\n".encode())
        os.close(ours)
    return shown.decode(errors="replace")


def test_init_writes_a_file_that_check_accepts(folder: Path) -> None:
    """Away from a terminal nothing is asked; check judges what is there."""
    begun = run_cli("init", folder)
    done = run_cli("check", folder / "campaign.toml", "--fail-on", "never")

    assert (begun.returncode, done.returncode) == (0, 0)
    assert (folder / "out/findings.jsonl").is_file()
    assert "planned_households" in begun.stdout


def test_init_never_writes_over_a_file(folder: Path) -> None:
    """Exit code 2, one line, and the file is as it was."""
    (folder / "campaign.toml").write_text("mine", encoding="utf-8")

    done = run_cli("init", folder)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert (folder / "campaign.toml").read_text(encoding="utf-8") == "mine"


def test_init_of_an_empty_folder_says_what_is_needed(tmp_path: Path) -> None:
    """Exit code 2, one line, nothing written."""
    done = run_cli("init", tmp_path)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "没有找到名册" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_with_a_file_that_cannot_be_read_ends_with_3(folder: Path) -> None:
    """The rest is written all the same, and the file is named in it."""
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04nothing")

    assert run_cli("init", folder).returncode == 3
    assert "坏.xlsx" in (folder / "campaign.toml").read_text(encoding="utf-8")
    assert len(load_campaign(folder / "campaign.toml").sources) == 2


def test_at_a_terminal_only_what_no_file_says_is_asked(folder: Path) -> None:
    """What 0 means, and the deadline; an answer that is none is asked for again."""
    shown = at_terminal(["init", folder], ["2", "0", "30 June", "2020-07-15"])

    campaign = load_campaign(folder / "campaign.toml")
    assert [source.values for source in campaign.sources] == [{}, {"is_safe": {"0": True, "1": False}}]
    assert campaign.rectify_by.isoformat() == "2020-07-15"
    assert (shown.count("哪个表示安全"), shown.count("整改期限")) == (2, 2)
    assert "行政区划代码" not in shown


def test_inspect_shows_a_table(folder: Path) -> None:
    """Header, understanding, certainty and masked samples, in either language."""
    done = run_cli("inspect", folder / "核验.xlsx", "--lang", "en")

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[1].strip() == "[a] header in row 1, 4 rows of data → verifications"
    assert [line.split()[1:4] for line in lines if line.split()[1:2] and line.split()[1] in RECORDS] == [
        ["户编号", "household_id", "exact"],
        ["保障方式", "guarantee_type", "exact"],
        ["鉴定等级", "grade", "exact"],
        ["住房是否安全", "is_safe", "exact"],
        ["核验时间", "verified_on", "exact"],
    ]


def test_inspect_says_what_cannot_be_read(tmp_path: Path) -> None:
    """Exit code 3, the reason in one line, and the other files are shown."""
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04nothing")
    (tmp_path / "名册.xlsx").write_bytes(xlsx({"名册": roster()}))

    done = run_cli("inspect", tmp_path / "坏.xlsx", tmp_path / "名册.xlsx")

    assert done.returncode == 3
    assert sum(line.startswith("[!]") for line in done.stdout.splitlines()) == 1
    assert "户编号" in done.stdout


def test_inspect_names_missing_columns(tmp_path: Path) -> None:
    """A table that lacks what its role needs is said to lack it."""
    (tmp_path / "名册.csv").write_text("户主姓名,家庭人口数,贫困户属性\n甲,3,一般\n", encoding="utf-8")

    done = run_cli("inspect", tmp_path / "名册.csv")

    assert done.returncode == 0
    assert "作名册 roster：缺少 household_id" in done.stdout


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """Exit code 2."""
    assert run_cli("inspect", tmp_path / "没有.xlsx").returncode == 2
