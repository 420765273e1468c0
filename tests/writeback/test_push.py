"""The command: what it prints, its exit codes, and that nobody's name or number and no secret is in any of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from housing_guarantee.cli import _run
from housing_guarantee.demo import write_county
from housing_guarantee.testing import id_number
from tests.servers import PASSWORD, READER_PASSWORD, Database

from .province import VARIABLE, change, county, fill, held, numbers, system_row

FIRST, SECOND = numbers(2)


@pytest.fixture
def campaign(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county with another's number and another grade in its system."""
    monkeypatch.setenv(VARIABLE, database.reader)
    fill(database, [system_row(FIRST, 1, JDDJ="A级", SFZH=id_number(77)), system_row(SECOND, 2)])
    return county(tmp_path, 2)


def test_nothing_that_is_shown_tells_of_anybody(
    database: Database, campaign: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither a number of the plan, nor a name, nor the address; in words and as data, planned, applied and refused."""
    push = ["push", str(campaign)]
    ends = [_run(push), _run([*push, "--json"]), _run([*push, "--lang", "en"])]
    change(database, SECOND, BBH=8)
    ends += [_run([*push, "--apply", "--json"]), _run([*push, "--apply"]), _run([*push, "--apply", "--lang", "en"])]
    assert ends == [0, 0, 0, 4, 4, 4]
    shown = "".join(capfd.readouterr())
    receipts = [path.read_text(encoding="utf-8") for path in campaign.parent.rglob("receipt-*.jsonl")]
    for secret in (id_number(1), id_number(77), "才让多杰", PASSWORD, READER_PASSWORD, "@localhost", "127.0.0.1"):
        assert secret not in "".join([shown, *receipts])
    assert f"证件号码 (SFZH): {'*' * 14}{id_number(77)[-4:]} → {'*' * 14}{id_number(1)[-4:]}" in shown
    assert "计划更正2行2处；0处不能更正。尚未改动任何数据" in shown
    assert "冲突，未改动 (版本已变，有人改过该行)" in shown
    assert "conflict, not written (its version is another: somebody wrote the row)" in shown


def test_the_plan_as_data(campaign: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Masked as the words are; what was applied is told row by row."""
    assert _run(["check", str(campaign), "--fail-on", "never"]) == 0
    capfd.readouterr()
    assert _run(["push", str(campaign), "--json"]) == 0
    plan: dict[str, Any] = json.loads(capfd.readouterr().out)
    (change,) = plan["rows"][1]["changes"]
    found = [json.loads(line) for line in (campaign.parent / "out/findings.jsonl").read_text("utf-8").splitlines()]
    assert change.pop("finding") in {one["key"] for one in found if one["household_id"] == SECOND}
    assert plan["rows"][1] == {
        "household_id": SECOND,
        "source": "provincial/retrieval",
        "table": "T_NHDA",
        "row": None,
        "key": {"HBH": SECOND},
        "changes": [
            {
                "field": "grade",
                "column": "JDDJ",
                "old": "B级",
                "new": "A级",
                "code": "provincial.field-differs",
                "clause": "G2",
                "right": "verifications",
            }
        ],
    }
    assert _run(["push", str(campaign), "--apply", "--json"]) == 0
    done = json.loads(capfd.readouterr().out)
    assert (done["digest"], done["counts"]) == (plan["digest"], {"applied": 2})
    assert [(row["fields"], row["state"], row["reason"]) for row in done["rows"]] == [
        (["id_number"], "applied", None),
        (["grade"], "applied", None),
    ]
    assert (Path(done["receipt"]).exists(), Path(done["undo"]).exists(), done["files"]) == (True, True, [])


def test_apply_never_plans(database: Database, campaign: Path) -> None:
    """Without a saved plan it is refused; with an old one exactly that is done, whatever has been found since."""
    assert _run(["push", str(campaign), "--apply"]) == 2
    assert not (campaign.parent / "out").exists()
    assert _run(["push", str(campaign)]) == 0
    change(database, FIRST, JDDJ="C级", BBH=1)
    assert _run(["push", str(campaign), "--apply"]) == 0
    assert held(database) == {FIRST: ("C级", 2), SECOND: ("A级", 2)}


def test_an_edited_plan_is_refused(database: Database, campaign: Path) -> None:
    """And nothing is written."""
    assert _run(["push", str(campaign)]) == 0
    path = campaign.parent / "out/push/plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace("A级", "D级"), encoding="utf-8")
    before = held(database)
    assert _run(["push", str(campaign), "--apply"]) == 2
    assert held(database) == before


def test_the_undo_plan_is_applied_by_its_name(database: Database, campaign: Path) -> None:
    """Values are back, versions go on."""
    before = held(database, "SFZH", "JDDJ")
    assert [_run(["push", str(campaign)]), _run(["push", str(campaign), "--apply"])] == [0, 0]
    (undo,) = (campaign.parent / "out/push").glob("undo-*.json")
    assert _run(["push", str(campaign), "--apply", "--plan", str(undo)]) == 0
    assert held(database, "SFZH", "JDDJ") == before
    assert held(database, "BBH") == {FIRST: (3,), SECOND: (3,)}


@pytest.mark.parametrize("arguments", [["--plan", "x.json"], ["--apply", "--area", "632525"], ["--level", "province"]])
def test_what_makes_no_sense_together_is_a_usage_error(arguments: list[str], tmp_path: Path) -> None:
    """A plan is applied whole; a plan is named to be applied."""
    assert _run(["push", str(county(tmp_path)), *arguments]) == 2


def test_a_system_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The plan of the rest is made, exit code 3, without the address; nothing is tried again for long."""
    monkeypatch.setenv(VARIABLE, "postgresql://reader:s3cret-9x@127.0.0.1:9/nhda")
    assert _run(["push", str(county(tmp_path))]) == 3
    printed = "".join(capfd.readouterr())
    assert "provincial/retrieval" in printed
    assert "s3cret" not in printed
    assert "127.0.0.1" not in printed


def test_two_databases_of_one_system_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of the same system in different databases: each row is written where it stands."""
    files = []
    for name, rows in (("a", [system_row(FIRST, 1)]), ("b", [system_row(SECOND, 2)])):
        url = f"sqlite:///{tmp_path / name}.sqlite"
        files.append(Database("sqlite", url, url))
        fill(files[-1], rows)
    files[1].execute('ALTER TABLE "T_NHDA" RENAME TO "T_OTHER"')
    monkeypatch.setenv(VARIABLE, files[0].url)
    campaign = county(tmp_path, 2)
    text = campaign.read_text(encoding="utf-8")
    source = text[text.rindex("[[sources]]") :].replace("T_NHDA", "T_OTHER")
    source = source.replace(f'url_env = "{VARIABLE}"', f'url = "{files[1].url}"')
    campaign.write_text(f"{text}\n{source}", encoding="utf-8")
    assert [_run(["push", str(campaign)]), _run(["push", str(campaign), "--apply"])] == [0, 0]
    files[1].execute('ALTER TABLE "T_OTHER" RENAME TO "T_NHDA"')
    assert [held(file) for file in files] == [{FIRST: ("A级", 2)}, {SECOND: ("A级", 2)}]


def files_in(folder: Path) -> dict[Path, bytes]:
    """Give every file but those of the plan itself."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "push" not in path.parts}


def test_a_county_goes_round(tmp_path: Path) -> None:
    """Checked, planned, applied and checked again, a demo county's system differs in nothing that could be planned."""
    write_county(tmp_path, seed=11, households=320, photos=False)
    campaign, out = str(tmp_path / "campaign.toml"), tmp_path / "out"

    def differing() -> int:
        lines = (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()
        return sum(json.loads(line)["code"] == "provincial.field-differs" for line in lines)

    def versions() -> Counter[str]:
        tables = ("T_NHDA", "T_NHDA_TX", "T_WFGZ")
        every = " UNION ALL ".join(f"SELECT BBH FROM {table}" for table in tables)  # noqa: S608 - our own words
        with file.engine().connect() as connection:
            return Counter(connection.execute(text(every)).scalars())

    file = Database("sqlite", f"sqlite:///{tmp_path / '省系统/provincial.sqlite'}", "")
    assert _run(["check", campaign]) == 1
    assert differing() == 8
    before = files_in(tmp_path)
    assert _run(["push", campaign]) == 0
    assert files_in(tmp_path) == before
    rows = json.loads((out / "push/plan.json").read_text(encoding="utf-8"))["rows"]
    assert [row["number"] for row in rows] == [None] * 8
    old = versions()
    assert _run(["push", campaign, "--apply"]) == 0
    assert versions() == old - Counter({"1": 8}) + Counter({"2": 8})
    assert _run(["check", campaign]) == 1
    assert differing() == 0
