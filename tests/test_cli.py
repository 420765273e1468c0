"""The commands as an operator types them: exit codes, one clear line for a fault, nothing personal in an error."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from housing_guarantee.demo import write_county

ROSTER = "户编号,户主姓名,户主证件号码,家庭人口数,乡镇,行政村\n"
RECORDS = "户编号,保障方式,鉴定等级,住房是否安全,核验时间,经度,纬度\n"
CAMPAIGN = """\
schema = 1

[campaign]
name = "小县"
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
adapter = "app_export"
path = "records.csv"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county of two households, one of them with a D grade."""
    (tmp_path / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    rows = "10000000001,才让多杰,632599196001011234,3,茫曲镇,塔哇村\n10000000002,扎西卓玛,,4,茫曲镇,塔哇村\n"
    (tmp_path / "roster.csv").write_text(ROSTER + rows, encoding="utf-8-sig")
    records = "10000000001,鉴定安全,A级,是,2020-06-11,,\n10000000002,鉴定安全,D级,是,2020-06-11,,\n"
    (tmp_path / "records.csv").write_text(RECORDS + records, encoding="gb18030")
    return tmp_path


def command(*arguments: object, encoding: str = "utf-8", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own interpreter on our own program
        [sys.executable, "-m", "housing_guarantee", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, **environment},
        encoding=encoding,
        errors="replace",
    )


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read a file of JSON lines of the run."""
    text = (folder / "out" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_findings_make_the_exit_code_1(folder: Path) -> None:
    """A run with errors ends with 1, and writes its outputs beside the campaign file."""
    done = command("check", folder / "campaign.toml")

    assert done.returncode == 1
    written = {path.name for path in (folder / "out").iterdir()}
    assert {"findings.jsonl", "households.jsonl", "summary.json", "manifest.json", "rectification"} <= written


def test_the_gate_never_makes_the_exit_code_0(folder: Path) -> None:
    """With --fail-on never a run that judged everything ends with 0."""
    assert command("check", folder / "campaign.toml", "--fail-on", "never").returncode == 0


def test_output_files_are_their_owners_alone(folder: Path) -> None:
    """Files that hold households can be read by nobody else."""
    command("check", folder / "campaign.toml")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder / "out").rglob("*") if path.is_file()}

    assert set(modes.values()) == {0o600}


def test_summary_as_json_is_the_summary_file(folder: Path) -> None:
    """--json prints what summary.json holds."""
    done = command("check", folder / "campaign.toml", "--json")

    assert json.loads(done.stdout) == json.loads((folder / "out/summary.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("typed", "right", "named"),
    [
        ("planned_housholds = 2", "planned_households = 2", "planned_households"),
        ('adaptor = "excel"', 'adapter = "excel"', "adapter"),
        ('adapter = "exel"', 'adapter = "excel"', "excel"),
        ("schema = 2", "schema = 1", "schema"),
        ("window = [2020-06-13, 2020-06-10]", "window = [2020-06-10, 2020-06-13]", "window"),
    ],
)
def test_a_wrong_campaign_file_is_one_line_and_exit_code_2(folder: Path, typed: str, right: str, named: str) -> None:
    """A misspelt key or a wrong value names what would be right, and nothing is judged."""
    (folder / "campaign.toml").write_text(CAMPAIGN.replace(right, typed, 1), encoding="utf-8")

    done = command("check", folder / "campaign.toml")

    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / "out").exists()


def test_an_unknown_rule_setting_names_the_nearest(folder: Path) -> None:
    """A misspelt setting of a topic is refused before anything is read."""
    (folder / "campaign.toml").write_text(CAMPAIGN + "\n[rules.photo-gps]\noutside_county_kn = 4.0\n", encoding="utf-8")

    done = command("check", folder / "campaign.toml")

    assert (done.returncode, "outside_county_km" in done.stderr) == (2, True)


def test_without_a_readable_roster_nothing_is_judged(folder: Path) -> None:
    """A missing roster ends with 3 and one line that names the file."""
    (folder / "roster.csv").unlink()

    done = command("check", folder / "campaign.toml")

    assert done.returncode == 3
    assert "roster.csv" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空"),
        (b"PK\x03\x04 not really a zip", "records.csv"),
        (b"%PDF-1.4", "PDF"),
        ("甲,乙\n1,2\n".encode(), "户编号"),
        ("户编号,户编号,保障方式\n1,2,鉴定安全\n".encode(), "户编号"),
    ],
)
def test_a_broken_source_is_one_clear_line_and_exit_code_3(folder: Path, content: bytes, word: str) -> None:
    """Zero bytes, another kind of file, a missing column, a doubled header: named, and the rest is judged."""
    (folder / "records.csv").write_bytes(content)

    done = command("check", folder / "campaign.toml")

    assert done.returncode == 3
    assert word in done.stdout
    verdicts = {row["verdict"] for row in lines(folder, "households")}
    assert verdicts == {"could_not_check"}


def test_a_bad_cell_costs_its_row_and_never_the_run(folder: Path) -> None:
    """A grade that is none is a finding at its cell; the other household is judged."""
    records = "10000000001,鉴定安全,E级,是,2020-06-11,,\n10000000002,鉴定安全,A级,是,2020-06-11,,\n"
    (folder / "records.csv").write_text(RECORDS + records, encoding="utf-8")

    command("check", folder / "campaign.toml")

    findings = lines(folder, "findings")
    unreadable = [f for f in findings if f["code"] == "intake.row-unreadable"]
    assert [(f["household_id"], f["origins"][0]["row"], f["origins"][0]["column"]) for f in unreadable] == [
        ("10000000001", 2, "C")
    ]
    assert "roster.household-not-verified" not in {f["code"] for f in findings}


def test_explain_tells_the_chain_with_its_cells(folder: Path) -> None:
    """Explain prints each clause, met and unmet, with the cell that shows it, and nobody's full name."""
    done = command("explain", folder / "campaign.toml", "10000000002", "--lang", "en")

    assert done.returncode == 0
    assert "contradicted" in done.stdout
    assert "records.csv C3" in done.stdout
    assert "appraised.grade-unsafe" in done.stdout
    assert "扎西卓玛" not in done.stdout


LEDGER = """
[[sources]]
role = "ledger"
adapter = "excel"
path = "ledger.csv"
programme = "农村危房改造"
"""


@pytest.fixture
def with_ledger(folder: Path) -> Path:
    """The same county with a ledger, in which the second household stands without its number."""
    with (folder / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write(LEDGER)
    rows = "1,次仁多吉,632599********1234,茫曲镇,塔哇村,2017\n2,扎西卓玛,,茫曲镇,东风大队,2017\n"
    (folder / "ledger.csv").write_text("档案编号,户主姓名,身份证号,乡镇,村,年度\n" + rows, encoding="utf-8")
    return folder


def test_explain_says_field_by_field_why_a_row_is_taken_for_the_households(with_ledger: Path) -> None:
    """What agrees, what differs and what is not known, in the reader's language."""
    english = command("explain", with_ledger / "campaign.toml", "10000000001", "--lang", "en").stdout
    chinese = command("explain", with_ledger / "campaign.toml", "10000000002").stdout

    assert (
        """rows matched:
  records.csv A2 (户编号): certain
       agree: household number
  ledger.csv B2 (户主姓名): certain
       agree: the digits that can be seen, name in another rendering, village, head
"""
        in english
    )
    assert (
        """各来源记录的匹配：
  records.csv A3 「户编号」: 确定
       相符: 户编号
  ledger.csv B3 「户主姓名」: 待人工确认
       相符: 姓名、乡镇、户主
       不明: 证件号码（空缺）
"""
        in chinese
    )


def test_explain_gives_the_weight_of_a_match_to_programs(with_ledger: Path) -> None:
    """The words are those of the program, and beside them stand bits and probability."""
    done = command("explain", with_ledger / "campaign.toml", "10000000002", "--json")
    record, match = json.loads(done.stdout)["matches"]
    assert (record["origin"]["source"], record["certain"], record["agree"]) == (
        "records.csv",
        True,
        ["household-number"],
    )
    assert match["origin"]["row"] == 3
    assert (match["certain"], match["agree"], match["not_known"]) == (
        False,
        ["name", "township", "head"],
        ["no-number"],
    )
    assert 0.03 <= match["probability"] < 0.98
    assert match["bits"] == round(match["bits"], 1)


def test_explain_of_an_unknown_household_is_exit_code_2(folder: Path) -> None:
    """A number that is not on the roster is said so."""
    assert command("explain", folder / "campaign.toml", "1").returncode == 2


def test_a_console_that_cannot_show_chinese_does_not_end_a_run(folder: Path) -> None:
    """On an ASCII console characters are escaped, and the exit code is the same."""
    assert command("check", folder / "campaign.toml", encoding="ascii").returncode == 1


def test_a_rule_that_crashes_is_named_and_its_households_are_not_fine(folder: Path) -> None:
    """A local rule that raises ends with 3; its message, which may hold a name, is shown nowhere."""
    (folder / "local.py").write_text(
        "from housing_guarantee.hookspecs import hookimpl\n"
        "from housing_guarantee.rule import ERROR, Fix, Topic, Words, rule\n"
        "@rule(clause='W1', severity=ERROR, message=Words('甲', 'a'), fix=Fix('乙', 'b'))\n"
        "def explodes(casefile):\n"
        '    """It always raises."""\n'
        "    raise ValueError(casefile.household.head.name)\n"
        "@hookimpl\n"
        "def register_rules():\n"
        "    return [Topic('local-test', (explodes,))]\n",
        encoding="utf-8",
    )
    (folder / "campaign.toml").write_text(CAMPAIGN + '\n[rules]\nplugins = ["local.py"]\n', encoding="utf-8")

    done = command("check", folder / "campaign.toml")

    assert done.returncode == 3
    assert "local-test.explodes" in done.stdout
    assert "才让多杰" not in done.stdout + done.stderr
    verdicts = {row["verdict"] for row in lines(folder, "households")}
    assert verdicts == {"could_not_check", "contradicted"}


def test_rules_explains_one_rule() -> None:
    """One rule is shown with its clause, its words and who does what."""
    done = command("rules", "appraised.grade-unsafe", "--json")

    assert json.loads(done.stdout)[0]["clause"] == "M1"


def test_demo_ends_with_0_when_it_finds_what_it_planted(tmp_path: Path) -> None:
    """The demo writes, checks, compares, and says where to look; then it goes the full circle where that is asked."""
    done = command("demo", tmp_path / "demo", "--households", 320, "--circle", "--lang", "en")

    assert done.returncode == 0, done.stdout[-2000:]
    assert "rectification" in done.stdout
    assert "5. re-check: of 12 claims 5 are closed, 7 are still there" in done.stdout
    assert "7. push: 8 rows corrected, 0 conflicts; applied again it changes 0" in done.stdout


def test_no_network_and_no_shell_is_ever_used(tmp_path: Path) -> None:
    """A whole run opens no socket, as an audit hook sees."""
    write_county(tmp_path / "county", seed=1, households=320)
    probe = (
        "import sys\n"
        "def hook(event, args):\n"
        "    if event.startswith('socket.') and event not in ('socket.__new__', 'socket.gethostname'):\n"
        "        print('NETWORK', event, file=sys.stderr)\n"
        "sys.addaudithook(hook)\n"
        "from housing_guarantee.cli import _run\n"
        f"_run(['check', {str(tmp_path / 'county' / 'campaign.toml')!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, encoding="utf-8")  # noqa: S603

    assert "NETWORK" not in done.stderr
    assert (tmp_path / "county/out/summary.json").exists()


def test_a_unit_without_households_is_refused(folder: Path) -> None:
    """A mistyped code must not report that there is nothing to find."""
    done = command("check", folder / "campaign.toml", "--area", "632525999")
    assert done.returncode == 2
    assert "--area '632525999': no household of the roster is in it" in done.stderr
    assert "632525100" in done.stderr
    assert not (folder / "out").exists()


def test_an_output_that_cannot_be_written_is_one_clear_line(folder: Path) -> None:
    """A folder that cannot be made, or a file that another program holds, is no fault of the program."""
    done = command("check", folder / "campaign.toml", "--out", folder / "roster.csv" / "out")
    assert done.returncode == 2
    assert "it cannot be written" in done.stderr
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_a_source_stays_one_line_however_long(folder: Path) -> None:
    """A line that is cut at the width of a terminal cannot be searched for, nor sent on."""
    (folder / "records.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    done = command("check", folder / "campaign.toml")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("[!]")]
    assert line.endswith("可在 campaign.toml 的 columns 中写明列名")


@pytest.mark.parametrize(("language", "words"), [("zh", "内置："), ("en", "built-in: ")])
def test_plugins_speak_both_languages(language: str, words: str) -> None:
    """Every command takes the language."""
    assert command("plugins", "--lang", language).stdout.startswith(words)


def test_the_manifest_names_every_input_and_every_row(folder: Path) -> None:
    """The campaign file and what it names are inputs too; each row is read, unreadable or left out, and just one."""
    rows = "10000000001,鉴定安全,A级,是,2020-06-11,,\n10000000002,鉴定安全,良,是,2020-06-11,,\n合计,,,,,,\n"
    (folder / "records.csv").write_text(RECORDS + rows, encoding="utf-8")
    square = {"type": "Polygon", "coordinates": [[[100, 35], [102, 35], [102, 36], [100, 36], [100, 35]]]}
    county = {"type": "Feature", "properties": {"code": "632525", "name": "小县"}, "geometry": square}
    (folder / "area.geojson").write_text(json.dumps(county), encoding="utf-8")
    file = folder / "campaign.toml"
    file.write_text(CAMPAIGN.replace('name = "小县"', 'name = "小县"\narea = "area.geojson"'), encoding="utf-8")
    command("check", file)
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (file.name, "area.geojson")}
    assert manifest["inputs"] == digests
    (records,) = [source for source in manifest["sources"] if source["role"] == "verifications"]
    assert (records["read"], records["unreadable"], records["left_out"]) == (1, 1, {"total": 1})


def test_a_whole_number_is_shown_as_typed(folder: Path) -> None:
    """A spreadsheet keeps 9 as 9.0; the finding shows the 9 that the clerk sees."""
    book = openpyxl.Workbook()
    book.active.append(["户编号", "户主姓名", "家庭人口数", "保障方式"])
    book.active.append(["10000000001", "才让多杰", 9, "鉴定安全"])
    book.save(folder / "records.csv")
    command("check", folder / "campaign.toml")
    (size,) = [finding for finding in lines(folder, "findings") if finding["code"] == "roster.member-not-covered"]
    assert json.dumps(size["origins"][0]["value"]) == "9"


def test_a_row_that_skips_a_column_shows_nobody(folder: Path) -> None:
    """What slides into the next column is masked wherever it comes to stand, though its row cannot be read."""
    number = "632525195003071238"
    head = "户编号,户主姓名,证件号码,鉴定等级,录入人,保障方式\n"
    rows = f"{number},马德福来,{number},李建军,李建军,鉴定安全\n10000000002,,扎西卓玛,A级,李建军,鉴定安全\n"
    (folder / "records.csv").write_text(head + rows, encoding="utf-8")
    done = command("check", folder / "campaign.toml")
    written = [path.read_text(encoding="utf-8") for path in (folder / "out").iterdir() if path.is_file()]
    for name in ("马德福来", "李建军", "扎西卓玛", "才让多杰", number):
        assert not [text for text in (*written, done.stdout, done.stderr) if name in text], name


def test_schemas_are_printed_and_written(tmp_path: Path) -> None:
    """One by its name, all in one object, or a file each."""
    one, every = command("schema", "finding"), command("schema")
    written = command("schema", "--out", tmp_path)

    assert json.loads(one.stdout)["$id"] == "urn:housing-guarantee:finding:1"
    assert sorted(json.loads(every.stdout)) == ["campaign", "casefile", "finding", "household"]
    assert json.loads((tmp_path / "finding.schema.json").read_text(encoding="utf-8")) == json.loads(one.stdout)
    assert [Path(line).name for line in written.stdout.split()] == sorted(path.name for path in tmp_path.iterdir())


def test_a_campaign_s_own_topics_are_in_its_schema(folder: Path) -> None:
    """An editor that is given the schema of this campaign knows the settings of its local rules."""
    rule = Path(__file__).parents[1] / "README.md"
    code = rule.read_text(encoding="utf-8").split("```python\n")[2].split("```")[0]
    (folder / "local.py").write_text(code, encoding="utf-8")
    (folder / "campaign.toml").write_text(CAMPAIGN + '\n[rules]\nplugins = ["local.py"]\n', encoding="utf-8")

    done = command("schema", "campaign", "--campaign", folder / "campaign.toml")

    assert "guinan" in json.loads(done.stdout)["properties"]["rules"]["properties"]
