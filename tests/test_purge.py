"""Personal data is removed for good, on each database, and a scan of every byte that is left says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import _run
from housing_guarantee.linkage.match import Link
from housing_guarantee.photos.cache import cache_path
from housing_guarantee.reviews import Look, Review
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace

from .servers import Server
from .test_cli_tracking import shown
from .test_feedback import NUMBERS, county, edited, fill

VARIABLE = "HOUSING_TEST_WORKSPACE"
NOTE = "与邻居商量后已加固"
REVIEWERS = {NUMBERS[0]: "审看人甲乙", NUMBERS[1]: "审看人丙丁"}
Screen = pytest.CaptureFixture[str]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def campaign(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a county, check it, take a claim with a note of one household, settle a row and judge a photo for it."""
    path = county(tmp_path, dict.fromkeys(NUMBERS[:5], "D"))
    if request.param != "sqlite":
        server: Server = request.getfixturevalue(f"{request.param}_server")
        monkeypatch.setenv(VARIABLE, server.fresh().url)
        text = path.read_text(encoding="utf-8")
        path.write_text(f'{text}\n[workspace]\nurl_env = "{VARIABLE}"\n', encoding="utf-8")
    _run(["check", str(path)])
    lists = tmp_path / "out" / "rectification" / "all.xlsx"
    _run(["feedback", str(path), str(edited(lists, fill("全县", 4, note=NOTE), "4.xlsx"))])
    cache_path(tmp_path / "workspace.sqlite").write_text(f"照片/{NUMBERS[0]}/正面.jpg", encoding="utf-8")
    links = [Link("l.xls", NUMBERS[0], file_no="7"), Link("l.xls", NUMBERS[0], file_no="8", denied=True)]
    workspace = Workspace.of(load_campaign(path))
    for link in links:
        workspace.write(lambda journal, link=link: journal.put_link(link, "digest"))  # type: ignore[misc]
    words = [Review(number, "d" * 64, Look.PART, name, "2020-06-13T09:00") for number, name in REVIEWERS.items()]
    workspace.write(lambda journal: journal.add_reviews(words, "digest"))
    workspace.close()
    return path


def everything(campaign: Path) -> str:
    """Give all that the workspace holds, as text: its rows, and the bytes of its files."""
    workspace = Workspace.of(load_campaign(campaign))

    def work(journal: Journal) -> str:
        return str([dict(row) for name in journal._tables for row in journal.every(name)])

    files = [path for path in campaign.parent.iterdir() if path.name.startswith("workspace")]
    rows = workspace.read(work, "")
    workspace.close()
    return rows + "".join(path.read_bytes().decode("latin-1") for path in files)


def as_bytes(text: str) -> str:
    """Give a text as it stands in a file that was read byte by byte."""
    return text.encode().decode("latin-1")


def purged(campaign: Path, capsys: Screen, *arguments: object) -> dict[str, Any]:
    """Purge, and give what is said of it."""
    said: dict[str, Any] = json.loads("\n".join(shown(capsys, "purge", campaign, *arguments, "--yes", "--json")))
    return said


def test_a_household_is_removed_for_good(campaign: Path, capsys: Screen) -> None:
    """Its findings, their story, what it wrote, and what was settled for it; the others' stay, and the trail holds."""
    before = everything(campaign)
    assert NUMBERS[0] in before
    assert NOTE in before
    said = purged(campaign, capsys, "--household", NUMBERS[0])
    assert said["rows"] == {"findings": 1, "events": 2, "answers": 1, "links": 1, "denials": 1, "reviews": 1}
    assert said["found"] == []
    left = everything(campaign)
    for word in (NUMBERS[0], NOTE, as_bytes(NOTE), REVIEWERS[NUMBERS[0]], as_bytes(REVIEWERS[NUMBERS[0]])):
        assert word not in left
    assert REVIEWERS[NUMBERS[1]] in left
    assert all(number in left for number in NUMBERS[1:5])
    assert _run(["audit", "verify", str(campaign)]) == 0
    assert shown(capsys, "audit", "verify", campaign, "--entries")[-2].split()[3] == "purge"


def test_the_certificate_names_nobody(campaign: Path, capsys: Screen) -> None:
    """It says what, how much, and when, under a hash; its owner alone may read it; another one gets another name."""
    said = purged(campaign, capsys, "--household", NUMBERS[0])
    file = Path(said["certificate"])
    text = file.read_text(encoding="utf-8")
    assert NUMBERS[0] not in text
    told = json.loads(text)
    assert (told["what"], told["rows"], len(told["subjects"]), told["audit_entry"]) == (
        "households",
        said["rows"],
        1,
        3,
    )
    assert file.stat().st_mode & 0o777 == 0o600
    again = purged(campaign, capsys, "--household", NUMBERS[0])
    assert (sum(again["rows"].values()), again["certificate"] != said["certificate"]) == (0, True)


def test_what_was_closed_long_ago_is_removed(campaign: Path, capsys: Screen) -> None:
    """By the day of the check that closed it; what is open stays, and so does what was closed since."""
    county_again = dict.fromkeys(NUMBERS[1:5], "D")
    text = campaign.read_text(encoding="utf-8")
    county(campaign.parent, county_again)
    campaign.write_text(text, encoding="utf-8")
    _run(["check", str(campaign)])
    assert sum(purged(campaign, capsys, "--closed-before", "2020-06-13")["rows"].values()) == 0
    said = purged(campaign, capsys, "--closed-before", "2020-06-14")
    assert said["rows"] == {"findings": 1, "events": 3, "answers": 1, "links": 0, "denials": 0, "reviews": 0}
    assert (said["found"], said["files"]) == ([], [])
    left = everything(campaign)
    assert NOTE not in left
    assert as_bytes(NOTE) not in left
    assert all(f"appraised.grade-unsafe/{number}/" in left for number in NUMBERS[1:5])


def test_the_whole_workspace_is_removed(campaign: Path, capsys: Screen) -> None:
    """With its key and the cache of photos; the next check begins anew."""
    said = purged(campaign, capsys, "--all", "--outputs")
    assert said["rows"] == {
        "runs": 1,
        "findings": 5,
        "events": 6,
        "answers": 1,
        "links": 1,
        "denials": 1,
        "reviews": 2,
        "audit": 2,
    }
    assert {"workspace.key", "workspace-photos.sqlite", "out/findings.jsonl", "out/annotated"} <= set(said["files"])
    assert (said["found"], said["left"]) == ([], [])
    assert sorted(path.name for path in campaign.parent.iterdir() if path.is_file()) == sorted(
        ["campaign.toml", "records.csv", "roster.csv", Path(said["certificate"]).name]
    )
    assert list((campaign.parent / "out").iterdir()) == []
    assert shown(capsys, "status", campaign)[-1] == "尚未核查"
    assert _run(["check", str(campaign)]) == 1
    assert shown(capsys, "audit", "verify", campaign)[0].startswith("1条")


def test_reports_are_removed_when_asked_and_nothing_else(campaign: Path, capsys: Screen) -> None:
    """Without --outputs they are left alone; a stranger's file in the folder is left in any case, and said."""
    folder = campaign.parent / "out"
    purged(campaign, capsys, "--household", NUMBERS[0])
    assert (folder / "findings.jsonl").exists()
    (folder / "说明.txt").write_text("", encoding="utf-8")
    said = purged(campaign, capsys, "--household", NUMBERS[1], "--outputs")
    assert [path.name for path in folder.iterdir()] == ["说明.txt"]
    assert said["left"] == ["out/说明.txt"]


def test_what_is_left_all_the_same_is_said(campaign: Path, capsys: Screen) -> None:
    """Where another village wrote the household's number into a note, somebody must look: exit code 1."""
    lists = campaign.parent / "out" / "rectification" / "all.xlsx"
    path = edited(lists, fill("全县", 5, note=f"同{NUMBERS[0]}一并处理"), "5.xlsx")
    assert _run(["feedback", str(campaign), str(path)]) == 0
    assert _run(["purge", str(campaign), "--household", NUMBERS[0], "--yes"]) == 1
    assert "[!] 仍可见于 answers.note" in capsys.readouterr().out


def test_a_number_that_is_part_of_another_is_not_found_in_it(campaign: Path, capsys: Screen) -> None:
    """A household of a shorter number is told apart."""
    assert purged(campaign, capsys, "--household", NUMBERS[0][:-1])["found"] == []


def test_nothing_is_removed_without_a_yes(campaign: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor without saying what."""
    before = everything(campaign)
    assert _run(["purge", str(campaign)]) == 2
    assert _run(["purge", str(campaign), "--all", "--household", "1"]) == 2
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert _run(["purge", str(campaign), "--all"]) == 130
    assert everything(campaign) == before


def test_before_any_check_there_is_nothing_to_remove(tmp_path: Path, capsys: Screen) -> None:
    """No workspace is made for it."""
    path = county(tmp_path, {})
    for scope in (("--household", "1"), ("--all",), ("--closed-before", "2021-01-01")):
        assert (sum(purged(path, capsys, *scope)["rows"].values()), _run(["status", str(path)])) == (0, 0)
    assert not (tmp_path / "workspace.sqlite").exists()
