"""What a campaign file may say, and how each mistake in it is named."""

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve

from housing_guarantee.campaign import LOCAL, Campaign, PluginChoice, Waiver, load_campaign
from housing_guarantee.converters import to_period
from housing_guarantee.errors import CampaignError
from housing_guarantee.findings import Effect, Severity
from housing_guarantee.limits import Limits
from housing_guarantee.linkage.match import Link, LinkOptions
from housing_guarantee.rule import Fix, Topic, Words
from housing_guarantee.toml_table import nearest

CAMPAIGN = """\
[campaign]
name = "贵南县住房安全有保障核验"
county_code = "632525"
planned_households = 2193
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
"""
SOURCE = """\
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.xlsx"
"""
LEDGER = """\
[[sources]]
role = "ledger"
adapter = "excel"
path = "ledger.xls"
"""
WAIVER = """\
[[waivers]]
code = "photo-gps.position-absent"
household_id = "10000123456"
reason = "无信号，乡镇已现场复核"
approved_by = "县住建局"
expires = 2020-06-30
"""
PROVINCIAL = """\
[[sources]]
role = "provincial"
adapter = "provincial"
url_env = "PROVINCE"
"""
LINK = """\
[[links]]
source = "ledger.xls"
file_no = "2017-0031"
household_id = "10000123456"
"""


def loaded(tmp_path: Path, *parts: str, campaign: str = CAMPAIGN, source: str = SOURCE) -> Campaign:
    """Load a campaign file of the usual parts and these."""
    path = tmp_path / "campaign.toml"
    path.write_text("\n".join(["schema = 1", campaign, source, *parts]), encoding="utf-8")
    return load_campaign(path)


def said(tmp_path: Path, *parts: str, campaign: str = CAMPAIGN, source: str = SOURCE) -> str:
    """Give the words with which a campaign file is refused."""
    with pytest.raises(CampaignError) as refused:
        loaded(tmp_path, *parts, campaign=campaign, source=source)
    return str(refused.value)


# ------------------------------------------------------------------------------------------------ what is read


def test_a_campaign_file_is_read_whole(tmp_path: Path) -> None:
    """Facts, sources, rules, links, waivers and the workspace, with defaults for what is not said."""
    campaign = loaded(tmp_path)
    assert (campaign.name, campaign.county_code, campaign.planned_households) == (
        "贵南县住房安全有保障核验",
        "632525",
        2193,
    )
    assert (campaign.window, campaign.rectify_by) == ((date(2020, 6, 10), date(2020, 6, 13)), date(2020, 6, 30))
    assert (campaign.policy_year, campaign.ledger_years, campaign.covers(2018), campaign.covers(2019)) == (
        2016,
        (2016, 2018),
        True,
        False,
    )
    assert (campaign.language, campaign.areas, campaign.workspace) == ("zh", (), "workspace.sqlite")
    assert (campaign.rules.select, campaign.rules.ignore, campaign.links, campaign.waivers) == (("*",), (), (), ())
    (source,) = campaign.sources
    assert (source.role, source.adapter, source.name, source.path) == (
        "roster",
        "excel",
        "roster.xlsx",
        tmp_path / "roster.xlsx",
    )


def test_a_source_may_bring_columns_coding_and_facts(tmp_path: Path) -> None:
    """Headers that no synonym finds, a source's own words, and facts for all of its rows."""
    more = 'sheet = "台账"\ncolumns = { head_name = "姓名" }\nvalues = { grade_before = { "1" = "A" } }\n'
    ledger = loaded(tmp_path, LEDGER + more + 'programme = "农村危房改造"\n').sources[1]
    assert (ledger.sheet, ledger.columns, ledger.values) == (
        "台账",
        {"head_name": "姓名"},
        {"grade_before": {"1": "A"}},
    )
    assert ledger.constants == {"programme": "农村危房改造"}


def test_a_database_is_named_by_a_variable(tmp_path: Path) -> None:
    """What only an adapter understands is handed on to it."""
    more = 'tables = { household_archive = "T_A" }\nphotos = "front.zip"\n'
    source = loaded(tmp_path, PROVINCIAL + more).sources[1]
    assert source.options == {
        "url_env": "PROVINCE",
        "tables": {"household_archive": "T_A"},
        "photos": "front.zip",
    }
    assert (source.name, source.path, source.constants) == (
        "provincial/retrieval",
        tmp_path,
        {"system": "retrieval"},
    )


def test_a_database_is_shown_by_its_system_and_never_by_its_address(tmp_path: Path) -> None:
    """Relative files are looked for beside the campaign file."""
    more = PROVINCIAL.replace('url_env = "PROVINCE"', 'url = "postgresql://reader@db.example/nhda"')
    source = loaded(tmp_path, more + 'system = "renovation"\n').sources[1]
    assert (source.name, source.constants) == ("provincial/renovation", {"system": "renovation"})
    assert "db.example" not in source.name


def test_photos_of_an_export_are_a_fact_and_no_place(tmp_path: Path) -> None:
    """Only a role without such a field has them as the place of its photos."""
    more = '[[sources]]\nrole = "verifications"\nadapter = "app_export"\npath = "a.zip"\nphotos = "front.jpg"\n'
    source = loaded(tmp_path, more).sources[1]
    assert (source.constants, source.options) == ({"photos": "front.jpg"}, {})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:s3cret@db/nhda",
        "postgresql://reader:s3@cret@db/nhda",
        "mysql://reader@db/nhda?password=s3cret",
        "mysql+pymysql://db/nhda?user=reader&passwd=s3cret",
        "postgresql://reader:@db/nhda?sslpassword=s3cret",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    """The key is named, and what to do instead."""
    message = said(tmp_path, PROVINCIAL.replace('url_env = "PROVINCE"', f'url = "{url}"'))
    assert message == (
        "campaign.toml: [sources] 'url' is allowed only without a password: name a variable that holds it under url_env"
    )


def test_an_address_where_a_variables_name_belongs_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Neither is one of another kind than text."""
    for value in ('"postgresql://reader:s3cret@db/nhda"', '["postgresql://reader:s3cret@db/nhda"]'):
        message = said(tmp_path, PROVINCIAL.replace('"PROVINCE"', value))
        assert "[sources] 'url_env' must be" in message
        assert "s3cret" not in message
    message = said(tmp_path, PROVINCIAL.replace('url_env = "PROVINCE"', 'url = "postgresql://[s3cret/x"'))
    assert message == "campaign.toml: [sources] 'url' is no address of a database"


def test_who_is_trusted_with_a_field(tmp_path: Path) -> None:
    """What the file names comes first, then the usual order, then every other role."""
    plain = loaded(tmp_path)
    assert plain.trusted("grade")[:5] == ("appraisals", "verifications", "archive", "roster", "provincial")
    own = loaded(tmp_path, '[precedence]\ngrade = ["provincial", "roster"]\n')
    assert own.trusted("grade")[:4] == ("provincial", "roster", "appraisals", "verifications")
    assert sorted(own.trusted("grade")) == sorted(own.trusted("phone"))


def test_rules_and_their_settings_are_kept_for_whoever_knows_them(tmp_path: Path) -> None:
    """A table under rules is a topic's; the rest are lists of codes and files."""
    rules = loaded(
        tmp_path,
        '[rules]\nselect = ["ledger.*"]\nignore = ["ledger.x"]\nplugins = ["rules/local.py"]\n',
        "[rules.photo-gps]\nkm = 5.0\n",
    ).rules
    assert (rules.select, rules.ignore, rules.plugins) == (("ledger.*",), ("ledger.x",), ("rules/local.py",))
    assert rules.settings == {"photo-gps": {"km": 5.0}}


AREA = 'code = "local.area-too-small"\nwhen = "household_size > 0 and dwelling_area / household_size < 9"\n'


def local(*lines: str) -> str:
    """Write one local rule."""
    return "\n".join(["[[rules.local]]", *lines]) + "\n"


def test_a_local_rule_is_read_with_what_is_said_of_it(tmp_path: Path) -> None:
    """Its code, clause, severity, effect, words and who does what; the rest has defaults."""
    plain, full = loaded(
        tmp_path,
        local(AREA),
        local(
            'code = "local.old-grade"\nwhen = "grade == \'D\'"\nproof = "grade == \'A\'"\nrequirement = "grade"',
            'clause = "M1"\nseverity = "error"\nverdict = "contradicted"\nguarantee = "鉴定安全"',
            'message = "等级{grade}"\nmessage_en = "grade {grade}"\nfix = "改"\nfix_en = "mend"\nby = "county"',
        ),
    ).rules.local
    first, second = Topic("local", (plain, full)).build("campaign")
    assert (first.code, first.clause, first.severity, first.effect, first.fix.by) == (
        "local.area-too-small",
        "local",
        Severity.WARNING,
        None,
        "village",
    )
    assert first.message.zh == "符合本县设定的条件：household_size > 0 and dwelling_area / household_size < 9"
    assert (second.clause, second.severity, second.effect) == ("M1", Severity.ERROR, Effect.CONTRADICTED)
    assert (second.guarantee, second.requirement) == ("鉴定安全", "grade")
    assert second.message == Words("等级{grade}", "grade {grade}")
    assert second.fix == Fix("改", "mend", "county")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['when = "missing(grade)"'], "'code' is missing"),
        (['code = "area"', 'when = "missing(grade)"'], "'code' must be local. and small letters"),
        (['code = "local.a"'], "'when' is missing: say when a household is at fault"),
        (['code = "local.a"', 'proof = "missing(grade)"'], "'requirement' is missing: say what the proof is of"),
        (['code = "local.a"', 'whem = "missing(grade)"'], "'whem' is not known here; did you mean 'when'?"),
        (['code = "local.a"', 'when = "grade >"'], "[[rules.local]] 'local.a': column 8: not a condition"),
        (['code = "local.a"', 'when = "grad == 1"'], "'local.a': column 1: there is no field 'grad'"),
        ([AREA, 'severity = "eror"'], "'severity' must be one of error, warning, info; did you mean 'error'?"),
        ([AREA, 'verdict = "proved"'], "'verdict' must be one of contradicted, unproven; did you mean 'unproven'?"),
        ([AREA, 'guarantee = "鉴定"'], "'guarantee' must be one of 鉴定安全, 改造安全, 保障安全"),
        ([AREA, 'message = "{grade}"'], "'message' names {grade}; its conditions give {name}, {household_id}"),
        ([AREA, 'message = "{"'], "'message' has a brace that is not closed"),
        ([AREA, 'by = "nobody"'], "'by' must be one of village, township, county"),
    ],
)
def test_what_is_wrong_with_a_local_rule_is_said(tmp_path: Path, lines: list[str], words: str) -> None:
    """The key, or the column of the condition, and what would be right."""
    assert words in said(tmp_path, local(*lines))


def test_which_plugins_are_used_is_read(tmp_path: Path) -> None:
    """All that are installed, unless the file says otherwise."""
    assert loaded(tmp_path).plugins == PluginChoice()
    table = '[plugins]\nuse = ["guinan"]\nblock = ["odk"]\nseconds = 3\n'
    assert loaded(tmp_path, table).plugins == PluginChoice(("guinan",), ("odk",), 3.0)
    assert "'seconds' must be 1 or more" in said(tmp_path, "[plugins]\nseconds = 0\n")


def test_limits_are_set_in_their_own_units(tmp_path: Path) -> None:
    """Every source has them; what the file does not name stays as it is, and what is no limit is an error."""
    assert loaded(tmp_path).limits == Limits()
    table = "[limits]\nworkbook_mb = 200\nrows = 400_000\nworkbook_memory_mb = 4096\nphoto_seconds = 5\n"
    campaign = loaded(tmp_path, table)
    wanted = Limits(file_bytes=200_000_000, rows=400_000, memory=4 << 30, photo_seconds=5)
    assert campaign.limits == wanted
    assert {source.limits for source in campaign.sources} == {wanted}
    assert "'row' is not known here; did you mean 'rows'?" in said(tmp_path, "[limits]\nrow = 5\n")
    assert "'rows' must be 1 or more" in said(tmp_path, "[limits]\nrows = 0\n")
    assert "'rows' must be a whole number" in said(tmp_path, "[limits]\nrows = 1.5\n")


def test_what_counts_as_one_name_or_one_village_is_read(tmp_path: Path) -> None:
    """A campaign may trust a name in its village, and add renderings and former villages."""
    assert loaded(tmp_path).linkage == LinkOptions()
    table = (
        '[linkage]\ncertain_without_number = true\nrenderings = [["拉莫", "拉毛"]]\n'
        'former_villages = { "茫曲镇红旗村" = "茫曲镇塔哇村" }\n'
    )
    assert loaded(tmp_path, table).linkage == LinkOptions(
        certain_without_number=True,
        renderings=(("拉莫", "拉毛"),),
        former_villages={"茫曲镇红旗村": "茫曲镇塔哇村"},
    )


def test_links_and_waivers_are_read(tmp_path: Path) -> None:
    """A row is named by its file number, or by sheet and row; a waiver is for a household or an area."""
    row = '[[links]]\nsource = "a.xls"\nsheet = "1"\nrow = 7\nhousehold_id = "1"\n'
    area = WAIVER.replace('household_id = "10000123456"', 'area_code = "632525100"')
    campaign = loaded(tmp_path, LINK, row, WAIVER, area)
    assert campaign.links == (
        Link("ledger.xls", "10000123456", file_no="2017-0031"),
        Link("a.xls", "1", sheet="1", row=7),
    )
    own = Waiver(
        "photo-gps.position-absent", "无信号，乡镇已现场复核", "县住建局", date(2020, 6, 30), household_id="10000123456"
    )
    assert campaign.waivers == (own, evolve(own, household_id=None, area_code="632525100"))


def test_precedence_and_workspace_are_read(tmp_path: Path) -> None:
    """Which source is held right, and in which file or by which variable's database the runs are kept."""
    precedence = '[precedence]\ngrade = ["appraisals", "roster"]\n'
    campaign = loaded(tmp_path, precedence, '[workspace]\npath = "w.sqlite"\n')
    assert (campaign.precedence, campaign.workspace) == ({"grade": ("appraisals", "roster")}, "w.sqlite")
    campaign = loaded(tmp_path, '[workspace]\nurl_env = "WORKSPACE"\n')
    assert (campaign.workspace, campaign.workspace_url_env) == ("workspace.sqlite", "WORKSPACE")


@pytest.mark.parametrize(
    "line",
    [
        'url = "postgresql://county:s3cret@db/w"',
        'path = "postgresql://county:s3cret@db/w"',
        'url_env = "postgresql://county:s3cret@db/w"',
        'path = "w.sqlite"\nurl_env = "WORKSPACE"',
    ],
)
def test_a_workspace_s_url_never_stands_in_the_file(line: str, tmp_path: Path) -> None:
    """It may hold a password: it is refused without being said again, and so are two places at once."""
    with pytest.raises(CampaignError, match="url_env") as error:
        loaded(tmp_path, f"[workspace]\n{line}\n")
    assert "s3cret" not in str(error.value)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """An editor that writes one must not cost a run."""
    path = tmp_path / "campaign.toml"
    path.write_text(f"schema = 1\n{CAMPAIGN}{SOURCE}", encoding="utf-8-sig")
    assert load_campaign(path).county_code == "632525"


# ------------------------------------------------------------------------------------------------ time


def test_the_moment_of_a_run_is_the_plans_own_time(tmp_path: Path) -> None:
    """A moment of any zone, or of none, is compared in UTC+8."""
    assert loaded(tmp_path).now == datetime.fromisoformat("2020-06-13 20:00")
    utc = CAMPAIGN.replace("2020-06-13T20:00:00+08:00", "2020-06-13T12:00:00Z")
    bare = CAMPAIGN.replace("2020-06-13T20:00:00+08:00", "2020-06-13T20:00:00")
    moments = {loaded(tmp_path, campaign=one).now for one in (CAMPAIGN, utc, bare)}
    assert moments == {datetime.fromisoformat("2020-06-13 20:00")}


def test_a_given_moment_goes_before_the_files(tmp_path: Path) -> None:
    """Whoever runs may say when, also where the file says it."""
    loaded(tmp_path)
    moment = datetime(2020, 6, 12, 1, tzinfo=timezone(timedelta(0)))
    assert load_campaign(tmp_path / "campaign.toml", as_of=moment).now == datetime.fromisoformat("2020-06-12 09:00")


def test_without_a_moment_it_is_now(tmp_path: Path) -> None:
    """A file that fixes no moment is run as of now."""
    campaign = loaded(tmp_path, campaign=CAMPAIGN.replace("as_of", "# as_of"))
    assert abs(datetime.now(LOCAL) - campaign.as_of) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "within"),
    [
        ("2020-06-10", True),
        ("2020-06-13", True),
        ("2020-06-13 23:59", True),
        ("2020-06-14 00:01", False),
        ("2020-06-09", False),
        ("2020-06", True),
        ("2020", True),
        ("2020-05", False),
    ],
)
def test_the_window_is_inclusive(tmp_path: Path, typed: str, within: bool) -> None:
    """Both days count whole, and a month counts where any part of it may be meant."""
    when = to_period(typed)
    assert when is not None
    assert loaded(tmp_path).in_window(when) is within


# ------------------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("part", "key", "hint"),
    [
        ('[worksapce]\npath = "x"\n', "worksapce", "workspace"),
        (SOURCE + 'shet = "x"\n', "shet", "sheet"),
        (SOURCE + 'relatoin = "x"\n', "relatoin", "relation"),
        (SOURCE.replace('"roster"', '"rooster"'), "role", "roster"),
        (SOURCE + 'columns = { houshold_id = "x" }\n', "houshold_id", "household_id"),
        (SOURCE + "values = { grad = { x = 1 } }\n", "grad", "grade"),
        (LEDGER + 'programme = "危房改造"\n', "programme", "农村危房改造"),
        (LEDGER + 'columns = { is_safe = "x" }\n', "is_safe", None),
        ('[rules]\nselct = ["*"]\n', "selct", "select"),
        ('[precedence]\ngrad = ["roster"]\n', "grad", "grade"),
        (PROVINCIAL + 'system = "retreival"\n', "system", "retrieval"),
        (PROVINCIAL + 'tables = { household_archives = "x" }\n', "tables", "household_archive"),
        (PROVINCIAL + 'columns = { front_foto = "x" }\n', "front_foto", "front_photo"),
        ('[precedence]\ngrade = ["roter"]\n', "grade", "roster"),
        ('[workspace]\npaht = "x"\n', "paht", "path"),
        (LINK + "rw = 7\n", "rw", "row"),
        (WAIVER + 'area_cod = "x"\n', "area_cod", "area_code"),
    ],
)
def test_a_misspelt_key_is_named_with_the_nearest(tmp_path: Path, part: str, key: str, hint: str | None) -> None:
    """Anything unknown is refused by its name, and the name that was probably meant is said."""
    message = said(tmp_path, part)
    assert message.startswith("campaign.toml: ")
    assert repr(key) in message
    assert (f"did you mean {hint!r}?" in message) is (hint is not None)


@pytest.mark.parametrize(
    ("line", "key", "hint"),
    [
        ("rectifyby = 2020-06-30", "rectifyby", "rectify_by"),
        ('language = "cn"', "language", None),
        ('language = "zhh"', "language", "zh"),
        ('area_datum = "gcj2"', "area_datum", "gcj02"),
    ],
)
def test_a_wrong_fact_is_named(tmp_path: Path, line: str, key: str, hint: str | None) -> None:
    """A key or a word of the campaign itself that is not known is refused with the nearest."""
    message = said(tmp_path, campaign=CAMPAIGN + line)
    assert f"[campaign] {key!r}" in message
    assert (f"did you mean {hint!r}?" in message) is (hint is not None)


@pytest.mark.parametrize(
    ("part", "key", "hint"),
    [
        (CAMPAIGN.replace("name =", "nmae ="), "nmae", "name"),
        (CAMPAIGN.replace("planned_households", "planned_household"), "planned_household", "planned_households"),
        (CAMPAIGN + LEDGER.replace("role", "roel"), "roel", "role"),
        (CAMPAIGN + WAIVER.replace("expires", "expire"), "expire", "expires"),
        (CAMPAIGN + LINK.replace("household_id", "houshold_id"), "houshold_id", "household_id"),
    ],
)
def test_a_misspelt_key_is_the_mistake_and_not_the_one_missing_for_it(
    tmp_path: Path, part: str, key: str, hint: str
) -> None:
    """Whoever misspells a needed key is shown what they typed."""
    message = said(tmp_path, campaign=part)
    assert repr(key) in message
    assert f"did you mean {hint!r}?" in message


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("planned_households", "0", "must be 1 or more"),
        ("planned_households", "-2193", "must be 1 or more"),
        ("county_code", '"6325"', "must be the six digits"),
        ("county_code", '"贵南县"', "must be the six digits"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(tmp_path: Path, key: str, value: str, words: str) -> None:
    """A county of no households, or without its code, would be judged against nothing."""
    assert words in said(tmp_path, campaign=re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", CAMPAIGN))


def test_a_mistake_is_said_in_chinese_too(tmp_path: Path) -> None:
    """The operator reads what is wrong, and what would be right, in the language of the office."""
    with pytest.raises(CampaignError) as refused:
        loaded(tmp_path, campaign=CAMPAIGN.replace("rectify_by", "rectifyby"))

    assert refused.value.zh == "campaign.toml：[campaign] 的“rectifyby”不认识，是否应为“rectify_by”？"


@pytest.mark.parametrize(("sheet", "other"), [("", ""), ('sheet = "甲"', ""), ('sheet = "甲"', 'sheet = "甲"')])
def test_a_source_that_stands_there_twice_is_refused(tmp_path: Path, sheet: str, other: str) -> None:
    """Each of its rows would count twice, and every household would be accused of it."""
    assert "stands there twice" in said(tmp_path, LEDGER + sheet, LEDGER.replace("ledger.xls", "./ledger.xls") + other)


def test_two_sheets_of_a_file_are_two_sources(tmp_path: Path) -> None:
    """A ledger may keep its years on sheets that each need words of their own."""
    campaign = loaded(tmp_path, LEDGER + 'sheet = "2016"', LEDGER + 'sheet = "2017"')
    assert [source.sheet for source in campaign.sources] == [None, "2016", "2017"]


def test_a_coding_into_what_a_field_cannot_hold_is_refused(tmp_path: Path) -> None:
    """It would make every row of the source unreadable."""
    coded = LEDGER.replace('"ledger"', '"verifications"') + 'values = { is_safe = { "0" = true, "1" = "maybe" } }'
    assert "[sources.values] 'is_safe': '1' is to be yes or no" in said(tmp_path, coded)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", "7", "must be text in quotes, not 7"),
        ("name", '""', "is missing"),
        ("county_code", "632525", "must be text in quotes"),
        ("planned_households", '"2193"', "must be a whole number"),
        ("planned_households", "true", "must be a whole number"),
        ("planned_households", "2193.0", "must be a whole number"),
        ("window", "2020-06-10", "must be a list"),
        ("window", "[2020-06-13, 2020-06-10]", "the earlier first"),
        ("window", "[2020-06-10]", "must be two"),
        ("window", '["2020-06-10", "2020-06-13"]', "must be two dates"),
        ("window", "[2020-06-10T00:00:00, 2020-06-13T00:00:00]", "must be two dates"),
        ("rectify_by", "2020-06-30T00:00:00", "must be a date"),
        ("rectify_by", '"2020-06-30"', "must be a date"),
        ("policy_year", '"2016"', "must be a whole number"),
        ("ledger_years", "[2018, 2016]", "the earlier first"),
        ("as_of", "2020-06-13", "must be a moment"),
    ],
)
def test_a_value_of_another_kind_is_refused(tmp_path: Path, key: str, value: str, words: str) -> None:
    """Nothing is converted silently: text is no number, a moment is no day, true is no count."""
    campaign = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", CAMPAIGN)
    message = said(tmp_path, campaign=campaign)
    assert f"[campaign] {key!r}" in message
    assert words in message


@pytest.mark.parametrize("key", ["name", "county_code", "planned_households", "window", "rectify_by", "policy_year"])
def test_a_missing_fact_is_named(tmp_path: Path, key: str) -> None:
    """What the rules need must be said."""
    campaign = re.sub(rf"(?m)^{key} = .*\n", "", CAMPAIGN)
    assert said(tmp_path, campaign=campaign) == f"campaign.toml: [campaign] {key!r} is missing"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ('[[sources]]\nrole = "ledger"\nadapter = "excel"\n', "[[sources]] of role 'ledger' has no path"),
        ('[[sources]]\nrole = "ledger"\npath = "x"\n', "[sources] 'adapter' is missing"),
        (LEDGER.replace('"ledger.xls"', "7"), "[sources] 'path' must be text in quotes"),
        (LEDGER + "sheet = 1\n", "[sources] 'sheet' must be text in quotes"),
        (LEDGER + 'columns = ["a"]\n', "[sources.columns] must be a table"),
        (LEDGER + "columns = { head_name = 2 }\n", "[sources.columns] 'head_name' must be text in quotes"),
        (LEDGER + 'values = { mode = "x" }\n', "[sources.values] 'mode' must be a table in braces"),
        ('rules = "all"\n', "[rules] must be a table"),
        ('[rules]\nselect = "ledger"\n', "[rules] 'select' must be a list"),
        ("[rules]\nignore = [1]\n", "[rules] 'ignore' must be a list of words"),
        ("[rules]\nphoto-gps = 5\n", "[rules] 'photo-gps'"),
        ('[precedence]\ngrade = "roster"\n', "[precedence] 'grade' must be a list"),
        ('[precedence]\ngrade = [["roster"]]\n', "[precedence] 'grade' must be a list of words"),
        ("[linkage]\ncertain_without_numbers = true\n", "did you mean 'certain_without_number'?"),
        ('[linkage]\ncertain_without_number = "yes"\n', "[linkage] 'certain_without_number' must be true or false"),
        ('[linkage]\nrenderings = ["拉莫"]\n', "[linkage] 'renderings' must be lists of two or more"),
        ('[linkage]\nrenderings = [["拉莫"]]\n', "[linkage] 'renderings' must be lists of two or more"),
        ('[linkage]\nformer_villages = { "红旗村" = 1 }\n', "[linkage] 'former_villages' must say"),
        ('[links]\nsource = "x"\n', "[links] must be a table"),
        ('[[links]]\nsource = "x"\nhousehold_id = "1"\n', "names neither a file_no nor a row"),
        (LINK.replace('"10000123456"', "10000123456"), "[links] 'household_id' must be text in quotes"),
        (LINK + 'row = "7"\n', "[links] 'row' must be a whole number"),
        (WAIVER.replace("household_id", "# household_id"), "names neither a household_id nor an area_code"),
        (WAIVER + 'area_code = ""\n', "[waivers] 'area_code' is missing"),
        (WAIVER.replace('"无信号，乡镇已现场复核"', '""'), "[waivers] 'reason' is missing"),
        (WAIVER.replace("expires = 2020-06-30", 'expires = "never"'), "[waivers] 'expires' must be a date"),
        (WAIVER.replace("approved_by", "# approved_by"), "[waivers] 'approved_by' is missing"),
        (PROVINCIAL + 'path = "x"\n', "[sources] 'path' and a database cannot both be one source"),
        (PROVINCIAL + "tables = { household_archive = 1 }\n", "'tables' must give the name of 'household_archive'"),
        (PROVINCIAL.replace('url_env = "PROVINCE"', ""), "[[sources]] of role 'provincial' has no path"),
        ("x = [\n", "it is not valid TOML"),
    ],
)
def test_a_wrong_part_is_said_in_one_line(tmp_path: Path, part: str, words: str) -> None:
    """Each kind of wrong table or value is a `CampaignError` of one line that names the place."""
    top = part.startswith(("rules =", "x ="))
    message = said(tmp_path, campaign=part + CAMPAIGN) if top else said(tmp_path, part)
    assert words in message
    assert "campaign.toml" in message
    assert "\n" not in message


@pytest.mark.parametrize("sources", ["", LEDGER])
def test_without_a_roster_nothing_can_be_judged(tmp_path: Path, sources: str) -> None:
    """A campaign must name the roster."""
    assert 'no [[sources]] has role = "roster"' in said(tmp_path, source=sources)


@pytest.mark.parametrize("source", ['sources = "x"\n', "sources = [1]\n"])
def test_sources_are_tables(tmp_path: Path, source: str) -> None:
    """Sources of another shape are refused."""
    assert "sources must be tables" in said(tmp_path, campaign=source + CAMPAIGN, source="")


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    """No such file, no text, no schema, no campaign: each is a `CampaignError`."""
    path = tmp_path / "campaign.toml"
    written: list[tuple[bytes | None, str]] = [
        (None, "there is no such campaign file"),
        ("schema = 1 # 县".encode("gbk"), "it cannot be read as UTF-8 text"),
        (b"", "schema must be 1"),
        (b"schema = 2", "schema must be 1"),
        (b"schema = 1", "[campaign] must be a table"),
        (b"schema = 1\ncampaign = 1", "[campaign] must be a table"),
    ]
    for content, words in written:
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CampaignError, match=re.escape(words)):
            load_campaign(path)


def test_what_is_like_nothing_has_no_nearest() -> None:
    """A hint that helps nobody is not given."""
    assert nearest("selct", ["select", "ignore"]) == "; did you mean 'select'?"
    assert nearest("zzz", ["select", "ignore"]) == ""
