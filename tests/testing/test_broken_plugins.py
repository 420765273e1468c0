"""A broken plugin costs only what it brought: it is named, and everything else is found as if it were not there."""

import json
import shutil
from pathlib import Path

import pytest

from housing_guarantee import loading
from housing_guarantee.cli import _run
from housing_guarantee.loading import BLOCK_VARIABLE
from housing_guarantee.plugins import equip
from housing_guarantee.testing import write_demo_county
from housing_guarantee.workspace import workspace_key
from tests.testing.conftest import Install

RULE = '''
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import WARNING, Breach, Fix, Topic, Words, rule


@rule(clause="X1", severity=WARNING, message=Words("坏", "broken"), fix=Fix("修", "mend it"))
def asked(casefile):
    """A rule that does what it must not."""
    {body}


@hookimpl
def register_rules():
    return [Topic("{name}", (asked,))]
'''
AT_IMPORT = {
    "raises": ("raise ValueError('no such file')", "ValueError: no such file"),
    "exits": ("import sys\nsys.exit(0)", "SystemExit: 0"),
    "loops": ("while True:\n    pass", "Overdue: not done after 1 s"),
}
"""Plugins that cannot be imported, and what is said of each."""
IN_A_RULE = {
    "rule-raises": ("return 1 / 0", "ZeroDivisionError in asked:"),
    "rule-exits": ("import sys; sys.exit(0)", "SystemExit in asked:"),
    "rule-loops": ("while True: pass", "Overdue in ring:"),
    "rule-sets": ("casefile.record.grade = 'D'", "FrozenInstanceError in "),
    "rule-writes": ("casefile.record.origin.raw['grade'] = 'D'", "TypeError in _refuse:"),
    "rule-clears": ("casefile.record.origin.table.columns.clear()", "TypeError in _refuse:"),
    "rule-answers": ("return 'broken'", "TypeError in ask:"),
}
"""Plugins whose rule does not answer, and what is said of each."""
STOLEN = RULE.format(body="return None", name="ledger")
MISSPELT = RULE.format(body="return None", name="own").replace("def register_rules", "def register_rule")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that is never checked itself; its workspace has a key, so that its copies have the same."""
    campaign = write_demo_county(tmp_path_factory.mktemp("broken") / "county")
    workspace_key(campaign.parent / "workspace.sqlite")
    with campaign.open("a", encoding="utf-8") as file:
        file.write("\n[plugins]\nseconds = 2\n")
    return campaign.parent


@pytest.fixture(scope="module")
def alone(county: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, bytes]:
    """How a check ends when no plugin is installed, and what it finds."""
    folder = tmp_path_factory.mktemp("alone") / "county"
    code = check(county, folder)
    return code, found(folder)


def check(county: Path, folder: Path, *options: str) -> int:
    """Check a copy of the county in this folder."""
    shutil.copytree(county, folder)
    return _run(["check", str(folder / "campaign.toml"), "--lang", "en", *options])


def found(folder: Path, topics: frozenset[str] = frozenset()) -> bytes:
    """Give the findings of the check, byte by byte, but for those of these topics."""
    lines = (folder / "out" / "findings.jsonl").read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if json.loads(line)["code"].partition(".")[0] not in topics)


def test_plugins_that_cannot_be_imported_cost_nothing_else(
    install: Install,
    county: Path,
    alone: tuple[int, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each is named with its cause and the way to block it; the exit code and every finding are as without them."""
    monkeypatch.setattr(loading, "_SECONDS", 1.0)
    for name, (text, _) in AT_IMPORT.items():
        install(name, text)

    code = check(county, tmp_path / "county")

    said = capsys.readouterr().err
    for name, (_, cause) in AT_IMPORT.items():
        assert f"plugin {name} 1.0: {cause} (set {BLOCK_VARIABLE}={name} to block it)" in said
    assert (code, found(tmp_path / "county")) == alone


def test_rules_that_do_not_answer_cost_nothing_else(
    install: Install, county: Path, alone: tuple[int, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is named with its fault; no finding of the others changes, and no household is called fine."""
    for name, (body, _) in IN_A_RULE.items():
        install(name, RULE.format(body=body, name=name))

    code = check(county, tmp_path / "county")

    said = capsys.readouterr().out
    for name, (_, cause) in IN_A_RULE.items():
        assert f"[!] {name}.asked: {cause}" in said
    assert (code, found(tmp_path / "county")) == (3, alone[1])
    lines = (tmp_path / "county/out/households.jsonl").read_text(encoding="utf-8").splitlines()
    assert "proved" not in {json.loads(line)["verdict"] for line in lines}


APART = {
    "rule-leaves": ("import os; os._exit(0)", "its process ended with code 0"),
    "rule-crashes": ("import ctypes; ctypes.string_at(0)", "its process was ended by signal 11"),
    "rule-raises": ("print(casefile.household.head.name); return 1 / 0", "ZeroDivisionError in asked:"),
}
"""Plugins whose rule would end the run, or print, and what is said of each where it is asked apart."""


def test_rules_that_are_asked_apart_end_only_their_own_process(
    install: Install, county: Path, alone: tuple[int, bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each is named with how it ended, no finding of the others changes, and nothing that they print comes out."""
    for name, (body, _) in APART.items():
        install(name, RULE.format(body=body, name=name))

    code = check(county, tmp_path / "county", "--isolate-plugins")

    said, errors = capfd.readouterr()
    for name, (_, cause) in APART.items():
        assert f"[!] {name}.asked: {cause}" in said
    assert (code, found(tmp_path / "county")) == (3, alone[1])
    households = [json.loads(line) for line in (tmp_path / "county/out/households.jsonl").read_bytes().splitlines()]
    assert "proved" not in {one["verdict"] for one in households}
    assert "*" not in said + errors  # tokens of names and numbers begin with it


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_every_output_is_the_same_with_any_number_of_processes(
    install: Install, county: Path, tmp_path: Path, jobs: str
) -> None:
    """A plugin that finds and one that raises included: findings, households, lists, pages and marked copies."""
    install("finding", RULE.format(body="return Breach(casefile.record.at('head_name'), {})", name="finding"))
    install("raising", RULE.format(body="return 1 // (int(casefile.household_id) % 3)", name="raising"))

    codes = check(county, tmp_path / "one"), check(county, tmp_path / "many", "--jobs", jobs)

    one, many = (
        {path.relative_to(folder / "out"): path.read_bytes() for path in written(folder)}
        for folder in (
            tmp_path / "one",
            tmp_path / "many",
        )
    )
    assert codes[0] == codes[1] == 3
    assert len(one) > 10
    assert one == many


def written(folder: Path) -> list[Path]:
    """List every file that a check wrote."""
    return [path for path in (folder / "out").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("thief", STOLEN, "topic 'ledger' is claimed by both 'rules.ledger' and 'thief'"),
        ("misspelt", MISSPELT, "plugin 'misspelt': unknown hook 'register_rule'"),
    ],
)
def test_a_plugin_that_would_pass_for_another_ends_the_run(
    install: Install,
    county: Path,
    alone: tuple[int, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    text: str,
    words: str,
) -> None:
    """It is named before anything is judged; once it is blocked, all is as without it."""
    install(name, text)

    assert check(county, tmp_path / "refused") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "refused" / "out").exists()

    monkeypatch.setenv(BLOCK_VARIABLE, name)
    assert (check(county, tmp_path / "blocked"), found(tmp_path / "blocked")) == alone


def test_a_strict_run_ends_with_a_plugin_that_cannot_be_imported(
    install: Install, county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for strictness hears of it, and nothing is judged."""
    install("exits", AT_IMPORT["exits"][0])
    assert _run(["check", str(county / "campaign.toml"), "--strict-plugins", "--out", str(tmp_path / "out")]) == 2
    assert "error: plugin 'exits': SystemExit: 0" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_is_installed_is_really_loaded(install: Install) -> None:
    """A sound plugin of the same making is: what the other tests say of broken ones is not for want of finding them."""
    install("sound", RULE.format(body="return None", name="sound"))
    assert [(one.name, one.version, one.state) for one in equip().plugins] == [("sound", "1.0", "loaded")]
