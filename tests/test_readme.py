"""The README is true: its commands, its code and its figures."""

import re
import tomllib
from pathlib import Path

import pytest

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.plugins import equip

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Give the README's code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_quick_start_is_exactly_two_commands_of_one_line() -> None:
    """The section holds two sh blocks, each of one line, and no other stands in the README."""
    section = README.split("## Quick start\n")[1].split("\n## ")[0]

    assert [len(block.strip().splitlines()) for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)] == [1, 1]
    assert len(blocks("sh")) == 2


def test_the_library_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first Python block works on a demo county."""
    write_county(tmp_path / "demo-county", households=320)
    monkeypatch.chdir(tmp_path)

    exec(blocks("python")[0], {})  # noqa: S102 - our own README

    shown = capsys.readouterr().out
    assert re.match(r"\d+ proved\n(ok|no_exif|absent|zeroed|impossible|unreadable) ", shown)


def test_the_local_rule_of_the_readme_is_asked(tmp_path: Path) -> None:
    """The second Python block is a rule file that a campaign can name."""
    write_county(tmp_path, households=320)
    (tmp_path / "local.py").write_text(blocks("python")[1], encoding="utf-8")
    campaign = (tmp_path / "campaign.toml").read_text(encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(campaign + '\n[rules]\nplugins = ["local.py"]\n', encoding="utf-8")

    result = hg.run(hg.load_campaign(tmp_path / "campaign.toml"))

    large = [h for h in result.survey.casefiles if (h.household.size or 0) > 6 and h.verifications]
    found = {f.household_id for f in result.findings if f.code == "guinan.large-household"}
    assert found == {casefile.household_id for casefile in large}
    assert found


def test_the_campaign_example_is_a_campaign(tmp_path: Path) -> None:
    """The TOML block loads."""
    (tmp_path / "campaign.toml").write_text(blocks("toml")[0], encoding="utf-8")

    assert hg.load_campaign(tmp_path / "campaign.toml").planned_households == 2193
    assert tomllib.loads(blocks("toml")[0])["schema"] == 1


def test_the_table_shown_is_the_demo_s(tmp_path: Path) -> None:
    """The figures of the table are those of a run with the default seed."""
    truth = write_county(tmp_path, photos=False)

    total = next(line for line in README.splitlines() if line.strip().startswith("合计"))
    assert total.split()[1] == str(truth.households)
    assert f"预埋问题 {len(truth.planted)} 处（{len({p.code for p in truth.planted})} 种）" in README


def test_every_link_of_the_readme_leads_somewhere() -> None:
    """Relative links name files of the repository."""
    root = Path(__file__).parents[1]

    missing = [link for link in re.findall(r"\]\(([^)#:]+)\)", README) if not (root / link).exists()]

    assert missing == []


def test_the_face_gives_what_it_names() -> None:
    """Every public name can be had from the package, and the list is sorted."""
    assert sorted(hg.__all__) == hg.__all__
    assert [name for name in hg.__all__ if getattr(hg, name, None) is None] == []
    assert len(equip().rules) == 83
