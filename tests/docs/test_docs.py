"""The documentation is true: its pages are those that the rules give, its examples run, its links lead somewhere."""

import importlib.util
import re
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from types import ModuleType

import click
import pytest
from attrs import evolve

import housing_guarantee as hg
from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import program
from housing_guarantee.data import read_toml
from housing_guarantee.findings import State, Verdict
from housing_guarantee.plugins import equip, settings_for
from housing_guarantee.report import Result
from housing_guarantee.reports.jsonl import finding_data, household_data, manifest, summary
from housing_guarantee.runner import run, write_reports
from housing_guarantee.testing import id_number

from ..test_floors import FLOORS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def load_build() -> ModuleType:
    """Import the script that writes the pages; it stands outside the package."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec
    assert spec.loader
    sys.path.insert(0, str(DOCS))  # where a script finds its neighbours
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load_build()


def blocks(page: str, kind: str) -> list[str]:
    """Give the fenced blocks of a kind, the text behind the three backticks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# ------------------------------------------------------------------------------------------------ written pages


def test_every_page_is_what_the_rules_give() -> None:
    """A rule that changed has its page written again: python docs/build.py."""
    assert build.out_of_date(build.pages()) == []


def test_a_page_of_no_topic_is_out_of_date() -> None:
    """A topic that is no more leaves no page behind, and a page that differs is named."""
    index = DOCS / "rules" / "index.md"
    assert build.out_of_date({index: "other"}) == [index, *sorted(set(index.parent.glob("*.md")) - {index})]


def test_check_says_nothing_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    """With --check nothing is written, and the exit code is the answer."""
    assert build.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt --check must not write."""
    assert build.main(["--chekc"]) == 2
    assert capsys.readouterr().err == "usage: python docs/build.py [--check]\n"


def test_the_floors_are_those_of_the_test() -> None:
    """The architecture shows the floors that are held."""
    assert blocks("architecture.md", "floors") == ["".join(f"{', '.join(rooms)}\n" for rooms in FLOORS)]


# ------------------------------------------------------------------------------------------------ links


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {build.anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link names a file of the project, and a heading that this file has."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if "://" in target:
            continue
        if not file.exists() or not file.is_relative_to(ROOT) or (heading and heading not in anchors(file)):
            broken.append(target)

    assert broken == []


# ------------------------------------------------------------------------------------------------ the campaign file


def test_the_example_of_a_campaign_file_is_read(tmp_path: Path) -> None:
    """The example is a whole campaign: its rules and settings are known, and every table of it is used."""
    (campaign_file,), (areas,) = blocks("reference/campaign.md", "toml"), blocks("reference/campaign.md", "json")
    (tmp_path / "campaign.toml").write_text(campaign_file, encoding="utf-8")
    (tmp_path / "area.geojson").write_text(areas, encoding="utf-8")

    campaign = load_campaign(tmp_path / "campaign.toml")

    equipment = equip()
    assert settings_for(equipment, campaign)["photo-gps"].outside_county_km == 8.0
    assert "photo-gps.outside-township" not in {rule.code for rule in equipment.chosen(campaign)}
    assert {source.adapter for source in campaign.sources} <= set(equipment.adapters)
    assert [(len(campaign.areas), len(campaign.links), len(campaign.waivers))] == [(1, 1, 1)]


def test_the_example_of_a_local_rule_finds_the_dwelling_that_is_too_small(tmp_path: Path) -> None:
    """The rule of the page accuses the one household like any other rule: with its cells, in the page's words."""
    (rule,) = blocks("local-rules.md", "toml")
    (example,) = blocks("reference/campaign.md", "toml")
    head = example[: example.index("[[sources]]")].replace('area = "area.geojson"', "")
    roster = '[[sources]]\nrole = "roster"\nadapter = "excel"\npath = "roster.csv"\n'
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    visits = '[[sources]]\nrole = "verifications"\nadapter = "excel"\npath = "visits.csv"\n'
    rows = "".join(f"{number},是\n" for number in HOUSEHOLDS)
    (tmp_path / "visits.csv").write_text(f"户编号,是否安全\n{rows}", encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(head + roster + visits + rule, encoding="utf-8")

    result = run(load_campaign(tmp_path / "campaign.toml"))

    (found,) = [finding for finding in result.findings if finding.code == "local.area-too-small"]
    assert found.household_id == HOUSEHOLDS[1]
    assert result.public.message(found) == "人均住房面积不足9平方米：10平方米，2人"
    assert [(cell.column, cell.row, cell.value) for cell in found.cells] == [("D", 3, "2"), ("E", 3, "10")]


# ------------------------------------------------------------------------------------------------ worked examples

HOUSEHOLDS = ("10000000001", "10000000002")
ROSTER = "户编号,户主姓名,户主证件号码,家庭人口数,住房面积\n" + "".join(
    f"{number},才让多杰,{id_number(order)},{order},{area}\n" for order, (number, area) in enumerate(
        zip(HOUSEHOLDS, (60, 10), strict=True), 1
    )
)  # fmt: skip
CAMPAIGN = """
schema = 1
[campaign]
name = "示例"
county_code = "632525"
planned_households = 2
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.csv"
[[sources]]
role = "verifications"
adapter = "visits"
path = "visits.sqlite"
[rules]
plugins = ["dwelling.py", "visits.py"]
"""


@pytest.fixture
def result(tmp_path: Path) -> Result:
    """Run a small campaign with the rule and the adapter that the pages shows."""
    for name, page, kind in (
        ("dwelling.py", "write-a-rule.md", "python rule"),
        ("visits.py", "write-an-adapter.md", "python adapter"),
    ):
        (code,) = blocks(page, kind)
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    _write_visits(tmp_path / "visits.sqlite")
    return run(load_campaign(tmp_path / "campaign.toml"))


def _write_visits(path: Path) -> None:
    answers = ("保障安全", "投亲靠友", "是")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE visits (household_id, guarantee_type, guarantee_detail, is_safe, verified_on)")
        for number, day in zip(HOUSEHOLDS, ("2020-06-11", "2020-06-41"), strict=True):
            database.execute("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", (number, *answers, day))


def test_the_adapter_reads_and_the_rule_finds(result: Result) -> None:
    """The one row proves its household, the other is said to be unreadable, and the small rooms are found."""
    found = [(f.household_id, f.code, f.cells[0].value) for f in result.outcome.findings]
    verdicts = [household.verdict for household in result.outcome.households]

    assert found == [
        (HOUSEHOLDS[1], "dwelling.too-small", "10"),
        (HOUSEHOLDS[1], "intake.row-unreadable", "2020-06-41"),
    ]
    assert verdicts == [Verdict.PROVED, Verdict.UNPROVEN]
    assert [(account.read, account.unreadable) for account in result.survey.accounts] == [(2, 0), (1, 1)]


def test_the_rule_speaks_both_languages(result: Result) -> None:
    """Its named value is rendered into both."""
    finding = result.outcome.findings[0]
    assert result.public.message(finding) == "人均5平方米"
    assert evolve(result, language="en").public.message(finding) == "5 m² a person"


# ------------------------------------------------------------------------------------------------ outputs


OUTPUTS = "reference/outputs.md"


def undocumented(keys: Iterable[str], page: str, section: str = "") -> list[str]:
    """List keys that a page, or the section of it under this heading, does not name."""
    text = (DOCS / page).read_text(encoding="utf-8")
    text = text.partition(f"## `{section}`\n")[2].partition("\n## ")[0] if section else text
    return [key for key in keys if f"`{key}`" not in text]


def test_every_key_of_the_outputs_is_documented(result: Result) -> None:
    """Whoever reads a file finds each of its keys on the page."""
    finding = finding_data(result.outcome.findings[0], result.public)
    household = household_data(result.outcome.households[0], result.public)

    assert undocumented([*finding, *finding["origins"][0]], OUTPUTS, "findings.jsonl") == []
    assert undocumented([*household, *household["proofs"][0]], OUTPUTS, "households.jsonl") == []
    assert undocumented(summary(result), OUTPUTS, "summary.json") == []
    assert undocumented(manifest(result), OUTPUTS, "manifest.json") == []


def test_every_file_written_is_documented(result: Result, tmp_path: Path) -> None:
    """Each report's files, or the folder that they stand in, have a heading."""
    out = tmp_path / "out"
    written = {path.relative_to(out).parts for path in write_reports(result, equip(), out)}
    names = {parts[0] if len(parts) == 1 else f"{parts[0]}/" for parts in written}

    headings = re.findall(r"^## `(.+)`$", (DOCS / OUTPUTS).read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(names - set(headings)) == []


def test_every_verdict_and_state_is_explained() -> None:
    """The pages name each verdict, and each state of a requirement."""
    assert undocumented(Verdict, "verdicts.md") == []
    assert undocumented([*Verdict, *State], OUTPUTS, "households.jsonl") == []


# ------------------------------------------------------------------------------------------------ tables within pages


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!-- campain: written by build.py -->\n\n<!-- end of campain -->\n", "there is no table of campain"),
        ("<!-- links: written by build.py -->\n", "the table of links has no end"),
    ],
)
def test_a_wrong_mark_is_said(tmp_path: Path, text: str, said: str) -> None:
    """A mark that names no table, or is not closed, would leave a page as it was for ever."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=said):
        build.with_tables(page, {})


def test_every_table_of_the_reference_stands_on_a_page() -> None:
    """Each table of the campaign file and of the outputs is shown where it is told of."""
    text = "".join((DOCS / page).read_text(encoding="utf-8") for page in build.WITH_TABLES)

    missing = [name for name in read_toml("reference.toml") if f"<!-- {name}: written by build.py -->" not in text]
    assert missing == []


def test_every_public_name_and_command_is_on_its_page() -> None:
    """What is written from the program leaves nothing out."""
    library, commands = ((DOCS / f"reference/{name}.md").read_text(encoding="utf-8") for name in ("library", "cli"))

    assert [name for name in hg.__all__ if f"\n## {name}\n" not in library] == []
    assert [name for name in program.list_commands(click.Context(program)) if f"\n## {name}" not in commands] == []
