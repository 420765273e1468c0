"""``docs/first-county.md`` is true: its commands run, one after the other, and show what it says they show."""

import re
import shlex
from pathlib import Path

import pytest

from .strange import retype
from .test_county import run_cli

PAGE = (Path(__file__).parents[2] / "docs/first-county.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def plain(text: str) -> str:
    """Fold blanks: tables are as wide as the terminal."""
    return " ".join(text.split())


def edited(campaign: str, lines: str) -> str:
    """Change a campaign file as a reader of the page would: a key gets its new value, and loses its # if it has one."""
    for line in lines.splitlines():
        key = line.split(" = ")[0]
        campaign, changed = re.subn(rf"^(?:# )?{key} = .*$", line, campaign, count=1, flags=re.MULTILINE)
        assert changed == 1
    return campaign


def contradicted(campaign: Path) -> list[tuple[str, str]]:
    """Count the contradicted households, and all, of the township whose export is a package."""
    done = run_cli("check", campaign, "--lang", "en", "--out", campaign.parent / "before")
    return [(row[3], row[1]) for line in done.stdout.splitlines() if (row := line.split())[:1] == ["茫曲镇"]]


def test_every_block_of_the_page_is_of_a_kind_that_is_run() -> None:
    """Commands, what they show, and what to edit: nothing on the page goes unchecked."""
    assert [kind for kind, _ in BLOCKS] == ["sh", "text", "sh", "text", "toml", "sh", "text", "sh", "text"]


def test_the_page_leads_from_a_folder_to_a_report(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line that is shown is printed by the command above it, and each command ends as the page says."""
    retype(county, tmp_path / "my-county")
    monkeypatch.chdir(tmp_path)
    shown, codes, missing = "", [], []

    for kind, block in BLOCKS:
        if kind == "sh":
            program, *arguments = shlex.split(block)
            assert program == "housing-guarantee"
            done = run_cli(*arguments)
            shown = plain(done.stdout)
            codes.append(done.returncode)
        elif kind == "toml":
            path = tmp_path / "my-county/campaign.toml"
            assert contradicted(path) == re.findall(r"contradicts (\d+) of its (\d+) households", PAGE)
            path.write_text(edited(path.read_text(encoding="utf-8"), block), encoding="utf-8")
        else:
            missing += [line for line in block.splitlines() if line != "..." and plain(line) not in shown]

    assert missing == []
    assert codes == [0, 0, 1, 0]
    assert (tmp_path / "my-county/out/rectification/all.xlsx").is_file()
