"""The JSON Schemas say what goes in and comes out: what the program takes or writes is valid, what it refuses not."""

import json
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import housing_guarantee as hg
from housing_guarantee.campaign import KEYS, load_campaign
from housing_guarantee.data import read_toml
from housing_guarantee.demo import write_county
from housing_guarantee.local_table import KEYS as LOCAL_KEYS
from housing_guarantee.plugins import equip, settings_for
from housing_guarantee.reading import readings_of
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.runner import run, write_reports
from housing_guarantee.schemas import SCHEMAS
from housing_guarantee.source_table import KEYS as SOURCE_KEYS
from housing_guarantee.testing import campaign as plain

Data = dict[str, Any]


def validator(name: str) -> Draft202012Validator:
    """Give the validator of a schema, which is itself a valid one."""
    schema = SCHEMAS[name](equip())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_data(value: Any) -> Any:
    """Give what a TOML file holds as JSON does: dates as texts."""
    if isinstance(value, dict):
        return {key: as_data(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_data(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checked county with planted faults of every kind."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320)
    equipment = equip()
    write_reports(run(load_campaign(folder / "campaign.toml")), equipment, folder / "out")
    return folder


@pytest.fixture(scope="module")
def campaign(folder: Path) -> Data:
    """The county's campaign file, as TOML holds it."""
    return tomllib.loads((folder / "campaign.toml").read_text(encoding="utf-8"))


def lines(folder: Path, name: str) -> list[Data]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in (folder / "out" / name).read_text(encoding="utf-8").splitlines()]


# ------------------------------------------------------------------------------------------------ what comes out


@pytest.mark.parametrize(("name", "file"), [("finding", "findings.jsonl"), ("household", "households.jsonl")])
def test_every_line_written_is_valid(folder: Path, name: str, file: str) -> None:
    """Every finding and every household of a county with every kind of fault."""
    check, written = validator(name), lines(folder, file)

    assert [error.message for line in written for error in check.iter_errors(line)] == []
    assert len(written) > 150


@pytest.mark.parametrize(("name", "file"), [("finding", "findings.jsonl"), ("household", "households.jsonl")])
def test_a_line_without_one_of_its_keys_or_with_another_is_not_valid(folder: Path, name: str, file: str) -> None:
    """Nothing may be missing, and nothing may come on top that no page explains."""
    check, line = validator(name), lines(folder, file)[0]

    assert [key for key in line if check.is_valid({k: v for k, v in line.items() if k != key})] == []
    assert not check.is_valid({**line, "more": 1})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("finding", {"severity": "error"}),
        ("finding", {"status": "closed"}),
        ("finding", {"verdict": "proved"}),
        ("finding", {"household_id": 11002050026}),
        ("finding", {"origins": [{"source": "a.xlsx"}]}),
        ("household", {"verdict": "fine"}),
        ("household", {"waived": "no"}),
        ("household", {"requirements": {"photo": "maybe"}}),
        ("household", {"proofs": [{"requirement": "photo", "clause": "V3"}]}),
        ("household", {"codes": "roster.not-verified"}),
    ],
)
def test_a_line_with_another_word_or_kind_is_not_valid(folder: Path, name: str, change: Data) -> None:
    """Words are those of the program, and kinds those of the page."""
    line = lines(folder, f"{name}s.jsonl")[0]

    assert not validator(name).is_valid({**line, **change})


# ------------------------------------------------------------------------------------------------ the campaign file


def verdicts(data: Data, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, bool]:
    """Say whether the schema takes a campaign file, and whether the program does."""
    monkeypatch.setattr("housing_guarantee.campaign._read", lambda path: data)  # there is no writer of TOML
    try:
        read, equipment = load_campaign(folder / "campaign.toml"), equip()
        equipment.chosen(read), settings_for(equipment, read), readings_of(read, equipment)
        taken = True
    except hg.CampaignError:
        taken = False
    return validator("campaign").is_valid(as_data(data)), taken


def test_the_demo_s_campaign_file_is_valid(campaign: Data) -> None:
    """As data, with dates as texts."""
    assert [error.message for error in validator("campaign").iter_errors(as_data(campaign))] == []


def test_the_example_of_the_reference_is_valid() -> None:
    """The page's example uses every table of the file."""
    page = (Path(__file__).parents[1] / "docs/reference/campaign.md").read_text(encoding="utf-8")
    data = as_data(tomllib.loads(page.split("```toml\n")[1].split("```")[0]))

    assert [error.message for error in validator("campaign").iter_errors(data)] == []
    assert set(data) == {"schema", "campaign", *(name for name in _TABLES if name != "rules.local")}


_TABLES = (
    "sources",
    "rules",
    "rules.local",
    "plugins",
    "limits",
    "precedence",
    "workspace",
    "linkage",
    "links",
    "waivers",
)

WRONG: Mapping[str, Callable[[Data], Any]] = {
    "a table that nobody knows": lambda data: data.update(sorces=[]),
    "no schema": lambda data: data.pop("schema"),
    "another schema": lambda data: data.update(schema=2),
    "no campaign": lambda data: data.pop("campaign"),
    "no sources": lambda data: data.pop("sources"),
    "no roster": lambda data: data.update(sources=[s for s in data["sources"] if s["role"] != "roster"]),
    "a misspelt key": lambda data: data["campaign"].update(planned_housholds=3),
    "a date that is none": lambda data: data["campaign"].update(rectify_by="soon"),
    "half a window": lambda data: data["campaign"].update(window=["2020-06-10"]),
    "a short code": lambda data: data["campaign"].update(county_code="6325"),
    "another language": lambda data: data["campaign"].update(language="bo"),
    "a role that is none": lambda data: data["sources"][0].update(role="rooster"),
    "an adapter that is none": lambda data: data["sources"][0].update(adapter="exel"),
    "a source without place": lambda data: data["sources"][0].pop("path"),
    "a field of another role": lambda data: data["sources"][0].update(subsidy="3万"),
    "a rule list that is text": lambda data: data.setdefault("rules", {}).update(select="*"),
    "a topic that is none": lambda data: data.setdefault("rules", {}).update({"photo-gsp": {}}),
    "a setting that is none": lambda data: data.setdefault("rules", {}).update({"photo-gps": {"border": 1.0}}),
    "a local rule of another topic": lambda data: data.setdefault("rules", {}).update(
        local=[{"code": "photo-gps.mine", "when": "is_safe"}]
    ),
    "a local rule without condition": lambda data: data.setdefault("rules", {}).update(local=[{"code": "local.mine"}]),
    "a proof of nothing": lambda data: data.setdefault("rules", {}).update(
        local=[{"code": "local.mine", "proof": "is_safe"}]
    ),
    "precedence of no field": lambda data: data.update(precedence={"grad": ["roster"]}),
    "two workspaces": lambda data: data.update(workspace={"path": "a.sqlite", "url_env": "URL"}),
    "a link without row": lambda data: data.update(links=[{"source": "a.xls", "household_id": "1"}]),
    "a waiver without end": lambda data: data.update(
        waivers=[{"code": "safety.unsafe", "reason": "r", "approved_by": "a", "household_id": "1"}]
    ),
    "no seconds": lambda data: data.update(plugins={"seconds": 0}),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_campaign_file_is_neither_valid_nor_read(
    campaign: Data, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """What the program refuses by its shape, an editor that knows the schema marks."""
    data = deepcopy(campaign)
    WRONG[fault](data)

    assert verdicts(data, folder, monkeypatch) == (False, False)


@pytest.mark.parametrize("key", KEYS["campaign"])
def test_what_is_needed_is_what_the_program_needs(
    campaign: Data, folder: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Each key of the campaign table is taken away in turn: the schema refuses just what the program refuses."""
    needed = read_toml("reference.toml")["campaign"][key]["default"] == "needed"
    less = {name: value for name, value in campaign["campaign"].items() if name != key}

    assert verdicts({**campaign, "campaign": less}, folder, monkeypatch) == (not needed, not needed)


def test_every_key_is_explained_and_no_other() -> None:
    """The reference has just the keys that the code knows."""
    words = read_toml("reference.toml")
    known = {**KEYS, "rules.local": LOCAL_KEYS, "sources": (*SOURCE_KEYS, "system")}

    assert {name: set(words[name]) for name in known} == {name: set(keys) for name, keys in known.items()}
    assert [one for table in known for one in words[table].values() if set(one) != {"default", "text"}] == []


# ------------------------------------------------------------------------------------------------ case files


def test_what_is_a_case_file_is_valid_and_can_be_judged() -> None:
    """Every field of every role may stand in a case file, and may be blank."""
    data = {role: [{**dict.fromkeys(fields_of(role)), "household_id": "1"}] for role in ROLES}
    data["ledger"][0].pop("household_id")

    assert [error.message for error in validator("casefile").iter_errors(data)] == []
    assert hg.casefile_of(data, plain()).household_id == "1"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"roster": []},
        {"roster": [{"head_name": "才让多杰"}]},
        {"roster": [{"household_id": "1"}], "verification": []},
        {"roster": [{"household_id": "1", "headname": "才让多杰"}]},
        {"roster": [{"household_id": "1", "phone": {"mobile": "1"}}]},
        {"roster": [{"household_id": "1"}], "provincial": [{"system": "retreival"}]},
        {"roster": ["1"]},
    ],
)
def test_what_is_no_case_file_is_neither_valid_nor_judged(data: Any) -> None:
    """The schema refuses what `casefile_of` refuses."""
    assert not validator("casefile").is_valid(data)
    with pytest.raises(hg.CaseFileError):
        hg.casefile_of(data, plain())
