"""A campaign file names its definition; a plugin's is known when the file is read, and records hold its fields."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import housing_guarantee as hg
from housing_guarantee import loading
from housing_guarantee.campaign import Campaign
from housing_guarantee.converters import to_period
from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition, Field, load_definition, parse_definition
from housing_guarantee.errors import CampaignError, PluginError
from housing_guarantee.geo import Area, Polygon
from housing_guarantee.models import Verification
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equip, equipped, furnished
from housing_guarantee.vocabulary import Vocabulary

PLUGIN = """
from attrs import evolve
from housing_guarantee.definition import Field, load_definition
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.vocabulary import Vocabulary

@hookimpl
def register_campaigns():
    fields = (
        Field("verifications", "round", "code", ("轮次",)),
        Field("verifications", "braced", "answer", ("是否抗震",)),
        Field("verifications", "seen_on", "date", ("排查时间",)),
        Field("roster", "listed_by"),
    )
    return [evolve(load_definition(), name="later", fields=fields, ignore=("roster.verified-twice",))]

@hookimpl
def register_vocabularies():
    return [Vocabulary(
        headers={"verifications": {"verified_on": ("SubmissionDate",)}},
        renderings=(("东智", "顿珠"),),
        former_villages={"老村": "新村"},
        divisions={"999999100": "甲镇", "999999100200": "乙村"},
    )]
"""
FILE = """
schema = 1
[campaign]
name = "甲县"
county_code = "999999"
planned_households = 1
window = [2024-06-10, 2024-06-13]
rectify_by = 2024-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2024-06-13T20:00:00+08:00
definition = "later"
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.csv"
listed_by = "民政局"
[[sources]]
role = "verifications"
adapter = "excel"
path = "app.csv"
[rules]
plugins = ["later.py"]
"""
ROSTER = "户编号,户主姓名,户主证件号码,乡镇,村,家庭人口数\n11000000001,才让,632525197001010017,甲镇,乙村,3\n"
RECORDS = (
    "户编号,户主姓名,保障方式,鉴定等级,SubmissionDate,轮次,是否抗震,排查时间\n"
    "11000000001,才让,鉴定安全,A级,2024-06-10,2023,否,2023年5月\n"
    "11000000001,才让,鉴定安全,A级,2024-06-11,2024,是,2024年5月\n"
)


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Write a county whose campaign is defined by a plugin beside it."""
    for name, text in (("later.py", PLUGIN), ("campaign.toml", FILE), ("roster.csv", ROSTER), ("app.csv", RECORDS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def records_of(campaign: Campaign) -> tuple[Verification, ...]:
    """Run a campaign and give its only household's records."""
    (casefile,) = hg.run(campaign).survey.casefiles
    return casefile.verifications


def refused(path: Path, changes: Mapping[str, str]) -> str:
    """Give the words with which a changed campaign file is refused."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CampaignError) as error:
        load_campaign(path)
    return str(error.value)


def test_a_plugins_definition_is_known_when_the_file_is_read(county: Path) -> None:
    """The plugin that the file names is loaded before its definition is looked for."""
    assert load_campaign(county / "campaign.toml").definition.name == "later"


def test_a_file_that_names_no_definition_has_the_packages_own(county: Path) -> None:
    """The campaign of 2020 needs no plugin, and none is imported to read it."""
    text = (county / "campaign.toml").read_text(encoding="utf-8")
    text = (
        text.replace('definition = "later"\n', "").replace('listed_by = "民政局"\n', "").replace("later.py", "none.py")
    )
    (county / "campaign.toml").write_text(text, encoding="utf-8")

    assert load_campaign(county / "campaign.toml").definition == load_definition()


def test_an_unknown_definition_is_refused_with_the_nearest(county: Path) -> None:
    """What there is, and which is meant, is said."""
    assert refused(county / "campaign.toml", {'"later"': '"latter"'}) == (
        "campaign.toml: [campaign] 'definition' 'latter' is not known; there are 2020, later; did you mean 'later'?"
    )


def test_a_field_of_no_definition_is_a_key_of_no_source(county: Path) -> None:
    """What only a plugin's campaign has is unknown to another."""
    said = refused(county / "campaign.toml", {'definition = "later"\n': ""})
    assert said.startswith("campaign.toml: [[sources]] 'listed_by' is not a key of the campaign file")


def test_records_hold_the_definitions_own_fields(county: Path) -> None:
    """They are found by their headers, read as their kind says, and point at their cells."""
    first, last = records_of(load_campaign(county / "campaign.toml"))
    assert first.extra == {"round": "2023", "braced": False, "seen_on": to_period("2023年5月")}
    assert last.extra == {"round": "2024", "braced": True, "seen_on": to_period("2024年5月")}
    (cell,) = last.at("round")
    assert (cell.source, cell.row, cell.column, cell.header, cell.value) == ("app.csv", 3, "F", "轮次", "2024")


def test_a_constant_of_a_source_may_be_a_definitions_field(county: Path) -> None:
    """A list says for all its rows which office made it."""
    (casefile,) = hg.run(load_campaign(county / "campaign.toml")).survey.casefiles
    assert casefile.household.rows[0].extra == {"listed_by": "民政局"}


def test_a_cell_that_cannot_be_read_makes_a_bad_row_of_its_own_field(county: Path) -> None:
    """A definition's field is held to its kind as any other."""
    text = RECORDS.replace("2024,是", "2024,大概")
    (county / "app.csv").write_text(text, encoding="utf-8")
    (bad,) = hg.run(load_campaign(county / "campaign.toml")).survey.bad_rows
    assert (bad.field, bad.origin.row, bad.household_id) == ("braced", 3, "11000000001")


def test_rules_that_a_definition_ignores_are_not_asked(county: Path) -> None:
    """Two records of a household are no fault where every round makes one."""
    campaign = load_campaign(county / "campaign.toml")
    codes = {rule.code for rule in equipped(campaign).chosen(campaign)}
    assert "roster.verified-twice" not in codes
    assert "roster.listed-twice" in codes


def test_plugins_words_and_places_reach_reading_and_linkage(county: Path) -> None:
    """A header, a rendering, a former name and a village's code."""
    campaign = load_campaign(county / "campaign.toml")
    result = hg.run(campaign)
    (casefile,) = result.survey.casefiles
    assert casefile.place.area_code == "999999100200"
    assert casefile.record.verified_on == to_period("2024-06-11")
    assert result.campaign.linkage.renderings == (("东智", "顿珠"),)
    assert result.campaign.linkage.former.present(("", "老")) == ("", "新")
    again = furnished(result.campaign, equipped(campaign).vocabulary)
    assert again == result.campaign


def test_the_campaigns_own_words_go_before_a_plugins(county: Path) -> None:
    """What the county says of a village is right."""
    with (county / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write('[linkage]\nformer_villages = { "老村" = "别村" }\n')
    result = hg.run(load_campaign(county / "campaign.toml"))
    assert result.campaign.linkage.former.present(("", "老")) == ("", "别")


# ------------------------------------------------------------------------------------------------ what is refused


FAULTS = {
    "round": (Field("verification", "round"), "is of the role 'verification', which has no rows"),
    "grade": (Field("roster", "grade"), "is one that every roster record has"),
    "level": (Field("roster", "level", "numeric"), "is of the kind 'numeric', which is none of text, code, number"),
}


@pytest.mark.parametrize(("field", "words"), FAULTS.values(), ids=FAULTS)
def test_a_definitions_field_that_no_record_could_hold_is_refused(field: Field, words: str, tmp_path: Path) -> None:
    """The plugin is told with its cause."""
    (tmp_path / "p.py").write_text(
        "from attrs import evolve\n"
        "from housing_guarantee.definition import Field, load_definition\n"
        "from housing_guarantee.hookspecs import hookimpl\n"
        "@hookimpl\n"
        "def register_campaigns():\n"
        f"    return [evolve(load_definition(), name='x', fields=({field!r},))]\n",
        encoding="utf-8",
    )
    with pytest.raises(PluginError, match=words):
        equip([tmp_path / "p.py"])


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"rosters": {"grade": ("级",)}}, "which is no role with rows; did you mean 'roster'?"),
        ({"roster": {"grades": ("级",)}}, "which is no field of roster; did you mean 'grade'?"),
    ],
)
def test_headers_of_nothing_are_refused(headers: Any, words: str) -> None:
    """A misspelt field would otherwise never be found, and nobody would hear of it."""
    with pytest.raises(PluginError, match=words.replace("?", r"\?")):
        Vocabulary(headers=headers)


def test_two_definitions_of_one_name_are_refused(tmp_path: Path) -> None:
    """A plugin cannot take the place of the package's own."""
    (tmp_path / "p.py").write_text(PLUGIN.replace('"later"', '"2020"'), encoding="utf-8")
    with pytest.raises(PluginError, match=r"definition '2020' is claimed by both 'campaigns' and 'p.py'"):
        equip([tmp_path / "p.py"])


# ------------------------------------------------------------------------------------------------ parts


def text_of(definition: Mapping[str, Any]) -> str:
    """Write the smallest definition as TOML, with changes."""
    base = {
        "name": "'x'",
        "types": "[{name='安全', en='safe', kind='appraised'}]",
        "programmes": "[]",
        "methods": "[]",
        "recorder_roles": "[]",
        "grades": "{safe=['A'], unsafe=['D']}",
        "requirements": "[]",
    }
    return "\n".join(f"{name} = {value}" for name, value in {**base, **definition}.items())


def test_a_definition_is_read_from_text() -> None:
    """A plugin keeps its campaign in a file of the same form as the package's own."""
    found = parse_definition(text_of({"target_groups": "[{name='低保', en='low income', certified_by=['民政']}]"}))
    assert (found.name, found.kind_of("安全"), found.kind_of("别的")) == ("x", "appraised", None)
    assert found.target_groups[0].certified_by == ("民政",)
    assert found.english == {"安全": "safe", "低保": "low income"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"typos": "[]"}, "extra fields found"),
        ({"types": "[{name='安全', en='safe', kind='apprised'}]"}, "'apprised' is none of the kinds"),
        ({"name": "x"}, "is not valid TOML"),
    ],
)
def test_a_definition_that_is_wrong_is_refused(changes: Mapping[str, Any], words: str) -> None:
    """What is misspelt is named."""
    with pytest.raises(CampaignError, match=words):
        parse_definition(text_of(changes))


def test_every_type_of_2020_is_of_a_kind_and_one_programme_stays() -> None:
    """The rules know the kinds, the words are the campaign's, and only works on the house leave a family in place."""
    definition: Definition = load_definition()
    assert [(one.name, one.kind) for one in definition.types] == [
        ("鉴定安全", "appraised"),
        ("改造安全", "renovated"),
        ("保障安全", "accommodated"),
    ]
    assert [one.name for one in definition.programmes if not definition.moves(one.name)] == ["农村危房改造"]
    assert not definition.moves(None)
    assert read_toml("campaign-2020.toml")["name"] == "2020"


def test_vocabularies_are_joined_the_first_before_the_others() -> None:
    """Headers add up; of two words on one village or area the first is right."""
    square = Polygon((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),))
    one = Vocabulary(
        headers={"roster": {"grade": ("等级",)}},
        renderings=(("甲", "乙"),),
        former_villages={"老": "新"},
        divisions={"1": "a"},
        areas=(Area("632525", "one", (square,)),),
    )
    other = Vocabulary(
        headers={"roster": {"grade": ("级", "等级")}, "ledger": {"year": ("年",)}},
        renderings=(("甲", "乙"), ("丙", "丁")),
        former_villages={"老": "别", "旧": "新"},
        divisions={"1": "b", "2": "c"},
        areas=(Area("632525", "two", (square,)), Area("632524", "other", (square,))),
    )
    joined = Vocabulary.joined([one, other])
    assert joined.headers == {"roster": {"grade": ("等级", "级")}, "ledger": {"year": ("年",)}}
    assert joined.renderings == (("甲", "乙"), ("丙", "丁"))
    assert joined.former_villages == {"老": "新", "旧": "新"}
    assert joined.divisions == {"1": "a", "2": "c"}
    assert [area.name for area in joined.areas] == ["other", "one"]


def test_a_plugin_that_is_not_there_is_named_where_its_definition_is(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The definition may be its; whoever blocked it, or finds it broken, is told."""
    point = EntryPoint(name="monitoring", value="no_such_module", group="housing_guarantee")
    monkeypatch.setattr(loading, "entry_points", lambda group: [point])
    broken = refused(county / "campaign.toml", {'"later"': '"watch"'})
    assert broken.startswith("campaign.toml: [campaign] 'definition' 'watch' is not known; there are 2020, later; ")
    assert "plugin 'monitoring' failed: ModuleNotFoundError: No module named 'no_such_module'" in broken
    monkeypatch.setenv(loading.BLOCK_VARIABLE, "monitoring")
    blocked = refused(county / "campaign.toml", {})
    assert blocked.endswith("plugin 'monitoring' blocked: HOUSING_GUARANTEE_BLOCK")
